//! The table `[package.metadata.quench]` of a Cargo.toml, whose keys are options of `quench
//! build`. Knows no option by what it does: which there are, and which values they take,
//! the parser of the command line says.

use crate::args::Cli;
use crate::args::values::parse_preload;
use anyhow::{Context, Result, anyhow, bail};
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use serde::Deserialize;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use toml::Value;

/// The key that is ours: the machines that `cargo quench build` makes executables for.
const MACHINE: &str = "machine";

/// Options of `quench build` that are no keys: `cargo quench` decides what they say, or they
/// are for one build only. The table has itself what a file of `--policy` would have.
const NOT_KEYS: [&str; 16] = [
    "output",
    "o",
    "emit",
    "invoke",
    "target",
    "policy",
    "help",
    "h",
    "version",
    "V",
    "message-format",
    "quiet",
    "q",
    "verbose",
    "v",
    "timings",
];

/// The tables of a manifest that lead to ours.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Manifest {
    package: Package,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Package {
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    quench: toml::Table,
}

/// The options of a crate.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct CrateOptions {
    /// Machines to make executables for.
    pub machines: Vec<String>,
    /// Name of an option, and how it is given to `quench`.
    options: Vec<(String, OsString)>,
}

impl CrateOptions {
    /// Reads the options of the crate with this manifest. What is read when a program is
    /// built is sought in the crate's folder.
    ///
    /// # Errors
    ///
    /// When the manifest cannot be read, and when it has a key or value that `quench build`
    /// does not accept.
    pub fn read(manifest: &Path) -> Result<CrateOptions> {
        let place = manifest.display();
        let text =
            fs::read_to_string(manifest).with_context(|| format!("cannot read `{place}`"))?;
        parse(&text, manifest.parent().unwrap_or(Path::new("")))
            .with_context(|| format!("in `{place}`, [package.metadata.quench]"))
    }

    /// Returns the options for `quench build`.
    pub fn for_build(&self) -> impl Iterator<Item = &OsStr> {
        self.options.iter().map(|(_, word)| word.as_os_str())
    }

    /// Returns the options for `quench run`, which has not all of them: it makes nothing
    /// that is kept.
    pub fn for_run(&self) -> impl Iterator<Item = &OsStr> {
        let command = command("run");
        let options = self.options.iter().filter(move |(name, _)| has(&command, name));
        options.map(|(_, word)| word.as_os_str())
    }
}

fn parse(text: &str, folder: &Path) -> Result<CrateOptions> {
    // The parser's messages end with the line that is wrong, and a line end.
    let manifest: Manifest =
        toml::from_str(text).map_err(|error| anyhow!("{}", error.to_string().trim_end()))?;
    let build = command("build");
    let mut options = CrateOptions::default();
    for (key, value) in manifest.package.metadata.quench {
        if key == MACHINE {
            for machine in each(value) {
                let name = machine.as_str().context("machine: write a name, or a list of names")?;
                options.machines.push(name.to_string());
            }
            continue;
        }
        if !has(&build, &key) || NOT_KEYS.contains(&key.as_str()) {
            bail!("there is no key `{key}`: the keys are `machine` and options of `quench build`");
        }
        for value in each(value) {
            if let Some(word) = word(&key, &value, folder)? {
                options.options.push((key.clone(), word));
            }
        }
    }
    check(&options)?;
    Ok(options)
}

/// Returns a subcommand of `quench`.
fn command(name: &str) -> clap::Command {
    let mut quench = Cli::command();
    quench.build();
    quench.find_subcommand(name).cloned().unwrap_or(quench)
}

/// Returns whether a command has an option of this name, which may be its letter.
fn has(command: &clap::Command, name: &str) -> bool {
    let is_letter = |letter: char| name.chars().eq([letter]);
    command
        .get_arguments()
        .any(|one| one.get_long() == Some(name) || one.get_short().is_some_and(is_letter))
}

/// Returns the values of a list, or the one value.
fn each(value: Value) -> Vec<Value> {
    match value {
        Value::Array(values) => values,
        value => vec![value],
    }
}

/// Returns an option as a word of a command line; `None` for one that is not given.
fn word(key: &str, value: &Value, folder: &Path) -> Result<Option<OsString>> {
    let dashes = if key.chars().count() == 1 { "-" } else { "--" };
    let mut word = OsString::from(format!("{dashes}{key}"));
    let value = match value {
        Value::Boolean(true) => return Ok(Some(word)),
        Value::Boolean(false) => return Ok(None),
        Value::String(text) => in_folder(key, text, folder),
        Value::Integer(number) => number.to_string().into(),
        Value::Float(number) => number.to_string().into(),
        Value::Datetime(_) | Value::Array(_) | Value::Table(_) => {
            bail!("{key}: write a text, a number, true or false, or a list of these")
        }
    };
    word.push("=");
    word.push(value);
    Ok(Some(word))
}

/// Returns a value, in which the path of a file that is read when the program is built begins
/// in the crate's folder.
fn in_folder(key: &str, text: &str, folder: &Path) -> OsString {
    let mut value = OsString::new();
    match key {
        "link" | "profile-use" => value.push(folder.join(text)),
        "embed" => match quench_policy::host_and_guest(text.as_bytes()) {
            Ok((host, guest)) => {
                value.push(folder.join(OsStr::from_bytes(host)));
                value.push("::");
                value.push(OsStr::from_bytes(guest));
            }
            Err(_) => value.push(text),
        },
        "preload" => match parse_preload(OsStr::new(text)) {
            Ok(preload) => {
                value.push(preload.name);
                value.push("=");
                value.push(folder.join(preload.file));
            }
            Err(_) => value.push(text),
        },
        _ => value.push(text),
    }
    value
}

/// Fails with the parser's message if `quench build` does not accept the options.
fn check(options: &CrateOptions) -> Result<()> {
    let ours = ["quench", "build", "FILE"].map(OsStr::new);
    match Cli::try_parse_from(ours.into_iter().chain(options.for_build())) {
        Err(error) if error.kind() != ErrorKind::DisplayHelp => {
            let text = error.render().to_string();
            let line = text.lines().next().unwrap_or_default();
            bail!("{}", line.trim_start_matches("error: "))
        }
        _ => Ok(()),
    }
}

/// Returns the manifest of the crate that cargo works on, which it tells to what it starts.
///
/// # Errors
///
/// When it was not cargo who started us.
pub fn manifest_of_cargo() -> Result<PathBuf> {
    let folder = std::env::var_os("CARGO_MANIFEST_DIR").context(
        "CARGO_MANIFEST_DIR is not set: `cargo quench runner` is for cargo to start, as the \
         runner of a target",
    )?;
    Ok(Path::new(&folder).join("Cargo.toml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(table: &str) -> Result<String> {
        let text = format!("[package]\nname = 'x'\n[package.metadata.quench]\n{table}");
        let options = parse(&text, Path::new("/crate"))?;
        let words: Vec<&str> = options.for_build().filter_map(OsStr::to_str).collect();
        Ok(words.join(" "))
    }

    #[test]
    fn keys_are_options() {
        assert_eq!(
            words("dir = ['.', '/x::/y:ro']\nO = 's'\ng = true\nenv-all = false").unwrap(),
            "-O=s --dir=. --dir=/x::/y:ro -g"
        );
        assert_eq!(
            words("timeout = 2.5\nfuel = 7\nstrip = true").unwrap(),
            "--fuel=7 --strip --timeout=2.5"
        );
        let other = parse("[package]\nname = 'x'", Path::new("/")).unwrap();
        assert_eq!(other, CrateOptions::default());
    }

    #[test]
    fn files_of_the_build_are_in_the_crates_folder() {
        assert_eq!(
            words("embed = ['share::/share', '/etc']\nlink = 'a.o'\npreload = 'env=e.wasm'")
                .unwrap(),
            "--embed=/crate/share::/share --embed=/etc::/etc --link=/crate/a.o \
             --preload=env=/crate/e.wasm"
        );
    }

    #[test]
    fn a_run_has_fewer_options() {
        let text = "[package.metadata.quench]\nstrip = true\nfuel = 7\nmachine = 'aarch64'";
        let options = parse(text, Path::new("/")).unwrap();
        assert_eq!(options.for_run().collect::<Vec<_>>(), ["--fuel=7"]);
        assert_eq!(options.machines, ["aarch64"]);
    }
}
