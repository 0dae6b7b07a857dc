//! What a module shows to the outside: imports, exports, limits. Knows types,
//! not code.

use quench_abi::ValueType;
use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FunctionType {
    pub parameters: Vec<ValueType>,
    pub results: Vec<ValueType>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryType {
    /// In pages.
    pub minimum: u64,
    pub maximum: Option<u64>,
    pub page_size_log2: u32,
    pub memory64: bool,
    pub shared: bool,
}

impl MemoryType {
    /// Bytes of a number of pages; [`u64::MAX`] for more.
    pub fn byte_size(&self, pages: u64) -> u64 {
        pages.saturating_mul(1 << self.page_size_log2)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableType {
    pub element: ValueType,
    pub minimum: u64,
    pub maximum: Option<u64>,
    /// Its indices are i64.
    pub table64: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GlobalType {
    pub content: ValueType,
    pub mutable: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExternType {
    Function(FunctionType),
    Memory(MemoryType),
    Table(TableType),
    Global(GlobalType),
    /// An exception tag, with what it carries as parameters.
    Tag(FunctionType),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    pub module: String,
    pub name: String,
    pub ty: ExternType,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    pub name: String,
    pub ty: ExternType,
    /// The item is a function, and one of its parameters is a reference that
    /// cannot be null. `ty` does not tell, because a [`ValueType`] includes null.
    pub takes_non_null: bool,
}

/// A module's outside, with some figures of its inside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interface {
    pub imports: Vec<Import>,
    pub exports: Vec<Export>,
    /// It has a start function.
    pub start: bool,
    /// Memories it defines.
    pub memories: Vec<MemoryType>,
    /// Functions it defines.
    pub functions: u32,
    /// Bytes of function bodies.
    pub code_size: u64,
    /// Bytes of data segments.
    pub data_size: u64,
    /// Names of the proposals beyond the MVP that it uses; known once function
    /// bodies are validated ([`Program::validate`](crate::Program::validate),
    /// [`Program::add_module`](crate::Program::add_module)).
    pub proposals: Vec<String>,
}

impl Interface {
    pub fn export(&self, name: &str) -> Option<&ExternType> {
        self.exports.iter().find(|export| export.name == name).map(|export| &export.ty)
    }
}

/// `(i32, i32) -> i32`; none or several results in parentheses.
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
