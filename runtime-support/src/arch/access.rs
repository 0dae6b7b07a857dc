//! What an instruction does with memory, in terms of the processor.

use quench_abi::AccessKind;

/// What an instruction loads or stores.
#[derive(Clone, Copy)]
pub(crate) struct Access {
    /// Address of the first byte.
    pub(crate) address: usize,
    /// Number of bytes.
    pub(crate) width: u8,
    /// What happens to these bytes.
    pub(crate) kind: AccessKind,
    /// For a store of 8 bytes from a register, or of a constant: what it stores.
    pub(crate) value: u64,
}
