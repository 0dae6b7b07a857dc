//! The positions in the source of each call and each instruction that can trap, with the
//! functions that were inlined there: by the module's own compiler, as its DWARF says, and
//! by quench. Makes the table that [`quench_abi::Module::lines`] describes. Only
//! [`dwarf`] knows how DWARF is read.
//!
//! The source location of an instruction is its offset in the module. An inlined
//! instruction has a number of [`Locations`] instead, which stands for an offset and for
//! the call that the inlined body replaces.

pub(crate) mod dwarf;
mod frame;

use crate::module::readable;
use cranelift_codegen::ir::SourceLoc;
use dwarf::Dwarf;
use frame::{Frame, FrameFunction, Position};
use rustc_hash::FxHashMap;
use std::collections::HashMap;

/// The first source location that is the number of an [`Inlined`]. No module is so long
/// that it has an instruction at this offset.
const FIRST_INLINED: u32 = 1 << 31;

/// The origin of an instruction in an inlined body.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Inlined {
    /// Index of the function whose body was inlined.
    pub function: u32,
    /// Offset of the instruction in the module.
    pub at: u32,
    /// Source location of the call that the body replaces.
    pub caller: SourceLoc,
}

/// The origins of the inlined instructions of one function.
#[derive(Clone, Default)]
pub(crate) struct Locations {
    /// The origins; the source location of each is [`FIRST_INLINED`] plus its index.
    inlined: Vec<Inlined>,
    /// The source location of each origin.
    known: FxHashMap<Inlined, SourceLoc>,
}

impl Locations {
    /// Returns the source location that stands for `inlined`, a new one if there is none
    /// yet.
    pub(crate) fn add(&mut self, inlined: Inlined) -> SourceLoc {
        let next = SourceLoc::new(FIRST_INLINED + self.inlined.len() as u32);
        let location = *self.known.entry(inlined).or_insert(next);
        if location == next {
            self.inlined.push(inlined);
        }
        location
    }

    /// Returns the source location that `location` becomes where the body of `function`,
    /// whose locations are `of_body`, replaces the call at `call`.
    pub(crate) fn place(
        &mut self,
        location: SourceLoc,
        of_body: &Locations,
        function: u32,
        call: SourceLoc,
    ) -> SourceLoc {
        if location.is_default() {
            return location;
        }
        let inlined = match of_body.get(location) {
            None => Inlined { function, at: location.bits(), caller: call },
            Some(nested) => {
                Inlined { caller: self.place(nested.caller, of_body, function, call), ..nested }
            }
        };
        self.add(inlined)
    }

    /// Returns the origin of an inlined instruction, or none if `location` is an offset in
    /// the module.
    pub(crate) fn get(&self, location: SourceLoc) -> Option<Inlined> {
        let number = location.bits().checked_sub(FIRST_INLINED)?;
        self.inlined.get(number as usize).copied()
    }
}

/// The table of one function, before the offsets of its texts are known: all functions
/// share the texts.
#[derive(Clone, Debug, Default)]
pub(crate) struct FunctionLines {
    /// The texts, in the order of their numbers, which count from 1.
    texts: Vec<String>,
    /// The scopes and rows; empty if the function has no table.
    bytes: Vec<u8>,
}

/// The information about the module from which tables of lines are made.
pub(crate) struct LineSource<'a> {
    /// The module's DWARF, if it has some with a line table.
    pub dwarf: Option<Dwarf<'a>>,
    /// Names of functions by index.
    pub names: &'a HashMap<u32, &'a str>,
}

impl LineSource<'_> {
    /// Makes the table of `function`. `points` are offsets of instructions in its code,
    /// ascending, with their source locations; `locations` are the origins of its inlined
    /// instructions.
    pub(crate) fn function(
        &self,
        function: u32,
        points: &[(u32, SourceLoc)],
        locations: &Locations,
    ) -> FunctionLines {
        let mut table = Table::new(self.names);
        let mut last = None;
        for (offset, location) in points {
            if last != Some(*location) {
                last = Some(*location);
                let frames = self.frames(function, *location, locations);
                table.add(*offset, &frames);
            }
        }
        table.finish()
    }

    /// Returns the frames of a source location in `function`, the innermost first. The last
    /// one is that of `function`.
    fn frames(&self, function: u32, location: SourceLoc, locations: &Locations) -> Vec<Frame> {
        let mut frames = Vec::new();
        let mut next = location;
        while let Some(inlined) = locations.get(next) {
            self.add_frames(inlined.function, inlined.at, &mut frames);
            next = inlined.caller;
        }
        self.add_frames(function, next.bits(), &mut frames);
        frames
    }

    /// Appends the frames of an offset in the body of a function of the module.
    fn add_frames(&self, function: u32, offset: u32, frames: &mut Vec<Frame>) {
        let first = frames.len();
        if let Some(dwarf) = &self.dwarf {
            dwarf.frames(offset, frames);
        }
        let function = FrameFunction::Module(function);
        match frames[first..].last_mut() {
            // The function is given by its index, so that its name is the module's, as
            // elsewhere in backtraces.
            Some(outermost) => outermost.function = function,
            None => frames.push(Frame { function, position: Position::default() }),
        }
    }
}

/// A function's table while it is being made.
struct Table<'a> {
    /// Names of the module's functions by index.
    names: &'a HashMap<u32, &'a str>,
    /// The texts, in the order of their numbers.
    texts: Vec<String>,
    /// The numbers of the texts, from 1.
    numbers: HashMap<String, u64>,
    /// The numbers of the scopes, from 1.
    scopes: HashMap<Scope, u64>,
    /// The scopes as they are encoded.
    scope_bytes: Vec<u8>,
    /// The rows as they are encoded.
    rows: Vec<u8>,
    /// Number of rows.
    row_count: u64,
    /// Offset in the code of the last row.
    offset: u32,
    /// The last row.
    last: Row,
}

/// An inlined function, and the call that it replaces.
#[derive(PartialEq, Eq, Hash)]
struct Scope {
    /// Number of the scope that the call is in; 0 is the function itself.
    caller: u64,
    /// The function that was inlined.
    function: FrameFunction,
    /// Position of the call.
    call: Position,
}

/// The position that a row of the table gives.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Row {
    /// Number of the scope; 0 is the function itself.
    scope: u64,
    /// Number of the file's text; 0 if it is unknown.
    file: u64,
    /// Line, from 1; 0 if it is unknown.
    line: u32,
    /// Column, from 1; 0 if it is unknown.
    column: u32,
}

impl<'a> Table<'a> {
    /// Makes a table without rows.
    fn new(names: &'a HashMap<u32, &'a str>) -> Table<'a> {
        Table {
            names,
            texts: Vec::new(),
            numbers: HashMap::new(),
            scopes: HashMap::new(),
            scope_bytes: Vec::new(),
            rows: Vec::new(),
            row_count: 0,
            offset: 0,
            last: Row::default(),
        }
    }

    /// Adds a row: from `offset` on, the code comes from `frames`.
    fn add(&mut self, offset: u32, frames: &[Frame]) {
        let Some((outermost, inner)) = frames.split_last() else {
            return;
        };
        let (mut scope, mut call) = (0, &outermost.position);
        for frame in inner.iter().rev() {
            scope = self.scope(Scope {
                caller: scope,
                function: frame.function.clone(),
                call: call.clone(),
            });
            call = &frame.position;
        }
        let row = Row { scope, file: self.file(call), line: call.line, column: call.column };
        if row == self.last {
            return;
        }
        let same_scope = (row.scope, row.file) == (self.last.scope, self.last.file);
        let line = i64::from(row.line) - i64::from(self.last.line);
        let changes = u64::from(line != 0) << 1 | u64::from(!same_scope);
        let start = u64::from(offset - self.offset);
        write_number(&mut self.rows, start << 2 | changes);
        if !same_scope {
            write_number(&mut self.rows, row.scope);
            write_number(&mut self.rows, row.file);
        }
        if line != 0 {
            write_number(&mut self.rows, (line << 1 ^ line >> 63) as u64);
        }
        write_number(&mut self.rows, u64::from(row.column));
        self.row_count += 1;
        (self.offset, self.last) = (offset, row);
    }

    /// Returns the number of a text, from 1.
    fn text(&mut self, text: &str) -> u64 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        self.texts.push(text.to_string());
        let number = self.texts.len() as u64;
        self.numbers.insert(text.to_string(), number);
        number
    }

    /// Returns the number of the text of a position's file, or 0 if the file is unknown.
    fn file(&mut self, position: &Position) -> u64 {
        match &position.file {
            Some(file) => self.text(file),
            None => 0,
        }
    }

    /// Returns the number of a scope, and encodes the scope if it is new.
    fn scope(&mut self, scope: Scope) -> u64 {
        if let Some(number) = self.scopes.get(&scope) {
            return *number;
        }
        let (index, name) = match &scope.function {
            FrameFunction::Module(index) => {
                let name = self.names.get(index).copied();
                (u64::from(*index) + 1, readable(name.unwrap_or("")))
            }
            FrameFunction::Inlined(name) => (0, readable(name)),
        };
        let numbers = [
            scope.caller,
            index,
            self.text(&name),
            self.file(&scope.call),
            u64::from(scope.call.line),
            u64::from(scope.call.column),
        ];
        for number in numbers {
            write_number(&mut self.scope_bytes, number);
        }
        let number = self.scopes.len() as u64 + 1;
        self.scopes.insert(scope, number);
        number
    }

    /// Encodes the table; a table without rows is empty.
    fn finish(self) -> FunctionLines {
        // A function whose code has no other scope and no position has no rows, and its
        // table would say nothing.
        if self.row_count == 0 {
            return FunctionLines::default();
        }
        let mut bytes = Vec::new();
        write_number(&mut bytes, self.scopes.len() as u64);
        bytes.extend_from_slice(&self.scope_bytes);
        write_number(&mut bytes, self.row_count);
        bytes.extend_from_slice(&self.rows);
        FunctionLines { texts: self.texts, bytes }
    }
}

/// The content of [`quench_abi::Module::lines`], made of the functions' tables in the order
/// of their code.
#[derive(Default)]
pub(crate) struct Lines {
    /// The texts of all functions, each once.
    texts: Vec<String>,
    /// Indices in `texts`.
    known: HashMap<String, u32>,
    /// For each function, the indices in `texts` of its texts, and the rest of its table.
    functions: Vec<(Vec<u32>, Vec<u8>)>,
}

impl Lines {
    /// Appends the table of the next function.
    pub(crate) fn add(&mut self, function: FunctionLines) {
        let texts = function.texts.into_iter().map(|text| {
            let next = self.texts.len() as u32;
            *self.known.entry(text).or_insert_with_key(|text| {
                self.texts.push(text.clone());
                next
            })
        });
        let texts = texts.collect();
        self.functions.push((texts, function.bytes));
    }

    /// Encodes the tables of all functions. The result is empty if no function has a table.
    pub(crate) fn table(self) -> Vec<u8> {
        if self.functions.iter().all(|(_, bytes)| bytes.is_empty()) {
            return Vec::new();
        }
        let mut table = vec![0; self.functions.len() * 4];
        let mut places: Vec<Option<u64>> = vec![None; self.texts.len()];
        for (number, (texts, bytes)) in self.functions.into_iter().enumerate() {
            if bytes.is_empty() {
                continue;
            }
            for text in &texts {
                places[*text as usize].get_or_insert_with(|| {
                    let place = table.len() as u64;
                    let text = self.texts[*text as usize].as_bytes();
                    write_number(&mut table, text.len() as u64);
                    table.extend_from_slice(text);
                    place
                });
            }
            let start = table.len() as u32;
            table[number * 4..][..4].copy_from_slice(&start.to_le_bytes());
            write_number(&mut table, texts.len() as u64);
            for text in &texts {
                let place = places[*text as usize].expect("placed above");
                write_number(&mut table, place);
            }
            table.extend_from_slice(&bytes);
        }
        table
    }
}

/// Appends a number as unsigned LEB128.
fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}
