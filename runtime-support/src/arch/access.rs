//! The access that an instruction makes: what it does with memory, in terms of the processor.

use quench_abi::AccessKind;

/// A load or store of an instruction.
#[derive(Clone, Copy)]
pub(crate) struct Access {
    /// Address of the first byte.
    pub(crate) address: usize,
    /// Number of bytes.
    pub(crate) width: u8,
    /// Whether it reads these bytes, writes them, or both in one step.
    pub(crate) kind: AccessKind,
    /// For a store of 8 bytes from a register, or of a constant: what it stores.
    pub(crate) value: u64,
}
