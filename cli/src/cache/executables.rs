//! Executables of `quench run`, each under a key that its content follows from. An
//! entry appears whole (it is renamed into place) and is never changed.

use super::folder::{EXECUTABLES, Folder, touch};
use crate::files::input;
use crate::files::output::{self, Durability, Mode};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The place of an executable in the cache, whether it is there or not.
pub struct Entry {
    folder: Folder,
    path: PathBuf,
}

impl Entry {
    /// Returns the place for this key, a file name.
    pub fn new(folder: Folder, key: &str) -> Entry {
        let path = folder.path.join(EXECUTABLES).join(key);
        Entry { folder, path }
    }

    /// Returns the path of the executable.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns whether there is an ELF file. Another file (a damaged one, say)
    /// must not be started: it would be run as a shell script.
    pub fn exists(&self) -> bool {
        let mut start = [0; 4];
        let file = fs::File::open(&self.path);
        file.is_ok_and(|mut file| file.read_exact(&mut start).is_ok()) && input::is_elf(&start)
    }

    /// Records that the executable is used.
    pub fn touch(&self) {
        touch(&self.path);
    }

    /// Puts an executable into the cache, and removes old files if the cache is
    /// too large then.
    ///
    /// # Errors
    ///
    /// When the system cannot write it: the disk is full, say, or the folder
    /// cannot be written.
    pub fn store(&self, executable: &[u8]) -> io::Result<()> {
        self.folder.make(EXECUTABLES)?;
        let durability = Durability::BeforeRename;
        output::replace(&self.path, executable, Mode::Executable, durability)?;
        self.folder.trim();
        Ok(())
    }
}
