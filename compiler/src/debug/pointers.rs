//! What pointers in memory point to. Their values are addresses of linear
//! memory, so what they point to lies further by the base of the memory. DWARF
//! says such things of types (`DW_AT_data_location`), and debuggers heed it for
//! structures and arrays: the target of a pointer becomes a copy of its
//! structure, or an array of one element, that lies there.

use gimli::constants as c;
use gimli::write::{AttributeValue, Expression, StringTable, Unit, UnitEntryId};
use gimli::{DwAt, DwTag};
use std::collections::{HashMap, HashSet};

/// Names for a type that are looked through.
const LONGEST_CHAIN: usize = 16;

/// Levels of entries that are copied with a type: variants of a part of one.
const DEEPEST_COPY: usize = 4;

/// Entries of copies in a unit, for one of the unit's own.
const MOST_COPIES: usize = 4;

/// Changes all pointers but those of `native`, which are the machine's. gdb
/// knows one pointer to a type, so the others must not point to the same types.
pub fn redirect(
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
        let copy = match texts.contains(&pointer) {
            true => copies.plain(target),
            false => copies.target(target),
        };
        if let Some(copy) = copy {
            let copy = AttributeValue::UnitRef(copy);
            copies.unit.get_mut(pointer).set(c::DW_AT_type, copy);
        }
    }
}

/// The pointer of a Rust slice to simple things. gdb takes a `str` for a text
/// and fails if its bytes are arrays.
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

pub fn is_pointer(tag: DwTag) -> bool {
    matches!(
        tag,
        c::DW_TAG_pointer_type | c::DW_TAG_reference_type | c::DW_TAG_rvalue_reference_type
    )
}

/// Another name for a type, or a qualifier.
pub fn is_name(tag: DwTag) -> bool {
    matches!(
        tag,
        c::DW_TAG_typedef
            | c::DW_TAG_const_type
            | c::DW_TAG_volatile_type
            | c::DW_TAG_restrict_type
            | c::DW_TAG_atomic_type
    )
}

/// Whether it can be said of such a type where it lies.
pub fn has_place(tag: DwTag) -> bool {
    matches!(
        tag,
        c::DW_TAG_structure_type
            | c::DW_TAG_class_type
            | c::DW_TAG_union_type
            | c::DW_TAG_array_type
    ) || is_simple(tag)
}

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

/// All entries of a unit.
fn entries(unit: &Unit) -> Vec<UnitEntryId> {
    let mut found = Vec::with_capacity(unit.count());
    let mut waiting = vec![unit.root()];
    while let Some(id) = waiting.pop() {
        found.push(id);
        waiting.extend(unit.get(id).children());
    }
    found
}

fn referred(unit: &Unit, id: UnitEntryId, name: DwAt) -> Option<UnitEntryId> {
    match unit.get(id).get(name)? {
        AttributeValue::UnitRef(target) => Some(*target),
        _ => None,
    }
}

struct Copies<'u> {
    unit: &'u mut Unit,
    base: u64,
    pointer_size: u8,
    /// By the type that pointers had as their target.
    made: HashMap<UnitEntryId, Option<UnitEntryId>>,
    index_type: Option<UnitEntryId>,
    /// Entries that may still be made.
    room: usize,
}

impl Copies<'_> {
    /// What a pointer to `ty` is to point to instead, if that can be said.
    fn target(&mut self, ty: UnitEntryId) -> Option<UnitEntryId> {
        if let Some(made) = self.made.get(&ty) {
            return *made;
        }
        let made = self.copy(ty);
        self.made.insert(ty, made);
        made
    }

    /// A copy that lies where the original does.
    fn plain(&mut self, ty: UnitEntryId) -> Option<UnitEntryId> {
        let parent = self.unit.get(ty).parent()?;
        self.tree(ty, parent)
    }

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
        let copy = match is_simple(tag) {
            true => self.array_of_one(ty)?,
            false => self.plain(actual)?,
        };
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

    fn add(&mut self, parent: UnitEntryId, tag: DwTag) -> Option<UnitEntryId> {
        self.room = self.room.checked_sub(1)?;
        Some(self.unit.add(parent, tag))
    }

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

    /// Copies a type with its members.
    fn tree(&mut self, original: UnitEntryId, parent: UnitEntryId) -> Option<UnitEntryId> {
        let mut copied = HashMap::new();
        let copy = self.branch(original, parent, DEEPEST_COPY, &mut copied)?;
        // Variants refer to the member that chooses one of them.
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
