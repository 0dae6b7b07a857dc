//! Waiting where the kernel does not.
//!
//! Whether calls wait is a property of the open file, which a program shares with whoever
//! started it and with all who have the same terminal. A standard stream always waits:
//! guests do not expect `again` from it, and whether its file waits may change at any
//! moment. A socket waits until the guest learns that it does not; see
//! [`Descriptor::waits`].

use crate::descriptors::{Descriptor, Kind};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, Result};

/// Makes a system call on a descriptor, again when it was interrupted and, where the guest
/// expects that, when the descriptor has become ready.
pub(crate) fn wait_for<T>(
    descriptor: &Descriptor,
    ready: PollFlags,
    mut call: impl FnMut() -> Result<T>,
) -> Result<T> {
    loop {
        match call() {
            Err(error) if is_to_try_again(descriptor, ready, error, None) => {}
            result => return result,
        }
    }
}

/// Returns whether a call that failed is to be made again, when the time for that has come.
/// `heed_broken_pipes` is that of [`Descriptors`](crate::descriptors::Descriptors).
#[cold]
#[inline(never)]
pub(crate) fn is_to_try_again(
    descriptor: &Descriptor,
    ready: PollFlags,
    error: Errno,
    heed_broken_pipes: Option<fn() -> bool>,
) -> bool {
    let is_stream = descriptor.kind == Kind::Stdio;
    match error {
        Errno::INTR => true,
        Errno::AGAIN if is_stream || descriptor.waits => {
            let mut places = [PollFd::new(descriptor, ready)];
            poll(&mut places, None) != Err(Errno::INVAL)
        }
        // The next try ends the program.
        Errno::PIPE if is_stream => heed_broken_pipes.is_some_and(|heed| heed()),
        _ => false,
    }
}
