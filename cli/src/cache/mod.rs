//! The cache: executables of `quench run`, and compiled functions. Says where
//! it is, keeps it below its size and empties it; what the files hold is known
//! to the modules below.

pub mod executables;
#[cfg(any(feature = "shared-cache", test))]
mod list;
pub mod packs;
#[cfg(feature = "shared-cache")]
mod remote;
pub mod shared;

use crate::args::CacheArgs;
use crate::values::parse_size;
#[cfg(not(feature = "shared-cache"))]
use anyhow::bail;
use anyhow::{Context, Result, anyhow};
use packs::Packs;
use quench_compiler::Store;
use shared::Shared;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// Bytes, if QUENCH_CACHE_SIZE does not say.
const DEFAULT_SIZE: u64 = 2 << 30;

/// What someone chose, by options or QUENCH_CACHE.
pub enum Choice {
    Off,
    /// Nobody said anything.
    Unsaid,
    /// The default place.
    On,
    At(OsString),
}

impl Choice {
    pub fn new(args: &CacheArgs) -> Choice {
        if args.no_cache {
            return Choice::Off;
        }
        if let Some(place) = &args.cache {
            return match place.is_empty() {
                true => Choice::On,
                false => Choice::At(place.clone()),
            };
        }
        match std::env::var_os("QUENCH_CACHE") {
            None => Choice::Unsaid,
            Some(value) if value.is_empty() || value == "0" => Choice::Off,
            Some(value) if value == "1" => Choice::On,
            Some(value) => Choice::At(value),
        }
    }

    /// The folder, where the cache is one; it need not exist.
    ///
    /// # Errors
    ///
    /// When none can be named, or its size is none.
    pub fn folder(&self) -> Result<Folder> {
        let path = match self {
            Choice::At(place) if is_url(place).is_none() => PathBuf::from(place),
            _ => default_folder()?,
        };
        let size = match std::env::var("QUENCH_CACHE_SIZE") {
            Ok(size) => parse_size(&size).map_err(|e| anyhow!("QUENCH_CACHE_SIZE: {e}"))?,
            Err(_) => DEFAULT_SIZE,
        };
        Ok(Folder { path, size })
    }

    /// Where compiled functions are kept: nowhere, unless someone chose to.
    ///
    /// # Errors
    ///
    /// When the place is none.
    pub fn functions(&self) -> Result<Option<Arc<dyn Functions>>> {
        match self {
            Choice::Off | Choice::Unsaid => Ok(None),
            Choice::On | Choice::At(_) => {
                let folder = self.folder()?;
                let shared = self.shared(&folder)?;
                Ok(Some(Arc::new(Packs::open(folder, shared))))
            }
        }
    }

    /// What is behind the folder, if a URL was given.
    fn shared(&self, folder: &Folder) -> Result<Option<Box<dyn Shared>>> {
        match self {
            Choice::At(place) if let Some(url) = is_url(place) => remote(url, folder).map(Some),
            _ => Ok(None),
        }
    }
}

/// A store of functions that wants to be told when a build is over.
pub trait Functions: Store {
    /// Returns what went wrong, if anything: the build is none the worse.
    fn finish(&self) -> Option<String>;
}

fn is_url(place: &OsString) -> Option<&str> {
    place.to_str().filter(|place| place.contains("://"))
}

#[cfg(feature = "shared-cache")]
fn remote(url: &str, folder: &Folder) -> Result<Box<dyn Shared>> {
    let is_read_only = std::env::var_os("QUENCH_CACHE_READ_ONLY").is_some_and(|value| value == "1");
    let remote = remote::Remote::new(url, folder.size, is_read_only)?;
    Ok(Box::new(remote))
}

#[cfg(not(feature = "shared-cache"))]
fn remote(_: &str, _: &Folder) -> Result<Box<dyn Shared>> {
    bail!("a cache at a URL needs a quench that was built with the feature `shared-cache`");
}

/// As the XDG base directory specification says; relative paths are ignored.
fn default_folder() -> Result<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let absolute = |path: &PathBuf| path.is_absolute();
    let cache = variable("XDG_CACHE_HOME").filter(absolute);
    let cache = cache.or_else(|| Some(variable("HOME").filter(absolute)?.join(".cache")));
    let cache = cache.context("neither XDG_CACHE_HOME nor HOME is an absolute path")?;
    Ok(cache.join("quench"))
}

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
fn touch(path: &Path) {
    if let Ok(file) = File::open(path) {
        let _ = file.set_modified(SystemTime::now());
    }
}
