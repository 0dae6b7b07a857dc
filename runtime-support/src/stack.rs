//! The stack of guest code with the guard below it, the stack of signal
//! handlers, and calls onto the guest stack that a trap can end.
//!
//! # Safety
//!
//! There is one thread. [`set_up`] maps the stacks once and they stay. A trap
//! that ends a [`catch`] skips the frames between; only guest code and host
//! functions, which own nothing that has to be dropped, are there.
#![allow(unsafe_code, reason = "see Safety")]

use crate::arch;
use crate::pages::round_up;
use crate::report::Line;
use core::ffi::c_void;
use core::ops::Range;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use quench_abi::{PAGE_SIZE, STACK_GUARD_SIZE, Trap};
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect};
use rustix::process::{Resource, getrlimit};
use rustix::runtime_448b8ad740e2a26f::{Stack, kernel_sigaltstack};

/// Bytes that a signal handler of ours may use, besides the kernel's frame.
const HANDLER_STACK: u64 = 0x8000;

/// Lowest address of the guard below the stack in use; 0 before [`set_up`].
static GUARD_START: AtomicUsize = AtomicUsize::new(0);
/// Address of the end of the stack in use; 0 before [`set_up`].
static TOP: AtomicUsize = AtomicUsize::new(0);

/// Address of the records of all stacks, and their number; 0 in a program that has one.
static OTHERS: [AtomicUsize; 2] = [AtomicUsize::new(0), AtomicUsize::new(0)];
/// Lowest address of the guard below the first stack, if there are others; else 0.
static FIRST_GUARD: AtomicUsize = AtomicUsize::new(0);

/// The frame that [`arch::resume`] needs for the active [`catch`]; 0 if there is none.
static CATCH: AtomicUsize = AtomicUsize::new(0);

/// Maps, from the lowest address on: the guard, the guest stack of `stack_size`
/// bytes, and the stack of signal handlers, whose use of it is bounded. Ends the
/// program with a message if there is no room for them.
///
/// # Safety
///
/// This is called once, and before [`call`] and [`catch`].
pub(crate) unsafe fn set_up(stack_size: u64) {
    let stack_size = round_up(stack_size, PAGE_SIZE);
    let kernel_frame = rustix::param::linux_minsigstksz() as u64;
    let handler_size = round_up(HANDLER_STACK + kernel_frame, PAGE_SIZE);
    let size = STACK_GUARD_SIZE + stack_size + handler_size;

    let access = ProtFlags::READ | ProtFlags::WRITE;
    let flags = MapFlags::PRIVATE | MapFlags::NORESERVE | MapFlags::STACK;
    // SAFETY: a new mapping, and a part of it that nothing uses yet.
    let guard = unsafe {
        let Ok(guard) = mmap_anonymous(null_mut(), size as usize, access, flags) else {
            no_stack(stack_size)
        };
        if mprotect(guard, STACK_GUARD_SIZE as usize, MprotectFlags::empty()).is_err() {
            no_stack(stack_size);
        }
        let top = guard.byte_add((STACK_GUARD_SIZE + stack_size) as usize);
        use_for_signals(top, handler_size);
        guard.addr()
    };
    GUARD_START.store(guard, Relaxed);
    TOP.store(guard + (STACK_GUARD_SIZE + stack_size) as usize, Relaxed);
}

/// Returns whether an access to this address means that the guest stack is used up.
pub(crate) fn is_in_guard(address: usize) -> bool {
    let guard: Range<usize> = {
        let start = GUARD_START.load(Relaxed);
        start..start + STACK_GUARD_SIZE as usize
    };
    guard.start != 0 && guard.contains(&address)
}

/// Returns whether 8 bytes at this address are on the guest stack.
pub(crate) fn contains(address: usize) -> bool {
    let start = GUARD_START.load(Relaxed) + STACK_GUARD_SIZE as usize;
    (start..TOP.load(Relaxed).saturating_sub(7)).contains(&address)
}

/// Returns the address of the end of the guest stack, where it begins to grow down.
pub(crate) fn top() -> usize {
    TOP.load(Relaxed)
}

/// Returns the lowest address of the guard below the stack that guest code began on.
pub(crate) fn first_guard() -> usize {
    if FIRST_GUARD.load(Relaxed) == 0 {
        // There is no other stack yet.
        FIRST_GUARD.store(GUARD_START.load(Relaxed), Relaxed);
    }
    FIRST_GUARD.load(Relaxed)
}

/// Replaces the lowest address of the guard and the end of the stack in use; returns what they
/// were.
pub(crate) fn exchange_bounds([guard, top]: [usize; 2]) -> [usize; 2] {
    let old = [GUARD_START.load(Relaxed), TOP.load(Relaxed)];
    GUARD_START.store(guard, Relaxed);
    TOP.store(top, Relaxed);
    old
}

/// Returns the address of the records of all stacks, and their number; 0 if there is only
/// one.
pub(crate) fn others() -> (usize, usize) {
    (OTHERS[0].load(Relaxed), OTHERS[1].load(Relaxed))
}

/// Sets what [`others`] returns.
pub(crate) fn set_others(address: usize, count: usize) {
    OTHERS[0].store(address, Relaxed);
    OTHERS[1].store(count, Relaxed);
}

/// Calls a function on the guest stack. A trap ends the program.
///
/// # Safety
///
/// [`set_up`] was called and nothing runs on the guest stack. The function
/// can be called with `data`.
pub unsafe fn call(function: unsafe extern "C" fn(*mut u8), data: *mut u8) {
    let mut frame = 0;
    // SAFETY: the caller's promise; nobody resumes the frame.
    unsafe { attempt(&raw mut frame, function, data) };
}

/// Calls a function on the guest stack, so that [`arch::resume`] can end the call
/// with what is stored in `frame` before it. Returns 0 if the function returns, and
/// otherwise the code of that [`arch::resume`].
///
/// # Safety
///
/// The same as that of [`call`]; the call is resumed only while it is active, and at
/// places where the function may be left.
pub(crate) unsafe fn attempt(
    frame: *mut usize,
    function: unsafe extern "C" fn(*mut u8),
    data: *mut u8,
) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { arch::call_on_stack(frame, TOP.load(Relaxed), function, data) }
}

/// Calls a function on the guest stack and returns when it returns or a trap
/// ends it.
///
/// # Errors
///
/// Returns the trap that ended the function.
///
/// # Safety
///
/// [`set_up`] was called, nothing runs on the guest stack, and signal handlers
/// are installed. The function can be called with `data`, and may be left at
/// any trap.
pub unsafe fn catch(function: unsafe extern "C" fn(*mut u8), data: *mut u8) -> Result<(), Trap> {
    // SAFETY: the caller's promise. The frame is resumed only during the call,
    // because `CATCH` is cleared after it.
    let code = unsafe { attempt(CATCH.as_ptr(), function, data) };
    CATCH.store(0, Relaxed);
    match Trap::from_number(code.into()) {
        None => Ok(()),
        Some(trap) => Err(trap),
    }
}

/// Returns the frame of the active [`catch`], for [`arch::resume`].
pub(crate) fn catch_frame() -> Option<usize> {
    match CATCH.load(Relaxed) {
        0 => None,
        frame => Some(frame),
    }
}

/// Makes signal handlers use a stack.
unsafe fn use_for_signals(start: *mut c_void, size: u64) {
    let stack = Stack { ss_sp: start, ss_flags: 0, ss_size: size as usize as _ };
    // SAFETY: the memory is ours and nothing else uses it. If the call fails, the
    // only loss is the message about a stack overflow.
    let _ = unsafe { kernel_sigaltstack(Some(stack)) };
}

#[cold]
fn no_stack(size: u64) -> ! {
    // A stack counts for both; who limits data means this.
    let limit = if getrlimit(Resource::Data).current.is_some() { "-d" } else { "-v" };
    Line::new("error: cannot get a stack of ")
        .decimal(size >> 10)
        .text(" KiB; raise the limit with `ulimit ")
        .text(limit)
        .text(" unlimited` or build with a smaller `--max-stack`")
        .fatal()
}
