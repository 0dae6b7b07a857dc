//! A store of compiled functions in memory.

use quench_compiler::{Key, Store};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A [`Store`] in memory, which counts the entries that are found.
#[derive(Default)]
pub struct FunctionMap {
    entries: Mutex<HashMap<Key, Vec<u8>>>,
    found: AtomicUsize,
}

impl FunctionMap {
    /// Returns how many times an entry was asked for and was there.
    pub fn found(&self) -> usize {
        self.found.load(Relaxed)
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<Key, Vec<u8>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for FunctionMap {
    fn get(&self, key: &Key) -> Option<Vec<u8>> {
        let entry = self.entries().get(key).cloned()?;
        self.found.fetch_add(1, Relaxed);
        Some(entry)
    }

    fn put(&self, key: &Key, entry: &[u8]) {
        self.entries().insert(*key, entry.to_vec());
    }
}
