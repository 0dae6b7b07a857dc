//! The cache: executables of `quench run`, and compiled functions.
//!
//! [`folder`] is the folder on disk; [`executables`] and [`packs`] keep their
//! files in it. [`shared`] is the interface of a cache that machines share, which
//! `packs` uses; `remote` implements it for URLs, with the list of packs of
//! `list`. [`choice`] opens the cache that options and environment variables name.

pub mod choice;
pub mod executables;
pub mod folder;
#[cfg(any(feature = "shared-cache", test))]
mod list;
pub mod packs;
#[cfg(feature = "shared-cache")]
mod remote;
pub mod shared;
