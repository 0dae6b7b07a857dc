//! Entries of `.debug_info`, one after the other: what has an address gets one
//! of the machine, what was not compiled is left out, the rest is copied.

use super::expressions::{self, Frame, Location};
use super::map::{Bytes, Function, Globals, Map, Range, address};
use super::{frames, pointers, rows, scan};
use crate::target::Target;
use gimli::write::{
    self, Address, AttributeValue, ConvertResult, ConvertUnit, ConvertUnitEntry, FilterUnitSection,
    UnitEntryId,
};
use gimli::{self, DwAt, DwTag, Encoding, Register, UnitOffset, UnitRef, constants as c, read};
use std::collections::HashMap;

/// Steps from a variable to its declaration, or from a type to what it is.
const LONGEST_CHAIN: usize = 16;

/// Chooses what to translate: functions with code, variables with an address,
/// and what these refer to.
pub fn filter<'a>(
    dwarf: &'a gimli::Dwarf<Bytes<'a>>,
    refused: &[usize],
    map: &Map,
) -> ConvertResult<FilterUnitSection<'a, Bytes<'a>>> {
    let mut filter = FilterUnitSection::new(dwarf)?;
    while let Some(mut unit) = filter.read_unit()? {
        if scan::is_refused(refused, &unit.read_unit.header) {
            continue;
        }
        let mut entry = unit.null_entry();
        while unit.read_entry(&mut entry)? {
            let wanted = match entry.tag {
                c::DW_TAG_subprogram => code(unit.read_unit, &entry.read_entry, map).is_some(),
                c::DW_TAG_variable => match entry.attr_value(c::DW_AT_location) {
                    Some(read::AttributeValue::Exprloc(location)) => is_static(location),
                    _ => false,
                },
                _ => false,
            };
            if wanted {
                unit.require_entry(entry.offset);
            }
        }
    }
    Ok(filter)
}

fn is_static(location: gimli::Expression<Bytes<'_>>) -> bool {
    let first = location.0.slice().first();
    first.is_some_and(|byte| *byte == c::DW_OP_addr.0 || *byte == c::DW_OP_addrx.0)
}

type ReadEntry<'a> = gimli::DebuggingInformationEntry<Bytes<'a>>;

/// The function that is a subprogram's code.
fn code<'a, 'm>(
    unit: UnitRef<'_, Bytes<'a>>,
    entry: &ReadEntry<'a>,
    map: &'m Map,
) -> Option<&'m Function> {
    let mut ranges = unit.die_ranges(entry).ok()?;
    map.function(ranges.next().ok()??.begin)
}

/// What is the same for all units.
pub struct Translation<'t> {
    map: &'t Map,
    globals: Globals<'t>,
    memory_base: u64,
    pointer_size: u8,
    frame_pointer: Register,
    /// Whether debuggers find results where C's functions leave theirs.
    returns_like_c: bool,
}

/// Where the reader is.
#[derive(Clone, Copy, Default)]
struct Place<'t> {
    /// The innermost function with code, and the depth of its entry.
    function: Option<(&'t Function, isize)>,
    /// Whether that has a frame base.
    has_base: bool,
}

impl<'t> Translation<'t> {
    /// Makes a translation of entries. Pointers of `pointer_size` bytes point into a
    /// memory at `memory_base`.
    pub fn new(
        map: &'t Map,
        globals: Globals<'t>,
        memory_base: u64,
        pointer_size: u8,
        target: Target,
    ) -> Translation<'t> {
        Translation {
            map,
            globals,
            memory_base,
            pointer_size,
            frame_pointer: frames::frame_pointer(target),
            returns_like_c: target == Target::X86_64,
        }
    }

    pub fn unit<'a>(
        &self,
        mut unit: ConvertUnit<'_, Bytes<'a>>,
        root: ConvertUnitEntry<'_, Bytes<'a>>,
    ) -> ConvertResult<()> {
        let encoding = Encoding { address_size: 8, ..unit.unit.encoding() };
        unit.unit.set_encoding(encoding);
        rows::translate(&mut unit, encoding, self.map);
        self.root(&mut unit, &root);

        let mut native_pointers = HashMap::new();
        let mut place = Place::default();
        let mut skipped: Option<isize> = None;
        let mut entry = unit.null_entry();
        while let Some(id) = unit.read_entry(&mut entry)? {
            let depth = entry.depth;
            if skipped.is_some_and(|skipped| depth > skipped) {
                continue;
            }
            skipped = is_skipped(entry.tag).then_some(depth);
            if id.is_none() || skipped.is_some() {
                continue;
            }
            if place.function.is_some_and(|(_, outer)| depth <= outer) {
                place = Place::default();
            }
            let id = unit.add_entry(id, &entry);
            self.entry(&mut unit, id, &entry, &mut place, &mut native_pointers);
        }
        if unit.unit.get(unit.unit.root()).children().next().is_none() {
            unit.skip();
            return Ok(());
        }
        let made = native_pointers.into_values().collect();
        pointers::redirect(unit.unit, unit.strings, self.memory_base, self.pointer_size, &made);
        Ok(())
    }

    fn root<'a>(
        &self,
        unit: &mut ConvertUnit<'_, Bytes<'a>>,
        root: &ConvertUnitEntry<'_, Bytes<'a>>,
    ) {
        let id = unit.unit.root();
        self.copy(unit, id, root);
        let mut ranges = Vec::new();
        if let Ok(mut own) = root.read_unit.die_ranges(&root.read_entry) {
            while let Ok(Some(range)) = own.next() {
                let functions = self.map.functions(range.begin, range.end);
                if !self.map.affords(functions.len() + 1) {
                    break;
                }
                ranges.extend(functions.iter().map(|function| function.whole));
            }
        }
        ranges.sort_by_key(|range| range.start);
        ranges.dedup();
        set_ranges(unit, id, &ranges);
        let base = AttributeValue::Address(Address::Constant(0));
        unit.unit.get_mut(id).set(c::DW_AT_low_pc, base);
    }

    fn entry<'a>(
        &self,
        unit: &mut ConvertUnit<'_, Bytes<'a>>,
        id: UnitEntryId,
        entry: &ConvertUnitEntry<'_, Bytes<'a>>,
        place: &mut Place<'t>,
        native_pointers: &mut HashMap<UnitOffset, UnitEntryId>,
    ) {
        self.copy(unit, id, entry);
        match entry.tag {
            c::DW_TAG_subprogram => self.subprogram(unit, id, entry, place),
            c::DW_TAG_lexical_block
            | c::DW_TAG_inlined_subroutine
            | c::DW_TAG_try_block
            | c::DW_TAG_catch_block => {
                let mut ranges = Vec::new();
                if let Ok(mut own) = entry.read_unit.die_ranges(&entry.read_entry) {
                    while let Ok(Some(range)) = own.next() {
                        if !self.map.affords(1) {
                            break;
                        }
                        ranges.extend(self.map.native(range.begin, range.end));
                    }
                }
                set_ranges(unit, id, &ranges);
            }
            c::DW_TAG_variable | c::DW_TAG_formal_parameter => {
                self.variable(unit, id, entry, place, native_pointers);
            }
            c::DW_TAG_pointer_type
            | c::DW_TAG_reference_type
            | c::DW_TAG_rvalue_reference_type
            | c::DW_TAG_ptr_to_member_type
                if entry.attr(c::DW_AT_byte_size).is_none() =>
            {
                // The machine's would be larger.
                let size = AttributeValue::Udata(self.pointer_size.into());
                unit.unit.get_mut(id).set(c::DW_AT_byte_size, size);
            }
            _ => {}
        }
    }

    fn subprogram<'a>(
        &self,
        unit: &mut ConvertUnit<'_, Bytes<'a>>,
        id: UnitEntryId,
        entry: &ConvertUnitEntry<'_, Bytes<'a>>,
        place: &mut Place<'t>,
    ) {
        let Some(function) = code(entry.read_unit, &entry.read_entry, self.map) else {
            return;
        };
        set_ranges(unit, id, &[function.whole]);
        if !self.returns_like_c {
            let convention = AttributeValue::CallingConvention(c::DW_CC_nocall);
            let subprogram = unit.unit.get_mut(id);
            subprogram.set(c::DW_AT_calling_convention, convention);
            // gdb would show as the result what is in C's register.
            subprogram.delete(c::DW_AT_type);
        }
        place.function = Some((function, entry.depth));
        let Some(read::AttributeValue::Exprloc(base)) = entry.attr_value(c::DW_AT_frame_base)
        else {
            return;
        };
        let base = self.with_frame(unit, entry.read_unit, place, |frame| {
            expressions::translate(base, entry.read_unit.encoding(), frame)?.frame_base(frame)
        });
        if let Some(base) = base {
            let base = AttributeValue::Exprloc(base);
            unit.unit.get_mut(id).set(c::DW_AT_frame_base, base);
            place.has_base = true;
        }
    }

    fn variable<'a>(
        &self,
        unit: &mut ConvertUnit<'_, Bytes<'a>>,
        id: UnitEntryId,
        entry: &ConvertUnitEntry<'_, Bytes<'a>>,
        place: &Place<'t>,
        native_pointers: &mut HashMap<UnitOffset, UnitEntryId>,
    ) {
        let Some(location) = entry.attr_value(c::DW_AT_location) else {
            return;
        };
        let pointer = pointer_type(entry.read_unit, &entry.read_entry);
        let value = self.with_frame(unit, entry.read_unit, place, |frame| {
            let finish = |location: Location| match pointer {
                Some(_) => location.pointer(frame),
                None => Some(location.variable()),
            };
            self.locations(entry.read_unit, location, frame, finish)
        });
        let value = match value {
            Found::Nothing => return,
            Found::Always(expression) => AttributeValue::Exprloc(expression),
            Found::Within(list) => AttributeValue::LocationListRef(unit.unit.locations.add(list)),
        };
        unit.unit.get_mut(id).set(c::DW_AT_location, value);
        if let Some(pointer) = pointer {
            let ty = *native_pointers
                .entry(pointer)
                .or_insert_with(|| native_pointer(unit, entry.read_unit, pointer));
            let ty = AttributeValue::UnitRef(ty);
            unit.unit.get_mut(id).set(c::DW_AT_type, ty);
        }
    }

    fn locations<'a>(
        &self,
        unit: UnitRef<'_, Bytes<'a>>,
        value: read::AttributeValue<Bytes<'a>>,
        frame: &Frame<'_>,
        finish: impl Fn(Location) -> Option<write::Expression>,
    ) -> Found {
        let encoding = unit.encoding();
        let translate =
            |expression| expressions::translate(expression, encoding, frame).and_then(&finish);
        if let read::AttributeValue::Exprloc(expression) = value {
            return translate(expression).map_or(Found::Nothing, Found::Always);
        }
        let Ok(Some(mut list)) = unit.attr_locations(value) else {
            return Found::Nothing;
        };
        let mut made = Vec::new();
        while let Ok(Some(location)) = list.next() {
            if !self.map.affords(1) {
                break;
            }
            let Some(expression) = translate(location.data) else {
                continue;
            };
            for range in self.map.native(location.range.begin, location.range.end) {
                made.push(write::Location::StartLength {
                    begin: address(range.start),
                    length: range.size,
                    data: expression.clone(),
                });
            }
        }
        match made.is_empty() {
            true => Found::Nothing,
            false => Found::Within(write::LocationList(made)),
        }
    }

    fn with_frame<'a, T>(
        &self,
        unit: &ConvertUnit<'_, Bytes<'a>>,
        read: UnitRef<'_, Bytes<'a>>,
        place: &Place<'_>,
        work: impl FnOnce(&Frame<'_>) -> T,
    ) -> T {
        work(&Frame {
            memory_base: self.memory_base,
            pointer_size: self.pointer_size,
            frame_pointer: self.frame_pointer,
            function: place.function.map(|(function, _)| function),
            has_base: place.has_base,
            globals: self.globals,
            entry: &|offset| unit.convert_unit_ref(offset).ok(),
            address: &|index| read.address(index).ok(),
        })
    }

    /// Copies what has nothing to do with addresses.
    fn copy<'a>(
        &self,
        unit: &mut ConvertUnit<'_, Bytes<'a>>,
        id: UnitEntryId,
        entry: &ConvertUnitEntry<'_, Bytes<'a>>,
    ) {
        for attribute in &entry.attrs {
            if is_translated(attribute.name()) {
                continue;
            }
            let value = unit.convert_attribute_value(entry.read_unit, attribute, &|_| None);
            // What cannot be copied is not known.
            if let Ok(value) = value
                && is_sound(&value)
            {
                unit.unit.get_mut(id).set(attribute.name(), value);
            }
        }
    }
}

/// Where a variable is.
enum Found {
    Nothing,
    Always(write::Expression),
    Within(write::LocationList),
}

/// Attributes that are made anew, or that say something that is not so any more.
fn is_translated(name: DwAt) -> bool {
    matches!(
        name,
        c::DW_AT_low_pc
            | c::DW_AT_high_pc
            | c::DW_AT_ranges
            | c::DW_AT_entry_pc
            | c::DW_AT_location
            | c::DW_AT_frame_base
            | c::DW_AT_call_return_pc
            | c::DW_AT_call_pc
            | c::DW_AT_GNU_locviews
            | c::DW_AT_GNU_pubnames
            | c::DW_AT_macro_info
            | c::DW_AT_macros
            | c::DW_AT_GNU_macros
            | c::DW_AT_return_addr
            | c::DW_AT_static_link
            | c::DW_AT_segment
    )
}

/// Whether a value can be written: it refers to nothing that is not copied, and
/// texts end where they end.
fn is_sound(value: &AttributeValue) -> bool {
    match value {
        AttributeValue::String(text) => !text.contains(&0),
        AttributeValue::DebugMacinfoRef(_)
        | AttributeValue::DebugMacroRef(_)
        | AttributeValue::DebugInfoRefSup(_)
        | AttributeValue::DebugStrRefSup(_)
        | AttributeValue::DebugTypesRef(_) => false,
        _ => true,
    }
}

/// Entries about calls, which say where values are after them.
fn is_skipped(tag: DwTag) -> bool {
    matches!(
        tag,
        c::DW_TAG_call_site
            | c::DW_TAG_call_site_parameter
            | c::DW_TAG_GNU_call_site
            | c::DW_TAG_GNU_call_site_parameter
            | c::DW_TAG_label
    )
}

fn set_ranges(unit: &mut ConvertUnit<'_, Bytes<'_>>, id: UnitEntryId, ranges: &[Range]) {
    match ranges {
        [] => {}
        [range] => {
            let entry = unit.unit.get_mut(id);
            let start = AttributeValue::Address(address(range.start));
            entry.set(c::DW_AT_low_pc, start);
            entry.set(c::DW_AT_high_pc, AttributeValue::Udata(range.size));
        }
        _ => {
            let list = ranges.iter().map(|range| write::Range::StartLength {
                begin: address(range.start),
                length: range.size,
            });
            let list = write::RangeList(list.collect());
            let list = unit.unit.ranges.add(list);
            let list = AttributeValue::RangeListRef(list);
            unit.unit.get_mut(id).set(c::DW_AT_ranges, list);
        }
    }
}

/// The entry that a reference inside a unit is to.
fn referred<'a>(
    unit: UnitRef<'_, Bytes<'a>>,
    entry: &ReadEntry<'a>,
    name: DwAt,
) -> Option<ReadEntry<'a>> {
    match entry.attr_value(name)? {
        read::AttributeValue::UnitRef(offset) => unit.entry(offset).ok(),
        _ => None,
    }
}

/// The type of a variable, if it is a pointer to something whose place can be
/// described (`pointers.rs`).
fn pointer_type<'a>(unit: UnitRef<'_, Bytes<'a>>, variable: &ReadEntry<'a>) -> Option<UnitOffset> {
    let pointer = unqualified(unit, declared_type(unit, variable)?)?;
    if !pointers::is_pointer(pointer.tag) {
        return None;
    }
    let target = unqualified(unit, referred(unit, &pointer, c::DW_AT_type)?)?;
    let declared = target.attr(c::DW_AT_declaration).is_some();
    (pointers::has_place(target.tag) && !declared).then_some(pointer.offset())
}

/// The type of a variable, which may be said where it is declared.
fn declared_type<'a>(
    unit: UnitRef<'_, Bytes<'a>>,
    variable: &ReadEntry<'a>,
) -> Option<ReadEntry<'a>> {
    let mut entry = variable.clone();
    for _ in 0..LONGEST_CHAIN {
        if let Some(ty) = referred(unit, &entry, c::DW_AT_type) {
            return Some(ty);
        }
        let mut names = [c::DW_AT_abstract_origin, c::DW_AT_specification].into_iter();
        entry = names.find_map(|name| referred(unit, &entry, name))?;
    }
    None
}

/// What a type is behind names and qualifiers.
fn unqualified<'a>(unit: UnitRef<'_, Bytes<'a>>, mut ty: ReadEntry<'a>) -> Option<ReadEntry<'a>> {
    for _ in 0..LONGEST_CHAIN {
        if !pointers::is_name(ty.tag) {
            return Some(ty);
        }
        ty = referred(unit, &ty, c::DW_AT_type)?;
    }
    None
}

/// A type for the machine's pointers to what a pointer of the module points to.
fn native_pointer<'a>(
    unit: &mut ConvertUnit<'_, Bytes<'a>>,
    read: UnitRef<'_, Bytes<'a>>,
    pointer: UnitOffset,
) -> UnitEntryId {
    let root = unit.unit.root();
    let entry = read.entry(pointer).ok();
    let tag = entry.as_ref().map(|entry| entry.tag);
    let id = unit.unit.add(root, tag.unwrap_or(c::DW_TAG_pointer_type));
    unit.unit.get_mut(id).set(c::DW_AT_byte_size, AttributeValue::Udata(8));
    for name in [c::DW_AT_name, c::DW_AT_type] {
        let attribute = entry.as_ref().and_then(|entry| entry.attr(name));
        let value =
            attribute.map(|attribute| unit.convert_attribute_value(read, attribute, &|_| None));
        if let Some(Ok(value)) = value {
            unit.unit.get_mut(id).set(name, value);
        }
    }
    id
}
