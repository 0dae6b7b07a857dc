//! Calls of exported functions that a program makes itself. Compiled code makes the call;
//! it asks here for the arguments before, and gives the result after.
//!
//! # Safety
//!
//! The records are the compiler's. There is one thread, one call is made at a time, and its
//! core values are borrowed only during the functions of this file.
#![allow(unsafe_code, reason = "see Safety")]

use crate::arguments::{self, Flat};
use crate::description::Description;
use crate::lower::Call;
use crate::results::{self, Given};
use core::cell::UnsafeCell;
use quench_abi::component::Invocation;
use quench_runtime_support::text;

struct Global(UnsafeCell<Flat>);

// SAFETY: there is one thread.
unsafe impl Sync for Global {}

/// The core values of the arguments of the call that began last.
static ARGUMENTS: Global = Global(UnsafeCell::new(Flat::NONE));

/// Passes the arguments of a call.
#[unsafe(no_mangle)]
extern "C" fn quench_invoke_begin(invocation: &'static Invocation) {
    let mut call = call(invocation);
    // SAFETY: see the head of this file. The guest allocates before anything is borrowed.
    unsafe {
        let flat = arguments::pass(&mut call, types(invocation), text(&invocation.arguments));
        ARGUMENTS.0.get().write(flat);
    }
}

/// Returns the bits of a core value of the arguments.
#[unsafe(no_mangle)]
extern "C" fn quench_invoke_argument(index: u32) -> u64 {
    // SAFETY: see the head of this file.
    let flat = unsafe { &*ARGUMENTS.0.get() };
    flat.values.get(index as usize).copied().unwrap_or_default()
}

/// Prints the result of a call, given the bits of the core value that it is.
#[unsafe(no_mangle)]
extern "C" fn quench_invoke_result(invocation: &'static Invocation, bits: u64) {
    // SAFETY: see the head of this file.
    let tables = unsafe { &*invocation.tables };
    let values = if invocation.is_task == 0 { Given::Returned(bits) } else { Given::ByTask };
    results::print(&mut call(invocation), types(invocation).result(), values, tables);
}

fn call(invocation: &'static Invocation) -> Call {
    // SAFETY: see the head of this file.
    Call::of_host(unsafe { &*invocation.lowering })
}

fn types(invocation: &'static Invocation) -> Description {
    // SAFETY: see the head of this file.
    Description::new(unsafe { text(&invocation.types) })
}
