//! The signals by which the kernel tells of a failed write: `SIGPIPE` and `SIGXFSZ`.
//! Both end a program that says nothing about them. This file does not know which
//! descriptors there are.
//!
//! # Safety
//!
//! No handler is installed: the kernel ignores a signal or ends the process.
#![allow(unsafe_code, reason = "see Safety")]

use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use rustix::runtime_448b8ad740e2a26f::{
    KERNEL_SIG_DFL, KernelSigSet, KernelSigaction, KernelSigactionFlags, KernelSighandler, Signal,
    kernel_sig_ign, kernel_sigaction,
};

/// Whether `SIGPIPE` is ignored only because [`ignore_failed_writes`] says so.
static PIPE_IS_OURS: AtomicBool = AtomicBool::new(false);

/// Makes each write that would raise `SIGPIPE` or `SIGXFSZ` fail with an error
/// instead.
pub fn ignore_failed_writes() {
    let was_default = set(Signal::PIPE, kernel_sig_ign());
    PIPE_IS_OURS.store(was_default, Relaxed);
    set(Signal::XFSZ, kernel_sig_ign());
}

/// Lets `SIGPIPE` end the program again, if that is what its caller wanted. Returns
/// whether this changed anything; then the next write to a broken pipe ends the
/// program by the signal.
pub fn heed_broken_pipes() -> bool {
    let is_ours = PIPE_IS_OURS.swap(false, Relaxed);
    if is_ours {
        set(Signal::PIPE, KERNEL_SIG_DFL);
    }
    is_ours
}

/// Sets what happens at a signal. Returns whether it was the kernel's default.
fn set(signal: Signal, handler: KernelSighandler) -> bool {
    let action = KernelSigaction {
        sa_handler_kernel: handler,
        sa_flags: KernelSigactionFlags::empty(),
        sa_restorer: None,
        sa_mask: KernelSigSet::empty(),
    };
    // SAFETY: see the head of this file.
    let old = unsafe { kernel_sigaction(signal, Some(action)) };
    old.is_ok_and(|old| old.sa_handler_kernel.is_none())
}
