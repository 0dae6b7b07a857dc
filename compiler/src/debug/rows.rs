//! The table of lines of a unit: rows for native code, in its order, from those
//! of the module's code that it was made of.

use super::map::{Bytes, Function, Map, address};
use gimli::write::{ConvertLineProgram, ConvertLineRow, ConvertUnit, LineRow};
use gimli::{Encoding, LineEncoding};
use std::collections::HashSet;

/// A row of the module's table, or the end of what it says.
struct Row {
    address: u64,
    row: Option<LineRow>,
    /// The address of the statement that it belongs to. Its own first
    /// instructions may have become none.
    statement: Option<u64>,
}

/// Leaves the unit without lines if its table cannot be read.
pub fn translate(unit: &mut ConvertUnit<'_, Bytes<'_>>, encoding: Encoding, map: &Map) {
    let lines = LineEncoding::default();
    let Ok(Some(mut program)) = unit.read_line_program(Some(encoding), Some(lines)) else {
        return;
    };
    let (rows, spans) = read(&mut program);
    let mut done: HashSet<u64> = HashSet::new();
    for (begin, end) in spans {
        for function in map.functions(begin, end) {
            if !done.insert(function.whole.start) {
                continue;
            }
            if !map.affords(function.parts.len()) {
                break;
            }
            write(&mut program, function, &rows);
        }
    }
    let (program, files) = program.program();
    unit.set_line_program(program, files);
}

/// Rows by ascending address, and the stretches of code they are about. What
/// comes after an error is not known.
fn read(program: &mut ConvertLineProgram<'_, Bytes<'_>>) -> (Vec<Row>, Vec<(u64, u64)>) {
    let (mut rows, mut spans) = (Vec::new(), Vec::new());
    let mut base = 0u64;
    let mut begin = None;
    let mut statement: Option<(u64, u64)> = None;
    while let Ok(Some(row)) = program.read_row() {
        match row {
            ConvertLineRow::SetAddress(address) => base = address,
            ConvertLineRow::Row(row) => {
                let address = base.wrapping_add(row.address_offset);
                begin.get_or_insert(address);
                if row.is_statement {
                    statement = Some((address, row.line));
                }
                let same = statement.filter(|(_, line)| *line == row.line);
                rows.push(Row {
                    address,
                    row: Some(row),
                    statement: same.map(|(address, _)| address),
                });
            }
            ConvertLineRow::EndSequence(length) => {
                let address = base.wrapping_add(length);
                rows.push(Row { address, row: None, statement: None });
                statement = None;
                spans.extend(begin.take().map(|begin| (begin, address)));
                base = 0;
            }
        }
    }
    // Where a sequence ends another may begin: its rows count.
    rows.sort_by_key(|row| (row.address, row.row.is_some()));
    (rows, spans)
}

fn write(program: &mut ConvertLineProgram<'_, Bytes<'_>>, function: &Function, rows: &[Row]) {
    let mut begun: HashSet<u64> = HashSet::new();
    let mut last = None;
    for part in &function.parts {
        let next = rows.partition_point(|row| row.address <= u64::from(part.origin));
        let Some(number) = next.checked_sub(1) else {
            continue;
        };
        let Some(mut row) = rows[number].row else {
            continue;
        };
        let position = (row.file, row.line, row.column);
        if last == Some(position) {
            continue;
        }
        last = Some(position);
        // What belongs to a statement can lie in several places; a breakpoint
        // goes where the first of them is.
        let statement = rows[number].statement;
        row.is_statement = statement.is_some_and(|statement| begun.insert(statement));
        row.address_offset = part.start - function.whole.start;
        row.op_index = 0;
        if !program.in_sequence() {
            program.begin_sequence(Some(address(function.whole.start)));
        }
        program.generate_row(row);
    }
    if program.in_sequence() {
        program.end_sequence(function.whole.size);
    }
}
