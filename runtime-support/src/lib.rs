//! The runtime of executables made by quench: from the process's first
//! instruction over memories, tables and traps to its exit status. It knows
//! WebAssembly and Linux, and no host functions: those are given by another
//! library, which finds here what it may ask of the program.
//!
//! There is no standard library, no C library, no heap and no second thread.
//! With the feature `freestanding` it is a part of the archive that goes into
//! executables; without it, a plain library for unit tests on the host.
#![no_std]
// The way in is `start`, which is there only when freestanding.
#![cfg_attr(not(feature = "freestanding"), allow(dead_code))]

mod arch;
mod atomic;
mod backtrace;
mod code;
mod collect;
mod core_dump;
mod cpu;
mod exception;
mod fuel;
mod heap;
mod invoke;
mod limits;
mod lines;
mod mem;
mod memory;
mod process;
#[cfg(all(feature = "freestanding", not(test)))]
mod profile;
mod relocate;
mod report;
mod stack;
#[cfg(all(feature = "freestanding", not(test)))]
mod start;
mod table;
mod trap;

pub use arch::{
    AUDIT_ARCHITECTURE, quench_memmove_wide, quench_memset_wide, quench_missing_import,
    quench_out_of_bounds, quench_out_of_fuel, quench_throw, quench_type_mismatch,
    quench_undefined_element, system_call,
};
pub use atomic::{quench_memory_notify, quench_memory_wait32, quench_memory_wait64};
pub use code::{Place, place};
pub use core_dump::{dump_core_to, quench_dump_core};
pub use exception::{quench_exception_free, quench_exception_new};
pub use limits::{limit_cpu_time, limit_memory, limit_time};
pub use lines::quench_source_frame;
pub use memory::{
    GuestMemory, guest_memory, quench_memory_grow, quench_memory_grow_explicit, replace_program,
};
pub use process::{
    Strings, args, environment, exit, exit_without_group, modules, policy, program, slice, text,
};
#[cfg(all(feature = "freestanding", not(test)))]
pub use profile::{quench_count_callee, quench_profile_start};
pub use report::{FAILURE_STATUS, Line, fatal};
pub use stack::{call as call_on_guest_stack, catch};
pub use table::{quench_table_fill, quench_table_grow};
pub use trap::words as trap_words;
