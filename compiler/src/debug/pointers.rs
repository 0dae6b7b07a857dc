//! The targets of pointers in linear memory. The value of such a pointer is an address of
//! linear memory, and the native address of its target is that value plus the base of the
//! memory. DWARF can say this of a type with `DW_AT_data_location`, which debuggers heed for
//! structures and arrays. So the target type of a pointer becomes a copy of the structure,
//! or an array of one element, with that attribute.

use gimli::constants as c;
use gimli::write::{AttributeValue, Expression, StringTable, Unit, UnitEntryId};
use gimli::{DwAt, DwTag};
use std::collections::{HashMap, HashSet};

/// The most names and qualifiers of a type that are followed to the type itself.
const LONGEST_CHAIN: usize = 16;

/// The most levels of entries below a type that are copied with it. The variants of a
/// variant part need more than one.
const DEEPEST_COPY: usize = 4;

/// The most entries of copies that are added to a unit for each entry of its own.
const MOST_COPIES: usize = 4;

/// Changes the target types of all types of pointers in a unit but those in `native`, which
/// are types of native pointers. gdb keeps a single pointer type for each target type, so
/// pointers of the module must not have the same target types as native ones. `base` is the
/// native address of the memory, and `pointer_size` the size in bytes of the module's
/// pointers.
pub(super) fn redirect(
    unit: &mut Unit,
    strings: &StringTable,
    base: u64,
    pointer_size: u8,
    native: &HashSet<UnitEntryId>,
) {
    let all = entries(unit);
    let texts = all.iter().filter_map(|id| of_text(unit, strings, *id));
    let texts: HashSet<UnitEntryId> = texts.collect();
    let mut pointers = all;
    pointers.retain(|id| is_pointer(unit.get(*id).tag()) && !native.contains(id));
    let room = unit.count() * MOST_COPIES;
    let mut copies =
        Copies { unit, base, pointer_size, made: HashMap::new(), index_type: None, room };
    for pointer in pointers {
        let Some(target) = referred(copies.unit, pointer, c::DW_AT_type) else {
            continue;
        };
        let copy =
            if texts.contains(&pointer) { copies.plain(target) } else { copies.target(target) };
        if let Some(copy) = copy {
            let copy = AttributeValue::UnitRef(copy);
            copies.unit.get_mut(pointer).set(c::DW_AT_type, copy);
        }
    }
}

/// Returns the pointer's type if an entry is the pointer of a Rust slice of base types. gdb
/// takes a `str` for a text, and fails if its bytes are arrays.
fn of_text(unit: &Unit, strings: &StringTable, id: UnitEntryId) -> Option<UnitEntryId> {
    let entry = unit.get(id);
    let name = match entry.get(c::DW_AT_name)? {
        AttributeValue::StringRef(name) => strings.get(*name),
        AttributeValue::String(name) => name,
        _ => return None,
    };
    if entry.tag() != c::DW_TAG_member || name != b"data_ptr" {
        return None;
    }
    let pointer = referred(unit, id, c::DW_AT_type)?;
    let target = referred(unit, pointer, c::DW_AT_type)?;
    (unit.get(target).tag() == c::DW_TAG_base_type).then_some(pointer)
}

/// Returns whether an entry is a type of pointers or references.
pub(super) fn is_pointer(tag: DwTag) -> bool {
    matches!(
        tag,
        c::DW_TAG_pointer_type | c::DW_TAG_reference_type | c::DW_TAG_rvalue_reference_type
    )
}

/// Returns whether an entry is another name for a type, or a qualifier.
pub(super) fn is_name(tag: DwTag) -> bool {
    matches!(
        tag,
        c::DW_TAG_typedef
            | c::DW_TAG_const_type
            | c::DW_TAG_volatile_type
            | c::DW_TAG_restrict_type
            | c::DW_TAG_atomic_type
    )
}

/// Returns whether the place of a pointer's target can be described if the target's type is
/// such an entry.
pub(super) fn has_place(tag: DwTag) -> bool {
    matches!(
        tag,
        c::DW_TAG_structure_type
            | c::DW_TAG_class_type
            | c::DW_TAG_union_type
            | c::DW_TAG_array_type
    ) || is_simple(tag)
}

/// Returns whether a type has no `DW_AT_data_location` that debuggers heed, so that an array
/// of one element has to stand for it.
fn is_simple(tag: DwTag) -> bool {
    matches!(
        tag,
        c::DW_TAG_base_type
            | c::DW_TAG_enumeration_type
            | c::DW_TAG_subrange_type
            | c::DW_TAG_pointer_type
            | c::DW_TAG_reference_type
    )
}

/// Returns all entries of a unit.
fn entries(unit: &Unit) -> Vec<UnitEntryId> {
    let mut found = Vec::with_capacity(unit.count());
    let mut waiting = vec![unit.root()];
    while let Some(id) = waiting.pop() {
        found.push(id);
        waiting.extend(unit.get(id).children());
    }
    found
}

/// Returns the entry of the unit to which the attribute `name` of an entry refers.
fn referred(unit: &Unit, id: UnitEntryId, name: DwAt) -> Option<UnitEntryId> {
    match unit.get(id).get(name)? {
        AttributeValue::UnitRef(target) => Some(*target),
        _ => None,
    }
}

/// The copies of types that are added to a unit.
struct Copies<'u> {
    /// The unit.
    unit: &'u mut Unit,
    /// Native address of the memory.
    base: u64,
    /// Size in bytes of the module's pointers.
    pointer_size: u8,
    /// The copies, by the types that were the targets; none for a type that has no copy.
    made: HashMap<UnitEntryId, Option<UnitEntryId>>,
    /// The type of the arrays' indices, once it has been made.
    index_type: Option<UnitEntryId>,
    /// Number of entries that may still be added.
    room: usize,
}

impl Copies<'_> {
    /// Returns the type that replaces `ty` as the target of pointers, if there can be one.
    fn target(&mut self, ty: UnitEntryId) -> Option<UnitEntryId> {
        if let Some(made) = self.made.get(&ty) {
            return *made;
        }
        let made = self.copy(ty);
        self.made.insert(ty, made);
        made
    }

    /// Copies a type with its members, beside the original and without
    /// `DW_AT_data_location`.
    fn plain(&mut self, ty: UnitEntryId) -> Option<UnitEntryId> {
        let parent = self.unit.get(ty).parent()?;
        self.tree(ty, parent)
    }

    /// Makes the type that replaces `ty` as the target of pointers.
    fn copy(&mut self, ty: UnitEntryId) -> Option<UnitEntryId> {
        let (mut actual, mut name) = (ty, None);
        for _ in 0..LONGEST_CHAIN {
            let entry = self.unit.get(actual);
            if !is_name(entry.tag()) {
                break;
            }
            if entry.tag() == c::DW_TAG_typedef {
                name = entry.get(c::DW_AT_name).cloned().or(name);
            }
            actual = referred(self.unit, actual, c::DW_AT_type)?;
        }
        let entry = self.unit.get(actual);
        let tag = entry.tag();
        if !has_place(tag) || entry.get(c::DW_AT_declaration).is_some() {
            return None;
        }
        let copy = if is_simple(tag) { self.array_of_one(ty)? } else { self.plain(actual)? };
        let copied = self.unit.get_mut(copy);
        if let (c::DW_TAG_structure_type | c::DW_TAG_union_type, None, Some(name)) =
            (tag, copied.get(c::DW_AT_name), name)
        {
            copied.set(c::DW_AT_name, name);
        }
        let mut location = Expression::new();
        location.op(c::DW_OP_push_object_address);
        location.op_constu(self.base);
        location.op(c::DW_OP_plus);
        let location = AttributeValue::Exprloc(location);
        self.unit.get_mut(copy).set(c::DW_AT_data_location, location);
        Some(copy)
    }

    /// Adds an entry below `parent`, unless the limit is reached.
    fn add(&mut self, parent: UnitEntryId, tag: DwTag) -> Option<UnitEntryId> {
        self.room = self.room.checked_sub(1)?;
        Some(self.unit.add(parent, tag))
    }

    /// Adds a type of arrays of one element.
    fn array_of_one(&mut self, element: UnitEntryId) -> Option<UnitEntryId> {
        let root = self.unit.root();
        let array = self.add(root, c::DW_TAG_array_type)?;
        let element = AttributeValue::UnitRef(element);
        self.unit.get_mut(array).set(c::DW_AT_type, element);
        let range = self.add(array, c::DW_TAG_subrange_type)?;
        let index = match self.index_type {
            Some(index) => index,
            None => self.make_index_type()?,
        };
        let range = self.unit.get_mut(range);
        range.set(c::DW_AT_type, AttributeValue::UnitRef(index));
        range.set(c::DW_AT_count, AttributeValue::Udata(1));
        Some(array)
    }

    /// Adds the type of the arrays' indices.
    fn make_index_type(&mut self) -> Option<UnitEntryId> {
        let root = self.unit.root();
        let id = self.add(root, c::DW_TAG_base_type)?;
        let entry = self.unit.get_mut(id);
        entry.set(c::DW_AT_name, AttributeValue::String(b"__index".to_vec()));
        let size = self.pointer_size.into();
        entry.set(c::DW_AT_byte_size, AttributeValue::Udata(size));
        let encoding = AttributeValue::Encoding(c::DW_ATE_unsigned);
        entry.set(c::DW_AT_encoding, encoding);
        self.index_type = Some(id);
        Some(id)
    }

    /// Copies a type with its members, to below `parent`.
    fn tree(&mut self, original: UnitEntryId, parent: UnitEntryId) -> Option<UnitEntryId> {
        let mut copied = HashMap::new();
        let copy = self.branch(original, parent, DEEPEST_COPY, &mut copied)?;
        // A variant part refers to the member that chooses one of its variants
        // (`DW_AT_discr`): in the copy, that has to be the copied member.
        let changes: Vec<(UnitEntryId, UnitEntryId)> = copied
            .values()
            .filter_map(|id| {
                let member = referred(self.unit, *id, c::DW_AT_discr)?;
                Some((*id, *copied.get(&member)?))
            })
            .collect();
        for (id, member) in changes {
            let member = AttributeValue::UnitRef(member);
            self.unit.get_mut(id).set(c::DW_AT_discr, member);
        }
        Some(copy)
    }

    /// Copies an entry, and at most `depth` levels below it that belong to the type, to below
    /// `parent`. Notes in `copied` the copy of each entry.
    fn branch(
        &mut self,
        original: UnitEntryId,
        parent: UnitEntryId,
        depth: usize,
        copied: &mut HashMap<UnitEntryId, UnitEntryId>,
    ) -> Option<UnitEntryId> {
        let entry = self.unit.get(original);
        let tag = entry.tag();
        let attributes: Vec<_> = entry.attrs().cloned().collect();
        let children: Vec<UnitEntryId> = entry.children().copied().collect();
        let copy = self.add(parent, tag)?;
        for attribute in attributes {
            let entry = self.unit.get_mut(copy);
            entry.set(attribute.name(), attribute.get().clone());
        }
        copied.insert(original, copy);
        for child in children {
            if depth > 0 && belongs_to_type(self.unit.get(child).tag()) {
                self.branch(child, copy, depth - 1, copied)?;
            }
        }
        Some(copy)
    }
}

/// Returns whether an entry below a type is copied with the type.
fn belongs_to_type(tag: DwTag) -> bool {
    matches!(
        tag,
        c::DW_TAG_member
            | c::DW_TAG_inheritance
            | c::DW_TAG_variant_part
            | c::DW_TAG_variant
            | c::DW_TAG_subrange_type
            | c::DW_TAG_template_type_parameter
    )
}
