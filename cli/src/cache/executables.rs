//! Executables of `quench run`, kept under a name made from all that decides
//! their content. An entry appears whole (it is renamed into place) and is
//! never changed.

use super::folder::{EXECUTABLES, Folder, touch};
use crate::files::input;
use crate::files::output::{self, Durability, Mode};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Where a program is or will be.
pub struct Entry {
    folder: Folder,
    path: PathBuf,
}

impl Entry {
    /// The entry with this key.
    pub fn new(folder: Folder, key: &str) -> Entry {
        let path = folder.path.join(EXECUTABLES).join(key);
        Entry { folder, path }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it can be run. What is no executable (damaged, say) would be
    /// taken for a shell script.
    pub fn exists(&self) -> bool {
        let mut start = [0; 4];
        let file = fs::File::open(&self.path);
        file.is_ok_and(|mut file| file.read_exact(&mut start).is_ok()) && input::is_elf(&start)
    }

    /// Notes that it is run once more.
    pub fn touch(&self) {
        touch(&self.path);
    }

    /// # Errors
    ///
    /// The system's; a full disk, a place that cannot be written.
    pub fn store(&self, executable: &[u8]) -> io::Result<()> {
        self.folder.make(EXECUTABLES)?;
        let durability = Durability::BeforeRename;
        output::replace(&self.path, executable, Mode::Executable, durability)?;
        self.folder.trim();
        Ok(())
    }
}
