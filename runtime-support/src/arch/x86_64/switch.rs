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

/// What [`switch_stack`] finds on a stack where nothing has been changed: the control words of
/// SSE (MXCSR) and of x87 as a process begins with them, six registers, and where to go on.
const BEGINNING: usize = 8;

pub(crate) unsafe fn prepare_stack(top: usize, function: extern "C" fn() -> !) -> usize {
    const CONTROL_WORDS: usize = 0x37f << 32 | 0x1f80;
    // The function finds a return address above its stack pointer, which is none.
    let start = top - 8 * (BEGINNING + 1);
    let words = core::ptr::with_exposed_provenance_mut::<usize>(start);
    // SAFETY: the caller's promise.
    unsafe {
        words.write_bytes(0, BEGINNING + 1);
        words.write(CONTROL_WORDS);
        words.add(BEGINNING - 1).write(function as *const () as usize);
    }
    start
}

#[unsafe(naked)]
#[unsafe(export_name = "quench_switch_stack")]
pub(crate) unsafe extern "C" fn switch_stack(save: *mut usize, stack_pointer: usize) {
    naked_asm!(
        "push rbp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "sub rsp, 8",
        "stmxcsr [rsp]",
        "fnstcw [rsp + 4]",
        "mov [rdi], rsp",
        "mov rsp, rsi",
        "ldmxcsr [rsp]",
        "fldcw [rsp + 4]",
        "add rsp, 8",
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
