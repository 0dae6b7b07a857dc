//! The end of a program whose components break a rule of the canonical ABI.
//!
//! # Safety
//!
//! The list of messages is the compiler's.
#![allow(unsafe_code, reason = "see Safety")]

use quench_abi::Text;
use quench_runtime_support::{Line, host_trap, slice, text};

/// Ends the program with a trap.
pub fn trap(message: &str) -> ! {
    trap_line(Line::new("trap: ").text(message))
}

/// Ends the program with a trap, whose message `line` is.
pub fn trap_line(line: &mut Line) -> ! {
    host_trap(line)
}

/// Stands for an imported function that the program was built without; the context is its
/// name.
#[unsafe(no_mangle)]
extern "C" fn quench_component_missing(name: &'static Text) -> ! {
    // SAFETY: see the head of this file.
    let name = unsafe { text(name) };
    let line = &mut Line::new("trap: missing import: ");
    trap_line(line.bytes(name).text(" was called, and the program was built without it"));
}

/// The messages of traps, by their numbers.
#[repr(C)]
struct Messages {
    messages: *const Text,
    count: u64,
}

/// The built-in function by which adapters trap.
#[unsafe(no_mangle)]
extern "C" fn quench_component_trap(messages: &'static Messages, number: u32) -> ! {
    // SAFETY: see the head of this file.
    let message = unsafe {
        let messages = slice(messages.messages, messages.count);
        messages.get(number as usize).map(|message| text(message)).unwrap_or_default()
    };
    trap_line(Line::new("trap: ").bytes(message))
}
