//! Rounding to pages, whatever their size.

/// Rounds down to a multiple of `unit`, a power of two.
pub(crate) fn round_down(address: u64, unit: u64) -> u64 {
    address & !(unit - 1)
}

/// Rounds up to a multiple of `unit`, a power of two.
pub(crate) fn round_up(address: u64, unit: u64) -> u64 {
    round_down(address + unit - 1, unit)
}
