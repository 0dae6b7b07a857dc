//! Messages about a heap that is not as it must be, and the check of a reference.
//!
//! # Safety
//!
//! Addresses below the ends of blocks and pages are accessible.
#![allow(unsafe_code, reason = "see Safety")]

use super::object::Types;
use super::state::State;
use super::tables::{BASE, STARTS, at};
use crate::report::Line;
use quench_abi::TRAP_EXIT_STATUS;

/// Ends the program if a reference at `from` is not to an object.
#[inline(never)]
pub(super) fn check(state: &State, types: &Types, object: usize, from: usize) {
    let is_start = if (BASE..state.space.range().end).contains(&object) {
        object.is_multiple_of(8) && STARTS.has(object)
    } else {
        state.large.object_at(object) == Some(object)
    };
    // SAFETY: the address is in the heap.
    if !is_start || !types.is_known(unsafe { at::<u32>(object).read() }) {
        let mut line = start(object);
        end(line.text("no object, but ").hexadecimal(from as u64).text(" refers to it"));
    }
}

/// Ends the program because there is something else than an object.
#[cold]
#[inline(never)]
pub(super) fn broken(address: usize, found: &str) -> ! {
    end(start(address).text(found))
}

/// Returns the beginning of a message about an address.
pub(super) fn start(address: usize) -> Line {
    let mut line = Line::new("internal error: in the heap at ");
    line.hexadecimal(address as u64).text(" is ");
    line
}

/// Ends the program with a message.
pub(super) fn end(line: &mut Line) -> ! {
    line.text("; please report this").exit(TRAP_EXIT_STATUS)
}
