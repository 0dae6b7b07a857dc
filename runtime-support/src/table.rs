//! `table.grow` and `table.fill`. The elements of a table are in the executable's
//! data at first, and move to a mapping of their own when they outgrow it.
//!
//! # Safety
//!
//! A [`Table`] record is as the compiler or [`quench_table_grow`] wrote it:
//! `capacity` elements can be read and written at `elements`. Compiled code
//! loads `elements` again after anything that may grow a table.
#![allow(unsafe_code, reason = "see Safety")]

use crate::limits;
use crate::pages::round_up;
use crate::process;
use core::ffi::c_void;
use core::ptr::null_mut;
use quench_abi::{PAGE_SIZE, Table};
use rustix::io::{self, Errno};
use rustix::mm::{MapFlags, MremapFlags, ProtFlags, mmap_anonymous, mremap};

/// Bytes of an element.
const ELEMENT: u64 = size_of::<u64>() as u64;

/// [`quench_abi::RuntimeFunction::TableGrow`].
///
/// # Safety
///
/// `table` is the record of a table.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_table_grow(table: *mut Table, elements: u64, value: u64) -> i64 {
    // SAFETY: nobody else looks at the record now.
    let table = unsafe { &mut *table };
    let before = table.length;
    let length = match before.checked_add(elements) {
        Some(length) if length <= table.maximum => length,
        _ => return -1,
    };
    // SAFETY: the record is right; afterwards there is room.
    unsafe {
        if length > table.capacity && enlarge(table, length).is_err() {
            return -1;
        }
        let first = table.elements.add(before as usize);
        quench_table_fill(first, value, elements);
    }
    table.length = length;
    before.cast_signed()
}

/// [`quench_abi::RuntimeFunction::TableFill`].
///
/// # Safety
///
/// There are `count` elements at `elements`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_table_fill(elements: *mut u64, value: u64, count: u64) {
    for index in 0..count as usize {
        // SAFETY: the caller's promise.
        unsafe { *elements.add(index) = value };
    }
}

/// Makes room for at least `length` elements.
///
/// # Errors
///
/// Returns the error of the system, or `NOMEM` if the program's limit of memory does
/// not allow them.
unsafe fn enlarge(table: &mut Table, length: u64) -> io::Result<()> {
    let old = table.elements.cast::<c_void>();
    let is_mapped = !process::is_in_executable(old.addr()) && table.capacity != 0;
    let held = if is_mapped { table.capacity * ELEMENT } else { 0 };
    let capacities = [next_capacity(table, length), whole_pages(length)];
    let allowed = |capacity: &u64| limits::has_room(capacity * ELEMENT - held);
    let capacity = capacities.into_iter().flatten().find(allowed);
    let capacity = capacity.ok_or(Errno::NOMEM)?;
    let size = (capacity * ELEMENT) as usize;
    // SAFETY: the elements are in a mapping made here, which may move, or in the
    // executable's data, which stays.
    let new = unsafe {
        if !is_mapped {
            let access = ProtFlags::READ | ProtFlags::WRITE;
            let new = mmap_anonymous(null_mut(), size, access, MapFlags::PRIVATE)?;
            let used = process::slice(table.elements, table.length);
            new.cast::<u64>().copy_from_nonoverlapping(used.as_ptr(), used.len());
            new
        } else {
            mremap(old, held as usize, size, MremapFlags::MAYMOVE)?
        }
    };
    limits::took(size as u64 - held);
    table.elements = new.cast();
    table.capacity = capacity;
    Ok(())
}

/// Returns the capacity for at least `length` elements that at least doubles the
/// table's, so that growing one by one costs little.
fn next_capacity(table: &Table, length: u64) -> Option<u64> {
    whole_pages(length.max((table.capacity * 2).min(table.maximum)))
}

/// Returns the number of elements, at least `elements`, that fill whole pages; none
/// for more than addresses can reach.
fn whole_pages(elements: u64) -> Option<u64> {
    const MOST: u64 = (1 << 47) / ELEMENT;
    (elements <= MOST).then(|| round_up(elements * ELEMENT, PAGE_SIZE) / ELEMENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Elements on the stack stand for those in the executable's data only if
    /// there is no capacity.
    fn table(maximum: u64) -> Table {
        Table { elements: null_mut(), length: 0, maximum, capacity: 0 }
    }

    #[test]
    fn grows_in_place_and_moves_and_keeps_elements() {
        let mut table = table(1 << 20);
        let mut grow = |elements, value| {
            // SAFETY: `table` is the record of a table.
            unsafe { quench_table_grow(&raw mut table, elements, value) }
        };
        assert_eq!(grow(0, 1), 0);
        assert_eq!(grow(3, 7), 0);
        assert_eq!(grow(20_000, 8), 3);
        assert_eq!(grow(1 << 20, 9), -1);
        assert_eq!(grow(u64::MAX, 9), -1);
        assert_eq!(table.length, 20_003);
        // SAFETY: the table has this many elements.
        let elements = unsafe { core::slice::from_raw_parts(table.elements, 20_003) };
        assert_eq!(elements[..3], [7; 3]);
        assert!(elements[3..].iter().all(|&element| element == 8));
    }

    #[test]
    fn capacity_doubles_up_to_the_maximum() {
        let mut table = table(20_000);
        assert_eq!(next_capacity(&table, 1), Some(8192));
        table.capacity = 8192;
        assert_eq!(next_capacity(&table, 8193), Some(16_384));
        table.capacity = 16_384;
        assert_eq!(next_capacity(&table, 16_385), Some(24_576));
        assert_eq!(next_capacity(&table, u64::MAX), None);
    }
}
