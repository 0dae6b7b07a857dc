//! System calls on x86_64; `arch/mod.rs` has the contract.
//!
//! # Safety
//!
//! Registers are used as `syscall(2)` says.
#![allow(unsafe_code, reason = "see Safety")]

use core::arch::asm;

/// `AUDIT_ARCH_X86_64` of `linux/audit.h`.
pub const AUDIT_ARCHITECTURE: u32 = 0xc000_003e;

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
            "syscall",
            inlateout("rax") number as usize => result,
            in("rdi") arguments[0],
            in("rsi") arguments[1],
            in("rdx") arguments[2],
            in("r10") arguments[3],
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack, preserves_flags),
        );
    }
    result
}
