//! WASI preview 1 for an executable: the functions a guest imports, its
//! descriptors, and the sandbox that keeps its paths inside the directories it
//! was given. Knows Linux (through rustix) and the policy baked into the
//! executable; knows nothing about how code is made.
//!
//! Errors are those of the specification and, where it is silent, those of
//! wasmtime. The shim differs on purpose in these cases:
//!
//! - A pointer out of memory is `fault`, not a trap; an unknown flag, clock or
//!   `whence` is `inval`, not a trap.
//! - Slashes at the end of a path mean what they mean to Linux, and the target of
//!   a symbolic link can be read even if it is an absolute path.
//! - Rights can be given up (`fd_fdstat_set_rights`), as the specification
//!   says; using one that was given up is `notcapable`.
//! - `fd_allocate`, the `sync` flags of `path_open`, the clocks of processor
//!   time and exit statuses above 125 work.
//! - A bad descriptor in `poll_oneoff` is an error of its event, not of the
//!   call.
//! - `SIGPIPE` is what the caller left it for the standard streams: writing to a pipe
//!   that nobody reads ends the program quietly, as it does a native one. Elsewhere the
//!   call fails with `pipe`.
#![no_std]

#[cfg(any(feature = "archive", test))]
mod archive;
mod clock;
mod command_line;
mod descriptors;
mod directory;
mod environment;
mod errno;
mod exports;
mod fd;
mod file;
mod filestat;
mod guest;
mod io;
mod listener;
mod lockdown;
mod memory;
mod narrow;
#[cfg(feature = "components")]
mod objects;
#[cfg(feature = "components")]
mod p2;
#[cfg(feature = "components")]
mod p3;
mod path;
mod poll;
mod process;
mod random;
mod socket;
mod start;
mod state;
mod types;
mod waiting;
