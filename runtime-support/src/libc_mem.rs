//! C's memory functions. Compiled code calls `memmove` and `memset` for bulk
//! memory instructions, or the same functions with wider vectors; Rust's
//! compiler calls all of them. This file knows nothing of linear memories; bounds
//! were checked before.
//!
//! Up to eight vectors, accesses from both ends that overlap in the middle need
//! no loop, and moving is as cheap as copying because everything is loaded
//! before anything is stored. Beyond that there are loops of four vectors, of which
//! the stores are aligned. Filling is left to the processor's own instruction where
//! that is worth its start; its counterpart for copying is up to twenty times slower
//! than a loop at some alignments.
//!
//! Vectors are of any type that loads and stores as one, and all helpers are
//! inlined: so they are compiled for the processor that the function is for.
//!
//! The compiler must not turn these loops into calls of the functions they
//! are in; [`opaque`] in a loop's body keeps it from seeing what they do.
//!
//! # Safety
//!
//! All functions have the contracts of their C namesakes; the helpers rely on the
//! same promises. Each access lies within the given bytes.
#![allow(unsafe_code, reason = "see Safety")]

use crate::arch::{Vector, WideVector, fill_at_once, splat, wide};
use core::mem::transmute_copy;

/// # Safety
///
/// C's `memcpy`.
#[cfg_attr(feature = "freestanding", unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    // SAFETY: the caller's promise, and moving can do what copying can.
    unsafe { memmove(to, from, count) }
}

/// # Safety
///
/// C's `memmove`.
#[cfg_attr(feature = "freestanding", unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    // SAFETY: the caller's promise.
    unsafe { move_bytes::<Vector>(to, from, count) };
    to
}

/// # Safety
///
/// C's `memset`.
#[cfg_attr(feature = "freestanding", unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn memset(to: *mut u8, value: i32, count: usize) -> *mut u8 {
    // SAFETY: the caller's promise.
    unsafe { fill_bytes::<Vector>(to, value as u8, count) };
    to
}

wide! {
    /// `memmove` with wide vectors.
    ///
    /// # Safety
    ///
    /// The contract is that of C's `memmove`, on a processor with [`quench_abi::WIDE`].
    #[cfg_attr(feature = "freestanding", unsafe(no_mangle))]
    pub unsafe extern "C" fn quench_memmove_wide(
        to: *mut u8,
        from: *const u8,
        count: usize,
    ) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe { move_bytes::<WideVector>(to, from, count) };
        to
    }

    /// `memset` with wide vectors.
    ///
    /// # Safety
    ///
    /// The contract is that of C's `memset`, on a processor with [`quench_abi::WIDE`].
    #[cfg_attr(feature = "freestanding", unsafe(no_mangle))]
    pub unsafe extern "C" fn quench_memset_wide(to: *mut u8, value: i32, count: usize) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe { fill_bytes::<WideVector>(to, value as u8, count) };
        to
    }
}

/// # Safety
///
/// C's `memcmp`.
#[cfg_attr(feature = "freestanding", unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, count: usize) -> i32 {
    let mut at = 0;
    // SAFETY: the caller's promise; `at` stays below `count`.
    unsafe {
        while at + 8 <= count {
            let (a, b) = (word(left.add(at)), word(right.add(at)));
            if a != b {
                return if a.swap_bytes() < b.swap_bytes() { -1 } else { 1 };
            }
            at += 8;
        }
        while at < count {
            let (a, b) = (*left.add(at), *right.add(at));
            if a != b {
                return i32::from(a) - i32::from(b);
            }
            at += 1;
            opaque();
        }
    }
    0
}

/// # Safety
///
/// BSD's `bcmp`: 0 if the bytes are equal.
#[cfg_attr(feature = "freestanding", unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn bcmp(left: *const u8, right: *const u8, count: usize) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { memcmp(left, right, count) }
}

/// # Safety
///
/// C's `strlen`.
#[cfg_attr(feature = "freestanding", unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn strlen(string: *const u8) -> usize {
    let mut length = 0;
    // SAFETY: the caller's promise; the loop ends at the terminator.
    while unsafe { *string.add(length) } != 0 {
        length += 1;
        opaque();
    }
    length
}

/// Hides memory from the optimiser at this point.
#[inline(always)]
fn opaque() {
    // SAFETY: this is no instruction.
    unsafe { core::arch::asm!("", options(nostack, preserves_flags)) };
}

#[inline(always)]
unsafe fn word(at: *const u8) -> u64 {
    // SAFETY: the caller's promise that 8 bytes are readable.
    unsafe { at.cast::<u64>().read_unaligned() }
}

/// Moves as two overlapping accesses of the same type.
///
/// # Safety
///
/// `count` is between the type's size and twice that.
#[inline(always)]
unsafe fn move_pair<T: Copy>(to: *mut u8, from: *const u8, count: usize) {
    let last = count - size_of::<T>();
    // SAFETY: the caller's promise; both accesses are within `count` bytes.
    unsafe {
        let head = from.cast::<T>().read_unaligned();
        let tail = from.add(last).cast::<T>().read_unaligned();
        to.cast::<T>().write_unaligned(head);
        to.add(last).cast::<T>().write_unaligned(tail);
    }
}

/// # Safety
///
/// C's `memmove`.
#[inline(always)]
unsafe fn move_bytes<V: Copy>(to: *mut u8, from: *const u8, count: usize) {
    // SAFETY: each branch moves `count` bytes.
    unsafe {
        match count {
            0 => {}
            1 => *to = *from,
            2..4 => move_pair::<u16>(to, from, count),
            4..8 => move_pair::<u32>(to, from, count),
            8..16 => move_pair::<u64>(to, from, count),
            16..=32 => move_pair::<Vector>(to, from, count),
            _ if count <= 2 * size_of::<V>() => move_pair::<V>(to, from, count),
            _ if count <= 4 * size_of::<V>() => move_vectors::<V>(to, from, count),
            _ if count <= 8 * size_of::<V>() => move_blocks::<V>(to, from, count),
            _ => move_many::<V>(to, from, count),
        }
    }
}

#[inline(always)]
unsafe fn load<V: Copy>(from: *const u8) -> V {
    // SAFETY: the caller's promise that a vector is readable.
    unsafe { from.cast::<V>().read_unaligned() }
}

#[inline(always)]
unsafe fn store<V: Copy>(to: *mut u8, vector: V) {
    // SAFETY: the caller's promise that a vector is writable.
    unsafe { to.cast::<V>().write_unaligned(vector) }
}

/// Moves as two overlapping accesses of two vectors.
///
/// # Safety
///
/// `count` is between two vectors and four.
#[inline(always)]
unsafe fn move_vectors<V: Copy>(to: *mut u8, from: *const u8, count: usize) {
    let vector = size_of::<V>();
    let last = count - vector;
    // SAFETY: the caller's promise; all is loaded before anything is stored.
    unsafe {
        let first = load::<V>(from);
        let second = load::<V>(from.add(vector));
        let third = load::<V>(from.add(last - vector));
        let fourth = load::<V>(from.add(last));
        store(to, first);
        store(to.add(vector), second);
        store(to.add(last - vector), third);
        store(to.add(last), fourth);
    }
}

/// Moves as two overlapping blocks.
///
/// # Safety
///
/// `count` is between one block and two.
#[inline(always)]
unsafe fn move_blocks<V: Copy>(to: *mut u8, from: *const u8, count: usize) {
    let last = count - size_of::<Block<V>>();
    // SAFETY: the caller's promise; all is loaded before anything is stored.
    unsafe {
        let head = load_block::<V>(from);
        let tail = load_block::<V>(from.add(last));
        store_block(to, head);
        store_block(to.add(last), tail);
    }
}

/// Four vectors, named one by one so that they are kept in registers.
struct Block<V>(V, V, V, V);

#[inline(always)]
unsafe fn load_block<V: Copy>(from: *const u8) -> Block<V> {
    let vector = size_of::<V>();
    // SAFETY: the caller's promise that a block is readable.
    unsafe {
        Block(
            load(from),
            load(from.add(vector)),
            load(from.add(2 * vector)),
            load(from.add(3 * vector)),
        )
    }
}

#[inline(always)]
unsafe fn store_block<V: Copy>(to: *mut u8, block: Block<V>) {
    let vector = size_of::<V>();
    // SAFETY: the caller's promise that a block is writable.
    unsafe {
        store(to, block.0);
        store(to.add(vector), block.1);
        store(to.add(2 * vector), block.2);
        store(to.add(3 * vector), block.3);
    }
}

/// # Safety
///
/// C's `memmove` with more than two blocks.
#[inline(always)]
unsafe fn move_many<V: Copy>(to: *mut u8, from: *const u8, count: usize) {
    // SAFETY: going forward, what is stored was loaded before unless the
    // target lies within the source; then going backward does it.
    unsafe {
        if to.addr().wrapping_sub(from.addr()) < count {
            copy_backward::<V>(to, from, count);
        } else {
            copy_forward::<V>(to, from, count);
        }
    }
}

/// Copies with rising addresses; right for overlaps with the target below the
/// source.
///
/// # Safety
///
/// C's `memmove` with more than a block, `to` not inside `from`'s bytes.
#[inline(always)]
unsafe fn copy_forward<V: Copy>(to: *mut u8, from: *const u8, count: usize) {
    let (vector, block) = (size_of::<V>(), size_of::<Block<V>>());
    let last = count - block;
    // SAFETY: every access is within `count` bytes. Both ends may overlap what
    // the loop stores: so they are loaded before it and stored behind it.
    unsafe {
        let head = load::<V>(from);
        let tail = load_block::<V>(from.add(last));
        let mut at = vector - to.addr() % vector;
        while at < last {
            store_block(to.add(at), load_block::<V>(from.add(at)));
            at += block;
            opaque();
        }
        store_block(to.add(last), tail);
        store(to, head);
    }
}

/// Copies with falling addresses; right for overlaps with the target above
/// the source.
///
/// # Safety
///
/// C's `memmove` with more than a block, `from` not inside `to`'s bytes.
#[inline(always)]
unsafe fn copy_backward<V: Copy>(to: *mut u8, from: *const u8, count: usize) {
    let (vector, block) = (size_of::<V>(), size_of::<Block<V>>());
    let last = count - vector;
    // SAFETY: as in `copy_forward`, from the other end.
    unsafe {
        let head = load_block::<V>(from);
        let tail = load::<V>(from.add(last));
        let mut at = count - (to.addr() + count) % vector;
        while at > block {
            at -= block;
            store_block(to.add(at), load_block::<V>(from.add(at)));
            opaque();
        }
        store_block(to, head);
        store(to.add(last), tail);
    }
}

/// # Safety
///
/// C's `memset`.
#[inline(always)]
unsafe fn fill_bytes<V: Copy>(to: *mut u8, byte: u8, count: usize) {
    // SAFETY: each branch stores `count` bytes.
    unsafe {
        match count {
            0..16 => fill_small(to, byte, count),
            16..=32 => fill_pair(to, splat(byte), count),
            _ if count < size_of::<Block<V>>() => fill_vectors::<V>(to, byte, count),
            _ if fill_at_once(to, byte, count) => {}
            _ => fill_blocks::<V>(to, byte, count),
        }
    }
}

/// Fills less than 16 bytes.
#[inline(always)]
unsafe fn fill_small(to: *mut u8, byte: u8, count: usize) {
    let pattern = u64::from(byte) * 0x0101_0101_0101_0101;
    // SAFETY: two accesses of each size, within `count` bytes.
    unsafe {
        match count {
            0 => {}
            1 => *to = byte,
            2..4 => fill_pair(to, pattern as u16, count),
            4..8 => fill_pair(to, pattern as u32, count),
            _ => fill_pair(to, pattern, count),
        }
    }
}

/// Fills between one access and two.
#[inline(always)]
unsafe fn fill_pair<T: Copy>(to: *mut u8, pattern: T, count: usize) {
    // SAFETY: both accesses are within `count` bytes.
    unsafe {
        store(to, pattern);
        store(to.add(count - size_of::<T>()), pattern);
    }
}

/// Returns a vector with `byte` in each of its bytes; it is one or two of the
/// machine's vectors.
#[inline(always)]
fn filled<V: Copy>(byte: u8) -> V {
    const { assert!(size_of::<V>() <= 2 * size_of::<Vector>()) };
    // SAFETY: vectors are plain bytes, and there are at least as many.
    unsafe { transmute_copy(&[splat(byte); 2]) }
}

/// Fills between one vector and four.
#[inline(always)]
unsafe fn fill_vectors<V: Copy>(to: *mut u8, byte: u8, count: usize) {
    let (size, vector) = (size_of::<V>(), filled::<V>(byte));
    let half = if count >= 2 * size { size } else { 0 };
    // SAFETY: four accesses within `count` bytes, which they cover.
    unsafe {
        store(to, vector);
        store(to.add(half), vector);
        store(to.add(count - size - half), vector);
        store(to.add(count - size), vector);
    }
}

/// # Safety
///
/// C's `memset` with at least a block.
#[inline(always)]
unsafe fn fill_blocks<V: Copy>(to: *mut u8, byte: u8, count: usize) {
    let vector = filled::<V>(byte);
    let last = count - size_of::<Block<V>>();
    // SAFETY: every access is within `count` bytes.
    unsafe {
        store(to, vector);
        let mut at = size_of::<V>() - to.addr() % size_of::<V>();
        while at < last {
            store_block(to.add(at), Block(vector, vector, vector, vector));
            at += size_of::<Block<V>>();
            opaque();
        }
        store_block(to.add(last), Block(vector, vector, vector, vector));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    extern crate std;
    use std::vec::Vec;

    /// Sizes around every change of method.
    fn sizes() -> impl Iterator<Item = usize> {
        (0..300).chain([2047, 2048, 2049, 2111, 2112, 4095, 5000])
    }

    fn pattern(length: usize) -> Vec<u8> {
        (0..length).map(|i| (i * 7 + i / 251) as u8).collect()
    }

    #[test]
    fn moves_like_copy_within() {
        moves_vectors_of::<Vector>();
        moves_vectors_of::<[Vector; 2]>();
    }

    fn moves_vectors_of<V: Copy>() {
        for count in sizes() {
            for (from, to) in [(0, 0), (0, 1), (1, 0), (3, 40), (70, 3), (0, 129), (200, 9)] {
                let mut bytes = pattern(count + 256);
                let mut expected = bytes.clone();
                expected.copy_within(from..from + count, to);
                let start = bytes.as_mut_ptr();
                // SAFETY: both ranges are inside `bytes`.
                unsafe { move_bytes::<V>(start.add(to), start.add(from), count) };
                assert!(bytes == expected, "{count} bytes from {from} to {to}");
            }
        }
    }

    #[test]
    fn fills_exactly() {
        fills_vectors_of::<Vector>();
        fills_vectors_of::<[Vector; 2]>();
    }

    fn fills_vectors_of<V: Copy>() {
        for count in sizes() {
            let mut bytes = pattern(count + 8);
            let mut expected = bytes.clone();
            expected[3..3 + count].fill(0xa5);
            // SAFETY: the range is inside `bytes`.
            unsafe { fill_bytes::<V>(bytes.as_mut_ptr().add(3), 0xa5, count) };
            assert!(bytes == expected, "{count} bytes");
        }
    }

    #[test]
    fn compares_like_slices() {
        for count in 0..40 {
            let left = pattern(count);
            for place in 0..count {
                let mut right = left.clone();
                right[place] ^= 0x80;
                // SAFETY: both have `count` bytes.
                let order = unsafe { memcmp(left.as_ptr(), right.as_ptr(), count) };
                assert_eq!(order.cmp(&0), left.cmp(&right), "{place} of {count}");
            }
            // SAFETY: both have `count` bytes.
            let difference = unsafe { bcmp(left.as_ptr(), left.clone().as_ptr(), count) };
            assert_eq!(difference, 0);
        }
    }

    #[test]
    fn measures_strings() {
        for string in [c"", c"a", c"a longer one"] {
            // SAFETY: the string is terminated.
            let length = unsafe { strlen(string.as_ptr().cast()) };
            assert_eq!(length, string.count_bytes());
        }
    }
}
