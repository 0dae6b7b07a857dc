//! The collector's variables.
//!
//! # Safety
//!
//! There is one thread.
#![allow(unsafe_code, reason = "see Safety")]

use super::large::Large;
use super::room::Room;
use super::space::Space;
use core::cell::Cell;

/// The least bytes of new objects between two collections.
pub(super) const LEAST_BUDGET: usize = 4 << 20;

/// The least bytes of kept objects for which a full collection is worth its time.
const LEAST_FULL: usize = 8 << 20;

/// How much a collection looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Collection {
    /// What was made since the last one: older objects are kept.
    Young,
    /// All objects.
    Full,
    /// All objects, and all free memory is given back: there is no room.
    Last,
}

pub(super) struct State {
    pub space: Space,
    pub large: Large,
    pub room: Room,
    /// Bytes of new objects after which there is a collection.
    pub budget: Cell<usize>,
    /// Bytes of kept objects after which it is a full one.
    pub full_at: Cell<usize>,
    /// Bytes of the objects that the last full collection kept.
    pub needed: Cell<usize>,
    /// The collection that goes on.
    pub collection: Cell<Collection>,
    /// Number of collections.
    pub count: Cell<u64>,
    /// End of the accessible bytes of the list.
    pub list_end: Cell<usize>,
}

struct Global(State);

// SAFETY: there is one thread.
unsafe impl Sync for Global {}

static STATE: Global = Global(State {
    space: Space::new(),
    large: Large::new(),
    room: Room::new(),
    budget: Cell::new(LEAST_BUDGET),
    full_at: Cell::new(LEAST_FULL),
    needed: Cell::new(0),
    collection: Cell::new(Collection::Young),
    count: Cell::new(0),
    list_end: Cell::new(super::tables::LIST.start),
});

pub(super) fn state() -> &'static State {
    &STATE.0
}

impl State {
    /// Returns the bytes of objects: those that the last collection kept, and what was given to
    /// code since.
    pub(super) fn in_use(&self) -> usize {
        self.kept() + self.space.fresh() + self.large.fresh()
    }

    /// Returns the bytes of the objects that the last collection has kept.
    pub(super) fn kept(&self) -> usize {
        self.space.kept() + self.large.kept()
    }

    /// Returns the collection that has to come before room for `size` more bytes is given, if one
    /// has to.
    pub(super) fn due(&self, size: u64) -> Option<Collection> {
        let fresh = (self.space.fresh() + self.large.fresh()) as u64;
        let is_due = fresh != 0 && fresh.saturating_add(size) > self.budget.get() as u64;
        is_due.then(|| self.kind())
    }

    /// Returns the kind of the next collection.
    pub(super) fn kind(&self) -> Collection {
        if self.kept() > self.full_at.get() { Collection::Full } else { Collection::Young }
    }

    /// Decides when the next collections come, after one before which objects had `before` bytes.
    pub(super) fn plan(&self, was_full: bool, before: usize) {
        let kept = self.kept();
        if was_full {
            self.needed.set(kept);
            // If it freed little, the next one may wait longer: the program makes what it keeps.
            let more = if kept > before / 4 * 3 { 2 * kept } else { kept / 4 * 3 };
            self.full_at.set((kept + more).max(LEAST_FULL));
        }
        self.budget.set(kept.min(self.needed.get()).max(LEAST_BUDGET));
    }
}
