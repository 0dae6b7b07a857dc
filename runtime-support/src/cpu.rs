//! A check at start that the processor can execute the program's code. It does
//! not know what the features are.
//!
//! # Safety
//!
//! [`FRAME`] is set only while an instruction is tried on the guest stack,
//! which nothing else uses then.
#![allow(unsafe_code, reason = "see Safety")]

use crate::arch::{self, CPU_FEATURES, SignalContext};
use crate::report::Line;
use crate::stack;
use core::ffi::c_int;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use rustix::runtime_448b8ad740e2a26f::Signal;

/// The frame that [`arch::resume`] needs while an instruction is tried; otherwise 0.
static FRAME: AtomicUsize = AtomicUsize::new(0);

/// Ends the program with a message if the processor lacks a feature that it needs;
/// `needed` has their bits. An instruction of each feature is tried, which takes no
/// time where it works; `cpuid` takes microseconds in a virtual machine.
///
/// # Safety
///
/// `trap::set_up` was called, and guest code does not run yet.
pub(crate) unsafe fn check(needed: u32) {
    let mut missing = 0;
    for mut bit in (0..u32::BITS).filter(|bit| needed & (1 << bit) != 0) {
        // SAFETY: the caller's promise.
        let code = unsafe { stack::attempt(FRAME.as_ptr(), try_feature, (&raw mut bit).cast()) };
        FRAME.store(0, Relaxed);
        if code != 0 {
            missing |= 1 << bit;
        }
    }
    if missing != 0 {
        refuse(missing);
    }
}

/// Returns whether a signal says that the instruction that is being tried is
/// illegal. If so, the handler's return goes to [`check`].
pub(crate) fn probe_failed(signal: c_int, context: &mut SignalContext) -> bool {
    let frame = FRAME.load(Relaxed);
    if signal != Signal::ILL.as_raw() || frame == 0 {
        return false;
    }
    context.resume_at(frame, 1);
    true
}

/// Executes an instruction of the feature whose bit is at `bit`.
unsafe extern "C" fn try_feature(bit: *mut u8) {
    // SAFETY: `check` passes a pointer to the bit, and the signal leads back
    // to it.
    unsafe { arch::use_cpu_feature(*bit.cast()) };
}

#[cold]
fn refuse(missing: u32) -> ! {
    let mut line = Line::new("error: this processor lacks");
    let names = CPU_FEATURES.as_bytes().split(|byte| *byte == b' ');
    for (bit, name) in names.enumerate() {
        if missing & (1 << bit) != 0 {
            line.text(" ").bytes(name);
        }
    }
    line.text("; the program was built for one that has it (--cpu)").fatal()
}
