//! Vectors of x86_64 for copying and filling; `arch/mod.rs` has the contract.
//!
//! # Safety
//!
//! SSE2 is part of x86_64. Where AVX is needed, that is the caller's promise.
#![allow(unsafe_code, reason = "see Safety")]

use core::arch::asm;
use core::arch::x86_64::{__m128i, __m256i, _mm_set1_epi8};

pub(crate) type Vector = __m128i;

pub(crate) type WideVector = __m256i;

#[inline(always)]
pub(crate) fn splat(byte: u8) -> Vector {
    // SAFETY: SSE2 is part of x86_64.
    unsafe { _mm_set1_epi8(byte.cast_signed()) }
}

/// `rep stosb`, whose microcode writes whole cache lines.
#[inline(always)]
pub(crate) unsafe fn fill_at_once(to: *mut u8, byte: u8, count: usize) -> bool {
    /// Bytes from which on it is worth its start.
    const LEAST: usize = 2048;
    if count < LEAST {
        return false;
    }
    // SAFETY: the caller's promise; the direction flag is clear by convention.
    unsafe {
        asm!(
            "rep stosb",
            inout("rcx") count => _,
            inout("rdi") to => _,
            in("al") byte,
            options(nostack, preserves_flags),
        );
    }
    true
}

macro_rules! wide {
    ($($function:item)+) => {
        $( #[target_feature(enable = "avx")] $function )+
    };
}

pub(crate) use wide;
