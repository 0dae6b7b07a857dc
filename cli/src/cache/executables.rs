//! Executables of `quench run`, kept under a name made from all that decides
//! their content. An entry appears whole (it is renamed into place) and is
//! never changed.

use super::{EXECUTABLES, Folder, touch};
use crate::args::CacheArgs;
use crate::input;
use crate::output::{self, Durability, Mode};
use crate::program::{Modules, Request};
use crate::version;
use anyhow::{Context, Result};
use blake3::Hasher;
use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Where a program is or will be.
pub struct Entry {
    folder: Folder,
    path: PathBuf,
}

impl Entry {
    /// # Errors
    ///
    /// When this program's own file cannot be looked at.
    pub fn of(request: &Request<'_>, modules: &Modules, folder: Folder) -> Result<Entry> {
        let path = folder.path.join(EXECUTABLES).join(key(request, modules)?);
        Ok(Entry { folder, path })
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

fn key(request: &Request<'_>, modules: &Modules) -> Result<String> {
    let mut hasher = Hasher::new();
    let mut add = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update_rayon(bytes);
    };
    add(build_id()?.as_bytes());
    for module in modules.iter() {
        add(module.name.as_bytes());
        add(&module.wasm);
    }
    let mut compile = request.compile.clone();
    // What these mean is in the request.
    compile.target = None;
    compile.cpu = None;
    compile.jobs = None;
    compile.cache = CacheArgs::default();
    // Every option is in here, also those to come.
    add(format!(
        "{compile:?}{:?}{:?}{:?}{:?}",
        request.cpu, request.policy, request.invoke, request.symbols
    )
    .as_bytes());
    Ok(hasher.finalize().to_hex().to_string())
}

/// Two builds of quench are told apart by the file they are.
fn build_id() -> Result<String> {
    let file = std::env::current_exe().and_then(fs::metadata);
    let file = file.context("cannot look at quench's own file")?;
    let (seconds, nanoseconds) = (file.mtime(), file.mtime_nsec());
    Ok(format!("{} {} {seconds}.{nanoseconds}", version::VERSION, file.len()))
}
