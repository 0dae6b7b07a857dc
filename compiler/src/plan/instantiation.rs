//! What instantiation does: as much as possible becomes initial content of
//! the executable, the rest is steps for code that runs before the start
//! function. Order is the specification's (section "Instantiation"): globals
//! and tables, element segments, data segments, start function.

use super::layout::{GlobalPlace, Layout};
use super::memory_image::MemoryImage;
use super::resolve::ResolvedImports;
use crate::module::StaticValue;
use crate::module::{Item, Module, SegmentMode};
use std::collections::BTreeMap;

/// Segments of one kind, by index: how each begins its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SegmentStart {
    /// Nothing of it is left for the program to use.
    Dropped,
    /// Available until dropped.
    Available,
}

pub struct Instantiation {
    /// Functions that stand in the module's own tables at first, by element;
    /// all other elements are null.
    pub tables: Vec<BTreeMap<u64, u32>>,
    /// First content of the module's own memories.
    pub memories: Vec<MemoryImage>,
    pub elements: Vec<SegmentStart>,
    pub data: Vec<SegmentStart>,
    pub steps: Vec<Step>,
}

/// What cannot be done before the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Trap if an imported memory (bytes) or table (elements) is smaller than
    /// the import says.
    CheckMinimum {
        item: Item,
        minimum: u64,
    },
    /// Give a global its initial value.
    Global(u32),
    /// Fill a table with its initial element.
    Table(u32),
    /// Evaluate an item of an element segment.
    Item {
        segment: u32,
        item: u32,
    },
    /// Copy an active segment to its place and drop it.
    Elements(u32),
    Data(u32),
    Start(u32),
}

impl Instantiation {
    pub fn plan(module: &Module<'_>, imports: &ResolvedImports, layout: &Layout) -> Instantiation {
        let mut plan = Instantiation {
            tables: vec![BTreeMap::new(); module.tables.len() - module.imported_tables as usize],
            memories: module.memories[module.imported_memories as usize..]
                .iter()
                .map(|_| MemoryImage::default())
                .collect(),
            elements: vec![SegmentStart::Available; module.elements.len()],
            data: vec![SegmentStart::Available; module.data.len()],
            steps: Vec::new(),
        };
        for (item, minimum) in &imports.minimum_checks {
            plan.steps.push(Step::CheckMinimum { item: *item, minimum: *minimum });
        }
        plan.globals(module, layout);
        plan.initial_tables(module);
        plan.element_segments(module);
        plan.data_segments(module);
        plan.steps.extend(module.start.map(Step::Start));
        plan
    }

    fn globals(&mut self, module: &Module<'_>, layout: &Layout) {
        for (index, global) in
            module.globals.iter().enumerate().skip(module.imported_globals as usize)
        {
            let initial = global.initial.as_ref().expect("defined here");
            if layout.globals[index] == GlobalPlace::Cell && module.evaluate(initial).is_none() {
                self.steps.push(Step::Global(index as u32));
            }
        }
    }

    fn initial_tables(&mut self, module: &Module<'_>) {
        let imported = module.imported_tables as usize;
        for (index, table) in module.tables.iter().enumerate().skip(imported) {
            let Some(initial) = &table.initial else {
                continue;
            };
            match module.evaluate(initial) {
                Some(StaticValue::Bits(_) | StaticValue::Vector(_)) => {}
                Some(StaticValue::Function(function)) => {
                    let elements = (0..table.ty.minimum).map(|element| (element, function));
                    self.tables[index - imported].extend(elements);
                }
                None => self.steps.push(Step::Table(index as u32)),
            }
        }
    }

    fn element_segments(&mut self, module: &Module<'_>) {
        // A table that some step writes must see the later segments after it.
        let mut late = vec![false; module.tables.len()];
        for step in &self.steps {
            if let Step::Table(index) = step {
                late[*index as usize] = true;
            }
        }
        for (number, segment) in module.elements.iter().enumerate() {
            let values: Vec<Option<StaticValue>> =
                segment.items.iter().map(|item| module.evaluate(item)).collect();
            if let SegmentMode::Active { index, offset } = &segment.mode {
                let place = module.evaluate(offset).and_then(StaticValue::bits);
                let fits = place.filter(|place| {
                    place
                        .checked_add(values.len() as u64)
                        .is_some_and(|end| end <= module.tables[*index as usize].ty.minimum)
                });
                let own = index.checked_sub(module.imported_tables);
                if let (Some(own), Some(place), false) = (own, fits, late[*index as usize])
                    && values.iter().all(Option::is_some)
                {
                    self.elements[number] = SegmentStart::Dropped;
                    self.set_elements(own as usize, place, &values);
                    continue;
                }
                late[*index as usize] = true;
            }
            if matches!(segment.mode, SegmentMode::Declared) {
                self.elements[number] = SegmentStart::Dropped;
                continue;
            }
            for (item, value) in values.iter().enumerate() {
                if value.is_none() {
                    self.steps.push(Step::Item { segment: number as u32, item: item as u32 });
                }
            }
            if matches!(segment.mode, SegmentMode::Active { .. }) {
                self.steps.push(Step::Elements(number as u32));
            }
        }
    }

    fn set_elements(&mut self, table: usize, place: u64, values: &[Option<StaticValue>]) {
        for (element, value) in (place..).zip(values) {
            match value {
                Some(StaticValue::Function(function)) => {
                    self.tables[table].insert(element, *function);
                }
                _ => {
                    self.tables[table].remove(&element);
                }
            }
        }
    }

    fn data_segments(&mut self, module: &Module<'_>) {
        let mut late = vec![false; module.memories.len()];
        for (number, segment) in module.data.iter().enumerate() {
            let SegmentMode::Active { index, offset } = &segment.mode else {
                continue;
            };
            let memory = &module.memories[*index as usize];
            let size = memory.byte_size(memory.minimum);
            let place = module.evaluate(offset).and_then(StaticValue::bits);
            let fits = place.filter(|place| {
                place.checked_add(segment.bytes.len() as u64).is_some_and(|end| end <= size)
            });
            let own = index.checked_sub(module.imported_memories);
            if let (Some(own), Some(place), false) = (own, fits, late[*index as usize]) {
                self.data[number] = SegmentStart::Dropped;
                self.memories[own as usize].write(place, segment.bytes);
            } else {
                late[*index as usize] = true;
                self.steps.push(Step::Data(number as u32));
            }
        }
    }
}
