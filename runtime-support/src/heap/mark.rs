//! Marking: what a collection needs is found from roots on, each object once. This file
//! does not know where roots are.
//!
//! # Safety
//!
//! There is one thread. What is marked are objects, and what they refer to are objects, of which
//! `quench_abi::Heap` says how they look.
#![allow(unsafe_code, reason = "see Safety")]

use super::check;
use super::list::List;
use super::object::{Kind, Types};
use super::state::State;
use super::tables::{BITS_UNIT, KEPT, LINE, LINES, MARKS};
use core::ops::Range;

pub(super) struct Marker {
    pub state: &'static State,
    pub types: Types,
    pub list: List,
    /// Where large objects begin.
    large: usize,
    /// Whether references are checked.
    checks: bool,
}

impl Marker {
    pub(super) fn new(state: &'static State, checks: bool) -> Marker {
        let large = state.large.range().start;
        Marker { state, types: Types::of_program(), list: List::new(state), large, checks }
    }

    /// Marks the object that a reference refers to, if it refers to one; `from` is where it is.
    #[inline(always)]
    pub(super) fn mark(&mut self, reference: u32, from: usize) {
        let object = reference as usize;
        if object == 0 || object & 1 != 0 {
            return;
        }
        if self.checks {
            check::check(self.state, &self.types, object, from);
        }
        if MARKS.set(object) {
            self.list.push(object, self.state);
        }
    }

    /// Marks what a marked object refers to; of an array, what the elements in `part` refer
    /// to.
    // Not inlined into each of its callers.
    #[inline(never)]
    pub(super) fn look_into(&mut self, object: usize, part: &Range<usize>) {
        let types = self.types;
        // SAFETY: see the head of this file.
        unsafe {
            let kind = types.kind(object);
            types.each_reference(object, &kind, part, |reference| self.mark(reference, object));
        }
    }

    /// Keeps the lines of a marked object, and marks what it refers to.
    #[inline(always)]
    fn scan(&mut self, object: usize) {
        let types = self.types;
        // SAFETY: see the head of this file.
        let kind = unsafe { types.kind(object) };
        // Most objects are structs, which take no other way.
        match kind {
            Kind::Struct(_) => self.scan_as(object, &kind),
            _ => self.scan_other(object, &kind),
        }
    }

    #[inline(never)]
    fn scan_other(&mut self, object: usize, kind: &Kind<'_>) {
        self.scan_as(object, kind);
    }

    #[inline(always)]
    fn scan_as(&mut self, object: usize, kind: &Kind<'_>) {
        let types = self.types;
        // SAFETY: see the head of this file.
        unsafe {
            if object < self.large {
                keep(object, types.size(object, kind));
            }
            let all = 0..usize::MAX;
            types.each_reference(object, kind, &all, |reference| self.mark(reference, object));
        }
    }

    /// Scans the objects of the list, and those that they lead to.
    fn empty_list(&mut self) {
        while let Some(object) = self.list.pop() {
            self.scan(object);
        }
    }

    /// Marks all that is needed for what was marked.
    #[inline(never)]
    pub(super) fn finish(&mut self) {
        self.empty_list();
        while core::mem::take(&mut self.list.has_overflown) {
            self.scan_all();
        }
    }

    /// Scans all marked objects, after the list was too short.
    #[cold]
    fn scan_all(&mut self) {
        each_marked(self.state, |object| {
            self.scan(object);
            self.empty_list();
        });
    }
}

/// Visits all marked objects, also those that are marked meanwhile behind the place.
pub(super) fn each_marked(state: &State, mut visit: impl FnMut(usize)) {
    for unit in state.space.range().step_by(BITS_UNIT) {
        let mut seen = 0;
        loop {
            let bits = MARKS.word(unit) & !seen;
            if bits == 0 {
                break;
            }
            let number = bits.trailing_zeros();
            seen |= u64::MAX >> (63 - number);
            visit(unit + 8 * number as usize);
        }
    }
    state.large.each(|object| {
        if MARKS.has(object) {
            visit(object);
        }
    });
}

/// Keeps the lines of an object in a block.
#[inline(always)]
fn keep(object: usize, size: usize) {
    let mut line = object;
    let last = object + size - 1;
    LINES.set(last, KEPT);
    while line / LINE < last / LINE {
        LINES.set(line, KEPT);
        line += LINE;
    }
}
