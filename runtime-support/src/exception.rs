//! Exceptions: their storage, and the way from a `throw` to the nearest
//! handler among the callers. Frames of compiled code are a chain of frame
//! pointers; the compiler's tables say which calls have a handler.
//!
//! An exception that no reference was made to is given back by its handler
//! and used again. The others stay until the program ends.
//!
//! # Safety
//!
//! There is one thread. Tags and tables are as the compiler wrote them. Each
//! frame of compiled code that makes a call begins with the caller's frame
//! pointer and the return address, as both calling conventions have it, and
//! the chain of them leads to a caller that is not compiled code.
#![allow(unsafe_code)]

use crate::arch;
use crate::backtrace::{self, Callers};
use crate::code;
use crate::limits;
use crate::memory::round_up;
use crate::report::Line;
use crate::stack;
use crate::trap;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering::Relaxed};
use quench_abi::{Exception, PAGE_SIZE, TRAP_EXIT_STATUS, Tag, Trap, Value};
use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};

/// Bytes asked of the kernel at a time; more than any exception needs (1000
/// values, the limit of parameters).
const CHUNK: usize = 0x4_0000;

/// Exceptions with fewer values than this are used again.
const CLASSES: usize = 16;

/// Given back, by the number of their values; the next one is where the tag
/// was.
static FREE: [AtomicPtr<Exception>; CLASSES] = [const { AtomicPtr::new(null_mut()) }; CLASSES];

/// What is left of the newest chunk.
static NEXT: AtomicUsize = AtomicUsize::new(0);
static END: AtomicUsize = AtomicUsize::new(0);

/// See [`quench_abi::symbols::EXCEPTION_NEW`].
///
/// # Safety
///
/// The record of a tag.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_exception_new(tag: *const Tag) -> *mut Exception {
    // SAFETY: see the head of this file; what is returned is large enough for
    // the tag's values and nobody else's.
    unsafe {
        let count = value_count(tag);
        let exception = match FREE.get(count) {
            Some(free) if !free.load(Relaxed).is_null() => {
                let exception = free.load(Relaxed);
                free.store((*exception).tag.cast_mut().cast(), Relaxed);
                exception
            }
            _ => allocate(size_of::<Exception>() + count * size_of::<Value>()),
        };
        exception.write(Exception { tag, shared: 0 });
        exception
    }
}

/// See [`quench_abi::symbols::EXCEPTION_FREE`].
///
/// # Safety
///
/// An exception, to which only references remain that count as such.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_exception_free(exception: *mut Exception) {
    // SAFETY: see the head of this file.
    unsafe {
        if (*exception).shared != 0 {
            return;
        }
        if let Some(free) = FREE.get(value_count((*exception).tag)) {
            (*exception).tag = free.load(Relaxed).cast_const().cast();
            free.store(exception, Relaxed);
        }
    }
}

/// Goes to the handler of the innermost call that has one. `frame` is the
/// frame pointer of compiled code that made a call which returns to
/// `return_address`.
///
/// # Safety
///
/// For [`arch::quench_throw`] only.
pub unsafe extern "C" fn unwind(
    exception: *mut Exception,
    mut frame: usize,
    mut return_address: usize,
) -> ! {
    let callers = Callers {
        frame,
        return_address,
    };
    // The call may be the last instruction of its function.
    while let Some(place) = code::place(return_address - 1) {
        if let Some(landing) = place.handler() {
            // SAFETY: the compiler's table: that is where the code expects
            // an exception, with this stack pointer.
            unsafe {
                arch::land(
                    exception,
                    landing.address,
                    frame - landing.frame_size,
                    frame,
                )
            };
        }
        // SAFETY: see the head of this file.
        unsafe {
            return_address = arch::plain_return_address((frame as *const usize).add(1).read());
            frame = (frame as *const usize).read();
        }
    }
    // SAFETY: the exception's tag is a record.
    unsafe { uncaught(&*(*exception).tag, callers) }
}

unsafe fn uncaught(tag: &Tag, mut callers: Callers) -> ! {
    if let Some(frame) = stack::catch_frame() {
        // SAFETY: the `catch` is active.
        unsafe { arch::resume(frame, Trap::UncaughtException as u32) };
    }
    let line = Line::new("trap: ").text(trap::words(Trap::UncaughtException));
    // SAFETY: see the head of this file.
    let line = match unsafe { crate::process::text(&tag.name) } {
        [] => line,
        name => line.text(" with tag `").bytes(name).text("`"),
    };
    match callers.next() {
        Some(place) => {
            let line = backtrace::place(line.text(" thrown in"), &place);
            trap::end(line, Some(&place), callers)
        }
        None => trap::end(line, None, callers),
    }
}

unsafe fn value_count(tag: *const Tag) -> usize {
    // SAFETY: see the head of this file.
    unsafe { (*tag).parameters.length as usize }
}

/// Memory that is never given back.
fn allocate(size: usize) -> *mut Exception {
    if NEXT.load(Relaxed) + size > END.load(Relaxed) {
        let sizes = [CHUNK, round_up(size as u64, PAGE_SIZE) as usize];
        let mut allowed = sizes
            .into_iter()
            .filter(|&size| limits::has_room(size as u64));
        let Some(size) = allowed.next() else {
            Line::new(
                "error: the program's limit of memory (max-memory) has no room for an exception",
            )
            .exit(TRAP_EXIT_STATUS)
        };
        let access = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: a new mapping.
        let chunk = unsafe { mmap_anonymous(null_mut(), size, access, MapFlags::PRIVATE) };
        let Ok(chunk) = chunk else {
            Line::new("error: no memory for an exception").exit(TRAP_EXIT_STATUS)
        };
        limits::took(size as u64);
        NEXT.store(chunk.addr(), Relaxed);
        END.store(chunk.addr() + size, Relaxed);
    }
    let start = NEXT.fetch_add(size, Relaxed);
    core::ptr::with_exposed_provenance_mut(start)
}
