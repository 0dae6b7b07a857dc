//! The cache: executables of `quench run`, and compiled functions.
//!
//! [`folder`] is the folder on disk, which [`executables`] and [`packs`] keep
//! files in; [`shared`] is what `packs` asks of a cache at a URL, which `remote`
//! reaches and whose list of packs `list` reads. [`choice`] finds the one that
//! was asked for.

pub mod choice;
pub mod executables;
pub mod folder;
#[cfg(any(feature = "shared-cache", test))]
mod list;
pub mod packs;
#[cfg(feature = "shared-cache")]
mod remote;
pub mod shared;
