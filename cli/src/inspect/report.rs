//! The description of a module, for `quench inspect` and for the section of an
//! executable that says what it was made from. `docs/INSPECT.md` documents its
//! JSON.

use crate::messages::describe::display_size;
use crate::messages::describe::{count, extern_type};
use crate::wiring::imports::{Member, Provider, Providers};
use quench_abi::PAGE_SIZE;
use quench_compiler::{ExternType, Interface, MemoryType};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// A description of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleReport {
    /// Name of the file, without its extension.
    pub name: String,
    /// Size of the binary module, in bytes.
    pub size: u64,
    /// The imports, in the module's order.
    pub imports: Vec<ImportReport>,
    /// Names of the proposals beyond the MVP that the module uses.
    pub proposals: Vec<String>,
    /// The memories that the module defines.
    pub memories: Vec<MemoryReport>,
    /// Whether there is a start function.
    pub start: bool,
    /// Number of functions that the module defines.
    pub functions: u32,
    /// Number of types of structs.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub structs: u32,
    /// Number of types of arrays.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub arrays: u32,
    /// Size of the function bodies, in bytes.
    pub code_size: u64,
    /// Size of the data segments, in bytes.
    pub data_size: u64,
}

/// Returns whether there are none: most modules have no types of objects.
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// An import of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// First half of the import's name.
    pub module: String,
    /// Second half of the import's name.
    pub name: String,
    /// Kind of the import.
    pub kind: Kind,
    /// Type of the import in words. An executable does not have those of WASI's functions
    /// for components.
    #[serde(rename = "type", default, skip_serializing_if = "String::is_empty")]
    pub ty: String,
    /// Provider of the import.
    pub provider: Provider,
}

/// An export of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportReport {
    /// Name of the export.
    pub name: String,
    /// Kind of the export.
    pub kind: Kind,
    /// Type of the export in words.
    #[serde(rename = "type")]
    pub ty: String,
}

/// The kind of an import or export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A function.
    Function,
    /// A memory.
    Memory,
    /// A table.
    Table,
    /// A global.
    Global,
    /// A tag of exceptions.
    Tag,
}

impl ModuleReport {
    /// Describes a module whose imports have these providers.
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
            structs: interface.structs,
            arrays: interface.arrays,
            code_size: interface.code_size,
            data_size: interface.data_size,
        }
    }
}

impl ModuleReport {
    /// Describes a component that consists of instances of these modules and has these
    /// imports.
    pub fn of_component(
        name: &str,
        size: u64,
        imports: Vec<ImportReport>,
        members: &[Member],
    ) -> Self {
        let interfaces = || members.iter().map(|member| &member.interface);
        let proposals: BTreeSet<&String> = interfaces().flat_map(|one| &one.proposals).collect();
        ModuleReport {
            name: name.to_string(),
            size,
            imports,
            proposals: proposals.into_iter().cloned().collect(),
            memories: interfaces().flat_map(|one| &one.memories).map(MemoryReport::new).collect(),
            start: false,
            functions: interfaces().map(|one| one.functions).sum(),
            structs: interfaces().map(|one| one.structs).sum(),
            arrays: interfaces().map(|one| one.arrays).sum(),
            code_size: interfaces().map(|one| one.code_size).sum(),
            data_size: interfaces().map(|one| one.data_size).sum(),
        }
    }
}

/// A memory that a module defines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryReport {
    /// Initial size, in bytes.
    pub minimum: u64,
    /// Size up to which it may grow, in bytes; `None` if there is no limit.
    pub maximum: Option<u64>,
    /// Size of a page, in bytes.
    pub page_size: u64,
    /// Whether addresses have 64 bits.
    pub memory64: bool,
    /// Whether it is declared as shared.
    pub shared: bool,
}

impl MemoryReport {
    /// Describes a memory of this type.
    pub fn new(ty: &MemoryType) -> Self {
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

/// The memory in words: `64 KiB to 1 MiB`, or `64 KiB or more`.
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

/// Returns the exports of a module, in its order.
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
