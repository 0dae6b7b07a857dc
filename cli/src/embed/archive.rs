//! The archive of an executable: its table is made before anything is linked, and the content
//! of the files is copied from where it is when the executable is written, by the kernel where
//! it can. The same files give the same bytes: names in order, and the time of all files is
//! that of `SOURCE_DATE_EPOCH`, or 1970.

use super::tree::{self, NumberedKind, numbered};
use crate::args::values::Embed;
use crate::files::output::Destination;
use anyhow::{Result, anyhow};
use quench_policy::{Archive, NewContent, NewMember, encode_archive};
use std::env;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// The variable that says when what is built counts as made, in seconds since 1970.
const TIME_VARIABLE: &str = "SOURCE_DATE_EPOCH";

/// Files that become part of an executable.
pub struct Files {
    /// All of the archive but the content of the files.
    table: Vec<u8>,
    /// Where the content of each file is and belongs.
    contents: Vec<Content>,
    /// The length of the archive.
    length: u64,
    /// The guest's names of the directories.
    directories: Vec<String>,
}

struct Content {
    path: PathBuf,
    place: u64,
    size: u64,
}

impl Files {
    /// Finds the files that options name, of which there are some, and which are not to be the
    /// output.
    ///
    /// # Errors
    ///
    /// When they cannot be read or do not go together.
    pub fn find(embedded: &[Embed], output: Option<&Destination>) -> Result<Files> {
        let output = output.and_then(Destination::metadata).as_ref().map(tree::identity);
        let roots = tree::roots(embedded, output)?;
        let all = numbered(&roots);
        let members: Vec<NewMember<'_>> = all
            .iter()
            .map(|one| NewMember {
                name: one.name.as_bytes(),
                parent: one.parent,
                content: match one.kind {
                    NumberedKind::File(_, size) => NewContent::File(size),
                    NumberedKind::Folder(first, count) => NewContent::Directory(first, count),
                    NumberedKind::Link(target) => NewContent::Link(target.as_bytes()),
                },
            })
            .collect();
        let mut table = Vec::new();
        let length = encode_archive(&members, roots.len() as u32, time()?, &mut table)
            .map_err(|_| anyhow!("the embedded files are too many, or their names too long"))?;
        let written = Archive::new(&table);
        let place = |number: usize| written?.member(u32::try_from(number).ok()?);
        let contents = all.iter().enumerate().filter_map(|(number, one)| match one.kind {
            NumberedKind::File(path, size) if size > 0 => {
                Some(Content { path: path.to_path_buf(), place: place(number)?.place, size })
            }
            _ => None,
        });
        let directories = roots.iter().map(|root| root.name.clone()).collect();
        Ok(Files { contents: contents.collect(), table, length, directories })
    }

    /// Returns the guest's names of the directories.
    pub fn directories(&self) -> &[String] {
        &self.directories
    }

    /// Returns the length of the archive.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Writes the archive.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or has become shorter, and when the output cannot be written.
    pub fn write_to<W: Write>(&self, out: &mut W) -> io::Result<()> {
        out.write_all(&self.table)?;
        let mut end = self.table.len() as u64;
        for content in &self.contents {
            io::copy(&mut io::repeat(0).take(content.place - end), out)?;
            let failed = |error: String| {
                io::Error::other(format!("{}: {error}", tree::cannot(&content.path)))
            };
            let file = File::open(&content.path).map_err(|error| failed(error.to_string()))?;
            let copied = io::copy(&mut file.take(content.size), out)?;
            if copied < content.size {
                return Err(failed("it became shorter meanwhile".to_string()));
            }
            end = content.place + content.size;
        }
        Ok(())
    }
}

/// Returns the time of all files, in nanoseconds since 1970.
///
/// # Errors
///
/// When the environment says when it is, and not in seconds.
pub fn time() -> Result<u64> {
    let Some(text) = env::var_os(TIME_VARIABLE) else {
        return Ok(0);
    };
    let seconds = text.to_str().and_then(|text| text.parse::<u64>().ok());
    seconds.and_then(|seconds| seconds.checked_mul(1_000_000_000)).ok_or_else(|| {
        anyhow!("{TIME_VARIABLE} is `{}`; it must be a number of seconds", text.display())
    })
}
