//! Numbers that limit what a policy can ask for. The command refuses what is
//! outside of them, and the shim relies on them or has room for so much.

use core::ops::RangeInclusive;

/// Number of the standard streams, which are the process's descriptors below
/// it and the guest's first ones. The descriptor of a listener that the caller
/// leaves open is not one of them: it would have two owners then, and when the
/// guest closed its listener, the next file opened would get the number that
/// the runtime writes its messages to.
pub const STANDARD_STREAMS: u32 = 3;

/// Listeners that a program can have at most.
pub const LISTENERS_MAX: usize = 16;

/// Descriptors that a guest can have at most at a time.
pub const OPEN_FILES_MAX: usize = 4096;

/// The numbers that [`Limit::OpenFiles`](crate::Limit::OpenFiles) can be set to
/// when a program is built. The standard streams are always open.
pub const OPEN_FILES: RangeInclusive<u64> = STANDARD_STREAMS as u64..=OPEN_FILES_MAX as u64;
