//! How a script's commands lie in the executable. The test harness writes
//! them into an object file, the player reads them. No code.

use quench_abi::{EntryPoint, Module, Text, Value};

/// Symbol of the [`Script`].
pub const SCRIPT_SYMBOL: &str = "quench_script";

/// Symbol of the function that plays it: the program's `host_start`.
pub const PLAY_SYMBOL: &str = "quench_play_script";

#[repr(C)]
pub struct Script {
    pub commands: *const Command,
    pub command_count: u64,
}

/// One action, and how it has to end.
#[repr(C)]
pub struct Command {
    /// `file:line`.
    pub place: Text,
    /// A module to instantiate, or null.
    pub module: *const Module,
    /// An exported function to call, if there is no module.
    pub entry: Option<EntryPoint>,
    /// Its arguments, in room for its results.
    pub slots: *mut Value,
    /// `results` for a return, `traps` for a trap.
    pub outcome: Outcome,
    /// A set of trap codes: bit 1 << code.
    pub traps: u32,
    /// The script's words for the trap.
    pub message: Text,
    pub results: *const Expectation,
    pub result_count: u64,
}

#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Returns; the results are not looked at.
    Returns = 0,
    /// Returns the given results.
    Results = 1,
    /// Ends in one of the given traps.
    Traps = 2,
}

/// A result: one of the patterns matches it.
#[repr(C)]
pub struct Expectation {
    pub description: Text,
    pub patterns: *const Pattern,
    pub pattern_count: u64,
    /// Bytes of the value's type.
    pub size: u64,
}

/// Matches a value when `value & mask == bits`, or when not, if `negated` is 1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Pattern {
    pub mask: [u8; 16],
    pub bits: [u8; 16],
    pub negated: u64,
}
