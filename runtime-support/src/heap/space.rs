//! The blocks at the beginning of the heap, and room in them for objects up to
//! `LARGEST_IN_BLOCK` bytes. Code gets a hole, a run of free lines in one block, and makes objects in
//! it one after the other; an object of more than a line that does not fit has a second hole,
//! which is a whole block if there is one, so that short holes stay for small objects. What
//! remains of a hole when there is another one becomes a filler: so fresh lines are full of
//! objects, and can be gone through.
//!
//! # Safety
//!
//! There is one thread. Lines that are free belong to nobody, fresh ones to the code that
//! fills a hole, up to where the record or [`Space::second`] says.
#![allow(unsafe_code, reason = "see Safety")]

use super::object;
use super::record;
use super::room::{Refusal, Room};
use super::tables::{self, BASE, BLOCK, BLOCKS, END, FREE, FRESH, KEPT, LINE, LINES, STARTS};
use core::cell::Cell;
use core::ops::Range;
use quench_abi::{PAGE_SIZE, heap_mode};

/// Bytes that become accessible together, and are not counted before they are used.
const STEP: usize = 1 << 20;

/// Bits of a block's entry in the table. This one: the starts of objects in its fresh lines
/// are known.
const PARSED: u8 = 1;
/// The block is free and its memory has been given back to the system.
const GIVEN_BACK: u8 = 2;

/// Each byte of a word of lines is [`KEPT`].
const ALL_KEPT: u64 = u64::from_ne_bytes([KEPT; 8]);

/// The blocks.
pub(super) struct Space {
    /// End of the blocks.
    end: Cell<usize>,
    /// End of the accessible bytes.
    accessible: Cell<usize>,
    /// No line below is free.
    cursor: Cell<usize>,
    /// No block below is free.
    block_cursor: Cell<usize>,
    /// Place of the next object of more than a line in the second hole, and its end.
    second: Cell<(usize, usize)>,
    /// Bytes of holes since the last collection.
    fresh: Cell<usize>,
    /// Bytes of kept lines after the last collection.
    kept: Cell<usize>,
}

impl Space {
    pub(super) const fn new() -> Space {
        Space {
            end: Cell::new(BASE),
            accessible: Cell::new(BASE),
            cursor: Cell::new(BASE),
            block_cursor: Cell::new(BASE),
            second: Cell::new((0, 0)),
            fresh: Cell::new(0),
            kept: Cell::new(0),
        }
    }

    /// Returns the addresses of all blocks.
    pub(super) fn range(&self) -> Range<usize> {
        BASE..self.end.get()
    }

    /// Returns the bytes of holes since the last collection.
    pub(super) fn fresh(&self) -> usize {
        self.fresh.get()
    }

    /// Returns the bytes of kept lines after the last collection.
    pub(super) fn kept(&self) -> usize {
        self.kept.get()
    }

    /// Returns the address of `size` free bytes, at most `LARGEST_IN_BLOCK`, which are the
    /// caller's then; none if there is no hole for them. `top` is the end of addresses that the
    /// blocks can have.
    pub(super) fn take(&self, size: usize, room: &Room, top: usize) -> Option<usize> {
        if size > LINE {
            return self.take_from_second(size, room, top);
        }
        let most = if is_stressed() { LINE } else { BLOCK };
        let hole = loop {
            match self.next_hole(most, room) {
                Some(hole) => break hole,
                None if self.grow(room, top) => {}
                None => return None,
            }
        };
        let current = record::hole();
        // SAFETY: see the head of this file.
        unsafe {
            object::fill((*current).next as usize, (*current).limit as usize);
            (*current).next = (hole.start + size) as u64;
            (*current).limit = hole.end as u64;
        }
        Some(hole.start)
    }

    fn take_from_second(&self, size: usize, room: &Room, top: usize) -> Option<usize> {
        let (next, limit) = self.second.get();
        if size <= limit - next {
            self.second.set((next + size, limit));
            return Some(next);
        }
        let lines = size.next_multiple_of(LINE);
        let hole = if is_stressed() {
            self.hole_of(lines, room)
                .or_else(|| self.grow(room, top).then(|| self.hole_of(lines, room)).flatten())?
        } else {
            self.next_block(room)
                .or_else(|| self.grow(room, top).then(|| self.next_block(room)).flatten())
                .or_else(|| self.hole_of(lines, room))?
        };
        // SAFETY: see the head of this file.
        unsafe { object::fill(next, limit) };
        self.second.set((hole.start + size, hole.end));
        Some(hole.start)
    }

    /// Takes the next run of free lines, of at most `most` bytes.
    fn next_hole(&self, most: usize, room: &Room) -> Option<Range<usize>> {
        let end = self.end.get();
        let mut line = self.cursor.get();
        loop {
            line = first_free(line, end)?;
            if self.is_usable(line, room) {
                break;
            }
            line = (line / BLOCK + 1) * BLOCK;
        }
        let limit = ((line / BLOCK + 1) * BLOCK).min(line + most);
        let hole = line..free_until(line, limit);
        self.cursor.set(hole.end);
        Some(self.make_fresh(hole))
    }

    /// Takes the next free block.
    fn next_block(&self, room: &Room) -> Option<Range<usize>> {
        let mut blocks = (self.block_cursor.get()..self.end.get()).step_by(BLOCK);
        let block = blocks.find(|&block| is_free(block) && self.is_usable(block, room));
        self.block_cursor.set(block.map_or(self.end.get(), |block| block + BLOCK));
        block.map(|block| self.make_fresh(block..block + BLOCK))
    }

    /// Takes the first `size` bytes, whole lines, of a run of free lines that has as many.
    fn hole_of(&self, size: usize, room: &Room) -> Option<Range<usize>> {
        let mut line = self.cursor.get();
        loop {
            line = first_free(line, self.end.get())?;
            let block_end = (line / BLOCK + 1) * BLOCK;
            let end = free_until(line, block_end.min(line + size));
            if end == line + size && self.is_usable(line, room) {
                return Some(self.make_fresh(line..end));
            }
            line = end;
        }
    }

    /// Marks a hole as given to code.
    fn make_fresh(&self, hole: Range<usize>) -> Range<usize> {
        LINES.fill(hole.clone(), FRESH);
        self.fresh.set(self.fresh.get() + hole.len());
        hole
    }

    /// Returns whether the memory of a block with free lines is there, or can be taken again.
    fn is_usable(&self, line: usize, room: &Room) -> bool {
        let state = BLOCKS.get(line);
        if state & GIVEN_BACK == 0 {
            return true;
        }
        let is_usable = room.take(BLOCK);
        if is_usable {
            BLOCKS.set(line, state & !GIVEN_BACK);
        }
        is_usable
    }

    /// Adds a block. Returns whether that can be.
    fn grow(&self, room: &Room, top: usize) -> bool {
        let (end, accessible) = (self.end.get(), self.accessible.get());
        if top - end < BLOCK {
            return room.refuse(Refusal::Addresses);
        }
        if !room.take(BLOCK) {
            return false;
        }
        if end == accessible {
            let most = (accessible + STEP).min(END);
            if !tables::prepare(accessible..most) {
                room.give_back(BLOCK);
                return room.refuse(Refusal::System);
            }
            self.accessible.set(most);
        }
        // An earlier block may have been here.
        LINES.fill(end..end + BLOCK, FREE);
        BLOCKS.set(end, 0);
        self.end.set(end + BLOCK);
        true
    }

    /// Takes the lines of `range`, which begins behind all that was taken in this way before,
    /// for objects that are there from the start on. Returns whether that can be.
    pub(super) fn keep(&self, range: Range<usize>, room: &Room, top: usize) -> bool {
        while self.end.get() < range.end {
            if !self.grow(room, top) {
                return false;
            }
        }
        LINES.fill(range.clone(), KEPT);
        self.kept.set(self.kept.get() + range.len());
        true
    }

    /// Ends the holes in use.
    pub(super) fn end_holes(&self) {
        let current = record::hole();
        let (next, limit) = self.second.replace((0, 0));
        // SAFETY: see the head of this file.
        unsafe {
            object::fill((*current).next as usize, (*current).limit as usize);
            ((*current).next, (*current).limit) = (0, 0);
            object::fill(next, limit);
        }
    }

    /// Frees all lines, before those of needed objects are kept.
    pub(super) fn free_lines(&self) {
        LINES.fill(self.range(), FREE);
    }

    /// Frees the fresh lines that were not kept, when a collection has found out which are. Under
    /// stress it calls `freed` with each of them, after [`Space::free_lines`] with all free ones.
    pub(super) fn sweep(&self, is_young: bool, mut freed: impl FnMut(usize)) {
        let is_stressed = is_stressed();
        let mut kept = 0;
        LINES.each_word(self.range(), |first, lines| {
            if is_stressed {
                let wanted = if is_young { FRESH } else { FREE };
                let all = lines.to_ne_bytes().into_iter().enumerate();
                let unused = all.filter(|(_, line)| *line == wanted);
                unused.for_each(|(number, _)| freed(first + number * LINE));
            }
            *lines &= ALL_KEPT;
            kept += lines.count_ones() as usize;
        });
        for block in self.range().step_by(BLOCK) {
            let state = BLOCKS.get(block);
            if state & PARSED != 0 {
                BLOCKS.set(block, state & !PARSED);
                STARTS.clear_all(block..block + BLOCK);
            }
        }
        self.kept.set(kept * LINE);
        self.fresh.set(0);
        self.cursor.set(BASE);
        self.block_cursor.set(BASE);
    }

    /// Gives memory of free blocks back, the last ones first, until at most `most` bytes of free
    /// blocks are left.
    pub(super) fn give_back(&self, most: usize, room: &Room) {
        let has_memory = |block: usize| is_free(block) && BLOCKS.get(block) & GIVEN_BACK == 0;
        let free = self.range().step_by(BLOCK).filter(|block| has_memory(*block)).count();
        let mut left = free.saturating_sub(most / BLOCK);
        let mut block = self.end.get();
        while left > 0 && block > BASE {
            let end = block;
            while left > 0 && block > BASE && has_memory(block - BLOCK) {
                block -= BLOCK;
                left -= 1;
            }
            if block < end {
                let given = tables::give_back(block..end);
                // A page of the system may be larger than a block.
                let whole = given.start.next_multiple_of(BLOCK)..given.end / BLOCK * BLOCK;
                for block in whole.step_by(BLOCK) {
                    BLOCKS.set(block, GIVEN_BACK);
                    room.give_back(BLOCK);
                }
            } else {
                block -= BLOCK;
            }
        }
        // The last blocks are none any more if they are without memory.
        let mut end = self.end.get();
        while end > BASE && BLOCKS.get(end - BLOCK) & GIVEN_BACK != 0 {
            end -= BLOCK;
        }
        self.end.set(end);
        // The next step begins at a page of the system.
        let accessible = end.next_multiple_of(PAGE_SIZE as usize);
        self.accessible.set(self.accessible.get().min(accessible));
    }
}

/// Returns whether code gets as little as possible.
pub(super) fn is_stressed() -> bool {
    record::mode() & heap_mode::STRESS != 0
}

/// Returns whether a block has only free lines.
fn is_free(block: usize) -> bool {
    let mut all = 0;
    LINES.each_word(block..block + BLOCK, |_, lines| all |= *lines);
    all == 0
}

/// Returns whether a block is one whose memory was given back.
pub(super) fn has_memory(block: usize) -> bool {
    BLOCKS.get(block) & GIVEN_BACK == 0
}

/// Notes that the starts of objects in a block's fresh lines are known; returns whether they
/// were.
pub(super) fn set_parsed(block: usize) -> bool {
    let state = BLOCKS.get(block);
    BLOCKS.set(block, state | PARSED);
    state & PARSED != 0
}

/// Returns the first line from `line` on that is free, if there is one before `end`.
fn first_free(mut line: usize, end: usize) -> Option<usize> {
    const UNIT: usize = 8 * LINE;
    const LOW: u64 = u64::from_ne_bytes([1; 8]);
    while line < end {
        if line.is_multiple_of(UNIT) {
            // SAFETY: a multiple of the lines of a word.
            let lines = unsafe { LINES.place(line).cast::<u64>().read() };
            if lines.wrapping_sub(LOW) & !lines & LOW << 7 == 0 {
                line += UNIT;
                continue;
            }
        }
        if LINES.get(line) == FREE {
            return Some(line);
        }
        line += LINE;
    }
    None
}

/// Returns the end of the run of free lines that begins at `line`, but `limit` at most.
fn free_until(line: usize, limit: usize) -> usize {
    let mut lines = (line..limit).step_by(LINE);
    lines.find(|&line| LINES.get(line) != FREE).unwrap_or(limit)
}
