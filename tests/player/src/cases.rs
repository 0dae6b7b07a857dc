//! How the programs that a fuzzer made lie in an executable, what the player
//! writes about each call, and how content becomes a number. The harness
//! writes the records into an object file and reads what the player wrote.

use quench_abi::{EntryPoint, Program, Value};

/// Symbol of the [`Cases`].
pub const CASES_SYMBOL: &str = "quench_cases";

/// Symbol of the function that plays them: the first program's `host_start`.
pub const PLAY_CASES_SYMBOL: &str = "quench_play_cases";

#[repr(C)]
pub struct Cases {
    pub cases: *const Case,
    pub case_count: u64,
}

/// A program of one module, which is instantiated, and then calls of its
/// functions.
///
/// The player writes of the instantiation and of each call: how it ended
/// (8 bytes: 0 for a return, or the code of a trap), after a return the results
/// (16 bytes each), and then the subjects (16 bytes each).
#[repr(C)]
pub struct Case {
    pub program: *const Program,
    /// The cell of a global that is set to `fuel_amount` before each call, or
    /// null.
    pub fuel: *mut u32,
    pub fuel_amount: u64,
    pub calls: *const Call,
    pub call_count: u64,
    pub subjects: *const Subject,
    pub subject_count: u64,
}

#[repr(C)]
pub struct Call {
    pub entry: EntryPoint,
    /// The arguments, in room for the results.
    pub slots: *mut Value,
    pub result_count: u64,
}

/// Something whose content is written after each call.
#[repr(C)]
pub struct Subject {
    /// A [`SubjectKind`].
    pub kind: SubjectKind,
    /// Bytes of a cell.
    pub size: u32,
    /// A cell, a [`quench_abi::Memory`] or a [`quench_abi::Table`].
    pub address: *const u8,
}

#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectKind {
    /// The cell's bytes.
    Cell = 0,
    /// 1, or 0 for null.
    FunctionCell = 1,
    /// The length in bytes, and a [`Digest`] of the content.
    Memory = 2,
    /// The length, and a digest of the elements.
    Table = 3,
    /// The length, and a digest of 1 for each element, or 0 for null.
    FunctionTable = 4,
}

/// A number that is different for different content, most probably.
#[derive(Clone, Copy, Default)]
pub struct Digest(u64);

impl Digest {
    pub fn word(&mut self, word: u64) {
        const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
        self.0 = (self.0.rotate_left(29) ^ word).wrapping_mul(ODD);
    }

    pub fn bytes(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        for &word in words {
            self.word(u64::from_le_bytes(word));
        }
        for &byte in rest {
            self.word(byte.into());
        }
    }

    pub fn value(self) -> u64 {
        self.0
    }
}
