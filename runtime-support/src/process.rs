//! The running program, for every other part: its record, arguments, environment
//! and policy, writing to a file, and its end. This file knows where the kernel left
//! these, and not what they mean.
//!
//! # Safety
//!
//! `start` stores the program's record and the kernel's argument block before
//! anything here can be called, and both live as long as the process. Before
//! that, and in a process that was started some other way (unit tests), there
//! is no program and everything is empty.
#![allow(unsafe_code, reason = "see Safety")]

use core::ffi::{CStr, c_char};
use core::ptr::null_mut;
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering::Relaxed};
use quench_abi::{Memory, Module, Program, Text};
use rustix::fd::BorrowedFd;
use rustix::io::{Errno, Result, retry_on_intr};

static PROGRAM: AtomicPtr<Program> = AtomicPtr::new(null_mut());
static ARGUMENTS: AtomicPtr<*const c_char> = AtomicPtr::new(null_mut());
static ENVIRONMENT: AtomicPtr<*const c_char> = AtomicPtr::new(null_mut());
static EXECUTABLE_START: AtomicUsize = AtomicUsize::new(0);
static EXECUTABLE_END: AtomicUsize = AtomicUsize::new(0);
static EXITS_THREAD: AtomicBool = AtomicBool::new(false);
static BEGAN_ELSEWHERE: AtomicBool = AtomicBool::new(false);

/// Makes the program and its surroundings known; `executable` are the addresses that
/// its file was loaded to.
///
/// # Safety
///
/// Both arrays end with a null pointer, and everything stays as it is for the
/// rest of the process.
#[cfg(feature = "freestanding")]
pub(crate) unsafe fn set_up(
    program: &'static Program,
    arguments: *const *const c_char,
    environment: *const *const c_char,
    executable: core::ops::Range<usize>,
) {
    PROGRAM.store(core::ptr::from_ref(program).cast_mut(), Relaxed);
    ARGUMENTS.store(arguments.cast_mut(), Relaxed);
    ENVIRONMENT.store(environment.cast_mut(), Relaxed);
    EXECUTABLE_START.store(executable.start, Relaxed);
    EXECUTABLE_END.store(executable.end, Relaxed);
}

/// Makes known that the process runs code besides the program's.
#[cfg(feature = "freestanding")]
pub(crate) fn begin_elsewhere() {
    BEGAN_ELSEWHERE.store(true, Relaxed);
}

/// Returns whether the process runs code besides the program's, so that what the program
/// does not need is not to be given up.
pub fn began_elsewhere() -> bool {
    BEGAN_ELSEWHERE.load(Relaxed)
}

/// Makes another program the running one, for [`crate::replace_program`].
pub(crate) fn replace(program: &'static Program) {
    PROGRAM.store(core::ptr::from_ref(program).cast_mut(), Relaxed);
}

/// Returns the program's record; none in a process that `start` did not begin.
pub fn program() -> Option<&'static Program> {
    // SAFETY: the address is null or one that `set_up` stored.
    unsafe { PROGRAM.load(Relaxed).as_ref() }
}

/// Returns the program's modules in the order of their instantiation.
pub fn modules() -> impl Iterator<Item = &'static Module> {
    let list = program().map_or(&[][..], |program| {
        // SAFETY: the compiler wrote the array and its length.
        unsafe { slice(program.modules, program.module_count) }
    });
    // SAFETY: each entry is the address of a module's record.
    list.iter().map(|&module| unsafe { &*module })
}

/// Returns the records of the memories that a module defines.
pub(crate) fn memories(module: &Module) -> impl Iterator<Item = *mut Memory> {
    // SAFETY: the compiler wrote the array and its length.
    let list = unsafe { slice(module.memories, module.memory_count) };
    list.iter().copied()
}

/// Returns the arguments as the process got them, the program's name first.
pub fn args() -> Strings {
    Strings(ARGUMENTS.load(Relaxed))
}

/// Returns the environment variables as the process got them, usually `NAME=value`.
pub fn environment() -> impl Iterator<Item = &'static [u8]> + Clone {
    Strings(ENVIRONMENT.load(Relaxed))
}

/// Returns the bytes that were baked into the program for the host functions.
pub fn policy() -> &'static [u8] {
    // SAFETY: the compiler wrote the text into the executable.
    program().map_or(&[], |program| unsafe { text(&program.policy) })
}

/// Returns whether an address is one that the executable's file was loaded to.
pub(crate) fn is_in_executable(address: usize) -> bool {
    (EXECUTABLE_START.load(Relaxed)..EXECUTABLE_END.load(Relaxed)).contains(&address)
}

/// Returns the offset of an address in the executable, from its header on. A
/// position-independent one has it in its symbol table.
pub(crate) fn offset_in_executable(address: usize) -> usize {
    address.wrapping_sub(EXECUTABLE_START.load(Relaxed))
}

/// Makes [`exit`] end the only thread instead of the thread group: for a process to
/// which the kernel allows only that.
pub fn exit_without_group() {
    EXITS_THREAD.store(true, Relaxed);
}

/// Ends the process with a status.
pub fn exit(status: i32) -> ! {
    if EXITS_THREAD.load(Relaxed) {
        // SAFETY: nothing that belongs to the thread is used afterwards.
        unsafe { rustix::runtime_448b8ad740e2a26f::exit_thread(status) }
    }
    rustix::runtime_448b8ad740e2a26f::exit_group(status)
}

/// Returns the bytes of a text.
///
/// # Safety
///
/// The same as that of [`slice`].
pub unsafe fn text<'a>(text: &Text) -> &'a [u8] {
    // SAFETY: the caller's promise.
    unsafe { slice(text.bytes, text.length) }
}

/// Writes all of it to a file, however many calls that takes.
///
/// # Errors
///
/// Returns the error of the system; `NOSPC` if it takes no more bytes.
pub(crate) fn write_all(file: BorrowedFd<'_>, mut bytes: &[u8]) -> Result<()> {
    while !bytes.is_empty() {
        match retry_on_intr(|| rustix::io::write(file, bytes))? {
            0 => return Err(Errno::NOSPC),
            written => bytes = bytes.get(written..).unwrap_or_default(),
        }
    }
    Ok(())
}

/// Returns an array by its address and length, as the compiler writes them. An empty
/// one may have any address.
///
/// # Safety
///
/// There are `length` elements, and nothing changes them during `'a`.
pub unsafe fn slice<'a, T>(elements: *const T, length: u64) -> &'a [T] {
    if length == 0 {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { core::slice::from_raw_parts(elements, length as usize) }
}

/// The strings of an array that ends with a null pointer, in their order.
#[derive(Clone)]
pub struct Strings(*const *const c_char);

impl Iterator for Strings {
    type Item = &'static [u8];

    fn next(&mut self) -> Option<&'static [u8]> {
        if self.0.is_null() {
            return None;
        }
        // SAFETY: the array ends with a null pointer, and we stop there.
        let string = unsafe { *self.0 };
        if string.is_null() {
            return None;
        }
        // SAFETY: not the end, so there is another entry.
        self.0 = unsafe { self.0.add(1) };
        // SAFETY: the kernel terminates each string.
        Some(unsafe { CStr::from_ptr(string) }.to_bytes())
    }
}
