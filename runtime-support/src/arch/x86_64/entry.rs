//! The process's first instructions on x86_64, and what debuggers are told of the
//! runtime's frames.
//!
//! # Safety
//!
//! The instructions are for a process that begins, and call the given function as it
//! expects.
#![allow(unsafe_code, reason = "see Safety")]

pub(crate) const RELATIVE_RELOCATION: u32 = 8;

#[cfg(feature = "freestanding")]
macro_rules! first_instructions {
    ($start:path) => {
        core::arch::naked_asm!(
            "xor ebp, ebp", // the outermost frame: unwinders stop here
            "mov rdi, rsp", // the argument block
            "lea rsi, [rip + __ehdr_start]",
            "and rsp, -16",
            "call {start}",
            "ud2",
            ".hidden __ehdr_start",
            start = sym $start,
        )
    };
}

#[cfg(feature = "freestanding")]
pub(crate) use first_instructions;

// For callers of the runtime's functions, which have no tables of their own but
// keep frame pointers everywhere: one rule for all code from `_start` on, which
// comes first. It is wrong for the few instructions that set a frame up. The form
// is DWARF 5, section 6.4.1; numbers of registers are those of the psABI.
#[cfg(feature = "freestanding")]
core::arch::global_asm!(
    ".pushsection .debug_frame, \"\", @progbits",
    "2: .long 4f - 3f",
    "3: .long -1", // not about code, but what the next entry refers to
    ".byte 1, 0",  // version, nothing added
    ".uleb128 1",
    ".sleb128 -8",
    ".byte 16",          // where the return address goes
    ".byte 0x0c, 6, 16", // the caller's stack: from the frame pointer, and above it
    ".byte 0x80 + 6, 2",
    ".byte 0x80 + 16, 1",
    ".balign 8",
    "4: .long 6f - 5f",
    "5: .long 2b",
    ".quad _start",
    ".quad 0x100000",
    "6:",
    ".popsection",
);
