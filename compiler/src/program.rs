//! The public interface: the closed world of one executable, to which modules are
//! added, and its record.

use crate::codegen::Machine;
use crate::compile;
use crate::emit::program_record::{self, ProgramPlan};
use crate::error::Error;
use crate::function_cache::Store;
use crate::module::{self, Body, Import, Interface, Item, Module, Proposals};
use crate::observer::{Observer, Silent};
use crate::options::{Emit, Options};
use crate::plan::layout::Layout;
use crate::plan::resolve::{ImportSource, Modules, PlannedModule};
use crate::profile::Profile;
use crate::symbols;
use std::sync::Arc;

/// A module to compile, and how.
pub struct ModuleInput<'a> {
    /// Name of the module, unique in the program; part of the symbols of its exports.
    pub name: &'a str,
    /// The module in the binary format.
    pub wasm: &'a [u8],
    /// Names the provider of each import.
    pub source: &'a dyn Fn(&Import) -> ImportSource,
    /// Exported functions that are to be callable through an
    /// [`EntryPoint`](quench_abi::EntryPoint).
    pub entry_points: &'a [&'a str],
    /// The form of the result.
    pub emit: Emit,
}

/// A module that was compiled.
pub struct CompiledModule {
    /// What the module imports and exports.
    pub interface: Interface,
    /// An ELF relocatable object, or UTF-8 text, as [`Emit`] says.
    pub bytes: Vec<u8>,
    /// Symbols of the [runtime's functions](quench_abi::RuntimeFunction) that the
    /// code refers to. None for text.
    pub runtime_symbols: Vec<&'static str>,
    /// What the person who builds may want to know.
    pub warnings: Vec<String>,
}

/// A function and how large its body is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionSize {
    /// The function's name, as its language writes it.
    pub name: String,
    /// Bytes of the body in the module.
    pub size: u64,
}

/// The closed world of one executable. See the crate's documentation.
pub struct Program {
    options: Options,
    machine: Machine,
    modules: Modules,
    observer: Arc<dyn Observer>,
    profile: Option<Profile>,
    store: Option<Arc<dyn Store>>,
}

impl Program {
    /// Makes a program without modules.
    ///
    /// # Errors
    ///
    /// When the code generator does not take the options.
    pub fn new(options: Options) -> Result<Program, Error> {
        Ok(Program {
            options,
            machine: Machine::new(&options)?,
            modules: Modules::new(),
            observer: Arc::new(Silent),
            profile: None,
            store: None,
        })
    }

    /// Sets who is told how modules are compiled.
    pub fn observe(&mut self, observer: Arc<dyn Observer>) {
        self.observer = observer;
    }

    /// Sets a profile by which the modules that are added from now on are compiled.
    pub fn use_profile(&mut self, profile: Profile) {
        self.profile = Some(profile);
    }

    /// Takes compiled functions from the store, and puts there what it had not.
    /// Makes no difference to what is compiled.
    pub fn keep_functions(&mut self, store: Arc<dyn Store>) {
        self.store = Some(store);
    }

    /// Describes a module without compiling it.
    ///
    /// # Errors
    ///
    /// When the module is invalid, function bodies left aside, or uses what is not
    /// compiled.
    pub fn inspect(wasm: &[u8]) -> Result<Interface, Error> {
        Ok(module::parse(wasm)?.1)
    }

    /// Returns the functions that a module defines, in order.
    ///
    /// # Errors
    ///
    /// As [`Program::inspect`].
    pub fn functions(wasm: &[u8]) -> Result<Vec<FunctionSize>, Error> {
        let module = module::parse(wasm)?.0;
        let bodies = module.bodies.iter().zip(module.imported_functions..);
        let size = |(body, index): (&Body<'_>, u32)| FunctionSize {
            name: match module.function_names.get(&index) {
                Some(name) => module::readable(name).into_owned(),
                None => format!("function {index}"),
            },
            size: body.body.range().end - body.body.range().start,
        };
        Ok(bodies.map(size).collect())
    }

    /// Describes a module and validates all of it.
    ///
    /// # Errors
    ///
    /// When the module is invalid or uses what is not compiled.
    pub fn validate(wasm: &[u8]) -> Result<Interface, Error> {
        module::validate(wasm)
    }

    /// Compiles a module. Its imports are checked against the modules added
    /// before it.
    ///
    /// # Errors
    ///
    /// When the module is invalid, uses what is not compiled, or does not fit the
    /// modules before it. The program is then as it was before.
    pub fn add_module(&mut self, input: &ModuleInput<'_>) -> Result<CompiledModule, Error> {
        if self.modules.contains(input.name) {
            return Err(Error::link(format!(
                "two modules of the program are named `{}`",
                input.name
            )));
        }
        let (module, mut interface) = module::parse(input.wasm)?;
        check_limits(&module)?;
        let imported = module.imports.iter().map(|import| (import.module, import.name));
        let exported = module.exports.iter().map(|export| (input.name, export.name));
        symbols::check_distinct(imported)?;
        symbols::check_distinct(exported)?;
        let type_ids = self.modules.types.identities(&module.groups);
        let (imports, origins) =
            self.modules.resolve(&module, &interface, &type_ids, input.source)?;
        let entry_points = entry_points(&module, input.entry_points)?;
        let layout =
            Layout::new(&module, &imports.memories, self.modules.addresses, &self.options)?;
        let planned = PlannedModule {
            name: input.name,
            module: &module,
            imports: &imports,
            layout: &layout,
            type_ids: &type_ids,
            entry_points: &entry_points,
        };
        let proposals = Proposals::of_sections(input.wasm);
        let object = compile::compile(
            &compile::Input {
                planned: &planned,
                emit: input.emit,
                proposals: &proposals,
                observer: &*self.observer,
                profile: self.profile.as_ref(),
                store: self.store.as_deref(),
            },
            &self.options,
            &self.machine,
        )?;
        interface.proposals = proposals.names();
        self.modules.add(&planned, interface.clone(), &origins);
        Ok(CompiledModule {
            interface,
            bytes: object.bytes,
            runtime_symbols: object.runtime_symbols,
            warnings: object.warnings,
        })
    }

    /// Makes the object that holds the [`quench_abi::Program`] record.
    ///
    /// # Errors
    ///
    /// When the plan names an export that is not there or has another type.
    pub fn finish(&self, plan: &ProgramPlan) -> Result<Vec<u8>, Error> {
        let export = |module: &str, export: &str| self.modules.export(module, export);
        program_record::program(&self.options, self.modules.names(), plan, export)
    }
}

/// Finds the functions of exports by name.
fn entry_points<'a>(module: &Module<'_>, names: &[&'a str]) -> Result<Vec<(&'a str, u32)>, Error> {
    let mut entry_points = Vec::with_capacity(names.len());
    for name in names {
        let export = module.exports.iter().find(|export| export.name == *name);
        match export.map(|export| export.item) {
            Some(Item::Function(index)) => entry_points.push((*name, index)),
            _ => {
                return Err(Error::link(format!("the module exports no function `{name}`")));
            }
        }
    }
    Ok(entry_points)
}

/// Checks limits of the JavaScript API's appendix that the format does not have, and
/// what can be reserved.
fn check_limits(module: &Module<'_>) -> Result<(), Error> {
    const TABLE_ELEMENTS: u64 = 10_000_000;
    const MEMORY_TIBIBYTES: u64 = 4;
    let own_memories = module.memories.iter().enumerate();
    for (index, memory) in own_memories.skip(module.imported_memories as usize) {
        if memory.byte_size(memory.minimum) > MEMORY_TIBIBYTES << 40 {
            return Err(Error::Unsupported {
                offset: 0,
                place: None,
                message: format!(
                    "memory {index} has {} pages at first; quench allows {MEMORY_TIBIBYTES} TiB",
                    memory.minimum
                ),
            });
        }
    }
    for (index, table) in module.tables.iter().enumerate().skip(module.imported_tables as usize) {
        if table.ty.minimum > TABLE_ELEMENTS {
            return Err(Error::Unsupported {
                offset: 0,
                place: None,
                message: format!(
                    "table {index} has {} elements at first; quench allows {TABLE_ELEMENTS}",
                    table.ty.minimum
                ),
            });
        }
    }
    Ok(())
}
