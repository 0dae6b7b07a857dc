//! The constant objects of all modules: they are put into the heap before any code runs, and
//! every collection keeps them. Code refers to them by their addresses, so they need no root.
//!
//! # Safety
//!
//! The compiler wrote the records. There is one thread.
#![allow(unsafe_code, reason = "see Safety")]

use super::mark::Marker;
use super::state::State;
use super::tables::{BITS_UNIT, MARKS, at};
use crate::process::{self, slice};
use core::ops::Range;
use quench_abi::{CONSTANTS_UNIT, ConstantObjects};

const _: () = assert!(BITS_UNIT as u64 == CONSTANTS_UNIT);

/// Returns the records of the modules that have constant objects.
fn all() -> impl Iterator<Item = &'static ConstantObjects> {
    // SAFETY: see the head of this file.
    process::modules().filter_map(|module| unsafe { module.constant_objects.as_ref() })
}

/// Returns the addresses of a module's constant objects.
fn range(objects: &ConstantObjects) -> Range<usize> {
    objects.start as usize..(objects.start + objects.size) as usize
}

/// Visits the words of marks that a module's constant objects have, with the address of each.
fn each_word(objects: &ConstantObjects, mut visit: impl FnMut(usize, u64)) {
    // SAFETY: see the head of this file.
    let starts = unsafe { slice(objects.starts, objects.size / CONSTANTS_UNIT) };
    for (unit, word) in range(objects).step_by(BITS_UNIT).zip(starts) {
        visit(unit, *word);
    }
}

/// Puts the objects into the heap, in which there is nothing yet. Returns how many bytes there
/// is no room for, if that is so.
pub(super) fn place(state: &State) -> Result<(), u64> {
    for objects in all() {
        if !state.space.keep(range(objects), &state.room, state.large.range().start) {
            return Err(objects.size);
        }
        let start = objects.start as usize;
        // SAFETY: see the head of this file; these addresses are accessible and nobody else's.
        unsafe {
            at::<u8>(start).copy_from_nonoverlapping(objects.bytes, objects.size as usize);
            for offset in slice(objects.functions, objects.function_count) {
                let place = objects.bytes.add(*offset as usize);
                let distance = place.cast::<i32>().read_unaligned();
                let function = place.offset(distance as isize);
                at::<*const u8>(start + *offset as usize).write(function);
            }
        }
        each_word(objects, |unit, word| MARKS.add(unit, word));
    }
    Ok(())
}

/// Marks the objects, whose marks have been cleared.
pub(super) fn mark(marker: &mut Marker) {
    for objects in all() {
        each_word(objects, |unit, mut word| {
            while word != 0 {
                let object = unit + 8 * word.trailing_zeros() as usize;
                if MARKS.set(object) {
                    marker.list.push(object, marker.state);
                }
                word &= word - 1;
            }
        });
    }
}
