//! What the options allow a program, as the bytes that are baked in, and those
//! bytes in words. What they mean when the program runs, the WASI shim knows.

use crate::args::PolicyArgs;
use anyhow::{Result, anyhow};
use quench_policy::{Base, Directory, Entry, Value, Variable};
use serde::Serialize;
use std::os::unix::ffi::OsStrExt;

/// # Errors
///
/// When it is 4 GiB or more.
pub fn encode(policy: &PolicyArgs) -> Result<Vec<u8>> {
    let directories = policy.dir.iter().map(|directory| {
        Entry::Directory(Directory {
            base: Base::Caller,
            host: directory.host.as_bytes(),
            guest: &directory.guest,
            read_only: directory.read_only,
        })
    });
    let variables = policy.env.iter().map(|variable| {
        Entry::Variable(Variable {
            name: variable.name.as_bytes(),
            value: match &variable.value {
                Some(value) => Value::Fixed(value.as_bytes()),
                None => Value::Inherited,
            },
        })
    });
    let entries: Vec<Entry<'_>> = directories.chain(variables).collect();
    let mut bytes = Vec::new();
    quench_policy::encode(&entries, &mut bytes)
        .map_err(|_| anyhow!("the permissions take 4 GiB or more"))?;
    Ok(bytes)
}

/// A policy for JSON. Bytes that are not UTF-8 are shown as U+FFFD.
#[derive(Serialize)]
pub struct PolicyReport {
    pub directories: Vec<DirectoryReport>,
    pub environment: Vec<VariableReport>,
}

#[derive(Serialize)]
pub struct DirectoryReport {
    pub host: String,
    pub guest: String,
    pub read_only: bool,
}

#[derive(Serialize)]
pub struct VariableReport {
    pub name: String,
    /// `None`: as it is where the program is started.
    pub value: Option<String>,
}

impl PolicyReport {
    /// # Errors
    ///
    /// When the bytes are no policy.
    pub fn decode(bytes: &[u8]) -> Result<PolicyReport> {
        let mut report = PolicyReport {
            directories: Vec::new(),
            environment: Vec::new(),
        };
        let error = |error: quench_policy::DecodeError| anyhow!("its policy: {}", error.message());
        for entry in quench_policy::decode(bytes).map_err(error)? {
            match entry.map_err(error)? {
                Entry::Directory(directory) => report.directories.push(DirectoryReport {
                    host: text(directory.host),
                    guest: directory.guest.to_string(),
                    read_only: directory.read_only,
                }),
                Entry::Variable(variable) => report.environment.push(VariableReport {
                    name: text(variable.name),
                    value: match variable.value {
                        Value::Fixed(value) => Some(text(value)),
                        Value::Inherited => None,
                    },
                }),
            }
        }
        Ok(report)
    }

    /// A line for each permission.
    pub fn lines(&self) -> Vec<String> {
        let always = "its arguments; standard input, output and error".to_string();
        let directories = self.directories.iter().map(|directory| {
            let DirectoryReport {
                host,
                guest,
                read_only,
            } = directory;
            let access = if *read_only { "read" } else { "read and write" };
            let name = if host == guest {
                String::new()
            } else {
                format!(" as `{guest}`")
            };
            format!("{access} directory `{host}`{name}")
        });
        let variables = self
            .environment
            .iter()
            .map(|variable| match &variable.value {
                Some(value) => format!("environment variable {} = `{value}`", variable.name),
                None => format!("environment variable {}, the caller's", variable.name),
            });
        [always]
            .into_iter()
            .chain(directories)
            .chain(variables)
            .collect()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
