//! The description of a component, for `quench inspect`. `docs/INSPECT.md` documents its
//! JSON.

use super::report::MemoryReport;
use super::sizes::Sizes;
use crate::messages::describe::{count, display_size};
use crate::wiring::imports::Provider;
use crate::wiring::interfaces;
use anyhow::{Context, Result};
use quench_compiler::Program;
use quench_component::{Component, ExportKind, ExternKind, flatten};
use serde::Serialize;

/// A description of a component.
#[derive(Serialize)]
pub struct ComponentReport {
    /// Name of the file, without its extension.
    pub name: String,
    /// Size of the binary component, in bytes.
    pub size: u64,
    /// Functions and types of resources that it imports, in its order.
    pub imports: Vec<InterfaceImport>,
    /// Functions that it exports.
    pub exports: Vec<InterfaceExport>,
    /// The instances of core modules that it consists of, in the order of their
    /// instantiation.
    pub instances: Vec<InstanceReport>,
}

/// A function or a type of resources that a component imports.
#[derive(Serialize)]
pub struct InterfaceImport {
    /// Name of the interface, with its version; of an import by itself, its own name.
    pub interface: String,
    /// Name in the interface.
    pub name: String,
    /// The type in the syntax of WIT.
    #[serde(rename = "type")]
    pub ty: String,
    /// Provider of the import.
    pub provider: Provider,
}

/// A function that a component exports.
#[derive(Serialize)]
pub struct InterfaceExport {
    /// Name of the interface, with its version; `None` for an export by itself.
    pub interface: Option<String>,
    /// Name of the function.
    pub name: String,
    /// The type in the syntax of WIT.
    #[serde(rename = "type")]
    pub ty: String,
}

/// An instance of a core module.
#[derive(Serialize)]
pub struct InstanceReport {
    /// Name of the instance.
    pub name: String,
    /// Size of the binary module, in bytes.
    pub size: u64,
    /// Number of functions that the module defines.
    pub functions: u32,
    /// Size of the function bodies, in bytes.
    pub code_size: u64,
    /// Size of the data segments, in bytes.
    pub data_size: u64,
    /// The memories that the module defines.
    pub memories: Vec<MemoryReport>,
}

impl ComponentReport {
    /// Describes a component in the binary format.
    ///
    /// # Errors
    ///
    /// When the component, or a core module in it, is invalid or needs something that quench
    /// does not have.
    pub fn new(name: &str, wasm: &[u8]) -> Result<ComponentReport> {
        let component = flatten(wasm)?;
        let mut instances = Vec::new();
        for instance in &component.instances {
            let module = &component.modules[instance.module];
            let interface = Program::validate(module).with_context(|| inside(&instance.name))?;
            instances.push(InstanceReport {
                name: instance.name.clone(),
                size: module.len() as u64,
                functions: interface.functions,
                code_size: interface.code_size,
                data_size: interface.data_size,
                memories: interface.memories.iter().map(MemoryReport::new).collect(),
            });
        }
        Ok(ComponentReport {
            name: name.to_string(),
            size: wasm.len() as u64,
            imports: imports(&component),
            exports: exports(&component),
            instances,
        })
    }

    /// Returns the description as lines of text.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![
            format!("WebAssembly component `{}`, {}", self.name, display_size(self.size)),
            "instances of core modules:".to_string(),
        ];
        lines.extend(self.instances.iter().map(|instance| {
            let memories: Vec<String> =
                instance.memories.iter().map(|memory| format!("; memory: {memory}")).collect();
            format!(
                "  {}: {}, code: {}, data: {}{}",
                instance.name,
                count(instance.functions as usize, "function"),
                display_size(instance.code_size),
                display_size(instance.data_size),
                memories.concat()
            )
        }));
        lines.push(if self.imports.is_empty() { "imports: none" } else { "imports:" }.to_string());
        let mut interface = "";
        for import in &self.imports {
            if import.interface != interface {
                interface = &import.interface;
                lines.push(format!("  {interface}"));
            }
            lines.push(format!("    {}: {}, from {}", import.name, import.ty, import.provider));
        }
        lines.push(if self.exports.is_empty() { "exports: none" } else { "exports:" }.to_string());
        lines.extend(self.exports.iter().map(|export| match &export.interface {
            Some(interface) => format!("  {interface} {}: {}", export.name, export.ty),
            None => format!("  {}: {}", export.name, export.ty),
        }));
        lines
    }
}

/// Returns the sizes of the functions of a component, in groups by instance.
///
/// # Errors
///
/// When the component is invalid or needs something that quench does not have.
pub fn sizes(wasm: &[u8]) -> Result<Sizes> {
    let component = flatten(wasm)?;
    let mut functions = Vec::new();
    for instance in &component.instances {
        let module = &component.modules[instance.module];
        let graph = Program::call_graph(module).with_context(|| inside(&instance.name))?;
        // The part before the first `::` is the group of a function.
        let group = instance.name.replace("::", ":");
        for (index, function) in graph.functions.iter().enumerate() {
            let name = match &function.name {
                Some(name) => format!("{group}::{name}"),
                None => format!("{group}::function {index}"),
            };
            functions.push((name, function.size));
        }
    }
    Ok(Sizes::of_executable(functions))
}

fn inside(instance: &str) -> String {
    format!("in the core module `{instance}` of the component")
}

fn imports(component: &Component<'_>) -> Vec<InterfaceImport> {
    let mut imports = Vec::new();
    for import in &component.imports {
        for item in &import.items {
            let provider = match item.kind {
                ExternKind::Function
                    if interfaces::function(&import.name, &item.name).is_some() =>
                {
                    Provider::Wasi
                }
                ExternKind::Function if interfaces::is_out_of_reach(&import.name, &item.name) => {
                    Provider::Stub
                }
                ExternKind::Resource if interfaces::has_resource(&import.name, &item.name) => {
                    Provider::Wasi
                }
                // A type that is another interface's, or no resource, needs no provider.
                ExternKind::Resource if is_named_elsewhere(component, import, &item.name) => {
                    continue;
                }
                ExternKind::Type | ExternKind::Instance => continue,
                _ => Provider::Nobody,
            };
            imports.push(InterfaceImport {
                interface: import.name.clone(),
                name: item.name.clone(),
                ty: item.ty.clone(),
                provider,
            });
        }
    }
    imports
}

/// Returns whether another import has a resource of this name: interfaces name those of
/// others that their functions use.
fn is_named_elsewhere(
    component: &Component<'_>,
    import: &quench_component::Import,
    name: &str,
) -> bool {
    component.imports.iter().any(|other| {
        other.name != import.name
            && other.items.iter().any(|item| item.kind == ExternKind::Resource && item.name == name)
    })
}

fn exports(component: &Component<'_>) -> Vec<InterfaceExport> {
    let functions = component
        .exports
        .iter()
        .filter(|export| matches!(export.kind, ExportKind::Function(_) | ExportKind::Module));
    functions
        .filter_map(|export| {
            let (name, path) = export.path.split_last()?;
            Some(InterfaceExport {
                interface: (!path.is_empty()).then(|| path.join(" ")),
                name: name.clone(),
                ty: export.ty.clone(),
            })
        })
        .collect()
}
