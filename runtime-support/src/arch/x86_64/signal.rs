//! The interrupted program on x86_64; `arch/mod.rs` has the contract.
//!
//! # Safety
//!
//! A [`SignalContext`] is only where the kernel wrote one, and the interrupted
//! function is guest code where a method says so.
#![allow(unsafe_code, reason = "see Safety")]

use super::decode::Instruction;
use super::switch::resume;
use crate::arch::access::Access;
use core::arch::{asm, naked_asm};
use core::ffi::c_int;
use rustix::runtime_448b8ad740e2a26f::Signal;

pub(crate) const SIGNALS: [(Signal, &str); 5] = [
    (Signal::SEGV, "SIGSEGV"),
    (Signal::BUS, "SIGBUS"),
    (Signal::ILL, "SIGILL"),
    (Signal::FPE, "SIGFPE"),
    (Signal::TRAP, "SIGTRAP"),
];

pub(crate) fn end_by(signal: c_int) -> ! {
    const ILL: c_int = Signal::ILL.as_raw();
    const FPE: c_int = Signal::FPE.as_raw();
    const TRAP: c_int = Signal::TRAP.as_raw();
    const BUS: c_int = Signal::BUS.as_raw();
    // SAFETY: the process ends at each of these instructions.
    unsafe {
        match signal {
            ILL => asm!("ud2", options(noreturn)),
            FPE => asm!("xor eax, eax", "div eax", "ud2", options(noreturn)),
            TRAP => asm!("int3", "ud2", options(noreturn)),
            // The stack pointer is no canonical address: an exception of the stack
            // segment (Intel SDM, volume 1, section "Canonical Addressing").
            BUS => asm!("mov rsp, {}", "push rax", "ud2", in(reg) 1_u64 << 62, options(noreturn)),
            _ => asm!("mov rax, [{}]", "ud2", in(reg) 0_u64, options(noreturn)),
        }
    }
}

#[unsafe(naked)]
#[unsafe(export_name = "quench_return_from_signal")]
pub(crate) unsafe extern "C" fn return_from_signal() {
    // Debuggers recognise this frame by exactly these instructions.
    naked_asm!("mov rax, 15", "syscall")
}

#[repr(C)]
pub(crate) struct SignalContext {
    flags: u64,
    link: u64,
    stack: [u64; 3],
    /// `struct sigcontext` of `asm/sigcontext.h`: r8 to r15, rdi, rsi, rbp, rbx,
    /// rdx, rax, rcx, rsp, rip, flags, segments, the error code.
    registers: [u64; 20],
}

impl SignalContext {
    /// Returns the address of the instruction that was interrupted.
    pub(crate) fn program_counter(&self) -> usize {
        self.registers[16] as usize
    }

    /// Returns the stack pointer.
    pub(crate) fn stack_pointer(&self) -> usize {
        self.registers[15] as usize
    }

    /// Returns the frame pointer of the interrupted function of guest code, which
    /// begins at `start`; and, where its frame is not set up, so that the pointer
    /// is still the caller's, the address that it returns to.
    pub(crate) fn frame(&self, start: usize) -> (usize, Option<usize>) {
        let [frame, stack] = [self.registers[10], self.registers[15]].map(|value| value as usize);
        // The first instruction saves the frame pointer.
        let is_at_entry = self.program_counter() == start;
        // SAFETY: at the entry of guest code the return address is on the stack.
        let return_address = is_at_entry.then(|| unsafe { (stack as *const usize).read() });
        (frame, return_address)
    }

    /// Returns what the interrupted instruction of guest code accesses; none for
    /// instructions that compiled code does not have.
    pub(crate) fn access(&self) -> Option<Access> {
        /// The bit of a page fault's error code that says that it was a write
        /// (Intel SDM, volume 3, section "Page-Fault Exceptions").
        const WRITE: u64 = 2;
        // SAFETY: code, with more behind it than the longest instruction.
        let bytes: [u8; 16] = unsafe { (self.program_counter() as *const [u8; 16]).read() };
        let is_store = self.registers[19] & WRITE != 0;
        Instruction::decode(&bytes)?.access(is_store, |number| self.register(number))
    }

    /// Returns a register by its number in instructions.
    fn register(&self, number: u8) -> u64 {
        const PLACES: [usize; 16] = [13, 14, 12, 11, 15, 10, 9, 8, 0, 1, 2, 3, 4, 5, 6, 7];
        self.registers[PLACES[usize::from(number & 15)]]
    }

    /// Makes the handler's return go to [`resume`] with these arguments.
    pub(crate) fn resume_at(&mut self, frame: usize, code: u32) {
        self.registers[8] = frame as u64;
        self.registers[9] = u64::from(code);
        self.registers[16] = resume as *const () as u64;
    }
}
