//! Bytes of memory that the heap has: counted under the program's limit, and why there are
//! no more of them. Knows no objects.

use crate::limits;
use core::cell::Cell;

/// Why the heap cannot have more bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The program's limit of memory.
    Limit,
    /// All addresses are taken.
    Addresses,
    /// The system has no more.
    System,
}

/// Bytes that the heap has.
pub(super) struct Room {
    bytes: Cell<u64>,
    refusal: Cell<Refusal>,
}

impl Room {
    pub(super) const fn new() -> Room {
        Room { bytes: Cell::new(0), refusal: Cell::new(Refusal::Addresses) }
    }

    /// Counts more bytes, if the program's limit has room for them.
    pub(super) fn take(&self, bytes: usize) -> bool {
        let bytes = bytes as u64;
        if !limits::has_room(bytes) {
            return self.refuse(Refusal::Limit);
        }
        limits::took(bytes);
        self.bytes.set(self.bytes.get() + bytes);
        true
    }

    /// Counts fewer bytes.
    pub(super) fn give_back(&self, bytes: usize) {
        limits::gave_back(bytes as u64);
        self.bytes.set(self.bytes.get() - bytes as u64);
    }

    /// Notes why there was no room; returns false.
    pub(super) fn refuse(&self, refusal: Refusal) -> bool {
        self.refusal.set(refusal);
        false
    }

    /// Returns why there was no room.
    pub(super) fn refusal(&self) -> Refusal {
        self.refusal.get()
    }

    /// Returns the bytes that the heap has.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.get()
    }
}
