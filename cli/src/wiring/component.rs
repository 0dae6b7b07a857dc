//! The wiring of a component: which function of the host each import is, and the records
//! that those functions work from. Knows the names of WASI's interfaces; the crate
//! `quench-component` knows what a component is made of.

use crate::fault::Kind;
use crate::wiring::custom::{Custom, CustomProviders};
use crate::wiring::invoke::Invoke;
use crate::wiring::{Wiring, imports, interfaces, intrinsics};
use anyhow::{Result, anyhow, bail};
use quench_abi::RuntimeNeed;
use quench_abi::component::{
    CallPrepare, CallStart, ChannelType, ChannelUse, ComponentInstance, HandleTable, HandleTables,
    Invocation, Lifting, Lowering, ResourceTable, ResourceType, TaskReturn, TaskUse, ThreadNew,
    Transcoding, channel_identity,
};
use quench_compiler::{DataContent, DataPlan, ExportUse, ImportSource, Word};
use quench_component::{
    COMMAND, Call, CallStep, ChannelTable, Component, CoreItem, Encoding, Export, ExportKind,
    HostFunction, Intrinsic, Options, Provider, Resource, Source, Task, add_calls, add_command,
    describe, describe_value, parse_call, trap_messages,
};
use quench_policy::{Functions, RuntimeFunctions};
use std::collections::HashMap;

/// A component with everything that its instances need of the host.
pub struct ComponentWiring {
    /// The source of each import, by instance.
    pub sources: Vec<Vec<ImportSource>>,
    /// The users of exports, by instance and name; of those that are not here there are none.
    pub export_uses: HashMap<String, HashMap<String, ExportUse>>,
    /// The records that functions of the host work from.
    pub data: Vec<DataPlan>,
    /// What is called.
    pub wiring: Wiring,
    /// The functions that the component imports.
    pub imports: Vec<ImportedFunction>,
}

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

/// Fits a component to the host: adds what runs it, or makes the calls of `--invoke`, and
/// finds the source of each import.
///
/// # Errors
///
/// When the component has nothing to run, or imports what nobody provides; the message
/// lists all of it. When a call does not fit the component.
pub fn wire(
    component: &mut Component<'_>,
    custom: &CustomProviders<'_>,
    invoke: Option<&Invoke>,
) -> Result<ComponentWiring> {
    match invoke {
        Some(invoke) => {
            let calls = calls(component, invoke)?;
            add_calls(component, calls);
        }
        None => {
            let run = command(component).map_err(|error| Kind::Link.of(error))?;
            add_command(component, &run);
        }
    }
    let linker = Linker { component, custom };
    linker.check().map_err(|error| Kind::Link.of(error))?;
    let sources: Vec<Vec<ImportSource>> = (component.instances.iter().enumerate())
        .map(|(number, instance)| {
            instance.imports.iter().map(|source| linker.source(number, source)).collect()
        })
        .collect();
    let data = linker.data()?;
    let entries = vec![(COMMAND.to_string(), COMMAND.to_string())];
    Ok(ComponentWiring {
        export_uses: export_uses(&sources, &data, &entries),
        sources,
        data,
        imports: linker.imports(),
        wiring: Wiring {
            entries,
            warning: None,
            memory: None,
            functions: linker.functions(),
            runtime: linker.runtime_functions(),
        },
    })
}

/// Returns who uses which exports, by instance and name.
fn export_uses(
    sources: &[Vec<ImportSource>],
    data: &[DataPlan],
    entries: &[(String, String)],
) -> HashMap<String, HashMap<String, ExportUse>> {
    let mut uses: HashMap<String, HashMap<String, ExportUse>> = HashMap::new();
    let mut add = |module: &str, export: &str, user: ExportUse| {
        let of_module = uses.entry(module.to_string()).or_default();
        let known = of_module.entry(export.to_string()).or_insert(user);
        *known = user.max(*known);
    };
    for source in sources.iter().flatten() {
        if let ImportSource::Module { module, export }
        | ImportSource::LaterModule { module, export } = source
        {
            add(module, export, ExportUse::Modules);
        }
    }
    for content in data.iter().map(|plan| &plan.content) {
        let DataContent::Words(words) = content else { continue };
        for word in words {
            match word {
                Word::Function(module, export) => add(module, export, ExportUse::Native),
                Word::Item(module, export) => add(module, export, ExportUse::Modules),
                Word::Number(_) | Word::Data(_) | Word::Bytes(_) => {}
            }
        }
    }
    for (module, export) in entries {
        add(module, export, ExportUse::Native);
    }
    uses
}

/// Returns the exported function that runs the component as a command: that of the newest
/// version of WASI.
fn command(component: &Component<'_>) -> Result<quench_component::Lifted> {
    let is_run = |export: &&Export| match export.path.as_slice() {
        [interface, name] => interface.starts_with("wasi:cli/run@") && name == "run",
        _ => false,
    };
    let newest = component.exports.iter().filter(is_run).max_by_key(|export| &export.path);
    match newest.map(|export| &export.kind) {
        Some(ExportKind::Function(lifted)) => Ok((**lifted).clone()),
        _ => bail!("the component has nothing to run: it does not export `wasi:cli/run`"),
    }
}

/// Returns the calls of `--invoke`, one a line. Arguments may also stand behind the name, as
/// those of a module's function do.
fn calls(component: &Component<'_>, invoke: &Invoke) -> Result<Vec<Call>> {
    let Invoke { name, arguments } = invoke;
    let behind = format!("{name}({})", arguments.join(", "));
    let text = match arguments.as_slice() {
        [] => name,
        _ if name.contains('(') => bail!(
            "the arguments of a component's function stand in the parentheses: `{name}` is followed by `{}`",
            arguments.join(" ")
        ),
        _ => &behind,
    };
    text.lines().map(|line| parse_call(component, line).map_err(|error| anyhow!(error))).collect()
}

/// Symbols of the records.
fn context(function: usize) -> String {
    format!("%context.{function}")
}

fn invocation(call: usize) -> String {
    format!("%invocation.{call}")
}

fn lowering_of(call: usize) -> String {
    format!("%lowering.{call}")
}

fn instance(number: u32) -> String {
    format!("%instance.{number}")
}

fn handles(number: u32) -> String {
    format!("%handles.{number}")
}

/// Symbol of the list of all tables of resources, and of its address and length.
const TABLES: [&str; 2] = ["%tables", "%all.tables"];

/// Symbol of the record of all tables of handles.
const HANDLE_TABLES: &str = "%handle-tables";

/// Symbol of the list of messages of traps, and of its address and length.
const TRAPS: [&str; 2] = ["%traps", "%all.traps"];

/// Symbols of the lists of tables of streams, futures and error contexts.
const STREAM_TABLES: [&str; 2] = ["%streams", "%all.streams"];
const FUTURE_TABLES: [&str; 2] = ["%futures", "%all.futures"];
const ERROR_CONTEXT_TABLES: [&str; 2] = ["%error-contexts", "%all.error-contexts"];

/// Symbol of the list of component instances.
const INSTANCES: &str = "%instances";

/// Symbol of the record of a type of streams or futures.
fn channel_type(channel: usize) -> String {
    format!("%channel.{channel}")
}

/// Makes the words of a record from values for its fields, all of 8 bytes, at their
/// offsets: `words!(Transcoding { from: memory(from), to: memory(to) })`. A field that is
/// missing, or set twice, does not compile.
macro_rules! words {
    ($Type:ident { $( $field:ident: $value:expr ),+ $(,)? }) => {{
        // Only to be checked: it names each field once.
        let _ = |record: &$Type| {
            let $Type { $( $field: _, )+ } = record;
        };
        let mut words = vec![ $( (std::mem::offset_of!($Type, $field), Field::from($value).0) ),+ ];
        words.sort_by_key(|(offset, _)| *offset);
        words.into_iter().flat_map(|(_, words)| words).collect::<Vec<Word>>()
    }};
}

/// The words of a record's field.
struct Field(Vec<Word>);

impl From<Word> for Field {
    fn from(word: Word) -> Field {
        Field(vec![word])
    }
}

impl From<[Word; 2]> for Field {
    fn from(words: [Word; 2]) -> Field {
        Field(words.into())
    }
}

impl From<Vec<Word>> for Field {
    fn from(words: Vec<Word>) -> Field {
        Field(words)
    }
}

/// A component whose imports are being resolved.
struct Linker<'a> {
    component: &'a Component<'a>,
    /// The providers of what is not WASI's.
    custom: &'a CustomProviders<'a>,
}

impl Linker<'_> {
    /// Fails if the component needs what the host does not have, or has in another form.
    fn check(&self) -> Result<()> {
        let mut missing = Vec::new();
        let mut different = Vec::new();
        for function in &self.component.functions {
            match &function.provider {
                Provider::Import { import, name, ty, signature, passes_numbers, .. } => {
                    let interface = self.interface(*import);
                    match interfaces::function(interface, name) {
                        None => match self.provider(interface, name) {
                            Custom::Nobody => missing.push(format!("{interface} {name}: {ty}")),
                            Custom::Module(module) if !passes_numbers => different.push(format!(
                                "the module `{module}` cannot provide {interface} {name}: {ty}, whose values are in a memory or are handles; make a component of it"
                            )),
                            Custom::Module(_) | Custom::Link(_) | Custom::Stub => {}
                        },
                        Some(known) if interfaces::written_out(known) == *signature => {}
                        Some(known) => different.push(format!(
                            "the component imports {interface} {name} as {signature}, but WASI has it as {}",
                            known.ty
                        )),
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
                "the component needs what nobody provides:\n  {}\nprovide it with another component \
                 (`--preload NAME=FILE`) or with native code (`--link FILE`), or build functions as \
                 traps with `--stub-imports`",
                missing.join("\n  ")
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
            interfaces::function(interface, name).is_none()
                && matches!(self.provider(interface, name), Custom::Link(_))
        };
        linked.filter(is_linked).collect()
    }

    /// Returns the functions that the component imports, each once.
    fn imports(&self) -> Vec<ImportedFunction> {
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
                provider: match interfaces::function(interface, name) {
                    Some(_) => imports::Provider::Wasi,
                    None => match self.provider(interface, name) {
                        Custom::Module(_) => imports::Provider::Preload,
                        Custom::Link(_) => imports::Provider::Link,
                        Custom::Stub | Custom::Nobody => imports::Provider::Stub,
                    },
                },
            });
        }
        imports
    }

    /// Returns the provider of an imported function that is not WASI's.
    fn provider(&self, interface: &str, name: &str) -> Custom {
        if interfaces::is_out_of_reach(interface, name) {
            return Custom::Stub;
        }
        self.custom.provider(interface, name)
    }

    /// Returns whether a call of an imported function traps.
    fn is_stub(&self, interface: &str, name: &str) -> bool {
        interfaces::function(interface, name).is_none()
            && matches!(self.provider(interface, name), Custom::Stub)
    }

    /// Returns the functions of WASI that the component imports.
    fn functions(&self) -> Functions {
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
    fn runtime_functions(&self) -> RuntimeFunctions {
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
    fn interface(&self, import: usize) -> &str {
        &self.component.imports[import].name
    }

    fn item(&self, item: &CoreItem) -> (String, String) {
        (self.component.instances[item.instance].name.clone(), item.name.clone())
    }

    /// Returns the address of a global, or of a memory's record.
    fn address(&self, item: &CoreItem) -> Word {
        let (module, export) = self.item(item);
        Word::Item(module, export)
    }

    fn memory(&self, item: Option<&CoreItem>) -> Word {
        item.map_or(Word::Number(0), |item| self.address(item))
    }

    fn function(&self, item: Option<&CoreItem>) -> Word {
        item.map_or(Word::Number(0), |item| {
            let (module, export) = self.item(item);
            Word::Function(module, export)
        })
    }

    /// Returns the provider of an import of the core instance with a number.
    fn source(&self, instance: usize, source: &Source) -> ImportSource {
        match source {
            Source::Item(item) => {
                let (module, export) = self.item(item);
                if item.instance > instance {
                    ImportSource::LaterModule { module, export }
                } else {
                    ImportSource::Module { module, export }
                }
            }
            Source::Host(index) => {
                let function = &self.component.functions[*index];
                if let Provider::Import { import, name, .. } = &function.provider
                    && interfaces::function(self.interface(*import), name).is_none()
                    && let Custom::Module(module) = self.provider(self.interface(*import), name)
                {
                    return ImportSource::Module { module, export: name.clone() };
                }
                let has_context = self.context_words(function).is_some();
                ImportSource::Native {
                    function: self.symbol(function),
                    context: has_context.then(|| self.context(*index, function)),
                }
            }
        }
    }

    /// Returns the symbol of a function's context.
    fn context(&self, index: usize, function: &HostFunction) -> String {
        match function.provider {
            Provider::Intrinsic(Intrinsic::TransferOwn | Intrinsic::TransferBorrow) => {
                TABLES[1].to_string()
            }
            Provider::Intrinsic(Intrinsic::Trap) => TRAPS[1].to_string(),
            Provider::Intrinsic(Intrinsic::StreamTransfer) => STREAM_TABLES[1].to_string(),
            Provider::Intrinsic(Intrinsic::FutureTransfer) => FUTURE_TABLES[1].to_string(),
            Provider::Intrinsic(Intrinsic::ErrorContextTransfer) => {
                ERROR_CONTEXT_TABLES[1].to_string()
            }
            Provider::Intrinsic(Intrinsic::OfInstance { component_instance, .. }) => {
                instance(component_instance)
            }
            Provider::Call(CallStep::Begin(call) | CallStep::Result(call)) => invocation(call),
            _ => context(index),
        }
    }

    /// Returns the symbol of a function of the host.
    fn symbol(&self, function: &HostFunction) -> String {
        let name = match &function.provider {
            Provider::Import { import, name, options, .. } => {
                let interface = self.interface(*import);
                if interfaces::function(interface, name).is_none() {
                    return match self.provider(interface, name) {
                        Custom::Link(symbol) => symbol,
                        _ => "quench_component_missing".to_string(),
                    };
                }
                return interfaces::symbol(interface, name, options.is_async).unwrap_or_default();
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

    /// Returns the words of a function's context; `None` if it has none.
    fn context_words(&self, function: &HostFunction) -> Option<Vec<Word>> {
        match &function.provider {
            Provider::Import { import, name, options, .. } => {
                let interface = self.interface(*import);
                if self.is_stub(interface, name) {
                    return Some(text(&format!("{interface} {name}")).into());
                }
                Some(self.lowering(options))
            }
            Provider::Call(CallStep::Begin(_) | CallStep::Result(_)) => Some(Vec::new()),
            Provider::Call(CallStep::Argument) | Provider::End => None,
            Provider::Unsupported(name) => Some(text(name).into()),
            Provider::Intrinsic(intrinsic) => match intrinsic {
                Intrinsic::ResourceNew { table }
                | Intrinsic::ResourceRep { table }
                | Intrinsic::ResourceDrop { table } => Some(self.resource_table(*table)),
                Intrinsic::TransferOwn
                | Intrinsic::TransferBorrow
                | Intrinsic::Trap
                | Intrinsic::StreamTransfer
                | Intrinsic::FutureTransfer
                | Intrinsic::ErrorContextTransfer
                | Intrinsic::OfInstance { .. } => Some(Vec::new()),
                Intrinsic::EnterSyncCall
                | Intrinsic::ExitSyncCall
                | Intrinsic::OfTaskInTheMaking(_) => None,
                Intrinsic::CallPrepare { launch, deliver } => Some(words!(CallPrepare {
                    launch: self.function(Some(launch)),
                    deliver: self.function(Some(deliver)),
                    instances: Word::Data(INSTANCES.to_string()),
                    instance_count: Word::Number(self.component.flags.len() as u64),
                })),
                Intrinsic::CallStart { callback, post_return, .. } => Some(words!(CallStart {
                    callback: self.function(callback.as_ref()),
                    post_return: self.function(post_return.as_ref()),
                })),
                Intrinsic::OfTask { options, is_cancellable, .. } => Some(words!(TaskUse {
                    lowering: self.lowering(options),
                    is_async: Word::Number(options.is_async.into()),
                    is_cancellable: Word::Number((*is_cancellable).into()),
                })),
                Intrinsic::OfChannel { channel, options, .. } => {
                    Some(self.channel_use(*channel, options))
                }
                Intrinsic::ThreadNew { component_instance, start } => Some(words!(ThreadNew {
                    instance: Word::Data(instance(*component_instance)),
                    start: self.function(Some(start)),
                })),
                Intrinsic::TaskReturn { component_instance, results } => Some(words!(TaskReturn {
                    instance: Word::Data(instance(*component_instance)),
                    results: Word::Number((*results).into()),
                })),
                Intrinsic::TaskBegin(task)
                | Intrinsic::TaskFinish(task)
                | Intrinsic::TaskAwait(task) => {
                    let Task { component_instance, callback, results } = task;
                    Some(words!(Lifting {
                        instance: Word::Data(instance(*component_instance)),
                        callback: self.function(callback.as_ref()),
                        results: Word::Number((*results).into()),
                    }))
                }
                Intrinsic::Transcode { from, to, .. } => Some(words!(Transcoding {
                    from: self.memory(Some(from)),
                    to: self.memory(Some(to)),
                })),
            },
        }
    }

    /// Returns the function that ends resources of a type.
    fn destructor(&self, source: Option<&Source>) -> Result<Word> {
        match source {
            None => Ok(Word::Number(0)),
            Some(Source::Item(item)) => Ok(self.function(Some(item))),
            Some(Source::Host(_)) => {
                bail!("a destructor of resources that is a function of the host itself")
            }
        }
    }

    fn lowering(&self, options: &Options) -> Vec<Word> {
        words!(Lowering {
            instance: Word::Data(instance(options.component_instance)),
            memory: self.memory(options.memory.as_ref()),
            realloc: self.function(options.realloc.as_ref()),
            encoding: Word::Number(match options.encoding {
                Encoding::Utf8 => 0,
                Encoding::Utf16 => 1,
                Encoding::CompactUtf16 => 2,
            }),
        })
    }

    fn channel_use(&self, channel: usize, options: &Options) -> Vec<Word> {
        words!(ChannelUse {
            lowering: self.lowering(options),
            ty: Word::Data(channel_type(channel)),
            is_async: Word::Number(options.is_async.into()),
        })
    }

    /// Returns the list of the pairs of an instance and a type of streams or futures.
    fn channel_tables(&self, symbols: [&str; 2], tables: &[ChannelTable]) -> Vec<DataPlan> {
        if tables.is_empty() {
            return Vec::new();
        }
        let table = |table: &ChannelTable| {
            let options = Options {
                component_instance: table.component_instance,
                encoding: Encoding::Utf8,
                memory: None,
                realloc: None,
                post_return: None,
                callback: None,
                is_async: false,
            };
            self.channel_use(table.channel, &options)
        };
        list(symbols, tables.len(), tables.iter().flat_map(table).collect()).into()
    }

    fn resource_table(&self, table: usize) -> Vec<Word> {
        match self.component.resource_tables[table] {
            Some(table) => words!(ResourceTable {
                instance: Word::Data(instance(table.component_instance)),
                resource: Word::Data(self.resource(table.resource)),
            }),
            None => vec![Word::Number(0), Word::Number(0)],
        }
    }

    /// Returns the symbol of a type of resources.
    fn resource(&self, index: usize) -> String {
        match &self.component.resources[index] {
            Resource::Imported { import, name } => {
                let interface = self.interface(*import);
                if interfaces::has_resource(interface, name) {
                    return interfaces::symbol(interface, name, false).unwrap_or_default();
                }
                format!("%resource.{index}")
            }
            Resource::Defined { .. } => format!("%resource.{index}"),
        }
    }

    /// Returns the words of the record of all tables.
    fn handle_tables(&self) -> Vec<Word> {
        let count = |count: usize| Word::Number(count as u64);
        let list = |symbol: &str, length| match length {
            0 => Word::Number(0),
            _ => Word::Data(symbol.to_string()),
        };
        let Component { resource_tables, stream_tables, future_tables, .. } = self.component;
        let error_contexts = self.component.error_context_tables.len();
        words!(HandleTables {
            resources: Word::Data(TABLES[0].to_string()),
            resource_count: count(resource_tables.len()),
            streams: list(STREAM_TABLES[0], stream_tables.len()),
            stream_count: count(stream_tables.len()),
            futures: list(FUTURE_TABLES[0], future_tables.len()),
            future_count: count(future_tables.len()),
            error_contexts: list(ERROR_CONTEXT_TABLES[0], error_contexts),
            error_context_count: count(error_contexts),
        })
    }

    /// Returns whether a built-in function of a kind is used.
    fn uses(&self, is_one: impl Fn(&Intrinsic) -> bool) -> bool {
        self.component.functions.iter().any(|function| match &function.provider {
            Provider::Intrinsic(intrinsic) => is_one(intrinsic),
            _ => false,
        })
    }

    /// Returns the records of the program.
    fn data(&self) -> Result<Vec<DataPlan>> {
        let words = |symbol, words| DataPlan { symbol, content: DataContent::Words(words) };
        let mut data = Vec::new();
        let [first, second] = &self.component.storage;
        for (number, flags) in self.component.flags.iter().enumerate() {
            let number = number as u32;
            data.push(words(
                instance(number),
                words!(ComponentInstance {
                    flags: self.address(flags),
                    handles: Word::Data(handles(number)),
                    storage: [self.address(first), self.address(second)],
                    may_block: self.address(&self.component.may_block),
                }),
            ));
            data.push(DataPlan {
                symbol: handles(number),
                content: DataContent::Zeros(size_of::<HandleTable>() as u64),
            });
        }
        for (index, resource) in self.component.resources.iter().enumerate() {
            let (name, destructor, owner) = match resource {
                Resource::Defined { name, destructor, component_instance } => {
                    (name, destructor.as_ref(), Some(*component_instance))
                }
                Resource::Imported { import, name } => {
                    let interface = self.interface(*import);
                    if interfaces::has_resource(interface, name) {
                        continue;
                    }
                    (name, None, None)
                }
            };
            data.push(words(
                self.resource(index),
                words!(ResourceType {
                    destructor: self.destructor(destructor)?,
                    owner: owner.map_or(Word::Number(0), |owner| Word::Data(instance(owner))),
                    name: text(name),
                }),
            ));
        }
        let transfers =
            self.uses(|one| matches!(one, Intrinsic::TransferOwn | Intrinsic::TransferBorrow));
        let names_tables = self.component.channels.iter().any(|channel| !channel.is_plain)
            || !self.component.calls.is_empty();
        if names_tables {
            data.push(words(HANDLE_TABLES.to_string(), self.handle_tables()));
        }
        if transfers || names_tables {
            let tables = 0..self.component.resource_tables.len();
            let count = tables.len();
            let words = tables.flat_map(|table| self.resource_table(table)).collect();
            data.extend(list(TABLES, count, words));
        }
        if self.uses(|one| matches!(one, Intrinsic::Trap)) {
            let messages = trap_messages();
            let texts = messages.iter().flat_map(|message| text(message));
            data.extend(list(TRAPS, messages.len(), texts.collect()));
        }
        if self.uses(|one| matches!(one, Intrinsic::CallPrepare { .. })) {
            let instances = 0..self.component.flags.len() as u32;
            let instances = instances.map(|number| Word::Data(instance(number)));
            data.push(words(INSTANCES.to_string(), instances.collect()));
        }
        for (index, channel) in self.component.channels.iter().enumerate() {
            let record = words!(ChannelType {
                identity: Word::Number(channel_identity(&channel.ty)),
                size: Word::Number(channel.size.into()),
                alignment: Word::Number(channel.alignment.into()),
                is_plain: Word::Number(channel.is_plain.into()),
                element: match &channel.element {
                    Some(element) if !channel.is_plain => bytes(describe_value(element)),
                    _ => [Word::Number(0), Word::Number(0)],
                },
                tables: if channel.is_plain {
                    Word::Number(0)
                } else {
                    Word::Data(HANDLE_TABLES.to_string())
                },
            });
            data.push(words(channel_type(index), record));
        }
        data.extend(self.channel_tables(STREAM_TABLES, &self.component.stream_tables));
        data.extend(self.channel_tables(FUTURE_TABLES, &self.component.future_tables));
        let instances = &self.component.error_context_tables;
        if !instances.is_empty() {
            let words = instances.iter().map(|number| Word::Data(instance(*number)));
            data.extend(list(ERROR_CONTEXT_TABLES, instances.len(), words.collect()));
        }
        for (number, call) in self.component.calls.iter().enumerate() {
            let record = words!(Invocation {
                lowering: Word::Data(lowering_of(number)),
                tables: Word::Data(HANDLE_TABLES.to_string()),
                is_task: Word::Number(call.function.options.is_async.into()),
                types: bytes(describe(&call.function.ty)),
                arguments: bytes(call.arguments.clone()),
            });
            data.push(words(lowering_of(number), self.lowering(&call.function.options)));
            data.push(words(invocation(number), record));
        }
        for (index, function) in self.component.functions.iter().enumerate() {
            if let Some(content) = self.context_words(function)
                && !content.is_empty()
            {
                data.push(words(context(index), content));
            }
        }
        Ok(data)
    }
}

/// Returns the words of a [`quench_abi::Text`].
fn text(text: &str) -> [Word; 2] {
    bytes(text.as_bytes().to_vec())
}

fn bytes(bytes: Vec<u8>) -> [Word; 2] {
    let length = Word::Number(bytes.len() as u64);
    [Word::Bytes(bytes), length]
}

/// Returns a list of records, and its address and number of elements, under these symbols.
fn list(symbols: [&str; 2], length: usize, words: Vec<Word>) -> [DataPlan; 2] {
    let head = vec![Word::Data(symbols[0].to_string()), Word::Number(length as u64)];
    let data = [(symbols[0], words), (symbols[1], head)];
    data.map(|(symbol, words)| DataPlan {
        symbol: symbol.to_string(),
        content: DataContent::Words(words),
    })
}
