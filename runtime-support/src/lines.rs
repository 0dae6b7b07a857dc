//! Reads the table that says from where in the source an instruction comes,
//! [`quench_abi::Module::lines`]. A table that breaks off says nothing.

/// A function of the source, and a place in it.
#[derive(Clone, Copy, Default)]
pub struct Frame {
    /// Index in the module's function index space; none for a function that
    /// its compiler inlined, and for the table's own.
    pub index: Option<u32>,
    /// Empty for the table's own.
    pub name: &'static [u8],
    /// Empty if it is unknown.
    pub file: &'static [u8],
    pub line: u32,
    /// 0 if it is unknown.
    pub column: u32,
}

/// The frames of an instruction: those of inlined functions, the innermost
/// first, and last the function's own.
#[derive(Clone)]
pub struct Frames {
    /// None if there are no more.
    next: Option<Row>,
    table: Option<Table>,
}

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

impl Frames {
    /// Without a table there is one frame, that says nothing.
    pub fn new(all: &'static [u8], function: usize, offset: u32) -> Frames {
        let table = Table::new(all, function);
        let row = table
            .as_ref()
            .and_then(|(table, rows)| table.row(rows.clone(), offset));
        Frames {
            next: Some(row.unwrap_or_default()),
            table: table.map(|(table, _)| table),
        }
    }
}

impl Iterator for Frames {
    type Item = Frame;

    fn next(&mut self) -> Option<Frame> {
        let row = self.next.take()?;
        let Some(table) = &self.table else {
            return Some(Frame::default());
        };
        let mut frame = Frame {
            file: table.text(row.file).unwrap_or_default(),
            line: row.line as u32,
            column: row.column as u32,
            ..Frame::default()
        };
        if let Some([caller, index, name, file, line, column]) = table.scope(row.scope) {
            frame.index = index.checked_sub(1).map(|index| index as u32);
            frame.name = table.text(name).unwrap_or_default();
            self.next = Some(Row {
                // A scope is written after its caller.
                scope: caller.min(row.scope - 1),
                file,
                line,
                column,
            });
        }
        Some(frame)
    }
}

impl Table {
    /// With the rows.
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
        let table = Table {
            all,
            texts,
            text_count,
            scopes,
            scope_count,
        };
        Some((table, numbers))
    }

    /// The last row that begins at or before an offset.
    fn row(&self, mut rows: Numbers, offset: u32) -> Option<Row> {
        let mut found = None;
        let (mut start, mut line) = (0u64, 0u64);
        for _ in 0..rows.next()? {
            start += rows.next()?;
            if start > u64::from(offset) {
                break;
            }
            let (scope, file, change) = (rows.next()?, rows.next()?, rows.next()?);
            line = line.wrapping_add(change >> 1 ^ (change & 1).wrapping_neg());
            let column = rows.next()?;
            found = Some(Row {
                scope,
                file,
                line,
                column,
            });
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

    fn text(&self, number: u64) -> Option<&'static [u8]> {
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

/// Numbers as unsigned LEB128.
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
