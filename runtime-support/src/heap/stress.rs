//! What a collection does beside its work for `heap_mode::STRESS`: it finds out where all objects
//! begin, so that each reference can be checked, finds old objects that were written to without a card, and
//! overwrites what is free.
//!
//! # Safety
//!
//! Marked objects are objects.
#![allow(unsafe_code, reason = "see Safety")]

use super::check::{end, start};
use super::mark::each_marked;
use super::object::Types;
use super::space;
use super::state::State;
use super::tables::{BITS_UNIT, BLOCK, LINE, MARKS, STARTS, at};
use super::words::parse;

/// What free lines are filled with: no reference, and no number of a type.
const POISON: u32 = 0xdead_bee8;

/// Finds out where all objects begin, before a collection.
pub(super) fn begin(state: &State, types: &Types) {
    for block in state.space.range().step_by(BLOCK) {
        parse(types, block);
    }
    for unit in state.space.range().step_by(BITS_UNIT) {
        STARTS.add(unit, MARKS.word(unit));
    }
}

/// Ends the program if a marked object refers to one that is not.
pub(super) fn check_marks(state: &State, types: &Types) {
    each_marked(state, |object| {
        // SAFETY: see the head of this file.
        unsafe {
            let kind = types.kind(object);
            types.each_reference(object, &kind, &(0..usize::MAX), |reference| {
                let to = reference as usize;
                if to != 0 && to & 1 == 0 && !MARKS.has(to) {
                    let mut line = start(to);
                    line.text("an object that is not kept, and ").hexadecimal(object as u64);
                    end(line.text(", which is, refers to it; no card said so"));
                }
            });
        }
    });
}

/// Fills a free line with what no code can use.
pub(super) fn poison(line: usize) {
    if space::has_memory(line) {
        for place in (line..line + LINE).step_by(size_of::<u32>()) {
            // SAFETY: the line is free.
            unsafe { at::<u32>(place).write(POISON) };
        }
    }
}
