//! What the imports of a component are: which function of the host, a module or native code
//! each is, and what is missing. Knows the names of WASI's interfaces.

use crate::messages::describe::import_list;
use crate::wiring::custom::{CustomProviders, FunctionSource};
use crate::wiring::{imports, interfaces, intrinsics};
use anyhow::{Result, bail};
use quench_abi::RuntimeNeed;
use quench_component::{
    CallStep, Component, CoreItem, HostFunction, Intrinsic, Provider, Resource,
};
use quench_policy::{Functions, RuntimeFunctions};

/// A function that a component imports, and calls from somewhere.
pub struct ImportedFunction {
    /// Name of the interface, with its version.
    pub interface: String,
    /// Name of the function.
    pub name: String,
    /// Its type in the syntax of WIT.
    pub ty: String,
    /// Its provider.
    pub provider: imports::Provider,
}

/// A component whose imports are being resolved.
pub(super) struct Linker<'a> {
    pub(super) component: &'a Component<'a>,
    /// The providers of what is not WASI's.
    pub(super) custom: &'a CustomProviders<'a>,
}

impl Linker<'_> {
    /// Fails if the component needs what the host does not have, or has in another form.
    pub(super) fn check(&self) -> Result<()> {
        let mut missing = Vec::new();
        let mut different = Vec::new();
        for function in &self.component.functions {
            match &function.provider {
                Provider::Import { import, name, ty, signature, passes_numbers, .. } => {
                    let interface = self.interface(*import);
                    match self.source(interface, name) {
                        FunctionSource::Wasi(known)
                            if interfaces::written_out(known) == *signature => {}
                        FunctionSource::Wasi(known) => different.push(format!(
                            "the component imports {interface} {name} as {signature}, but WASI has it as {}",
                            known.ty
                        )),
                        FunctionSource::Nobody => missing.push(format!("{interface} {name}: {ty}")),
                        FunctionSource::Module(module) if !passes_numbers => different.push(format!(
                            "the module `{module}` cannot provide {interface} {name}: {ty}, whose values are in a memory or are handles; make a component of it"
                        )),
                        FunctionSource::Module(_) | FunctionSource::Link(_) | FunctionSource::Stub => {}
                    }
                }
                Provider::Unsupported(_) if self.custom.stub_imports => {}
                Provider::Unsupported(name) => {
                    missing.push(format!("the built-in function `{name}` of the component model"));
                }
                Provider::Intrinsic(_) | Provider::End | Provider::Call(_) => {}
            }
        }
        for resource in &self.component.resources {
            if let Resource::Imported { import, name } = resource {
                let interface = self.interface(*import);
                if !interfaces::has_resource(interface, name) && !self.custom.stub_imports {
                    missing.push(format!("{interface} {name}: resource"));
                }
            }
        }
        different.extend(self.custom.ambiguous(&self.linked_imports()));
        if !different.is_empty() {
            bail!("{}", different.join("\n"));
        }
        if !missing.is_empty() {
            bail!(
                "the component needs what nobody provides:{}\nprovide it with another component \
                 (`--preload NAME=FILE`) or with native code (`--link FILE`), or build functions as \
                 traps with `--stub-imports`",
                import_list(&missing)
            );
        }
        Ok(())
    }

    /// Returns the imported functions that native code provides: interface and name.
    fn linked_imports(&self) -> Vec<(&str, &str)> {
        let functions = self.component.functions.iter();
        let linked = functions.filter_map(|function| match &function.provider {
            Provider::Import { import, name, .. } => Some((self.interface(*import), name.as_str())),
            _ => None,
        });
        let is_linked = |(interface, name): &(&str, &str)| {
            matches!(self.source(interface, name), FunctionSource::Link(_))
        };
        linked.filter(is_linked).collect()
    }

    /// Returns the functions that the component imports, each once.
    pub(super) fn imports(&self) -> Vec<ImportedFunction> {
        let mut imports: Vec<ImportedFunction> = Vec::new();
        for function in &self.component.functions {
            let Provider::Import { import, name, ty, .. } = &function.provider else {
                continue;
            };
            let interface = self.interface(*import);
            if imports.iter().any(|one| one.interface == interface && one.name == *name) {
                continue;
            }
            imports.push(ImportedFunction {
                interface: interface.to_string(),
                name: name.clone(),
                ty: ty.clone(),
                provider: match self.source(interface, name) {
                    FunctionSource::Wasi(_) => imports::Provider::Wasi,
                    FunctionSource::Module(_) => imports::Provider::Preload,
                    FunctionSource::Link(_) => imports::Provider::Link,
                    FunctionSource::Stub | FunctionSource::Nobody => imports::Provider::Stub,
                },
            });
        }
        imports
    }

    /// Returns where an imported function comes from.
    pub(super) fn source(&self, interface: &str, name: &str) -> FunctionSource {
        match interfaces::function(interface, name) {
            Some(known) => FunctionSource::Wasi(known),
            None if interfaces::is_out_of_reach(interface, name) => FunctionSource::Stub,
            None => self.custom.source(interface, name),
        }
    }

    /// Returns whether a call of an imported function traps.
    pub(super) fn is_stub(&self, interface: &str, name: &str) -> bool {
        matches!(self.source(interface, name), FunctionSource::Stub)
    }

    /// Returns the functions of WASI that the component imports.
    pub(super) fn functions(&self) -> Functions {
        let providers = self.component.functions.iter().map(|function| &function.provider);
        let imported = providers.filter_map(|provider| match provider {
            Provider::Import { import, name, .. } => {
                interfaces::function(self.interface(*import), name)
            }
            _ => None,
        });
        imported.map(Functions::of_interface_function).fold(Functions::NONE, Functions::with)
    }

    /// Returns the functions of the runtime that functions of the host need: stacks, if code may
    /// wait while other code runs.
    pub(super) fn runtime_functions(&self) -> RuntimeFunctions {
        let waits = |function: &HostFunction| match &function.provider {
            Provider::Import { import, .. } => self.interface(*import).contains("@0.3"),
            Provider::Intrinsic(
                Intrinsic::OfInstance { .. }
                | Intrinsic::OfTask { .. }
                | Intrinsic::OfChannel { .. }
                | Intrinsic::CallStart { .. }
                | Intrinsic::TaskBegin(_)
                | Intrinsic::ThreadNew { .. },
            ) => true,
            _ => false,
        };
        if self.component.functions.iter().any(waits) {
            RuntimeFunctions::of(RuntimeNeed::Stacks)
        } else {
            RuntimeFunctions::NONE
        }
    }

    /// Returns the name of an import: that of an interface, with its version.
    pub(super) fn interface(&self, import: usize) -> &str {
        &self.component.imports[import].name
    }

    pub(super) fn item(&self, item: &CoreItem) -> (String, String) {
        (self.component.instances[item.instance].name.clone(), item.name.clone())
    }

    /// Returns the symbol of a function of the host.
    pub(super) fn symbol(&self, function: &HostFunction) -> String {
        let name = match &function.provider {
            Provider::Import { import, name, options, .. } => {
                let interface = self.interface(*import);
                return match self.source(interface, name) {
                    FunctionSource::Wasi(_) => {
                        interfaces::symbol(interface, name, options.is_async).unwrap_or_default()
                    }
                    FunctionSource::Link(symbol) => symbol,
                    _ => "quench_component_missing".to_string(),
                };
            }
            Provider::End => "wasi:run.end",
            Provider::Call(CallStep::Begin(_)) => "quench_invoke_begin",
            Provider::Call(CallStep::Argument) => "quench_invoke_argument",
            Provider::Call(CallStep::Result(_)) => "quench_invoke_result",
            Provider::Unsupported(_) => "quench_component_missing",
            Provider::Intrinsic(intrinsic) => intrinsics::symbol(intrinsic),
        };
        name.to_string()
    }
}
