//! The runtime's functions that compiled code calls: one table with the symbol,
//! the signature and the system calls of each.
//!
//! The compiler takes symbols and machine types from here, the runtime checks
//! its functions against [`signatures`], and the policy's list of what a program has
//! to keep is compared with the system calls here by a test. Adding a function is a row here and its
//! body in the runtime.

use crate::enumeration;
use crate::records::{
    Exception, Fuel, FunctionHeader, Memory, PROFILE_TARGETS, ProfileTarget, Table, Tag,
};
use crate::trap::Bounds;

/// The class of a parameter or result of a [`RuntimeFunction`] in the C calling
/// convention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MachineType {
    /// 4 bytes in a register for integers.
    I32,
    /// 8 bytes in a register for integers: numbers and addresses.
    I64,
}

/// A type of the table's signatures.
trait Machine {
    const TYPE: MachineType;
}

macro_rules! machine_types {
    ($( $ty:ty: $machine:ident, )+) => {
        $( impl Machine for $ty {
            const TYPE: MachineType = MachineType::$machine;
        } )+
    };
}

machine_types! {
    u32: I32,
    i32: I32,
    Bounds: I32,
    u64: I64,
    i64: I64,
    usize: I64,
}

impl<T> Machine for *const T {
    const TYPE: MachineType = MachineType::I64;
}

impl<T> Machine for *mut T {
    const TYPE: MachineType = MachineType::I64;
}

/// The function pointer type of a row.
macro_rules! signature {
    (($($name:ident: $parameter:ty),*)) => {
        unsafe extern "C" fn($($name: $parameter),*)
    };
    (($($name:ident: $parameter:ty),*) -> $result:ty) => {
        unsafe extern "C" fn($($name: $parameter),*) -> $result
    };
    (($($name:ident: $parameter:ty),*) diverges) => {
        unsafe extern "C" fn($($name: $parameter),*) -> !
    };
}

/// Defines [`RuntimeFunction`] and [`signatures`] from the table.
macro_rules! runtime_functions {
    ($(
        $(#[$documentation:meta])*
        $Variant:ident = $symbol:literal,
            ($($name:ident: $parameter:ty),*) $($diverges:ident)? $(-> $result:ty)?,
            needs $Need:ident;
    )+) => {
        enumeration! {
            /// A function of the runtime that compiled code calls in the C calling
            /// convention. Its name is its symbol.
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub enum RuntimeFunction {
                $( $(#[$documentation])* $Variant = $symbol, )+
            }
        }

        impl RuntimeFunction {
            /// Returns the machine types of the parameters.
            pub const fn parameters(self) -> &'static [MachineType] {
                match self {
                    $( RuntimeFunction::$Variant => &[$(<$parameter as Machine>::TYPE),*], )+
                }
            }

            /// Returns the machine type of the result; none if there is no result or
            /// the function does not return.
            pub const fn results(self) -> &'static [MachineType] {
                match self {
                    $( RuntimeFunction::$Variant => &[$(<$result as Machine>::TYPE)?], )+
                }
            }

            /// Returns the reason for which the function makes system calls.
            pub const fn need(self) -> RuntimeNeed {
                match self {
                    $( RuntimeFunction::$Variant => RuntimeNeed::$Need, )+
                }
            }
        }

        /// The type of each [`RuntimeFunction`], under its name.
        pub mod signatures {
            use super::*;
            $(
                #[doc = concat!("The type of [`RuntimeFunction::", stringify!($Variant), "`].")]
                pub type $Variant =
                    signature!(($($name: $parameter),*) $(-> $result)? $($diverges)?);
            )+
        }
    };
}

crate::enumeration! {
    /// A reason for which functions of the runtime make system calls.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum RuntimeNeed {
        /// The function makes none.
        Nothing = "nothing",
        /// A memory grows inside the address space that is reserved for it.
        MemoryGrow = "memory.grow",
        /// A table grows, which moves it.
        TableGrow = "table.grow",
        /// Exceptions need room.
        Exceptions = "exceptions",
        /// Code waits in a shared memory, or notifies.
        Waits = "waits",
        /// A memory grows for which nothing is reserved beyond what it has.
        MemoryGrowExplicit = "memory.grow without a reservation",
        /// The heap of garbage-collected objects grows, or gives memory back.
        Heap = "garbage collection",
        /// Tasks of components wait, each on a stack of its own. No function of this table
        /// needs that.
        Stacks = "stacks of tasks",
    }
}

impl RuntimeNeed {
    /// Returns the system calls, by the kernel's names.
    pub const fn system_calls(self) -> &'static [&'static str] {
        match self {
            RuntimeNeed::Nothing => &[],
            RuntimeNeed::MemoryGrow => &["mprotect"],
            RuntimeNeed::TableGrow => &["mmap", "mremap"],
            RuntimeNeed::Exceptions => &["mmap"],
            RuntimeNeed::Waits => &["futex"],
            RuntimeNeed::Heap => &["madvise", "mprotect"],
            RuntimeNeed::MemoryGrowExplicit | RuntimeNeed::Stacks => &["mmap"],
        }
    }
}

runtime_functions! {
    /// `memory.grow`: returns the size before, in pages, or -1.
    MemoryGrow = "quench_memory_grow",
        (memory: *mut Memory, pages: u64) -> i64, needs MemoryGrow;
    /// `memory.atomic.wait32`: waits in a shared memory until
    /// [`MemoryNotify`](RuntimeFunction::MemoryNotify), for `timeout` nanoseconds,
    /// for ever if that is negative. Returns 0: notified, 1: the cell is not as
    /// expected, 2: timed out.
    MemoryWait32 = "quench_memory_wait32",
        (cell: *const u32, expected: u32, timeout: i64) -> u32, needs Waits;
    /// `memory.atomic.wait64`: as `memory.atomic.wait32`, for 8 bytes.
    MemoryWait64 = "quench_memory_wait64",
        (cell: *const u64, expected: u64, timeout: i64) -> u32, needs Waits;
    /// `memory.atomic.notify`: ends at most `count` waits for the cell and returns
    /// their number.
    MemoryNotify = "quench_memory_notify",
        (cell: *const u32, count: u32) -> u32, needs Waits;
    /// `table.grow`: returns the length before, or -1.
    TableGrow = "quench_table_grow",
        (table: *mut Table, elements: u64, value: u64) -> i64, needs TableGrow;
    /// `table.fill` of elements that are in bounds.
    TableFill = "quench_table_fill",
        (elements: *mut u64, value: u64, count: u64), needs Nothing;
    /// C's `memmove`, for `memory.copy`, `memory.init`, `table.copy` and
    /// `table.init`.
    Memmove = "memmove",
        (to: *mut u8, from: *const u8, length: usize) -> *mut u8, needs Nothing;
    /// C's `memset`, for `memory.fill`.
    Memset = "memset",
        (to: *mut u8, byte: i32, length: usize) -> *mut u8, needs Nothing;
    /// A stubbed import was called; the text is `module` and `name` as
    /// `` `module.name` ``.
    MissingImport = "quench_missing_import",
        (import: *const u8, length: u64) diverges, needs Nothing;
    /// `count` bytes or elements from `start` on are not all below `limit`.
    OutOfBounds = "quench_out_of_bounds",
        (start: u64, count: u64, limit: u64, what: Bounds) diverges, needs Nothing;
    /// An indirect call had an index past the end of a table.
    UndefinedElement = "quench_undefined_element",
        (index: u64, length: u64) diverges, needs Nothing;
    /// An indirect call reached a function of another type.
    TypeMismatch = "quench_type_mismatch",
        (reference: *const FunctionHeader, expected: u32) diverges, needs Nothing;
    /// Makes an exception, unshared, its values unset.
    ExceptionNew = "quench_exception_new",
        (tag: *const Tag) -> *mut Exception, needs Exceptions;
    /// Gives back an exception that nobody refers to any more.
    ExceptionFree = "quench_exception_free",
        (exception: *mut Exception), needs Nothing;
    /// Goes to the nearest handler among the callers, or ends the program.
    Throw = "quench_throw",
        (exception: *mut Exception) diverges, needs Nothing;
    /// Counts the function that an indirect call reaches.
    CountCallee = "quench_count_callee",
        (site: *mut [ProfileTarget; PROFILE_TARGETS], reference: *const FunctionHeader),
        needs Nothing;
    /// The program's fuel is used up.
    OutOfFuel = "quench_out_of_fuel",
        (fuel: *const Fuel) diverges, needs Nothing;
    /// `memory.grow` of a memory for which nothing is reserved beyond what it has:
    /// its reservation becomes longer. Returns the size before, in pages, or -1.
    MemoryGrowExplicit = "quench_memory_grow_explicit",
        (memory: *mut Memory, pages: u64) -> i64, needs MemoryGrowExplicit;
    /// An imported memory of `found` pages, or table of as many elements, is smaller
    /// than its import demands; the text names the import and both types.
    IncompatibleImport = "quench_incompatible_import",
        (types: *const u8, length: u64, found: u64) diverges, needs Nothing;
    /// Returns the address of free bytes in the heap for an object of `size` bytes, a multiple
    /// of 8, where those at [`Heap::next`](crate::Heap::next) are too few. The caller writes all of
    /// the object before it can call anything.
    HeapRoom = "quench_heap_room",
        (size: u64) -> u64, needs Heap;
    /// Makes an array of `length` elements, all 0 or null, of the type with this number.
    ArrayNew = "quench_array_new",
        (ty: u32, length: u32) -> u64, needs Heap;
    /// Notes that references were stored in `bytes` bytes of an array from `start` on.
    HeapWritten = "quench_heap_written",
        (start: u64, bytes: u64), needs Nothing;
    /// Makes an exception as an object of the heap, shared, its values unset.
    HeapExceptionNew = "quench_heap_exception_new",
        (tag: *const Tag) -> *mut Exception, needs Heap;
    /// A reference is not of the type with the number `expected`, to which it was cast, or not
    /// of that of [`expected_type`](crate::expected_type).
    CastFailure = "quench_cast_failure",
        (reference: u64, expected: u32) diverges, needs Nothing;
    /// Does what [`CastFailure`](RuntimeFunction::CastFailure) does, in a program with a heap.
    HeapCastFailure = "quench_heap_cast_failure",
        (reference: u64, expected: u32) diverges, needs Nothing;
}

impl RuntimeFunction {
    /// Returns the symbol of another function that does the same with wide vectors,
    /// if there is one; it is for programs that need a processor with the feature
    /// [`WIDE`].
    pub const fn wide_name(self) -> Option<&'static str> {
        match self {
            RuntimeFunction::Memmove => Some("quench_memmove_wide"),
            RuntimeFunction::Memset => Some("quench_memset_wide"),
            _ => None,
        }
    }

    /// Returns the function with a symbol, if there is one.
    pub fn of_symbol(symbol: &str) -> Option<RuntimeFunction> {
        RuntimeFunction::from_name(symbol).or_else(|| {
            RuntimeFunction::ALL.into_iter().find(|function| function.wide_name() == Some(symbol))
        })
    }
}

/// The feature of x86_64 processors that [`RuntimeFunction::wide_name`] is about.
pub const WIDE: &str = "avx";
