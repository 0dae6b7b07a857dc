//! Calls functions of components that return what they get, with values of all types, and
//! compares the text of what comes back with the text that went in. Values pass from the
//! command to the program, into a component, between components of different encodings, and
//! back.

use crate::arguments::ComponentsArguments;
use crate::echo::{Case, case};
use anyhow::Result;
use quench_compiler::Target;
use quench_tests::{Limits, command, run as run_command};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Tries as many components as asked for. Returns whether nothing was found.
///
/// # Errors
///
/// Fails when the command cannot be run.
pub(crate) fn run(arguments: &ComponentsArguments) -> Result<bool> {
    let seeds: Vec<u64> = (arguments.seed..arguments.seed + arguments.count).collect();
    let results = quench_tests::parallel(&seeds, |&seed| {
        let case = case(seed);
        let found = check(&case, arguments.target)?;
        if let Some(found) = &found {
            keep(seed, &case, arguments.target, found)?;
        }
        anyhow::Ok((case.calls.len(), found.is_some()))
    })?;
    let results = results.into_iter().collect::<Result<Vec<_>>>()?;
    let calls: usize = results.iter().map(|(calls, _)| calls).sum();
    let findings = results.iter().filter(|(_, found)| *found).count();
    println!(
        "{}: {} components, {calls} calls, {findings} findings",
        arguments.target.short_name(),
        arguments.count,
    );
    Ok(findings == 0)
}

/// Returns what is wrong.
fn check(case: &Case, target: Target) -> Result<Option<String>> {
    let folder = quench_tests::scratch("components-")?;
    let file = folder.path().join("echo.wat");
    let program = folder.path().join("echo");
    fs::write(&file, &case.component)?;
    let calls: Vec<&str> = case.calls.iter().map(|(call, _)| call.as_str()).collect();
    let mut build = Command::new(quench_tests::quench()?);
    build.arg("build").args([&file, Path::new("-o"), &program]);
    build.args(["--target", target.short_name(), "--invoke", &calls.join("\n")]);
    let built = run_command(&mut build, &Limits::default())?;
    if built.status != 0 {
        return Ok(Some(format!("quench build: status {}: {}", built.status, built.stderr())));
    }
    let finished = run_command(&mut command(&program, target), &Limits::default())?;
    let printed = finished.stdout();
    let mut lines = printed.lines();
    for (call, expected) in &case.calls {
        let line = lines.next().unwrap_or_default();
        if line != expected {
            return Ok(Some(format!("{call}\nprinted {line}\n{}", finished.stderr())));
        }
    }
    let is_clean = finished.status == 0 && lines.next().is_none();
    Ok((!is_clean).then(|| format!("status {}: {}", finished.status, finished.stderr())))
}

fn keep(seed: u64, case: &Case, target: Target, found: &str) -> Result<()> {
    let folder = quench_tests::repository().join("target/fuzz");
    fs::create_dir_all(&folder)?;
    let name = folder.join(format!("components-{}-{seed}", target.short_name()));
    fs::write(name.with_extension("wat"), &case.component)?;
    fs::write(name.with_extension("txt"), format!("{target}, seed {seed}\n{found}\n"))?;
    let shown: String = found.chars().take(300).collect();
    println!("{}: {shown}", name.display());
    Ok(())
}
