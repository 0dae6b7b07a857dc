//! Executables of `quench run`, each under a key that its content follows from. An
//! entry appears whole (it is renamed into place) and is never changed. Behind the
//! executable it has a checksum, which is compared before the executable is started:
//! a disk, or a crash of the machine, may have damaged it since.

use super::folder::{EXECUTABLES, Folder, touch};
use crate::files::output::{self, Durability, Mode};
use blake3::Hasher;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The size of the checksum at the end of an entry, in bytes.
const CHECKSUM: usize = blake3::OUT_LEN;

/// The place of an executable in the cache, whether it is there or not.
pub struct Entry {
    folder: Folder,
    path: PathBuf,
    key: String,
}

impl Entry {
    /// Returns the place for this key, a file name.
    pub fn new(folder: Folder, key: String) -> Entry {
        let path = folder.path.join(EXECUTABLES).join(&key);
        Entry { folder, path, key }
    }

    /// Returns the path of the executable.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns whether the executable is there and undamaged. The checksum behind it does
    /// not keep it from being started.
    pub fn is_whole(&self) -> bool {
        let compare = || -> io::Result<bool> {
            let file = File::open(&self.path)?;
            let Some(size) = file.metadata()?.len().checked_sub(CHECKSUM as u64) else {
                return Ok(false);
            };
            let mut hasher = self.hasher();
            hasher.update_reader((&file).take(size))?;
            let mut checksum = [0; CHECKSUM];
            (&file).read_exact(&mut checksum)?;
            Ok(hasher.finalize() == checksum)
        };
        compare().unwrap_or(false)
    }

    /// Reads the executable, with the checksum behind it.
    ///
    /// # Errors
    ///
    /// When the system cannot read it.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        fs::read(&self.path)
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
        let checksum = self.hasher().update_rayon(executable).finalize();
        let content = [executable, checksum.as_bytes()].concat();
        output::replace(&self.path, &content[..], Mode::Executable, Durability::BeforeRename)?;
        self.folder.trim();
        Ok(())
    }

    /// Returns the beginning of the checksum. It has the key: an executable under another
    /// key is as wrong as one that is damaged.
    fn hasher(&self) -> Hasher {
        let mut hasher = Hasher::new();
        hasher.update(self.key.as_bytes());
        hasher
    }
}
