//! Where things live: the one place that decides it. Translation asks here
//! and nowhere else, so another placement is a change here and in `bounds`.

use crate::constant::StaticValue;
use crate::module::Module;
use crate::program::ResolvedImports;
use quench_abi::{FURTHER_MEMORY_BASE, MEMORY_BASE, MEMORY_STRIDE};

pub struct Layout {
    pub memories: Vec<MemoryPlace>,
    pub tables: Vec<TablePlace>,
    pub globals: Vec<GlobalPlace>,
    /// Compiled code finds the base of the program's first memory in a register.
    pub base_register: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryPlace {
    /// Constant address. A memory with a guard (all 32-bit ones) has
    /// [`quench_abi::MEMORY_RESERVATION`] bytes there.
    pub base: u64,
    /// The target keeps the base in a register of its own in all compiled
    /// code: where a constant costs instructions at each use (aarch64).
    pub in_register: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TablePlace {
    /// It cannot grow and is this module's: an array at a symbol.
    Fixed { length: u64 },
    /// Elements and length are in its record.
    Record,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GlobalPlace {
    /// Immutable, with a value known when compiling.
    Constant(StaticValue),
    /// A cell at a symbol.
    Cell,
}

impl Layout {
    /// `first_memory` is the number of the module's first own memory among
    /// the program's.
    pub fn new(
        module: &Module<'_>,
        imports: &ResolvedImports,
        first_memory: u64,
        base_register: bool,
    ) -> Layout {
        let own_memories = module.memories.len() as u64 - module.imported_memories as u64;
        let own = (first_memory..first_memory + own_memories).map(|index| MemoryPlace {
            base: memory_base(index),
            in_register: base_register && index == 0,
        });
        Layout {
            base_register,
            memories: imports.memories.iter().copied().chain(own).collect(),
            tables: (0..module.tables.len())
                .map(|index| table_place(module, index))
                .collect(),
            globals: (0..module.globals.len())
                .map(|index| global_place(module, index))
                .collect(),
        }
    }
}

/// The first memory is low enough for x86_64 to fold base and offset into a
/// 32-bit displacement.
fn memory_base(index: u64) -> u64 {
    match index.checked_sub(1) {
        None => MEMORY_BASE,
        Some(further) => FURTHER_MEMORY_BASE + further * MEMORY_STRIDE,
    }
}

fn table_place(module: &Module<'_>, index: usize) -> TablePlace {
    let ty = &module.tables[index].ty;
    if index >= module.imported_tables as usize && ty.maximum == Some(ty.minimum) {
        TablePlace::Fixed { length: ty.minimum }
    } else {
        TablePlace::Record
    }
}

fn global_place(module: &Module<'_>, index: usize) -> GlobalPlace {
    let global = &module.globals[index];
    if global.ty.mutable {
        return GlobalPlace::Cell;
    }
    let value = global
        .initial
        .as_ref()
        .and_then(|initial| initial.evaluate(&module.globals));
    value.map_or(GlobalPlace::Cell, GlobalPlace::Constant)
}
