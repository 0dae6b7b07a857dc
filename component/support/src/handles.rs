//! The handles of a component instance. A handle is an index; that which was freed last is
//! used again first, as the canonical ABI says.
//!
//! # Safety
//!
//! The records of a [`ComponentInstance`] are the compiler's. There is one thread, and a
//! table is borrowed only during the functions of this file, which call nothing else.
#![allow(unsafe_code, reason = "see Safety")]

use crate::trap::{trap, trap_line};
use quench_abi::Text;
use quench_abi::component::{
    BORROW, ComponentInstance, HANDLES_MAX, HandleEntry, HandleTable, MAY_LEAVE, ResourceType,
};
use quench_runtime_support::{Line, text};

/// Bits of [`HandleEntry::state`] that count the borrows that depend on a handle.
const LENDS: u32 = (1 << CALL) - 1;

/// The place in [`HandleEntry::state`] of the number of the call that a handle was lent to.
const CALL: u32 = 18;

/// The most calls that can be told apart in [`HandleEntry::state`].
pub(crate) const CALLS_MAX: usize = 1 << (31 - CALL);

/// The kind of a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ownership {
    /// Dropping the handle ends the resource.
    Own,
    /// The handle was lent to the call with this number.
    Borrow {
        /// Number of the call.
        call: u32,
    },
}

/// The kind of a handle that is no resource's.
#[repr(transparent)]
pub(crate) struct Kind(ResourceType);

// SAFETY: it is never written to.
unsafe impl Sync for Kind {}

impl Kind {
    /// Returns a kind of handles with this name for messages.
    pub(crate) const fn new(name: &'static str) -> Kind {
        Kind(ResourceType {
            destructor: None,
            owner: core::ptr::null(),
            name: Text { bytes: name.as_ptr(), length: name.len() as u64 },
        })
    }

    /// Returns the record by which handles know the kind.
    pub(crate) fn record(&'static self) -> &'static ResourceType {
        &self.0
    }
}

/// A handle that is no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Removed {
    pub(crate) representation: u32,
    pub(crate) ownership: Ownership,
}

/// Traps unless the code of an instance may call out now.
pub(crate) fn require_may_leave(instance: &ComponentInstance) {
    // SAFETY: see the head of this file.
    let flags = unsafe { instance.flags.read() };
    if flags & MAY_LEAVE == 0 {
        trap(
            "cannot leave component instance: it was called to allocate, or after its results were read",
        );
    }
}

/// Calls a function while the code of an instance may not call out.
pub(crate) fn without_leaving<T>(instance: &ComponentInstance, function: impl FnOnce() -> T) -> T {
    // SAFETY: see the head of this file.
    let before = unsafe { instance.flags.replace(instance.flags.read() & !MAY_LEAVE) };
    let result = function();
    // SAFETY: the same.
    unsafe { instance.flags.write(before) };
    result
}

/// Makes a handle and returns it.
pub(crate) fn insert(
    instance: &ComponentInstance,
    resource: &'static ResourceType,
    representation: u32,
    ownership: Ownership,
) -> u32 {
    let table = table(instance);
    let index = match table.free {
        0 => {
            table.used += 1;
            table.used
        }
        index => index,
    };
    let Some(entry) = table.entries.get_mut(index as usize) else {
        trap_line(
            Line::new("trap: too many handles: an instance can have ")
                .decimal(HANDLES_MAX as u64 - 1),
        )
    };
    if entry.resource.is_null() && table.free != 0 {
        table.free = entry.representation;
    }
    *entry = HandleEntry {
        resource,
        representation,
        state: match ownership {
            Ownership::Own => 0,
            Ownership::Borrow { call } => BORROW | call << CALL,
        },
    };
    index
}

/// Returns what a handle stands for.
pub(crate) fn get(instance: &ComponentInstance, resource: &ResourceType, handle: u32) -> u32 {
    entry(instance, resource, handle).representation
}

/// Returns the kind or type of a handle, and what it stands for; `None` if there is no such
/// handle.
pub(crate) fn any(
    instance: &ComponentInstance,
    handle: u32,
) -> Option<(&'static ResourceType, u32)> {
    let entry = table(instance).entries.get(handle as usize)?;
    // SAFETY: an entry in use has a type, which stays.
    unsafe { entry.resource.as_ref() }.map(|resource| (resource, entry.representation))
}

/// Calls a function with the number of reasons why the instance begins no further tasks, and
/// the task that runs alone in it; both can be changed.
pub(crate) fn with_tasks<R>(
    instance: &ComponentInstance,
    function: impl FnOnce(&mut u32, &mut u32) -> R,
) -> R {
    let HandleTable { backpressure, exclusive, .. } = table(instance);
    function(backpressure, exclusive)
}

/// Returns whether the task that runs may wait.
pub(crate) fn may_block(instance: &ComponentInstance) -> bool {
    // SAFETY: see the head of this file.
    unsafe { instance.may_block.read() != 0 }
}

/// Replaces whether the task that runs may wait, and returns what it was.
pub(crate) fn replace_may_block(instance: &ComponentInstance, may_block: bool) -> bool {
    // SAFETY: see the head of this file.
    unsafe { instance.may_block.replace(may_block.into()) != 0 }
}

/// Replaces the local storage of the task that runs, and returns what it was.
pub(crate) fn replace_storage(instance: &ComponentInstance, new: [u32; 2]) -> [u32; 2] {
    let [first, second] = instance.storage;
    // SAFETY: see the head of this file.
    unsafe { [first.replace(new[0]), second.replace(new[1])] }
}

/// Adds to or takes from the number of borrows that depend on a handle; returns what it
/// stands for.
pub(crate) fn lend(
    instance: &ComponentInstance,
    resource: &ResourceType,
    handle: u32,
    difference: i32,
) -> u32 {
    let entry = entry(instance, resource, handle);
    let lends = (entry.state & LENDS).wrapping_add_signed(difference);
    if lends > LENDS {
        trap("too many borrows of a handle");
    }
    entry.state = entry.state & !LENDS | lends;
    entry.representation
}

/// Takes a handle away.
pub(crate) fn remove(
    instance: &ComponentInstance,
    resource: &ResourceType,
    handle: u32,
) -> Removed {
    let entry = entry(instance, resource, handle);
    let HandleEntry { representation, state, .. } = *entry;
    if state & LENDS != 0 {
        let line = &mut Line::new("trap: cannot remove owned resource while borrowed: ");
        line.bytes(name(resource)).text(" ").decimal(handle.into());
        trap_line(line);
    }
    let table = table(instance);
    let free = core::mem::replace(&mut table.free, handle);
    if let Some(entry) = table.entries.get_mut(handle as usize) {
        *entry = HandleEntry { resource: core::ptr::null(), representation: free, state: 0 };
    }
    let ownership = match state & BORROW {
        0 => Ownership::Own,
        _ => Ownership::Borrow { call: (state & !BORROW) >> CALL },
    };
    Removed { representation, ownership }
}

/// Returns the entry of a handle of a type.
fn entry(
    instance: &ComponentInstance,
    resource: &ResourceType,
    handle: u32,
) -> &'static mut HandleEntry {
    match table(instance).entries.get_mut(handle as usize) {
        Some(entry) if core::ptr::eq(entry.resource, resource) => entry,
        Some(entry) if entry.resource.is_null() => unknown(resource, handle),
        None => unknown(resource, handle),
        Some(entry) => {
            // SAFETY: an entry in use has a type.
            let other = unsafe { &*entry.resource };
            let line = &mut Line::new("trap: handle index ");
            line.decimal(handle.into()).text(" used with the wrong type: ");
            line.bytes(name(other)).text(" in place of ").bytes(name(resource));
            trap_line(line)
        }
    }
}

#[cold]
pub(crate) fn unknown(resource: &ResourceType, handle: u32) -> ! {
    let line = &mut Line::new("trap: unknown handle index ");
    line.decimal(handle.into()).text(": there is no such ").bytes(name(resource));
    trap_line(line)
}

fn name(resource: &ResourceType) -> &[u8] {
    // SAFETY: see the head of this file.
    unsafe { text(&resource.name) }
}

/// Returns the handles of an instance, for the time of a function.
fn table(instance: &ComponentInstance) -> &'static mut HandleTable {
    // SAFETY: see the head of this file.
    unsafe { &mut *instance.handles }
}
