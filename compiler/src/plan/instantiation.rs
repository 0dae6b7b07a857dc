//! The plan of a module's instantiation. As much as possible becomes initial content of the
//! executable; the rest becomes steps for code that runs before the start function. The order
//! is that of the specification (section "Instantiation"): globals and tables, element
//! segments, data segments, start function.

use super::layout::{GlobalPlace, Layout};
use super::memory_image::MemoryImage;
use super::resolve::ResolvedImports;
use crate::module::StaticValue;
use crate::module::{Module, SegmentMode};
use std::collections::BTreeMap;

/// The state of a segment when the program starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SegmentStart {
    /// The segment is dropped: nothing of it is left for the program to use.
    Dropped,
    /// The segment can be used until it is dropped.
    Available,
}

/// The plan of a module's instantiation.
pub(crate) struct Instantiation {
    /// Initial functions of the module's own tables: for each table, functions by the index of
    /// their element. All other elements are null.
    pub tables: Vec<BTreeMap<u64, u32>>,
    /// Initial content of the module's own memories.
    pub memories: Vec<MemoryImage>,
    /// Initial states of the element segments, by index.
    pub elements: Vec<SegmentStart>,
    /// Initial states of the data segments, by index.
    pub data: Vec<SegmentStart>,
    /// Steps that are left for code, in the order in which they are carried out.
    pub steps: Vec<Step>,
}

/// A step of instantiation that cannot be taken before the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The check that an imported memory or table has at least the size that its import
    /// demands: that of [`ResolvedImports::minimum_checks`] with this number. It traps
    /// otherwise.
    CheckMinimum(u32),
    /// The initialisation of the global with this index.
    Global(u32),
    /// The initialisation of all elements of the table with this index.
    Table(u32),
    /// The evaluation of one item of an element segment.
    Item {
        /// Index of the element segment.
        segment: u32,
        /// Index of the item in the segment.
        item: u32,
    },
    /// The copy of the active element segment with this index to its place; then the segment is
    /// dropped.
    Elements(u32),
    /// The copy of the active data segment with this index to its place; then the segment is
    /// dropped.
    Data(u32),
    /// The call of the start function, which has this index.
    Start(u32),
}

impl Instantiation {
    /// Plans the instantiation of a module.
    pub(crate) fn plan(
        module: &Module<'_>,
        imports: &ResolvedImports,
        layout: &Layout,
    ) -> Instantiation {
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
        plan.steps.extend((0..imports.minimum_checks.len() as u32).map(Step::CheckMinimum));
        plan.globals(module, layout);
        plan.initial_tables(module);
        plan.element_segments(module);
        plan.data_segments(module);
        plan.steps.extend(module.start.map(Step::Start));
        plan
    }

    /// Plans the globals: adds a step for each global whose initial value is not known.
    fn globals(&mut self, module: &Module<'_>, layout: &Layout) {
        for (index, global) in
            module.globals.iter().enumerate().skip(module.imported_globals as usize)
        {
            if layout.globals[index] == GlobalPlace::Cell && global.value.is_none() {
                self.steps.push(Step::Global(index as u32));
            }
        }
    }

    /// Plans the initial elements that tables have from their definitions.
    fn initial_tables(&mut self, module: &Module<'_>) {
        let imported = module.imported_tables as usize;
        for (index, table) in module.tables.iter().enumerate().skip(imported) {
            let Some(initial) = &table.initial else {
                continue;
            };
            match module.evaluate(initial) {
                Some(StaticValue::Bits(0)) => {}
                Some(StaticValue::Function(function)) => {
                    let elements = (0..table.ty.minimum).map(|element| (element, function));
                    self.tables[index - imported].extend(elements);
                }
                // An `i31` is no function.
                Some(StaticValue::Bits(_) | StaticValue::Vector(_)) | None => {
                    self.steps.push(Step::Table(index as u32));
                }
            }
        }
    }

    /// Plans the element segments: writes those that fit and are known into the initial content
    /// of their tables, and adds steps for the others.
    fn element_segments(&mut self, module: &Module<'_>) {
        // Segments after a step that writes their table have to be steps too, because they must
        // overwrite what that step writes.
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
                    && values.iter().all(is_null_or_function)
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
            // An active segment with an `i31` is copied like one with a value that is not known.
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

    /// Writes the values of a segment into the initial content of one of the module's own
    /// tables, from element `place` on.
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

    /// Plans the data segments: writes those that fit into the initial content of their
    /// memories, and adds steps for the others.
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

/// Returns whether the initial content of a table can have the value of an element.
fn is_null_or_function(value: &Option<StaticValue>) -> bool {
    matches!(value, Some(StaticValue::Bits(0) | StaticValue::Function(_)))
}
