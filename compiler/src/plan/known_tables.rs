//! Tables that nobody changes. What stands in them is known when compiling.
//!
//! A table is one if it is the module's own and not exported, no operator of
//! the module writes it, and instantiation leaves nothing to do for it: its
//! first content is part of the file. Nobody else can name it, so it has that
//! content whenever code runs.
//!
//! An indirect call through such a table can reach only the elements that have
//! the call's type. If these are few, the call compares the index with theirs
//! and calls directly. If they are many, but near each other, it looks only
//! whether the index is one of theirs: then the element is not null and has the type,
//! so that neither is looked at. For any other index either does what it would
//! have done, which is to trap.

use super::instantiation::{Instantiation, Step};
use super::survey::Summary;
use crate::module::{Item, Module, SegmentMode};
use std::collections::{BTreeMap, BTreeSet};

/// Direct calls that one indirect call may become: each costs a comparison,
/// and the code of a call.
const MOST_TARGETS: usize = 2;

/// Elements from the first to the last that an indirect call may test the
/// index among: bits of a register.
const LONGEST_SPAN: u64 = 64;

/// The elements of a table, by index; all others are null.
type Elements = BTreeMap<u64, u32>;

/// What an indirect call can reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// These elements, with their functions.
    Few(Vec<(u64, u32)>),
    Near(Span),
}

/// Elements near each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub first: u64,
    /// From the first to the last.
    pub length: u64,
    /// Which of them, from the lowest bit on.
    pub members: u64,
}

impl Span {
    pub fn has_all(&self) -> bool {
        u64::from(self.members.count_ones()) == self.length
    }

    fn of(elements: &Elements) -> Option<Span> {
        let (first, last) = (elements.keys().next()?, elements.keys().next_back()?);
        (last - first < LONGEST_SPAN).then(|| Span {
            first: *first,
            length: last - first + 1,
            members: elements.keys().map(|index| 1 << (index - first)).sum(),
        })
    }
}

/// KnownTables with known content.
#[derive(Default)]
pub struct KnownTables {
    /// By table and type identity: the elements of that type.
    known: BTreeMap<u32, BTreeMap<u32, Elements>>,
}

impl KnownTables {
    /// `summaries` are of the module's bodies, `type_ids` the identities of its
    /// types.
    pub fn new(
        module: &Module<'_>,
        plan: &Instantiation,
        summaries: &[Summary],
        type_ids: &[u32],
    ) -> KnownTables {
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
                let elements = by_type.entry(type_ids[ty as usize]).or_default();
                elements.insert(*element, *function);
            }
            (table, by_type)
        });
        KnownTables { known: known.collect() }
    }

    /// What a call of type `type_id` through `table` can reach, if that is known
    /// and makes the call shorter.
    pub fn reach(&self, table: u32, type_id: u32) -> Option<Reach> {
        let none = Elements::new();
        let elements = self.known.get(&table)?.get(&type_id).unwrap_or(&none);
        if elements.len() <= MOST_TARGETS {
            let few = elements.iter().map(|(index, f)| (*index, *f));
            return Some(Reach::Few(few.collect()));
        }
        Span::of(elements).map(Reach::Near)
    }
}

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
