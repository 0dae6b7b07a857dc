//! The list of the official scripts' directives that are known to fail, and
//! why. Scripts of a folder are on it by their path in the folder.

use anyhow::{Context, Result};
use quench_compiler::Target;

/// Path of the list.
pub(crate) const LIST: &str = "tests/spec/known-failures.txt";

pub(crate) struct Known {
    entries: Vec<Entry>,
}

pub(crate) struct Entry {
    /// Place of the directive, as `path:line`.
    pub(crate) place: &'static str,
    target: &'static str,
    pub(crate) reason: &'static str,
}

impl Known {
    /// Reads the list: a line for each directive, `path:line target reason`,
    /// where the target may be `all`. Lines that begin with `#` are remarks.
    ///
    /// # Errors
    ///
    /// Fails when a line is something else.
    pub(crate) fn load() -> Result<Known> {
        let lines = include_str!("known-failures.txt").lines();
        let entries =
            lines.filter(|line| !line.trim().is_empty() && !line.starts_with('#')).map(|line| {
                Entry::parse(line)
                    .with_context(|| format!("{LIST}: `{line}` is not `path:line target reason`"))
            });
        Ok(Known { entries: entries.collect::<Result<_>>()? })
    }

    /// Returns the entries about a script on a machine.
    pub(crate) fn of(&self, path: &str, target: Target) -> Vec<&Entry> {
        let entries = self.entries.iter().filter(|entry| {
            let script = entry.place.rsplit_once(':').map_or("", |(script, _)| script);
            script == path && (entry.target == "all" || entry.target == target.short_name())
        });
        entries.collect()
    }
}

impl Entry {
    fn parse(line: &'static str) -> Option<Entry> {
        let (place, rest) = line.split_once(' ')?;
        let (target, reason) = rest.split_once(' ')?;
        Some(Entry { place, target, reason })
    }

    /// Returns whether a message is about this entry's failure.
    pub(crate) fn explains(&self, message: &str) -> bool {
        let rest = message.strip_prefix(self.place);
        rest.is_some_and(|rest| rest.starts_with(": "))
    }
}
