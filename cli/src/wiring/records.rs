//! The records that functions of the host work from: for each of a component's imports its
//! context, and what contexts refer to. Their layouts are in `quench_abi::component`.

use crate::wiring::interfaces;
use crate::wiring::linker::Linker;
use anyhow::{Result, bail};
use quench_abi::component::{
    CallPrepare, CallStart, ChannelType, ChannelUse, ComponentInstance, HandleTable, HandleTables,
    Invocation, Lifting, Lowering, ResourceTable, ResourceType, TaskReturn, TaskUse, ThreadNew,
    Transcoding, channel_identity,
};
use quench_compiler::{DataContent, DataPlan, Word};
use quench_component::{
    CallStep, ChannelTable, Component, CoreItem, Encoding, HostFunction, Intrinsic, Options,
    Provider, Resource, Source, Task, describe, describe_value, trap_messages,
};

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

/// What a function of the host works from.
struct Context {
    /// Symbol of the record.
    symbol: String,
    /// The record; empty if it is there for others too.
    words: Vec<Word>,
}

/// The records of a component's program.
pub(super) struct Records<'a> {
    linker: &'a Linker<'a>,
    /// The context of each function of the host.
    contexts: Vec<Option<Context>>,
}

impl<'a> Records<'a> {
    /// Makes the contexts of all functions of the host.
    pub(super) fn new(linker: &'a Linker<'a>) -> Records<'a> {
        let mut records = Records { linker, contexts: Vec::new() };
        let functions = linker.component.functions.iter().enumerate();
        records.contexts =
            functions.map(|(number, function)| records.context(number, function)).collect();
        records
    }

    /// Returns the symbol of the context of the function with a number, if it has one.
    pub(super) fn context_symbol(&self, function: usize) -> Option<String> {
        self.contexts[function].as_ref().map(|context| context.symbol.clone())
    }

    /// Returns the address of a global, or of a memory's record.
    fn address(&self, item: &CoreItem) -> Word {
        let (module, export) = self.linker.item(item);
        Word::Item(module, export)
    }

    fn memory(&self, item: Option<&CoreItem>) -> Word {
        item.map_or(Word::Number(0), |item| self.address(item))
    }

    fn function(&self, item: Option<&CoreItem>) -> Word {
        item.map_or(Word::Number(0), |item| {
            let (module, export) = self.linker.item(item);
            Word::Function(module, export)
        })
    }

    /// Returns what a function of the host works from; `None` if that is nothing.
    fn context(&self, number: usize, function: &HostFunction) -> Option<Context> {
        let own = |words| Some(Context { symbol: context(number), words });
        let shared = |symbol: &str| Some(Context { symbol: symbol.to_string(), words: Vec::new() });
        match &function.provider {
            Provider::Import { import, name, options, .. } => {
                let interface = self.linker.interface(*import);
                if self.linker.is_stub(interface, name) {
                    return own(text(&format!("{interface} {name}")).into());
                }
                own(self.lowering(options))
            }
            Provider::Call(CallStep::Begin(call) | CallStep::Result(call)) => {
                shared(&invocation(*call))
            }
            Provider::Call(CallStep::Argument) | Provider::End => None,
            Provider::Unsupported(name) => own(text(name).into()),
            Provider::Intrinsic(intrinsic) => match intrinsic {
                Intrinsic::ResourceNew { table }
                | Intrinsic::ResourceRep { table }
                | Intrinsic::ResourceDrop { table } => own(self.resource_table(*table)),
                Intrinsic::TransferOwn | Intrinsic::TransferBorrow => shared(TABLES[1]),
                Intrinsic::Trap => shared(TRAPS[1]),
                Intrinsic::StreamTransfer => shared(STREAM_TABLES[1]),
                Intrinsic::FutureTransfer => shared(FUTURE_TABLES[1]),
                Intrinsic::ErrorContextTransfer => shared(ERROR_CONTEXT_TABLES[1]),
                Intrinsic::OfInstance { component_instance, .. } => {
                    shared(&instance(*component_instance))
                }
                Intrinsic::EnterSyncCall
                | Intrinsic::ExitSyncCall
                | Intrinsic::OfTaskInTheMaking(_) => None,
                Intrinsic::CallPrepare { launch, deliver } => own(words!(CallPrepare {
                    launch: self.function(Some(launch)),
                    deliver: self.function(Some(deliver)),
                    instances: Word::Data(INSTANCES.to_string()),
                    instance_count: Word::Number(self.linker.component.flags.len() as u64),
                })),
                Intrinsic::CallStart { callback, post_return, .. } => own(words!(CallStart {
                    callback: self.function(callback.as_ref()),
                    post_return: self.function(post_return.as_ref()),
                })),
                Intrinsic::OfTask { options, is_cancellable, .. } => own(words!(TaskUse {
                    lowering: self.lowering(options),
                    is_async: Word::Number(options.is_async.into()),
                    is_cancellable: Word::Number((*is_cancellable).into()),
                })),
                Intrinsic::OfChannel { channel, options, .. } => {
                    own(self.channel_use(*channel, options))
                }
                Intrinsic::ThreadNew { component_instance, start } => own(words!(ThreadNew {
                    instance: Word::Data(instance(*component_instance)),
                    start: self.function(Some(start)),
                })),
                Intrinsic::TaskReturn { component_instance, results } => own(words!(TaskReturn {
                    instance: Word::Data(instance(*component_instance)),
                    results: Word::Number((*results).into()),
                })),
                Intrinsic::TaskBegin(task)
                | Intrinsic::TaskFinish(task)
                | Intrinsic::TaskAwait(task) => {
                    let Task { component_instance, callback, results } = task;
                    own(words!(Lifting {
                        instance: Word::Data(instance(*component_instance)),
                        callback: self.function(callback.as_ref()),
                        results: Word::Number((*results).into()),
                    }))
                }
                Intrinsic::Transcode { from, to, .. } => own(words!(Transcoding {
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
        match self.linker.component.resource_tables[table] {
            Some(table) => words!(ResourceTable {
                instance: Word::Data(instance(table.component_instance)),
                resource: Word::Data(self.resource(table.resource)),
            }),
            None => vec![Word::Number(0), Word::Number(0)],
        }
    }

    /// Returns the symbol of a type of resources.
    fn resource(&self, index: usize) -> String {
        match &self.linker.component.resources[index] {
            Resource::Imported { import, name } => {
                let interface = self.linker.interface(*import);
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
        let Component { resource_tables, stream_tables, future_tables, .. } = self.linker.component;
        let error_contexts = self.linker.component.error_context_tables.len();
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
        self.linker.component.functions.iter().any(|function| match &function.provider {
            Provider::Intrinsic(intrinsic) => is_one(intrinsic),
            _ => false,
        })
    }

    /// Returns the records of the program.
    pub(super) fn data(mut self) -> Result<Vec<DataPlan>> {
        let words = |symbol, words| DataPlan { symbol, content: DataContent::Words(words) };
        let mut data = Vec::new();
        let [first, second] = &self.linker.component.storage;
        for (number, flags) in self.linker.component.flags.iter().enumerate() {
            let number = number as u32;
            data.push(words(
                instance(number),
                words!(ComponentInstance {
                    flags: self.address(flags),
                    handles: Word::Data(handles(number)),
                    storage: [self.address(first), self.address(second)],
                    may_block: self.address(&self.linker.component.may_block),
                }),
            ));
            data.push(DataPlan {
                symbol: handles(number),
                content: DataContent::Zeros(size_of::<HandleTable>() as u64),
            });
        }
        for (index, resource) in self.linker.component.resources.iter().enumerate() {
            let (name, destructor, owner) = match resource {
                Resource::Defined { name, destructor, component_instance } => {
                    (name, destructor.as_ref(), Some(*component_instance))
                }
                Resource::Imported { import, name } => {
                    let interface = self.linker.interface(*import);
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
        let names_tables = self.linker.component.channels.iter().any(|channel| !channel.is_plain)
            || !self.linker.component.calls.is_empty();
        if names_tables {
            data.push(words(HANDLE_TABLES.to_string(), self.handle_tables()));
        }
        if transfers || names_tables {
            let tables = 0..self.linker.component.resource_tables.len();
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
            let instances = 0..self.linker.component.flags.len() as u32;
            let instances = instances.map(|number| Word::Data(instance(number)));
            data.push(words(INSTANCES.to_string(), instances.collect()));
        }
        for (index, channel) in self.linker.component.channels.iter().enumerate() {
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
        data.extend(self.channel_tables(STREAM_TABLES, &self.linker.component.stream_tables));
        data.extend(self.channel_tables(FUTURE_TABLES, &self.linker.component.future_tables));
        let instances = &self.linker.component.error_context_tables;
        if !instances.is_empty() {
            let words = instances.iter().map(|number| Word::Data(instance(*number)));
            data.extend(list(ERROR_CONTEXT_TABLES, instances.len(), words.collect()));
        }
        for (number, call) in self.linker.component.calls.iter().enumerate() {
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
        let contexts = std::mem::take(&mut self.contexts).into_iter().flatten();
        let own = contexts.filter(|context| !context.words.is_empty());
        data.extend(own.map(|context| words(context.symbol, context.words)));
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
