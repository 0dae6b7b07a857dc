//! Objects that are too large for a block: runs of whole pages at the end of the heap,
//! which grows down. A page's entry in the table says what it belongs to.
//!
//! | entry | the page |
//! | --- | --- |
//! | 0 | is free and has no memory, so it is zero |
//! | [`USED`] | is free, and has what some object left there |
//! | [`FIRST`] plus a number | is the first of an object with as many pages |
//! | another number | is so many pages behind the first of its object |

use super::room::{Refusal, Room};
use super::tables::{self, END, MARKS, PAGE, PAGES};
use core::cell::Cell;
use core::ops::Range;

const CLEAN: u32 = 0;
const USED: u32 = 1 << 30;
const FIRST: u32 = 1 << 31;

/// Bytes that become accessible together, if an object does not need more.
const STEP: usize = 1 << 20;

/// Bytes of free pages in a row that have memory, from which on it is given back at once.
const LONG_RUN: usize = 1 << 18;

/// The pages of large objects.
pub(super) struct Large {
    /// The first page.
    start: Cell<usize>,
    /// From here on the bytes are accessible.
    accessible: Cell<usize>,
    /// The page from which on the next free ones are looked for.
    cursor: Cell<usize>,
    /// There are not as many free bytes in a row as this.
    too_much: Cell<usize>,
    /// Bytes of objects since the last collection.
    fresh: Cell<usize>,
    /// Bytes of the objects that the last collection has kept.
    kept: Cell<usize>,
}

/// Free bytes for an object.
pub(super) struct Pages {
    pub start: usize,
    /// Whether all of them are 0.
    pub are_zero: bool,
}

impl Large {
    pub(super) const fn new() -> Large {
        Large {
            start: Cell::new(END),
            accessible: Cell::new(END),
            cursor: Cell::new(END),
            too_much: Cell::new(usize::MAX),
            fresh: Cell::new(0),
            kept: Cell::new(0),
        }
    }

    /// Returns the addresses of all pages.
    pub(super) fn range(&self) -> Range<usize> {
        self.start.get()..END
    }

    /// Returns the bytes of objects since the last collection.
    pub(super) fn fresh(&self) -> usize {
        self.fresh.get()
    }

    /// Returns the bytes of the objects that the last collection has kept.
    pub(super) fn kept(&self) -> usize {
        self.kept.get()
    }

    /// Returns free bytes for an object, which are the caller's then; none if there are not as
    /// many. `bottom` is the lowest address that pages can have.
    pub(super) fn take(&self, size: u64, room: &Room, bottom: usize) -> Option<Pages> {
        let Some(size) = usize::try_from(size).ok().filter(|size| *size <= END - bottom) else {
            room.refuse(Refusal::Addresses);
            return None;
        };
        let size = size.next_multiple_of(PAGE);
        let start = match self.find(size) {
            Some(start) => start,
            None => self.extend(size, room, bottom)?,
        };
        let pages = || (start..start + size).step_by(PAGE).map(|page| PAGES.get(page));
        let clean = pages().filter(|entry| *entry == CLEAN).count();
        if !room.take(clean * PAGE) {
            return None;
        }
        for (number, page) in (start..start + size).step_by(PAGE).enumerate() {
            PAGES.set(page, number as u32);
        }
        PAGES.set(start, FIRST | (size / PAGE) as u32);
        self.cursor.set(start + size);
        self.fresh.set(self.fresh.get() + size);
        Some(Pages { start, are_zero: clean * PAGE == size })
    }

    /// Looks for `size` free bytes in a row among the pages.
    fn find(&self, size: usize) -> Option<usize> {
        if size >= self.too_much.get() {
            return None;
        }
        let cursor = self.cursor.get();
        let all = self.range();
        let found = free_run(cursor..END, size).or_else(|| free_run(all, size));
        if found.is_none() {
            self.too_much.set(size);
        }
        found
    }

    /// Adds pages before the first, for `size` bytes.
    fn extend(&self, size: usize, room: &Room, bottom: usize) -> Option<usize> {
        // Free pages at the beginning are a part of it.
        let start = match first_object(self.range()) {
            Some(first) => first.0,
            None => END,
        };
        let start = start.checked_sub(size).filter(|start| *start >= bottom);
        let Some(start) = start else {
            room.refuse(Refusal::Addresses);
            return None;
        };
        let accessible = self.accessible.get();
        if start < accessible {
            let lowest = start / STEP * STEP;
            if !tables::prepare(lowest..accessible) {
                room.refuse(Refusal::System);
                return None;
            }
            self.accessible.set(lowest);
        }
        self.start.set(self.start.get().min(start));
        Some(start)
    }

    /// Frees all objects without a mark. Gives back the memory of long runs of free pages, or of all.
    pub(super) fn sweep(&self, gives_all_back: bool, room: &Room) {
        let mut kept = 0;
        let mut page = self.start.get();
        // Where the run of free pages begins that ends here, if it has memory.
        let mut run = page;
        let mut has_memory = false;
        let end_run = |run: Range<usize>, has_memory: bool| {
            if has_memory && (gives_all_back || run.len() >= LONG_RUN) {
                give_back(run, room);
            }
        };
        while page < END {
            let entry = PAGES.get(page);
            if entry & FIRST == 0 {
                has_memory |= entry == USED;
                page += PAGE;
                continue;
            }
            let end = page + pages_size(entry);
            if MARKS.has(page) {
                kept += end - page;
                end_run(run..page, has_memory);
                (run, has_memory) = (end, false);
            } else {
                (page..end).step_by(PAGE).for_each(|page| PAGES.set(page, USED));
                has_memory = true;
            }
            page = end;
        }
        end_run(run..END, has_memory);
        self.kept.set(kept);
        self.fresh.set(0);
        self.too_much.set(usize::MAX);
        // Pages without memory at the beginning are none any more.
        let mut start = self.start.get();
        while start < END && PAGES.get(start) == CLEAN {
            start += PAGE;
        }
        self.start.set(start);
        self.cursor.set(start);
    }

    /// Returns the object that the page of an address belongs to.
    pub(super) fn object_at(&self, address: usize) -> Option<usize> {
        if !self.range().contains(&address) {
            return None;
        }
        let page = address / PAGE * PAGE;
        match PAGES.get(page) {
            CLEAN | USED => None,
            entry if entry & FIRST != 0 => Some(page),
            distance => Some(page - distance as usize * PAGE),
        }
    }

    /// Visits all objects.
    pub(super) fn each(&self, mut visit: impl FnMut(usize)) {
        let mut from = self.range();
        while let Some((object, size)) = first_object(from) {
            visit(object);
            from = object + size..END;
        }
    }
}

/// Gives back the memory of free pages.
fn give_back(run: Range<usize>, room: &Room) {
    let given = tables::give_back(run);
    for page in given.step_by(PAGE).filter(|page| PAGES.get(*page) == USED) {
        PAGES.set(page, CLEAN);
        room.give_back(PAGE);
    }
}

/// Returns the first object in a range of pages, and its bytes.
fn first_object(range: Range<usize>) -> Option<(usize, usize)> {
    let mut pages = range.step_by(PAGE).map(|page| (page, PAGES.get(page)));
    let (first, entry) = pages.find(|(_, entry)| entry & FIRST != 0)?;
    Some((first, pages_size(entry)))
}

/// Returns the first `size` bytes of free pages in a row, if there are as many.
fn free_run(range: Range<usize>, size: usize) -> Option<usize> {
    let mut start = range.start;
    let mut page = start;
    while page < range.end {
        let entry = PAGES.get(page);
        if entry & FIRST != 0 {
            page += pages_size(entry);
            start = page;
            continue;
        }
        page += PAGE;
        if page - start == size {
            return Some(start);
        }
    }
    None
}

/// Returns the bytes of an object by the entry of its first page.
fn pages_size(entry: u32) -> usize {
    (entry & !FIRST) as usize * PAGE
}
