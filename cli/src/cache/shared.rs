//! The interface of a cache that machines share. Knows neither how it is reached
//! nor what packs hold.

use std::fs::File;
use std::ops::Range;

/// A pack in the list of a shared cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Name of the pack: a checksum in hexadecimal digits.
    pub name: String,
    /// Size of the pack, in bytes.
    pub size: u64,
    /// Number of its entries.
    pub count: u64,
}

/// The result of a request to a shared cache. The error is a message for people;
/// after the first one the cache is not used any more.
pub type Result<T> = std::result::Result<T, String>;

/// A cache of packs that machines share. Every request fails when the store fails
/// or does not answer in time.
pub trait Shared: Send + Sync {
    /// Returns the packs that the cache has, the oldest first.
    ///
    /// # Errors
    ///
    /// When the store fails.
    fn list(&self) -> Result<Vec<Listed>>;
    /// Returns a range of bytes of a pack.
    ///
    /// # Errors
    ///
    /// When the store fails, or the pack ends before the range does.
    fn read(&self, pack: &Listed, range: Range<u64>) -> Result<Vec<u8>>;
    /// Writes a pack to a file.
    ///
    /// # Errors
    ///
    /// When the store fails, or the file cannot be written.
    fn fetch(&self, pack: &Listed, file: &File) -> Result<()>;
    /// Adds a pack, and removes the packs with names in `merged`, which it
    /// replaces.
    ///
    /// # Errors
    ///
    /// When the store fails.
    fn publish(&self, pack: &Listed, content: Vec<u8>, merged: &[String]) -> Result<()>;
    /// Returns whether nothing may be added or removed.
    fn is_read_only(&self) -> bool;
}
