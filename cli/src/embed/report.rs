//! The files that an executable has in it, in words and as JSON.

use crate::messages::describe::{count, display_size};
use quench_policy::{Archive, MemberKind};
use serde::Serialize;

/// A directory that is in an executable. Documented in `docs/INSPECT.md`.
#[derive(Debug, Serialize)]
pub struct EmbeddedReport {
    /// Name of the directory in the program.
    pub guest: String,
    /// All that is in it but directories, by path.
    pub files: Vec<FileReport>,
}

/// A file or a symbolic link in an executable.
#[derive(Debug, Serialize)]
pub struct FileReport {
    /// Its path, from the guest's directory.
    pub path: String,
    /// Its size, in bytes.
    pub size: u64,
    /// Where a symbolic link leads.
    pub target: Option<String>,
}

/// Files that a text lists; JSON has all of them.
const LISTED: usize = 20;

impl EmbeddedReport {
    /// Reads the archive of an executable.
    pub fn read(archive: &Archive<'_>) -> Vec<EmbeddedReport> {
        let roots = (0..archive.roots()).filter_map(|root| {
            let name = archive.member(root)?.name;
            let mut files = Vec::new();
            list(archive, root, "", &mut files);
            Some(EmbeddedReport { guest: text(name), files })
        });
        roots.collect()
    }

    /// Returns a line of text for the list of what the program may use.
    pub fn line(&self) -> String {
        let size = self.files.iter().fold(0, |sum: u64, file| sum.saturating_add(file.size));
        let files = count(self.files.len(), "file");
        format!("read directory `{}`, which is in it: {files}, {}", self.guest, display_size(size))
    }
}

/// Returns lines of text that list the files.
pub fn lines(embedded: &[EmbeddedReport]) -> Vec<String> {
    let all = embedded.iter().flat_map(|root| root.files.iter().map(move |file| (root, file)));
    let line = |(root, file): (&EmbeddedReport, &FileReport)| {
        let place = format!("  {}/{}", root.guest.trim_end_matches('/'), file.path);
        match &file.target {
            Some(target) => format!("{place} -> {target}"),
            None => format!("{place} {}", display_size(file.size)),
        }
    };
    let mut lines: Vec<String> = all.clone().take(LISTED).map(line).collect();
    if !embedded.is_empty() {
        lines.insert(0, "files in it:".to_string());
    }
    let rest = all.count().saturating_sub(LISTED);
    if rest > 0 {
        lines.push(format!("  and {rest} more, which --json lists"));
    }
    lines
}

/// Adds what is in a directory, whose path ends with a slash unless it is a root.
fn list(archive: &Archive<'_>, directory: u32, path: &str, files: &mut Vec<FileReport>) {
    let Some(member) = archive.member(directory) else {
        return;
    };
    for number in (member.first..).take(archive.entries(&member) as usize) {
        let Some(entry) = archive.member(number) else {
            return;
        };
        let path = format!("{path}{}", text(entry.name));
        match entry.kind {
            // Entries of a directory come after it, so this ends in any archive.
            MemberKind::Directory if entry.first > number || entry.size == 0 => {
                list(archive, number, &format!("{path}/"), files);
            }
            MemberKind::Directory => {}
            MemberKind::File => files.push(FileReport { path, size: entry.size, target: None }),
            MemberKind::Link => {
                let target = Some(text(archive.content(&entry)));
                files.push(FileReport { path, size: entry.size, target });
            }
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
