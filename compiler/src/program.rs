//! The public interface of the compiler: the closed world of one executable, to which
//! modules are added one after the other, and its record.

use crate::call_graph::CallGraph;
use crate::codegen::Machine;
use crate::compile;
use crate::emit::program_record::{self, ProgramPlan};
use crate::error::Error;
use crate::function_cache::Store;
use crate::module::{self, ConstantExpression, Import, Interface, Item, Module, Proposals};
use crate::observer::{Observer, Silent};
use crate::options::{Detail, Emit, Options};
use crate::plan::constant_objects::ConstantObjects;
use crate::plan::layout::Layout;
use crate::plan::objects::{self, ObjectType, ObjectTypes};
use crate::plan::resolve::{ImportSource, Modules, PlannedModule};
use crate::plan::survey;
use crate::plan::used_exports::{self, ExportUse};
use crate::profile::Profile;
use crate::symbols;
use std::sync::Arc;

/// A module to compile, with what is decided for it alone.
pub struct ModuleInput<'a> {
    /// Name of the module, unique in the program; part of the symbols of its exports.
    pub name: &'a str,
    /// The module in the binary format.
    pub wasm: &'a [u8],
    /// Returns the provider of the import with this number.
    pub source: &'a dyn Fn(usize, &Import) -> ImportSource,
    /// Exported functions that are to be callable through an
    /// [`EntryPoint`](quench_abi::EntryPoint).
    pub entry_points: &'a [&'a str],
    /// Returns who uses the export with a name; if this is not known, everybody may.
    pub export_use: Option<&'a dyn Fn(&str) -> ExportUse>,
    /// Whether one of the module's memories may have the address that costs least to
    /// access. Only one memory of the program has it.
    pub near_memory: bool,
    /// The form of the result.
    pub emit: Emit,
}

/// A module that was compiled.
pub struct CompiledModule {
    /// Imports, exports and features of the module.
    pub interface: Interface,
    /// An ELF relocatable object, or UTF-8 text, as [`Emit`] says.
    pub bytes: Vec<u8>,
    /// Symbols of the [runtime's functions](quench_abi::RuntimeFunction) that the
    /// code refers to. Empty if the result is text.
    pub runtime_symbols: Vec<&'static str>,
    /// Warnings for the person who builds: faults of the module or of a profile that do
    /// not keep the module from being compiled.
    pub warnings: Vec<String>,
}

/// The closed world of one executable: all its modules, compiled with the same options.
/// See the crate's documentation.
pub struct Program {
    /// The options of all modules.
    options: Options,
    /// The code generator.
    machine: Machine,
    /// The modules that have been added.
    modules: Modules,
    /// Numbers and layouts of the types; `None` until the first module is added.
    objects: Option<ObjectTypes>,
    /// Whether a module that has been declared makes references to objects of references of
    /// the host's.
    converts: bool,
    /// The receiver of reports about the progress of compilation.
    observer: Arc<dyn Observer>,
    /// The profile with which modules are compiled, if there is one.
    profile: Option<Profile>,
    /// The store of compiled functions, if there is one.
    store: Option<Arc<dyn Store>>,
    /// Whether backtraces name modules.
    labels: bool,
}

impl Program {
    /// Makes a program without modules.
    ///
    /// # Errors
    ///
    /// When the code generator rejects the options.
    pub fn new(options: Options) -> Result<Program, Error> {
        Ok(Program {
            options,
            machine: Machine::new(&options)?,
            modules: Modules::new(),
            objects: None,
            converts: false,
            observer: Arc::new(Silent),
            profile: None,
            store: None,
            labels: false,
        })
    }

    /// Sets the observer that is told about the progress of compilation.
    pub fn observe(&mut self, observer: Arc<dyn Observer>) {
        self.observer = observer;
    }

    /// Sets the profile with which the modules that are added from now on are compiled.
    pub fn use_profile(&mut self, profile: Profile) {
        self.profile = Some(profile);
    }

    /// Sets a store, from which compiled functions are taken, and into which those that
    /// it does not have are put. It makes no difference to the result.
    pub fn keep_functions(&mut self, store: Arc<dyn Store>) {
        self.store = Some(store);
    }

    /// Makes backtraces name the modules that are added from now on.
    pub fn label_modules(&mut self) {
        self.labels = true;
    }

    /// Describes a module without compiling it.
    ///
    /// # Errors
    ///
    /// When the module is invalid apart from its function bodies, which are not looked
    /// at, or uses something that quench does not compile.
    pub fn inspect(wasm: &[u8]) -> Result<Interface, Error> {
        Ok(module::parse(wasm)?.1)
    }

    /// Returns the functions that a module defines, and who uses them.
    ///
    /// # Errors
    ///
    /// When [`Program::inspect`] returns one.
    pub fn call_graph(wasm: &[u8]) -> Result<CallGraph, Error> {
        Ok(CallGraph::new(&module::parse(wasm)?.0))
    }

    /// Describes the types of garbage-collected objects of a module, in their order.
    ///
    /// # Errors
    ///
    /// When [`Program::inspect`] returns one.
    pub fn object_types(wasm: &[u8]) -> Result<Vec<ObjectType>, Error> {
        Ok(objects::object_types(&module::parse(wasm)?.0))
    }

    /// Describes a module and validates all of it.
    ///
    /// # Errors
    ///
    /// When the module is invalid, or uses something that quench does not compile.
    pub fn validate(wasm: &[u8]) -> Result<Interface, Error> {
        module::validate(wasm)
    }

    /// Declares a module of which [`Program::add_module`] will be told. All modules with types
    /// of garbage-collected objects have to be declared before the first module is added,
    /// because the numbers of types depend on all of them.
    ///
    /// # Errors
    ///
    /// When the bytes are not a module, or its types are invalid.
    pub fn declare(&mut self, wasm: &[u8]) -> Result<(), Error> {
        let declaration = module::declaration(wasm)?;
        self.modules.types.identities(&declaration.groups);
        self.converts |= declaration.converts;
        Ok(())
    }

    /// Gives numbers to the types that have none. `converts` says whether the module that is
    /// being added makes references to objects of references of the host's.
    ///
    /// # Errors
    ///
    /// When the module should have been declared.
    fn number_types(&mut self, converts: bool) -> Result<(), Error> {
        let types = &self.modules.types;
        match &mut self.objects {
            Some(objects) => objects.extend(types, converts),
            None => {
                let objects = ObjectTypes::new(types, self.converts || converts);
                if objects.has_heap {
                    self.modules.addresses.reserve_heap();
                }
                self.objects = Some(objects);
                Ok(())
            }
        }
    }

    /// Compiles a module. Its imports are checked against the modules added
    /// before it.
    ///
    /// # Errors
    ///
    /// When the module is invalid, uses something that quench does not compile, or does
    /// not fit the modules before it. The program is then as it was before the call.
    pub fn add_module(&mut self, input: &ModuleInput<'_>) -> Result<CompiledModule, Error> {
        if self.modules.contains(input.name) {
            return Err(Error::link(format!(
                "two modules of the program are named `{}`",
                input.name
            )));
        }
        let (mut module, mut interface) = module::parse(input.wasm)?;
        check_limits(&module)?;
        let imported = module.imports.iter().map(|import| (import.module, import.name));
        let exported = module.exports.iter().map(|export| (input.name, export.name));
        symbols::check_distinct(imported)?;
        symbols::check_distinct(exported)?;
        let entry_points = entry_points(&module, input.entry_points)?;
        let summaries = survey::survey(&module);
        if let Some(export_use) = input.export_use {
            let is_entry = |name: &str| input.entry_points.contains(&name);
            let uses =
                |name: &str| if is_entry(name) { ExportUse::Native } else { export_use(name) };
            used_exports::keep(&mut module, &summaries, uses);
        }
        let type_ids = self.modules.types.identities(&module.groups);
        let converts = summaries.iter().any(|summary| summary.converts)
            || module.constants().any(ConstantExpression::converts);
        self.number_types(converts)?;
        let objects = self.objects.as_mut().expect("types have numbers");
        if self.options.detail != Detail::None {
            objects.name_types(&module, &type_ids);
        }
        let constants =
            ConstantObjects::make(&mut module, objects, &type_ids, objects.constants_end);
        let objects = &*objects;
        let (imports, origins, expected) =
            self.modules.resolve(&module, &interface, &type_ids, input.source)?;
        let layout = Layout::new(
            &module,
            &imports.memories,
            self.modules.addresses,
            input.near_memory,
            &self.options,
        )?;
        let planned = PlannedModule {
            label: self.labels.then_some(input.name),
            name: input.name,
            module: &module,
            imports: &imports,
            layout: &layout,
            type_ids: &type_ids,
            objects,
            constants: &constants,
            entry_points: &entry_points,
        };
        let proposals = Proposals::of_sections(input.wasm);
        let object = compile::compile(
            &compile::Input {
                planned: &planned,
                summaries: &summaries,
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
        self.modules.add(&planned, interface.clone(), &origins, expected)?;
        if let Some(objects) = &mut self.objects {
            objects.constants_end = constants.end();
        }
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
    /// When the plan names an export that does not exist or has another type.
    pub fn finish(&self, plan: &ProgramPlan) -> Result<Vec<u8>, Error> {
        self.modules.check_complete()?;
        let isa = self.machine.shared_isa();
        let objects = self.objects.as_ref();
        program_record::program(&self.options, isa, &self.modules, objects, plan)
    }
}

/// Finds the functions that a module exports under the given names.
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

/// Checks the initial sizes of the module's own tables and memories. The binary format
/// has no such limits: that of tables is from the WebAssembly JavaScript Interface,
/// "Implementation-defined Limits", that of memories is what can be reserved of the
/// address space.
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
