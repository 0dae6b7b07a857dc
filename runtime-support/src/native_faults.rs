//! Exceptions of the processor in a process that begins elsewhere: those of guest code
//! that uses up the stack of its native caller are explained, and those of native code
//! go where they would go without the program. What is a trap is in `trap`.
//!
//! # Safety
//!
//! As for `trap`. The handlers that [`remember`] finds are still the process's.
#![allow(unsafe_code, reason = "see Safety")]

use crate::arch::{self, SignalContext};
use crate::trap::{self, Handler};
use crate::{lookup, stack};
use core::ffi::c_int;
use core::mem::transmute;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering::Relaxed};
use quench_abi::{STACK_GUARD_SIZE, TRAP_EXIT_STATUS, Trap};
use rustix::runtime_448b8ad740e2a26f::{
    KernelSigaction, KernelSighandler, Siginfo, Signal, kernel_sig_ign, kernel_sigaction,
};

/// The handlers that the process had for [`arch::SIGNALS`]; null where it had none.
static PREVIOUS: [AtomicPtr<()>; arch::SIGNALS.len()] =
    [const { AtomicPtr::new(null_mut()) }; arch::SIGNALS.len()];

/// The handler of `trap`. It is called by its address only: executables, which do not have
/// this file, would be larger if the compiler saw a second caller of what it needs.
static TRAPS: AtomicPtr<()> = AtomicPtr::new(null_mut());

/// Keeps the handlers that the process has, for faults of native code.
///
/// # Safety
///
/// This is called before `trap::set_up`.
pub(crate) unsafe fn remember() {
    for ((signal, _), previous) in arch::SIGNALS.into_iter().zip(&PREVIOUS) {
        // SAFETY: nothing is changed. The call cannot fail for these signals.
        let action = unsafe { kernel_sigaction(signal, None) }.unwrap_or_default();
        if action.sa_handler_kernel != kernel_sig_ign() {
            previous.store(address(action.sa_handler_kernel), Relaxed);
        }
    }
}

/// Puts the handler of this file in front of that of `trap`.
///
/// # Safety
///
/// Once, after `trap::set_up`.
pub(crate) unsafe fn set_up() {
    let handler: Handler = handle;
    // SAFETY: with `SIGINFO`, which is kept, the kernel passes all three arguments.
    let handler: KernelSighandler = unsafe { transmute(handler) };
    for (signal, _) in arch::SIGNALS {
        // SAFETY: nobody else handles these signals. The calls cannot fail for them.
        unsafe {
            let traps = kernel_sigaction(signal, None).unwrap_or_default();
            TRAPS.store(address(traps.sa_handler_kernel), Relaxed);
            let action = KernelSigaction { sa_handler_kernel: handler, ..traps };
            let _ = kernel_sigaction(signal, Some(action));
        }
    }
}

/// Returns the address of a handler; null if it is the default.
fn address(handler: KernelSighandler) -> *mut () {
    handler.map_or(null_mut(), |handler| handler as *mut ())
}

/// The signal handler.
unsafe extern "C" fn handle(
    signal: c_int,
    information: *const Siginfo,
    context: *mut SignalContext,
) {
    // SAFETY: see the head of this file.
    let (details, interrupted) = unsafe { (&*information, &*context) };
    let program_counter = interrupted.program_counter();
    let address = trap::fault_address(details);
    let is_access = signal == Signal::SEGV.as_raw();
    let mut handler = &TRAPS;
    if !trap::is_sent(details) && !(is_access && stack::is_in_guard(address)) {
        if lookup::place(program_counter).is_none() {
            match previous(signal) {
                Some(previous) => handler = previous,
                None => return end_natively(signal),
            }
        } else if is_access
            && address.abs_diff(interrupted.stack_pointer()) as u64 <= STACK_GUARD_SIZE
        {
            report_stack(program_counter)
        }
    }
    // SAFETY: one that the kernel would call. In the convention of C, this can also be done
    // to a handler that takes only the signal.
    unsafe { transmute::<*mut (), Handler>(handler.load(Relaxed))(signal, information, context) }
}

/// Returns the handler that the process had for a signal, if it had one.
fn previous(signal: c_int) -> Option<&'static AtomicPtr<()>> {
    let mut known = arch::SIGNALS.into_iter().zip(&PREVIOUS);
    let (_, previous) = known.find(|((known, _), _)| known.as_raw() == signal)?;
    (!previous.load(Relaxed).is_null()).then_some(previous)
}

/// Lets native code end the process by its fault: when the handler returns, the instruction
/// is executed again, and nobody handles the signal any more.
fn end_natively(signal: c_int) {
    if signal == Signal::TRAP.as_raw() {
        // The process would go on behind its breakpoint.
        arch::end_by(signal);
    }
    if let Some(signal) = Signal::from_named_raw(signal) {
        // SAFETY: the default needs nothing. The call cannot fail for these signals.
        let _ = unsafe { kernel_sigaction(signal, Some(KernelSigaction::default())) };
    }
}

/// Prints that guest code has used up the stack of its native caller, and ends the program.
fn report_stack(program_counter: usize) -> ! {
    let mut line = trap::start_of_report(Trap::StackExhausted);
    line.text(": the stack is that of native code (use quench_call, or make it larger)");
    // Frames on that stack are not followed.
    trap::report_call(&mut line, 0, program_counter + 1, TRAP_EXIT_STATUS)
}
