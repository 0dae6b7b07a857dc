//! Whether this machine can execute the program's code. Does not know what
//! the features are.
//!
//! # Safety
//!
//! [`FRAME`] is set only while an instruction is tried on the guest stack,
//! which nothing else uses then.
#![allow(unsafe_code)]

use crate::arch::{self, CPU_FEATURES};
use crate::report::Line;
use crate::stack;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// What [`arch::resume`] needs while an instruction is tried; else 0.
static FRAME: AtomicUsize = AtomicUsize::new(0);

/// Ends the program with a message if the processor lacks some of these
/// features. Trying an instruction of each takes no time where it works;
/// `cpuid` takes microseconds in a virtual machine.
///
/// # Safety
///
/// After `trap::set_up`, before guest code runs.
pub unsafe fn check(needed: u32) {
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

/// Where to go on after an illegal instruction, if one is being tried.
pub fn frame() -> Option<usize> {
    match FRAME.load(Relaxed) {
        0 => None,
        frame => Some(frame),
    }
}

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
