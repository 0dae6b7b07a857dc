//! Whether there is a cache, and where: what options and environment variables
//! choose.

use super::folder::Folder;
use super::packs::Packs;
#[cfg(feature = "shared-cache")]
use super::remote::Remote;
use super::shared::Shared;
use crate::args::CacheArgs;
use crate::args::values::parse_size;
#[cfg(not(feature = "shared-cache"))]
use anyhow::bail;
use anyhow::{Context, Result, anyhow};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

/// Size of the cache in bytes, unless QUENCH_CACHE_SIZE gives another.
const DEFAULT_SIZE: u64 = 2 << 30;

/// The choice of a cache by options or QUENCH_CACHE.
pub enum Choice {
    /// No cache at all.
    Off,
    /// No choice was made: executables are kept in the default folder,
    /// functions are not kept.
    NotSpecified,
    /// The cache in the default folder.
    On,
    /// The cache at this place: a folder or a URL.
    At(OsString),
}

impl Choice {
    /// Returns the choice of the options, or else that of QUENCH_CACHE.
    pub fn new(args: &CacheArgs) -> Choice {
        if args.no_cache {
            return Choice::Off;
        }
        if let Some(place) = &args.cache {
            return if place.is_empty() { Choice::On } else { Choice::At(place.clone()) };
        }
        match std::env::var_os("QUENCH_CACHE") {
            None => Choice::NotSpecified,
            Some(value) if value.is_empty() || value == "0" => Choice::Off,
            Some(value) if value == "1" => Choice::On,
            Some(value) => Choice::At(value),
        }
    }

    /// Returns the folder of the cache, which need not exist. A cache at a URL has
    /// the default folder besides.
    ///
    /// # Errors
    ///
    /// When there is no default folder, or QUENCH_CACHE_SIZE is not a size.
    pub fn folder(&self) -> Result<Folder> {
        let path = match self {
            Choice::At(place) if as_url(place).is_none() => PathBuf::from(place),
            _ => default_folder()?,
        };
        let size = match std::env::var("QUENCH_CACHE_SIZE") {
            Ok(size) => parse_size(&size).map_err(|e| anyhow!("QUENCH_CACHE_SIZE: {e}"))?,
            Err(_) => DEFAULT_SIZE,
        };
        Ok(Folder { path, size })
    }

    /// Opens the cache of compiled functions; returns `None` unless a cache was
    /// chosen.
    ///
    /// # Errors
    ///
    /// When [`Choice::folder`] fails, or the URL cannot be used.
    pub fn functions(&self) -> Result<Option<Arc<Packs>>> {
        match self {
            Choice::Off | Choice::NotSpecified => Ok(None),
            Choice::On | Choice::At(_) => {
                let folder = self.folder()?;
                let shared = self.shared(&folder)?;
                Ok(Some(Arc::new(Packs::open(folder, shared))))
            }
        }
    }

    /// Returns the cache at the chosen URL, if the choice is a URL.
    fn shared(&self, folder: &Folder) -> Result<Option<Box<dyn Shared>>> {
        match self {
            Choice::At(place) if let Some(url) = as_url(place) => remote(url, folder).map(Some),
            _ => Ok(None),
        }
    }
}

/// Returns the place as a URL, if it is one.
fn as_url(place: &OsString) -> Option<&str> {
    place.to_str().filter(|place| place.contains("://"))
}

/// Returns the cache at `url`.
#[cfg(feature = "shared-cache")]
fn remote(url: &str, folder: &Folder) -> Result<Box<dyn Shared>> {
    let is_read_only = std::env::var_os("QUENCH_CACHE_READ_ONLY").is_some_and(|value| value == "1");
    let remote = Remote::new(url, folder.size, is_read_only)?;
    Ok(Box::new(remote))
}

/// Fails: this build of quench has no cache at a URL.
#[cfg(not(feature = "shared-cache"))]
fn remote(_: &str, _: &Folder) -> Result<Box<dyn Shared>> {
    bail!("a cache at a URL needs a quench that was built with the feature `shared-cache`");
}

/// Returns the default folder: `quench` in the one that the XDG base directory
/// specification names. Relative paths are ignored, as it demands.
fn default_folder() -> Result<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let absolute = |path: &PathBuf| path.is_absolute();
    let cache = variable("XDG_CACHE_HOME").filter(absolute);
    let cache = cache.or_else(|| Some(variable("HOME").filter(absolute)?.join(".cache")));
    let cache = cache.context("neither XDG_CACHE_HOME nor HOME is an absolute path")?;
    Ok(cache.join("quench"))
}
