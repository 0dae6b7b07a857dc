//! Which place in the source each call and each instruction that can trap
//! comes from, with the functions that were inlined there: by the module's own
//! compiler, as its DWARF says, and by ours. Makes the table that
//! [`quench_abi::Module::lines`] describes; does not know how DWARF is read.
//!
//! Code carries offsets in the module as source locations. What was inlined
//! carries numbers of [`Locations`] instead, each an offset and the call it
//! stands for.

pub mod dwarf;
mod frame;

use crate::module::readable;
use cranelift_codegen::ir::SourceLoc;
use dwarf::Dwarf;
use frame::{Frame, FrameFunction, Position};
use rustc_hash::FxHashMap;
use std::collections::HashMap;

/// Source locations from this one on are numbers of an [`Inlined`]. No module
/// is that long.
const FIRST_INLINED: u32 = 1 << 31;

/// A place in a function's body that was put in place of a call.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Inlined {
    /// The function whose body it is.
    pub function: u32,
    /// The offset in the module.
    pub at: u32,
    /// The call.
    pub caller: SourceLoc,
}

/// Where inlined instructions of one function come from.
#[derive(Clone, Default)]
pub struct Locations {
    inlined: Vec<Inlined>,
    known: FxHashMap<Inlined, SourceLoc>,
}

impl Locations {
    pub fn add(&mut self, inlined: Inlined) -> SourceLoc {
        let next = SourceLoc::new(FIRST_INLINED + self.inlined.len() as u32);
        let location = *self.known.entry(inlined).or_insert(next);
        if location == next {
            self.inlined.push(inlined);
        }
        location
    }

    /// What a source location of `body`, a function with the locations
    /// `of_body`, becomes where the body of `function` stands for `call`.
    pub fn place(
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

    /// What an inlined instruction's location says; `None` for an offset.
    pub fn get(&self, location: SourceLoc) -> Option<Inlined> {
        let number = location.bits().checked_sub(FIRST_INLINED)?;
        self.inlined.get(number as usize).copied()
    }
}

/// The table of one function, but for the texts, which all functions share.
#[derive(Clone, Debug, Default)]
pub struct FunctionLines {
    texts: Vec<String>,
    bytes: Vec<u8>,
}

/// What tables are made from.
pub struct Source<'a> {
    /// `None` if the module has none.
    pub dwarf: Option<Dwarf<'a>>,
    pub names: &'a HashMap<u32, &'a str>,
}

impl Source<'_> {
    /// The table of `function`; `points` are offsets of instructions in its
    /// code, ascending, with their source locations.
    pub fn function(
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

    /// The innermost frame first; the last one is of `function`.
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

    /// Frames of an offset in the body of a function of the module.
    fn add_frames(&self, function: u32, offset: u32, frames: &mut Vec<Frame>) {
        let first = frames.len();
        if let Some(dwarf) = &self.dwarf {
            dwarf.frames(offset, frames);
        }
        let function = FrameFunction::Module(function);
        match frames[first..].last_mut() {
            // The module's names are those that backtraces use elsewhere.
            Some(outermost) => outermost.function = function,
            None => frames.push(Frame { function, position: Position::default() }),
        }
    }
}

/// A function's table while it is made.
struct Table<'a> {
    names: &'a HashMap<u32, &'a str>,
    texts: Vec<String>,
    numbers: HashMap<String, u64>,
    scopes: HashMap<Scope, u64>,
    scope_bytes: Vec<u8>,
    rows: Vec<u8>,
    row_count: u64,
    offset: u32,
    last: Row,
}

/// A function inlined in another one: which, and where the call was.
#[derive(PartialEq, Eq, Hash)]
struct Scope {
    /// 0 is the function itself.
    caller: u64,
    function: FrameFunction,
    call: Position,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Row {
    scope: u64,
    file: u64,
    line: u32,
    column: u32,
}

impl<'a> Table<'a> {
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

    /// From `offset` on the code comes from `frames`.
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

    /// The number of a text, from 1.
    fn text(&mut self, text: &str) -> u64 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        self.texts.push(text.to_string());
        let number = self.texts.len() as u64;
        self.numbers.insert(text.to_string(), number);
        number
    }

    /// 0 if it is unknown.
    fn file(&mut self, position: &Position) -> u64 {
        match &position.file {
            Some(file) => self.text(file),
            None => 0,
        }
    }

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

    fn finish(self) -> FunctionLines {
        // What is only in the function itself, without a position, says
        // nothing.
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

/// [`quench_abi::Module::lines`], made of functions in the order of their code.
#[derive(Default)]
pub struct Lines {
    texts: Vec<String>,
    /// Numbers of `texts`.
    known: HashMap<String, u32>,
    /// What each function has of `texts`, and the rest of its table.
    functions: Vec<(Vec<u32>, Vec<u8>)>,
}

impl Lines {
    pub fn add(&mut self, function: FunctionLines) {
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

    pub fn table(self) -> Vec<u8> {
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

/// Unsigned LEB128.
fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}
