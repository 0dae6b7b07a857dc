//! What compiled modules and the runtime agree on: layouts, trap codes and
//! symbol names. The compiler writes these structures into object files, the
//! runtime reads them in the finished executable. There is no code here, and
//! nothing about WASI, files or instructions.
//!
//! All structures are little-endian with 8-byte pointers; both targets are.
//! The compiler takes offsets from here with `core::mem::offset_of!`.
#![no_std]

const _: () = assert!(size_of::<usize>() == 8, "quench targets 64-bit machines");

/// Changes whenever a structure or a meaning in this file does. The runtime
/// refuses a [`Program`] of another version.
pub const VERSION: u32 = 7;

/// Address of the first linear memory of a program. Below 2 GiB less the
/// largest common offsets, so that x86_64 folds base and offset into one
/// positive 32-bit displacement; above what `mmap_min_addr` reserves.
pub const MEMORY_BASE: u64 = 0x1000_0000;

/// Address of the second linear memory; the others follow, one after the
/// other. Far from where kernels and emulators put executables, libraries and
/// stacks, so that thousands of memories fit.
pub const FURTHER_MEMORY_BASE: u64 = 0x1000_0000_0000;

/// Bytes reserved for a memory whose accesses are not checked: every 32-bit
/// address plus every 32-bit offset (2 × 4 GiB), and a guard for the widest
/// access that starts there.
pub const MEMORY_RESERVATION: u64 = 0x2_0000_0000 + 0x1_0000;

/// Bytes below a 32-bit memory's base that nothing is mapped to, and bytes that
/// it lacks to 4 GiB.
pub const MEMORY_MARGIN: u64 = 0x1_0000;

/// Bytes behind the largest length of a memory whose accesses are checked that
/// belong to it and are never accessible.
pub const MEMORY_GUARD: u64 = 0x200_0000;

/// A WebAssembly page, and the largest page a supported kernel uses.
pub const PAGE_SIZE: u64 = 0x1_0000;

/// Bytes before the entry of a function that can be referred to: a funcref is
/// the address of a [`FunctionHeader`], the code starts this much after it.
/// The null reference is 0, so reading its type faults in the first page.
pub const FUNCTION_HEADER_SIZE: u64 = 16;

/// Stands immediately before the code of each function that is referred to
/// (`ref.func`, element segments, exports that are imported as values).
#[repr(C)]
pub struct FunctionHeader {
    /// Identity of the function's type in the whole program. Equal types have
    /// equal numbers, across modules too.
    pub type_id: u32,
    /// In an instrumented program what [`ProfileTarget::function`] is to be;
    /// otherwise 0.
    pub profile: [u32; 2],
    pub reserved: u32,
}

/// Callees that are counted of an indirect call: those that it reaches most
/// often are among them.
pub const PROFILE_TARGETS: usize = 8;

/// A function that an indirect call of an instrumented program reached.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ProfileTarget {
    /// Its index in its module plus 1, and what tells modules apart; 0 in both
    /// where no function has been counted.
    pub function: [u32; 2],
    pub count: u64,
}

/// Bytes below a guest stack that are never accessible. Compiled code probes
/// frames larger than [`STACK_PROBE_SIZE`] in steps of it, host functions
/// probe each 4 KiB, so no frame can step over the guard.
pub const STACK_GUARD_SIZE: u64 = 0x4_0000;

/// See [`STACK_GUARD_SIZE`]. A power of two.
pub const STACK_PROBE_SIZE: u64 = 0x1_0000;

/// Exit status of a program that trapped: what a shell shows for `SIGABRT`.
pub const TRAP_EXIT_STATUS: i32 = 134;

/// Features of x86_64 processors, in the order of their bits in
/// [`Program::cpu_features`], with a space between them.
pub const X86_64_FEATURES: &str = "sse3 ssse3 sse4.1 sse4.2 popcnt cmpxchg16b \
    avx avx2 fma bmi1 bmi2 lzcnt avxvnni \
    avx512f avx512dq avx512vl avx512bitalg avx512vbmi avx512vnni";

/// Features of aarch64 processors, likewise. With `bti` the code of each module
/// is in pages of its own, whose size is [`PAGE_SIZE`].
pub const AARCH64_FEATURES: &str = "lse fp16 dotprod i8mm pauth bti";

/// Why guest code stopped. The words in the specification's tests are given
/// beside each.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trap {
    /// "unreachable"
    Unreachable = 1,
    /// "out of bounds memory access"
    MemoryOutOfBounds = 2,
    /// "out of bounds table access"
    TableOutOfBounds = 3,
    /// "undefined element": `call_indirect` past the end of its table.
    UndefinedElement = 4,
    /// "uninitialized element": `call_indirect` of a null entry.
    UninitializedElement = 5,
    /// "indirect call type mismatch"
    IndirectCallTypeMismatch = 6,
    /// "integer overflow"
    IntegerOverflow = 7,
    /// "integer divide by zero"
    IntegerDivideByZero = 8,
    /// "invalid conversion to integer"
    InvalidConversionToInteger = 9,
    /// "call stack exhausted"
    StackExhausted = 10,
    /// "null reference"
    NullReference = 11,
    /// An import that the program was built without (`--stub-imports`) was
    /// called.
    MissingImport = 12,
    /// A memory or table given to an importing module was smaller than the
    /// import asks for when the module was instantiated.
    IncompatibleImport = 13,
    /// An exception that nobody catches.
    UncaughtException = 14,
    /// "unaligned atomic"
    UnalignedAtomic = 15,
    /// "expected shared memory": a wait on a memory that no other thread sees.
    ExpectedSharedMemory = 16,
}

impl Trap {
    /// All traps, for tables indexed by code.
    pub const ALL: [Trap; 16] = [
        Trap::Unreachable,
        Trap::MemoryOutOfBounds,
        Trap::TableOutOfBounds,
        Trap::UndefinedElement,
        Trap::UninitializedElement,
        Trap::IndirectCallTypeMismatch,
        Trap::IntegerOverflow,
        Trap::IntegerDivideByZero,
        Trap::InvalidConversionToInteger,
        Trap::StackExhausted,
        Trap::NullReference,
        Trap::MissingImport,
        Trap::IncompatibleImport,
        Trap::UncaughtException,
        Trap::UnalignedAtomic,
        Trap::ExpectedSharedMemory,
    ];
}

/// What an index or a range was compared with, see [`symbols::OUT_OF_BOUNDS`].
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bounds {
    Memory = 0,
    DataSegment = 1,
    Table = 2,
    ElementSegment = 3,
}

impl Bounds {
    pub const ALL: [Bounds; 4] =
        [Bounds::Memory, Bounds::DataSegment, Bounds::Table, Bounds::ElementSegment];

    pub fn trap(self) -> Trap {
        match self {
            Bounds::Memory | Bounds::DataSegment => Trap::MemoryOutOfBounds,
            Bounds::Table | Bounds::ElementSegment => Trap::TableOutOfBounds,
        }
    }
}

/// What is done with the bytes that an instruction accesses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessKind {
    Load,
    Store,
    /// Of a kind that does both.
    Atomic,
}

/// An access that compiled code compared with a memory's length and found out of
/// bounds. It says so by a store of the access's end, a u64, to the address that is
/// the [`number`](FailedAccess::number): nothing is mapped there, and the
/// signal handler knows the rest. That is two instructions where a call would be
/// six.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailedAccess {
    pub kind: AccessKind,
    /// Bytes; a power of 2, at most 16.
    pub width: u8,
    /// The memory by its number in the program: those that a module defines
    /// follow those of the modules before it. `None` if it is too large.
    pub memory: Option<u16>,
}

impl FailedAccess {
    /// Numbers are below this, and so is no address that a program maps (Linux's
    /// `vm.mmap_min_addr`).
    pub const NUMBERS: u64 = 1 << 16;

    const UNKNOWN_MEMORY: u16 = (1 << 11) - 1;

    pub fn number(self) -> u16 {
        let kind = match self.kind {
            AccessKind::Load => 0,
            AccessKind::Store => 1,
            AccessKind::Atomic => 2,
        };
        let known = self.memory.unwrap_or(Self::UNKNOWN_MEMORY);
        let memory = known.min(Self::UNKNOWN_MEMORY);
        kind | (self.width.trailing_zeros() as u16) << 2 | memory << 5
    }

    pub fn of_number(number: u16) -> FailedAccess {
        let memory = number >> 5;
        FailedAccess {
            kind: match number & 3 {
                0 => AccessKind::Load,
                1 => AccessKind::Store,
                _ => AccessKind::Atomic,
            },
            width: 1 << (number >> 2 & 7),
            memory: (memory != Self::UNKNOWN_MEMORY).then_some(memory),
        }
    }
}

/// Type of a value that crosses between host and guest through [`Value`]
/// slots.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueType {
    I32 = 1,
    I64 = 2,
    F32 = 3,
    F64 = 4,
    V128 = 5,
    FuncRef = 6,
    ExternRef = 7,
    ExnRef = 8,
}

/// A slot for one value of any type, in its low bytes. What is above them is
/// not defined.
#[repr(C, align(16))]
#[derive(Clone, Copy)]
pub struct Value {
    pub bytes: [u8; 16],
}

/// Calls an exported function: reads its parameters from the slots, leaves
/// its results there, both from slot 0. There are as many slots as the
/// function has parameters or results, whichever are more.
pub type EntryPoint = unsafe extern "C" fn(values: *mut Value);

/// Part of a memory's initial content.
#[repr(C)]
pub struct MemoryImage {
    pub bytes: *const u8,
    /// Where in the memory it goes, in bytes from its base.
    pub offset: u64,
    pub length: u64,
    /// 1: `bytes`, `offset` and `length` are multiples of [`PAGE_SIZE`] and
    /// the pages belong to this image alone, so they can be moved into place.
    /// 0: to be copied.
    pub movable: u64,
}

/// A linear memory. Compiled code reads `length`; only the runtime writes.
#[repr(C)]
pub struct Memory {
    /// Constant from when the program was built.
    pub base: *mut u8,
    /// Accessible bytes now; at start, the initial size.
    pub length: u64,
    /// The most `length` may become, in bytes.
    pub maximum: u64,
    /// Bytes of address space from `base` that belong to this memory. Where
    /// accesses are checked explicitly they are those that it has, in whole pages
    /// of [`PAGE_SIZE`].
    pub reservation: u64,
    /// Logarithm of the page size that `memory.grow` counts in.
    pub page_size_log2: u64,
    pub images: *const MemoryImage,
    pub image_count: u64,
}

/// A table. Compiled code reads and writes elements, and reads `elements` and
/// `length`; the runtime changes those when the table grows.
#[repr(C)]
pub struct Table {
    /// References: the address of a [`FunctionHeader`] or what the host gave
    /// for an externref; 0 is null.
    pub elements: *mut u64,
    pub length: u64,
    /// The most `length` may become.
    pub maximum: u64,
    /// Elements that fit at `elements`.
    pub capacity: u64,
}

/// Where a function's code is, for traps and backtraces. Sorted by address.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct FunctionEntry {
    /// Address of the code, relative to the address of this field.
    pub code: i32,
    /// Bytes of code.
    pub size: u32,
    /// Index in the module's function index space; `u32::MAX` for code that
    /// the compiler made up.
    pub index: u32,
    /// Number of the function's first [`TrapEntry`]; they end where the next
    /// function's begin.
    pub first_trap: u32,
    /// Number of the function's first [`HandlerEntry`], likewise.
    pub first_handler: u32,
    /// The name, UTF-8, as bytes of [`Module::names`]; empty if none is known.
    pub name_offset: u32,
    pub name_length: u32,
}

/// A global, for core dumps.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct GlobalEntry {
    /// Address of its value, 8 bytes, or 16 of a v128, relative to the address
    /// of this field.
    pub value: i32,
    /// A [`ValueType`].
    pub ty: u32,
}

/// An instruction that traps. Loads and stores of guarded memories have none:
/// a fault of guest code inside a memory's reservation is out of bounds.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct TrapEntry {
    /// Offset of the instruction from its function's start. Ascending.
    pub offset: u32,
    /// A [`Trap`].
    pub code: u32,
}

/// A call inside a `try`, and where an exception out of it is handled. The
/// handler gets the exception as its first payload (Cranelift's exception
/// payload registers) and decides by itself whether it is meant.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct HandlerEntry {
    /// Offset of the call's return address from its function's start.
    /// Ascending.
    pub return_offset: u32,
    /// Offset of the handler.
    pub handler_offset: u32,
    /// Distance from the frame pointer down to the stack pointer at the call.
    pub frame_size: u32,
}

/// A tag. Its address is its identity.
#[repr(C)]
pub struct Tag {
    /// [`ValueType`]s of what an exception with it carries, a byte each.
    pub parameters: Text,
    /// What messages call it: "tag `NAME`" or "tag INDEX".
    pub description: Text,
}

/// An exception; an exnref is its address, 0 is null. The values it carries
/// follow it, a [`Value`] each.
#[repr(C, align(16))]
pub struct Exception {
    pub tag: *const Tag,
    /// 1: a reference to it may exist; it must not be given back. The runtime
    /// keeps other values here for its own purposes, but not while code runs
    /// that has the exception.
    pub shared: u64,
}

/// Reads a module's [`Module::lines`]: the frame number `depth` of those that
/// the instruction at `offset` in the function at a place of the table has, the
/// innermost being 0. Returns whether there is one.
pub type SourceFrameReader = unsafe extern "C" fn(
    lines: *const Text,
    function: u64,
    offset: u32,
    depth: u32,
    frame: *mut SourceFrame,
) -> bool;

/// A function of the source, and a place in it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SourceFrame {
    /// Empty for the table's own function.
    pub name: Text,
    /// Empty if it is unknown.
    pub file: Text,
    pub line: u32,
    /// 0 if it is unknown.
    pub column: u32,
    /// Index in the module's function index space; `u32::MAX` for a function
    /// that its compiler inlined, and for the table's own.
    pub index: u32,
}

/// One compiled module.
#[repr(C)]
pub struct Module {
    /// The memories this module defines (not those it imports).
    pub memories: *const *mut Memory,
    pub memory_count: u64,
    /// Does what instantiation has to do at run time: initial values that are
    /// not constants, element and data segments, the start function. Traps as
    /// the specification says. The runtime sets up the module's memories first.
    pub initialize: unsafe extern "C" fn(),
    pub functions: *const FunctionEntry,
    pub function_count: u64,
    pub traps: *const TrapEntry,
    pub trap_count: u64,
    pub handlers: *const HandlerEntry,
    pub handler_count: u64,
    pub names: *const u8,
    pub names_length: u64,
    /// The globals this module defines, in their order.
    pub globals: *const GlobalEntry,
    pub global_count: u64,
    /// Function types, for messages about calls that expected another one; may
    /// be empty. Each is its number in the program in 4 bytes, the length of a
    /// text in 2, and the text.
    pub types: Text,
    /// Where in the source calls and instructions that can trap come from; may
    /// be empty. First, for each of `functions`, the offset of its table from
    /// here, in 4 bytes, 0 if it has none. The rest are texts, each with its
    /// length before it, and tables; all numbers there are unsigned LEB128. A
    /// table is
    ///
    /// * the number of texts that it uses, and their offsets from here; they
    ///   are referred to by their place in this list, from 1;
    /// * the number of scopes, and for each: its caller, the index of its
    ///   function plus 1, or 0 for one that the module's own compiler inlined,
    ///   its name's text, and the text of the file, the line and the column of
    ///   the call. Scope 0 is the function itself, a scope's caller comes
    ///   before it;
    /// * the number of rows, and for each: four times how far it is behind the
    ///   one before, in bytes of code, plus 2 if the line is another one, plus
    ///   1 if scope or file are; if so, the scope and the file's text; if so,
    ///   the line less the one before (the sign in the lowest bit); the
    ///   column. A row holds until the next one.
    ///
    /// Lines and columns count from 1; 0 stands for what is unknown.
    pub lines: Text,
    /// [`symbols::SOURCE_FRAME`], or null where `lines` is empty. Reached only
    /// from here, so that a program without lines does not carry the reading.
    pub source_frame: Option<SourceFrameReader>,
    /// The variables and tables of exnrefs that this module defines.
    pub exception_globals: *const *const u64,
    pub exception_global_count: u64,
    pub exception_tables: *const *const Table,
    pub exception_table_count: u64,
}

/// What a program may still do, see [`symbols::FUEL`]. Compiled code takes from
/// it: one unit for each of its instructions, but for those that only mark where
/// a block begins or ends.
#[repr(C)]
pub struct Fuel {
    /// Negative when it is used up. Looked at where functions and the rounds of
    /// loops begin.
    pub left: i64,
    /// What there was at the start.
    pub limit: u64,
}

/// Text in the executable: UTF-8 or bytes, not terminated.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Text {
    pub bytes: *const u8,
    pub length: u64,
}

/// A function to call with arguments given as text (`--invoke`).
#[repr(C)]
pub struct Invocation {
    pub name: Text,
    pub entry: EntryPoint,
    /// [`ValueType`]s, a byte each.
    pub parameters: Text,
    pub results: Text,
    /// Arguments given when the program was built, used when
    /// `has_arguments` is 1; otherwise they come from the command line.
    pub arguments: *const Text,
    pub argument_count: u64,
    pub has_arguments: u64,
    /// [`symbols::INVOKE`]. Reached only from here, so that a program without
    /// an invocation does not carry the parsing and printing of numbers.
    pub run: unsafe extern "C" fn(invocation: *const Invocation),
}

/// The whole program, at symbol [`symbols::PROGRAM`].
#[repr(C)]
pub struct Program {
    /// [`VERSION`].
    pub version: u32,
    /// What compiled code needs of the processor beyond the architecture's
    /// first version: a bit for each of [`X86_64_FEATURES`] or
    /// [`AARCH64_FEATURES`].
    pub cpu_features: u32,
    /// In order of instantiation.
    pub modules: *const *const Module,
    pub module_count: u64,
    /// Functions without parameters and results to call, in order, after
    /// instantiation: `_initialize`, `_start`.
    pub entries: *const unsafe extern "C" fn(),
    pub entry_count: u64,
    /// What to invoke after the entries, or null.
    pub invocation: *const Invocation,
    /// The memory that host functions see, or null.
    pub memory: *const Memory,
    /// Bytes of stack for guest code, a multiple of [`PAGE_SIZE`].
    pub stack_size: u64,
    /// Prepares the host functions before any guest code runs, or null.
    pub host_start: Option<unsafe extern "C" fn()>,
    /// What `host_start` works from; the runtime does not look inside.
    pub policy: Text,
    /// [`symbols::DUMP_CORE`], or null; reached only from here.
    pub dump_core: Option<unsafe extern "C" fn(place: *const u8, callers: *const u8)>,
}

/// Where an instrumented program writes what it counts, at symbol
/// [`symbols::PROFILE`]; other programs have none.
#[repr(C)]
pub struct Profile {
    /// The file's path; `%p` stands for the number of the process.
    pub file: Text,
    /// What each module counts: whole pages of the program's data, of
    /// [`PAGE_SIZE`]. The second 8 bytes are their size.
    pub parts: *const *mut u8,
    pub part_count: u64,
    /// What prepares the host functions, or null.
    pub host_start: Option<unsafe extern "C" fn()>,
}

/// Names in the symbol table.
///
/// A function that a module imports or exports is `module.name` in the C
/// calling convention of the target. A single result is returned as C does;
/// more than one are stored in 8-byte (v128: 16-byte) slots of an array whose
/// address is passed as an additional last argument. Characters that a symbol
/// table cannot hold, and `%`, are written `%XX`; so names that begin with
/// another use of `%` are free for the compiler's own.
pub mod symbols {
    /// The [`Program`](super::Program).
    pub const PROGRAM: &str = "quench_program";
    /// Prefix of a module's [`Module`](super::Module) record: `%module.NAME`.
    pub const MODULE: &str = "%module.";
    /// Prefix of an [`EntryPoint`](super::EntryPoint): `%entry.MODULE.NAME`.
    pub const ENTRY: &str = "%entry.";
    /// Prefix of what an instrumented module counts: `%counters.NAME`.
    pub const COUNTERS: &str = "%counters.";
    /// Prefix of an exported function in the internal calling convention.
    pub const INTERNAL: &str = "%internal.";

    /// `fn(memory: *mut Memory, pages: u64) -> i64`: the size before, in
    /// pages, or -1.
    pub const MEMORY_GROW: &str = "quench_memory_grow";
    /// Likewise, of a memory of which nothing is reserved that it does not have:
    /// its reservation becomes longer.
    pub const MEMORY_GROW_EXPLICIT: &str = "quench_memory_grow_explicit";
    /// `fn(cell: *const u32, expected: u32, timeout: i64) -> u32`: waits in a
    /// shared memory until [`MEMORY_NOTIFY`], for `timeout` nanoseconds, for
    /// ever if that is negative. 0: notified, 1: the cell is not as expected,
    /// 2: timed out.
    pub const MEMORY_WAIT32: &str = "quench_memory_wait32";
    /// `fn(cell: *const u64, expected: u64, timeout: i64) -> u32`, likewise.
    pub const MEMORY_WAIT64: &str = "quench_memory_wait64";
    /// `fn(cell: *const u32, count: u32) -> u32`: ends at most `count` waits
    /// for the cell; how many it were.
    pub const MEMORY_NOTIFY: &str = "quench_memory_notify";
    /// `fn(table: *mut Table, elements: u64, value: u64) -> i64`: the length
    /// before, or -1.
    pub const TABLE_GROW: &str = "quench_table_grow";
    /// `fn(elements: *mut u64, value: u64, count: u64)`.
    pub const TABLE_FILL: &str = "quench_table_fill";
    /// C's `memmove`, for `memory.copy`, `memory.init`, `table.copy` and
    /// `table.init`.
    pub const MEMMOVE: &str = "memmove";
    /// C's `memset`, for `memory.fill`.
    pub const MEMSET: &str = "memset";
    /// The same as [`MEMMOVE`] and [`MEMSET`], for programs that need a processor with
    /// the feature [`WIDE`].
    pub const MEMMOVE_WIDE: &str = "quench_memmove_wide";
    pub const MEMSET_WIDE: &str = "quench_memset_wide";
    /// A feature of x86_64.
    pub const WIDE: &str = "avx";
    /// `fn(import: *const u8, length: u64) -> !`: a stubbed import was called;
    /// the text is `module` and `name` as `` `module.name` ``.
    pub const MISSING_IMPORT: &str = "quench_missing_import";
    /// `fn(start: u64, count: u64, limit: u64, what: Bounds) -> !`: `count`
    /// bytes or elements from `start` on are not all below `limit`.
    pub const OUT_OF_BOUNDS: &str = "quench_out_of_bounds";
    /// `fn(index: u64, length: u64) -> !`: an indirect call past the end of a
    /// table.
    pub const UNDEFINED_ELEMENT: &str = "quench_undefined_element";
    /// `fn(reference: *const FunctionHeader, expected: u32) -> !`: an indirect
    /// call of a function of another type.
    pub const TYPE_MISMATCH: &str = "quench_type_mismatch";
    /// The [`Fuel`](crate::Fuel) of a program that has a limit of it.
    pub const FUEL: &str = "quench_fuel";
    /// `fn(fuel: *const Fuel) -> !`: it is used up.
    pub const OUT_OF_FUEL: &str = "quench_out_of_fuel";
    /// `fn(tag: *const Tag) -> *mut Exception`, unshared, its values unset.
    pub const EXCEPTION_NEW: &str = "quench_exception_new";
    /// `fn(exception: *mut Exception)`: nobody refers to it any more.
    pub const EXCEPTION_FREE: &str = "quench_exception_free";
    /// `fn(exception: *mut Exception) -> !`: to the nearest handler among the
    /// callers, or the end of the program.
    pub const THROW: &str = "quench_throw";
    /// `fn(site: *mut [ProfileTarget; PROFILE_TARGETS], reference: *const
    /// FunctionHeader)`: counts what an indirect call reaches.
    pub const COUNT_CALLEE: &str = "quench_count_callee";
    /// The [`Profile`](super::Profile) of an instrumented program.
    pub const PROFILE: &str = "quench_profile";
    /// [`Program::host_start`](super::Program::host_start) of an instrumented
    /// program.
    pub const PROFILE_START: &str = "quench_profile_start";
    /// A [`SourceFrameReader`](super::SourceFrameReader).
    pub const SOURCE_FRAME: &str = "quench_source_frame";
    /// [`Program::dump_core`](super::Program::dump_core); what it gets is the
    /// runtime's own.
    pub const DUMP_CORE: &str = "quench_dump_core";
    /// [`Invocation::run`](super::Invocation::run).
    pub const INVOKE: &str = "quench_invoke";
}
