//! A module as data, for `quench inspect --json` and for the section of an
//! executable that says what it was made from.

use crate::messages::describe::display_size;
use crate::messages::describe::{count, extern_type};
use crate::wiring::imports::{Member, Provider, Providers};
use quench_abi::PAGE_SIZE;
use quench_compiler::{ExternType, Interface, MemoryType};
use serde::{Deserialize, Serialize};
use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleReport {
    /// The file's, without extension.
    pub name: String,
    /// Bytes of the binary module.
    pub size: u64,
    pub imports: Vec<ImportReport>,
    /// Names of the proposals beyond the MVP.
    pub proposals: Vec<String>,
    /// The memories it defines.
    pub memories: Vec<MemoryReport>,
    /// It has a start function.
    pub start: bool,
    /// Functions it defines.
    pub functions: u32,
    /// Bytes of function bodies.
    pub code_size: u64,
    /// Bytes of data segments.
    pub data_size: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    pub module: String,
    pub name: String,
    pub kind: Kind,
    #[serde(rename = "type")]
    pub ty: String,
    pub provider: Provider,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportReport {
    pub name: String,
    pub kind: Kind,
    #[serde(rename = "type")]
    pub ty: String,
}

/// The kind of an import or export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Function,
    Memory,
    Table,
    Global,
    Tag,
}

impl ModuleReport {
    pub fn new(member: &Member, providers: Providers<'_>) -> Self {
        let interface = &member.interface;
        let import = |import: &quench_compiler::Import| ImportReport {
            module: import.module.clone(),
            name: import.name.clone(),
            kind: Kind::of(&import.ty),
            ty: extern_type(&import.ty),
            provider: providers.provider(import),
        };
        ModuleReport {
            name: member.name.clone(),
            size: member.size,
            imports: interface.imports.iter().map(import).collect(),
            proposals: interface.proposals.clone(),
            memories: interface.memories.iter().map(MemoryReport::new).collect(),
            start: interface.start,
            functions: interface.functions,
            code_size: interface.code_size,
            data_size: interface.data_size,
        }
    }
}

/// Sizes are in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryReport {
    pub minimum: u64,
    pub maximum: Option<u64>,
    pub page_size: u64,
    pub memory64: bool,
    pub shared: bool,
}

impl MemoryReport {
    fn new(ty: &MemoryType) -> Self {
        let page_size = 1 << ty.page_size_log2;
        MemoryReport {
            minimum: ty.minimum.saturating_mul(page_size),
            maximum: ty.maximum.map(|pages| pages.saturating_mul(page_size)),
            page_size,
            memory64: ty.memory64,
            shared: ty.shared,
        }
    }
}

/// `64 KiB to 1 MiB`, or `64 KiB or more`.
impl fmt::Display for MemoryReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&display_size(self.minimum))?;
        match self.maximum {
            Some(maximum) if maximum == self.minimum => {}
            Some(maximum) => write!(f, " to {}", display_size(maximum))?,
            None => f.write_str(" or more")?,
        }
        if self.shared {
            f.write_str(", shared")?;
        }
        if self.memory64 {
            f.write_str(", 64-bit addresses")?;
        }
        if self.page_size != PAGE_SIZE {
            write!(f, ", pages of {}", count(self.page_size as usize, "byte"))?;
        }
        Ok(())
    }
}

/// The exports of a module, in its order.
pub fn exports(interface: &Interface) -> Vec<ExportReport> {
    let export = |export: &quench_compiler::Export| ExportReport {
        name: export.name.clone(),
        kind: Kind::of(&export.ty),
        ty: extern_type(&export.ty),
    };
    interface.exports.iter().map(export).collect()
}

impl Kind {
    fn of(ty: &ExternType) -> Kind {
        match ty {
            ExternType::Function(_) => Kind::Function,
            ExternType::Memory(_) => Kind::Memory,
            ExternType::Table(_) => Kind::Table,
            ExternType::Global(_) => Kind::Global,
            ExternType::Tag(_) => Kind::Tag,
        }
    }
}
