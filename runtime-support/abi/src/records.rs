//! The records that the compiler writes into object files and the runtime reads
//! in the finished executable.
//!
//! All records are little-endian with 8-byte pointers; both targets are. None has
//! padding: the compiler sets each field by its name, and every byte once.

use crate::trap::Trap;
use crate::value::EntryPoint;

/// The record immediately before the code of each function that is referred to
/// (`ref.func`, element segments, exports that are imported as values).
#[repr(C)]
pub struct FunctionHeader {
    /// Identity of the function's type in the whole program. Equal types have
    /// equal numbers, across modules too.
    pub type_id: u32,
    /// In an instrumented program the function's index in its module plus 1, and a
    /// number that tells modules apart; otherwise 0.
    pub profile: [u32; 2],
    /// Zero.
    pub reserved: u32,
}

/// Text in the executable: UTF-8 or bytes, not terminated.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Text {
    /// Address of the first byte.
    pub bytes: *const u8,
    /// Number of bytes.
    pub length: u64,
}

/// Part of a memory's initial content.
#[repr(C)]
pub struct MemoryImage {
    /// Address of the content in the executable.
    pub bytes: *const u8,
    /// Place of the content in the memory, in bytes from its base.
    pub offset: u64,
    /// Number of bytes.
    pub length: u64,
    /// 1: `bytes`, `offset` and `length` are multiples of
    /// [`PAGE_SIZE`](crate::PAGE_SIZE) and the pages belong to this image alone,
    /// so they can be moved into place. 0: the content is to be copied.
    pub movable: u64,
}

/// A linear memory. Compiled code reads `length`; only the runtime writes.
#[repr(C)]
pub struct Memory {
    /// Address of the first byte, constant from when the program was built.
    pub base: *mut u8,
    /// Accessible bytes now; at start, the initial size.
    pub length: u64,
    /// The most `length` may become, in bytes.
    pub maximum: u64,
    /// Bytes of address space from `base` that belong to this memory. Where
    /// accesses are checked explicitly, they are those that the memory has, in
    /// whole pages of [`PAGE_SIZE`](crate::PAGE_SIZE).
    pub reservation: u64,
    /// Logarithm of the page size that `memory.grow` counts in.
    pub page_size_log2: u64,
    /// The memory's initial content besides zeros.
    pub images: *const MemoryImage,
    /// Number of `images`.
    pub image_count: u64,
}

/// A table. Compiled code reads and writes elements, and reads `elements` and
/// `length`; the runtime changes those when the table grows.
#[repr(C)]
pub struct Table {
    /// References: the address of a [`FunctionHeader`], of an [`Exception`] or another
    /// object, an i31, or what the host gave for an externref; 0 is null.
    pub elements: *mut u64,
    /// Number of elements now.
    pub length: u64,
    /// The most `length` may become.
    pub maximum: u64,
    /// Number of elements that fit at `elements`.
    pub capacity: u64,
}

/// The place of a function's code, for traps and backtraces. A module's entries
/// are sorted by address.
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
    /// Number of the function's first [`HandlerEntry`]; they end where the next
    /// function's begin.
    pub first_handler: u32,
    /// Offset in [`Module::names`] of the function's name, in bytes.
    pub name_offset: u32,
    /// Bytes of the name, which is UTF-8; 0 if none is known.
    pub name_length: u32,
}

/// A global, for core dumps.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct GlobalEntry {
    /// Address of the global's value, 8 bytes, or 16 of a v128, relative to the
    /// address of this field.
    pub value: i32,
    /// A [`ValueType`](crate::ValueType).
    pub ty: u32,
}

/// An instruction that traps. Loads and stores of guarded memories have none:
/// a fault of guest code inside a memory's reservation is out of bounds.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct TrapEntry {
    /// Offset of the instruction from its function's start. A function's entries
    /// ascend by it.
    pub offset: u32,
    /// The trap, and what a cast expects; see [`TrapEntry::code`].
    pub code: u32,
}

impl TrapEntry {
    /// Returns the code of an instruction: the trap in the lowest 8 bits and, in the others, 1 more
    /// than the number of the type that a cast expects, 0 if it is not a cast. Numbers of
    /// [`expected_type`](crate::expected_type) are negative there. A number that does not fit is left out.
    pub const fn code(trap: Trap, expected: Option<u32>) -> u32 {
        let next = match expected {
            Some(number) => number.cast_signed().wrapping_add(1),
            None => 0,
        };
        let shifted = next << 8;
        let fits = shifted >> 8 == next;
        trap as u32 | if fits { shifted.cast_unsigned() } else { 0 }
    }

    /// Returns the trap.
    pub fn trap(self) -> Option<Trap> {
        Trap::from_number(u64::from(self.code & 0xff))
    }

    /// Returns the number of the type that a cast expects, if it is one whose type is known.
    pub const fn expected(self) -> Option<u32> {
        match self.code.cast_signed() >> 8 {
            0 => None,
            next => Some((next - 1).cast_unsigned()),
        }
    }
}

/// A call inside a `try`, and where an exception out of it is handled. The
/// handler gets the exception as its first payload (Cranelift's exception
/// payload registers) and decides by itself whether it is meant.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct HandlerEntry {
    /// Offset of the call's return address from its function's start. A
    /// function's entries ascend by it.
    pub return_offset: u32,
    /// Offset of the handler from its function's start.
    pub handler_offset: u32,
    /// Distance from the frame pointer down to the stack pointer at the call.
    pub frame_size: u32,
}

/// A tag. Its address is its identity.
#[repr(C)]
pub struct Tag {
    /// Types of what an exception with this tag carries: a
    /// [`ValueType`](crate::ValueType) in a byte each.
    pub parameters: Text,
    /// What messages call the tag: "tag `NAME`" or "tag INDEX".
    pub description: Text,
}

/// An exception; an exnref is its address, 0 is null. The values it carries
/// follow it, a [`Value`](crate::Value) each.
#[repr(C, align(16))]
pub struct Exception {
    /// 1: a reference to it may exist; it must not be given back. The runtime
    /// keeps other values here for its own purposes, but not while code runs
    /// that has the exception. It comes first so that an exception in the [`Heap`](crate::Heap)
    /// begins as no other object does.
    pub shared: u64,
    /// The tag that it was thrown with.
    pub tag: *const Tag,
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

/// Adds to a message, if the instruction that trapped is a cast, that it found null where it
/// expected a type. Returns whether it is one. The arguments are the runtime's own.
pub type NullCastReporter = unsafe extern "C" fn(line: *mut u8, place: *const u8) -> bool;

/// A function of the source, and a place in it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SourceFrame {
    /// Name of the function; empty for the table's own function.
    pub name: Text,
    /// Path of the source file; empty if it is unknown.
    pub file: Text,
    /// Line in the file, from 1; 0 if it is unknown.
    pub line: u32,
    /// Column of the line, from 1; 0 if it is unknown.
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
    /// Number of `memories`.
    pub memory_count: u64,
    /// Does what instantiation has to do at run time: initial values that are
    /// not constants, element and data segments, the start function. Traps as
    /// the specification says. The runtime sets up the module's memories first.
    /// Null if there is nothing to do.
    pub initialize: Option<unsafe extern "C" fn()>,
    /// The module's code, function by function.
    pub functions: *const FunctionEntry,
    /// Number of `functions`.
    pub function_count: u64,
    /// The instructions that trap, function by function.
    pub traps: *const TrapEntry,
    /// Number of `traps`.
    pub trap_count: u64,
    /// The calls from which exceptions are caught, function by function.
    pub handlers: *const HandlerEntry,
    /// Number of `handlers`.
    pub handler_count: u64,
    /// Name of the module in backtraces; empty in a program that is not made of several.
    pub label: Text,
    /// Names of functions, one after the other.
    pub names: *const u8,
    /// Bytes of `names`.
    pub names_length: u64,
    /// The globals this module defines, in their order.
    pub globals: *const GlobalEntry,
    /// Number of `globals`.
    pub global_count: u64,
    /// Function types, for messages about calls that expected another one; may
    /// be empty. Each is its number in the program in 4 bytes, the length of a
    /// text in 2, and the text.
    pub types: Text,
    /// Places in the source of calls and of instructions that can trap; may be
    /// empty. First, for each of `functions`, the offset of its table from here,
    /// in 4 bytes, 0 if it has none. The rest are texts, each with its length
    /// before it, and tables; all numbers there are unsigned LEB128. A table is
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
    /// [`symbols::SOURCE_FRAME`](crate::symbols::SOURCE_FRAME), or null where
    /// `lines` is empty. Reached only from here, so that a program without lines
    /// does not carry the code that reads them.
    pub source_frame: Option<SourceFrameReader>,
    /// [`symbols::NULL_CAST`](crate::symbols::NULL_CAST), in a program with a
    /// [`Heap`](crate::Heap) [`symbols::HEAP_NULL_CAST`](crate::symbols::HEAP_NULL_CAST), or null
    /// where no [`TrapEntry`] says what a cast expects. Reached only from here.
    pub null_cast: Option<NullCastReporter>,
    /// The variables that this module defines and that may hold a reference which a
    /// collector follows: of type exnref, in a program with a [`Heap`](crate::Heap) also of
    /// types anyref and externref.
    pub reference_globals: *const *const u64,
    /// Number of `reference_globals`.
    pub reference_global_count: u64,
    /// The tables of such references that this module defines, and a table for each passive
    /// element segment with such references.
    pub reference_tables: *const *const Table,
    /// Number of `reference_tables`.
    pub reference_table_count: u64,
    /// The objects that this module's constant expressions make; null if there are none.
    pub constant_objects: *const ConstantObjects,
}

/// The objects of a module that its constant expressions make. They are at their places in
/// the heap when the program starts, and are never freed, because code knows their addresses.
#[repr(C)]
pub struct ConstantObjects {
    /// Address of the first byte in the heap, a multiple of [`CONSTANTS_UNIT`](crate::CONSTANTS_UNIT).
    pub start: u64,
    /// What is there at the start, but for references to functions.
    pub bytes: *const u8,
    /// Number of `bytes`, a multiple of [`CONSTANTS_UNIT`](crate::CONSTANTS_UNIT).
    pub size: u64,
    /// For each [`CONSTANTS_UNIT`](crate::CONSTANTS_UNIT) bytes a word: its bits are set where an object begins, a bit for
    /// each 8 bytes, the lowest for the first.
    pub starts: *const u64,
    /// The places of references to functions, each its offset in `bytes`: the 4 bytes there say
    /// how far the function's header is behind that place.
    pub functions: *const u32,
    /// Number of `functions`.
    pub function_count: u64,
}

/// How much a program may still do, see [`symbols::FUEL`](crate::symbols::FUEL).
/// Compiled code takes from it one unit for each of the guest's instructions, but
/// for those that only mark where a block begins or ends.
#[repr(C)]
pub struct Fuel {
    /// Units that are left, negative when the fuel is used up. Code looks at it
    /// where functions and the rounds of loops begin.
    pub left: i64,
    /// Units that there were at the start.
    pub limit: u64,
}

/// A function to call with arguments given as text (`--invoke`).
#[repr(C)]
pub struct Invocation {
    /// Name of the export.
    pub name: Text,
    /// The way in to the function.
    pub entry: EntryPoint,
    /// Types of the parameters: a [`ValueType`](crate::ValueType) in a byte each.
    pub parameters: Text,
    /// Types of the results, in the same form.
    pub results: Text,
    /// Arguments given when the program was built, used when
    /// `has_arguments` is 1; otherwise they come from the command line.
    pub arguments: *const Text,
    /// Number of `arguments`.
    pub argument_count: u64,
    /// 1 if `arguments` are to be used, otherwise 0.
    pub has_arguments: u64,
    /// [`symbols::INVOKE`](crate::symbols::INVOKE). Reached only from here, so
    /// that a program without an invocation does not carry the parsing and
    /// printing of numbers.
    pub run: unsafe extern "C" fn(invocation: *const Invocation),
}

/// The whole program, at symbol [`symbols::PROGRAM`](crate::symbols::PROGRAM).
#[repr(C)]
pub struct Program {
    /// [`VERSION`](crate::VERSION).
    pub version: u32,
    /// What compiled code needs of the processor beyond the architecture's
    /// first version: a bit for each of
    /// [`X86_64_FEATURES`](crate::X86_64_FEATURES) or
    /// [`AARCH64_FEATURES`](crate::AARCH64_FEATURES).
    pub cpu_features: u32,
    /// The program's modules, in order of instantiation.
    pub modules: *const *const Module,
    /// Number of `modules`.
    pub module_count: u64,
    /// Functions without parameters and results to call, in order, after
    /// instantiation: `_initialize`, `_start`.
    pub entries: *const unsafe extern "C" fn(),
    /// Number of `entries`.
    pub entry_count: u64,
    /// Number of the first `entries` that only prepare their modules (`_initialize`).
    pub preparation_count: u64,
    /// The function to invoke after the entries, or null.
    pub invocation: *const Invocation,
    /// The memory that host functions see, or null.
    pub memory: *const Memory,
    /// Bytes of stack for guest code, a multiple of
    /// [`PAGE_SIZE`](crate::PAGE_SIZE).
    pub stack_size: u64,
    /// Prepares the host functions before any guest code runs, or null.
    pub host_start: Option<unsafe extern "C" fn()>,
    /// What `host_start` works from; the runtime does not look inside.
    pub policy: Text,
    /// [`symbols::DUMP_CORE`](crate::symbols::DUMP_CORE), in a program with a
    /// [`Heap`](crate::Heap)
    /// [`symbols::DUMP_CORE_AND_HEAP`](crate::symbols::DUMP_CORE_AND_HEAP), or null; reached only
    /// from here.
    pub dump_core: Option<CoreDumper>,
}

/// Writes a core dump; the arguments are the runtime's own.
pub type CoreDumper = unsafe extern "C" fn(place: *const u8, callers: *const u8);

/// Where an instrumented program writes what it counts, at symbol
/// [`symbols::PROFILE`](crate::symbols::PROFILE); other programs have none.
#[repr(C)]
pub struct Profile {
    /// The file's path; `%p` stands for the number of the process.
    pub file: Text,
    /// Counters of each module: whole pages of the program's data, of
    /// [`PAGE_SIZE`](crate::PAGE_SIZE). The second 8 bytes are their size.
    pub parts: *const *mut u8,
    /// Number of `parts`.
    pub part_count: u64,
    /// Prepares the host functions before any guest code runs, or null.
    pub host_start: Option<unsafe extern "C" fn()>,
}

/// Number of callees that are counted of an indirect call: those that it reaches
/// most often are among them.
pub const PROFILE_TARGETS: usize = 8;

/// A function that an indirect call of an instrumented program reached.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ProfileTarget {
    /// [`FunctionHeader::profile`] of the function; 0 in both where no function
    /// has been counted.
    pub function: [u32; 2],
    /// Number of calls that reached it.
    pub count: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expected_type;

    #[test]
    fn an_entry_says_what_a_cast_expects_if_that_fits() {
        let largest = (1 << 23) - 2;
        let numbers = [0, 4, largest, expected_type::EQ, expected_type::ARRAY, expected_type::NONE];
        for expected in numbers.map(Some).into_iter().chain([None]) {
            let code = TrapEntry::code(Trap::CastFailure, expected);
            let entry = TrapEntry { offset: 0, code };
            assert_eq!((entry.trap(), entry.expected()), (Some(Trap::CastFailure), expected));
        }
        let code = TrapEntry::code(Trap::CastFailure, Some(largest + 1));
        assert_eq!(code, Trap::CastFailure as u32);
    }
}
