//! The heap of garbage-collected objects: what compiled code calls to get room for an object.
//! `quench_abi::Heap` says where objects are and what they look like. Only programs with
//! such types refer to this folder, so others do not have it.
//!
//! Objects do not move. They lie in blocks of lines (`space`), the large ones in pages of
//! their own (`large`). When code has made as many bytes of them as were needed before,
//! a collection (`collect`) finds out which are needed now: words of stacks and registers that
//! may be references keep what they refer to (`words`), everything else is known exactly (`mark`,
//! `object`). Most collections look only at what is new (`cards`). The idea is that of Immix
//! (Blackburn and McKinley, PLDI 2008) with marks that stay, for stacks that are not known
//! exactly (Shahriyar, Blackburn and McKinley, OOPSLA 2014).
//!
//! # Safety
//!
//! There is one thread. The record and the types in it are as the compiler wrote them, and
//! between its calls of these functions compiled code leaves in the heap only whole objects.
#![allow(unsafe_code, reason = "see Safety")]

mod cards;
mod cast;
mod check;
mod collect;
mod constants;
mod dump;
mod large;
mod list;
mod mark;
mod object;
mod record;
mod room;
mod space;
mod state;
mod stress;
mod tables;
#[cfg(test)]
mod tests;
mod words;

use crate::report::Line;
use crate::{arch, exception, limits, process, stack, trap};
pub use cast::{quench_heap_cast_failure, quench_heap_null_cast};
pub use dump::quench_dump_core_and_heap;
use object::{Types, array_size, exception_size, fill};
use quench_abi::{
    ArrayHeader, CARDS, Exception, HEAP_BASE, HEAP_END, TRAP_EXIT_STATUS, Tag, Trap, Value,
    heap_mode,
};
use room::Refusal;
use rustix::io::Errno;
use rustix::process::{Resource, getrlimit};
use state::{Collection, State, state};
use tables::{LARGEST_IN_BLOCK, at, cards};

/// The environment variable with words for [`heap_mode`], with commas between them.
const VARIABLE: &[u8] = b"QUENCH_GC=";

/// The function of compiled code that asks for room.
#[derive(Clone, Copy)]
struct Caller {
    /// Its frame pointer.
    frame: usize,
    /// The address that its call returns to.
    return_address: usize,
}

/// See [`quench_abi::symbols::HEAP_START`].
///
/// # Safety
///
/// This is called once, before guest code runs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_heap_start() {
    if let Err(error) = tables::reserve() {
        cannot_reserve(error);
    }
    if let Err(size) = constants::place(state()) {
        no_room_at_start(size);
    }
    // SAFETY: there is one thread.
    let host_start = unsafe {
        let heap = record::heap();
        if (*heap).mode & heap_mode::FROM_ENVIRONMENT != 0 {
            (*heap).mode |= mode_of_environment();
        }
        (*heap).host_start
    };
    if let Some(host_start) = host_start {
        // SAFETY: the caller's promise.
        unsafe { host_start() };
    }
}

/// Returns the bits that the environment sets. Words that mean nothing are left out.
fn mode_of_environment() -> u64 {
    let text = process::environment().find_map(|entry| entry.strip_prefix(VARIABLE));
    let words = text.unwrap_or_default().split(|byte| *byte == b',');
    words.fold(0, |mode, word| {
        mode | match word {
            b"stress" => heap_mode::STRESS,
            b"log" => heap_mode::LOG,
            b"off" => heap_mode::OFF,
            _ => 0,
        }
    })
}

#[cold]
#[inline(never)]
fn no_room_at_start(size: u64) -> ! {
    Line::new("error: the system gives no memory for the ")
        .decimal(size)
        .text(" bytes of the program's constant objects")
        .fatal()
}

#[cold]
#[inline(never)]
fn cannot_reserve(error: Errno) -> ! {
    let mut line = Line::new("error: ");
    if error == Errno::EXIST {
        line.text("the addresses of the program's objects, ")
            .hexadecimal(CARDS)
            .text(" to ")
            .hexadecimal(HEAP_END)
            .text(", are in use; start it without tools that load into its process, and link it as a position-independent executable")
            .fatal()
    }
    line.text("cannot reserve ")
        .decimal((HEAP_END - CARDS) >> 20)
        .text(" MiB of address space for the program's objects");
    match (error, getrlimit(Resource::As).current) {
        (Errno::NOMEM, Some(limit)) => {
            line.text("; `ulimit -v` allows ").decimal(limit >> 20).text(" MiB in all: raise that")
        }
        (Errno::NOMEM, None) => line.text("; the system does not give so much"),
        _ => line.text(": system error ").decimal(u64::from(error.raw_os_error().unsigned_abs())),
    }
    .fatal()
}

/// [`quench_abi::RuntimeFunction::HeapRoom`].
///
/// # Safety
///
/// Compiled code calls this, with its frame pointer in the register for that.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_heap_room(size: u64) -> u64 {
    arch::pass_caller!(1, heap_room, forgetting)
}

/// [`quench_heap_room`], with the caller's frame pointer and return address.
unsafe extern "C" fn heap_room(size: u64, frame: usize, return_address: usize) -> u64 {
    // SAFETY: the caller's promise.
    unsafe { room(size, Caller { frame, return_address }).0 as u64 }
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
    arch::pass_caller!(2, array_new, forgetting)
}

/// [`quench_array_new`], with the caller's frame pointer and return address.
unsafe extern "C" fn array_new(ty: u32, length: u32, frame: usize, return_address: usize) -> u64 {
    let types = Types::of_program();
    // SAFETY: the caller's promise; the bytes are the array's.
    unsafe {
        let size = array_size(types.of_number(ty), length);
        let (array, is_zero) = match room_in_hole(size) {
            Some(array) => (array, false),
            None => room(size, Caller { frame, return_address }),
        };
        if !is_zero {
            at::<u64>(array).write_bytes(0, size as usize / size_of::<u64>());
        }
        at::<ArrayHeader>(array).write(ArrayHeader { ty, length });
        array as u64
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
    let first = cards().place(start as usize);
    let last = cards().place((start + bytes - 1) as usize);
    // SAFETY: the cards of objects are accessible.
    unsafe { first.write_bytes(1, last.addr() - first.addr() + 1) };
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
    arch::pass_caller!(1, exception_new, forgetting)
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
        // An exception is at a multiple of 16.
        let size = exception_size(values) + 8;
        let start = match room_in_hole(size as u64) {
            Some(start) => start,
            None => room(size as u64, Caller { frame, return_address }).0,
        };
        let place = start.next_multiple_of(align_of::<Exception>());
        fill(start, place);
        fill(place + size - 8, start + size);
        let exception = at::<Exception>(place);
        exception.write(Exception { shared: 1, tag });
        exception.add(1).cast::<Value>().write_bytes(0, values);
        exception::note_new(exception);
        exception
    }
}

/// Returns the address of free bytes for an object in the hole in use, if there are as
/// many and the object may be in a block.
unsafe fn room_in_hole(size: u64) -> Option<usize> {
    if size > LARGEST_IN_BLOCK as u64 {
        return None;
    }
    let current = record::hole();
    // SAFETY: there is one thread.
    unsafe {
        let next = (*current).next;
        if size > (*current).limit - next {
            return None;
        }
        (*current).next = next + size;
        Some(next as usize)
    }
}

/// Returns the address of free bytes for an object, and whether they are known to be 0. Ends in a
/// trap if there are none.
///
/// # Safety
///
/// The head of `collect` says what has to be true.
unsafe fn room(size: u64, caller: Caller) -> (usize, bool) {
    let state = state();
    if let Some(collection) = due(state, size) {
        // SAFETY: the caller's promise.
        unsafe { collect::collect(collection) };
    }
    if let Some(room) = take(state, size) {
        return room;
    }
    if can_collect() {
        // SAFETY: the caller's promise.
        unsafe { collect::collect(Collection::Last) };
        if let Some(room) = take(state, size) {
            return room;
        }
    }
    out_of_memory(size, caller)
}

/// Returns the collection that comes before room is given, if there is one.
fn due(state: &State, size: u64) -> Option<Collection> {
    let collection =
        if space::is_stressed() { Some(collect::stressed(state)) } else { state.due(size) };
    collection.filter(|_| can_collect())
}

/// Returns whether there may be a collection: not when guest code was called directly by a
/// `main` that quench did not make, on a stack whose end nobody knows.
#[inline(never)]
fn can_collect() -> bool {
    let place = 0u64;
    record::mode() & heap_mode::OFF == 0 && stack::contains((&raw const place).addr())
}

/// Takes free bytes for an object; returns none if there are none.
fn take(state: &State, size: u64) -> Option<(usize, bool)> {
    let State { space, large, room, .. } = state;
    if size <= LARGEST_IN_BLOCK as u64 {
        return Some((space.take(size as usize, room, large.range().start)?, false));
    }
    let pages = large.take(size, room, space.range().end)?;
    Some((pages.start, pages.are_zero))
}

#[cold]
#[inline(never)]
fn out_of_memory(size: u64, caller: Caller) -> ! {
    trap::resume_catch(Trap::OutOfMemory);
    let room = &state().room;
    let mut line = trap::start_of_report(Trap::OutOfMemory);
    line.text(": an object of ")
        .decimal(size)
        .text(" bytes, the heap has ")
        .decimal(room.bytes())
        .text(" bytes, ");
    match room.refusal() {
        Refusal::Limit => line
            .text("the program's limit of memory (max-memory) is ")
            .decimal(limits::memory_limit().unwrap_or_default()),
        Refusal::Addresses => line.text("its limit is ").decimal(HEAP_END - HEAP_BASE),
        Refusal::System => line.text("the system gives no more"),
    };
    trap::report_call(&mut line, caller.frame, caller.return_address, TRAP_EXIT_STATUS)
}
