//! Reads the TOML file of `--policy`. It has the options of the same names, so
//! that a project can keep them in version control.

use crate::args::values::{
    FUEL, NamedFunctions, parse_directory, parse_embed, parse_functions, parse_listener,
    parse_size, parse_time, parse_variable,
};
use crate::policy::permissions::Policy;
use anyhow::{Context, Result, anyhow, bail, ensure};
use quench_policy::{Lockdown, OPEN_FILES};
use serde::Deserialize;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

/// The keys of the file: the names of the options.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    dir: Vec<String>,
    embed: Vec<String>,
    env: Vec<String>,
    env_all: bool,
    listen: Vec<String>,
    allow: Vec<String>,
    deny: Vec<String>,
    deny_at_build: bool,
    max_memory: Option<Size>,
    timeout: Option<Time>,
    cpu_timeout: Option<Time>,
    fuel: Option<u64>,
    max_open_files: Option<u64>,
    require_lockdown: bool,
    no_lockdown: bool,
    runtime_policy: bool,
}

/// A size: `67108864`, or `"64M"`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Size {
    Bytes(u64),
    Text(String),
}

/// A time: `60` or `0.5`, which are seconds, or `"500ms"`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Time {
    Seconds(u64),
    Fraction(f64),
    Text(String),
}

/// Reads the permissions of a policy file.
///
/// # Errors
///
/// When the file cannot be read, is not TOML, or has a key that is not an
/// option or a value that the option does not accept.
pub fn read(path: &Path) -> Result<Policy> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("cannot read the policy `{}`", path.display()))?;
    parse(&text).with_context(|| format!("in the policy `{}`", path.display()))
}

fn parse(text: &str) -> Result<Policy> {
    // The parser's messages end with the line that is wrong, and a line end.
    let file: File =
        toml::from_str(text).map_err(|error| anyhow!("{}", error.to_string().trim_end()))?;
    let max_memory = match &file.max_memory {
        Some(Size::Text(text)) => {
            Some(parse_size(text).map_err(|error| anyhow!("max-memory: {error}"))?)
        }
        Some(Size::Bytes(bytes)) => Some(*bytes),
        None => None,
    };
    if let Some(fuel) = file.fuel {
        ensure!(FUEL.contains(&fuel), "fuel: 1 to {}", FUEL.end());
    }
    if let Some(number) = file.max_open_files {
        let (least, most) = (OPEN_FILES.start(), OPEN_FILES.end());
        ensure!(OPEN_FILES.contains(&number), "max-open-files: {least} to {most}");
    }
    Ok(Policy {
        directories: list("dir", &file.dir, |text| parse_directory(OsStr::new(text)))?,
        embedded: list("embed", &file.embed, |text| parse_embed(OsStr::new(text)))?,
        variables: list("env", &file.env, |text| parse_variable(OsStr::new(text)))?,
        all_variables: file.env_all,
        listeners: list("listen", &file.listen, parse_listener)?,
        allowed: functions("allow", &file.allow)?,
        denied: functions("deny", &file.deny)?,
        deny_at_build: file.deny_at_build,
        max_memory,
        timeout: time("timeout", file.timeout)?,
        cpu_timeout: time("cpu-timeout", file.cpu_timeout)?,
        fuel: file.fuel,
        max_open_files: file.max_open_files,
        lockdown: match (file.require_lockdown, file.no_lockdown) {
            (false, false) => Lockdown::BestEffort,
            (true, false) => Lockdown::Required,
            (false, true) => Lockdown::Off,
            (true, true) => bail!("require-lockdown and no-lockdown contradict each other"),
        },
        runtime_policy: file.runtime_policy,
    })
}

/// Returns the time of `key` in milliseconds.
fn time(key: &str, time: Option<Time>) -> Result<Option<u64>> {
    let text = match time {
        Some(Time::Seconds(seconds)) => seconds.to_string(),
        Some(Time::Fraction(seconds)) => seconds.to_string(),
        Some(Time::Text(text)) => text,
        None => return Ok(None),
    };
    parse_time(&text).map(Some).map_err(|error| anyhow!("{key}: {error}"))
}

fn functions(key: &str, names: &[String]) -> Result<Vec<NamedFunctions>> {
    list(key, names, parse_functions)
}

/// Parses each text of the list `key`.
fn list<T>(
    key: &str,
    texts: &[String],
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<Vec<T>> {
    texts.iter().map(|text| parse(text).map_err(|error| anyhow!("{key}: {error}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_file() {
        let policy = parse(
            r#"
            dir = [".", "/etc/tool::/config:ro"]
            embed = ["lib::/usr/lib"]
            env = ["LANG=C", "HOME"]
            listen = ["127.0.0.1:80"]
            deny = ["sockets", "path_unlink_file"]
            max-memory = "64M"
            timeout = 10
            cpu-timeout = 0.5
            require-lockdown = true
            "#,
        )
        .unwrap();
        assert_eq!(policy.directories.len(), 2);
        assert_eq!(policy.embedded.len(), 1);
        assert_eq!(policy.variables.len(), 2);
        assert_eq!(policy.listeners.len(), 1);
        assert_eq!(policy.denied.len(), 2);
        assert_eq!(policy.max_memory, Some(64 << 20));
        assert_eq!(policy.timeout, Some(10_000));
        assert_eq!(policy.cpu_timeout, Some(500));
        assert_eq!(policy.lockdown, Lockdown::Required);
    }

    #[test]
    fn mistakes_are_refused() {
        for wrong in [
            "dirs = []",
            "dir = \".\"",
            "deny = [\"everything\"]",
            "timeout = 0",
            "timeout = -1",
            "timeout = \"soon\"",
            "cpu-timeout = 0",
            "fuel = 0",
            "max-memory = \"much\"",
            "max-open-files = 1",
            "require-lockdown = true\nno-lockdown = true",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
