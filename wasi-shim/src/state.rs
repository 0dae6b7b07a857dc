//! The state of the host: what the guest may call, and its descriptors. Also the functions
//! by which the runtime has the policy take effect.
//!
//! # Safety
//!
//! There is one thread, and no function of the host is entered while another runs: none is
//! called from a signal handler, and a guest that a function calls, to allocate, may not
//! call out. So the state is borrowed by one call at a time.
#![allow(unsafe_code, reason = "the process's descriptors and the state are taken here")]

use crate::descriptors::Descriptors;
#[cfg(feature = "components")]
use crate::objects::Objects;
use crate::start::{self, Confined};
use core::cell::UnsafeCell;
use quench_policy::Functions;
use quench_runtime_support::call_on_guest_stack;
use rustix::fd::{BorrowedFd, FromRawFd, OwnedFd};

/// The state of the host.
#[repr(C)]
pub(crate) struct State {
    /// The functions that the guest can call.
    pub(crate) allowed: Functions,
    /// See [`Guest::strict`](crate::guest::Guest::strict).
    pub(crate) strict: bool,
    pub(crate) descriptors: Descriptors,
    /// What components have of the host besides descriptors.
    #[cfg(feature = "components")]
    pub(crate) objects: Objects,
}

struct Global(UnsafeCell<State>);

// SAFETY: there is one thread.
unsafe impl Sync for Global {}

static STATE: Global = Global(UnsafeCell::new(State {
    allowed: Functions::NONE,
    strict: false,
    descriptors: Descriptors::new(),
    #[cfg(feature = "components")]
    objects: Objects::new(),
}));

/// Returns the state, for the time of a call.
#[inline(always)]
pub(crate) fn state() -> &'static mut State {
    // SAFETY: see the head of this file.
    unsafe { &mut *STATE.0.get() }
}

/// Prepares descriptors and limits for the functions. The runtime calls it once, before any
/// guest code.
#[unsafe(no_mangle)]
extern "C" fn quench_wasi_start() {
    on_guest_stack(start_all);
}

/// Prepares the same for a policy of streams only. The runtime calls it in place
/// of [`quench_wasi_start`].
#[unsafe(no_mangle)]
extern "C" fn quench_wasi_start_with_streams() {
    on_guest_stack(start_streams);
}

/// Calls a function on the guest's stack. That will be touched anyway; each page
/// of the other stack that is not touched makes the start faster.
fn on_guest_stack(function: unsafe extern "C" fn(*mut u8)) {
    // SAFETY: the runtime has set the stacks up, and no guest code runs yet.
    unsafe { call_on_guest_stack(function, core::ptr::null_mut()) };
}

unsafe extern "C" fn start_all(_: *mut u8) {
    set_up(|descriptors, streams| start::start(descriptors, streams, take_descriptor));
}

unsafe extern "C" fn start_streams(_: *mut u8) {
    set_up(start::start_with_streams);
}

#[inline(always)]
fn set_up(start: impl FnOnce(&mut Descriptors, [OwnedFd; 3]) -> Confined) {
    let state = state();
    // SAFETY: nobody else owns them, and the table of descriptors does not
    // close them.
    let streams = unsafe {
        [rustix::stdio::take_stdin(), rustix::stdio::take_stdout(), rustix::stdio::take_stderr()]
    };
    let Confined { functions, strict } = start(&mut state.descriptors, streams);
    (state.allowed, state.strict) = (functions, strict);
}

/// Takes a descriptor that the caller of the program left open for it. To be
/// called at most once for each number, before anything else is opened.
///
/// # Errors
///
/// When the number is a standard stream's, or none that is open.
pub(crate) fn take_descriptor(number: u32) -> rustix::io::Result<OwnedFd> {
    let is_stream = number < quench_policy::STANDARD_STREAMS;
    let number = i32::try_from(number).ok().filter(|_| !is_stream);
    let number = number.ok_or(rustix::io::Errno::BADF)?;
    // SAFETY: it is only asked whether it is open.
    rustix::io::fcntl_getfd(unsafe { BorrowedFd::borrow_raw(number) })?;
    // SAFETY: it is open, and nothing here has opened it.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}
