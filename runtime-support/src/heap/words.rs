//! Words of stacks and registers that may be addresses of objects, or into them: this file finds
//! the object that such a word refers to. A number that looks the same does no more harm than
//! an object that stays longer.
//!
//! The marks of the last collection say where objects begin that are older than it. In a
//! block's fresh lines objects lie one behind the other, and are gone through once in a
//! collection.
//!
//! # Safety
//!
//! No hole is in use. Marks are those of the last collection.
#![allow(unsafe_code, reason = "see Safety")]

use super::check;
use super::object::Types;
use super::space::set_parsed;
use super::state::State;
use super::tables::{BASE, BLOCK, END, FREE, FRESH, LINE, LINES, MARKS, STARTS};

/// Returns the object that a word refers to, if it may be a reference.
#[inline(always)]
pub(super) fn object_of(state: &State, types: &Types, word: usize) -> Option<usize> {
    if word.wrapping_sub(BASE) >= END - BASE {
        return None;
    }
    object_at(state, types, word)
}

/// Returns the object that an address of the heap is in.
#[inline(never)]
fn object_at(state: &State, types: &Types, address: usize) -> Option<usize> {
    if address >= state.space.range().end {
        return state.large.object_at(address);
    }
    let object = match LINES.get(address) {
        FREE => return None,
        FRESH => {
            parse(types, address / BLOCK * BLOCK);
            STARTS.last(address)?
        }
        _ => MARKS.last(address)?,
    };
    // SAFETY: an object begins there.
    let size = unsafe { types.size(object, &types.kind(object)) };
    (address - object < size).then_some(object)
}

/// Finds out where objects begin in the fresh lines of a block.
pub(super) fn parse(types: &Types, block: usize) {
    if set_parsed(block) {
        return;
    }
    let end = block + BLOCK;
    let mut place = block;
    while place < end {
        if LINES.get(place) != FRESH {
            place = place / LINE * LINE + LINE;
            continue;
        }
        // SAFETY: fresh lines are full of objects, the first of which begins with them.
        let (kind, size) = unsafe {
            let kind = types.kind(place);
            let size = types.size(place, &kind);
            (kind, size)
        };
        if !kind.is_filler() {
            STARTS.set(place);
        }
        if size == 0 {
            check::broken(place, "nothing that the collector knows");
        }
        place += size;
    }
}
