//! The program in a process that begins elsewhere: a `main` of C or Rust prepares it and
//! calls its exports. `docs/LINKING.md` has the contract.
//!
//! # Safety
//!
//! The process has one thread that calls [`quench_start`] once, before it calls anything
//! else of the program, and only that thread runs guest code.
#![allow(unsafe_code, reason = "see Safety")]

use crate::relocate::{FileHeader, Image};
use crate::report::Line;
use crate::{native_faults, process, stack, start};
use core::ffi::{c_char, c_void};
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use rustix::fs::{Mode, OFlags, open};
use rustix::io::read;

/// Words of the auxiliary vector that are kept, behind a null pointer.
const AUXILIARY_WORDS: usize = 128;

static IS_ON_GUEST_STACK: AtomicBool = AtomicBool::new(false);

unsafe extern "C" {
    static __ehdr_start: FileHeader;
}

/// Prepares the program, as its own start does, but without the second wall, which would
/// close the process to the code that calls this; then calls the `_initialize` of its
/// modules. `arguments` and `environment` end with null pointers, and may be null. Does
/// nothing if it has been called before.
///
/// # Safety
///
/// Both arrays stay as they are. See the head of this file.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_start(
    arguments: *const *const c_char,
    environment: *const *const c_char,
) {
    if process::program().is_some() {
        return;
    }
    let mut auxiliary = [0_usize; AUXILIARY_WORDS + 1];
    read_auxiliary(&mut auxiliary[1..]);
    // SAFETY: an environment without variables, and behind it the auxiliary vector, which
    // ends with zeros; only read during the call.
    unsafe { rustix::param::init(auxiliary.as_mut_ptr().cast()) };
    process::begin_elsewhere();
    // SAFETY: the header is the executable's own; the caller's promise.
    unsafe {
        let range = Image::new(&raw const __ehdr_start).range();
        native_faults::remember();
        start::set_up(arguments, environment, range);
        native_faults::set_up();
        stack::call(start::prepare_modules, core::ptr::null_mut());
    }
}

/// Calls `function(data)` on the guest's stack: its size is that of `--max-stack`, and a
/// guest that uses it up traps. A call within such a call stays on that stack.
///
/// # Safety
///
/// [`quench_start`] was called, and `function` can be called with `data`. It returns, or
/// ends the process.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_call(function: unsafe extern "C" fn(*mut u8), data: *mut c_void) {
    // SAFETY: the caller's promise; nothing else runs on the guest's stack.
    unsafe {
        if IS_ON_GUEST_STACK.swap(true, Relaxed) {
            function(data.cast());
        } else {
            stack::call(function, data.cast());
            IS_ON_GUEST_STACK.store(false, Relaxed);
        }
    }
}

/// Reads the auxiliary vector, whose words behind the end stay zero.
fn read_auxiliary(words: &mut [usize]) {
    let Ok(file) = open(c"/proc/self/auxv", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()) else {
        no_auxiliary()
    };
    // The last two words stay zero: they end the vector.
    let length = (words.len() - 2) * size_of::<usize>();
    // SAFETY: the bytes of words, and any bytes make words.
    let bytes = unsafe { core::slice::from_raw_parts_mut(words.as_mut_ptr().cast::<u8>(), length) };
    if read(&file, bytes).is_err() {
        no_auxiliary()
    }
}

#[cold]
fn no_auxiliary() -> ! {
    Line::new("error: cannot read /proc/self/auxv, which has the size of pages").fatal()
}
