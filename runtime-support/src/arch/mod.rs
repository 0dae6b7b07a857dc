//! Everything that depends on the processor: the first instructions, stack
//! switching, the registers in a signal's context, and wide copying. Both
//! files have the same items in the same order.

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "x86_64")]
mod x86_64;

#[cfg(target_arch = "aarch64")]
pub use aarch64::*;
#[cfg(target_arch = "x86_64")]
pub use x86_64::*;
