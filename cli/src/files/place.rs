//! What is behind the path of an output. A file is written by putting a new one in its
//! place, which must happen where symbolic links lead to, and never to anything but a
//! regular file: it would destroy a device, a pipe, or a link of the system such as
//! `/dev/stdout`.

use rustix::fs::{PROC_SUPER_MAGIC, statfs};
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The place that a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A regular file, or nothing yet. The path has no symbolic link at its end.
    File(PathBuf),
    /// Something that is written to by opening this path: a device, a pipe, or what a
    /// process has open.
    Special(PathBuf),
    /// The standard output of this process.
    Stdout,
    /// The standard error of this process.
    Stderr,
}

/// The number of symbolic links that a path may lead over, as in the kernel.
const LINKS: usize = 40;

impl Place {
    /// Follows the symbolic links at the end of a path.
    ///
    /// # Errors
    ///
    /// When the system does not follow them: they go in a circle, say, or `/tmp` has a
    /// link that somebody else made.
    pub(super) fn of(path: &Path) -> io::Result<Place> {
        // What the links lead to need not exist.
        match fs::metadata(path).map_err(|error| (error.kind(), error)) {
            Ok(_) | Err((io::ErrorKind::NotFound | io::ErrorKind::NotADirectory, _)) => {}
            Err((_, error)) => return Err(error),
        }
        let mut path = path.to_path_buf();
        for _ in 0..LINKS {
            let kind = match fs::symlink_metadata(&path) {
                Ok(metadata) => metadata.file_type(),
                Err(_) => return Ok(Place::File(path)),
            };
            if !kind.is_symlink() {
                let is_file = kind.is_file();
                return Ok(if is_file { Place::File(path) } else { Place::Special(path) });
            }
            let folder = folder_of(&path);
            if is_magic(folder)? {
                return Ok(opened(&path));
            }
            path = folder.join(fs::read_link(&path)?);
        }
        Err(rustix::io::Errno::LOOP.into())
    }
}

/// Returns the folder that a path is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != OsStr::new("") => parent,
        _ => Path::new("."),
    }
}

/// Returns whether links in a folder are the kernel's own: what they lead to may have no
/// name, or not the one that can be read from them.
fn is_magic(folder: &Path) -> io::Result<bool> {
    Ok(statfs(folder)?.f_type == PROC_SUPER_MAGIC)
}

/// Returns the place behind a link of the kernel's to something that a process has open.
/// The standard streams of this process are used as they are: opening them once more
/// would begin anew at the start of a file.
fn opened(path: &Path) -> Place {
    // A thread has a folder of its own in that of its process.
    let is_own = || {
        let folder = fs::canonicalize(folder_of(path)).ok()?;
        let own = folder.starts_with(fs::canonicalize("/proc/self").ok()?);
        Some(own && folder.ends_with("fd"))
    };
    match path.file_name().and_then(OsStr::to_str) {
        Some("1") if is_own() == Some(true) => Place::Stdout,
        Some("2") if is_own() == Some(true) => Place::Stderr,
        _ => Place::Special(path.to_path_buf()),
    }
}
