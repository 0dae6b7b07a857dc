//! The functions of a module, who uses whom, and the ways in from outside: what can be said
//! about the sizes of a module without compiling it. Knows nothing of groups or pages.

use crate::module::{self, Item, Module, SegmentMode};
use crate::plan::survey::{Summary, survey};

/// The functions that a module defines, with their uses of each other.
#[derive(Clone, Debug)]
pub struct CallGraph {
    /// Second halves of the names of the imported functions. They have the indices before those
    /// of [`CallGraph::functions`].
    pub imports: Vec<String>,
    /// The functions that the module defines, in order.
    pub functions: Vec<DefinedFunction>,
    /// The ways in, each with the indices of its functions, imported ones among them. Exports
    /// are first.
    pub entrances: Vec<(Entrance, Vec<u32>)>,
}

/// A function that a module defines.
#[derive(Clone, Debug)]
pub struct DefinedFunction {
    /// The name in the name section, as the function's language writes it.
    pub name: Option<String>,
    /// Size in bytes of the body in the module.
    pub size: u64,
    /// Indices of the functions that the body calls or makes references to, ascending.
    pub uses: Vec<u32>,
}

/// A way to call functions of a module that is not a call in one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entrance {
    /// An export with this name.
    Export(String),
    /// The start function.
    Start,
    /// The initial value of the elements of the table with this index.
    Table(u32),
    /// The initial value of the global with this index.
    Global(u32),
    /// An element segment.
    Segment {
        /// Index of the segment.
        segment: u32,
        /// Index of the table that instantiation copies it to, if it does.
        table: Option<u32>,
    },
}

impl CallGraph {
    /// Makes the graph of a module. A body that cannot be read is taken to use what it names
    /// before the fault.
    pub(crate) fn new(module: &Module<'_>) -> CallGraph {
        let imports = 0..module.imported_functions;
        let all = module.functions.len() as u32;
        let summaries = survey(module);
        let functions = (module.imported_functions..).zip(&summaries).map(|(index, summary)| {
            let name = module.function_names.get(&index).filter(|name| !name.is_empty());
            DefinedFunction {
                name: name.map(|name| module::readable(name).into_owned()),
                size: summary.size as u64,
                uses: uses(summary, all),
            }
        });
        CallGraph {
            imports: imports.map(|f| module.function_import(f).name.to_string()).collect(),
            functions: functions.collect(),
            entrances: entrances(module),
        }
    }
}

/// Returns the functions that a body uses, of a module with `all` functions.
fn uses(summary: &Summary, all: u32) -> Vec<u32> {
    let Summary { calls, tail_calls, references, .. } = summary;
    let mut uses: Vec<u32> =
        [calls, tail_calls, references].into_iter().flatten().copied().collect();
    uses.retain(|function| *function < all);
    uses.sort_unstable();
    uses.dedup();
    uses
}

/// Returns the ways into a module. Segments that only declare references are none: the bodies
/// that make these references use the functions.
fn entrances(module: &Module<'_>) -> Vec<(Entrance, Vec<u32>)> {
    let mut entrances = Vec::new();
    for export in &module.exports {
        if let Item::Function(function) = export.item {
            entrances.push((Entrance::Export(export.name.to_string()), vec![function]));
        }
    }
    entrances.extend(module.start.map(|function| (Entrance::Start, vec![function])));
    for (index, table) in (0..).zip(&module.tables) {
        let functions = table.initial.iter().flat_map(|initial| initial.functions()).collect();
        entrances.push((Entrance::Table(index), functions));
    }
    for (index, global) in (0..).zip(&module.globals) {
        let functions = global.initial.iter().flat_map(|initial| initial.functions()).collect();
        entrances.push((Entrance::Global(index), functions));
    }
    for (segment, elements) in (0..).zip(&module.elements) {
        let table = match &elements.mode {
            SegmentMode::Active { index, .. } => Some(*index),
            SegmentMode::Passive => None,
            SegmentMode::Declared => continue,
        };
        let functions = elements.items.iter().flat_map(|item| item.functions()).collect();
        entrances.push((Entrance::Segment { segment, table }, functions));
    }
    entrances.retain(|(_, functions): &(_, Vec<u32>)| !functions.is_empty());
    entrances
}
