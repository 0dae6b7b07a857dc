//! The built-in functions by which adapters pass strings from one memory to another. The
//! context of each is a [`Transcoding`]; addresses are the guests', lengths are units of the
//! encoding that is read.
//!
//! # Safety
//!
//! The records are the compiler's. The two slices that a function borrows do not overlap,
//! which is checked, and no guest runs while they are borrowed.
#![allow(unsafe_code, reason = "see Safety")]

use crate::transcode::{self, Invalid};
use crate::trap::trap;
use quench_abi::component::Transcoding;

/// Returns the bytes that are read and those that are written. Traps if they are not inside
/// their memories, or overlap.
fn slices(
    memories: &Transcoding,
    from: (u32, usize),
    to: (u32, usize),
) -> (&'static [u8], &'static mut [u8]) {
    let place = |memory: *const quench_abi::Memory, (address, length): (u32, usize)| {
        // SAFETY: the record is the compiler's.
        let (base, size) = unsafe { ((*memory).base, (*memory).length) };
        if u64::from(address) + length as u64 > size {
            trap("string content out-of-bounds");
        }
        base.wrapping_add(address as usize)
    };
    let (source, target) = (place(memories.from, from), place(memories.to, to));
    let (first, second) = (source.addr(), target.addr());
    if to.1 != 0 && first < second + to.1 && second < first + from.1 {
        trap("a string is passed to the memory that it is in");
    }
    // SAFETY: both are in bounds and do not overlap.
    unsafe {
        (core::slice::from_raw_parts(source, from.1), core::slice::from_raw_parts_mut(target, to.1))
    }
}

/// Returns the result of a step, and traps if the string was not valid.
pub(crate) fn valid<T>(result: Result<T, Invalid>) -> T {
    match result {
        Ok(value) => value,
        Err(Invalid::Utf8) => trap("invalid utf-8 encoding"),
        Err(Invalid::Utf16) => trap("unpaired surrogate: invalid utf-16 encoding"),
    }
}

/// The two results of a function, in the array that its last parameter points to.
type Results = [u64; 2];

fn both((read, written): (usize, usize)) -> Results {
    [read as u64, written as u64]
}

macro_rules! copies {
    ($($name:ident, $from:literal, $to:literal, $step:expr;)*) => {$(
        #[unsafe(no_mangle)]
        extern "C" fn $name(memories: &'static Transcoding, from: u32, length: u32, to: u32) {
            let length = length as usize;
            let (from, to) = slices(memories, (from, length * $from), (to, length * $to));
            ($step)(from, to);
        }
    )*};
}

copies! {
    quench_transcode_copy_utf8, 1, 1, |from, to| valid(transcode::copy_utf8(from, to));
    quench_transcode_copy_utf16, 2, 2, |from, to| valid(transcode::copy_utf16(from, to));
    quench_transcode_copy_latin1, 1, 1, |from, to: &mut [u8]| to.copy_from_slice(from);
    quench_transcode_latin1_to_utf16, 1, 2, transcode::latin1_to_utf16;
}

#[unsafe(no_mangle)]
extern "C" fn quench_transcode_utf8_to_utf16(
    memories: &'static Transcoding,
    from: u32,
    length: u32,
    to: u32,
) -> u32 {
    let length = length as usize;
    let (from, to) = slices(memories, (from, length), (to, length * 2));
    valid(transcode::utf8_to_utf16(from, to)) as u32
}

#[unsafe(no_mangle)]
extern "C" fn quench_transcode_utf16_to_compact_probably_utf16(
    memories: &'static Transcoding,
    from: u32,
    length: u32,
    to: u32,
) -> u32 {
    let length = length as usize * 2;
    let (from, to) = slices(memories, (from, length), (to, length));
    valid(transcode::utf16_to_compact_probably_utf16(from, to)) as u32
}

#[unsafe(no_mangle)]
extern "C" fn quench_transcode_utf8_to_latin1(
    memories: &'static Transcoding,
    from: u32,
    length: u32,
    to: u32,
    results: &mut Results,
) {
    let length = length as usize;
    let (from, to) = slices(memories, (from, length), (to, length));
    *results = both(valid(transcode::utf8_to_latin1(from, to)));
}

#[unsafe(no_mangle)]
extern "C" fn quench_transcode_utf16_to_latin1(
    memories: &'static Transcoding,
    from: u32,
    length: u32,
    to: u32,
    results: &mut Results,
) {
    let length = length as usize;
    let (from, to) = slices(memories, (from, length * 2), (to, length));
    *results = both(valid(transcode::utf16_to_latin1(from, to)));
}

#[unsafe(no_mangle)]
extern "C" fn quench_transcode_utf16_to_utf8(
    memories: &'static Transcoding,
    from: u32,
    length: u32,
    to: u32,
    to_length: u32,
    _: u32,
    results: &mut Results,
) {
    let (from, to) = slices(memories, (from, length as usize * 2), (to, to_length as usize));
    *results = both(valid(transcode::utf16_to_utf8(from, to)));
}

#[unsafe(no_mangle)]
extern "C" fn quench_transcode_latin1_to_utf8(
    memories: &'static Transcoding,
    from: u32,
    length: u32,
    to: u32,
    to_length: u32,
    _: u32,
    results: &mut Results,
) {
    let (from, to) = slices(memories, (from, length as usize), (to, to_length as usize));
    *results = both(transcode::latin1_to_utf8(from, to));
}

#[unsafe(no_mangle)]
extern "C" fn quench_transcode_utf8_to_compact_utf16(
    memories: &'static Transcoding,
    from: u32,
    length: u32,
    to: u32,
    to_units: u32,
    done: u32,
) -> u32 {
    let (from, to) = slices(memories, (from, length as usize), (to, to_units as usize * 2));
    valid(transcode::utf8_to_compact_utf16(from, to, done as usize)) as u32
}

#[unsafe(no_mangle)]
extern "C" fn quench_transcode_utf16_to_compact_utf16(
    memories: &'static Transcoding,
    from: u32,
    length: u32,
    to: u32,
    to_units: u32,
    done: u32,
) -> u32 {
    let (from, to) = slices(memories, (from, length as usize * 2), (to, to_units as usize * 2));
    valid(transcode::utf16_to_compact_utf16(from, to, done as usize)) as u32
}
