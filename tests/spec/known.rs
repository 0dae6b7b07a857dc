//! The list of official scripts that are known to fail, and why.

use anyhow::{Result, bail};
use quench_compiler::Target;

/// Where the list is.
pub const LIST: &str = "tests/spec/known-failures.txt";

pub struct Known {
    entries: Vec<Entry>,
}

struct Entry {
    path: &'static str,
    target: &'static str,
    reason: &'static str,
}

impl Known {
    /// For scripts that nobody has listed.
    pub fn none() -> Known {
        Known {
            entries: Vec::new(),
        }
    }

    /// Reads the list: a line for each script, `path target reason`, where the
    /// target may be `all`. Lines that begin with `#` are remarks.
    ///
    /// # Errors
    ///
    /// When a line is something else.
    pub fn load() -> Result<Known> {
        let mut entries = Vec::new();
        for line in include_str!("known-failures.txt").lines() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let mut parts = line.splitn(3, ' ');
            let (Some(path), Some(target), Some(reason)) =
                (parts.next(), parts.next(), parts.next())
            else {
                bail!("{LIST}: `{line}` is not `path target reason`");
            };
            entries.push(Entry {
                path,
                target,
                reason,
            });
        }
        Ok(Known { entries })
    }

    /// Why a script is expected to fail.
    pub fn reason(&self, path: &str, target: Target) -> Option<&'static str> {
        let entry = self.entries.iter().find(|entry| {
            entry.path == path && (entry.target == "all" || entry.target == target.short_name())
        });
        entry.map(|entry| entry.reason)
    }
}
