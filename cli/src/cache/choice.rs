//! Where the cache is, as options and environment variables say.

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

/// Bytes, if QUENCH_CACHE_SIZE does not say.
const DEFAULT_SIZE: u64 = 2 << 30;

/// What someone chose, by options or QUENCH_CACHE.
pub enum Choice {
    Off,
    /// Nobody said anything.
    NotSpecified,
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
            return if place.is_empty() { Choice::On } else { Choice::At(place.clone()) };
        }
        match std::env::var_os("QUENCH_CACHE") {
            None => Choice::NotSpecified,
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

    /// What is behind the folder, if a URL was given.
    fn shared(&self, folder: &Folder) -> Result<Option<Box<dyn Shared>>> {
        match self {
            Choice::At(place) if let Some(url) = is_url(place) => remote(url, folder).map(Some),
            _ => Ok(None),
        }
    }
}

fn is_url(place: &OsString) -> Option<&str> {
    place.to_str().filter(|place| place.contains("://"))
}

#[cfg(feature = "shared-cache")]
fn remote(url: &str, folder: &Folder) -> Result<Box<dyn Shared>> {
    let is_read_only = std::env::var_os("QUENCH_CACHE_READ_ONLY").is_some_and(|value| value == "1");
    let remote = Remote::new(url, folder.size, is_read_only)?;
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
