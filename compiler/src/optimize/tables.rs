//! Tables that nobody changes. What stands in them is known when compiling.
//!
//! A table is one if it is the module's own and not exported, no operator of
//! the module writes it, and instantiation leaves nothing to do for it: its
//! first content is part of the file. Nobody else can name it, so it has that
//! content whenever code runs.
//!
//! An indirect call through such a table can reach only the elements that have
//! the call's type. If these are few, the call compares the index with theirs
//! and calls directly; for any other index it does what it would have done,
//! which is to trap.

use super::survey::Summary;
use crate::initialize::{Initialization, Step};
use crate::module::{Item, Module, SegmentMode};
use std::collections::{BTreeMap, BTreeSet};

/// Direct calls that one indirect call may become: each costs a comparison,
/// and the code of a call.
const MOST_TARGETS: usize = 2;

/// The elements of a table, by index; all others are null.
type Elements = BTreeMap<u64, u32>;

/// Tables with known content.
#[derive(Default)]
pub struct Tables {
    /// By table and type identity: the elements of that type.
    known: BTreeMap<u32, BTreeMap<u32, Elements>>,
}

impl Tables {
    /// `summaries` are of the module's bodies, `type_ids` the identities of its
    /// types.
    pub fn new(
        module: &Module<'_>,
        plan: &Initialization,
        summaries: &[Summary],
        type_ids: &[u32],
    ) -> Tables {
        let mut changing: BTreeSet<u32> = (0..module.imported_tables).collect();
        changing.extend(summaries.iter().flat_map(|s| &s.written_tables));
        changing.extend(
            module
                .exports
                .iter()
                .filter_map(|export| match export.item {
                    Item::Table(index) => Some(index),
                    _ => None,
                }),
        );
        changing.extend(
            plan.steps
                .iter()
                .filter_map(|step| written_by(step, module)),
        );
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
        Tables {
            known: known.collect(),
        }
    }

    /// The elements that a call of type `type_id` through `table` can reach, with
    /// their functions, if they are known and few.
    pub fn targets(&self, table: u32, type_id: u32) -> Option<Vec<(u64, u32)>> {
        let by_type = self.known.get(&table)?;
        let elements = by_type.get(&type_id)?;
        (elements.len() <= MOST_TARGETS)
            .then(|| elements.iter().map(|(index, f)| (*index, *f)).collect())
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
