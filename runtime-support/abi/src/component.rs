//! The records of a program made from a component. Whoever builds the program writes them,
//! the host's functions get them as context, compiled code only hands them on. All fields
//! have 8 bytes.
//!
//! The terms are those of the component model's canonical ABI.

use crate::enumeration;
use crate::records::{Memory, Text};

/// A component instance: what handles and flags belong to.
#[repr(C)]
pub struct ComponentInstance {
    /// The instance's flags, an `i32` that compiled code can change too; see
    /// [`MAY_LEAVE`].
    pub flags: *mut u32,
    /// The instance's handles.
    pub handles: *mut HandleTable,
    /// The local storage of the task that runs, two `i32` that compiled code can change too;
    /// the same for all instances.
    pub storage: [*mut u32; 2],
    /// Whether the task that runs may wait, an `i32` likewise.
    pub may_block: *mut u32,
}

/// The bit of a [`ComponentInstance`]'s flags that says that its code may call out.
pub const MAY_LEAVE: u32 = 1;

/// The handles of a component instance; all zero when the program starts. A handle is an
/// index into `entries`, and never 0.
#[repr(C)]
pub struct HandleTable {
    /// Number of entries that have been used.
    pub used: u32,
    /// Index of the free entry that was freed last, or 0.
    pub free: u32,
    /// Number of reasons why the instance begins no further tasks.
    pub backpressure: u32,
    /// The task that runs in the instance, of those of which only one can run at a time; 0
    /// if there is none.
    pub exclusive: u32,
    /// The entries; that with index 0 is not used.
    pub entries: [HandleEntry; HANDLES_MAX],
}

/// The number of entries of a [`HandleTable`]. Entries that are not used take no memory.
pub const HANDLES_MAX: usize = 1 << 18;

/// A handle.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct HandleEntry {
    /// The type of the resource; null in a free entry.
    pub resource: *const ResourceType,
    /// What the resource's implementation knows the resource by. In a free entry, the index
    /// of the entry that was freed before, or 0.
    pub representation: u32,
    /// The number of borrows that depend on the handle; for a borrow handle also [`BORROW`] and
    /// the number of the call that it was lent to.
    pub state: u32,
}

/// The bit of [`HandleEntry::state`] that says that a handle is borrowed.
pub const BORROW: u32 = 1 << 31;

/// A type of resources. Its address is its identity.
#[repr(C)]
pub struct ResourceType {
    /// Called with a resource's representation when its own handle is dropped.
    pub destructor: Option<unsafe extern "C" fn(u32)>,
    /// The instance that implements the resources; null if the host does.
    pub owner: *const ComponentInstance,
    /// Name of the type, for messages.
    pub name: Text,
}

/// A component instance and a type of resources that it has handles of: the context of
/// `resource.new`, `resource.rep` and `resource.drop`.
#[repr(C)]
pub struct ResourceTable {
    /// The instance.
    pub instance: *const ComponentInstance,
    /// The type.
    pub resource: *const ResourceType,
}

/// An imported function of a component: the context of a function of the host.
#[repr(C)]
pub struct Lowering {
    /// The instance that calls the function.
    pub instance: *const ComponentInstance,
    /// The memory that pointers point into; null if there is none.
    pub memory: *const Memory,
    /// The function that allocates in the memory: `(old address, old size, alignment, new
    /// size) -> address`.
    pub realloc: Option<unsafe extern "C" fn(u32, u32, u32, u32) -> u32>,
    /// The encoding of strings: 0 is UTF-8, 1 is UTF-16, 2 is Latin-1 or UTF-16.
    pub encoding: u64,
}

/// A type of streams or futures.
#[repr(C)]
pub struct ChannelType {
    /// What tells the type from all others; see [`channel_identity`].
    pub identity: u64,
    /// Size of an element in memory, in bytes; 0 if elements have no value.
    pub size: u64,
    /// The power of 2 that addresses of elements are a multiple of.
    pub alignment: u64,
    /// 1 if an element is the same bytes in every memory, as numbers are; else 0.
    pub is_plain: u64,
    /// The type of elements that are not plain, as that of a result, see [`ValueKind`].
    pub element: Text,
    /// The tables that this type names by number; null if elements are plain.
    pub tables: *const HandleTables,
}

/// All pairs of a component instance and something that it has handles of. Types name them
/// by number.
#[repr(C)]
pub struct HandleTables {
    /// The tables of resources, and their number.
    pub resources: *const ResourceTable,
    /// Number of the tables of resources.
    pub resource_count: u64,
    /// The tables of streams.
    pub streams: *const ChannelUse,
    /// Number of the tables of streams.
    pub stream_count: u64,
    /// The tables of futures.
    pub futures: *const ChannelUse,
    /// Number of the tables of futures.
    pub future_count: u64,
    /// The instances that have handles of error contexts.
    pub error_contexts: *const *const ComponentInstance,
    /// Number of the instances that have handles of error contexts.
    pub error_context_count: u64,
}

/// Returns the [identity](ChannelType::identity) of a type of streams or futures that is
/// written like this in the syntax of WIT, with compound types written out.
pub const fn channel_identity(ty: &str) -> u64 {
    // FNV-1a.
    let bytes = ty.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x100_0000_01b3);
        i += 1;
    }
    hash
}

/// The context of the built-in functions for streams and futures.
#[repr(C)]
pub struct ChannelUse {
    /// The instance that calls the function, and how it passes elements.
    pub lowering: Lowering,
    /// The type of streams or futures.
    pub ty: *const ChannelType,
    /// 1 if the function returns before it is done, else 0.
    pub is_async: u64,
}

/// The context of other built-in functions that may wait.
#[repr(C)]
pub struct TaskUse {
    /// The instance that calls the function, and the memory that it works on.
    pub lowering: Lowering,
    /// 1 if the function returns before it is done, else 0.
    pub is_async: u64,
    /// 1 if the function also returns when the task is cancelled, else 0.
    pub is_cancellable: u64,
}

/// An exported function of a component that has a callback.
#[repr(C)]
pub struct Lifting {
    /// The instance whose function it is.
    pub instance: *const ComponentInstance,
    /// The function that continues a task: `(event, its two numbers) -> what to do then`.
    pub callback: Option<unsafe extern "C" fn(u32, u32, u32) -> u32>,
    /// Number of the type of its results.
    pub results: u64,
}

/// The context of `task.return`.
#[repr(C)]
pub struct TaskReturn {
    /// The instance that calls the function.
    pub instance: *const ComponentInstance,
    /// Number of the type of the results that it gives.
    pub results: u64,
}

/// The context of a function that prepares a call from one component instance to another.
/// Both functions get the number of the callee's task.
#[repr(C)]
pub struct CallPrepare {
    /// Calls the callee, and returns what that returned.
    pub launch: unsafe extern "C" fn(u32) -> u32,
    /// Gives the caller the results.
    pub deliver: unsafe extern "C" fn(u32),
    /// The component instances by their numbers.
    pub instances: *const *const ComponentInstance,
    /// Number of component instances.
    pub instance_count: u64,
}

/// The context of a function that begins a call that was prepared.
#[repr(C)]
pub struct CallStart {
    /// The function that continues the callee's task.
    pub callback: Option<unsafe extern "C" fn(u32, u32, u32) -> u32>,
    /// The function that is called after the result of a callee without a callback was read.
    pub post_return: Option<unsafe extern "C" fn(u64)>,
}

/// The context of a function that makes a thread.
#[repr(C)]
pub struct ThreadNew {
    /// The instance that calls the function.
    pub instance: *const ComponentInstance,
    /// Calls the function of a thread: `(thread, argument)`.
    pub start: unsafe extern "C" fn(u32, u32),
}

/// Two memories: the context of a function that passes a string from one to the other.
#[repr(C)]
pub struct Transcoding {
    /// The memory that the string is in.
    pub from: *const Memory,
    /// The memory that it is written to.
    pub to: *const Memory,
}

/// A call of a function that a component exports, with arguments that are known when the
/// program is built.
#[repr(C)]
pub struct Invocation {
    /// The instance whose function it is, and how values are passed.
    pub lowering: *const Lowering,
    /// The tables that types name by number.
    pub tables: *const HandleTables,
    /// 1 if the function gives its result with `task.return`, else 0.
    pub is_task: u64,
    /// The types of the parameters and of the result, see [`ValueKind`].
    pub types: Text,
    /// The arguments, one behind the other. A number takes as many bytes as in a memory, a
    /// string or a list 4 bytes for its length in front of it, a variant 4 bytes for the
    /// number of its case, and flags 4 bytes with a bit for each.
    pub arguments: Text,
}

/// The number that stands for no type.
pub const NO_TYPE: u32 = u32::MAX;

enumeration! {
    /// The kind of a type of the component model.
    ///
    /// Types are a list of `u32`, each lower byte first. It begins with the number of bytes
    /// before the names, a tuple that stands for the parameters, and the result or
    /// [`NO_TYPE`]. A type is the index of the first of these words:
    ///
    /// * the kind, the size and the alignment in a memory, the number of flat values,
    /// * the number of members,
    /// * of a variant, the offset of payloads; of a handle, the number of its table;
    ///   of a list, its length if that is fixed;
    /// * four for each member: where its name is among the names, how long it is, its type
    ///   or [`NO_TYPE`], and its offset.
    #[repr(u8)]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum ValueKind {
        /// `bool`
        Bool = 0 => "bool",
        /// `s8`
        S8 = 1 => "s8",
        /// `u8`
        U8 = 2 => "u8",
        /// `s16`
        S16 = 3 => "s16",
        /// `u16`
        U16 = 4 => "u16",
        /// `s32`
        S32 = 5 => "s32",
        /// `u32`
        U32 = 6 => "u32",
        /// `s64`
        S64 = 7 => "s64",
        /// `u64`
        U64 = 8 => "u64",
        /// `f32`
        F32 = 9 => "f32",
        /// `f64`
        F64 = 10 => "f64",
        /// `char`
        Char = 11 => "char",
        /// `string`
        String = 12 => "string",
        /// `list<T>`; its member is T.
        List = 13 => "list",
        /// `list<T, N>`; its member is T.
        FixedList = 14 => "list of fixed length",
        /// `map<K, V>`; its member is the record of K and V.
        Map = 15 => "map",
        /// A record.
        Record = 16 => "record",
        /// A tuple, whose members have no names.
        Tuple = 17 => "tuple",
        /// A variant or an enumeration.
        Variant = 18 => "variant",
        /// `option<T>`, as a variant of `none` and `some(T)`.
        Option = 19 => "option",
        /// `result<T, E>`, as a variant of `ok(T)` and `err(E)`.
        Result = 20 => "result",
        /// Flags; its members are their names.
        Flags = 21 => "flags",
        /// An own handle.
        Own = 22 => "own",
        /// The readable end of a stream.
        Stream = 23 => "stream",
        /// The readable end of a future.
        Future = 24 => "future",
        /// An error context.
        ErrorContext = 25 => "error-context",
    }
}
