//! A reader of the table that says from where in the source an instruction comes,
//! [`quench_abi::Module::lines`]. A table that breaks off says nothing.
//!
//! # Safety
//!
//! The caller passes a table that the compiler wrote, and a frame to fill in.
#![allow(unsafe_code, reason = "see Safety")]

use crate::process;
use quench_abi::{SourceFrame, Text};

/// A [`quench_abi::SourceFrameReader`].
///
/// # Safety
///
/// `lines` is a module's table, and `frame` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_source_frame(
    lines: *const Text,
    function: u64,
    offset: u32,
    depth: u32,
    frame: *mut SourceFrame,
) -> bool {
    // SAFETY: the caller's promise.
    let lines = unsafe { process::text(&*lines) };
    let Some(found) = find(lines, function as usize, offset, depth) else {
        return false;
    };
    // SAFETY: the caller's promise.
    unsafe { frame.write(found) };
    true
}

/// Returns the frame number `depth` of an instruction; none if there is none.
fn find(lines: &'static [u8], function: usize, offset: u32, depth: u32) -> Option<SourceFrame> {
    let (table, rows) = Table::new(lines, function)?;
    let mut row = table.row(rows, offset)?;
    for _ in 0..depth {
        let [caller, _, _, file, line, column] = table.scope(row.scope)?;
        row = Row {
            // A scope is written after its caller.
            scope: caller.min(row.scope - 1),
            file,
            line,
            column,
        };
    }
    // The function itself has no scope.
    let scope = table.scope(row.scope);
    let [_, index, name, ..] = scope.unwrap_or_default();
    Some(SourceFrame {
        name: table.text(name),
        file: table.text(row.file),
        line: row.line as u32,
        column: row.column as u32,
        index: (index as u32).wrapping_sub(1),
    })
}

/// A place in the source, with the number of the scope that it is in; 0 is the
/// function itself, and an unknown file.
#[derive(Clone, Copy, Default)]
struct Row {
    scope: u64,
    file: u64,
    line: u64,
    column: u64,
}

/// A function's part of the table.
#[derive(Clone)]
struct Table {
    all: &'static [u8],
    texts: Numbers,
    text_count: u64,
    scopes: Numbers,
    scope_count: u64,
}

impl Table {
    /// Returns the part of a function, and its rows.
    fn new(all: &'static [u8], function: usize) -> Option<(Table, Numbers)> {
        let start = all.get(function * 4..)?.first_chunk::<4>()?;
        let start = u32::from_le_bytes(*start) as usize;
        if start == 0 {
            return None;
        }
        let mut numbers = Numbers(all.get(start..)?);
        let text_count = numbers.next()?;
        let texts = numbers.clone();
        numbers.skip(text_count)?;
        let scope_count = numbers.next()?;
        let scopes = numbers.clone();
        numbers.skip(scope_count.checked_mul(6)?)?;
        let table = Table { all, texts, text_count, scopes, scope_count };
        Some((table, numbers))
    }

    /// Returns the last row that begins at or before an offset.
    fn row(&self, mut rows: Numbers, offset: u32) -> Option<Row> {
        let mut found = None;
        let mut row = Row::default();
        let mut start = 0u64;
        for _ in 0..rows.next()? {
            let head = rows.next()?;
            start += head >> 2;
            if start > u64::from(offset) {
                break;
            }
            if head & 1 != 0 {
                (row.scope, row.file) = (rows.next()?, rows.next()?);
            }
            if head & 2 != 0 {
                let change = rows.next()?;
                let change = change >> 1 ^ (change & 1).wrapping_neg();
                row.line = row.line.wrapping_add(change);
            }
            row.column = rows.next()?;
            found = Some(row);
        }
        found
    }

    fn scope(&self, number: u64) -> Option<[u64; 6]> {
        let before = number.checked_sub(1)?;
        if number > self.scope_count {
            return None;
        }
        let mut numbers = self.scopes.clone();
        numbers.skip(before * 6)?;
        let mut scope = [0; 6];
        for number in &mut scope {
            *number = numbers.next()?;
        }
        Some(scope)
    }

    /// Returns a text by its number; empty if there is none.
    fn text(&self, number: u64) -> Text {
        let text = self.find_text(number).unwrap_or_default();
        Text { bytes: text.as_ptr(), length: text.len() as u64 }
    }

    fn find_text(&self, number: u64) -> Option<&'static [u8]> {
        let before = number.checked_sub(1)?;
        if number > self.text_count {
            return None;
        }
        let mut numbers = self.texts.clone();
        numbers.skip(before)?;
        let mut text = Numbers(self.all.get(numbers.next()? as usize..)?);
        let length = text.next()?;
        text.0.get(..length as usize)
    }
}

/// The numbers in bytes of unsigned LEB128.
#[derive(Clone)]
struct Numbers(&'static [u8]);

impl Numbers {
    fn next(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn skip(&mut self, count: u64) -> Option<()> {
        for _ in 0..count {
            self.next()?;
        }
        Some(())
    }
}
