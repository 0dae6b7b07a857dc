//! The collector's tables: what it knows of each address in the heap. Knows the tables'
//! places and how to make them and the heap accessible, not what is done with them.
//!
//! A table has an entry for each unit of addresses below 4 GiB; entries for addresses before
//! the heap are never touched. From the first address on:
//!
//! | table | entry | for each |
//! | --- | --- | --- |
//! | cards | a byte, see [`quench_abi::CARDS`] | 512 bytes |
//! | [`MARKS`] | a bit: an object begins here that was needed at the last collection, or is now | 8 bytes |
//! | [`STARTS`] | a bit, during a collection: an object begins here that was made after the last one | 8 bytes |
//! | [`LINES`] | a byte: [`FREE`], [`KEPT`] or [`FRESH`] | 256 bytes |
//! | pages | 4 bytes, see `large` | 4 KiB |
//! | blocks | a byte, see `space` | 32 KiB |
//! | [`LIST`] | objects to look at | |
//!
//! # Safety
//!
//! There is one thread. [`reserve`] maps the reservation once and it stays. Functions here are
//! called with addresses in parts of the heap that [`prepare`] was called for, whose entries in the
//! tables are accessible.
#![allow(unsafe_code, reason = "see Safety")]

use core::ffi::c_void;
use core::ops::Range;
use core::ptr::with_exposed_provenance_mut;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use quench_abi::{BLOCK_SIZE, CARD_SIZE_LOG2, CARDS, HEAP_BASE, HEAP_END, PAGE_SIZE};
use rustix::io::Errno;
use rustix::mm::{Advice, MapFlags, MprotectFlags, ProtFlags, madvise, mmap_anonymous, mprotect};

/// Bytes of a line: what is kept or free as a whole.
pub(super) const LINE: usize = 1 << 8;
/// Bytes of a block: no hole and no small object crosses its ends.
pub(super) const BLOCK: usize = BLOCK_SIZE as usize;
/// Bytes of the pages that large objects are made of.
pub(super) const PAGE: usize = 1 << 12;
/// The most bytes of an object in a block; larger ones have pages of their own.
pub(super) const LARGEST_IN_BLOCK: usize = quench_abi::LARGEST_IN_BLOCK as usize;

/// Address of the first object's place.
pub(super) const BASE: usize = HEAP_BASE as usize;
/// End of the addresses of objects.
pub(super) const END: usize = HEAP_END as usize;

/// Bytes of addresses whose entries in the tables become accessible together.
const CHUNK: usize = 1 << 26;

/// The line of nothing: it can be used.
pub(super) const FREE: u8 = 0;
/// The line of an object that was needed at the last collection.
pub(super) const KEPT: u8 = 1;
/// The line that was given to code after the last collection.
pub(super) const FRESH: u8 = 2;

pub(super) const MARKS: Bits = Bits(0x1080_0000);
pub(super) const STARTS: Bits = Bits(0x1480_0000);
pub(super) const LINES: Table<u8, 8> = Table::new(0x1880_0000);
pub(super) const PAGES: Table<u32, 12> = Table::new(0x1980_0000);
pub(super) const BLOCKS: Table<u8, 15> = Table::new(0x19c0_0000);
const CARD_BYTES: Table<u8, CARD_SIZE_LOG2> = Table::new(CARDS as usize);
/// Addresses of the collector's list.
pub(super) const LIST: Range<usize> = 0x1a00_0000..BASE;

/// The chunks whose entries are accessible, a bit each.
static CHUNKS: AtomicU64 = AtomicU64::new(0);

/// Returns a pointer to an address of the reservation.
pub(super) fn at<T>(address: usize) -> *mut T {
    with_exposed_provenance_mut(address)
}

/// A table with an entry of `T` for each 2^`LOG2` bytes.
#[derive(Clone, Copy)]
pub(super) struct Table<T, const LOG2: u32> {
    start: usize,
    entry: core::marker::PhantomData<T>,
}

impl<T: Copy, const LOG2: u32> Table<T, LOG2> {
    const fn new(start: usize) -> Table<T, LOG2> {
        Table { start, entry: core::marker::PhantomData }
    }

    /// Returns the place of the entry of an address.
    #[inline(always)]
    pub(super) fn place(self, address: usize) -> *mut T {
        at(self.start + (address >> LOG2) * size_of::<T>())
    }

    #[inline(always)]
    pub(super) fn get(self, address: usize) -> T {
        // SAFETY: see the head of this file.
        unsafe { self.place(address).read() }
    }

    #[inline(always)]
    pub(super) fn set(self, address: usize, entry: T) {
        // SAFETY: see the head of this file.
        unsafe { self.place(address).write(entry) }
    }

    /// Sets all bytes of the entries of whole units.
    pub(super) fn fill(self, range: Range<usize>, byte: u8) {
        let count = (range.end - range.start) >> LOG2;
        // SAFETY: see the head of this file.
        unsafe { self.place(range.start).write_bytes(byte, count) };
    }

    /// Returns the bytes of entries that the range has, which is divided into words, and the
    /// first word's place.
    fn words(self, range: Range<usize>) -> (*mut u64, usize) {
        let bytes = ((range.end - range.start) >> LOG2) * size_of::<T>();
        (self.place(range.start).cast(), bytes / size_of::<u64>())
    }

    /// Visits the words that the entries of a range are, with the address of the first entry of
    /// each.
    #[inline(always)]
    pub(super) fn each_word(self, range: Range<usize>, mut visit: impl FnMut(usize, &mut u64)) {
        let (words, count) = self.words(range.clone());
        let unit = (size_of::<u64>() / size_of::<T>()) << LOG2;
        for index in 0..count {
            // SAFETY: see the head of this file; the word is borrowed once.
            visit(range.start + index * unit, unsafe { &mut *words.add(index) });
        }
    }
}

/// A table with a bit for each 8 bytes.
#[derive(Clone, Copy)]
pub(super) struct Bits(usize);

/// Bytes of addresses whose bits are one word.
pub(super) const BITS_UNIT: usize = 8 * 64;

impl Bits {
    /// Returns the place of the word with the bit of an address, and the bit.
    #[inline(always)]
    fn place(self, address: usize) -> (*mut u64, u64) {
        (self.word_place(address), 1 << (address >> 3 & 63))
    }

    #[inline(always)]
    fn word_place(self, address: usize) -> *mut u64 {
        at(self.0 + address / BITS_UNIT * size_of::<u64>())
    }

    #[inline(always)]
    pub(super) fn has(self, address: usize) -> bool {
        let (word, bit) = self.place(address);
        // SAFETY: see the head of this file.
        unsafe { *word & bit != 0 }
    }

    /// Sets the bit of an address. Returns whether it was not set.
    #[inline(always)]
    pub(super) fn set(self, address: usize) -> bool {
        let (word, bit) = self.place(address);
        // SAFETY: see the head of this file.
        unsafe {
            let old = word.read();
            word.write(old | bit);
            old & bit == 0
        }
    }

    pub(super) fn clear(self, address: usize) {
        let (word, bit) = self.place(address);
        // SAFETY: see the head of this file.
        unsafe { word.write(word.read() & !bit) };
    }

    /// Returns the word with the bit of an address.
    #[inline(always)]
    pub(super) fn word(self, address: usize) -> u64 {
        // SAFETY: see the head of this file.
        unsafe { self.word_place(address).read() }
    }

    /// Sets bits of the word with the bit of an address.
    pub(super) fn add(self, address: usize, bits: u64) {
        // SAFETY: see the head of this file.
        unsafe { *self.word_place(address) |= bits };
    }

    /// Clears all bits of whole words.
    pub(super) fn clear_all(self, range: Range<usize>) {
        let count = (range.end - range.start) / BITS_UNIT;
        // SAFETY: see the head of this file.
        unsafe { self.word_place(range.start).write_bytes(0, count) };
    }

    /// Returns the nearest address at or below one whose bit is set, if an object in a block
    /// that begins there can reach this far.
    #[inline(always)]
    pub(super) fn last(self, address: usize) -> Option<usize> {
        let lowest = address.saturating_sub(LARGEST_IN_BLOCK).max(BASE);
        // The bit of the address and those below it.
        let mut bits = self.word(address) & (u64::MAX >> (63 - (address >> 3 & 63)));
        let mut unit = address / BITS_UNIT * BITS_UNIT;
        while bits == 0 {
            if unit <= lowest {
                return None;
            }
            unit -= BITS_UNIT;
            bits = self.word(unit);
        }
        Some(unit + 8 * (63 - bits.leading_zeros() as usize))
    }
}

/// The table of cards, with a card in each byte.
pub(super) fn cards() -> Table<u8, CARD_SIZE_LOG2> {
    CARD_BYTES
}

/// Reserves the addresses of cards, tables and objects.
///
/// # Errors
///
/// Returns the error of the system: `EXIST` if something else is there.
pub(super) fn reserve() -> Result<(), Errno> {
    let flags = MapFlags::PRIVATE | MapFlags::NORESERVE | MapFlags::FIXED_NOREPLACE;
    let start = CARDS as usize;
    // SAFETY: a new mapping.
    let mapped = unsafe { mmap_anonymous(at(start), END - start, ProtFlags::empty(), flags)? };
    // Kernels before 4.17 do not know the flag.
    if mapped != at(start) {
        return Err(Errno::EXIST);
    }
    let first_block = BLOCKS.place(0).addr();
    let last_block = BLOCKS.place(1 << 32).addr();
    let hole = CARDS as usize..CARDS as usize + PAGE_SIZE as usize;
    let accessible = make_accessible(first_block..last_block) && make_accessible(hole);
    accessible.then_some(()).ok_or(Errno::NOMEM)
}

/// Makes addresses of the heap accessible, and their entries in the tables. Both ends are
/// multiples of the system's page size. Returns whether there is memory for that.
pub(super) fn prepare(range: Range<usize>) -> bool {
    let chunks = range.start / CHUNK..range.end.div_ceil(CHUNK);
    chunks.into_iter().all(prepare_chunk) && make_accessible(range)
}

/// Makes the entries of a chunk accessible.
fn prepare_chunk(chunk: usize) -> bool {
    if CHUNKS.load(Relaxed) >> chunk & 1 != 0 {
        return true;
    }
    let (start, end) = (chunk * CHUNK, (chunk + 1) * CHUNK);
    let bits = |table: Bits| table.word_place(start).addr()..table.word_place(end).addr();
    let all = [
        cards().place(start).addr()..cards().place(end).addr(),
        bits(MARKS),
        bits(STARTS),
        LINES.place(start).addr()..LINES.place(end).addr(),
        PAGES.place(start).addr()..PAGES.place(end).addr(),
    ];
    let is_ready = all.into_iter().all(make_accessible);
    if is_ready {
        CHUNKS.fetch_or(1 << chunk, Relaxed);
    }
    is_ready
}

/// Makes bytes of the reservation readable and writable. Returns whether there is memory
/// for that.
pub(super) fn make_accessible(range: Range<usize>) -> bool {
    let access = MprotectFlags::READ | MprotectFlags::WRITE;
    // SAFETY: within the reservation, which is ours.
    unsafe { mprotect(at::<c_void>(range.start), range.end - range.start, access) }.is_ok()
}

/// Gives the content of the whole pages of the system in a range back to it; they are
/// zero then. Returns their range.
pub(super) fn give_back(range: Range<usize>) -> Range<usize> {
    let page = rustix::param::page_size();
    let start = range.start.next_multiple_of(page);
    let end = (range.end & !(page - 1)).max(start);
    // SAFETY: nobody needs what is there.
    let result = unsafe { madvise(at(start), end - start, Advice::LinuxDontNeed) };
    if result.is_ok() { start..end } else { start..start }
}
