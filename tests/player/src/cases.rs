//! Layout of a fuzzer's programs in an executable, what the player writes about
//! each call, and how contents become a number. The harness writes the records
//! into an object file and reads what the player wrote.

use quench_abi::{EntryPoint, Program, Value};

/// Symbol of the record of type [`Cases`].
pub const CASES_SYMBOL: &str = "quench_cases";

/// Symbol of the function that plays the cases: the first program's
/// `host_start`.
pub const PLAY_CASES_SYMBOL: &str = "quench_play_cases";

/// All cases of an executable.
#[repr(C)]
pub struct Cases {
    /// Array of the cases.
    pub cases: *const Case,
    /// Number of the cases.
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
    /// The program, which has one module. Null: that of the executable, of
    /// which this is the only case.
    pub program: *const Program,
    /// Cell of the global that is set to `fuel_amount` before each call, or
    /// null.
    pub fuel: *mut u32,
    /// Value of that global before each call.
    pub fuel_amount: u64,
    /// Array of the calls, in order.
    pub calls: *const Call,
    /// Number of the calls.
    pub call_count: u64,
    /// Array of the subjects.
    pub subjects: *const Subject,
    /// Number of the subjects.
    pub subject_count: u64,
}

/// A call of an exported function.
#[repr(C)]
pub struct Call {
    /// The function's way in from value slots.
    pub entry: EntryPoint,
    /// Slots with the arguments, enough of them for the results.
    pub slots: *mut Value,
    /// Number of the results.
    pub result_count: u64,
}

/// Something whose content is written after each call.
#[repr(C)]
pub struct Subject {
    /// The kind of thing at `address`.
    pub kind: SubjectKind,
    /// Size of a cell, in bytes.
    pub size: u32,
    /// Address of a cell, a [`quench_abi::Memory`] or a [`quench_abi::Table`].
    pub address: *const u8,
}

/// The kind of a subject, and how its content is written.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectKind {
    /// A cell, written as its bytes.
    Cell = 0,
    /// A cell with a reference, written as [`shown`].
    ReferenceCell = 1,
    /// A memory, written as its length in bytes and a [`Digest`] of its
    /// content.
    Memory = 2,
    /// A table, written as its length and a digest of its elements.
    Table = 3,
    /// A table of references, written as its length and a digest of what is
    /// [`shown`] of them.
    ReferenceTable = 4,
}

/// Returns what is shown of a reference that may be an address, which another
/// run does not have: 0 for null, an `i31` as it is, and for others
/// [`REFERENCE`].
pub fn shown(reference: u64) -> u64 {
    match reference {
        0 => 0,
        i31 if i31 & 1 == 1 => i31,
        _ => REFERENCE,
    }
}

/// What is shown of a reference that is not null and no `i31`.
pub const REFERENCE: u64 = 2;

/// A hash of contents: most probably different for different contents.
#[derive(Clone, Copy, Default)]
pub struct Digest(u64);

impl Digest {
    /// Adds 8 bytes to the hashed content.
    pub fn word(&mut self, word: u64) {
        const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
        self.0 = (self.0.rotate_left(29) ^ word).wrapping_mul(ODD);
    }

    /// Adds bytes to the hashed content.
    pub fn bytes(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        for &word in words {
            self.word(u64::from_le_bytes(word));
        }
        for &byte in rest {
            self.word(byte.into());
        }
    }

    /// Returns the hash of the content added so far.
    pub fn value(self) -> u64 {
        self.0
    }
}
