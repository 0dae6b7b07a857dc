//! The end of guest code that does what WebAssembly forbids: recognises the
//! processor's exceptions, and reports the trap or hands it to the active
//! `catch`. Which instruction means what is in `code`.
//!
//! # Safety
//!
//! The kernel calls [`handle`] with what `SA_SIGINFO` promises, on the signal
//! stack. It reads only records that never change while guest code runs, and
//! either ends the process or returns to a live `catch`.
#![allow(unsafe_code)]

use crate::arch::{self, SignalContext};
use crate::backtrace::{self, Callers};
use crate::code::{self, Place};
use crate::cpu;
use crate::process;
use crate::report::Line;
use crate::stack;
use core::ffi::c_int;
use quench_abi::{Memory, TRAP_EXIT_STATUS, Trap};
use rustix::runtime_448b8ad740e2a26f::{
    KernelSigSet, KernelSigaction, KernelSigactionFlags, KernelSighandler, Siginfo, Signal,
    kernel_sigaction,
};

/// The signals that stand for an exception of the processor.
const SIGNALS: [(Signal, &str); 5] = [
    (Signal::SEGV, "SIGSEGV"),
    (Signal::BUS, "SIGBUS"),
    (Signal::ILL, "SIGILL"),
    (Signal::FPE, "SIGFPE"),
    (Signal::TRAP, "SIGTRAP"),
];

type Handler = unsafe extern "C" fn(c_int, *const Siginfo, *mut SignalContext);

/// Installs the handler.
///
/// # Safety
///
/// Once, after `stack::set_up`.
pub unsafe fn set_up() {
    let handler: Handler = handle;
    // SAFETY: with `SIGINFO` the kernel passes all three arguments.
    let handler: KernelSighandler = unsafe { core::mem::transmute(handler) };
    // The signal stays blocked in the handler: should that fail itself, the
    // process ends instead of trying again.
    let action = KernelSigaction {
        sa_handler_kernel: handler,
        sa_flags: KernelSigactionFlags::SIGINFO
            | KernelSigactionFlags::ONSTACK
            | KernelSigactionFlags::RESTORER,
        sa_restorer: Some(arch::return_from_signal),
        sa_mask: KernelSigSet::empty(),
    };
    for (signal, _) in SIGNALS {
        // SAFETY: these signals are nobody else's. It cannot fail for them.
        let _ = unsafe { kernel_sigaction(signal, Some(action.clone())) };
    }
}

/// What [`arch::quench_missing_import`] does. `frame` is the frame pointer of
/// the stub, which the call returns to at `return_address`.
///
/// # Safety
///
/// `length` bytes of text at `import`.
pub unsafe extern "C" fn missing_import(
    import: *const u8,
    length: u64,
    frame: usize,
    return_address: usize,
) -> ! {
    if let Some(frame) = stack::catch_frame() {
        // SAFETY: the `catch` is active.
        unsafe { arch::resume(frame, Trap::MissingImport as u32) };
    }
    // SAFETY: the caller's promise.
    let import = unsafe { process::slice(import, length) };
    let line = start_of_report(Trap::MissingImport)
        .text(": ")
        .bytes(import)
        .text(" was called, and the program was built without it (--stub-imports)");
    let callers = Callers {
        frame,
        return_address,
    };
    end(line, callers)
}

/// What an exception turned out to be.
struct Cause {
    trap: Trap,
    /// What was accessed, if it was a memory.
    access: Option<Access>,
}

/// An access out of bounds: its address in the memory, and the memory's
/// length.
struct Access {
    address: u64,
    length: u64,
}

unsafe extern "C" fn handle(
    signal: c_int,
    information: *const Siginfo,
    context: *mut SignalContext,
) {
    // SAFETY: see the head of this file.
    let (information, context) = unsafe { (&*information, &mut *context) };
    if signal == Signal::ILL.as_raw()
        && let Some(frame) = cpu::frame()
    {
        return context.resume_at(frame, 1);
    }
    let address = fault_address(information);
    let place = code::place(context.program_counter());
    let Some(cause) = cause(signal, address, place.as_ref()) else {
        report_crash(signal, address, context.program_counter())
    };
    match stack::catch_frame() {
        Some(frame) => context.resume_at(frame, cause.trap as u32),
        None => report(&cause, place, context),
    }
}

/// None for what guest code cannot bring about: an error of ours.
fn cause(signal: c_int, address: usize, place: Option<&Place>) -> Option<Cause> {
    let is_access = signal == Signal::SEGV.as_raw();
    let trap = |trap| Cause { trap, access: None };
    if is_access && stack::is_in_guard(address) {
        return Some(trap(Trap::StackExhausted));
    }
    if let Some(expected) = place?.trap() {
        return Some(trap(expected));
    }
    let access = memory_at(address).filter(|_| is_access)?;
    Some(Cause {
        trap: Trap::MemoryOutOfBounds,
        access: Some(access),
    })
}

/// The memory in whose reservation an address lies.
fn memory_at(address: usize) -> Option<Access> {
    process::modules()
        .flat_map(process::memories)
        .find_map(|memory: *mut Memory| {
            // SAFETY: see the head of this file.
            let memory = unsafe { &*memory };
            let address = address.checked_sub(memory.base.addr())? as u64;
            (address < memory.reservation).then_some(Access {
                address,
                length: memory.length,
            })
        })
}

/// The address whose access failed; meaningless for other exceptions.
fn fault_address(information: &Siginfo) -> usize {
    // SAFETY: the signals we handle are faults, for which the kernel fills in
    // this part of the union. Sent by `kill`, it holds other plain numbers.
    unsafe {
        let fields = &information.__bindgen_anon_1.__bindgen_anon_1;
        fields._sifields._sigfault._addr.addr()
    }
}

fn report(cause: &Cause, place: Option<Place>, context: &SignalContext) -> ! {
    let mut line = start_of_report(cause.trap);
    if let Some(access) = &cause.access {
        line = line
            .text(": address ")
            .hexadecimal(access.address)
            .text(" of a memory of ")
            .hexadecimal(access.length)
            .text(" bytes,");
    }
    let callers = match &place {
        Some(place) => context.callers(place.start()),
        // In a host function.
        None => Callers::of_frame(0),
    };
    match place {
        Some(place) if place.function_index().is_some() => {
            end(backtrace::function(line.text(" in"), &place), callers)
        }
        _ => end(line, callers),
    }
}

/// Prints what happened and who called, and ends the program.
pub fn end(line: Line, callers: Callers) -> ! {
    line.print();
    backtrace::print(callers);
    process::exit(TRAP_EXIT_STATUS)
}

fn report_crash(signal: c_int, address: usize, program_counter: usize) -> ! {
    let name = SIGNALS
        .iter()
        .find(|(known, _)| known.as_raw() == signal)
        .map_or("signal", |(_, name)| name);
    Line::new("internal error: unexpected ")
        .text(name)
        .text(" at instruction ")
        .hexadecimal(process::offset_in_executable(program_counter) as u64)
        .text(", address ")
        .hexadecimal(address as u64)
        .text("; please report this")
        .exit(TRAP_EXIT_STATUS)
}

fn start_of_report(trap: Trap) -> Line {
    Line::new("trap: ").text(words(trap))
}

/// As the specification's tests word it, where they do.
pub fn words(trap: Trap) -> &'static str {
    match trap {
        Trap::Unreachable => "unreachable executed",
        Trap::MemoryOutOfBounds => "out of bounds memory access",
        Trap::TableOutOfBounds => "out of bounds table access",
        Trap::UndefinedElement => "undefined element: indirect call past the end of a table",
        Trap::UninitializedElement => "uninitialized element: indirect call of a null reference",
        Trap::IndirectCallTypeMismatch => "indirect call type mismatch",
        Trap::IntegerOverflow => "integer overflow",
        Trap::IntegerDivideByZero => "integer divide by zero",
        Trap::InvalidConversionToInteger => "invalid conversion to integer",
        Trap::StackExhausted => "call stack exhausted",
        Trap::NullReference => "null reference",
        Trap::MissingImport => "missing import",
        Trap::IncompatibleImport => "incompatible import",
        Trap::UncaughtException => "uncaught exception",
        Trap::UnalignedAtomic => "unaligned atomic",
        Trap::ExpectedSharedMemory => "expected shared memory",
    }
}
