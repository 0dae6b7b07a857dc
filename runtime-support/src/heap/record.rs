//! The record of the program's heap, for the other files of this folder.
//!
//! # Safety
//!
//! The compiler writes the record into programs that call functions of this folder; only
//! they have these.
#![allow(unsafe_code, reason = "see Safety")]

use super::tables::at;
#[cfg(not(all(feature = "freestanding", not(test))))]
use quench_abi::Text;
use quench_abi::{HOLE, Heap, Hole};

#[cfg(all(feature = "freestanding", not(test)))]
unsafe extern "C" {
    static mut quench_heap: Heap;
}

/// The heap of unit tests.
#[cfg(not(all(feature = "freestanding", not(test))))]
#[allow(non_upper_case_globals, reason = "the symbol of a program's heap")]
static mut quench_heap: Heap = Heap {
    types: core::ptr::null(),
    type_count: 0,
    first_type: 0,
    references: core::ptr::null(),
    names: Text { bytes: core::ptr::null(), length: 0 },
    mode: 0,
    host_start: None,
};

/// Returns the address of the record. Nobody may keep a borrow of it while compiled code
/// runs, which uses it too.
pub(super) fn heap() -> *mut Heap {
    &raw mut quench_heap
}

/// Returns the address of the free bytes for code's objects, which is accessible once the
/// heap's addresses are reserved.
pub(super) fn hole() -> *mut Hole {
    at(HOLE as usize)
}

/// Returns the bits of [`Heap::mode`].
pub(super) fn mode() -> u64 {
    // SAFETY: there is one thread.
    unsafe { (*heap()).mode }
}
