//! System calls on aarch64; `arch/mod.rs` has the contract.
//!
//! # Safety
//!
//! Registers are used as `syscall(2)` says.
#![allow(unsafe_code, reason = "see Safety")]

use core::arch::asm;

/// `AUDIT_ARCH_AARCH64` of `linux/audit.h`.
pub const AUDIT_ARCHITECTURE: u32 = 0xc000_00b7;

/// Makes a system call that rustix does not offer. Returns its result, or the
/// negative number of an error.
///
/// # Safety
///
/// The contract is that of the system call.
pub unsafe fn system_call(number: u32, arguments: [usize; 4]) -> isize {
    let result;
    // SAFETY: the caller's promise.
    unsafe {
        asm!(
            "svc 0",
            in("x8") number as usize,
            inlateout("x0") arguments[0] => result,
            in("x1") arguments[1],
            in("x2") arguments[2],
            in("x3") arguments[3],
            options(nostack, preserves_flags),
        );
    }
    result
}
