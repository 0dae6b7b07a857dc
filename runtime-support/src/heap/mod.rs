//! The heap of garbage-collected objects: what compiled code calls to get room for an object.
//! `quench_abi::Heap` says where objects are and what they look like. Only programs with
//! such types refer to this folder, so others do not have it.
//!
//! # Safety
//!
//! There is one thread. The record and the types in it are as the compiler wrote them, and
//! between its calls of these functions compiled code leaves in the heap only whole objects.
#![allow(unsafe_code, reason = "see Safety")]

use crate::report::Line;
use crate::{arch, exception, limits, trap};
use core::ffi::c_void;
use core::ptr::with_exposed_provenance_mut;
use quench_abi::{
    ARRAY_HEADER_SIZE, CARD_SIZE_LOG2, CARDS, Exception, HEAP_BASE, HEAP_END, Heap,
    TRAP_EXIT_STATUS, Tag, Trap, Value,
};
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect};

#[cfg(all(feature = "freestanding", not(test)))]
unsafe extern "C" {
    static mut quench_heap: Heap;
}

/// The heap of unit tests.
#[cfg(not(all(feature = "freestanding", not(test))))]
#[allow(non_upper_case_globals, reason = "the symbol of a program's heap")]
static mut quench_heap: Heap = Heap {
    next: 0,
    limit: 0,
    types: core::ptr::null(),
    type_count: 0,
    first_type: 0,
    references: core::ptr::null(),
    mode: 0,
    host_start: None,
};

/// Bytes by which the heap grows, if an object does not need more.
const STEP: u64 = 1 << 20;

/// See [`quench_abi::symbols::HEAP_START`].
///
/// # Safety
///
/// This is called once, before guest code runs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_heap_start() {
    let flags = MapFlags::PRIVATE | MapFlags::NORESERVE | MapFlags::FIXED_NOREPLACE;
    let size = (HEAP_END - CARDS) as usize;
    let place = with_exposed_provenance_mut(CARDS as usize);
    // SAFETY: a new mapping. The tables before the objects are writable at once.
    unsafe {
        let mapped = mmap_anonymous(place, size, ProtFlags::empty(), flags).ok() == Some(place);
        if !mapped || !make_accessible(CARDS, HEAP_BASE) {
            no_addresses();
        }
        let heap = &raw mut quench_heap;
        (*heap).next = HEAP_BASE;
        (*heap).limit = HEAP_BASE;
        if let Some(host_start) = (*heap).host_start {
            host_start();
        }
    }
}

#[cold]
#[inline(never)]
fn no_addresses() -> ! {
    Line::new("error: cannot reserve the addresses of the program's objects, ")
        .hexadecimal(CARDS)
        .text(" to ")
        .hexadecimal(HEAP_END)
        .text("; start it without tools that load into its process, and with `ulimit -v unlimited`")
        .fatal()
}

/// Makes bytes of the reservation readable and writable. Returns whether there is memory
/// for that.
unsafe fn make_accessible(start: u64, end: u64) -> bool {
    let access = MprotectFlags::READ | MprotectFlags::WRITE;
    let place = with_exposed_provenance_mut::<c_void>(start as usize);
    // SAFETY: within the reservation.
    unsafe { mprotect(place, (end - start) as usize, access) }.is_ok()
}

/// [`quench_abi::RuntimeFunction::HeapRoom`].
///
/// # Safety
///
/// Compiled code calls this, with its frame pointer in the register for that.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_heap_room(size: u64) -> u64 {
    arch::pass_caller!(1, room)
}

/// [`quench_heap_room`], with the caller's frame pointer and return address.
unsafe extern "C" fn room(size: u64, frame: usize, return_address: usize) -> u64 {
    let heap = &raw mut quench_heap;
    // SAFETY: the record is only used here.
    unsafe {
        let address = (*heap).next;
        if size > HEAP_END - address {
            out_of_memory(size, frame, return_address);
        }
        let end = (*heap).next + size;
        if end > (*heap).limit {
            let limit = end.next_multiple_of(STEP).min(HEAP_END);
            let more = limit - (*heap).limit;
            if !limits::has_room(more) || !make_accessible((*heap).limit, limit) {
                out_of_memory(size, frame, return_address);
            }
            limits::took(more);
            (*heap).limit = limit;
        }
        (*heap).next = end;
        address
    }
}

#[cold]
fn out_of_memory(size: u64, frame: usize, return_address: usize) -> ! {
    trap::resume_catch(Trap::OutOfMemory);
    let mut line = trap::start_of_report(Trap::OutOfMemory);
    line.text(": an object of ").decimal(size).text(" bytes");
    trap::report_call(&mut line, frame, return_address, TRAP_EXIT_STATUS)
}

/// [`quench_abi::RuntimeFunction::ArrayNew`].
///
/// # Safety
///
/// `ty` is the number of a type of arrays; compiled code calls this, with its frame pointer
/// in the register for that.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_array_new(ty: u32, length: u32) -> u64 {
    arch::pass_caller!(2, array_new)
}

/// [`quench_array_new`], with the caller's frame pointer and return address.
unsafe extern "C" fn array_new(ty: u32, length: u32, frame: usize, return_address: usize) -> u64 {
    let heap = &raw mut quench_heap;
    // SAFETY: the caller's promise; the bytes are the array's.
    unsafe {
        let element = (*(*heap).types.add((u64::from(ty) - (*heap).first_type) as usize)).size;
        let size = ARRAY_HEADER_SIZE + u64::from(length) * u64::from(element);
        let size = size.next_multiple_of(8);
        let address = room(size, frame, return_address);
        let array = with_exposed_provenance_mut::<u32>(address as usize);
        array.write_bytes(0, size as usize / size_of::<u32>());
        array.write(ty);
        array.add(1).write(length);
        address
    }
}

/// [`quench_abi::RuntimeFunction::HeapWritten`].
///
/// # Safety
///
/// The bytes are in an object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_heap_written(start: u64, bytes: u64) {
    if bytes == 0 {
        return;
    }
    let card = |address: u64| (CARDS + (address >> CARD_SIZE_LOG2)) as usize;
    let (first, last) = (card(start), card(start + bytes - 1));
    // SAFETY: the cards of the heap are writable.
    unsafe { with_exposed_provenance_mut::<u8>(first).write_bytes(1, last - first + 1) };
}

/// [`quench_abi::RuntimeFunction::HeapExceptionNew`].
///
/// # Safety
///
/// `tag` is the record of a tag; compiled code calls this, with its frame pointer in the
/// register for that.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_heap_exception_new(tag: *const Tag) -> *mut Exception {
    arch::pass_caller!(1, exception_new)
}

/// [`quench_heap_exception_new`], with the caller's frame pointer and return address.
unsafe extern "C" fn exception_new(
    tag: *const Tag,
    frame: usize,
    return_address: usize,
) -> *mut Exception {
    // SAFETY: the caller's promise; the bytes are the exception's.
    unsafe {
        let values = (*tag).parameters.length as usize;
        let size = size_of::<Exception>() + values * size_of::<Value>();
        let address = room(size as u64 + 8, frame, return_address).next_multiple_of(16);
        let exception = with_exposed_provenance_mut::<Exception>(address as usize);
        exception.write(Exception { shared: 1, tag });
        exception.add(1).cast::<Value>().write_bytes(0, values);
        exception::note_new(exception);
        exception
    }
}
