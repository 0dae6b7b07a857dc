//! The contract between compiled modules and the runtime: layouts, trap codes,
//! symbol names and the runtime's functions. The compiler writes these records
//! into object files, the runtime reads them in the finished executable. There is
//! nothing here about host interfaces, files or instructions.
//!
//! | file | what |
//! | --- | --- |
//! | `enumeration.rs` | the macro that makes enumerations with names |
//! | `trap.rs` | traps |
//! | `value.rs` | value types and slots |
//! | `records.rs` | the records in an executable |
//! | `heap.rs` | the heap of garbage-collected objects |
//! | `component.rs` | the records of a program made from a component |
//! | `runtime_function.rs` | the functions that compiled code calls |
//! | `symbols.rs` | names in the symbol table |
#![no_std]

pub mod component;
mod enumeration;
mod heap;
mod records;
mod runtime_function;
pub mod symbols;
mod trap;
mod value;

pub use heap::{
    ARRAY_HEADER_SIZE, ArrayHeader, BLOCK_SIZE, CARD_SIZE, CARD_SIZE_LOG2, CARDS, CONSTANTS_UNIT,
    FIRST_OBJECT_TYPE, HEAP_BASE, HEAP_END, HOLE, HOST_BOX, Heap, Hole, HostBox, LARGEST_IN_BLOCK,
    ObjectType, ReferenceField, expected_type, heap_mode,
};
pub use records::{
    ConstantObjects, CoreDumper, Exception, Fuel, FunctionEntry, FunctionHeader, GlobalEntry,
    HandlerEntry, Invocation, Memory, MemoryImage, Module, NullCastReporter, PROFILE_TARGETS,
    Profile, ProfileTarget, Program, SourceFrame, SourceFrameReader, Table, Tag, Text, TrapEntry,
};
pub use runtime_function::{MachineType, RuntimeFunction, RuntimeNeed, WIDE, signatures};
pub use trap::{AccessKind, Bounds, FailedAccess, Trap};
pub use value::{EntryPoint, Value, ValueType};

const _: () = assert!(size_of::<usize>() == 8, "quench targets 64-bit machines");

/// The contract's version: it changes whenever a record or a meaning here does.
/// The runtime refuses a [`Program`] of another version.
pub const VERSION: u32 = 13;

/// Address of the first linear memory of a program. It lies below 2 GiB less the
/// largest common offsets, so that x86_64 folds base and offset into one
/// positive 32-bit displacement, and above what `mmap_min_addr` reserves.
pub const MEMORY_BASE: u64 = 0x1000_0000;

/// Address of the second linear memory; the others follow, one after the
/// other. It is far from where kernels and emulators put executables, libraries
/// and stacks, so that thousands of memories fit.
pub const FURTHER_MEMORY_BASE: u64 = 0x1000_0000_0000;

/// End of the addresses that linear memories can have. What the kernel places
/// itself, the executable and the stacks, is above where addresses have 47 bits
/// or more; so whoever sees an address below it, such as a filter of system
/// calls, knows that it is none of those.
pub const MEMORIES_END: u64 = 0x5000_0000_0000;

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

const _: () = assert!(
    size_of::<FunctionHeader>() as u64 == FUNCTION_HEADER_SIZE,
    "code starts right behind its header"
);

/// Bytes below a guest stack that are never accessible. Compiled code probes
/// frames larger than [`STACK_PROBE_SIZE`] in steps of it, host functions
/// probe each 4 KiB, so no frame can step over the guard.
pub const STACK_GUARD_SIZE: u64 = 0x4_0000;

/// Bytes of a frame from which on compiled code probes it; a power of two. See
/// [`STACK_GUARD_SIZE`].
pub const STACK_PROBE_SIZE: u64 = 0x1_0000;

/// Exit status of a program that trapped: what a shell shows for `SIGABRT`.
pub const TRAP_EXIT_STATUS: i32 = 134;

/// Features of x86_64 processors, in the order of their bits in
/// [`Program::cpu_features`], with a space between them.
pub const X86_64_FEATURES: &str = "sse3 ssse3 sse4.1 sse4.2 popcnt cmpxchg16b \
    avx avx2 fma bmi1 bmi2 lzcnt avxvnni \
    avx512f avx512dq avx512vl avx512bitalg avx512vbmi avx512vnni";

/// Features of aarch64 processors, in the same form. With `bti` the code of each module
/// is in pages of its own, whose size is [`PAGE_SIZE`].
pub const AARCH64_FEATURES: &str = "lse fp16 dotprod i8mm pauth bti";

/// Returns the bit in [`Program::cpu_features`] of a feature in one of these lists, if
/// the list has it: the feature's place.
pub const fn feature_bit(list: &str, name: &str) -> Option<u32> {
    let (list, name) = (list.as_bytes(), name.as_bytes());
    let (mut bit, mut start) = (0, 0);
    while start < list.len() {
        let mut end = start;
        while end < list.len() && list[end] != b' ' {
            end += 1;
        }
        let mut same = 0;
        while same < name.len() && start + same < end && list[start + same] == name[same] {
            same += 1;
        }
        if same == name.len() && start + same == end {
            return Some(bit);
        }
        bit += 1;
        start = end + 1;
    }
    None
}
