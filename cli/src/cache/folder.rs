//! The folder of the cache: its files, what they may take together, and when
//! each was used. What the files hold is known to the files of this module that
//! use this one.

use anyhow::{Context, Result};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A cache on disk. Its files lie in one folder for each kind; a file's time of
/// modification is that of its last use.
#[derive(Clone)]
pub struct Folder {
    pub path: PathBuf,
    /// Bytes that its files may have.
    pub size: u64,
}

/// The kinds of files: folders in the cache.
pub const EXECUTABLES: &str = "run";
pub const FUNCTIONS: &str = "functions";

/// A file of the cache.
pub struct Kept {
    pub path: PathBuf,
    pub size: u64,
    pub used: SystemTime,
}

impl Folder {
    /// The folder of a kind, made if it is not there.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn make(&self, kind: &str) -> io::Result<PathBuf> {
        let path = self.path.join(kind);
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&path)?;
        Ok(path)
    }

    /// Its files of a kind; none if there is no such folder.
    pub fn files(&self, kind: &str) -> Vec<Kept> {
        let entries = fs::read_dir(self.path.join(kind)).into_iter().flatten();
        let files = entries.flatten().filter_map(|entry| {
            let metadata = entry.metadata().ok().filter(|data| data.is_file())?;
            Some(Kept { path: entry.path(), size: metadata.len(), used: metadata.modified().ok()? })
        });
        files.collect()
    }

    /// Removes what was not used for the longest time, until the rest is small
    /// enough. Others may do the same at the same time.
    pub fn trim(&self) {
        let mut files = self.files(EXECUTABLES);
        files.extend(self.files(FUNCTIONS));
        let mut total: u64 = files.iter().map(|file| file.size).sum();
        files.sort_by(|a, b| (a.used, &a.path).cmp(&(b.used, &b.path)));
        for file in files {
            if total <= self.size {
                break;
            }
            // Whether it was there or not, it is gone.
            let _ = fs::remove_file(&file.path);
            total -= file.size;
        }
    }

    /// Removes all its files; returns how many bytes that were.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn clear(&self) -> Result<u64> {
        let mut size = 0;
        for kind in [EXECUTABLES, FUNCTIONS] {
            for file in self.files(kind) {
                fs::remove_file(&file.path)
                    .with_context(|| format!("cannot remove `{}`", file.path.display()))?;
                size += file.size;
            }
        }
        Ok(size)
    }
}

/// Notes that a file was used. One that cannot be noted is removed a little
/// early.
pub fn touch(path: &Path) {
    if let Ok(file) = File::open(path) {
        let _ = file.set_modified(SystemTime::now());
    }
}
