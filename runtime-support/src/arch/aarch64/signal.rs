//! The interrupted program on aarch64; `arch/mod.rs` has the contract.
//!
//! # Safety
//!
//! A [`SignalContext`] is only where the kernel wrote one, and the interrupted
//! function is guest code where a method says so.
#![allow(unsafe_code, reason = "see Safety")]

use super::decode::Instruction;
use super::switch::{plain_return_address, resume};
use crate::arch::access::Access;
use core::arch::{asm, naked_asm};
use core::ffi::c_int;
use rustix::runtime_448b8ad740e2a26f::Signal;

/// `SIGFPE` is not among them: a division by zero gives zero.
pub(crate) const SIGNALS: [(Signal, &str); 4] = [
    (Signal::SEGV, "SIGSEGV"),
    (Signal::BUS, "SIGBUS"),
    (Signal::ILL, "SIGILL"),
    (Signal::TRAP, "SIGTRAP"),
];

pub(crate) fn end_by(signal: c_int) -> ! {
    const ILL: c_int = Signal::ILL.as_raw();
    const TRAP: c_int = Signal::TRAP.as_raw();
    const BUS: c_int = Signal::BUS.as_raw();
    // SAFETY: the process ends at each of these instructions.
    unsafe {
        match signal {
            ILL => asm!("udf #0", options(noreturn)),
            TRAP => asm!("brk #0", "udf #0", options(noreturn)),
            // An exclusive load has to be aligned.
            BUS => asm!("add x0, sp, #12", "ldxr x0, [x0]", "udf #0", options(noreturn)),
            _ => asm!("ldr x0, [{}]", "udf #0", in(reg) 0_u64, options(noreturn)),
        }
    }
}

#[unsafe(naked)]
#[unsafe(export_name = "quench_return_from_signal")]
pub(crate) unsafe extern "C" fn return_from_signal() {
    // Debuggers recognise this frame by exactly these instructions.
    naked_asm!("mov x8, #139", "svc #0")
}

#[repr(C)]
pub(crate) struct SignalContext {
    flags: u64,
    link: u64,
    stack: [u64; 3],
    /// Room for 1024 signals.
    signal_mask: [u64; 16],
    /// `struct sigcontext` of `asm/sigcontext.h`, which the following fields are,
    /// is aligned to 16.
    padding: u64,
    fault_address: u64,
    /// x0 to x30.
    registers: [u64; 31],
    stack_pointer: u64,
    program_counter: u64,
}

impl SignalContext {
    /// Returns the address of the instruction that was interrupted.
    pub(crate) fn program_counter(&self) -> usize {
        self.program_counter as usize
    }

    /// Returns the stack pointer.
    pub(crate) fn stack_pointer(&self) -> usize {
        self.stack_pointer as usize
    }

    /// Returns the frame pointer of the interrupted function of guest code, which
    /// begins at `start`; and, where its frame is not set up, so that the pointer
    /// is still the caller's, the address that it returns to.
    pub(crate) fn frame(&self, start: usize) -> (usize, Option<usize>) {
        /// Signs the return address (the feature `pauth`).
        const PACIASP: u32 = 0xd503_233f;
        /// Lets branches arrive (the feature `bti`).
        const BTI_JC: u32 = 0xd503_24df;
        /// `stp x29, x30, [sp, #-16]!`
        const SAVE_FRAME: u32 = 0xa9bf_7bfd;
        let mut first = start as *const u32;
        // SAFETY: the function's first instructions, of which it has more.
        let saves = unsafe {
            for marker in [BTI_JC, PACIASP] {
                if first.read() == marker {
                    first = first.add(1);
                }
            }
            (first.read() == SAVE_FRAME).then(|| first.add(1).addr())
        };
        let [frame, link] = [self.registers[29], self.registers[30]].map(|value| value as usize);
        match saves {
            // The instruction after the one that saves sets the frame pointer.
            Some(sets) if self.program_counter() > sets => (frame, None),
            // The function calls nobody, or has not begun.
            _ => (frame, Some(plain_return_address(link))),
        }
    }

    /// Returns what the interrupted instruction of guest code accesses; none for
    /// instructions that compiled code does not have.
    pub(crate) fn access(&self) -> Option<Access> {
        // SAFETY: code.
        let instruction = Instruction(unsafe { (self.program_counter() as *const u32).read() });
        instruction.access(self.stack_pointer, |number| self.register(number))
    }

    /// Returns a register by its number in instructions, where 31 is zero.
    fn register(&self, number: u32) -> u64 {
        match number {
            31 => 0,
            _ => self.registers[number as usize],
        }
    }

    /// Makes the handler's return go to [`resume`] with these arguments.
    pub(crate) fn resume_at(&mut self, frame: usize, code: u32) {
        self.registers[0] = frame as u64;
        self.registers[1] = u64::from(code);
        self.program_counter = resume as *const () as u64;
    }
}
