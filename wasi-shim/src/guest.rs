//! The guest as one call of a host function sees it. Vocabulary only: each
//! function says in its own file what it does.

use crate::descriptors::Descriptors;
use crate::memory::Memory;

/// Memory and descriptors of the guest, borrowed for one call.
pub(crate) struct Guest<'a> {
    pub(crate) memory: Memory<'a>,
    pub(crate) descriptors: &'a mut Descriptors,
    /// Whether the kernel's strict mode is on, which leaves only `read` and
    /// `write` of the system calls that transfer data.
    pub(crate) strict: bool,
}
