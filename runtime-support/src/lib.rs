//! The runtime of executables made by quench: from the process's first
//! instruction over memories, tables and traps to its exit status. It knows
//! WebAssembly and Linux, and no host functions: those are given by another
//! library, which finds here what it may ask of the program.
//!
//! There is no standard library, no C library, no heap and no second thread.
//! With the feature `freestanding` it is a part of the archive that goes into
//! executables; without it, a plain library for unit tests on the host.
//!
//! Each line may use only the lines above it:
//!
//! | files | what |
//! | --- | --- |
//! | `pages`, `arch/` | rounding; everything that depends on the processor |
//! | `process` | the running program, its arguments and its end |
//! | `report`, `libc_mem`, `wait` | messages; C's memory functions; futexes |
//! | `signals` | the signals of writes that fail |
//! | `limits`, `stack`, `relocate` | limits; the first stack; the executable's relocations |
//! | `stacks` | further stacks, for code that waits while other code runs |
//! | `roots` | where compiled code keeps references |
//! | `memory`, `table`, `lines`, `lookup` | what modules have, and what is known of an address |
//! | `backtrace`, `cpu` | the functions that were running; what the processor has |
//! | `core_dump` | the file that debuggers of modules read |
//! | `trap`, `native_faults` | signals and the end of guest code; faults of native code |
//! | `exception/`, `fuel` | throwing, and the heap of exceptions; the end of fuel |
//! | `heap/` | the heap of garbage-collected objects, of programs that have such types |
//! | `invoke`, `profile` | `--invoke`; `--profile-generate` |
//! | `start` | the order of all this |
//! | `archive` | the files in the executable |
//! | `embedded` | the same for a process that begins elsewhere |
#![no_std]
#![cfg_attr(
    not(feature = "freestanding"),
    allow(
        dead_code,
        reason = "what uses the rest is `start`, which is only there when freestanding"
    )
)]

mod arch;
mod archive;
mod backtrace;
mod core_dump;
mod cpu;
#[cfg(all(feature = "freestanding", not(test)))]
mod embedded;
mod exception;
mod fuel;
mod heap;
mod invoke;
mod libc_mem;
mod limits;
mod lines;
mod lookup;
mod memory;
#[cfg(all(feature = "freestanding", not(test)))]
mod native_faults;
mod pages;
mod process;
#[cfg(all(feature = "freestanding", not(test)))]
mod profile;
mod relocate;
mod report;
mod roots;
mod signals;
mod signatures;
mod stack;
pub mod stacks;
#[cfg(all(feature = "freestanding", not(test)))]
mod start;
mod table;
mod trap;
mod wait;

pub use arch::{AUDIT_ARCHITECTURE, system_call};
pub use archive::archive;
pub use core_dump::{dump_core_to, quench_dump_core};
#[cfg(all(feature = "freestanding", not(test)))]
pub use embedded::{quench_call, quench_start};
pub use exception::{quench_exception_free, quench_exception_new, quench_throw};
pub use fuel::quench_out_of_fuel;
pub use heap::{
    quench_array_new, quench_dump_core_and_heap, quench_heap_cast_failure,
    quench_heap_exception_new, quench_heap_null_cast, quench_heap_room, quench_heap_start,
    quench_heap_written,
};
pub use invoke::print_result;
pub use libc_mem::{quench_memmove_wide, quench_memset_wide};
pub use limits::{limit_cpu_time, limit_memory, limit_time};
pub use lines::quench_source_frame;
pub use memory::{
    GuestMemory, guest_memory, memory_of, quench_memory_grow, quench_memory_grow_explicit,
    replace_program,
};
pub use process::{
    Strings, args, began_elsewhere, environment, exit, exit_without_group, modules, policy,
    program, slice, text,
};
#[cfg(all(feature = "freestanding", not(test)))]
pub use profile::{quench_count_callee, quench_profile_start};
pub use report::{FAILURE_STATUS, Line, fatal};
pub use signals::{heed_broken_pipes, ignore_failed_writes};
pub use stack::{call as call_on_guest_stack, catch};
pub use table::{quench_table_fill, quench_table_grow};
pub use trap::{
    host_trap, quench_cast_failure, quench_incompatible_import, quench_missing_import,
    quench_null_cast, quench_out_of_bounds, quench_type_mismatch, quench_undefined_element,
};
pub use wait::{quench_memory_notify, quench_memory_wait32, quench_memory_wait64};
