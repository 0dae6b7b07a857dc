//! The repository's Rust files as text.

use std::fs::{self, DirEntry};
use std::io;

pub(crate) struct Source {
    /// Path from the repository's top.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    pub(crate) fn has_line(&self, line: &str) -> bool {
        self.text.lines().any(|found| found == line)
    }

    /// Returns the `//!` comment that the file opens with.
    pub(crate) fn head(&self) -> String {
        let lines = self.text.lines().take_while(|line| line.starts_with("//!"));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Returns the file approximately without its comments and without the
    /// content of string literals.
    pub(crate) fn code(&self) -> String {
        let lines = self.text.lines().map(|line| {
            let code = line.split("//").next().unwrap_or_default();
            let parts = code.split('"').step_by(2);
            parts.collect::<Vec<_>>().join("\"\"")
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Returns the line and the first word of each doc comment.
    pub(crate) fn doc_starts(&self) -> Vec<(usize, String)> {
        let mut starts = Vec::new();
        let mut before = "";
        for (number, line) in self.text.lines().enumerate() {
            let line = line.trim_start();
            let marker = ["///", "//!"].into_iter().find(|marker| line.starts_with(marker));
            let marker = marker.unwrap_or_default();
            if !marker.is_empty() && marker != before {
                let word = line[marker.len()..].split_whitespace().next().unwrap_or_default();
                let word = word.trim_end_matches(|c: char| !c.is_alphanumeric());
                starts.push((number + 1, word.to_string()));
            }
            before = marker;
        }
        starts
    }

    /// Returns kind and name of each item at the top level of the file, in
    /// order.
    pub(crate) fn items(&self) -> Vec<String> {
        self.text.lines().filter_map(item).collect()
    }
}

fn item(line: &str) -> Option<String> {
    const QUALIFIERS: [&str; 5] = ["pub", "pub(crate)", "pub(super)", "unsafe", "extern"];
    const KINDS: [&str; 7] = ["fn", "const", "static", "struct", "enum", "type", "macro_rules!"];
    if line.starts_with(char::is_whitespace) {
        return None;
    }
    let mut words = line.split(' ').filter(|word| !QUALIFIERS.contains(word) && *word != "\"C\"");
    let kind = words.next().filter(|kind| KINDS.contains(kind))?;
    // `const fn`, `const unsafe fn` have become `const fn`.
    let name = words.find(|word| !KINDS.contains(word))?;
    let end = name.find(|c: char| !c.is_alphanumeric() && c != '_');
    Some(format!("{kind} {}", &name[..end.unwrap_or(name.len())]))
}

/// Returns all files of the project.
pub(crate) fn all() -> Vec<Source> {
    ["allocator", "compiler", "component", "runtime-support", "wasi-shim", "cli", "tests"]
        .into_iter()
        .flat_map(below)
        .collect()
}

/// Returns all files in a folder and its sub-folders, except what is built
/// there.
pub(crate) fn below(folder: &str) -> Vec<Source> {
    let mut files = Vec::new();
    collect(folder, &mut files);
    assert!(!files.is_empty(), "there are no files in {folder}");
    files
}

fn collect(folder: &str, files: &mut Vec<Source>) {
    let path = quench_tests::repository().join(folder);
    let entries = fs::read_dir(&path).and_then(|entries| entries.collect::<io::Result<Vec<_>>>());
    let mut entries = entries.unwrap_or_else(|error| panic!("{folder}: {error}"));
    entries.sort_by_key(DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let inner = format!("{folder}/{name}");
        // Symbolic links are neither.
        let kind = entry.file_type();
        let kind = kind.unwrap_or_else(|error| panic!("{inner}: {error}"));
        if kind.is_dir() && name != "target" {
            collect(&inner, files);
        } else if kind.is_file() && name.ends_with(".rs") {
            files.push(read(&inner));
        }
    }
}

/// Reads a file by its path from the repository's top.
///
/// # Panics
///
/// Panics when it is not there, or is not text.
pub(crate) fn read(path: &str) -> Source {
    let full = quench_tests::repository().join(path);
    let text = fs::read_to_string(full).unwrap_or_else(|error| panic!("{path}: {error}"));
    Source { path: path.to_string(), text }
}

/// Returns the text of a file by its path from the repository's top, if it is
/// there.
pub(crate) fn text(path: &str) -> Option<String> {
    quench_tests::repository().join(path).is_file().then(|| read(path).text)
}
