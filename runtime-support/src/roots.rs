//! The places where compiled code keeps references, for collectors: stacks with the registers
//! that are on them, globals and tables. Nowhere else can one be but in objects, because
//! linear memories hold numbers, and the host keeps none beyond a call.
//!
//! # Safety
//!
//! There is one thread, and it is on the guest's stack, in a call from compiled code. The
//! compiler's lists are complete, and tables are as it wrote them.
#![allow(unsafe_code, reason = "see Safety")]

use crate::{process, stack, stacks};
use core::ptr::with_exposed_provenance_mut;
use quench_abi::Module;

/// Visits the words on all stacks that may be references or part of one, or any other
/// number; `lowest` is the lowest of them on the stack in use.
///
/// # Safety
///
/// `lowest` is on the guest's stack, and nobody writes these words meanwhile but what is
/// called from here.
pub(crate) unsafe fn each_word(lowest: *const usize, mut visit: impl FnMut(usize)) {
    // SAFETY: see the head of this file.
    unsafe {
        let count = (stack::top() - lowest.addr()) / size_of::<usize>();
        for index in 0..count {
            visit(lowest.add(index).read_volatile());
        }
        let (list, count) = stack::others();
        for (start, count) in (0..count).filter_map(|number| stacks::words(list, number)) {
            for index in 0..count {
                visit(start.add(index).read_volatile());
            }
        }
    }
}

/// Overwrites what calls that have returned left on the unused part of the stack in use, down to
/// 4,096 bytes of zeros: a later frame may have such words in places that nothing writes.
///
/// # Safety
///
/// See the head of this file.
#[inline(never)]
pub(crate) unsafe fn forget_below() {
    const ENOUGH: usize = 4096 / size_of::<usize>();
    let here = [0_usize; 2];
    // Below the frame of this function, which calls nothing.
    let mut place = (&raw const here).addr() - 128;
    let mut zeros = 0;
    while stack::contains(place) && zeros < ENOUGH {
        let word = with_exposed_provenance_mut::<usize>(place);
        // SAFETY: nothing is there.
        unsafe {
            zeros = if word.read_volatile() == 0 { zeros + 1 } else { 0 };
            word.write_volatile(0);
        }
        place -= size_of::<usize>();
    }
}

/// Visits what the globals and tables of all modules hold that may be a reference.
///
/// # Safety
///
/// See the head of this file.
pub(crate) unsafe fn each_reference(mut visit: impl FnMut(u64)) {
    for module in process::modules() {
        let Module {
            reference_globals: globals,
            reference_global_count: global_count,
            reference_tables: tables,
            reference_table_count: table_count,
            ..
        } = *module;
        // SAFETY: the compiler wrote these lists.
        unsafe {
            for global in process::slice(globals, global_count) {
                visit(**global);
            }
            for table in process::slice(tables, table_count) {
                for element in process::slice((**table).elements, (**table).length) {
                    visit(*element);
                }
            }
        }
    }
}
