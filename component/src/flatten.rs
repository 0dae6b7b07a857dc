//! From the translator's result to a [`Component`].

use crate::adapters::{self, signature};
use crate::channels::Channels;
use crate::error::Error;
use crate::glue;
use crate::plan::{
    Component, CoreInstance, CoreItem, Encoding, Export, ExportKind, Extern, ExternKind,
    HostFunction, Import, Intrinsic, Lifted, Options, Provider, Resource, ResourceTable, Source,
    TranscodeOperation,
};
use crate::shims::Shims;
use crate::spread::{self, Spread};
use crate::starts;
use crate::threads::{self, Threads};
use crate::translate::{self, Translation};
use crate::types::Structures;
use crate::validate::{Bodies, validate};
use crate::wit::Types;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use wasmtime_environ::component as environ;
use wasmtime_environ::component::{
    CanonicalOptionsDataModel, CoreDef, CoreExport, ExportIndex, ExportItem, FixedEncoding,
    GlobalInitializer, InstantiateModule, LoweredIndex, OptionsIndex, ResourceIndex,
    RuntimeCallbackIndex, RuntimeImportIndex, RuntimeMemoryIndex, RuntimePostReturnIndex,
    RuntimeReallocIndex, StringEncoding, Trampoline, TrampolineIndex, Transcode, TypeDef,
    TypeFuncIndex, TypeResourceTable, TypeResourceTableIndex, UnsafeIntrinsic,
};
use wasmtime_environ::{EntityIndex, EntityRef, ScopeVec, StaticModuleIndex};

/// Takes a component in the binary format apart.
///
/// # Errors
///
/// When the component is invalid, apart from the bodies of functions in core modules, which
/// are not looked at, or is not static: imports core modules, for example.
pub fn flatten(bytes: &[u8]) -> Result<Component<'_>, Error> {
    validate(bytes, Bodies::Unchecked)?;
    let scope = ScopeVec::new();
    let translation = translate::translate(bytes, &scope)?;
    Flattener::new(&translation).component(bytes)
}

/// A component as the translator leaves it, and what has been learnt from its initializers
/// so far.
struct Flattener<'a> {
    translation: &'a Translation<'a>,
    /// The module of each core instance, those included that are left out.
    modules: Vec<StaticModuleIndex>,
    /// The functions that others stand for.
    shims: Shims,
    memories: HashMap<RuntimeMemoryIndex, CoreItem>,
    reallocs: HashMap<RuntimeReallocIndex, CoreItem>,
    callbacks: HashMap<RuntimeCallbackIndex, CoreItem>,
    post_returns: HashMap<RuntimePostReturnIndex, CoreItem>,
    lowered: HashMap<LoweredIndex, RuntimeImportIndex>,
    /// Functions of the host that are not called directly.
    spreads: Vec<Spread>,
    threads: Threads,
    /// Names of the types of resources that are imported or exported.
    resource_names: HashMap<ResourceIndex, String>,
    /// A name for each type of resources that no other one has.
    resource_identities: HashMap<ResourceIndex, String>,
    /// The types of values that exported functions have.
    structures: Structures<'a>,
}

impl<'a> Flattener<'a> {
    fn new(translation: &'a Translation<'a>) -> Flattener<'a> {
        let spreads = adapters::spreads(
            translation,
            translation.translation.trampolines.len() + spread::HELPERS.len(),
        );
        let shims = Shims::new(translation);
        Flattener {
            resource_names: resource_names(translation),
            resource_identities: resource_identities(translation),
            threads: Threads::new(translation, &shims, first_own(&spreads)),
            spreads,
            structures: Structures::new(&translation.types),
            modules: starts::instances(translation).into_iter().map(|(module, _)| module).collect(),
            shims,
            translation,
            memories: HashMap::new(),
            reallocs: HashMap::new(),
            callbacks: HashMap::new(),
            post_returns: HashMap::new(),
            lowered: HashMap::new(),
        }
    }

    fn component<'b>(mut self, bytes: &'b [u8]) -> Result<Component<'b>, Error> {
        let environ = self.environ();
        let mut modules = self.core_modules(bytes);
        let component_instances = environ.num_runtime_component_instances;
        let mut instances = vec![glue::instance(modules.len())];
        modules.push(Cow::Owned(glue::module(component_instances)));
        if !self.spreads.is_empty() {
            let take = self.translation.translation.trampolines.len();
            let (instance, module) = spread::instance(&self.spreads, take, modules.len());
            instances.push(instance);
            modules.push(module);
        }
        let mut resources = self.imported_resources();
        let mut names = Names::new();
        let mut number = 0;
        for initializer in &environ.initializers {
            match initializer {
                GlobalInitializer::InstantiateModule(
                    InstantiateModule::Static(module, arguments),
                    owner,
                ) => {
                    number += 1;
                    if self.shims.leave_out(number - 1) {
                        continue;
                    }
                    let imports = arguments.iter().enumerate();
                    let imports =
                        imports.map(|(place, argument)| self.import(*module, place, argument));
                    instances.push(CoreInstance {
                        imports: imports.collect::<Result<_, _>>()?,
                        name: names.choose(self.module_name(*module), owner.is_none()),
                        module: module.index(),
                        component_instance: owner.map(|owner| owner.as_u32()),
                    });
                }
                GlobalInitializer::InstantiateModule(InstantiateModule::Import(import, _), _) => {
                    let (import, name) = self.runtime_import(*import);
                    let interface = &self.environ().import_types.values().nth(import);
                    let interface = interface.map_or("", |(name, _)| name.as_str());
                    return Err(Error::unsupported(format!(
                        "the component imports the core module `{interface}` {name}, and which module that is must be known when a program is built"
                    )));
                }
                GlobalInitializer::LowerImport { index, import } => {
                    self.lowered.insert(*index, *import);
                }
                GlobalInitializer::ExtractMemory(extract) => {
                    let export = extract.export.clone().map_index(EntityIndex::Memory);
                    let memory = self.item(&export)?;
                    self.memories.insert(extract.index, memory);
                }
                GlobalInitializer::ExtractRealloc(extract) => {
                    let function = self.guest_function(&extract.def, "realloc")?;
                    self.reallocs.insert(extract.index, function);
                }
                GlobalInitializer::ExtractCallback(extract) => {
                    let function = self.guest_function(&extract.def, "callback")?;
                    self.callbacks.insert(extract.index, function);
                }
                GlobalInitializer::ExtractPostReturn(extract) => {
                    let function = self.guest_function(&extract.def, "post-return")?;
                    self.post_returns.insert(extract.index, function);
                }
                GlobalInitializer::ExtractTable(extract) => {
                    let export = extract.export.clone().map_index(EntityIndex::Table);
                    for function in self.threads.of_table(extract.index) {
                        let table = self.item(&export)?;
                        instances.push(threads::instance(*function, table, modules.len()));
                        modules.push(threads::module());
                    }
                }
                GlobalInitializer::Resource(resource) => {
                    let destructor = resource.dtor.as_ref();
                    let index = ResourceIndex::new(resources.len());
                    let name = self.resource_names.get(&index);
                    resources.push(Resource::Defined {
                        name: name.map_or("resource", String::as_str).to_string(),
                        destructor: destructor.map(|def| self.source(def)).transpose()?,
                        component_instance: resource.instance.as_u32(),
                    });
                }
            }
        }
        let mut structures = Structures::new(&self.translation.types);
        let channels = self.channels().all(&mut structures);
        Ok(Component {
            imports: self.imports(),
            exports: self.exports()?,
            modules,
            instances,
            functions: self.functions()?,
            resources,
            resource_tables: self.resource_tables(),
            flags: (0..component_instances).map(glue::flags).collect(),
            storage: [0, 1].map(glue::context),
            may_block: glue::may_block(),
            stream_tables: self.channels().stream_tables(),
            future_tables: self.channels().future_tables(),
            error_context_tables: self.channels().error_context_tables(),
            channels,
            calls: Vec::new(),
        })
    }

    fn environ(&self) -> &'a environ::Component {
        &self.translation.translation.component
    }

    /// Returns the bytes of the core modules. Those of the component stay where they are.
    fn core_modules<'b>(&self, bytes: &'b [u8]) -> Vec<Cow<'b, [u8]>> {
        let place = |wasm: &[u8]| {
            let start = (wasm.as_ptr() as usize).checked_sub(bytes.as_ptr() as usize)?;
            bytes.get(start..start.checked_add(wasm.len())?)
        };
        let modules = self.translation.modules.values();
        let bytes = |wasm: &[u8]| match place(wasm) {
            Some(part) => Cow::Borrowed(part),
            None => Cow::Owned(wasm.to_vec()),
        };
        modules.map(|module| bytes(module.wasm)).collect()
    }

    /// Returns the name that a module has for itself.
    fn module_name(&self, module: StaticModuleIndex) -> Option<&'a str> {
        let module = &self.translation.modules[module].module;
        module.name.map(|name| &module.strings[name])
    }

    /// Returns the source of an import.
    fn source(&self, definition: &CoreDef) -> Result<Source, Error> {
        Ok(match self.shims.resolve(definition) {
            CoreDef::Export(export) => Source::Item(self.item(export)?),
            CoreDef::Trampoline(index) => {
                let index = index.index();
                if let Some(item) = self.threads.item(index) {
                    Source::Item(item)
                } else if self.is_spread(index) {
                    Source::Item(spread::item(index))
                } else {
                    Source::Host(index)
                }
            }
            CoreDef::InstanceFlags(instance) => Source::Item(glue::flags(instance.as_u32())),
            CoreDef::TaskMayBlock => Source::Item(glue::may_block()),
            CoreDef::UnsafeIntrinsic(intrinsic) => {
                Source::Item(context_function(*intrinsic).ok_or_else(|| {
                    Error::unsupported(format!(
                        "the component uses `{}`, which quench does not have",
                        intrinsic.name()
                    ))
                })?)
            }
        })
    }

    /// Returns the source of an import, given its place in a module.
    fn import(
        &self,
        module: StaticModuleIndex,
        place: usize,
        definition: &CoreDef,
    ) -> Result<Source, Error> {
        let own = self.spreads.iter().find(|spread| spread.import == Some((module, place)));
        match own {
            Some(spread) => Ok(Source::Item(spread::item(spread.function))),
            None => self.source(definition),
        }
    }

    /// Returns whether a function of the host is not called directly.
    fn is_spread(&self, function: usize) -> bool {
        self.spreads.iter().any(|spread| spread.function == function)
    }

    /// Returns an item that a core instance exports.
    fn item(&self, export: &CoreExport<EntityIndex>) -> Result<CoreItem, Error> {
        let number = export.instance.index();
        let name = match &export.item {
            ExportItem::Name(name) => name.clone(),
            ExportItem::Index(index) => {
                let module = self.modules.get(number);
                let name = module.and_then(|module| {
                    let module = &self.translation.modules[*module].module;
                    let mut exports = module.exports.iter();
                    let (name, _) = exports.find(|(_, item)| *item == index)?;
                    Some(module.strings[name].to_string())
                });
                name.ok_or_else(|| {
                    Error::unsupported("an item that no export of its core module names")
                })?
            }
        };
        // The instances that are made here come before those of the component.
        let own = first_own(&self.spreads) + self.threads.before(number);
        let instance = own + number - self.shims.left_out_before(number);
        Ok(CoreItem { instance, name })
    }

    /// Returns a function that the host is to call, which has to be a core instance's.
    fn guest_function(&self, definition: &CoreDef, what: &str) -> Result<CoreItem, Error> {
        match self.source(definition)? {
            Source::Item(item) => Ok(item),
            _ => Err(Error::unsupported(format!(
                "a function of the host itself is given as `{what}`"
            ))),
        }
    }

    /// Returns what an import that something uses is: an index into the component's
    /// imports, and the name in the imported instance or of the import itself.
    fn runtime_import(&self, import: RuntimeImportIndex) -> (usize, String) {
        let environ = self.environ();
        let (index, path) = &environ.imports[import];
        let name = match path.as_slice() {
            [] => environ.import_types[*index].0.clone(),
            path => path.join("."),
        };
        (index.index(), name)
    }

    fn imported_resources(&self) -> Vec<Resource> {
        let imported = self.environ().imported_resources.values();
        let resource = |import: &RuntimeImportIndex| {
            let (import, name) = self.runtime_import(*import);
            Resource::Imported { import, name }
        };
        imported.map(resource).collect()
    }

    fn resource_tables(&self) -> Vec<Option<ResourceTable>> {
        let types = &self.translation.types;
        let indices = (0..self.translation.resource_tables).map(TypeResourceTableIndex::new);
        let table = |index| match types[index] {
            TypeResourceTable::Concrete { ty, instance } => {
                Some(ResourceTable { resource: ty.index(), component_instance: instance.as_u32() })
            }
            TypeResourceTable::Abstract(_) => None,
        };
        indices.map(table).collect()
    }

    fn options(&self, index: OptionsIndex) -> Result<Options, Error> {
        let options = &self.environ().options[index];
        let CanonicalOptionsDataModel::LinearMemory(memory) = options.data_model else {
            return Err(Error::unsupported(
                "the component passes values as garbage-collected objects (`gc` of the canonical ABI)",
            ));
        };
        Ok(Options {
            component_instance: options.instance.as_u32(),
            encoding: match options.string_encoding {
                StringEncoding::Utf8 => Encoding::Utf8,
                StringEncoding::Utf16 => Encoding::Utf16,
                StringEncoding::CompactUtf16 => Encoding::CompactUtf16,
            },
            memory: memory.memory.map(|index| self.memories[&index].clone()),
            realloc: memory.realloc.map(|index| self.reallocs[&index].clone()),
            post_return: options.post_return.map(|index| self.post_returns[&index].clone()),
            callback: options.callback.map(|index| self.callbacks[&index].clone()),
            is_async: options.async_,
        })
    }

    fn functions(&self) -> Result<Vec<HostFunction>, Error> {
        let signatures = &self.environ().trampolines;
        let trampolines = self.translation.translation.trampolines.iter();
        let function = |(index, trampoline): (TrampolineIndex, &Trampoline)| {
            let provider = self.provider(index, trampoline)?;
            let (parameters, results) = match provider {
                _ if matches!(trampoline, Trampoline::PrepareCall { .. }) => {
                    (Vec::new(), Vec::new())
                }
                Provider::Unsupported(_) => (Vec::new(), Vec::new()),
                Provider::Intrinsic(
                    Intrinsic::TaskReturn { .. }
                    | Intrinsic::CallStart { .. }
                    | Intrinsic::ThreadNew { .. },
                ) => (Vec::new(), Vec::new()),
                _ => signature(self.translation, signatures[index])?,
            };
            Ok(HostFunction { provider, parameters, results })
        };
        let mut functions = trampolines.map(function).collect::<Result<Vec<_>, Error>>()?;
        if !self.spreads.is_empty() {
            functions.extend(spread::HELPERS.map(|helper| HostFunction {
                provider: Provider::Intrinsic(Intrinsic::OfTaskInTheMaking(helper)),
                parameters: Vec::new(),
                results: Vec::new(),
            }));
            let prepares = self.spreads.iter().filter(|spread| spread.import.is_some());
            functions.extend(prepares.map(|spread| HostFunction {
                provider: Provider::Intrinsic(Intrinsic::CallPrepare {
                    launch: spread::launch(spread.function),
                    deliver: spread::deliver(spread.function),
                }),
                parameters: Vec::new(),
                results: Vec::new(),
            }));
        }
        Ok(functions)
    }

    fn provider(&self, index: TrampolineIndex, trampoline: &Trampoline) -> Result<Provider, Error> {
        let memory = |index: &RuntimeMemoryIndex| self.memories[index].clone();
        Ok(Provider::Intrinsic(match trampoline {
            Trampoline::LowerImport { index: lowered, lower_ty, options } => {
                let (import, name) = self.runtime_import(self.lowered[lowered]);
                return Ok(Provider::Import {
                    import,
                    name,
                    ty: self.function_type(*lower_ty),
                    signature: self.types().signature(*lower_ty),
                    passes_numbers: Structures::new(&self.translation.types)
                        .function(*lower_ty)
                        .passes_numbers(),
                    options: self.options(*options)?,
                });
            }
            Trampoline::ResourceNew { ty, .. } => Intrinsic::ResourceNew { table: ty.index() },
            Trampoline::ResourceRep { ty, .. } => Intrinsic::ResourceRep { table: ty.index() },
            Trampoline::ResourceDrop { ty, .. } => Intrinsic::ResourceDrop { table: ty.index() },
            Trampoline::ResourceTransferOwn => Intrinsic::TransferOwn,
            Trampoline::ResourceTransferBorrow => Intrinsic::TransferBorrow,
            Trampoline::EnterSyncCall => Intrinsic::EnterSyncCall,
            Trampoline::ExitSyncCall => Intrinsic::ExitSyncCall,
            Trampoline::Trap => Intrinsic::Trap,
            Trampoline::Transcoder { op, from, from64: false, to, to64: false } => {
                Intrinsic::Transcode {
                    operation: transcode_operation(*op),
                    from: memory(from),
                    to: memory(to),
                }
            }
            // Each import of it has a function of its own.
            Trampoline::PrepareCall { .. } => Intrinsic::Trap,
            Trampoline::AsyncStartCall { callback, post_return } => Intrinsic::CallStart {
                callback: callback.map(|index| self.callbacks[&index].clone()),
                post_return: post_return.map(|index| self.post_returns[&index].clone()),
                waits: false,
            },
            Trampoline::SyncStartCall { callback } => Intrinsic::CallStart {
                callback: callback.map(|index| self.callbacks[&index].clone()),
                post_return: None,
                waits: true,
            },
            Trampoline::ThreadNewIndirect { instance, .. } => {
                match self.threads.start(index.index()) {
                    Some(start) => {
                        Intrinsic::ThreadNew { component_instance: instance.as_u32(), start }
                    }
                    None => return Ok(Provider::Unsupported(name_of(trampoline))),
                }
            }
            other => match self.channels().intrinsic(other, |options| self.options(options))? {
                Some(intrinsic) => intrinsic,
                None => return Ok(Provider::Unsupported(name_of(other))),
            },
        }))
    }

    fn channels(&self) -> Channels<'_> {
        let types = Types { types: &self.translation.types, resources: &self.resource_identities };
        Channels { component: self.environ(), types }
    }

    fn types(&self) -> Types<'_> {
        Types { types: &self.translation.types, resources: &self.resource_names }
    }

    fn function_type(&self, ty: TypeFuncIndex) -> String {
        self.types().function(ty)
    }

    fn imports(&self) -> Vec<Import> {
        let types = &self.translation.types;
        let import = |(name, import): &(String, environ::ComponentExtern)| match import.ty {
            TypeDef::ComponentInstance(index) => Import {
                name: name.clone(),
                items: types[index]
                    .exports
                    .iter()
                    .map(|(name, item)| self.item_of(name, &item.ty))
                    .collect(),
                is_instance: true,
            },
            ref ty => Import {
                name: name.clone(),
                items: vec![self.item_of(name, ty)],
                is_instance: false,
            },
        };
        self.environ().import_types.values().map(import).collect()
    }

    fn item_of(&self, name: &str, ty: &TypeDef) -> Extern {
        Extern {
            name: name.to_string(),
            kind: match ty {
                TypeDef::ComponentFunc(_) | TypeDef::CoreFunc(_) => ExternKind::Function,
                TypeDef::Resource(_) => ExternKind::Resource,
                TypeDef::Interface(_) => ExternKind::Type,
                TypeDef::Module(_) => ExternKind::Module,
                TypeDef::Component(_) => ExternKind::Component,
                TypeDef::ComponentInstance(_) => ExternKind::Instance,
            },
            ty: self.types().definition(ty),
        }
    }

    fn exports(&mut self) -> Result<Vec<Export>, Error> {
        let mut exports = Vec::new();
        for (name, (index, _)) in self.environ().exports.raw_iter() {
            self.export(&mut vec![name.to_string()], *index, &mut exports)?;
        }
        Ok(exports)
    }

    /// Adds an export, or all that an exported instance has. Instances nest only as deep as
    /// the validator allows.
    fn export(
        &mut self,
        path: &mut Vec<String>,
        index: ExportIndex,
        exports: &mut Vec<Export>,
    ) -> Result<(), Error> {
        use environ::Export as Item;
        let (kind, ty) = match &self.environ().export_items[index] {
            Item::LiftedFunction { ty, func, options } => {
                let core_type = self.environ().options[*options].core_type;
                let (parameters, results) = signature(self.translation, core_type)?;
                let lifted = Lifted {
                    function: self.source(func)?,
                    options: self.options(*options)?,
                    ty: self.structures.function(*ty),
                    parameters,
                    results,
                    result_type: self.translation.types[*ty].results.as_u32(),
                };
                (ExportKind::Function(Box::new(lifted)), self.function_type(*ty))
            }
            Item::ModuleStatic { .. } | Item::ModuleImport { .. } => {
                (ExportKind::Module, "core module".to_string())
            }
            Item::Type(ty) => (ExportKind::Type, self.types().definition(ty)),
            Item::Instance { exports: items, .. } => {
                for (name, index) in in_order(items.raw_iter()) {
                    path.push(name);
                    self.export(path, index, exports)?;
                    path.pop();
                }
                return Ok(());
            }
        };
        exports.push(Export { path: path.clone(), kind, ty });
        Ok(())
    }
}

/// Returns the number of the first instance of the component: those that are made here for all of
/// it come before.
fn first_own(spreads: &[Spread]) -> usize {
    if spreads.is_empty() { 1 } else { spread::INSTANCE + 1 }
}

/// Returns the items of an exported instance by name. The translator has those of an
/// instance that is put together of exports in an order that differs from run to run.
fn in_order<'a, Name: ToString + 'a, Data: 'a>(
    items: impl Iterator<Item = (&'a Name, &'a (ExportIndex, Data))>,
) -> Vec<(String, ExportIndex)> {
    let mut items: Vec<_> = items.map(|(name, (index, _))| (name.to_string(), *index)).collect();
    items.sort();
    items
}

/// Returns the names of the types of resources that are imported or exported.
fn resource_names(translation: &Translation<'_>) -> HashMap<ResourceIndex, String> {
    let component = &translation.translation.component;
    let mut names = HashMap::new();
    for (index, import) in component.imported_resources.iter() {
        let (import, path) = &component.imports[*import];
        let own = || component.import_types[*import].0.clone();
        names.insert(index, path.last().cloned().unwrap_or_else(own));
    }
    let root = component.exports.raw_iter();
    let mut exports: Vec<_> = root.map(|(name, (index, _))| (name.to_string(), *index)).collect();
    while let Some((name, index)) = exports.pop() {
        match &component.export_items[index] {
            environ::Export::Type(TypeDef::Resource(table)) => {
                if let TypeResourceTable::Concrete { ty, .. } = translation.types[*table] {
                    names.entry(ty).or_insert(name);
                }
            }
            environ::Export::Instance { exports: items, .. } => {
                exports.extend(in_order(items.raw_iter()));
            }
            _ => {}
        }
    }
    names
}

/// Returns a name for each type of resources that no other one has: those of the host have
/// the name that they are imported by.
fn resource_identities(translation: &Translation<'_>) -> HashMap<ResourceIndex, String> {
    let component = &translation.translation.component;
    let names = resource_names(translation);
    let indices = (0..component.num_resources as usize).map(ResourceIndex::new);
    let imported = component.imported_resources.len();
    let name = |index: ResourceIndex| match names.get(&index) {
        Some(name) if index.index() < imported => name.clone(),
        _ => index.index().to_string(),
    };
    indices.map(|index| (index, name(index))).collect()
}

/// The names of core instances that are taken.
struct Names(HashSet<String>);

impl Names {
    fn new() -> Names {
        Names(glue::NAMES.into_iter().chain([spread::NAME]).map(str::to_string).collect())
    }

    /// Returns a name for an instance that nothing else has.
    fn choose(&mut self, module: Option<&str>, is_adapter: bool) -> String {
        let base = match module {
            Some(name) if !name.is_empty() => name,
            _ if is_adapter => "adapter",
            _ => "module",
        };
        let numbered = (2..).map(|number| format!("{base} {number}"));
        let mut candidates = std::iter::once(base.to_string()).chain(numbered);
        let name = candidates.find(|name| !self.0.contains(name)).unwrap_or_default();
        self.0.insert(name.clone());
        name
    }
}

/// Returns the function that gets or sets a slot of a task's local storage.
fn context_function(intrinsic: UnsafeIntrinsic) -> Option<CoreItem> {
    Some(match intrinsic {
        UnsafeIntrinsic::ContextGetI32_0 => glue::context_function(0, false),
        UnsafeIntrinsic::ContextSetI32_0 => glue::context_function(0, true),
        UnsafeIntrinsic::ContextGetI32_1 => glue::context_function(1, false),
        UnsafeIntrinsic::ContextSetI32_1 => glue::context_function(1, true),
        _ => return None,
    })
}

fn transcode_operation(operation: Transcode) -> TranscodeOperation {
    match operation {
        Transcode::Copy(FixedEncoding::Utf8) => TranscodeOperation::CopyUtf8,
        Transcode::Copy(FixedEncoding::Utf16) => TranscodeOperation::CopyUtf16,
        Transcode::Copy(FixedEncoding::Latin1) => TranscodeOperation::CopyLatin1,
        Transcode::Latin1ToUtf16 => TranscodeOperation::Latin1ToUtf16,
        Transcode::Latin1ToUtf8 => TranscodeOperation::Latin1ToUtf8,
        Transcode::Utf16ToCompactProbablyUtf16 => TranscodeOperation::Utf16ToCompactProbablyUtf16,
        Transcode::Utf16ToCompactUtf16 => TranscodeOperation::Utf16ToCompactUtf16,
        Transcode::Utf16ToLatin1 => TranscodeOperation::Utf16ToLatin1,
        Transcode::Utf16ToUtf8 => TranscodeOperation::Utf16ToUtf8,
        Transcode::Utf8ToCompactUtf16 => TranscodeOperation::Utf8ToCompactUtf16,
        Transcode::Utf8ToLatin1 => TranscodeOperation::Utf8ToLatin1,
        Transcode::Utf8ToUtf16 => TranscodeOperation::Utf8ToUtf16,
    }
}

/// Returns the name of a built-in function that is refused, in the component model's words.
fn name_of(trampoline: &Trampoline) -> String {
    let name = trampoline.symbol_name();
    let name = name.split('[').next().unwrap_or_default();
    let name = name.strip_prefix("component-").unwrap_or(name);
    match name.split_once('-') {
        Some((what @ ("task" | "subtask" | "stream" | "future" | "thread" | "waitable"), rest))
            if !rest.starts_with("set-") =>
        {
            format!("{what}.{rest}")
        }
        Some(("waitable", rest)) => format!("waitable-set.{}", rest.trim_start_matches("set-")),
        _ => name.to_string(),
    }
}
