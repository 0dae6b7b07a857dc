//! The interface of a module: imports, exports and limits. Knows types, not code.

use quench_abi::ValueType;
use std::collections::HashMap;
use std::fmt;

/// The type of a function.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FunctionType {
    /// Types of the parameters.
    pub parameters: Vec<ValueType>,
    /// Types of the results.
    pub results: Vec<ValueType>,
}

/// The type of a memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryType {
    /// Initial size, in pages.
    pub minimum: u64,
    /// Largest size, in pages, if the type has one.
    pub maximum: Option<u64>,
    /// Binary logarithm of the size of a page in bytes; 16 unless the type says otherwise.
    pub page_size_log2: u32,
    /// Whether its addresses are i64.
    pub memory64: bool,
    /// Whether the memory is shared between threads.
    pub shared: bool,
}

impl MemoryType {
    /// Returns the size in bytes of a number of pages; [`u64::MAX`] if the size is larger.
    pub fn byte_size(&self, pages: u64) -> u64 {
        pages.saturating_mul(1 << self.page_size_log2)
    }
}

/// The type of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableType {
    /// Type of the elements.
    pub element: ValueType,
    /// Initial number of elements.
    pub minimum: u64,
    /// Largest number of elements, if the type has one.
    pub maximum: Option<u64>,
    /// Whether its indices are i64.
    pub table64: bool,
}

/// The type of a global.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GlobalType {
    /// Type of the value.
    pub content: ValueType,
    /// Whether the value can change.
    pub mutable: bool,
}

/// The type of an import or export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExternType {
    /// A function.
    Function(FunctionType),
    /// A memory.
    Memory(MemoryType),
    /// A table.
    Table(TableType),
    /// A global.
    Global(GlobalType),
    /// An exception tag. The parameters are the values that an exception carries.
    Tag(FunctionType),
}

/// An import of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// First part of its name: that of the module that provides it.
    pub module: String,
    /// Second part of its name.
    pub name: String,
    /// Type of the import.
    pub ty: ExternType,
}

/// An export of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// Name of the export.
    pub name: String,
    /// Type of the export.
    pub ty: ExternType,
    /// Whether the export is a function that has a reference which cannot be null among its
    /// parameters. `ty` does not tell, because a [`ValueType`] includes null.
    pub takes_non_null: bool,
}

/// The imports and exports of a module, with some figures about its content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interface {
    /// Imports, in their order.
    pub imports: Vec<Import>,
    /// Exports, in their order.
    pub exports: Vec<Export>,
    /// Places of the exports in that order, by name.
    pub(crate) export_places: HashMap<String, usize>,
    /// Whether the module has a start function.
    pub start: bool,
    /// Whether the module has debug information (DWARF).
    pub debug_info: bool,
    /// Types of the memories that the module defines.
    pub memories: Vec<MemoryType>,
    /// Number of functions that the module defines.
    pub functions: u32,
    /// Number of types of structs that the module has.
    pub structs: u32,
    /// Number of types of arrays that the module has.
    pub arrays: u32,
    /// Size of all function bodies, in bytes.
    pub code_size: u64,
    /// Size of all data segments, in bytes.
    pub data_size: u64,
    /// Names of the proposals beyond the MVP that the module uses. They are known once the
    /// function bodies have been validated ([`Program::validate`](crate::Program::validate),
    /// [`Program::add_module`](crate::Program::add_module)).
    pub proposals: Vec<String>,
}

impl Interface {
    /// Returns the type of the export with this name, if there is one.
    pub fn export(&self, name: &str) -> Option<&ExternType> {
        self.export_places.get(name).map(|place| &self.exports[*place].ty)
    }
}

/// Writes `(i32, i32) -> i32`. No results, or several, are written in parentheses.
impl fmt::Display for FunctionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |types: &[ValueType]| {
            let names: Vec<_> = types.iter().copied().map(ValueType::name).collect();
            names.join(", ")
        };
        write!(f, "({}) -> ", list(&self.parameters))?;
        match self.results.as_slice() {
            [result] => f.write_str(result.name()),
            results => write!(f, "({})", list(results)),
        }
    }
}

impl fmt::Display for ExternType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limits = |f: &mut fmt::Formatter<'_>, minimum: u64, maximum: Option<u64>| match maximum
        {
            Some(maximum) => write!(f, "{minimum}..{maximum}"),
            None => write!(f, "{minimum}.."),
        };
        match self {
            ExternType::Function(ty) => write!(f, "function {ty}"),
            ExternType::Tag(ty) => write!(f, "tag {ty}"),
            ExternType::Memory(ty) => {
                let address = if ty.memory64 { "memory64 " } else { "memory " };
                f.write_str(address)?;
                if ty.shared {
                    f.write_str("shared ")?;
                }
                limits(f, ty.minimum, ty.maximum)?;
                match ty.page_size_log2 {
                    16 => f.write_str(" pages"),
                    0 => f.write_str(" pages of 1 byte"),
                    log2 => write!(f, " pages of {} bytes", 1u64 << log2),
                }
            }
            ExternType::Table(ty) => {
                f.write_str(if ty.table64 { "table64 " } else { "table " })?;
                limits(f, ty.minimum, ty.maximum)?;
                write!(f, " {}", ty.element)
            }
            ExternType::Global(ty) => {
                let mutable = if ty.mutable { "mut " } else { "" };
                write!(f, "global {mutable}{}", ty.content)
            }
        }
    }
}
