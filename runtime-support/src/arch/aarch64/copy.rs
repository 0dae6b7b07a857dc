//! Vectors of aarch64 for copying and filling; `arch/mod.rs` has the contract.
//!
//! # Safety
//!
//! NEON is part of the target.
#![allow(unsafe_code, reason = "see Safety")]

use core::arch::aarch64::{uint8x16_t, vdupq_n_u8};

pub(crate) type Vector = uint8x16_t;

/// There is no wider one: nobody calls the functions that use it.
pub(crate) type WideVector = uint8x16_t;

#[inline(always)]
pub(crate) fn splat(byte: u8) -> Vector {
    // SAFETY: NEON is part of the target.
    unsafe { vdupq_n_u8(byte) }
}

/// Never does it: pairs of vectors are as fast as any instruction.
#[inline(always)]
pub(crate) unsafe fn fill_at_once(_to: *mut u8, _byte: u8, _count: usize) -> bool {
    false
}

macro_rules! wide {
    ($($function:item)+) => {
        $( $function )+
    };
}

pub(crate) use wide;
