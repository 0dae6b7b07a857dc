//! C's memory functions. Compiled code calls `memmove` and `memset` for bulk
//! memory instructions, Rust's compiler calls all of them. Knows nothing of
//! linear memories; bounds were checked before.
//!
//! Up to 128 bytes, accesses from both ends that overlap in the middle need
//! no loop, and moving is as cheap as copying because everything is loaded
//! before anything is stored. Beyond that, loops of four vectors. Filling is
//! left to the processor's own instruction from `arch::LONG` on; its like for
//! copying is up to twenty times slower than a loop at some alignments.
//!
//! The compiler must not turn these loops into calls of the functions they
//! are in; [`opaque`] in a loop's body keeps it from seeing what they do.
//!
//! # Safety
//!
//! All functions have the contracts of their C namesakes; the helpers do as
//! their callers were promised. Each access lies within the given bytes.
#![allow(unsafe_code)]

use crate::arch::{LONG, Vector, fill_long, load, splat, store};

const VECTOR: usize = size_of::<Vector>();
const BLOCK: usize = 4 * VECTOR;

/// # Safety
///
/// C's `memcpy`.
#[cfg_attr(feature = "freestanding", unsafe(no_mangle))]
pub unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    // SAFETY: the caller's promise, and moving can do what copying can.
    unsafe { move_bytes(to, from, count) };
    to
}

/// # Safety
///
/// C's `memmove`.
#[cfg_attr(feature = "freestanding", unsafe(no_mangle))]
pub unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    // SAFETY: the caller's promise.
    unsafe { move_bytes(to, from, count) };
    to
}

/// # Safety
///
/// C's `memset`.
#[cfg_attr(feature = "freestanding", unsafe(no_mangle))]
pub unsafe extern "C" fn memset(to: *mut u8, value: i32, count: usize) -> *mut u8 {
    let byte = value as u8;
    // SAFETY: the caller's promise; each branch stores `count` bytes.
    unsafe {
        match count {
            0..VECTOR => fill_small(to, byte, count),
            VECTOR..BLOCK => fill_vectors(to, byte, count),
            BLOCK..LONG => fill_blocks(to, byte, count),
            _ => fill_long(to, byte, count),
        }
    }
    to
}

/// # Safety
///
/// C's `memcmp`.
#[cfg_attr(feature = "freestanding", unsafe(no_mangle))]
pub unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, count: usize) -> i32 {
    let mut at = 0;
    // SAFETY: the caller's promise; `at` stays below `count`.
    unsafe {
        while at + 8 <= count {
            let (a, b) = (word(left.add(at)), word(right.add(at)));
            if a != b {
                return if a.swap_bytes() < b.swap_bytes() {
                    -1
                } else {
                    1
                };
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
pub unsafe extern "C" fn bcmp(left: *const u8, right: *const u8, count: usize) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { memcmp(left, right, count) }
}

/// # Safety
///
/// C's `strlen`.
#[cfg_attr(feature = "freestanding", unsafe(no_mangle))]
pub unsafe extern "C" fn strlen(string: *const u8) -> usize {
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
    // SAFETY: no instruction.
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

#[inline(always)]
unsafe fn move_bytes(to: *mut u8, from: *const u8, count: usize) {
    // SAFETY: each branch moves `count` bytes.
    unsafe {
        match count {
            0 => {}
            1 => *to = *from,
            2..4 => move_pair::<u16>(to, from, count),
            4..8 => move_pair::<u32>(to, from, count),
            8..VECTOR => move_pair::<u64>(to, from, count),
            VECTOR..=32 => move_pair::<Vector>(to, from, count),
            33..=BLOCK => move_vectors(to, from, count),
            65..=128 => move_blocks(to, from, count),
            _ => move_many(to, from, count),
        }
    }
}

/// Moves as two overlapping accesses of two vectors.
///
/// # Safety
///
/// `count` is between two vectors and four.
#[inline(always)]
unsafe fn move_vectors(to: *mut u8, from: *const u8, count: usize) {
    let last = count - VECTOR;
    // SAFETY: the caller's promise; all is loaded before anything is stored.
    unsafe {
        let first = load(from);
        let second = load(from.add(VECTOR));
        let third = load(from.add(last - VECTOR));
        let fourth = load(from.add(last));
        store(to, first);
        store(to.add(VECTOR), second);
        store(to.add(last - VECTOR), third);
        store(to.add(last), fourth);
    }
}

/// Moves as two overlapping blocks.
///
/// # Safety
///
/// `count` is between one block and two.
#[inline(always)]
unsafe fn move_blocks(to: *mut u8, from: *const u8, count: usize) {
    let last = count - BLOCK;
    // SAFETY: the caller's promise; all is loaded before anything is stored.
    unsafe {
        let head = load_block(from);
        let tail = load_block(from.add(last));
        store_block(to, head);
        store_block(to.add(last), tail);
    }
}

/// Named one by one, so that they are kept in registers.
struct Block(Vector, Vector, Vector, Vector);

#[inline(always)]
unsafe fn load_block(from: *const u8) -> Block {
    // SAFETY: the caller's promise that a block is readable.
    unsafe {
        Block(
            load(from),
            load(from.add(VECTOR)),
            load(from.add(2 * VECTOR)),
            load(from.add(3 * VECTOR)),
        )
    }
}

#[inline(always)]
unsafe fn store_block(to: *mut u8, block: Block) {
    // SAFETY: the caller's promise that a block is writable.
    unsafe {
        store(to, block.0);
        store(to.add(VECTOR), block.1);
        store(to.add(2 * VECTOR), block.2);
        store(to.add(3 * VECTOR), block.3);
    }
}

/// # Safety
///
/// C's `memmove` with more than two blocks.
unsafe fn move_many(to: *mut u8, from: *const u8, count: usize) {
    // SAFETY: going forward, what is stored was loaded before unless the
    // target lies within the source; then going backward does it.
    unsafe {
        if to.addr().wrapping_sub(from.addr()) < count {
            copy_backward(to, from, count);
        } else {
            copy_forward(to, from, count);
        }
    }
}

/// Copies with rising addresses; right for overlaps with the target below the
/// source.
///
/// # Safety
///
/// C's `memmove` with at least a block, `to` not inside `from`'s bytes.
unsafe fn copy_forward(to: *mut u8, from: *const u8, count: usize) {
    let last = count - BLOCK;
    // SAFETY: every block is within `count` bytes. The last may overlap the
    // one before, so it is loaded before that is stored over it.
    unsafe {
        let tail = load_block(from.add(last));
        let mut at = 0;
        while at < last {
            store_block(to.add(at), load_block(from.add(at)));
            at += BLOCK;
            opaque();
        }
        store_block(to.add(last), tail);
    }
}

/// Copies with falling addresses; right for overlaps with the target above
/// the source.
///
/// # Safety
///
/// C's `memmove` with at least a block, `from` not inside `to`'s bytes.
unsafe fn copy_backward(to: *mut u8, from: *const u8, count: usize) {
    // SAFETY: as in `copy_forward`, from the other end.
    unsafe {
        let head = load_block(from);
        let mut at = count;
        while at > BLOCK {
            at -= BLOCK;
            store_block(to.add(at), load_block(from.add(at)));
            opaque();
        }
        store_block(to, head);
    }
}

/// Fills less than a vector.
#[inline(always)]
unsafe fn fill_small(to: *mut u8, byte: u8, count: usize) {
    let pattern = u64::from(byte) * 0x0101_0101_0101_0101;
    // SAFETY: two accesses of each size, within `count` bytes.
    unsafe {
        match count {
            0 => {}
            1 => *to = byte,
            2..4 => {
                to.cast::<u16>().write_unaligned(pattern as u16);
                to.add(count - 2)
                    .cast::<u16>()
                    .write_unaligned(pattern as u16);
            }
            4..8 => {
                to.cast::<u32>().write_unaligned(pattern as u32);
                to.add(count - 4)
                    .cast::<u32>()
                    .write_unaligned(pattern as u32);
            }
            _ => {
                to.cast::<u64>().write_unaligned(pattern);
                to.add(count - 8).cast::<u64>().write_unaligned(pattern);
            }
        }
    }
}

/// Fills between one vector and four.
#[inline(always)]
unsafe fn fill_vectors(to: *mut u8, byte: u8, count: usize) {
    let vector = splat(byte);
    let half = if count >= 2 * VECTOR { VECTOR } else { 0 };
    // SAFETY: four accesses within `count` bytes, which they cover.
    unsafe {
        store(to, vector);
        store(to.add(half), vector);
        store(to.add(count - VECTOR - half), vector);
        store(to.add(count - VECTOR), vector);
    }
}

/// # Safety
///
/// C's `memset` with at least a block.
pub unsafe fn fill_blocks(to: *mut u8, byte: u8, count: usize) {
    let vector = splat(byte);
    let last = count - BLOCK;
    let mut at = 0;
    // SAFETY: every block is within `count` bytes.
    unsafe {
        while at < last {
            store_block(to.add(at), Block(vector, vector, vector, vector));
            at += BLOCK;
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
        for count in sizes() {
            for (from, to) in [(0, 0), (0, 1), (1, 0), (3, 40), (70, 3), (0, 129), (200, 9)] {
                let mut bytes = pattern(count + 256);
                let mut expected = bytes.clone();
                expected.copy_within(from..from + count, to);
                let start = bytes.as_mut_ptr();
                // SAFETY: both ranges are inside `bytes`.
                unsafe { memmove(start.add(to), start.add(from), count) };
                assert!(bytes == expected, "{count} bytes from {from} to {to}");
            }
        }
    }

    #[test]
    fn fills_exactly() {
        for count in sizes() {
            let mut bytes = pattern(count + 8);
            let mut expected = bytes.clone();
            expected[3..3 + count].fill(0xa5);
            // SAFETY: the range is inside `bytes`.
            unsafe { memset(bytes.as_mut_ptr().add(3), 0x1a5, count) };
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
            // SAFETY: it is terminated.
            let length = unsafe { strlen(string.as_ptr().cast()) };
            assert_eq!(length, string.count_bytes());
        }
    }
}
