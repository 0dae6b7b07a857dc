//! Layout of a script's commands in the executable. The test harness writes
//! them into an object file, the player reads them. No code.

use quench_abi::{EntryPoint, Module, Text, Value};

/// Symbol of the record of type [`Script`].
pub const SCRIPT_SYMBOL: &str = "quench_script";

/// Symbol of the function that plays the script: the program's `host_start`.
pub const PLAY_SYMBOL: &str = "quench_play_script";

/// The commands of a script.
#[repr(C)]
pub struct Script {
    /// Array of the commands, in the order of the script.
    pub commands: *const Command,
    /// Number of the commands.
    pub command_count: u64,
}

/// An action, and how it has to end.
#[repr(C)]
pub struct Command {
    /// Place of the command in the script, as `file:line`.
    pub place: Text,
    /// A module to instantiate, or null.
    pub module: *const Module,
    /// An exported function to call, if there is no module.
    pub entry: Option<EntryPoint>,
    /// Slots with the function's arguments, enough of them for the results.
    pub slots: *mut Value,
    /// How the action has to end.
    pub outcome: Outcome,
    /// Set of the traps that are expected: bit 1 << code.
    pub traps: u32,
    /// The script's words for the trap.
    pub message: Text,
    /// Array of the expected results.
    pub results: *const Expectation,
    /// Number of the expected results.
    pub result_count: u64,
}

/// How a command has to end.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The action returns; the results are not looked at.
    Returns = 0,
    /// The action returns results that match `results`.
    Results = 1,
    /// The action ends in one of `traps`.
    Traps = 2,
}

/// An expected result: one of the patterns matches it.
#[repr(C)]
pub struct Expectation {
    /// Text of the expected value, for messages.
    pub description: Text,
    /// Array of the patterns.
    pub patterns: *const Pattern,
    /// Number of the patterns.
    pub pattern_count: u64,
    /// Size of the value's type, in bytes.
    pub size: u64,
}

/// A pattern, which matches a value if `value & mask == bits`, or as its kind says.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Pattern {
    /// Bits of the value that are compared, little-endian.
    pub mask: [u8; 16],
    /// Expected bits, little-endian; 0 where the mask is.
    pub bits: [u8; 16],
    /// One of the kinds below.
    pub kind: u64,
}

impl Pattern {
    /// The pattern matches the values with these bits.
    pub const EQUAL: u64 = 0;
    /// The pattern matches all other values.
    pub const OTHER: u64 = 1;
    /// The pattern matches the values with these bits but 0.
    pub const NOT_ZERO: u64 = 2;
}
