//! WASI preview 1 for an executable: the functions a guest imports, its
//! descriptors, and the sandbox that keeps its paths inside the directories it
//! was given. Knows Linux (through rustix) and the policy baked into the
//! executable; knows nothing about how code is made.
//!
//! Errors are those of the specification and, where it is silent, those of
//! wasmtime. Where the shim does otherwise, on purpose:
//!
//! - A pointer out of memory is `fault`, not a trap; an unknown flag, clock or
//!   `whence` is `inval`, not a trap.
//! - Slashes at the end of a path mean what they mean to Linux, and what a
//!   symbolic link says can be read even if it is an absolute path.
//! - Rights can be given up (`fd_fdstat_set_rights`), as the specification
//!   says; what was given up is refused with `notcapable`.
//! - `fd_allocate`, the `sync` flags of `path_open`, the clocks of processor
//!   time and exit statuses above 125 work.
//! - A bad descriptor in `poll_oneoff` is an error of its event, not of the
//!   call.
//! - SIGPIPE stays as the caller left it: writing to a pipe that nobody reads
//!   ends the program quietly, as it does a native one.
#![no_std]

mod clock;
mod command_line;
mod descriptors;
mod directory;
mod environment;
mod errno;
mod exports;
mod fd;
mod filestat;
mod io;
mod listener;
mod lockdown;
mod memory;
mod narrow;
mod path;
mod poll;
mod process;
mod random;
mod socket;
mod start;
mod types;

use descriptors::Descriptors;
use memory::Memory;

/// What a function of WASI acts on, for the time of one call.
struct Guest<'a> {
    memory: Memory<'a>,
    descriptors: &'a mut Descriptors,
    /// Of the system calls that read and write there are only the plain ones.
    strict: bool,
}
