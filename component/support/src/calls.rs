//! Calls from one component instance to another, as far as they lend handles. What the callee
//! was lent must be given back by the time that it returns; the caller cannot drop what it
//! lent before it is told so. A call that ends where it began is entered and left; one that
//! goes on as a task has its scope for as long as it needs it.
//!
//! # Safety
//!
//! What is exported here has a name that no other function has.
#![allow(unsafe_code, reason = "see Safety")]

use crate::handles::{self, CALLS_MAX};
use crate::pool::Pool;
use crate::trap::trap;
use quench_abi::component::{ComponentInstance, ResourceType};

/// A handle that was lent.
#[derive(Clone, Copy)]
struct Lender {
    lent: Option<(&'static ComponentInstance, &'static ResourceType, u32)>,
    /// The one that was lent to the same call before, or 0.
    next: u32,
}

/// A call whose end the caller has not been told of.
#[derive(Clone, Copy)]
struct Scope {
    /// Number of borrow handles that the callee has.
    borrows: u32,
    /// The handle that was lent last, or 0.
    lender: u32,
    /// The call that was current before this one was entered.
    outer: u32,
}

/// The most handles that can be lent at a time, and one.
const LENDERS_MAX: usize = (1 << 17) + 1;

const NEW: Scope = Scope { borrows: 0, lender: 0, outer: 0 };

static SCOPES: Pool<Scope, CALLS_MAX> = Pool::new(NEW);

static LENDERS: Pool<Lender, LENDERS_MAX> = Pool::new(Lender { lent: None, next: 0 });

/// The call that handles are lent to, or 0; only the first one's place is of use.
static CURRENT: Pool<u32, 1> = Pool::new(0);

/// Returns a call that handles can be lent to.
pub(crate) fn begin() -> u32 {
    match SCOPES.insert(NEW) {
        Some(scope) => scope,
        None => trap("too many calls from one component to another are active"),
    }
}

/// Has handles be lent to a call from now on; returns the one that they were lent to before.
pub(crate) fn switch_to(scope: u32) -> u32 {
    CURRENT.change(0, |current| core::mem::replace(current, scope))
}

/// Returns the call that handles are lent to.
pub(crate) fn current() -> u32 {
    CURRENT.get(0)
}

/// Returns whether a call is the current one, or one that it was entered from.
pub(crate) fn is_active(scope: u32) -> bool {
    let mut active = current();
    while active != 0 && active != scope {
        active = SCOPES.get(active).outer;
    }
    active == scope
}

/// Counts a borrow handle that the callee of the current call got.
pub(crate) fn add_borrow() {
    SCOPES.change(current(), |scope| scope.borrows += 1);
}

/// Counts a borrow handle that was dropped; `call` is the one that it was lent to.
pub(crate) fn end_borrow(call: u32) {
    SCOPES.change(call, |scope| scope.borrows = scope.borrows.saturating_sub(1));
}

/// Lends a handle to the current call until that ends; returns what it stands for.
pub(crate) fn lend(
    instance: &'static ComponentInstance,
    resource: &'static ResourceType,
    handle: u32,
) -> u32 {
    let representation = handles::lend(instance, resource, handle, 1);
    let next = SCOPES.get(current()).lender;
    let lender = Lender { lent: Some((instance, resource, handle)), next };
    let Some(lender) = LENDERS.insert(lender) else {
        trap("too many handles are lent at a time");
    };
    SCOPES.change(current(), |scope| scope.lender = lender);
    representation
}

/// Traps if the callee of a call that returns has borrow handles.
pub(crate) fn require_no_borrows(scope: u32) {
    if SCOPES.get(scope).borrows != 0 {
        trap("borrow handles still remain at the end of the call");
    }
}

/// Ends a call whose callee has returned.
pub(crate) fn end(scope: u32) {
    if scope == 0 {
        return;
    }
    let mut number = SCOPES.get(scope).lender;
    while number != 0 {
        let Lender { lent, next } = LENDERS.get(number);
        if let Some((instance, resource, handle)) = lent {
            handles::lend(instance, resource, handle, -1);
        }
        LENDERS.remove(number);
        number = next;
    }
    SCOPES.remove(scope);
}

/// The built-in function that begins a call. Which instances it is between does not matter
/// here.
#[unsafe(no_mangle)]
extern "C" fn quench_component_enter_call(_: u32, _: u32, _: u32) {
    let scope = begin();
    let outer = switch_to(scope);
    SCOPES.change(scope, |scope| scope.outer = outer);
}

/// The built-in function that ends the last call.
#[unsafe(no_mangle)]
extern "C" fn quench_component_exit_call() {
    let scope = current();
    require_no_borrows(scope);
    switch_to(SCOPES.get(scope).outer);
    end(scope);
}
