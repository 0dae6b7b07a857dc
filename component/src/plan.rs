//! The vocabulary of a component that has been taken apart. Nothing here does anything.
//!
//! A *core instance* is an instance of a core module. A *component instance* is one of a
//! component, nested ones included: it is what handles, flags and tasks belong to. Both
//! are numbered from 0, each kind by itself.

use crate::types::{FunctionType, Type};
use std::borrow::Cow;
use std::sync::Arc;

/// A component, taken apart.
pub struct Component<'a> {
    /// Imports of the component, by interface.
    pub imports: Vec<Import>,
    /// Exports of the component.
    pub exports: Vec<Export>,
    /// Core modules in the binary format: those in the component, and adapters made for
    /// calls from one component to another.
    pub modules: Vec<Cow<'a, [u8]>>,
    /// The core instances, in the order of their instantiation.
    pub instances: Vec<CoreInstance>,
    /// The functions that the core instances need from the host.
    pub functions: Vec<HostFunction>,
    /// The types of resources, the imported ones first.
    pub resources: Vec<Resource>,
    /// The pairs of a component instance and a type of resources that it has handles of, by
    /// the numbers with which adapters name them. `None` are numbers that they do not use.
    pub resource_tables: Vec<Option<ResourceTable>>,
    /// The flags of each component instance, mutable globals of type `i32`; bit 0 says that
    /// the instance may call out.
    pub flags: Vec<CoreItem>,
    /// The local storage of the task that runs, two mutable globals of type `i32`.
    pub storage: [CoreItem; 2],
    /// Whether the task that runs may wait, a mutable global of type `i32`.
    pub may_block: CoreItem,
    /// The types of streams and futures.
    pub channels: Vec<Channel>,
    /// The pairs of a component instance and a type of streams that it has handles of, by
    /// the numbers with which adapters name them.
    pub stream_tables: Vec<ChannelTable>,
    /// The same for futures.
    pub future_tables: Vec<ChannelTable>,
    /// The component instances that have handles of error contexts, likewise.
    pub error_context_tables: Vec<u32>,
    /// The calls that the program makes, in order.
    pub calls: Vec<Call>,
}

/// A call of an exported function with arguments that are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The function.
    pub function: Lifted,
    /// The arguments, in the form that the host reads.
    pub arguments: Vec<u8>,
}

/// An import of a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Name of the import; that of an interface has a version: `wasi:io/streams@0.2.6`.
    pub name: String,
    /// The items of an imported instance, or the import itself.
    pub items: Vec<Extern>,
    /// Whether the import is an instance, and so usually an interface.
    pub is_instance: bool,
}

/// Something that a component imports or exports, by itself or in an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extern {
    /// Name in the instance, or of the import or export itself.
    pub name: String,
    /// The kind of the item.
    pub kind: ExternKind,
    /// Its type in the syntax of WIT, with compound types written out.
    pub ty: String,
}

/// The kind of an [`Extern`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExternKind {
    /// A function.
    Function,
    /// A type of resources.
    Resource,
    /// Another type.
    Type,
    /// A core module.
    Module,
    /// A component.
    Component,
    /// An instance.
    Instance,
}

/// An export of a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// Names of the instances that the item is in, from the outside, then its own.
    pub path: Vec<String>,
    /// The kind of the item.
    pub kind: ExportKind,
    /// Its type in the syntax of WIT.
    pub ty: String,
}

/// The kind of an [`Export`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportKind {
    /// A function.
    Function(Box<Lifted>),
    /// A type, which does nothing.
    Type,
    /// A core module, which cannot be used without a runtime.
    Module,
}

/// A core function that is called as a function of a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifted {
    /// The core function.
    pub function: Source,
    /// How values are passed.
    pub options: Options,
    /// The type of the function.
    pub ty: FunctionType,
    /// Types of the core function's parameters.
    pub parameters: Vec<CoreType>,
    /// Types of the core function's results.
    pub results: Vec<CoreType>,
    /// Number of the type of the results.
    pub result_type: u32,
}

/// A core instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoreInstance {
    /// Name, different from those of all other core instances.
    pub name: String,
    /// Index of the module in [`Component::modules`].
    pub module: usize,
    /// The source of each import, in the order of the module's imports.
    pub imports: Vec<Source>,
    /// The component instance that it is a part of; adapters are a part of none.
    pub component_instance: Option<u32>,
}

/// An exported item of a core instance.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CoreItem {
    /// Index of the instance in [`Component::instances`].
    pub instance: usize,
    /// Name of the export.
    pub name: String,
}

/// The source of a core instance's import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// An export of another core instance. A function may be that of a later instance.
    Item(CoreItem),
    /// A function of the host: an index into [`Component::functions`].
    Host(usize),
}

/// A type of core values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoreType {
    /// `i32`
    I32,
    /// `i64`
    I64,
    /// `f32`
    F32,
    /// `f64`
    F64,
}

/// A function that core instances import from the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostFunction {
    /// The provider of the function.
    pub provider: Provider,
    /// Types of the core function's parameters.
    pub parameters: Vec<CoreType>,
    /// Types of the core function's results.
    pub results: Vec<CoreType>,
}

/// The provider of a [`HostFunction`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provider {
    /// It is an imported function of the component.
    Import {
        /// Index of the import in [`Component::imports`].
        import: usize,
        /// Name of the function, in the imported instance if it is in one.
        name: String,
        /// Its type in the syntax of WIT.
        ty: String,
        /// Its type without the names of parameters: `(string) -> u8`.
        signature: String,
        /// Whether a call passes nothing but numbers: no value is in a memory, and none is a
        /// handle.
        passes_numbers: bool,
        /// How values are passed.
        options: Options,
    },
    /// It is a part of the component model.
    Intrinsic(Intrinsic),
    /// It ends the program, after its `run` returned the parameter: 0 means that it
    /// succeeded.
    End,
    /// It does a part of what a [`Call`] takes.
    Call(CallStep),
    /// It is a part of the component model that quench does not have; its name.
    Unsupported(String),
}

/// What the host does for calls that the program makes. Numbers are indices into
/// [`Component::calls`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallStep {
    /// Passes the arguments: `()`.
    Begin(usize),
    /// Returns the bits of a core argument of the call that began last: `(index) -> i64`.
    Argument,
    /// Reads and prints the result, given the bits of the core result: `(i64)`.
    Result(usize),
}

/// A part of the component model that works without the host's interfaces. Tables are
/// indices into [`Component::resource_tables`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intrinsic {
    /// `resource.new`: makes a handle.
    ResourceNew {
        /// The table that the handle is put into.
        table: usize,
    },
    /// `resource.rep`: returns what a handle stands for.
    ResourceRep {
        /// The table that the handle is in.
        table: usize,
    },
    /// `resource.drop`: drops a handle.
    ResourceDrop {
        /// The table that the handle is in.
        table: usize,
    },
    /// Moves an own handle from one table to another: `(handle, from, to) -> handle`.
    TransferOwn,
    /// Lends what a handle stands for: `(handle, from, to) -> handle`.
    TransferBorrow,
    /// Begins a call from one component instance to another:
    /// `(caller, is async, callee)`.
    EnterSyncCall,
    /// Ends the call that began last.
    ExitSyncCall,
    /// Ends the program with the trap whose number is the parameter.
    Trap,
    /// A function for tasks and what they wait for that knows no more than its instance.
    OfInstance {
        /// The operation of the function.
        operation: InstanceOperation,
        /// The component instance whose function it is.
        component_instance: u32,
    },
    /// A function for tasks that may wait, or that uses a memory.
    OfTask {
        /// The operation of the function.
        operation: TaskOperation,
        /// How values are passed.
        options: Options,
        /// Whether it returns early when the task is cancelled.
        is_cancellable: bool,
    },
    /// A function for a type of streams or futures.
    OfChannel {
        /// Whether it is for futures.
        is_future: bool,
        /// The operation of the function.
        operation: ChannelOperation,
        /// Index of the type in [`Component::channels`].
        channel: usize,
        /// How elements are passed.
        options: Options,
    },
    /// Passes values that the host cannot take or give itself.
    OfTaskInTheMaking(TaskHelper),
    /// Prepares an asynchronous call from one component instance to another, with functions
    /// that make it.
    CallPrepare {
        /// Calls the callee.
        launch: CoreItem,
        /// Gives the caller the results.
        deliver: CoreItem,
    },
    /// Begins the call that was prepared last.
    CallStart {
        /// The function that continues the callee's task; one without ends at once.
        callback: Option<CoreItem>,
        /// The function that is called after the results were read.
        post_return: Option<CoreItem>,
        /// Whether the caller waits for the results.
        waits: bool,
    },
    /// A part of `thread.new-indirect`: makes a thread: `(argument) -> thread`.
    ThreadNew {
        /// The component instance whose function it is.
        component_instance: u32,
        /// Runs a thread.
        start: CoreItem,
    },
    /// `task.return`, after its values.
    TaskReturn {
        /// The component instance whose function it is.
        component_instance: u32,
        /// Number of the type of the results.
        results: u32,
    },
    /// Begins a task of the host's own.
    TaskBegin(Task),
    /// Continues the task of the host's own that began last, given what its function
    /// returned, or 0 if it has no callback, until it ends: `(i32) -> the bits of the first
    /// result`.
    TaskFinish(Task),
    /// The same, but only until it has returned.
    TaskAwait(Task),
    /// Moves a stream from one table to another: `(handle, from, to) -> handle`.
    StreamTransfer,
    /// The same for a future.
    FutureTransfer,
    /// The same for an error context, which stays where it was too.
    ErrorContextTransfer,
    /// Copies a string from one memory to another, in another encoding.
    Transcode {
        /// The operation of the function.
        operation: TranscodeOperation,
        /// The memory that is read.
        from: CoreItem,
        /// The memory that is written.
        to: CoreItem,
    },
}

/// An asynchronous function that the host calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The component instance whose function it is.
    pub component_instance: u32,
    /// The function that continues it, if it has one.
    pub callback: Option<CoreItem>,
    /// Number of the type of its results.
    pub results: u32,
}

/// A built-in function that knows no more than its instance. The names are those of the
/// component model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum InstanceOperation {
    BackpressureInc,
    BackpressureDec,
    ThreadIndex,
    ThreadResumeLater,
    TaskCancel,
    WaitableSetNew,
    WaitableSetDrop,
    WaitableJoin,
    SubtaskDrop,
    ErrorContextDrop,
}

/// A built-in function for tasks that may wait, or that uses a memory. The names are those
/// of the component model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum TaskOperation {
    WaitableSetWait,
    WaitableSetPoll,
    SubtaskCancel,
    ThreadSuspend,
    ThreadYield,
    ThreadSuspendThenResume,
    ThreadYieldThenResume,
    ThreadSuspendThenPromote,
    ThreadYieldThenPromote,
    ErrorContextNew,
    ErrorContextDebugMessage,
}

/// A function that passes a value of a task. All are numbers of 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskHelper {
    /// Takes the next result: `(i64)`.
    TakeResult,
    /// Takes the next argument of the task that was prepared last: `(i64)`.
    TakeArgument,
    /// Returns an argument: `(task, its place) -> i64`.
    Argument,
    /// Returns a result: `(task, its place) -> i64`.
    Result,
    /// Returns the task that was prepared last: `() -> i32`.
    Prepared,
}

/// A built-in function for streams or futures. The names are those of the component model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ChannelOperation {
    New,
    Read,
    Write,
    CancelRead,
    CancelWrite,
    DropReadable,
    DropWritable,
}

/// A type of streams or futures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// The type in the syntax of WIT: `stream<u8>`. Types of resources that are not the
    /// host's are numbers there, which tell them from each other.
    pub ty: String,
    /// Size of an element in memory, in bytes; 0 if elements have no value.
    pub size: u32,
    /// The power of 2 that addresses of elements are a multiple of.
    pub alignment: u32,
    /// Whether an element is the same bytes in every memory.
    pub is_plain: bool,
    /// The type of elements; nothing if they have no value.
    pub element: Option<Arc<Type>>,
}

/// A component instance and a type of streams or futures that it has handles of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelTable {
    /// Index of the type in [`Component::channels`].
    pub channel: usize,
    /// The component instance.
    pub component_instance: u32,
}

/// A step of passing a string between components. Compact UTF-16 is `latin1+utf16` of the
/// canonical ABI: a string is Latin-1 if it can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum TranscodeOperation {
    CopyUtf8,
    CopyUtf16,
    CopyLatin1,
    Latin1ToUtf16,
    Latin1ToUtf8,
    Utf16ToCompactProbablyUtf16,
    Utf16ToCompactUtf16,
    Utf16ToLatin1,
    Utf16ToUtf8,
    Utf8ToCompactUtf16,
    Utf8ToLatin1,
    Utf8ToUtf16,
}

/// How the values of one lifted or lowered function are passed: the options of the
/// canonical ABI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The component instance whose function it is.
    pub component_instance: u32,
    /// The encoding of strings.
    pub encoding: Encoding,
    /// The memory that pointers point into.
    pub memory: Option<CoreItem>,
    /// The function that allocates in it.
    pub realloc: Option<CoreItem>,
    /// The function that is called after the results of a lifted function were read.
    pub post_return: Option<CoreItem>,
    /// The function that continues a task of a lifted function.
    pub callback: Option<CoreItem>,
    /// Whether the function returns before it is done.
    pub is_async: bool,
}

/// An encoding of strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-16.
    Utf16,
    /// Latin-1, or UTF-16 where bit 31 of the length is set.
    CompactUtf16,
}

/// A type of resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resource {
    /// The host's.
    Imported {
        /// Index of the import in [`Component::imports`].
        import: usize,
        /// Name of the resource, in the imported instance if it is in one.
        name: String,
    },
    /// One of a component in this component.
    Defined {
        /// Name under which it is exported, or `resource`.
        name: String,
        /// The function that is called when an own handle is dropped.
        destructor: Option<Source>,
        /// The component instance that defines it.
        component_instance: u32,
    },
}

/// A component instance and a type of resources that it has handles of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceTable {
    /// Index of the type in [`Component::resources`].
    pub resource: usize,
    /// The component instance.
    pub component_instance: u32,
}
