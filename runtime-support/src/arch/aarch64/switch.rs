//! Stacks, frames and return addresses on aarch64; `arch/mod.rs` has the contract.
//!
//! # Safety
//!
//! The assembly follows the procedure call standard where it is called and
//! where it calls.
#![allow(unsafe_code, reason = "see Safety")]

use core::arch::{asm, naked_asm};
use quench_abi::Exception;

#[unsafe(naked)]
#[unsafe(export_name = "quench_call_on_stack")]
pub(crate) unsafe extern "C" fn call_on_stack(
    frame: *mut usize,
    stack_top: usize,
    function: unsafe extern "C" fn(*mut u8),
    data: *mut u8,
) -> u32 {
    naked_asm!(
        "stp x29, x30, [sp, #-160]!",
        "mov x29, sp", // so that a chain of frames leads across the stacks
        "stp x19, x20, [sp, #16]",
        "stp x21, x22, [sp, #32]",
        "stp x23, x24, [sp, #48]",
        "stp x25, x26, [sp, #64]",
        "stp x27, x28, [sp, #80]",
        "stp d8, d9, [sp, #96]",
        "stp d10, d11, [sp, #112]",
        "stp d12, d13, [sp, #128]",
        "stp d14, d15, [sp, #144]",
        "str x29, [x0]",
        "mov sp, x1",
        "mov x0, x3",
        "blr x2",
        "mov x0, x29",
        "mov w1, wzr",
        "b {resume}",
        resume = sym resume,
    )
}

#[unsafe(naked)]
#[unsafe(export_name = "quench_resume")]
pub(crate) unsafe extern "C" fn resume(frame: usize, code: u32) -> ! {
    naked_asm!(
        "mov sp, x0",
        "mov w0, w1",
        "ldp x19, x20, [sp, #16]",
        "ldp x21, x22, [sp, #32]",
        "ldp x23, x24, [sp, #48]",
        "ldp x25, x26, [sp, #64]",
        "ldp x27, x28, [sp, #80]",
        "ldp d8, d9, [sp, #96]",
        "ldp d10, d11, [sp, #112]",
        "ldp d12, d13, [sp, #128]",
        "ldp d14, d15, [sp, #144]",
        "ldp x29, x30, [sp], #160",
        "ret",
    )
}

/// Number of words that [`switch_stack`] finds on a stack.
const BEGINNING: usize = 20;

pub(crate) unsafe fn prepare_stack(top: usize, function: extern "C" fn() -> !) -> usize {
    let start = top - 8 * BEGINNING;
    let words = core::ptr::with_exposed_provenance_mut::<usize>(start);
    // SAFETY: the caller's promise. The second word is for the link register.
    unsafe {
        words.write_bytes(0, BEGINNING);
        words.add(1).write(function as *const () as usize);
    }
    start
}

#[unsafe(naked)]
#[unsafe(export_name = "quench_switch_stack")]
pub(crate) unsafe extern "C" fn switch_stack(save: *mut usize, stack_pointer: usize) {
    naked_asm!(
        "stp x29, x30, [sp, #-160]!",
        "stp x19, x20, [sp, #16]",
        "stp x21, x22, [sp, #32]",
        "stp x23, x24, [sp, #48]",
        "stp x25, x26, [sp, #64]",
        "stp x27, x28, [sp, #80]",
        "stp d8, d9, [sp, #96]",
        "stp d10, d11, [sp, #112]",
        "stp d12, d13, [sp, #128]",
        "stp d14, d15, [sp, #144]",
        "mov x2, sp",
        "str x2, [x0]",
        "mov x0, x1",
        "b {resume}",
        resume = sym resume,
    )
}

#[unsafe(naked)]
#[unsafe(export_name = "quench_call_with_registers_on_stack")]
pub(crate) unsafe extern "C" fn call_with_registers_on_stack(
    function: unsafe extern "C" fn(*const usize),
) {
    naked_asm!(
        "stp x29, x30, [sp, #-96]!",
        "mov x29, sp",
        "stp x19, x20, [sp, #16]",
        "stp x21, x22, [sp, #32]",
        "stp x23, x24, [sp, #48]",
        "stp x25, x26, [sp, #64]",
        "stp x27, x28, [sp, #80]",
        "mov x1, x0",
        "mov x0, sp",
        "blr x1",
        "ldp x29, x30, [sp], #96", // the others are as they were
        "ret",
    )
}

#[unsafe(naked)]
#[unsafe(export_name = "quench_land")]
pub(crate) unsafe extern "C" fn land(
    exception: *mut Exception,
    address: usize,
    stack: usize,
    frame: usize,
) -> ! {
    naked_asm!(
        // The exception is the payload in x0 already.
        "mov sp, x2",
        "mov x29, x3",
        // Compiled code has the base of the first memory here.
        "movz x21, #{base}, lsl #16",
        "ret x1", // may arrive at what is not marked as a branch's target
        base = const quench_abi::MEMORY_BASE >> 16,
    )
}

pub(crate) fn plain_return_address(stored: usize) -> usize {
    let mut address = stored;
    // SAFETY: `xpaclri`, which older processors take for no operation.
    unsafe {
        asm!(
            "hint #7",
            inout("lr") address,
            options(nomem, nostack, preserves_flags),
        );
    }
    address
}
