//! The end of guest code that does what WebAssembly forbids: this file recognises
//! the processor's exceptions, and reports the trap or hands it to the active
//! `catch`. What trap an instruction stands for is in `lookup`.
//!
//! # Safety
//!
//! The kernel calls [`handle`], maybe by way of `native_faults`, with what `SA_SIGINFO` promises, on the signal
//! stack. It reads only records that never change while guest code runs, and
//! either ends the process or returns to a live `catch`.
#![allow(unsafe_code, reason = "see Safety")]

use crate::arch::{self, Access, SignalContext};
use crate::backtrace::{self, Callers};
use crate::core_dump;
use crate::cpu;
use crate::lookup::{self, Place};
use crate::process;
use crate::report::Line;
use crate::stack;
use core::ffi::c_int;
use core::ptr::with_exposed_provenance;
use quench_abi::{
    AccessKind, Bounds, FUNCTION_HEADER_SIZE, FailedAccess, FunctionHeader, MEMORY_MARGIN, Memory,
    TRAP_EXIT_STATUS, Trap,
};
use rustix::runtime_448b8ad740e2a26f::{
    KernelSigSet, KernelSigaction, KernelSigactionFlags, KernelSighandler, Siginfo, Signal,
    kernel_sigaction,
};

/// A handler of signals.
pub(crate) type Handler = unsafe extern "C" fn(c_int, *const Siginfo, *mut SignalContext);

/// Installs the handler of these signals.
///
/// # Safety
///
/// Once, after `stack::set_up`.
pub(crate) unsafe fn set_up() {
    let handler: Handler = handle;
    // SAFETY: with `SIGINFO` the kernel passes all three arguments.
    let handler: KernelSighandler = unsafe { core::mem::transmute(handler) };
    // All of them are blocked in the handler: if the handler itself fails, the process
    // ends instead of trying again.
    let mut mask = KernelSigSet::empty();
    arch::SIGNALS.iter().for_each(|(signal, _)| mask.insert(*signal));
    let action = KernelSigaction {
        sa_handler_kernel: handler,
        sa_flags: KernelSigactionFlags::SIGINFO
            | KernelSigactionFlags::ONSTACK
            | KernelSigactionFlags::RESTORER,
        sa_restorer: Some(arch::return_from_signal),
        sa_mask: mask,
    };
    for (signal, _) in arch::SIGNALS {
        // SAFETY: nobody else handles these signals. The call cannot fail for them.
        let _ = unsafe { kernel_sigaction(signal, Some(action.clone())) };
    }
}

/// [`quench_abi::RuntimeFunction::MissingImport`].
///
/// # Safety
///
/// There are `length` bytes of text at `import`; compiled code calls this, with its
/// frame pointer in the register for that.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_missing_import(import: *const u8, length: u64) -> ! {
    arch::pass_caller!(2, missing_import)
}

/// [`quench_missing_import`], with the frame pointer of the stub, and the address
/// that the call would return to.
unsafe extern "C" fn missing_import(
    import: *const u8,
    length: u64,
    frame: usize,
    return_address: usize,
) -> ! {
    resume_catch(Trap::MissingImport);
    // SAFETY: the caller's promise.
    let import = unsafe { process::slice(import, length) };
    let mut line = start_of_report(Trap::MissingImport);
    line.text(": ")
        .bytes(import)
        .text(" was called, and the program was built without it (--stub-imports)");
    let callers = Callers { frame, return_address };
    end(&mut line, None, callers, TRAP_EXIT_STATUS)
}

/// Ends the program for a function of the host that a guest called in a way that it may
/// not: prints the line, and the functions that led there.
pub fn host_trap(line: &mut Line) -> ! {
    // SAFETY: functions of the host have frame pointers, and the line is the caller's.
    unsafe { quench_host_trap(line) }
}

/// [`host_trap`], with the frame pointer of its caller.
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn quench_host_trap(line: &mut Line) -> ! {
    arch::pass_caller!(1, end_of_host_function)
}

/// [`quench_host_trap`], with the frame pointer and the return address of its caller.
unsafe extern "C" fn end_of_host_function(
    line: &mut Line,
    frame: usize,
    return_address: usize,
) -> ! {
    end(line, None, Callers { frame, return_address }, TRAP_EXIT_STATUS)
}

/// [`quench_abi::RuntimeFunction::IncompatibleImport`].
///
/// # Safety
///
/// There are `length` bytes of text at `types`; the initialiser of a module calls this.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_incompatible_import(
    types: *const u8,
    length: u64,
    found: u64,
) -> ! {
    let trap = Trap::IncompatibleImport;
    resume_catch(trap);
    // SAFETY: the caller's promise.
    let types = unsafe { process::slice(types, length) };
    let mut line = start_of_report(trap);
    line.text(": ").bytes(types).text(", whose size is ").decimal(found);
    // No function of the guest has been called.
    end(&mut line, None, Callers::of_frame(0), TRAP_EXIT_STATUS)
}

/// [`quench_abi::RuntimeFunction::OutOfBounds`].
///
/// # Safety
///
/// Compiled code calls this, with its frame pointer in the register for that.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_out_of_bounds(
    start: u64,
    count: u64,
    limit: u64,
    what: Bounds,
) -> ! {
    arch::pass_caller!(4, out_of_bounds)
}

/// [`quench_out_of_bounds`], with the caller's frame pointer and return address.
unsafe extern "C" fn out_of_bounds(
    start: u64,
    count: u64,
    limit: u64,
    bounds: Bounds,
    frame: usize,
    return_address: usize,
) -> ! {
    resume_catch(bounds.trap());
    let mut line = start_of_report(bounds.trap());
    match (bounds, count) {
        (Bounds::Memory | Bounds::DataSegment, 1) => line.text(": 1 byte at "),
        (Bounds::Memory | Bounds::DataSegment, _) => {
            line.text(": ").decimal(count).text(" bytes at ")
        }
        (_, 1) => line.text(": element "),
        _ => line.text(": ").decimal(count).text(" elements from "),
    };
    match bounds {
        Bounds::Memory => line.hexadecimal(start).text(", memory is "),
        Bounds::DataSegment => line.hexadecimal(start).text(", data segment is "),
        Bounds::Table => line.decimal(start).text(", table has "),
        Bounds::ElementSegment => line.decimal(start).text(", element segment has "),
        Bounds::Array => line.decimal(start).text(", array has "),
    };
    line.decimal(limit).text(match bounds {
        Bounds::Memory | Bounds::DataSegment if limit == 1 => " byte",
        Bounds::Memory | Bounds::DataSegment => " bytes",
        _ if limit == 1 => " element",
        _ => " elements",
    });
    report_call(&mut line, frame, return_address, TRAP_EXIT_STATUS)
}

/// [`quench_abi::RuntimeFunction::UndefinedElement`].
///
/// # Safety
///
/// Compiled code calls this, with its frame pointer in the register for that.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_undefined_element(index: u64, length: u64) -> ! {
    arch::pass_caller!(2, undefined_element)
}

/// [`quench_undefined_element`], with the caller's frame pointer and return address.
unsafe extern "C" fn undefined_element(
    index: u64,
    length: u64,
    frame: usize,
    return_address: usize,
) -> ! {
    resume_catch(Trap::UndefinedElement);
    let mut line = start_of_report(Trap::UndefinedElement);
    line.text(": element ").decimal(index).text(" of ").decimal(length);
    report_call(&mut line, frame, return_address, TRAP_EXIT_STATUS)
}

/// [`quench_abi::RuntimeFunction::TypeMismatch`].
///
/// # Safety
///
/// `reference` is one to a function; compiled code calls this, with its frame
/// pointer in the register for that.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_type_mismatch(
    reference: *const FunctionHeader,
    expected: u32,
) -> ! {
    arch::pass_caller!(2, type_mismatch)
}

/// [`quench_type_mismatch`], with the caller's frame pointer and return address.
unsafe extern "C" fn type_mismatch(
    reference: *const FunctionHeader,
    expected: u32,
    frame: usize,
    return_address: usize,
) -> ! {
    let trap = Trap::IndirectCallTypeMismatch;
    resume_catch(trap);
    // SAFETY: the caller's promise.
    let actual = unsafe { (*reference).type_id };
    let mut line = start_of_report(trap);
    if let (Some(expected), Some(actual)) = (lookup::type_name(expected), lookup::type_name(actual))
    {
        line.text(": expected ").bytes(expected).text(", but");
        let called = lookup::place(reference.addr() + FUNCTION_HEADER_SIZE as usize);
        match called.filter(|called| called.function_index().is_some()) {
            Some(called) => backtrace::function(&mut line, &called),
            None => _ = line.text(" the function"),
        }
        line.text(" is ").bytes(actual);
    }
    report_call(&mut line, frame, return_address, TRAP_EXIT_STATUS)
}

/// [`quench_abi::RuntimeFunction::CastFailure`].
///
/// # Safety
///
/// `reference` is one to a function or null if a type of functions is expected; compiled code
/// calls this, with its frame pointer in the register for that.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_cast_failure(reference: u64, expected: u32) -> ! {
    arch::pass_caller!(2, cast_failure)
}

/// [`quench_cast_failure`], with the caller's frame pointer and return address.
unsafe extern "C" fn cast_failure(
    reference: u64,
    expected: u32,
    frame: usize,
    return_address: usize,
) -> ! {
    resume_catch(Trap::CastFailure);
    let mut line = start_of_report(Trap::CastFailure);
    if let Some(expected) = lookup::type_name(expected) {
        line.text(": expected ").bytes(expected);
        let header = with_exposed_provenance::<FunctionHeader>(reference as usize);
        // SAFETY: the caller's promise.
        match unsafe { header.as_ref() }.map(|header| lookup::type_name(header.type_id)) {
            None => _ = line.text(", found null"),
            Some(Some(actual)) => _ = line.text(", found ").bytes(actual),
            Some(None) => {}
        }
    }
    report_call(&mut line, frame, return_address, TRAP_EXIT_STATUS)
}

/// [`quench_abi::symbols::NULL_CAST`].
///
/// # Safety
///
/// `line` is the address of a [`Line`], and `place` that of a [`Place`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_null_cast(line: *mut u8, place: *const u8) -> bool {
    // SAFETY: the caller's promise.
    let (line, place) = unsafe { (&mut *line.cast::<Line>(), &*place.cast::<Place>()) };
    let expected = place.expected_type().and_then(lookup::type_name);
    if let Some(expected) = expected {
        line.text(": expected ").bytes(expected).text(", found null");
    }
    expected.is_some()
}

/// Prints a message about the function of compiled code that made a call, and ends
/// the program with a status. The function has the frame `frame`, and the call would
/// return to `return_address`.
pub(crate) fn report_call(line: &mut Line, frame: usize, return_address: usize, status: i32) -> ! {
    let place = lookup::place(arch::plain_return_address(return_address) - 1);
    report(line, ", ", place, Callers::of_frame(frame), status)
}

/// Hands a trap to the active `catch`; returns if there is none.
pub(crate) fn resume_catch(trap: Trap) {
    if let Some(frame) = stack::catch_frame() {
        // SAFETY: the `catch` is active.
        unsafe { arch::resume(frame, trap as u32) };
    }
}

/// The reason of an exception of the processor.
struct Cause {
    trap: Trap,
    /// The access that failed, if the trap is about one.
    access: Option<MemoryAccess>,
}

/// An access to a linear memory, in terms of the guest.
struct MemoryAccess {
    /// Address in the memory, modulo 2^64.
    address: u64,
    /// What the access does and its bytes, if they are known.
    kind_and_width: Option<(AccessKind, u8)>,
    /// The memory, if it is known.
    memory: Option<&'static Memory>,
}

/// The signal handler.
unsafe extern "C" fn handle(
    signal: c_int,
    information: *const Siginfo,
    context: *mut SignalContext,
) {
    // SAFETY: see the head of this file.
    let (information, context) = unsafe { (&*information, &mut *context) };
    if is_sent(information) {
        arch::end_by(signal);
    }
    if cpu::probe_failed(signal, context) {
        return;
    }
    let address = fault_address(information);
    let place = lookup::place(context.program_counter());
    let Some(cause) = cause(signal, address, place.as_ref(), context) else {
        report_crash(signal, address, context.program_counter())
    };
    match stack::catch_frame() {
        Some(frame) => context.resume_at(frame, cause.trap as u32),
        None => report_exception(&cause, place, context),
    }
}

/// Returns the reason of an exception; none for one that guest code cannot bring
/// about, which is an error of ours.
fn cause(
    signal: c_int,
    address: usize,
    place: Option<&Place>,
    context: &SignalContext,
) -> Option<Cause> {
    let is_access = signal == Signal::SEGV.as_raw();
    let trap = |trap| Cause { trap, access: None };
    if is_access && stack::is_in_guard(address) {
        return Some(trap(Trap::StackExhausted));
    }
    if let Some(expected) = place?.trap() {
        return Some(trap(expected));
    }
    if !is_access {
        return None;
    }
    let access = context.access();
    let access = match memory_at(address) {
        Some(memory) => faulting_access(memory, address, access),
        None => failed_access(address, access?)?,
    };
    Some(Cause { trap: Trap::MemoryOutOfBounds, access: Some(access) })
}

/// Returns the access that faulted at `address`, in a memory's reservation;
/// `access` is what the instruction seems to do.
fn faulting_access(
    memory: &'static Memory,
    address: usize,
    access: Option<Access>,
) -> MemoryAccess {
    // The kernel names the first byte that cannot be accessed. If the instruction
    // does not seem to access that byte, nothing else is known.
    let access = access.filter(|access| {
        address
            .checked_sub(access.address)
            .is_some_and(|distance| distance < usize::from(access.width))
    });
    MemoryAccess {
        address: address_in(memory, access.map_or(address, |access| access.address)),
        kind_and_width: access.map(|access| (access.kind, access.width)),
        memory: Some(memory),
    }
}

/// Returns the access that a check of compiled code found out of bounds, if the
/// store `report` says so; see [`FailedAccess`].
fn failed_access(address: usize, report: Access) -> Option<MemoryAccess> {
    let number = u16::try_from(address).ok()?;
    if report.address != address || report.width != 8 {
        return None;
    }
    let failed = FailedAccess::of_number(number);
    let mut memories = process::modules().flat_map(process::memories);
    let memory = failed
        .memory
        .and_then(|number| memories.nth(number.into()))
        // SAFETY: see the head of this file.
        .map(|memory| unsafe { &*memory });
    Some(MemoryAccess {
        address: report.value.wrapping_sub(failed.width.into()),
        kind_and_width: Some((failed.kind, failed.width)),
        memory,
    })
}

/// Returns the memory in whose reservation an address lies, or in the margin below.
fn memory_at(address: usize) -> Option<&'static Memory> {
    process::modules().flat_map(process::memories).find_map(|memory: *mut Memory| {
        // SAFETY: see the head of this file.
        let memory = unsafe { &*memory };
        let start = memory.base.addr() - MEMORY_MARGIN as usize;
        let distance = address.checked_sub(start)? as u64;
        (distance < MEMORY_MARGIN + memory.reservation).then_some(memory)
    })
}

/// Returns the guest's address for one of the process. The last bytes that 32 bits
/// can address, which no memory has, are for compiled code just below the memory.
fn address_in(memory: &Memory, address: usize) -> u64 {
    match address.checked_sub(memory.base.addr()) {
        Some(address) => address as u64,
        None => (1 << 32) - (memory.base.addr() - address) as u64,
    }
}

/// Returns whether a process sent the signal, rather than the kernel for an exception
/// (sigaction(2), "The siginfo_t argument": the kernel's codes are positive).
pub(crate) fn is_sent(information: &Siginfo) -> bool {
    // SAFETY: every signal has this part of the union.
    unsafe { information.__bindgen_anon_1.__bindgen_anon_1.si_code <= 0 }
}

/// Returns the address whose access failed; it means nothing for other exceptions.
pub(crate) fn fault_address(information: &Siginfo) -> usize {
    // SAFETY: the signals we handle are faults, for which the kernel fills in this
    // part of the union.
    unsafe {
        let fields = &information.__bindgen_anon_1.__bindgen_anon_1;
        fields._sifields._sigfault._addr.addr()
    }
}

/// Prints a trap that a signal told of, and ends the program.
fn report_exception(cause: &Cause, place: Option<Place>, context: &SignalContext) -> ! {
    let mut line = start_of_report(cause.trap);
    if let Some(access) = &cause.access {
        describe(line.text(": "), access);
    }
    let callers = match &place {
        Some(place) => Callers::of_interrupted(context, place.start()),
        // A host function trapped.
        None => Callers::of_frame(0),
    };
    let is_described = cause.access.is_some()
        || place.as_ref().is_some_and(|place| place.describe_null_cast(&mut line));
    let separator = if is_described { ", " } else { " " };
    core_dump::note_interrupted(context);
    report(&mut line, separator, place, callers, TRAP_EXIT_STATUS)
}

/// Adds what an access would have done, where, and the length of the memory.
fn describe(line: &mut Line, access: &MemoryAccess) {
    match access.kind_and_width {
        None => line.text("access"),
        Some((kind, width)) => line
            .text(match kind {
                AccessKind::Load => "load of ",
                AccessKind::Store => "store of ",
                AccessKind::Atomic => "atomic access of ",
            })
            .decimal(width.into())
            .text(if width == 1 { " byte" } else { " bytes" }),
    };
    line.text(" at ");
    let length = access.memory.map(|memory| memory.length);
    let width = access.kind_and_width.map_or(1, |(_, width)| width);
    let end = access.address.checked_add(width.into());
    if end.is_some_and(|end| length.is_some_and(|length| end <= length)) {
        // The sum of index and offset has more than 64 bits; its low 64 bits alone
        // would be in bounds.
        line.text("2^64 + ");
    }
    line.hexadecimal(access.address);
    if let Some(length) = length {
        line.text(", memory is ").decimal(length).text(" bytes");
    }
}

/// Prints what happened, `separator` and the place, and ends the program with a
/// status.
fn report(
    line: &mut Line,
    separator: &str,
    place: Option<Place>,
    callers: Callers,
    status: i32,
) -> ! {
    let place = place.filter(|place| place.function_index().is_some());
    if let Some(place) = &place {
        backtrace::place(line.text(separator).text("in"), place);
    }
    end(line, place.as_ref(), callers, status)
}

/// Prints what happened and the callers of the place, writes the core dump, and ends
/// the program with a status.
pub(crate) fn end(line: &mut Line, place: Option<&Place>, callers: Callers, status: i32) -> ! {
    line.print();
    core_dump::write(place, &callers);
    backtrace::print(place, callers);
    process::exit(status)
}

/// Prints an exception that no guest code brought about, and ends the program.
fn report_crash(signal: c_int, address: usize, program_counter: usize) -> ! {
    let name = arch::SIGNALS
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

/// Returns a line that begins with the name of a trap.
pub(crate) fn start_of_report(trap: Trap) -> Line {
    let mut line = Line::new("trap: ");
    line.text(trap.name());
    line
}
