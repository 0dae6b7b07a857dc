//! Limits on what a program uses, set before its code runs: bytes of memory,
//! and time. This file does not know who decides on them.
//!
//! # Safety
//!
//! The handlers of timers run at any moment, but only write a message and end
//! the process.
#![allow(unsafe_code, reason = "see Safety")]

use crate::report::Line;
use crate::{arch, process};
use core::ffi::c_int;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use linux_raw_sys::general::{__NR_setitimer, ITIMER_PROF, ITIMER_REAL, itimerval, timeval};
use rustix::runtime_448b8ad740e2a26f::{
    How, KernelSigSet, KernelSigaction, KernelSigactionFlags, KernelSighandler, Signal,
    kernel_sigaction, kernel_sigprocmask,
};

/// Exit status of a program that ran too long: that of the command `timeout`.
const TIME_STATUS: i32 = 124;

/// Exit status of a program that used the processor for too long: the status that a
/// shell shows for `SIGXCPU`, the signal of `ulimit -t`.
const CPU_TIME_STATUS: i32 = 152;

/// Bytes that linear memories, grown tables, exceptions and objects may have together.
static MEMORY: AtomicU64 = AtomicU64::new(u64::MAX);

/// Bytes that grown tables, exceptions and objects have.
static OTHER: AtomicU64 = AtomicU64::new(0);

/// Limit of the time that passes, in milliseconds, for the message.
static TIME: AtomicU64 = AtomicU64::new(0);
/// Limit of the processor's time, in milliseconds, for the message.
static CPU_TIME: AtomicU64 = AtomicU64::new(0);

/// Keeps linear memories, grown tables, exceptions and objects together from taking
/// more than `bytes`. Ends the program with a message if its memories begin with
/// more.
pub fn limit_memory(bytes: u64) {
    MEMORY.store(bytes, Relaxed);
    if !has_room(0) {
        begins_too_large(bytes);
    }
}

// Not inlined: a line takes a large frame, and each page of stack costs time at start.
#[cold]
#[inline(never)]
fn begins_too_large(limit: u64) -> ! {
    Line::new("error: the program's memory begins with ")
        .decimal(memory_in_use())
        .text(" bytes, and its limit (max-memory) is ")
        .decimal(limit)
        .fatal()
}

/// Returns whether the program may take `more` bytes beyond those in use.
pub(crate) fn has_room(more: u64) -> bool {
    let limit = MEMORY.load(Relaxed);
    limit == u64::MAX || memory_in_use().saturating_add(more) <= limit
}

/// Notes that tables, exceptions or objects have taken `more` bytes.
pub(crate) fn took(more: u64) {
    OTHER.fetch_add(more, Relaxed);
}

/// Notes that `bytes` bytes of objects were given back to the system.
pub(crate) fn gave_back(bytes: u64) {
    OTHER.fetch_sub(bytes, Relaxed);
}

/// Returns the limit of memory, if there is one.
pub(crate) fn memory_limit() -> Option<u64> {
    Some(MEMORY.load(Relaxed)).filter(|limit| *limit != u64::MAX)
}

/// Returns the bytes that the limit is about.
fn memory_in_use() -> u64 {
    let memories = process::modules().flat_map(process::memories);
    // SAFETY: the records are as the compiler wrote them, and nobody writes now.
    let lengths = memories.map(|memory| unsafe { (*memory).length });
    lengths.fold(OTHER.load(Relaxed), u64::saturating_add)
}

/// Ends the program with a message and status 124 after `milliseconds`.
pub fn limit_time(milliseconds: u64) {
    TIME.store(milliseconds, Relaxed);
    start(Signal::ALARM, ITIMER_REAL, end_of_time, milliseconds);
}

/// Ends the program with a message and status 152 when it has used the
/// processor for `milliseconds`, the system's work for it included.
pub fn limit_cpu_time(milliseconds: u64) {
    CPU_TIME.store(milliseconds, Relaxed);
    start(Signal::PROF, ITIMER_PROF, end_of_cpu_time, milliseconds);
}

/// Starts a timer, at the end of which the kernel sends `signal`, whose handler is
/// `end`.
fn start(signal: Signal, timer: u32, end: unsafe extern "C" fn(c_int), milliseconds: u64) {
    // SAFETY: without `SIGINFO` the kernel passes the signal's number.
    let handler: KernelSighandler = unsafe { core::mem::transmute(end) };
    let action = KernelSigaction {
        sa_handler_kernel: handler,
        sa_flags: KernelSigactionFlags::ONSTACK | KernelSigactionFlags::RESTORER,
        sa_restorer: Some(arch::return_from_signal),
        sa_mask: KernelSigSet::empty(),
    };
    let mut signals = KernelSigSet::empty();
    signals.insert(signal);
    let zero = timeval { tv_sec: 0, tv_usec: 0 };
    let value = itimerval {
        it_interval: zero,
        it_value: timeval {
            // The kernel refuses numbers that its clock cannot count.
            tv_sec: (milliseconds / 1000).min(i32::MAX as u64).cast_signed(),
            tv_usec: (milliseconds % 1000 * 1000).cast_signed(),
        },
    };
    // SAFETY: nobody else handles the signal; the caller of the program may have
    // blocked it. The kernel reads the value during the call.
    let result = unsafe {
        let _ = kernel_sigaction(signal, Some(action));
        let _ = kernel_sigprocmask(How::UNBLOCK, Some(&signals));
        let value = (&raw const value).addr();
        arch::system_call(__NR_setitimer, [timer as usize, value, 0, 0])
    };
    if result < 0 {
        cannot_limit_time();
    }
}

#[cold]
#[inline(never)]
fn cannot_limit_time() -> ! {
    Line::new("error: the system refuses to limit the program's time (timeout, cpu-timeout)")
        .fatal()
}

/// Handler of the signal at the end of the time.
unsafe extern "C" fn end_of_time(_: c_int) {
    let mut line = Line::new("error: the program ran for ");
    put_time(&mut line, TIME.load(Relaxed)).text(", its limit (timeout)").exit(TIME_STATUS)
}

/// Handler of the signal at the end of the processor's time.
unsafe extern "C" fn end_of_cpu_time(_: c_int) {
    let mut line = Line::new("error: the program used the processor for ");
    let line = put_time(&mut line, CPU_TIME.load(Relaxed));
    line.text(", its limit (cpu-timeout)").exit(CPU_TIME_STATUS)
}

/// Adds a time to a message, in seconds where they are whole.
fn put_time(line: &mut Line, milliseconds: u64) -> &mut Line {
    match milliseconds % 1000 {
        0 => line.decimal(milliseconds / 1000).text(" s"),
        _ => line.decimal(milliseconds).text(" ms"),
    }
}
