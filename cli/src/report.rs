//! A module as data, for `quench inspect --json` and for the section of an
//! executable that says what it was made from.

use crate::describe::extern_type;
use crate::imports::Providers;
use quench_compiler::{ExternType, Interface};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleReport {
    /// The file's, without extension.
    pub name: String,
    /// Bytes of the binary module.
    pub size: u64,
    pub imports: Vec<ImportReport>,
    /// Names of the proposals beyond the MVP.
    pub proposals: Vec<String>,
    /// The memories it defines, in words.
    pub memories: Vec<String>,
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
    /// `function`, `memory`, `table` or `global`.
    pub kind: String,
    #[serde(rename = "type")]
    pub ty: String,
    /// `wasi`, `preload`, `stub` or `nobody`.
    pub provider: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportReport {
    pub name: String,
    pub kind: String,
    #[serde(rename = "type")]
    pub ty: String,
}

impl ModuleReport {
    pub fn new(name: &str, wasm: &[u8], interface: &Interface, providers: Providers<'_>) -> Self {
        let import = |import: &quench_compiler::Import| ImportReport {
            module: import.module.clone(),
            name: import.name.clone(),
            kind: kind(&import.ty).to_string(),
            ty: extern_type(&import.ty),
            provider: providers.provider(import).name().to_string(),
        };
        ModuleReport {
            name: name.to_string(),
            size: wasm.len() as u64,
            imports: interface.imports.iter().map(import).collect(),
            proposals: interface
                .proposals
                .iter()
                .map(ToString::to_string)
                .collect(),
            memories: interface
                .memories
                .iter()
                .map(crate::describe::memory_size)
                .collect(),
            start: interface.start,
            functions: interface.functions,
            code_size: interface.code_size,
            data_size: interface.data_size,
        }
    }
}

/// The exports of a module, in its order.
pub fn exports(interface: &Interface) -> Vec<ExportReport> {
    let export = |export: &quench_compiler::Export| ExportReport {
        name: export.name.clone(),
        kind: kind(&export.ty).to_string(),
        ty: extern_type(&export.ty),
    };
    interface.exports.iter().map(export).collect()
}

fn kind(ty: &ExternType) -> &'static str {
    match ty {
        ExternType::Function(_) => "function",
        ExternType::Memory(_) => "memory",
        ExternType::Table(_) => "table",
        ExternType::Global(_) => "global",
    }
}
