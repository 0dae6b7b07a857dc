//! What compiled code would do with the heap, for tests: the types of a program, making objects,
//! reading and writing them.
//!
//! # Safety
//!
//! References are to objects that the collector keeps, with the fields that are asked for.
//! One test at a time has the heap.
#![allow(unsafe_code, reason = "see Safety")]

extern crate std;

use super::super::record;
use super::super::state::Collection;
use super::super::tables::{self, at, cards};
use super::super::{array_new, collect, exception_new, heap_room, quench_heap_written};
use crate::{process, stack};
use core::ptr::null;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use quench_abi::{
    Exception, Module, ObjectType, Program, ReferenceField, Tag, Text, Value, ValueType,
};
use std::boxed::Box;
use std::sync::{Mutex, Once, PoisonError};

/// A reference, in the form of registers.
pub(super) type Ref = u64;

const FIRST: u32 = 7;
pub(super) const NODE: u32 = FIRST;
pub(super) const CONS: u32 = FIRST + 1;
pub(super) const INT: u32 = FIRST + 2;
pub(super) const ENTRY: u32 = FIRST + 3;
pub(super) const TABLE: u32 = FIRST + 4;
pub(super) const MAP: u32 = FIRST + 5;
pub(super) const CELL: u32 = FIRST + 6;
pub(super) const CELLS: u32 = FIRST + 7;
pub(super) const BYTES: u32 = FIRST + 8;
pub(super) const WIDE: u32 = FIRST + 9;
pub(super) const WIDES: u32 = FIRST + 10;

const fn object(size: u32, first_reference: u32, reference_count: u32) -> ObjectType {
    ObjectType { size, is_array: 0, first_reference, reference_count }
}

const fn array_type(size: u32, first_reference: u32, reference_count: u32) -> ObjectType {
    ObjectType { size, is_array: 1, first_reference, reference_count }
}

static TYPES: [ObjectType; 11] = [
    object(16, 0, 2),
    object(16, 1, 1),
    object(16, 0, 0),
    object(16, 0, 3),
    array_type(4, 0, 1),
    object(16, 0, 1),
    object(24, 0, 2),
    array_type(4, 0, 1),
    array_type(1, 0, 0),
    object(24, 3, 2),
    array_type(8, 5, 1),
];

static REFERENCES: [ReferenceField; 6] = [
    ReferenceField::new(4, false),
    ReferenceField::new(8, false),
    ReferenceField::new(12, false),
    ReferenceField::new(8, true),
    ReferenceField::new(16, true),
    ReferenceField::new(8, true),
];

/// The globals of the program.
pub(super) static ROOTS: [AtomicU64; 4] = [const { AtomicU64::new(0) }; 4];

/// Has the heap with these bits of `heap_mode`, as on the guest's stack.
pub(super) fn with_heap(mode: u64, test: impl FnOnce()) {
    static ALONE: Mutex<()> = Mutex::new(());
    static START: Once = Once::new();
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    START.call_once(start);
    ROOTS.iter().for_each(|root| root.store(0, Relaxed));
    let mut place = 0u64;
    let top = (&raw mut place).addr().next_multiple_of(16);
    let before = stack::exchange_bounds([0, top]);
    // SAFETY: there is no other test now.
    unsafe { (*record::heap()).mode = 0 };
    forget_stack();
    collect_all();
    // SAFETY: as above.
    unsafe { (*record::heap()).mode = mode };
    run(test);
    stack::exchange_bounds(before);
}

/// Runs a test in a frame of its own, which is below the top of the stack.
#[inline(never)]
fn run(test: impl FnOnce()) {
    test();
}

fn start() {
    let globals: [*const u64; 4] = core::array::from_fn(|index| ROOTS[index].as_ptr().cast_const());
    let globals = Box::leak(Box::new(globals));
    let text = || Text { bytes: null(), length: 0 };
    unsafe extern "C" fn nothing() {}
    let module = Box::leak(Box::new(Module {
        memories: null(),
        memory_count: 0,
        initialize: None,
        functions: null(),
        function_count: 0,
        traps: null(),
        trap_count: 0,
        handlers: null(),
        handler_count: 0,
        label: text(),
        names: null(),
        names_length: 0,
        globals: null(),
        global_count: 0,
        types: text(),
        lines: text(),
        source_frame: None,
        null_cast: None,
        reference_globals: globals.as_ptr(),
        reference_global_count: 4,
        reference_tables: null(),
        reference_table_count: 0,
        constant_objects: null(),
    }));
    let modules = Box::leak(Box::new([&raw const *module]));
    let program = Box::leak(Box::new(Program {
        version: quench_abi::VERSION,
        cpu_features: 0,
        modules: modules.as_ptr(),
        module_count: 1,
        entries: null(),
        entry_count: 0,
        preparation_count: 0,
        invocation: null(),
        memory: null(),
        stack_size: 1 << 20,
        host_start: None,
        policy: text(),
        dump_core: None,
    }));
    process::replace(program);
    tables::reserve().expect("addresses");
    // SAFETY: there is no other test now.
    unsafe {
        let heap = record::heap();
        (*heap).types = TYPES.as_ptr();
        (*heap).type_count = TYPES.len() as u64;
        (*heap).first_type = FIRST.into();
        (*heap).references = REFERENCES.as_ptr();
    }
}

/// Frees all that is not needed, and gives memory back.
pub(super) fn collect_all() {
    // SAFETY: `with_heap` has made the stack known.
    unsafe { collect::collect(Collection::Last) };
}

/// Overwrites what earlier calls left on the stack.
#[inline(never)]
pub(super) fn forget_stack() {
    core::hint::black_box([0u8; 1 << 14]);
}

/// Makes an object of `size` bytes; the fields are the caller's to set.
#[inline(always)]
pub(super) fn alloc(size: u64, ty: u32) -> Ref {
    // SAFETY: this is what compiled code does.
    unsafe {
        let current = record::hole();
        let mut place = (*current).next;
        if place + size > (*current).limit {
            place = slow(size);
        } else {
            (*current).next = place + size;
        }
        at::<u32>(place as usize).write(ty);
        place
    }
}

#[cold]
#[inline(never)]
fn slow(size: u64) -> Ref {
    // SAFETY: there is no frame, but this does not trap.
    unsafe { heap_room(size, 0, 0) }
}

/// Makes an array of zeros.
#[inline(never)]
pub(super) fn array(ty: u32, length: u32) -> Ref {
    // SAFETY: there is no frame, but this does not trap.
    unsafe { array_new(ty, length, 0, 0) }
}

/// Makes an array whose elements are all this byte.
#[inline(never)]
pub(super) fn array_of(ty: u32, length: u32, byte: u8) -> Ref {
    let array = array(ty, length);
    fill(array, byte);
    array
}

/// Sets the elements of an array, of a byte each.
pub(super) fn fill(array: Ref, byte: u8) {
    // SAFETY: the array is as long.
    unsafe { at::<u8>(array as usize + 8).write_bytes(byte, get(array, 4) as usize) };
}

/// Makes an exception with an i32 and a reference.
#[inline(never)]
pub(super) fn exception(reference: Ref) -> Ref {
    static PARAMETERS: [u8; 2] = [ValueType::I32 as u8, ValueType::AnyRef as u8];
    let parameters = Text { bytes: PARAMETERS.as_ptr(), length: 2 };
    let tag = Tag { parameters, description: Text { bytes: null(), length: 0 } };
    let tag = Box::leak(Box::new(tag));
    // SAFETY: there is no frame, but this does not trap. There is a second value.
    unsafe {
        let exception = exception_new(tag, 0, 0);
        exception.add(1).cast::<Value>().add(1).cast::<u64>().write(reference);
        exception.addr() as u64
    }
}

/// Returns the reference in such an exception.
pub(super) fn carried(exception: Ref) -> Ref {
    // SAFETY: an exception of ours.
    unsafe {
        at::<Exception>(exception as usize).add(1).cast::<Value>().add(1).cast::<u64>().read()
    }
}

/// Reads 4 bytes.
#[inline(always)]
pub(super) fn get(object: Ref, offset: u64) -> u64 {
    // SAFETY: see the head of this file.
    unsafe { at::<u32>((object + offset) as usize).read_unaligned().into() }
}

#[inline(always)]
pub(super) fn get_wide(object: Ref, offset: u64) -> u64 {
    // SAFETY: see the head of this file.
    unsafe { at::<u64>((object + offset) as usize).read() }
}

/// Writes a field of 4 bytes of an object that was just made.
#[inline(always)]
pub(super) fn set(object: Ref, offset: u64, value: u64) {
    // SAFETY: see the head of this file.
    unsafe { at::<u32>((object + offset) as usize).write(value as u32) };
}

/// Writes a field of 8 bytes that is no reference.
#[inline(always)]
pub(super) fn set_number(object: Ref, offset: u64, value: u64) {
    // SAFETY: see the head of this file.
    unsafe { at::<u64>((object + offset) as usize).write(value) };
}

/// Writes a reference of 4 bytes to a struct that may be old.
#[inline(always)]
pub(super) fn set_field(object: Ref, offset: u64, value: Ref) {
    set(object, offset, value);
    cards().set(object as usize, 1);
}

/// Writes a reference of 4 bytes to an array.
#[inline(always)]
pub(super) fn set_element(array: Ref, index: u64, value: Ref) {
    set(array, 8 + 4 * index, value);
    cards().set((array + 8 + 4 * index) as usize, 1);
}

/// Writes a reference of 8 bytes, of an array or of a struct.
#[inline(always)]
pub(super) fn set_wide(object: Ref, offset: u64, value: Ref) {
    set_number(object, offset, value);
    // SAFETY: the bytes are in an object.
    unsafe { quench_heap_written(object + offset, 8) };
    cards().set(object as usize, 1);
}
