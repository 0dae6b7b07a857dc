//! Which native code each instruction of the module became. Offsets in the
//! module count from its code section, as DWARF's addresses do; places in native
//! code count from the start of the text.

use crate::module::Module;
use gimli::write::Address;
use gimli::{EndianSlice, LittleEndian};
use std::cell::Cell;

/// A section of the module's DWARF, or a part of one.
pub type Bytes<'a> = EndianSlice<'a, LittleEndian>;

/// The globals that code can refer to at run time, with the bytes of each.
pub type Globals<'a> = &'a dyn Fn(u32) -> Option<u8>;

/// Returns the address of an offset in the text, whose symbol is the first.
pub fn address(at: u64) -> Address {
    Address::Symbol { symbol: 0, addend: at as i64 }
}

/// A function's body in the module.
#[derive(Clone, Copy)]
pub struct Body {
    pub function: u32,
    pub start: u32,
    pub end: u32,
}

pub fn bodies(module: &Module<'_>) -> Vec<Body> {
    let bodies = module.bodies.iter().enumerate();
    bodies
        .map(|(number, body)| {
            let range = body.body.range();
            Body {
                function: module.imported_functions + number as u32,
                start: (range.start as u32).saturating_sub(module.code_start),
                end: (range.end as u32).saturating_sub(module.code_start),
            }
        })
        .collect()
}

/// Bytes before a body that some compilers count to the function: its size.
const SIZE_FIELD: u32 = 5;

/// The function that an address belongs to.
pub fn function_at(bodies: &[Body], address: u64) -> Option<&Body> {
    let address = u32::try_from(address).ok()?;
    // What is not linked in has the address 0 or one of the last.
    let next = bodies.partition_point(|body| body.end <= address);
    let found = bodies.get(next)?;
    (address != 0 && address + SIZE_FIELD >= found.start).then_some(found)
}

/// Native code of a function or thunk.
pub struct Placed {
    pub function: Option<u32>,
    pub at: u64,
    pub size: u32,
    /// Where parts of the code begin, ascending, with the offsets in the module
    /// that they come from, which count from its code section.
    pub origins: Vec<(u32, u32)>,
    /// Locals, the distances of their slots from the frame pointer, and bytes.
    pub slots: Vec<(u32, i32, u8)>,
    /// Bytes before it sets up its frame; `None` if it has none.
    pub frame_at: Option<u32>,
}

/// A stretch of native code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub start: u64,
    pub size: u64,
}

pub struct Function {
    pub body: Body,
    pub whole: Range,
    pub slots: Vec<(u32, i32, u8)>,
    /// Ends of code, and where it comes from, in the order of native code.
    pub parts: Vec<Part>,
    /// Numbers of parts in the order of the module.
    by_origin: Vec<u32>,
}

#[derive(Clone, Copy)]
pub struct Part {
    pub origin: u32,
    pub start: u64,
    pub end: u64,
}

pub struct Map {
    /// In the module's order.
    functions: Vec<Function>,
    /// Parts that may still be looked at: a limit for what wrong DWARF costs.
    budget: Cell<usize>,
}

impl Map {
    pub fn new(bodies: &[Body], placed: Vec<Placed>) -> Map {
        let by_index = |index: u32| bodies.binary_search_by_key(&index, |body| body.function);
        let mut functions: Vec<Function> = placed
            .into_iter()
            .filter_map(|code| {
                let body = bodies[by_index(code.function?).ok()?];
                Some(Function::new(body, code))
            })
            .collect();
        functions.sort_by_key(|function| function.body.start);
        let parts: usize = functions.iter().map(|function| function.parts.len()).sum();
        Map { functions, budget: Cell::new(parts * 64 + (1 << 16)) }
    }

    /// The function that an address of the module is in, if it has code.
    pub fn function(&self, address: u64) -> Option<&Function> {
        let next =
            self.functions.partition_point(|function| u64::from(function.body.end) <= address);
        let found = self.functions.get(next)?;
        function_at(&[found.body], address).map(|_| found)
    }

    /// Functions of which a range has a part.
    pub fn functions(&self, begin: u64, end: u64) -> &[Function] {
        let first =
            self.functions.partition_point(|function| u64::from(function.body.end) <= begin);
        let after = self.functions.partition_point(|function| u64::from(function.body.start) < end);
        &self.functions[first..after.max(first)]
    }

    /// The native code that comes from a range inside a function.
    pub fn native(&self, begin: u64, end: u64) -> Vec<Range> {
        let Some(function) = self.function(begin) else {
            return Vec::new();
        };
        let from = function.body.start.into();
        if begin <= from && end >= function.body.end.into() {
            return vec![function.whole];
        }
        let numbers = &function.by_origin;
        let origin = |number: &u32| u64::from(function.parts[*number as usize].origin);
        let first = numbers.partition_point(|number| origin(number) < begin);
        let after = numbers.partition_point(|number| origin(number) < end);
        let mut found = numbers[first..after.max(first)].to_vec();
        let Some(left) = self.budget.get().checked_sub(found.len()) else {
            return Vec::new();
        };
        self.budget.set(left);
        found.sort_unstable();
        let mut ranges: Vec<Range> = Vec::new();
        for number in found {
            let Part { start, end, .. } = function.parts[number as usize];
            match ranges.last_mut() {
                Some(last) if last.start + last.size == start => last.size = end - last.start,
                _ => ranges.push(Range { start, size: end - start }),
            }
        }
        ranges
    }

    /// Whether work on `count` more things is within the limit.
    pub fn affords(&self, count: usize) -> bool {
        let left = self.budget.get().checked_sub(count);
        self.budget.set(left.unwrap_or(0));
        left.is_some()
    }
}

impl Function {
    fn new(body: Body, code: Placed) -> Function {
        let mut parts: Vec<Part> = Vec::with_capacity(code.origins.len() + 1);
        // Until it says otherwise, it is what begins the function.
        let beginning = [(0, body.start)].into_iter();
        for (start, origin) in beginning.chain(code.origins) {
            let start = code.at + u64::from(start);
            match parts.last_mut() {
                Some(last) if last.origin == origin => continue,
                Some(last) if last.start == start => last.origin = origin,
                _ => parts.push(Part { origin, start, end: code.at + u64::from(code.size) }),
            }
        }
        for number in 1..parts.len() {
            parts[number - 1].end = parts[number].start;
        }
        let mut by_origin: Vec<u32> = (0..parts.len() as u32).collect();
        by_origin.sort_by_key(|number| parts[*number as usize].origin);
        Function {
            body,
            whole: Range { start: code.at, size: code.size.into() },
            slots: code.slots,
            parts,
            by_origin,
        }
    }
}
