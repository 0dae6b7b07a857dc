//! The line table of a compilation unit. Its rows are in the order of native code; each is
//! made from the row of the module's table for the instruction that the code comes from.

use super::map::{Bytes, Function, Map, address};
use gimli::write::{ConvertLineProgram, ConvertLineRow, ConvertUnit, LineRow};
use gimli::{Encoding, LineEncoding};
use std::collections::HashSet;

/// A row of the module's line table, or the end of a sequence of rows.
struct Row {
    /// Address in the module's code.
    address: u64,
    /// The row; none for the end of a sequence.
    row: Option<LineRow>,
    /// Address of the statement that the row belongs to, if it belongs to one. The row at
    /// that address may have no native code.
    statement: Option<u64>,
}

/// Translates the line table of a unit. The unit gets no table if its own cannot be read.
pub(super) fn translate(unit: &mut ConvertUnit<'_, Bytes<'_>>, encoding: Encoding, map: &Map) {
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

/// Reads the module's line table up to the first error. Returns its rows by ascending
/// address, and the ranges of addresses of its sequences.
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
    // Where a sequence ends another one may begin. The end is sorted before the other's rows,
    // so that the last row at an address is one of these.
    rows.sort_by_key(|row| (row.address, row.row.is_some()));
    (rows, spans)
}

/// Writes a sequence of rows for the native code of a function.
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
        // The code of a statement can lie in several places. Only the first is marked as its
        // beginning, so that a breakpoint is set there.
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
