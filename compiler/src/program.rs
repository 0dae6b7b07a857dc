//! The closed world of one executable: its modules, and the record that the
//! runtime starts from.

use crate::codegen::Machine;
use crate::layout::{AddressSpace, Layout, MemoryPlace};
use crate::matching::{self, Identity};
use crate::module::{Item, Module};
use crate::types::TypeRegistry;
use crate::{
    Error, ExternType, Import, Interface, Observer, Options, Profile, Silent, Store, compile,
    parse, record, symbols, validate, validate::Proposals,
};
use std::collections::HashMap;
use std::sync::Arc;

/// Where an import comes from; what each import of a module is, its builder says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportSource {
    /// A native symbol `module.name`, in the C calling convention.
    Host,
    /// The export `export` of a module added earlier under the name `module`.
    Module { module: String, export: String },
    /// Nobody: calling it ends the program with a message. Functions only.
    Stub,
}

/// What to make of a module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Emit {
    #[default]
    Object,
    /// Cranelift IR as translated, before optimisation, as text.
    Clif,
    /// Disassembly as text.
    Assembly,
}

pub struct ModuleInput<'a> {
    /// Unique in the program; part of the symbols of its exports.
    pub name: &'a str,
    pub wasm: &'a [u8],
    pub source: &'a dyn Fn(&Import) -> ImportSource,
    /// Exported functions that are to be callable through an
    /// [`EntryPoint`](quench_abi::EntryPoint).
    pub entry_points: &'a [&'a str],
    pub emit: Emit,
}

pub struct CompiledModule {
    pub interface: Interface,
    /// An ELF relocatable object, or UTF-8 text, as [`Emit`] says.
    pub bytes: Vec<u8>,
    /// Symbols of the runtime that the code refers to; see
    /// [`symbols`](quench_abi::symbols). None for text.
    pub runtime_symbols: Vec<&'static str>,
    /// What the person who builds may want to know.
    pub warnings: Vec<String>,
}

/// `--invoke`.
pub struct InvocationPlan {
    pub module: String,
    /// Listed in [`ModuleInput::entry_points`].
    pub export: String,
    /// Arguments baked in; `None`: from the command line when run.
    pub arguments: Option<Vec<String>>,
}

pub struct ProgramPlan {
    /// `(module, export)` of functions `() -> ()` to call in order.
    pub entries: Vec<(String, String)>,
    pub invocation: Option<InvocationPlan>,
    /// `(module, export)` of the memory that host functions see.
    pub memory: Option<(String, String)>,
    /// Bytes; rounded up to whole pages.
    pub stack_size: u64,
    /// Symbol of the function that prepares the host functions.
    pub host_start: Option<String>,
    pub policy: Vec<u8>,
    /// Whether it can write core dumps.
    pub dump_core: bool,
    /// Where a program of instrumented modules writes what it counts: a path, in
    /// which `%p` stands for the number of the process.
    pub profile: Option<Vec<u8>>,
}

/// How large a function's code is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionSize {
    /// As its language writes it.
    pub name: String,
    /// Bytes.
    pub size: u64,
}

/// Where an imported function comes from, with names.
pub enum FunctionSource {
    Host,
    Stub,
    /// `symbol` is its name in the internal calling convention.
    Module {
        symbol: String,
    },
}

/// Imports of a module, each in its index space's order.
#[derive(Default)]
pub struct ResolvedImports {
    pub functions: Vec<FunctionSource>,
    pub tables: Vec<String>,
    pub memories: Vec<MemoryPlace>,
    pub memory_symbols: Vec<String>,
    pub globals: Vec<String>,
    pub tags: Vec<String>,
    /// Sizes that can only be checked when the module is instantiated: what is
    /// imported may have grown by then. In elements or bytes.
    pub minimum_checks: Vec<(Item, u64)>,
}

impl ResolvedImports {
    /// The function is another module's, called as one's own are.
    pub fn is_module_function(&self, index: u32) -> bool {
        matches!(self.functions.get(index as usize), Some(FunctionSource::Module { .. }))
    }

    /// What a message calls an imported function.
    pub fn text(&self, module: &Module<'_>, function: u32) -> String {
        let import = module.function_import(function);
        format!("{}.{}", import.module, import.name)
    }
}

/// What later modules may know of an export.
#[derive(Clone)]
struct Provided {
    ty: ExternType,
    identity: Identity,
    symbol: String,
    /// Of a memory.
    place: Option<MemoryPlace>,
}

struct AddedModule {
    interface: Interface,
    exports: HashMap<String, Provided>,
    entry_points: Vec<String>,
}

/// See the crate's documentation.
pub struct Program {
    options: Options,
    machine: Machine,
    types: TypeRegistry,
    addresses: AddressSpace,
    modules: HashMap<String, AddedModule>,
    /// Names of `modules` in order.
    order: Vec<String>,
    observer: Arc<dyn Observer>,
    profile: Option<Profile>,
    store: Option<Arc<dyn Store>>,
}

impl Program {
    pub fn new(options: Options) -> Result<Program, Error> {
        let machine = Machine::new(&options)?;
        Ok(Program {
            options,
            machine,
            types: TypeRegistry::default(),
            addresses: AddressSpace::new(),
            modules: HashMap::new(),
            order: Vec::new(),
            observer: Arc::new(Silent),
            profile: None,
            store: None,
        })
    }

    /// Whom to tell how modules are compiled.
    pub fn observe(&mut self, observer: Arc<dyn Observer>) {
        self.observer = observer;
    }

    /// Lets the modules that are added from now on be made for what they did
    /// before.
    pub fn use_profile(&mut self, profile: Profile) {
        self.profile = Some(profile);
    }

    /// Takes compiled functions from the store, and puts there what it had not.
    /// Makes no difference to what is compiled.
    pub fn keep_functions(&mut self, store: Arc<dyn Store>) {
        self.store = Some(store);
    }

    /// Describes a module without compiling it. Everything but function bodies
    /// is validated.
    pub fn inspect(wasm: &[u8]) -> Result<Interface, Error> {
        Ok(parse::parse(wasm)?.1)
    }

    /// The functions that a module defines, in order.
    pub fn functions(wasm: &[u8]) -> Result<Vec<FunctionSize>, Error> {
        let module = parse::parse(wasm)?.0;
        let bodies = module.bodies.iter().zip(module.imported_functions..);
        let size = |(body, index): (&crate::module::Body<'_>, u32)| FunctionSize {
            name: match module.function_names.get(&index) {
                Some(name) => crate::names::readable(name).into_owned(),
                None => format!("function {index}"),
            },
            size: body.body.range().end - body.body.range().start,
        };
        Ok(bodies.map(size).collect())
    }

    /// Describes a module and validates all of it.
    pub fn validate(wasm: &[u8]) -> Result<Interface, Error> {
        validate::validate(wasm)
    }

    /// Compiles a module. Its imports are checked against the modules added
    /// before it. After an error the program is as it was before.
    pub fn add_module(&mut self, input: &ModuleInput<'_>) -> Result<CompiledModule, Error> {
        if self.modules.contains_key(input.name) {
            return Err(link_error(format!(
                "two modules of the program are named `{}`",
                input.name
            )));
        }
        let (module, mut interface) = parse::parse(input.wasm)?;
        check_limits(&module)?;
        let imported = module.imports.iter().map(|import| (import.module, import.name));
        let exported = module.exports.iter().map(|export| (input.name, export.name));
        symbols::check_distinct(imported)?;
        symbols::check_distinct(exported)?;
        let mut origins = Vec::new();
        let type_ids = self.types.identities(&module.groups);
        let imports = self.resolve(&module, &interface, &type_ids, input, &mut origins)?;
        let entry_points = entry_points(&module, input.entry_points)?;
        let layout = Layout::new(
            &module,
            &imports,
            self.addresses,
            self.machine.isa().flags().enable_pinned_reg() && self.options.fuel.is_none(),
            self.options.memory_checks,
        );
        let proposals = Proposals::of_sections(input.wasm);
        let output = compile::compile(
            &compile::Input {
                name: input.name,
                module: &module,
                imports: &imports,
                layout: &layout,
                type_ids: &type_ids,
                entry_points: &entry_points,
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
        self.addresses = layout.addresses;
        let exports = provided(input.name, &module, &imports, &layout, &type_ids, &origins);
        let entry_points = input.entry_points.iter().map(|name| name.to_string()).collect();
        let added = AddedModule { interface: interface.clone(), exports, entry_points };
        self.modules.insert(input.name.to_string(), added);
        self.order.push(input.name.to_string());
        Ok(CompiledModule {
            interface,
            bytes: output.bytes,
            runtime_symbols: output.runtime_symbols,
            warnings: output.warnings,
        })
    }

    /// `origins` receives what each import from another module is.
    fn resolve(
        &self,
        module: &Module<'_>,
        interface: &Interface,
        type_ids: &[u32],
        input: &ModuleInput<'_>,
        origins: &mut Vec<(Item, Provided)>,
    ) -> Result<ResolvedImports, Error> {
        let mut resolved = ResolvedImports::default();
        for (import, described) in module.imports.iter().zip(&interface.imports) {
            let provided = match (input.source)(described) {
                ImportSource::Module { module, export } => {
                    self.provided(described, &module, &export)?
                }
                source => {
                    native_import(&mut resolved, described, source)?;
                    continue;
                }
            };
            let expected = matching::identity(module, import.item, type_ids);
            matching::check_import(described, &expected, &provided.ty, &provided.identity)?;
            if let Some(minimum) = matching::minimum_to_check(&described.ty, &provided.ty) {
                resolved.minimum_checks.push((import.item, minimum));
            }
            let symbol = provided.symbol.clone();
            match import.item {
                Item::Function(_) => resolved.functions.push(FunctionSource::Module { symbol }),
                Item::Table(_) => resolved.tables.push(symbol),
                Item::Global(_) => resolved.globals.push(symbol),
                Item::Tag(_) => resolved.tags.push(symbol),
                Item::Memory(_) => {
                    resolved.memories.push(provided.place.expect("a memory has a place"));
                    resolved.memory_symbols.push(symbol);
                }
            }
            origins.push((import.item, provided.clone()));
        }
        Ok(resolved)
    }

    fn provided(&self, import: &Import, module: &str, export: &str) -> Result<&Provided, Error> {
        let added = self.modules.get(module).ok_or_else(|| {
            link_error(format!(
                "import `{}.{}`: there is no module `{module}`",
                import.module, import.name
            ))
        })?;
        added.exports.get(export).ok_or_else(|| {
            link_error(format!(
                "import `{}.{}`: unknown import, module `{module}` exports no `{export}`",
                import.module, import.name
            ))
        })
    }

    /// The object that holds the [`quench_abi::Program`] record.
    pub fn finish(&self, plan: &ProgramPlan) -> Result<Vec<u8>, Error> {
        record::program(&self.options, &self.order, plan, |module, export| {
            let added = self.modules.get(module)?;
            added
                .interface
                .export(export)
                .map(|ty| (ty, added.entry_points.iter().any(|name| name == export)))
        })
    }
}

pub fn link_error(message: String) -> Error {
    Error::Link { message }
}

/// Exports by name, under the symbols that later modules use.
fn provided(
    name: &str,
    module: &Module<'_>,
    imports: &ResolvedImports,
    layout: &Layout,
    type_ids: &[u32],
    origins: &[(Item, Provided)],
) -> HashMap<String, Provided> {
    let mut exports = HashMap::new();
    for export in &module.exports {
        let origin = origins.iter().find(|(item, _)| *item == export.item);
        let provided = match (origin, export.item) {
            (Some((_, origin)), _) => origin.clone(),
            (None, Item::Global(index)) if index < module.imported_globals => Provided {
                ty: parse::extern_type(module, export.item),
                identity: matching::identity(module, export.item, type_ids),
                symbol: imports.globals[index as usize].clone(),
                place: None,
            },
            (None, item) => Provided {
                ty: parse::extern_type(module, item),
                identity: matching::identity(module, item, type_ids),
                symbol: match item {
                    Item::Function(_) => symbols::internal(name, export.name),
                    _ => symbols::public(name, export.name),
                },
                place: match item {
                    Item::Memory(index) => Some(layout.memories[index as usize]),
                    _ => None,
                },
            },
        };
        exports.insert(export.name.to_string(), provided);
    }
    exports
}

fn entry_points<'a>(module: &Module<'_>, names: &[&'a str]) -> Result<Vec<(&'a str, u32)>, Error> {
    let mut entry_points = Vec::with_capacity(names.len());
    for name in names {
        let export = module.exports.iter().find(|export| export.name == *name);
        match export.map(|export| export.item) {
            Some(Item::Function(index)) => entry_points.push((*name, index)),
            _ => {
                return Err(link_error(format!("the module exports no function `{name}`")));
            }
        }
    }
    Ok(entry_points)
}

/// An import that no module of the program provides.
fn native_import(
    resolved: &mut ResolvedImports,
    import: &Import,
    source: ImportSource,
) -> Result<(), Error> {
    let what = match (&import.ty, source) {
        (ExternType::Function(_), ImportSource::Stub) => {
            resolved.functions.push(FunctionSource::Stub);
            return Ok(());
        }
        (ExternType::Function(_), _) => {
            resolved.functions.push(FunctionSource::Host);
            return Ok(());
        }
        (ExternType::Global(_), ImportSource::Host) => {
            resolved.globals.push(symbols::public(&import.module, &import.name));
            return Ok(());
        }
        (ExternType::Global(_), _) => "global",
        (ExternType::Memory(_), _) => "memory",
        (ExternType::Table(_), _) => "table",
        (ExternType::Tag(_), _) => "tag",
    };
    Err(link_error(format!(
        "import `{}.{}`: a {what} can only come from another module of the program",
        import.module, import.name
    )))
}

/// Limits of the JavaScript API's appendix that the format does not have, and
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
