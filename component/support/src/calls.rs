//! Calls from one component instance to another, as far as they lend handles: what was lent
//! is counted until the call ends, and must be given back by then.
//!
//! # Safety
//!
//! There is one thread, and the state is borrowed only during the functions of this file,
//! none of which calls another one or a guest.
#![allow(unsafe_code, reason = "see Safety")]

use crate::handles::{self, CALLS_MAX};
use crate::trap::trap;
use core::cell::UnsafeCell;
use quench_abi::component::{ComponentInstance, ResourceType};

/// A handle that was lent.
#[derive(Clone, Copy)]
struct Lender {
    instance: &'static ComponentInstance,
    resource: &'static ResourceType,
    handle: u32,
}

/// A call that has not ended.
#[derive(Clone, Copy)]
struct Scope {
    /// Number of borrow handles that the callee has.
    borrows: u32,
    /// Number of lenders when the call began.
    lenders: u32,
}

/// The most handles that can be lent at a time.
const LENDERS_MAX: usize = 1 << 17;

struct Calls {
    /// Number of calls that have not ended.
    depth: usize,
    scopes: [Scope; CALLS_MAX],
    /// Number of handles that are lent.
    lent: usize,
    lenders: [Option<Lender>; LENDERS_MAX],
}

struct Global(UnsafeCell<Calls>);

// SAFETY: there is one thread.
unsafe impl Sync for Global {}

static CALLS: Global = Global(UnsafeCell::new(Calls {
    depth: 0,
    scopes: [Scope { borrows: 0, lenders: 0 }; CALLS_MAX],
    lent: 0,
    lenders: [None; LENDERS_MAX],
}));

fn calls() -> &'static mut Calls {
    // SAFETY: see the head of this file.
    unsafe { &mut *CALLS.0.get() }
}

/// Returns the number of the call that began last.
pub(crate) fn current() -> usize {
    calls().depth
}

/// Counts a borrow handle that the callee of the last call got.
pub(crate) fn add_borrow() {
    let calls = calls();
    if let Some(scope) = calls.scopes.get_mut(calls.depth) {
        scope.borrows += 1;
    }
}

/// Counts a borrow handle that was dropped; `call` is the number of the call that it was
/// lent to.
pub(crate) fn end_borrow(call: usize) {
    if let Some(scope) = calls().scopes.get_mut(call) {
        scope.borrows = scope.borrows.saturating_sub(1);
    }
}

/// Lends a handle until the last call ends; returns what it stands for.
pub(crate) fn lend(
    instance: &'static ComponentInstance,
    resource: &'static ResourceType,
    handle: u32,
) -> u32 {
    let representation = handles::lend(instance, resource, handle, 1);
    let calls = calls();
    let Some(place) = calls.lenders.get_mut(calls.lent) else {
        trap("too many handles are lent at a time");
    };
    *place = Some(Lender { instance, resource, handle });
    calls.lent += 1;
    representation
}

/// Returns whether the callee of the last call has borrow handles.
pub(crate) fn has_borrows() -> bool {
    let calls = calls();
    calls.scopes.get(calls.depth).is_some_and(|scope| scope.borrows != 0)
}

/// The built-in function that begins a call. Which instances it is between does not matter
/// here.
#[unsafe(no_mangle)]
extern "C" fn quench_component_enter_call(_: u32, _: u32, _: u32) {
    enter();
}

/// Begins a call.
pub(crate) fn enter() {
    let calls = calls();
    let lenders = calls.lent as u32;
    let Some(scope) = calls.scopes.get_mut(calls.depth + 1) else {
        trap("too many calls from one component to another are active");
    };
    *scope = Scope { borrows: 0, lenders };
    calls.depth += 1;
}

/// The built-in function that ends the last call.
#[unsafe(no_mangle)]
extern "C" fn quench_component_exit_call() {
    leave();
}

/// Ends the last call.
pub(crate) fn leave() {
    let calls = calls();
    let Some(&Scope { borrows, lenders }) = calls.scopes.get(calls.depth) else {
        return;
    };
    if borrows != 0 {
        trap("borrow handles still remain at the end of the call");
    }
    calls.depth -= 1;
    while calls.lent > lenders as usize {
        calls.lent -= 1;
        if let Some(Some(lender)) = calls.lenders.get(calls.lent) {
            handles::lend(lender.instance, lender.resource, lender.handle, -1);
        }
    }
}
