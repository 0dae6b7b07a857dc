//! Tables whose content never changes, and is therefore known at compile time.
//!
//! A table is known if the module defines it and does not export it, no operator of the module
//! writes it, and instantiation has no step that writes it: then its initial content is part of
//! the executable. No other module can name the table, so it has this content whenever code
//! runs.
//!
//! An indirect call through such a table can reach only the elements that have the call's type.
//! If they are few, the call compares its index with theirs and calls their functions directly.
//! If they are many but near each other, the call only checks whether its index is one of
//! theirs: if so, the element is not null and has the call's type, so that neither is checked.
//! With any other index the call traps, as it would have done without this knowledge.

use super::instantiation::{Instantiation, Step};
use super::resolve::PlannedModule;
use super::survey::Summary;
use crate::module::{Item, Module, SegmentMode};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The largest number of direct calls that one indirect call becomes. Each costs a comparison
/// and the code of a call.
const MOST_TARGETS: usize = 2;

/// The largest number of indices, from the first element to the last, of a [`Span`]: the number
/// of bits of a register.
const LONGEST_SPAN: u64 = 64;

/// The elements of a table, by index; all others are null.
type Elements = BTreeMap<u64, u32>;

/// The elements of a table that an indirect call can reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Few elements: their indices, with their functions.
    Few(Vec<(u64, u32)>),
    /// Elements near each other.
    Near(Span),
}

/// Elements of a table that lie near each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// Index of the first element.
    pub first: u64,
    /// Number of indices from the first element to the last, both included.
    pub length: u64,
    /// The elements among these indices: the bit with number N, from the lowest on, is set if
    /// `first + N` is the index of one.
    pub members: u64,
}

impl Span {
    /// Returns whether every index of the span is the index of an element.
    pub(crate) fn has_all(&self) -> bool {
        u64::from(self.members.count_ones()) == self.length
    }

    /// Returns the span of elements, if there are any and they are near each other.
    fn of(elements: &Elements) -> Option<Span> {
        let (first, last) = (elements.keys().next()?, elements.keys().next_back()?);
        (last - first < LONGEST_SPAN).then(|| Span {
            first: *first,
            length: last - first + 1,
            members: elements.keys().map(|index| 1 << (index - first)).sum(),
        })
    }
}

/// The tables of a module whose content is known.
#[derive(Default)]
pub(crate) struct KnownTables {
    /// For each known table, its elements by the numbers of their types.
    known: BTreeMap<u32, BTreeMap<u32, Elements>>,
}

impl KnownTables {
    /// Finds the known tables of a module. `plan` is the module's instantiation, `summaries`
    /// describe its bodies.
    pub(crate) fn new(
        planned: &PlannedModule<'_>,
        plan: &Instantiation,
        summaries: &[Summary],
    ) -> KnownTables {
        let module = planned.module;
        let mut changing: BTreeSet<u32> = (0..module.imported_tables).collect();
        changing.extend(summaries.iter().flat_map(|s| &s.written_tables));
        changing.extend(module.exports.iter().filter_map(|export| match export.item {
            Item::Table(index) => Some(index),
            _ => None,
        }));
        changing.extend(plan.steps.iter().filter_map(|step| written_by(step, module)));
        let all = 0..module.tables.len() as u32;
        let known = all.filter(|table| !changing.contains(table)).map(|table| {
            let mut by_type: BTreeMap<u32, Elements> = BTreeMap::new();
            for (element, function) in &plan.tables[(table - module.imported_tables) as usize] {
                let ty = module.functions[*function as usize].type_index;
                let elements = by_type.entry(planned.type_number(ty)).or_default();
                elements.insert(*element, *function);
            }
            (table, by_type)
        });
        KnownTables { known: known.collect() }
    }

    /// Returns the elements that a call through `table` can reach with a type that has, with
    /// its subtypes, these numbers. Returns `None` if they are not known, have several types, or
    /// do not make the call shorter.
    pub(crate) fn reach(&self, table: u32, types: Range<u32>) -> Option<Reach> {
        let none = Elements::new();
        let mut by_type = self.known.get(&table)?.range(types).map(|(_, elements)| elements);
        let elements = by_type.next().unwrap_or(&none);
        if by_type.next().is_some() {
            return None;
        }
        if elements.len() <= MOST_TARGETS {
            let few = elements.iter().map(|(index, f)| (*index, *f));
            return Some(Reach::Few(few.collect()));
        }
        Span::of(elements).map(Reach::Near)
    }
}

/// Returns the table that a step of instantiation writes.
fn written_by(step: &Step, module: &Module<'_>) -> Option<u32> {
    match step {
        Step::Table(index) => Some(*index),
        Step::Elements(segment) => match module.elements[*segment as usize].mode {
            SegmentMode::Active { index, .. } => Some(index),
            _ => None,
        },
        _ => None,
    }
}
