//! Whether an export of one module can be another's import: types and limits.
//! Knows nothing of where the exported things are.

use crate::error::Error;
use crate::module::{self, ExternType, Import, Item, Module, PreciseType};
use wasmparser::ValType;

/// What of a type has to be compared across modules, besides limits.
#[derive(Clone, PartialEq, Eq)]
pub enum Identity {
    /// The identity of a function's or tag's type.
    Function(u32),
    /// The type of a global's value or of a table's elements.
    Value(PreciseType),
    /// A memory, of which only limits matter.
    Memory,
}

pub fn identity(module: &Module<'_>, item: Item, type_ids: &[u32]) -> Identity {
    let function = |index: u32| Identity::Function(type_ids[index as usize]);
    match item {
        Item::Function(index) => function(module.functions[index as usize].type_index),
        Item::Tag(index) => function(module.tags[index as usize]),
        Item::Table(index) => {
            let element = ValType::Ref(module.tables[index as usize].element);
            Identity::Value(module::resolve(element, type_ids))
        }
        Item::Global(index) => {
            Identity::Value(module::resolve(module.globals[index as usize].content, type_ids))
        }
        Item::Memory(_) => Identity::Memory,
    }
}

/// Specification, section "Import matching".
pub fn check_import(
    import: &Import,
    expected: &Identity,
    export: &ExternType,
    given: &Identity,
) -> Result<(), Error> {
    let within = |minimum: u64, import_max: Option<u64>, export_max: Option<u64>| {
        let maximum_fits = match (import_max, export_max) {
            (None, _) => true,
            (Some(import), Some(export)) => export <= import,
            (Some(_), None) => false,
        };
        maximum_fits && export_max.is_none_or(|maximum| minimum <= maximum)
    };
    let fits = match (&import.ty, export) {
        (ExternType::Memory(import), ExternType::Memory(export)) => {
            (import.page_size_log2, import.memory64, import.shared)
                == (export.page_size_log2, export.memory64, export.shared)
                && within(import.minimum, import.maximum, export.maximum)
        }
        (ExternType::Table(import), ExternType::Table(export)) => {
            (import.element, import.table64) == (export.element, export.table64)
                && within(import.minimum, import.maximum, export.maximum)
        }
        // Immutable ones may be of a narrower type; `identity` compares that.
        (ExternType::Global(import), ExternType::Global(export)) => {
            import.mutable == export.mutable
        }
        (import, export) => import == export,
    };
    let narrower = matches!(&import.ty, ExternType::Global(global) if !global.mutable);
    let same = match (expected, given) {
        (Identity::Value(expected), Identity::Value(given)) if narrower => {
            module::matches(*given, *expected)
        }
        _ => expected == given,
    };
    if fits && same {
        return Ok(());
    }
    Err(Error::link(format!(
        "import `{}.{}`: incompatible import type: expected {}, given {}",
        import.module, import.name, import.ty, export
    )))
}

/// What is smaller than asked for now may have grown before the import.
pub fn minimum_to_check(import: &ExternType, export: &ExternType) -> Option<u64> {
    match (import, export) {
        (ExternType::Memory(import), ExternType::Memory(export))
            if import.minimum > export.minimum =>
        {
            Some(import.byte_size(import.minimum))
        }
        (ExternType::Table(import), ExternType::Table(export))
            if import.minimum > export.minimum =>
        {
            Some(import.minimum)
        }
        _ => None,
    }
}
