//! Stacks, frames and return addresses on x86_64; `arch/mod.rs` has the contract.
//!
//! # Safety
//!
//! The assembly follows the System V calling convention where it is called and
//! where it calls.
#![allow(unsafe_code, reason = "see Safety")]

use core::arch::naked_asm;
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
        "push rbp",
        "mov rbp, rsp", // so that a chain of frames leads across the stacks
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "mov [rdi], rsp",
        "mov rsp, rsi",
        "mov rdi, rcx",
        "call rdx",
        "lea rdi, [rbp - 40]",
        "xor esi, esi",
        "jmp {resume}",
        resume = sym resume,
    )
}

#[unsafe(naked)]
#[unsafe(export_name = "quench_resume")]
pub(crate) unsafe extern "C" fn resume(frame: usize, code: u32) -> ! {
    naked_asm!(
        "mov rsp, rdi",
        "mov eax, esi",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
    )
}

#[unsafe(naked)]
#[unsafe(export_name = "quench_call_with_registers_on_stack")]
pub(crate) unsafe extern "C" fn call_with_registers_on_stack(
    function: unsafe extern "C" fn(*const usize),
) {
    naked_asm!(
        "push rbp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "mov rax, rdi",
        "mov rdi, rsp",
        "sub rsp, 8", // aligned to 16
        "call rax",
        "add rsp, 48", // the registers are as they were
        "pop rbp",
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
    naked_asm!("mov rax, rdi", "mov rsp, rdx", "mov rbp, rcx", "jmp rsi",)
}

pub(crate) fn plain_return_address(stored: usize) -> usize {
    stored
}
