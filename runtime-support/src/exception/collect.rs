//! The collector of exceptions that references were made to: it finds those to which
//! none is left. A reference is an address in a table, a global, another exception, or among what
//! compiled code holds on its stack and in registers; nowhere else can one
//! be, because linear memories hold numbers and the host keeps none beyond a
//! call. What tables, globals and exceptions hold is known exactly. Words of the
//! stack and registers that might be addresses of an exception, or into one,
//! keep it: code may hold either, and a number that looks the same does no
//! more harm than an exception that stays longer.
//!
//! Exceptions do not move, and compiled code has no other part in this than its
//! lists of tables and globals.
//!
//! # Safety
//!
//! There is one thread, and it is on the guest's stack, in a call from compiled
//! code. The compiler's lists are complete, and tags and tables are as it wrote
//! them. Each exception that is not free has its tag and its values.
#![allow(unsafe_code, reason = "see Safety")]

use super::heap;
use super::values::each_value;
use crate::{arch, roots};
use core::ptr::{null_mut, with_exposed_provenance_mut};
use quench_abi::{Exception, ValueType};

/// Gives back the cells of all exceptions that nothing refers to. Returns the bytes
/// that stay in use.
///
/// # Safety
///
/// No exception is on its way from a `throw` to its handler.
pub(super) unsafe fn collect() -> usize {
    heap::unmark();
    // SAFETY: the registers' values are on the stack during the call.
    unsafe { arch::call_with_registers_on_stack(mark_all) };
    heap::sweep()
}

/// Marks all exceptions that can be reached; `stack` is the lowest of the stack's words
/// where references may be.
unsafe extern "C" fn mark_all(stack: *const usize) {
    // SAFETY: see the head of this file. Nobody writes these words meanwhile but
    // the functions below, whose frames are lower.
    unsafe {
        roots::each_word(stack, |word| mark(word));
        roots::each_reference(|reference| mark(reference as usize));
    }
}

/// Marks the exception that an address refers to, and those that it refers to.
// Not inlined into each of its callers.
#[inline(never)]
unsafe fn mark(address: usize) {
    let mut waiting = List(null_mut());
    // SAFETY: an exception that is newly marked is in no list; see the head of this
    // file.
    unsafe {
        waiting.add(heap::mark(address));
        while let Some(exception) = waiting.take() {
            each_value(
                exception,
                |ty| ty == ValueType::ExnRef,
                |value| {
                    waiting.add(heap::mark(value.cast::<usize>().read()));
                },
            );
        }
    }
}

/// Exceptions whose values are to be looked at: each has the address of the
/// next one, which is even, in `shared` above the bit that was there.
struct List(*mut Exception);

impl List {
    /// Adds an exception, if there is one.
    ///
    /// # Safety
    ///
    /// The exception is in no list.
    unsafe fn add(&mut self, exception: Option<*mut Exception>) {
        if let Some(exception) = exception {
            // SAFETY: the caller's promise.
            unsafe { (*exception).shared |= self.0.expose_provenance() as u64 };
            self.0 = exception;
        }
    }

    /// Removes an exception; none if the list is empty.
    fn take(&mut self) -> Option<*mut Exception> {
        let exception = self.0;
        if exception.is_null() {
            return None;
        }
        // SAFETY: the exception is in the list.
        let shared = unsafe { &mut (*exception).shared };
        self.0 = with_exposed_provenance_mut((*shared & !1) as usize);
        *shared &= 1;
        Some(exception)
    }
}
