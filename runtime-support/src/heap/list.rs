//! The list of objects that a collection has found and has to look into. Its memory is
//! touched as far as it gets long, and given back. It has an end: a collection that reaches it looks
//! for marked objects in the whole heap afterwards.
//!
//! # Safety
//!
//! There is one thread. The bytes of the list up to `end` are accessible, and nobody else
//! uses them.
#![allow(unsafe_code, reason = "see Safety")]

use super::state::State;
use super::tables::{self, LIST, at};

/// Bytes that become accessible at first; then there are twice as many.
const FIRST_STEP: usize = 1 << 18;

/// Bytes of the list from which on it is given back.
const LONG: usize = 1 << 20;

/// Objects, by the lower half of their addresses.
pub(super) struct List {
    /// Place behind the last object.
    next: *mut u32,
    /// End of the places.
    end: *mut u32,
    /// Whether an object is missing for which there was no place.
    pub has_overflown: bool,
}

impl List {
    pub(super) fn new(state: &State) -> List {
        let (next, end) = (at(LIST.start), at(state.list_end.get()));
        List { next, end, has_overflown: false }
    }

    #[inline(always)]
    pub(super) fn push(&mut self, object: usize, state: &State) {
        if self.next == self.end && !self.extend(state) {
            self.has_overflown = true;
            return;
        }
        // SAFETY: there is a place.
        unsafe {
            self.next.write(object as u32);
            self.next = self.next.add(1);
        }
    }

    #[inline(always)]
    pub(super) fn pop(&mut self) -> Option<usize> {
        if self.next.addr() == LIST.start {
            return None;
        }
        // SAFETY: there is an object.
        unsafe {
            self.next = self.next.sub(1);
            Some(self.next.read() as usize)
        }
    }

    /// Removes the objects for which `keep` returns false.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(usize) -> bool) {
        let mut place = at::<u32>(LIST.start);
        let end = core::mem::replace(&mut self.next, place);
        while place != end {
            // SAFETY: both places are in the list, this one never behind the other.
            unsafe {
                let object = place.read();
                place = place.add(1);
                if keep(object as usize) {
                    self.next.write(object);
                    self.next = self.next.add(1);
                }
            }
        }
    }

    /// Makes more bytes accessible; returns whether there are.
    #[cold]
    #[inline(never)]
    fn extend(&mut self, state: &State) -> bool {
        let end = self.end.addr();
        let longer = LIST.start + (2 * (end - LIST.start)).max(FIRST_STEP);
        let longer = longer.min(most());
        if longer <= end || !tables::make_accessible(end..longer) {
            return false;
        }
        state.list_end.set(longer);
        self.end = at(longer);
        true
    }

    /// Gives the memory of a long list back.
    pub(super) fn give_back(self) {
        if self.end.addr() - LIST.start > LONG {
            tables::give_back(LIST.start..self.end.addr());
        }
    }
}

/// Returns the end of what the list may have.
#[cfg(not(test))]
fn most() -> usize {
    LIST.end
}

/// The end of the list in tests that are about it.
#[cfg(test)]
pub(super) static MOST: core::sync::atomic::AtomicUsize =
    core::sync::atomic::AtomicUsize::new(LIST.end);

#[cfg(test)]
fn most() -> usize {
    MOST.load(core::sync::atomic::Ordering::Relaxed)
}
