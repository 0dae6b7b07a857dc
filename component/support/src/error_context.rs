//! The built-in functions for error contexts.
//!
//! # Safety
//!
//! The records are the compiler's, and stay as they are while the program runs.
#![allow(unsafe_code, reason = "see Safety")]

use crate::handles::{self, Kind, Ownership, require_may_leave};
use crate::lower::{Call, Text};
use crate::trap::trap;
use quench_abi::component::{ComponentInstance, Lowering};
use quench_runtime_support::slice;

static ERROR_CONTEXT: Kind = Kind::new("error context");

/// The built-in function `error-context.new`. The message is not kept, as the canonical ABI
/// permits.
#[unsafe(no_mangle)]
extern "C" fn quench_error_context_new(lowering: &'static Lowering, _: u32, _: u32) -> u32 {
    // SAFETY: see the head of this file.
    let instance = unsafe { &*lowering.instance };
    require_may_leave(instance);
    handles::insert(instance, ERROR_CONTEXT.record(), 0, Ownership::Own)
}

/// The built-in function `error-context.debug-message`.
#[unsafe(no_mangle)]
extern "C" fn quench_error_context_debug_message(
    lowering: &'static Lowering,
    handle: u32,
    address: u32,
) {
    let mut call = Call::new(lowering);
    handles::get(call.instance(), ERROR_CONTEXT.record(), handle);
    call.give(address, Text(b""));
}

/// The built-in function `error-context.drop`.
#[unsafe(no_mangle)]
extern "C" fn quench_error_context_drop(instance: &'static ComponentInstance, handle: u32) {
    require_may_leave(instance);
    handles::remove(instance, ERROR_CONTEXT.record(), handle);
}

/// Instances that adapters name by the numbers of their tables of error contexts.
#[repr(C)]
struct Instances {
    instances: *const *const ComponentInstance,
    count: u64,
}

/// The built-in function by which adapters pass an error context.
#[unsafe(no_mangle)]
extern "C" fn quench_error_context_transfer(
    table: &'static Instances,
    handle: u32,
    from: u32,
    to: u32,
) -> u32 {
    // SAFETY: the compiler wrote the list.
    let instances = unsafe { slice(table.instances, table.count) };
    let (Some(&from), Some(&to)) = (instances.get(from as usize), instances.get(to as usize))
    else {
        trap("unknown table of handles");
    };
    // SAFETY: see the head of this file.
    let (from, to) = unsafe { (&*from, &*to) };
    transfer(from, to, handle)
}

/// Gives an instance an error context that another one has too; returns the handle there.
pub(crate) fn transfer(from: &ComponentInstance, to: &ComponentInstance, handle: u32) -> u32 {
    let context = handles::get(from, ERROR_CONTEXT.record(), handle);
    handles::insert(to, ERROR_CONTEXT.record(), context, Ownership::Own)
}

/// Traps unless a handle is that of an error context.
pub(crate) fn require(instance: &ComponentInstance, handle: u32) {
    handles::get(instance, ERROR_CONTEXT.record(), handle);
}
