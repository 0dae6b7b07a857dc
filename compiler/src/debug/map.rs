//! A map from the module's instructions to their native code. Offsets in the module count
//! from the content of its code section, as addresses in DWARF do; offsets in native code
//! count from the start of the text section.

use crate::module::Module;
use gimli::write::Address;
use gimli::{EndianSlice, LittleEndian};
use std::cell::Cell;

/// A section of the module's DWARF, or a part of one.
pub(super) type Bytes<'a> = EndianSlice<'a, LittleEndian>;

/// A function from the index of a global to the size in bytes of its cell. It returns none
/// for a global without a cell, which code cannot refer to at run time.
pub(super) type Globals<'a> = &'a dyn Fn(u32) -> Option<u8>;

/// Returns the address of an offset in the text section, whose symbol has the number 0.
pub(super) fn address(at: u64) -> Address {
    Address::Symbol { symbol: 0, addend: at as i64 }
}

/// The place of a function's body in the module.
#[derive(Clone, Copy)]
pub(super) struct Body {
    /// Index of the function.
    pub function: u32,
    /// Offset of the body's first byte, behind the field that gives its size.
    pub start: u32,
    /// Offset of the first byte behind the body.
    pub end: u32,
}

/// Returns the places of the module's bodies, in order.
pub(super) fn bodies(module: &Module<'_>) -> Vec<Body> {
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

/// The most bytes of the field in front of a body that gives its size. Some compilers count
/// it as part of the function.
const SIZE_FIELD: u32 = 5;

/// Returns the body of `bodies` that an address belongs to.
pub(super) fn function_at(bodies: &[Body], address: u64) -> Option<&Body> {
    let address = u32::try_from(address).ok()?;
    // A function that was not linked in has the address 0 or one of the last addresses.
    let next = bodies.partition_point(|body| body.end <= address);
    let found = bodies.get(next)?;
    (address != 0 && address + SIZE_FIELD >= found.start).then_some(found)
}

/// The native code of a unit, with its place in the text section.
pub(crate) struct Placed {
    /// Index of the function; none for a thunk.
    pub function: Option<u32>,
    /// Offset of the code in the text section.
    pub at: u64,
    /// Size of the code in bytes.
    pub size: u32,
    /// The offsets in the code at which its parts begin, ascending, each with the offset in
    /// the module that the part comes from.
    pub origins: Vec<(u32, u32)>,
    /// The locals that have slots in the frame, each with the slot's distance in bytes from
    /// the frame pointer and its size in bytes.
    pub slots: Vec<(u32, i32, u8)>,
    /// Offset in the code of the instructions that set up its frame; none if it has no frame.
    pub frame_at: Option<u32>,
}

/// A range of native code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    /// Offset of the first byte.
    pub start: u64,
    /// Number of bytes.
    pub size: u64,
}

/// A function of the module that has native code.
pub(super) struct Function {
    /// The body in the module.
    pub body: Body,
    /// The range of all its native code.
    pub whole: Range,
    /// The locals that have slots; see [`Placed::slots`].
    pub slots: Vec<(u32, i32, u8)>,
    /// The parts of the native code, in its order. Together they cover all of it.
    pub parts: Vec<Part>,
    /// Indices in `parts`, by ascending origin in the module.
    by_origin: Vec<u32>,
}

/// A part of a function's native code that comes from one instruction of the module.
#[derive(Clone, Copy)]
pub(super) struct Part {
    /// Offset of the instruction in the module.
    pub origin: u32,
    /// Offset of the part's first byte of native code.
    pub start: u64,
    /// Offset of the first byte behind the part.
    pub end: u64,
}

/// The functions of the module that have native code.
pub(super) struct Map {
    /// The functions, in the module's order.
    functions: Vec<Function>,
    /// Number of items that may still be processed. It limits what wrong DWARF can cost.
    budget: Cell<usize>,
}

impl Map {
    /// Makes a map of `placed`, the units with native code, to `bodies`, all bodies of the
    /// module in order.
    pub(super) fn new(bodies: &[Body], placed: Vec<Placed>) -> Map {
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

    /// Returns the function that an address of the module belongs to, if it has native code.
    pub(super) fn function(&self, address: u64) -> Option<&Function> {
        let next =
            self.functions.partition_point(|function| u64::from(function.body.end) <= address);
        let found = self.functions.get(next)?;
        function_at(&[found.body], address).map(|_| found)
    }

    /// Returns the functions with native code whose bodies overlap a range of the module.
    pub(super) fn functions(&self, begin: u64, end: u64) -> &[Function] {
        let first =
            self.functions.partition_point(|function| u64::from(function.body.end) <= begin);
        let after = self.functions.partition_point(|function| u64::from(function.body.start) < end);
        &self.functions[first..after.max(first)]
    }

    /// Returns the native code that comes from a range of the module inside a function, in
    /// the order of native code. Returns none of it once the limit of work is reached.
    pub(super) fn native(&self, begin: u64, end: u64) -> Vec<Range> {
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

    /// Returns whether the work on `count` more items is within the limit, and counts them.
    pub(super) fn affords(&self, count: usize) -> bool {
        let left = self.budget.get().checked_sub(count);
        self.budget.set(left.unwrap_or(0));
        left.is_some()
    }
}

impl Function {
    /// Divides the native code of a function into parts.
    fn new(body: Body, code: Placed) -> Function {
        let mut parts: Vec<Part> = Vec::with_capacity(code.origins.len() + 1);
        // Code before the first origin belongs to the beginning of the body.
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
