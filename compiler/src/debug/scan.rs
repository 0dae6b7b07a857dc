//! The scan of the module's debugging information entries before code is made. It finds the
//! locals that they mention, and the compilation units that cannot be translated because
//! they are malformed or too large.

use super::map::{self, Body, Bytes};
use gimli::{
    self, AttributeValue, DebuggingInformationEntry, Dwarf, Expression, Operation, Unit, constants,
};
use std::collections::HashMap;

/// The deepest nesting of entries. There is a limit because entries are written
/// recursively; no compiler nests them so deep.
const DEEPEST: isize = 200;

/// The most entries of all units.
const MOST_ENTRIES: usize = 16 << 20;

/// The most locals that variables of one function can be in.
const MOST_LOCALS: usize = 1000;

/// The most elements of a variable's location list that are read, and the most mentions of
/// locals that are collected for a function before equal ones are merged.
const MOST_LOCATIONS: usize = 10_000;

/// The result of a scan.
#[derive(Default)]
pub(super) struct Scan {
    /// For each function, by its index, the locals that its entries mention, ascending.
    pub locals: HashMap<u32, Vec<u32>>,
    /// Offsets in `.debug_info` of the units that cannot be translated, ascending.
    pub refused: Vec<usize>,
    /// Number of entries that were read.
    entries: usize,
}

/// Scans all units of the module's DWARF. `bodies` are the bodies of the module, in order.
pub(super) fn scan(dwarf: &Dwarf<Bytes<'_>>, bodies: &[Body]) -> Scan {
    let mut scan = Scan::default();
    let mut units = dwarf.units();
    while let Ok(Some(header)) = units.next() {
        let offset = header.debug_info_offset();
        let Ok(unit) = dwarf.unit(header) else {
            scan.refused.extend(offset.map(|offset| offset.0));
            continue;
        };
        if scan.unit(dwarf, &unit, bodies).is_none() {
            scan.refused.extend(offset.map(|offset| offset.0));
        }
    }
    for locals in scan.locals.values_mut() {
        locals.sort_unstable();
        locals.dedup();
        locals.truncate(MOST_LOCALS);
    }
    scan
}

impl Scan {
    /// Scans one unit. Returns none if it cannot be translated.
    fn unit<'a>(
        &mut self,
        dwarf: &Dwarf<Bytes<'a>>,
        unit: &Unit<Bytes<'a>>,
        bodies: &[Body],
    ) -> Option<()> {
        let mut entries = unit.entries_raw(None).ok()?;
        let mut entry = DebuggingInformationEntry::null();
        // The function that contains the present entry, and the depth of its own entry.
        let mut within: Option<(u32, isize)> = None;
        while !entries.is_empty() {
            if !entries.read_entry(&mut entry).ok()? {
                continue;
            }
            self.entries += 1;
            if entry.depth > DEEPEST || self.entries > MOST_ENTRIES {
                return None;
            }
            if within.is_some_and(|(_, depth)| entry.depth <= depth) {
                within = None;
            }
            if entry.tag == constants::DW_TAG_subprogram
                && let Some(function) = function(dwarf, unit, &entry, bodies)
            {
                within = Some((function, entry.depth));
            }
            if let Some((function, _)) = within {
                let locals = self.locals.entry(function).or_default();
                for name in [constants::DW_AT_location, constants::DW_AT_frame_base] {
                    if let Some(value) = entry.attr_value(name) {
                        add_locals(dwarf, unit, value, locals);
                    }
                }
            }
        }
        Some(())
    }
}

/// Returns the index of the function that is the code of a subprogram.
fn function<'a>(
    dwarf: &Dwarf<Bytes<'a>>,
    unit: &Unit<Bytes<'a>>,
    entry: &DebuggingInformationEntry<Bytes<'a>>,
    bodies: &[Body],
) -> Option<u32> {
    let mut ranges = dwarf.die_ranges(unit, entry).ok()?;
    let range = ranges.next().ok()??;
    map::function_at(bodies, range.begin).map(|body| body.function)
}

/// Appends the locals that a location or a frame base mentions: an expression, or a list of
/// them.
fn add_locals<'a>(
    dwarf: &Dwarf<Bytes<'a>>,
    unit: &Unit<Bytes<'a>>,
    value: AttributeValue<Bytes<'a>>,
    locals: &mut Vec<u32>,
) {
    if let AttributeValue::Exprloc(expression) = value {
        return add_expression(unit, expression, locals);
    }
    let Ok(Some(mut list)) = dwarf.attr_locations(unit, value) else {
        return;
    };
    for _ in 0..MOST_LOCATIONS {
        let Ok(Some(location)) = list.next() else {
            return;
        };
        add_expression(unit, location.data, locals);
    }
}

/// Appends the locals that an expression mentions.
fn add_expression(
    unit: &Unit<Bytes<'_>>,
    expression: Expression<Bytes<'_>>,
    locals: &mut Vec<u32>,
) {
    let mut operations = expression.operations(unit.encoding());
    while let Ok(Some(operation)) = operations.next() {
        if let Operation::WasmLocal { index } = operation
            && locals.last() != Some(&index)
            && locals.len() < MOST_LOCATIONS
        {
            locals.push(index);
        }
    }
}

/// Returns whether a unit begins at one of the offsets `refused`, which are ascending.
pub(super) fn is_refused(refused: &[usize], header: &gimli::UnitHeader<Bytes<'_>>) -> bool {
    let offset = header.debug_info_offset();
    offset.is_some_and(|offset| refused.binary_search(&offset.0).is_ok())
}
