//! Translation of the entries of `.debug_info`, one after the other. Attributes with
//! addresses get native addresses, code that was not compiled is left out, and the rest is
//! copied.

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

/// The most references that are followed from a variable to its declaration, or from a type
/// through names and qualifiers.
const LONGEST_CHAIN: usize = 16;

/// Chooses the entries to translate: functions with native code, variables with an address,
/// and the entries that these refer to. Units at the offsets `refused`, which are ascending,
/// are left out.
///
/// # Errors
///
/// When the entries cannot be read.
pub(super) fn filter<'a>(
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

/// Returns whether a location begins with an address.
fn is_static(location: gimli::Expression<Bytes<'_>>) -> bool {
    let first = location.0.slice().first();
    first.is_some_and(|byte| *byte == c::DW_OP_addr.0 || *byte == c::DW_OP_addrx.0)
}

/// An entry of the module.
type ReadEntry<'a> = gimli::DebuggingInformationEntry<Bytes<'a>>;

/// Returns the function that is the code of a subprogram, if it has native code.
fn code<'a, 'm>(
    unit: UnitRef<'_, Bytes<'a>>,
    entry: &ReadEntry<'a>,
    map: &'m Map,
) -> Option<&'m Function> {
    let mut ranges = unit.die_ranges(entry).ok()?;
    map.function(ranges.next().ok()??.begin)
}

/// The translation of entries, with what all units have in common.
pub(super) struct Translation<'t> {
    /// The functions with native code.
    map: &'t Map,
    /// Sizes of the globals with cells.
    globals: Globals<'t>,
    /// Native address of the memory that pointers point into.
    memory_base: u64,
    /// Size in bytes of the module's pointers.
    pointer_size: u8,
    /// The register of the frame pointer.
    frame_pointer: Register,
    /// Whether compiled functions return results in the registers of C's functions, where
    /// debuggers look for them.
    returns_like_c: bool,
}

/// The place in a unit that the translation has reached.
#[derive(Clone, Copy, Default)]
struct Place<'t> {
    /// The innermost function with native code, and the depth of its entry.
    function: Option<(&'t Function, isize)>,
    /// Whether that function has a frame base.
    has_base: bool,
}

impl<'t> Translation<'t> {
    /// Makes a translation of entries. Pointers of `pointer_size` bytes point into the
    /// memory at the native address `memory_base`.
    pub(super) fn new(
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

    /// Translates a unit, whose entry is `root`. A unit without other entries is left out.
    ///
    /// # Errors
    ///
    /// When an entry cannot be read.
    pub(super) fn unit<'a>(
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

    /// Translates the entry of a unit itself.
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

    /// Translates an entry inside a unit. `native_pointers` has the types that
    /// [`native_pointer`] made, by the type of the module's pointer.
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
                // Without a size it would have that of a native pointer, which is larger.
                let size = AttributeValue::Udata(self.pointer_size.into());
                unit.unit.get_mut(id).set(c::DW_AT_byte_size, size);
            }
            _ => {}
        }
    }

    /// Translates the range, frame base and result of a function with native code.
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
            // With a type, gdb would show the content of C's register as the result.
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

    /// Translates the location of a variable or parameter, and the type of one that is a
    /// pointer.
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

    /// Translates a location, which is an expression or a list of them. `finish` adds the
    /// end of each expression.
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
        if made.is_empty() { Found::Nothing } else { Found::Within(write::LocationList(made)) }
    }

    /// Calls `work` with the frame to which expressions at `place` refer.
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

    /// Copies the attributes that have nothing to do with addresses.
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
            // An attribute that cannot be copied is left out.
            if let Ok(value) = value
                && is_sound(&value)
            {
                unit.unit.get_mut(id).set(attribute.name(), value);
            }
        }
    }
}

/// The translated location of a variable.
enum Found {
    /// No location that can be translated.
    Nothing,
    /// One location, wherever the variable is in scope.
    Always(write::Expression),
    /// A location for each of several ranges of native code.
    Within(write::LocationList),
}

/// Returns whether an attribute is not copied, because it is made anew or does not hold for
/// native code.
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

/// Returns whether a value can be written: it refers only to sections that are copied, and
/// has no zero byte inside a text, which would end there.
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

/// Returns whether an entry is left out with all below it: those about calls, which say
/// where values are after them, and labels.
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

/// Sets the attributes of an entry that give its ranges of native code.
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

/// Returns the entry of the same unit to which the attribute `name` of an entry refers.
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

/// Returns the type of a variable, if that is a pointer to a type whose place can be
/// described (see `pointers.rs`).
fn pointer_type<'a>(unit: UnitRef<'_, Bytes<'a>>, variable: &ReadEntry<'a>) -> Option<UnitOffset> {
    let pointer = unqualified(unit, declared_type(unit, variable)?)?;
    if !pointers::is_pointer(pointer.tag) {
        return None;
    }
    let target = unqualified(unit, referred(unit, &pointer, c::DW_AT_type)?)?;
    let declared = target.attr(c::DW_AT_declaration).is_some();
    (pointers::has_place(target.tag) && !declared).then_some(pointer.offset())
}

/// Returns the type of a variable, which its declaration may have instead of itself.
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

/// Returns the type behind names and qualifiers of a type.
fn unqualified<'a>(unit: UnitRef<'_, Bytes<'a>>, mut ty: ReadEntry<'a>) -> Option<ReadEntry<'a>> {
    for _ in 0..LONGEST_CHAIN {
        if !pointers::is_name(ty.tag) {
            return Some(ty);
        }
        ty = referred(unit, &ty, c::DW_AT_type)?;
    }
    None
}

/// Adds a type of native pointers that have the same target type as a type of pointers of
/// the module.
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
