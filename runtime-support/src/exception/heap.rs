//! The heap of exceptions: cells of equal size in blocks, blocks in regions
//! that the kernel gives and never gets back. This file knows which cells are
//! taken; `collect` finds out which of them are still needed.
//!
//! # Safety
//!
//! There is one thread. A region is a mapping of zeros that stays, and is
//! divided into blocks: a [`Block`] and, from [`CELLS`] on, its cells. A free cell
//! holds only its mark and a link to the next free cell.
#![allow(unsafe_code, reason = "see Safety")]

use crate::limits;
use core::ptr::{null_mut, with_exposed_provenance_mut};
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering::Relaxed};
use quench_abi::{Exception, PAGE_SIZE, Tag, Value};
use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};

/// Bytes of a block: room for the largest exception (1000 values, the limit of
/// parameters).
const BLOCK: usize = 0x8000;

/// Offset of the first cell in a block, in bytes.
const CELLS: usize = 0x200;

/// Bytes of the first region; each further region doubles the heap.
const FIRST_REGION: usize = 0x4_0000;

/// Number of values that the cells of each size have room for.
const SIZES: [usize; 12] = [0, 1, 2, 3, 4, 6, 8, 16, 32, 64, 256, 1000];

/// The mark of a free cell, in the place of [`Exception::shared`].
const FREE: u64 = u64::MAX;

/// Words of a block's marks, for cells of the least size.
const MARKS: usize = (BLOCK - CELLS) / size_of::<Exception>() / 64 + 1;

const _: () = assert!(size_of::<Block>() <= CELLS);
const _: () = assert!(CELLS + cell_size(SIZES.len() - 1) <= BLOCK);
const _: () = assert!((PAGE_SIZE as usize).is_multiple_of(BLOCK));

/// The beginning of a block.
#[repr(C)]
struct Block {
    /// Position of its cells' size in [`SIZES`], plus 1; 0 if it has no cells.
    size: usize,
    /// The next block without cells, if this is one.
    next: *mut Block,
    /// A bit for each cell that is needed.
    marks: [u64; MARKS],
}

/// A part of the address space.
struct Region {
    start: AtomicUsize,
    length: AtomicUsize,
}

/// The regions; those in use come first.
static REGIONS: [Region; 64] =
    [const { Region { start: AtomicUsize::new(0), length: AtomicUsize::new(0) } }; 64];

/// The first of the list of blocks without cells.
static BLOCKS: AtomicPtr<Block> = AtomicPtr::new(null_mut());

/// The first of the list of free cells of each size; in a free cell, the link to the
/// next one is in the place of the tag.
static FREE_CELLS: [AtomicPtr<Exception>; SIZES.len()] =
    [const { AtomicPtr::new(null_mut()) }; SIZES.len()];

/// Returns the bytes of a cell, by the position of its size in [`SIZES`].
const fn cell_size(size: usize) -> usize {
    size_of::<Exception>() + SIZES[size] * size_of::<Value>()
}

/// Returns the position in [`SIZES`] of the least size that has room for `values`.
fn size_for(values: usize) -> usize {
    let fitting = SIZES.iter().position(|&most| values <= most);
    fitting.unwrap_or(SIZES.len() - 1)
}

/// Takes a cell for an exception with `values` values; its contents are undefined.
/// Returns none if there is no room.
pub(super) fn take(values: usize) -> Option<*mut Exception> {
    let size = size_for(values);
    if FREE_CELLS[size].load(Relaxed).is_null() {
        let block = BLOCKS.load(Relaxed);
        if block.is_null() {
            return None;
        }
        // SAFETY: the block has no cells.
        unsafe {
            BLOCKS.store((*block).next, Relaxed);
            (*block).size = size + 1;
            each_cell(block, size, |_, cell| free(cell, size));
        }
    }
    let cell = FREE_CELLS[size].load(Relaxed);
    // SAFETY: the cell is free.
    unsafe { FREE_CELLS[size].store((*cell).tag.cast_mut().cast(), Relaxed) };
    Some(cell)
}

/// Gives back the cell of an exception with `values` values.
///
/// # Safety
///
/// [`take`] gave it, for as many values, and nobody needs it any more.
pub(super) unsafe fn give_back(exception: *mut Exception, values: usize) {
    // SAFETY: the caller's promise.
    unsafe { free(exception, size_for(values)) };
}

/// Puts a cell into the list of free ones.
unsafe fn free(cell: *mut Exception, size: usize) {
    let next = FREE_CELLS[size].swap(cell, Relaxed);
    let tag = next.cast_const().cast::<Tag>();
    // SAFETY: the cell is of a block with this size, and nothing is in it.
    unsafe { cell.write(Exception { tag, shared: FREE }) };
}

/// Asks the kernel for another region: as many bytes as the heap has, or if the limit
/// of memory does not allow them, a page.
///
/// # Errors
///
/// Returns the message that says why there is no room.
pub(super) fn grow() -> Result<(), &'static str> {
    let unused = REGIONS.iter().find(|region| region.length.load(Relaxed) == 0);
    let region = unused.ok_or(NO_MEMORY)?;
    let sizes = [length().max(FIRST_REGION), PAGE_SIZE as usize];
    let allowed = |size: &usize| limits::has_room(*size as u64);
    let size = sizes.into_iter().find(allowed).ok_or(LIMIT)?;
    let access = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: this is a new mapping.
    let start = unsafe { mmap_anonymous(null_mut(), size, access, MapFlags::PRIVATE) };
    let start = start.map_err(|_| NO_MEMORY)?;
    limits::took(size as u64);
    region.start.store(start.expose_provenance(), Relaxed);
    region.length.store(size, Relaxed);
    for offset in (0..size).step_by(BLOCK).rev() {
        // SAFETY: the block is a part of the mapping, which is aligned to pages.
        unsafe { keep_without_cells(start.byte_add(offset).cast()) };
    }
    Ok(())
}

pub(super) const NO_MEMORY: &str = "no memory for an exception";
const LIMIT: &str = "the program's limit of memory (max-memory) has no room for an exception";

/// Puts a block into the list of those without cells.
unsafe fn keep_without_cells(block: *mut Block) {
    // SAFETY: the caller's block has no cell that is taken.
    unsafe {
        (*block).size = 0;
        (*block).next = BLOCKS.swap(block, Relaxed);
    }
}

/// Returns the bytes of all regions.
pub(super) fn length() -> usize {
    REGIONS.iter().map(|region| region.length.load(Relaxed)).sum()
}

/// Removes all marks.
pub(super) fn unmark() {
    each_block(|block| {
        // SAFETY: nobody else looks at the marks.
        unsafe { (*block).marks = [0; MARKS] };
    });
}

/// Marks the exception that an address lies in, if there is one. Returns the
/// exception if it was not marked yet.
pub(super) fn mark(address: usize) -> Option<*mut Exception> {
    let block = block_at(address)?;
    // SAFETY: the address of the block is right, and so is that of its cell.
    unsafe {
        let size = (*block).size.checked_sub(1)?;
        let number = (address - block.addr()).checked_sub(CELLS)? / cell_size(size);
        if number >= cell_count(size) {
            return None;
        }
        let exception = cell(block, size, number);
        if (*exception).shared == FREE {
            return None;
        }
        let marks = &mut (*block).marks;
        let bit = 1 << (number % 64);
        let is_new = marks[number / 64] & bit == 0;
        marks[number / 64] |= bit;
        is_new.then_some(exception)
    }
}

/// Frees the cells of all exceptions that are not marked. Returns the bytes of those
/// that are.
pub(super) fn sweep() -> usize {
    FREE_CELLS.iter().for_each(|cells| cells.store(null_mut(), Relaxed));
    BLOCKS.store(null_mut(), Relaxed);
    let mut in_use = 0;
    each_block(|block| {
        // SAFETY: afterwards each block is in the list, or each of its cells is
        // marked or in the list of its size.
        unsafe {
            let marks = (*block).marks;
            let Some(size) = (*block).size.checked_sub(1) else {
                return keep_without_cells(block);
            };
            if marks == [0; MARKS] {
                return keep_without_cells(block);
            }
            each_cell(block, size, |number, cell| match marks[number / 64] & 1 << (number % 64) {
                0 => free(cell, size),
                _ => in_use += cell_size(size),
            });
        }
    });
    in_use
}

/// Visits all blocks.
fn each_block(mut visit: impl FnMut(*mut Block)) {
    for region in &REGIONS {
        let start = region.start.load(Relaxed);
        for offset in (0..region.length.load(Relaxed)).step_by(BLOCK) {
            visit(with_exposed_provenance_mut(start + offset));
        }
    }
}

/// Returns the block that an address lies in, if it lies in one.
fn block_at(address: usize) -> Option<*mut Block> {
    REGIONS.iter().find_map(|region| {
        let start = region.start.load(Relaxed);
        let offset = address.checked_sub(start)?;
        let is_inside = offset < region.length.load(Relaxed);
        is_inside.then(|| with_exposed_provenance_mut(start + offset / BLOCK * BLOCK))
    })
}

/// Visits the cells of a block of this size, with their numbers.
unsafe fn each_cell(block: *mut Block, size: usize, mut visit: impl FnMut(usize, *mut Exception)) {
    for number in (0..cell_count(size)).rev() {
        // SAFETY: the caller's promise.
        visit(number, unsafe { cell(block, size, number) });
    }
}

/// Returns the address of a cell by its number.
unsafe fn cell(block: *mut Block, size: usize, number: usize) -> *mut Exception {
    // SAFETY: the block has this cell.
    unsafe { block.byte_add(CELLS + number * cell_size(size)).cast() }
}

/// Returns the number of cells in a block, by the position of their size in [`SIZES`].
const fn cell_count(size: usize) -> usize {
    (BLOCK - CELLS) / cell_size(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_used_again_unless_they_are_marked() {
        assert!(take(1).is_none());
        assert!(grow().is_ok());
        let room = |values| {
            let exception = take(values).expect("room");
            // SAFETY: an exception of ours.
            unsafe {
                let tag = core::ptr::null();
                exception.write(Exception { tag, shared: 1 });
            }
            exception
        };
        let small = room(1);
        let large = room(1000);
        assert_eq!(mark(small.addr() + 31), Some(small));
        assert_eq!(mark(small.addr()), None);
        assert_eq!(mark(small.addr() + 32), None, "free");
        assert_eq!(mark(large.addr() + 16 + 16_000), None, "behind it");
        assert_eq!(sweep(), 32);
        assert_ne!(room(1), small);
        // SAFETY: nobody uses it.
        unsafe { give_back(small, 1) };
        assert_eq!(room(1), small);
        while take(32).is_some() {}
        let before = length();
        assert!(grow().is_ok());
        assert_eq!(length(), 2 * before);
        assert!(take(32).is_some());
        unmark();
        assert_eq!(sweep(), 0);
    }
}
