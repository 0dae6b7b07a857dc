//! aarch64. `arch/mod.rs` has the contract of what is here.

pub(super) mod caller;
pub(super) mod copy;
mod decode;
pub(super) mod entry;
pub(super) mod features;
pub(super) mod kernel;
pub(super) mod signal;
pub(super) mod switch;
