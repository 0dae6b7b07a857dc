//! The program from its first instruction to its last, in order. Each step has a
//! file of its own, which says what it does.
//!
//! # Safety
//!
//! The kernel starts the process here, once, with the System V ABI's argument
//! block. [`PROGRAM`](quench_program) is what the compiler wrote for this
//! executable.
#![allow(unsafe_code, reason = "see Safety")]

use crate::relocate::{FileHeader, Image};
use crate::report::Line;
use crate::{cpu, lookup, memory, process, stack, trap};
use core::ffi::c_char;
use core::ops::Range;
use core::panic::PanicInfo;
use core::ptr::null_mut;
use quench_abi::{Program, TRAP_EXIT_STATUS, VERSION};

unsafe extern "C" {
    static quench_program: Program;
}

/// Where the kernel starts the process.
///
/// # Safety
///
/// Only the kernel may call it.
#[cfg(feature = "freestanding")]
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn _start() -> ! {
    crate::arch::first_instructions!(start)
}

/// Runs the program. `_start` calls this with the kernel's argument block and the
/// executable's header.
///
/// # Safety
///
/// Only `_start` calls this.
pub(crate) unsafe extern "C" fn start(block: *const usize, header: *const FileHeader) -> ! {
    // SAFETY: relocation comes before everything that could depend on it, and the
    // other steps in the order that their contracts ask for.
    unsafe {
        let image = Image::new(header);
        let all_known = image.relocate();
        let block = ArgumentBlock::new(block);
        rustix::param::init(block.environment.cast_mut().cast());
        image.protect();
        if !all_known {
            unknown_relocations();
        }
        set_up(block.arguments, block.environment, image.range());
        stack::call(run_guest, null_mut());
    }
    process::exit(0)
}

/// Sets everything up for guest code.
///
/// # Safety
///
/// This is called once. Both arrays end with a null pointer or are null, and stay as they
/// are.
pub(crate) unsafe fn set_up(
    arguments: *const *const c_char,
    environment: *const *const c_char,
    executable: Range<usize>,
) {
    // SAFETY: each step is taken once, in this order.
    unsafe {
        let program = &quench_program;
        process::set_up(program, arguments, environment, executable);
        if program.version != VERSION {
            other_version(program.version);
        }
        for module in process::modules() {
            memory::set_up(module);
        }
        stack::set_up(program.stack_size);
        trap::set_up();
        cpu::check(program.cpu_features);
        lookup::protect(program.cpu_features);
        if let Some(host_start) = program.host_start {
            host_start();
        }
    }
}

// Not inlined: a line takes a large frame, and each page of stack costs time at start.
#[cold]
#[inline(never)]
fn unknown_relocations() -> ! {
    Line::new(
        "error: the executable was linked with relocations that it cannot apply; build it again",
    )
    .fatal()
}

#[cold]
#[inline(never)]
fn other_version(version: u32) -> ! {
    Line::new("error: the program was compiled for version ")
        .decimal(version.into())
        .text(" of the runtime, and linked with version ")
        .decimal(VERSION.into())
        .text("; build it again")
        .fatal()
}

/// Runs all guest code of the program; called on the guest stack.
unsafe extern "C" fn run_guest(_: *mut u8) {
    let Some(program) = process::program() else {
        return;
    };
    // SAFETY: the compiler wrote the records.
    unsafe {
        run_entries(program, program.entry_count);
        if let Some(invocation) = program.invocation.as_ref() {
            (invocation.run)(invocation);
        }
    }
}

/// Instantiates the modules and calls the functions that prepare them; called on the
/// guest stack.
///
/// # Safety
///
/// Everything is set up.
pub(crate) unsafe extern "C" fn prepare_modules(_: *mut u8) {
    if let Some(program) = process::program() {
        // SAFETY: the compiler wrote the records.
        unsafe { run_entries(program, program.preparation_count) };
    }
}

/// Instantiates the modules and calls the first entries.
unsafe fn run_entries(program: &Program, count: u64) {
    // SAFETY: the compiler wrote the records.
    unsafe {
        for module in process::modules() {
            if let Some(initialize) = module.initialize {
                initialize();
            }
        }
        for entry in process::slice(program.entries, count) {
            entry();
        }
    }
}

/// The data that the kernel leaves on the stack (System V psABI, "Process
/// Initialization"): the number of arguments, pointers to them, null, pointers to the
/// environment, null, the auxiliary vector.
struct ArgumentBlock {
    /// Pointers to the arguments, then null.
    arguments: *const *const c_char,
    /// Pointers to the environment variables, then null.
    environment: *const *const c_char,
}

impl ArgumentBlock {
    unsafe fn new(block: *const usize) -> ArgumentBlock {
        // SAFETY: the kernel's layout.
        unsafe {
            let arguments = block.add(1).cast::<*const c_char>();
            ArgumentBlock { arguments, environment: arguments.add(*block + 1) }
        }
    }
}

#[panic_handler]
fn panic(information: &PanicInfo<'_>) -> ! {
    let mut line = Line::new("internal error: panic");
    if let Some(location) = information.location() {
        line.text(" at ").text(location.file()).text(":").decimal(location.line().into());
    }
    line.text("; please report this").exit(TRAP_EXIT_STATUS)
}
