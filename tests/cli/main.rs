//! Tests the command line as a user meets it: each `.txt` file in `cases` is a
//! session in a shell, the commands after `$ ` and what they print. A line `?
//! N` after that is an exit status other than 0, and `[..]` is any text in a
//! line. Remarks stand before the first command, or are commands `# remark`.
//! The session's folder has copies of the files of `tests/fixtures`. `make
//! bless` rewrites what is printed.

use anyhow::{Context, Result};
use libtest_mimic::{Arguments, Trial};
use quench_tests::{Limits, run, snapshot};
use std::ffi::OsString;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

fn main() -> Result<()> {
    let cases = quench_tests::repository().join("tests/cli/cases");
    let mut trials = Vec::new();
    for entry in fs::read_dir(cases)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let name = name.into_owned();
        trials.push(Trial::test(name.clone(), move || {
            let session = fs::read_to_string(&path)?;
            let said = play(&name, &session)?;
            Ok(snapshot::compare(&path, &said)?)
        }));
    }
    trials.sort_by(|a, b| a.name().cmp(b.name()));
    libtest_mimic::run(&Arguments::from_args(), trials).exit()
}

/// Runs a session's commands; returns the session with what they print now.
fn play(name: &str, session: &str) -> Result<String> {
    let scratch = quench_tests::scratch(name)?;
    let folder = scratch.path();
    for entry in fs::read_dir(quench_tests::fixtures())? {
        let entry = entry?;
        fs::copy(entry.path(), folder.join(entry.file_name()))?;
    }
    let mut said = String::new();
    for line in session.lines().take_while(|line| !line.starts_with("$ ")) {
        writeln!(said, "{line}")?;
    }
    for line in session.lines() {
        let Some(command) = line.strip_prefix("$ ") else {
            continue;
        };
        let finished = run(&mut shell(command, folder)?, &Limits::default())?;
        writeln!(said, "{line}")?;
        said.push_str(&finished.stdout());
        if !said.ends_with('\n') {
            said.push('\n');
        }
        if finished.status != 0 {
            writeln!(said, "? {}", finished.status)?;
        }
    }
    Ok(said)
}

/// Returns a command in the session's folder, which is also the home of its
/// caches.
fn shell(line: &str, folder: &Path) -> Result<Command> {
    let quench = quench_tests::quench()?;
    let place = quench.parent().context("the command is in no folder")?;
    let mut path = OsString::from(place);
    for folder in std::env::var_os("PATH").iter() {
        path.push(":");
        path.push(folder);
    }
    // Whoever runs the tests in the background may have them ignore Ctrl-C.
    let mut shell = Command::new("env");
    shell
        .args(["--default-signal=INT", "bash", "-c"])
        .arg(format!("exec 2>&1; {line}"))
        .current_dir(folder)
        .env("PATH", path)
        .env("HOME", folder)
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .env_remove("QUENCH_CACHE")
        .env_remove("QUENCH_CACHE_SIZE")
        .env("COLUMNS", "100");
    Ok(shell)
}
