//! The built-in functions for resources, and what functions of the host do with handles.
//!
//! # Safety
//!
//! The records are the compiler's, and stay as they are while the program runs.
#![allow(unsafe_code, reason = "see Safety")]

use crate::calls;
use crate::handles::{self, Ownership, require_may_leave};
use quench_abi::component::{ComponentInstance, ResourceTable, ResourceType};
use quench_runtime_support::{slice, text};

/// Makes an own handle of a resource of the host's, and returns it.
pub fn own_handle(
    instance: &ComponentInstance,
    resource: &'static ResourceType,
    representation: u32,
) -> u32 {
    handles::insert(instance, resource, representation, Ownership::Own)
}

/// Returns what a handle, own or borrowed, stands for; traps if it is no handle of the type.
pub fn representation(
    instance: &ComponentInstance,
    resource: &'static ResourceType,
    handle: u32,
) -> u32 {
    handles::get(instance, resource, handle)
}

/// Takes an own handle that a guest gives away, and returns what it stands for; traps if it
/// is none of the type.
pub fn take_representation(
    instance: &ComponentInstance,
    resource: &'static ResourceType,
    handle: u32,
) -> u32 {
    let removed = handles::remove(instance, resource, handle);
    if removed.ownership != Ownership::Own {
        crate::trap("cannot lift own resource from a borrow");
    }
    removed.representation
}

/// Takes an own handle that a guest returns to the program itself.
pub(crate) fn take(table: &'static ResourceTable, handle: u32) {
    let (instance, resource) = parts(table);
    take_representation(instance, resource, handle);
}

/// Returns the name of a table's type of resources.
pub(crate) fn name(table: &'static ResourceTable) -> &'static [u8] {
    // SAFETY: see the head of this file.
    unsafe { text(&parts(table).1.name) }
}

/// The built-in function `resource.new`.
#[unsafe(no_mangle)]
extern "C" fn quench_resource_new(table: &'static ResourceTable, representation: u32) -> u32 {
    let (instance, resource) = parts(table);
    require_may_leave(instance);
    handles::insert(instance, resource, representation, Ownership::Own)
}

/// The built-in function `resource.rep`.
#[unsafe(no_mangle)]
extern "C" fn quench_resource_rep(table: &'static ResourceTable, handle: u32) -> u32 {
    let (instance, resource) = parts(table);
    handles::get(instance, resource, handle)
}

/// The built-in function `resource.drop`.
#[unsafe(no_mangle)]
extern "C" fn quench_resource_drop(table: &'static ResourceTable, handle: u32) {
    let (instance, resource) = parts(table);
    require_may_leave(instance);
    let removed = handles::remove(instance, resource, handle);
    match (removed.ownership, resource.destructor) {
        (Ownership::Borrow { call }, _) => calls::end_borrow(call),
        (Ownership::Own, Some(destructor)) => {
            // SAFETY: the destructor is the host's, or a guest's function of this type; no
            // table is borrowed.
            unsafe { destructor(removed.representation) };
        }
        (Ownership::Own, None) => {}
    }
}

/// The tables that adapters name by number.
#[repr(C)]
struct Tables {
    tables: *const ResourceTable,
    count: u64,
}

impl Tables {
    fn get(&self, number: u32) -> &'static ResourceTable {
        // SAFETY: the compiler wrote the list.
        let tables: &'static [ResourceTable] = unsafe { slice(self.tables, self.count) };
        match tables.get(number as usize) {
            Some(table) => table,
            None => crate::trap("unknown table of handles"),
        }
    }
}

/// The built-in function that moves an own handle from one table to another.
#[unsafe(no_mangle)]
extern "C" fn quench_resource_transfer_own(
    tables: &'static Tables,
    handle: u32,
    from: u32,
    to: u32,
) -> u32 {
    transfer(tables.get(from), tables.get(to), handle)
}

/// Moves an own handle from one table to another; returns the handle there.
pub(crate) fn transfer(
    from: &'static ResourceTable,
    to: &'static ResourceTable,
    handle: u32,
) -> u32 {
    let ((from, resource), (to, target)) = (parts(from), parts(to));
    let representation = take_representation(from, resource, handle);
    handles::insert(to, target, representation, Ownership::Own)
}

/// The built-in function that lends a handle of one table to the callee of the last call,
/// and returns the callee's handle. An instance that implements the resource gets what
/// the handle stands for.
#[unsafe(no_mangle)]
extern "C" fn quench_resource_transfer_borrow(
    tables: &'static Tables,
    handle: u32,
    from: u32,
    to: u32,
) -> u32 {
    let ((from, resource), (to, target)) = (parts(tables.get(from)), parts(tables.get(to)));
    let representation = calls::lend(from, resource, handle);
    if core::ptr::eq(target.owner, to) {
        return representation;
    }
    calls::add_borrow();
    let call = calls::current();
    handles::insert(to, target, representation, Ownership::Borrow { call })
}

fn parts(table: &'static ResourceTable) -> (&'static ComponentInstance, &'static ResourceType) {
    // SAFETY: see the head of this file.
    unsafe { (&*table.instance, &*table.resource) }
}
