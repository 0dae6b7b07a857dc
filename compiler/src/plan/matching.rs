//! Import matching: whether an export of one module can be the import of another, by types and
//! limits. Knows nothing of the places of exported items.

use crate::error::Error;
use crate::module::{self, ExternType, Import, Item, Module, PreciseType, TypeRegistry};
use wasmparser::ValType;

/// The part of an item's type, besides limits, that is compared across modules.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Identity {
    /// The identity of a function's or tag's type.
    Function(u32),
    /// The type of a global's value or of a table's elements.
    Value(PreciseType),
    /// Nothing: of a memory's type only limits matter.
    Memory,
}

/// Returns the identity of an item's type. `type_ids` are the identities of the module's types,
/// by index.
pub(crate) fn identity(module: &Module<'_>, item: Item, type_ids: &[u32]) -> Identity {
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

/// Checks that an export matches an import (specification, section "Import matching"), except
/// that the export's minimum may be too small, see [`minimum_to_check`]. `expected` is the
/// identity of the import's type, `given` that of the export's; `types` are those of the program.
///
/// # Errors
///
/// [`Error::Link`] if the export does not match.
pub(crate) fn check_import(
    import: &Import,
    expected: &Identity,
    export: &ExternType,
    given: &Identity,
    types: &TypeRegistry,
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
        // An immutable global may have a narrower type; the comparison of identities checks
        // that.
        (ExternType::Global(import), ExternType::Global(export)) => {
            import.mutable == export.mutable
        }
        // The comparison of identities says more than their values' representations.
        (ExternType::Function(_), ExternType::Function(_)) => true,
        (import, export) => import == export,
    };
    let narrower = matches!(&import.ty, ExternType::Global(global) if !global.mutable);
    let is_tag = matches!(import.ty, ExternType::Tag(_));
    let same = match (expected, given) {
        (Identity::Value(expected), Identity::Value(given)) if narrower => {
            types.matches(*given, *expected)
        }
        (Identity::Function(expected), Identity::Function(given)) if !is_tag => {
            types.is_subtype(*given, *expected)
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

/// Returns the minimum that has to be checked when the program runs, in pages of a memory or
/// elements of a table, if the export's minimum is smaller than the import's: the memory or
/// table may have grown by the time it is imported.
pub(crate) fn minimum_to_check(import: &ExternType, export: &ExternType) -> Option<u64> {
    match (import, export) {
        (ExternType::Memory(import), ExternType::Memory(export))
            if import.minimum > export.minimum =>
        {
            Some(import.minimum)
        }
        (ExternType::Table(import), ExternType::Table(export))
            if import.minimum > export.minimum =>
        {
            Some(import.minimum)
        }
        _ => None,
    }
}
