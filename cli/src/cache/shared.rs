//! What a cache that machines share must be able to do. Knows neither how it is
//! reached nor what packs hold.

use std::fs::File;
use std::ops::Range;

/// A pack that the list names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub name: String,
    pub size: u64,
    pub count: u64,
}

/// What went wrong, for people. After the first failure a store is left alone.
pub type Result<T> = std::result::Result<T, String>;

pub trait Shared: Send + Sync {
    /// What it has, the oldest first.
    ///
    /// # Errors
    ///
    /// The store's; so for all of these.
    fn list(&self) -> Result<Vec<Listed>>;
    /// Bytes of a pack.
    fn read(&self, pack: &Listed, range: Range<u64>) -> Result<Vec<u8>>;
    /// Writes a pack to a file.
    fn fetch(&self, pack: &Listed, file: &File) -> Result<()>;
    /// Adds a pack, in place of those with names in `merged`.
    fn publish(&self, pack: &Listed, content: Vec<u8>, merged: &[String]) -> Result<()>;
    /// Whether nothing is to be added or removed.
    fn is_read_only(&self) -> bool;
}
