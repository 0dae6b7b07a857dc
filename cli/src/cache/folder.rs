//! The folder of the cache: its files, how large they may be together, and when
//! each was last used. Does not know what the files hold.

use anyhow::{Context, Result};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A cache on disk. It has one sub-folder for each kind of file. The modification
/// time of a file is the time of its last use.
#[derive(Clone)]
pub struct Folder {
    /// Path of the folder.
    pub path: PathBuf,
    /// Largest total size of its files, in bytes.
    pub size: u64,
}

/// The kind of file, and sub-folder, of executables.
pub const EXECUTABLES: &str = "run";

/// The kind of file, and sub-folder, of packs of compiled functions.
pub const FUNCTIONS: &str = "functions";

/// A file of the cache.
pub struct Kept {
    /// Path of the file.
    pub path: PathBuf,
    /// Size of the file, in bytes.
    pub size: u64,
    /// Time of its last use.
    pub used: SystemTime,
}

impl Folder {
    /// Makes the sub-folder of a kind, if it does not exist, and returns its path.
    ///
    /// # Errors
    ///
    /// When the system cannot make it.
    pub fn make(&self, kind: &str) -> io::Result<PathBuf> {
        let path = self.path.join(kind);
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&path)?;
        Ok(path)
    }

    /// Returns the files of a kind; none if the sub-folder does not exist.
    pub fn files(&self, kind: &str) -> Vec<Kept> {
        let entries = fs::read_dir(self.path.join(kind)).into_iter().flatten();
        let files = entries.flatten().filter_map(|entry| {
            let metadata = entry.metadata().ok().filter(|data| data.is_file())?;
            Some(Kept { path: entry.path(), size: metadata.len(), used: metadata.modified().ok()? })
        });
        files.collect()
    }

    /// Removes the files that were not used for the longest time, until the others
    /// are small enough. Other processes may do the same at the same time.
    pub fn trim(&self) {
        let mut files = self.files(EXECUTABLES);
        files.extend(self.files(FUNCTIONS));
        let mut total: u64 = files.iter().map(|file| file.size).sum();
        files.sort_by(|a, b| (a.used, &a.path).cmp(&(b.used, &b.path)));
        for file in files {
            if total <= self.size {
                break;
            }
            // It is gone now, even if another process removed it.
            let _ = fs::remove_file(&file.path);
            total -= file.size;
        }
    }

    /// Removes all files; returns their total size in bytes.
    ///
    /// # Errors
    ///
    /// When the system cannot remove one.
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

/// Records that a file was used now. If that fails, the file is only removed
/// earlier than it should be.
pub fn touch(path: &Path) {
    if let Ok(file) = File::open(path) {
        let _ = file.set_modified(SystemTime::now());
    }
}
