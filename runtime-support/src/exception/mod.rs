//! Exceptions: their storage, and the way from a `throw` to the nearest
//! handler among the callers. Frames of compiled code are a chain of frame
//! pointers; the compiler's tables say which calls have a handler.
//!
//! An exception that no reference was made to is given back by its handler.
//! Others stay until there is no room for a new one, and `collect` finds that
//! nothing refers to them.
//!
//! # Safety
//!
//! There is one thread. Tags and tables are as the compiler wrote them. Each
//! frame of compiled code that makes a call begins with the caller's frame
//! pointer and the return address, as both calling conventions have it, and
//! the chain of them leads to a caller that is not compiled code.
#![allow(unsafe_code, reason = "see Safety")]

mod collect;
mod heap;
mod values;

use crate::backtrace::{self, Callers};
use crate::lookup::Place;
use crate::report::Line;
use crate::{arch, lookup, process, stack, trap};
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use quench_abi::{Exception, TRAP_EXIT_STATUS, Tag, Trap};
pub(crate) use values::each_value;

/// Address of the newest exception.
static NEWEST: AtomicUsize = AtomicUsize::new(0);
/// Return address of the call that first threw the newest exception; 0 before that.
/// A handler that passes it on is not where it comes from.
static ORIGIN: AtomicUsize = AtomicUsize::new(0);
/// Return addresses in the nearest callers of the function that first threw it; 0 where there are
/// no more. It may be a function of a language's library, which says little by itself.
static ORIGIN_CALLERS: [AtomicUsize; 3] = [const { AtomicUsize::new(0) }; 3];

/// [`quench_abi::RuntimeFunction::ExceptionNew`].
///
/// # Safety
///
/// `tag` is the record of a tag.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_exception_new(tag: *const Tag) -> *mut Exception {
    // SAFETY: see the head of this file; what is returned is large enough for
    // the tag's values and nobody else's.
    unsafe {
        let count = value_count(tag);
        let exception = match heap::take(count) {
            Some(exception) => exception,
            None => make_room(count),
        };
        note_new(exception);
        exception.write(Exception { tag, shared: 0 });
        exception
    }
}

/// Notes that an exception was made, and has not been thrown yet.
pub(crate) fn note_new(exception: *mut Exception) {
    NEWEST.store(exception.addr(), Relaxed);
    ORIGIN.store(0, Relaxed);
}

/// [`quench_abi::RuntimeFunction::ExceptionFree`].
///
/// # Safety
///
/// `exception` is an exception. If `shared` does not say that there may be a
/// reference to it, there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_exception_free(exception: *mut Exception) {
    // SAFETY: see the head of this file.
    unsafe {
        if (*exception).shared == 0 {
            heap::give_back(exception, value_count((*exception).tag));
        }
    }
}

/// [`quench_abi::RuntimeFunction::Throw`].
///
/// # Safety
///
/// `exception` is an exception; compiled code calls this, with its frame pointer in
/// the register for that.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_throw(exception: *mut Exception) -> ! {
    arch::pass_caller!(1, unwind)
}

/// Goes to the handler of the innermost call that has one. `frame` is the
/// frame pointer of compiled code that made a call which returns to
/// `return_address`.
///
/// # Safety
///
/// Only [`quench_throw`] calls this.
unsafe extern "C" fn unwind(
    exception: *mut Exception,
    mut frame: usize,
    mut return_address: usize,
) -> ! {
    let callers = Callers { frame, return_address };
    if NEWEST.load(Relaxed) == exception.addr() && ORIGIN.load(Relaxed) == 0 {
        ORIGIN.store(return_address, Relaxed);
        let mut outer = callers.clone();
        for caller in &ORIGIN_CALLERS {
            outer.step();
            caller.store(outer.return_address, Relaxed);
        }
    }
    // The call may be the last instruction of its function.
    while let Some(place) = lookup::place(return_address - 1) {
        if let Some(landing) = place.handler() {
            // SAFETY: the compiler's table: that is where the code expects
            // an exception, with this stack pointer.
            unsafe { arch::land(exception, landing.address, frame - landing.frame_size, frame) };
        }
        // SAFETY: see the head of this file.
        unsafe {
            return_address = arch::plain_return_address((frame as *const usize).add(1).read());
            frame = (frame as *const usize).read();
        }
    }
    // SAFETY: nobody catches it.
    unsafe { uncaught(exception, callers) }
}

/// Hands an exception that nobody catches to the active `catch`, or reports it.
unsafe fn uncaught(exception: *mut Exception, mut callers: Callers) -> ! {
    if let Some(frame) = stack::catch_frame() {
        // SAFETY: the `catch` is active.
        unsafe { arch::resume(frame, Trap::UncaughtException as u32) };
    }
    // SAFETY: an exception has a tag, and its description is text.
    let description = unsafe { process::text(&(*(*exception).tag).description) };
    let mut line = Line::new("trap: ");
    line.text(Trap::UncaughtException.name()).text(" with ").bytes(description);
    let origin = ORIGIN.load(Relaxed);
    let is_passed_on = NEWEST.load(Relaxed) == exception.addr() && origin != callers.return_address;
    let origin = lookup::place(origin.wrapping_sub(1)).filter(|_| is_passed_on);
    let place = callers.next();
    let mut verb = " thrown in";
    if let Some(origin) = &origin {
        backtrace::place(line.text(verb), origin);
        put_callers(&mut line, origin, place.as_ref());
        verb = ", passed on by";
    }
    if let Some(place) = &place {
        backtrace::place(line.text(verb), place);
    }
    trap::end(&mut line, place.as_ref(), callers, TRAP_EXIT_STATUS)
}

/// Adds the functions that led to the place where an exception was first thrown, `origin`, up to the
/// one that passed it on.
fn put_callers(line: &mut Line, origin: &Place, passed_on_by: Option<&Place>) {
    let is_last = |place: &Place| passed_on_by.is_some_and(|last| place.start() == last.start());
    backtrace::inlined(line, origin, !is_last(origin));
    if is_last(origin) {
        return;
    }
    for caller in &ORIGIN_CALLERS {
        let caller = lookup::place(caller.load(Relaxed).wrapping_sub(1));
        let Some(caller) = caller.filter(|caller| caller.function_index().is_some()) else {
            return;
        };
        let is_last = is_last(&caller);
        // In the last function the call may be an inlined one's.
        if !is_last || caller.frames().nth(1).is_some() {
            backtrace::place(line.text(", called by"), &caller);
            backtrace::inlined(line, &caller, !is_last);
        }
        if is_last {
            return;
        }
    }
}

/// Returns the number of values that exceptions with a tag carry.
unsafe fn value_count(tag: *const Tag) -> usize {
    // SAFETY: see the head of this file.
    unsafe { (*tag).parameters.length as usize }
}

/// Makes room for an exception with `values` values, where there is none, and returns
/// it. The heap grows when more than half of it stays in use, so that a collection
/// frees about as many bytes as it looks at.
#[cold]
unsafe fn make_room(values: usize) -> *mut Exception {
    if heap::length() != 0 {
        // SAFETY: a `throw` has begun and has no exception yet.
        let in_use = unsafe { collect::collect() };
        if in_use <= heap::length() / 2
            && let Some(exception) = heap::take(values)
        {
            return exception;
        }
    }
    let grown = heap::grow();
    if let Some(exception) = heap::take(values) {
        return exception;
    }
    let problem = grown.err().unwrap_or(heap::NO_MEMORY);
    Line::new("error: ").text(problem).exit(TRAP_EXIT_STATUS)
}
