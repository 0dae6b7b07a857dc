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

/// The longest path that is listed, in bytes: Linux and the guest's functions know none that is
/// longer.
const PATH_MAX: usize = 4096;

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
        // Each entry names one directory, so none is listed twice in any archive.
        if entry.parent != directory || number <= directory || path.len() > PATH_MAX {
            continue;
        }
        match entry.kind {
            MemberKind::Directory => list(archive, number, &format!("{path}/"), files),
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

#[cfg(test)]
mod tests {
    use super::*;
    use quench_policy::{NewContent, NewMember, encode_archive};

    #[test]
    fn directories_that_claim_the_same_entries_are_listed_once() {
        // Each of them has all that come behind it.
        let directory = |first| NewContent::Directory(first, 100 - first);
        let mut members: Vec<NewMember<'_>> = (0..99)
            .map(|number: u32| NewMember {
                name: b"a",
                parent: number.saturating_sub(1),
                content: directory(number + 1),
            })
            .collect();
        members.push(NewMember { name: b"file", parent: 0, content: NewContent::File(0) });
        let mut bytes = Vec::new();
        encode_archive(&members, 1, 0, &mut bytes).unwrap();
        let report = EmbeddedReport::read(&Archive::new(&bytes).unwrap());
        let paths: Vec<&str> = report[0].files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["file"]);
    }

    #[test]
    fn a_path_that_is_too_long_ends() {
        let members: Vec<NewMember<'_>> = (0..100_000)
            .map(|number: u32| NewMember {
                name: b"a",
                parent: number.saturating_sub(1),
                content: NewContent::Directory(number + 1, 1),
            })
            .collect();
        let mut bytes = Vec::new();
        encode_archive(&members, 1, 0, &mut bytes).unwrap();
        let report = EmbeddedReport::read(&Archive::new(&bytes).unwrap());
        assert_eq!(report[0].files.len(), 0);
    }
}
