//! Takes modules apart by section and puts them together again.

use std::ops::Range;
use wasm_encoder::{Module, RawSection, Section};
use wasmparser::{Parser, Payload};

/// Returns the module with `new` in place of the section of that kind; `None`
/// if it is not a module.
pub(crate) fn replace(wasm: &[u8], new: &impl Section) -> Option<Vec<u8>> {
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let Some((id, range)) = payload.ok()?.as_section() else {
            continue;
        };
        if id == new.id() {
            module.section(new);
        } else {
            let data = wasm.get(range_in_memory(range))?;
            module.section(&RawSection { id, data });
        }
    }
    Some(module.finish())
}

/// Returns the module with bytes put in at these offsets, which are in order and
/// in sections whose parts have no sizes; `None` if it is not a module.
pub(crate) fn insert(wasm: &[u8], offsets: &[usize], bytes: &[u8]) -> Option<Vec<u8>> {
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let Some((id, range)) = payload.ok()?.as_section() else {
            continue;
        };
        let range = range_in_memory(range);
        let mut data = Vec::new();
        let mut start = range.start;
        for offset in offsets.iter().filter(|offset| range.contains(offset)) {
            data.extend(wasm.get(start..*offset)?);
            data.extend(bytes);
            start = *offset;
        }
        data.extend(wasm.get(start..range.end)?);
        module.section(&RawSection { id, data: &data });
    }
    Some(module.finish())
}

/// Returns the ranges of the bodies of functions.
pub(crate) fn bodies(wasm: &[u8]) -> Option<Vec<Range<usize>>> {
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::CodeSectionEntry(body) = payload.ok()? {
            bodies.push(range_in_memory(body.range()));
        }
    }
    Some(bodies)
}

/// Converts a range of offsets in a module that is in memory, whose offsets are
/// never larger than a `usize`.
pub(crate) fn range_in_memory(range: Range<u64>) -> Range<usize> {
    range.start as usize..range.end as usize
}
