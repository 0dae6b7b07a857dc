//! The table of contents: every function of WASI preview 1 under the symbol
//! that its import becomes, in the C calling convention. Each gets the guest's
//! memory and descriptors, does its work in safe code, and returns an errno.
//!
//! # Safety
//!
//! None of the functions here calls the guest, so the memory is borrowed by one call at a
//! time. The symbols are named after the imports and collide with nothing else.
#![allow(unsafe_code, reason = "the guest's memory is taken here")]

use crate::errno::Errno;
use crate::guest::Guest;
use crate::memory::Memory;
use crate::path::operations::{self as path, At, Request, Times};
use crate::socket;
use crate::state::state;
use crate::types::Dialect;
use crate::{clock, directory, environment, fd, filestat, io, poll, process, random};
use quench_abi::ValueType;
use quench_policy::{FUNCTIONS, Functions};
use quench_runtime_support::guest_memory;

/// Carries out a call to a function; `itself` is its bit in sets of functions. A
/// program without a memory is treated as if it had one of no bytes.
fn call(itself: usize, function: impl FnOnce(&mut Guest<'_>) -> Result<(), Errno>) -> i32 {
    let state = state();
    if !state.allowed.has(itself) {
        return i32::from(Errno::NotCapable as u16);
    }
    // SAFETY: the memory is not kept beyond the call.
    let mut memory = unsafe { guest_memory() };
    let bytes = match &mut memory {
        Some(memory) => memory.bytes_mut(0, memory.length()).unwrap_or_default(),
        None => &mut [],
    };
    let mut guest =
        Guest { memory: Memory(bytes), descriptors: &mut state.descriptors, strict: state.strict };
    match function(&mut guest) {
        Ok(()) => 0,
        Err(errno) => i32::from(errno as u16),
    }
}

/// A type of parameters of exported functions.
trait Parameter {
    /// The type that WebAssembly has for it.
    const TYPE: ValueType;
}

impl Parameter for u32 {
    const TYPE: ValueType = ValueType::I32;
}

impl Parameter for u64 {
    const TYPE: ValueType = ValueType::I64;
}

impl Parameter for i64 {
    const TYPE: ValueType = ValueType::I64;
}

/// Exports each function from both modules, and fails to compile where the
/// functions or the types of their parameters are not those of
/// [`quench_policy::FUNCTIONS`]. A function gets the guest and its
/// parameters; `DIALECT` says which module it is called through.
macro_rules! exports {
    ($($name:ident($($parameter:ident: $type:ty),*) => $function:expr;)*) => {
        exports!(preview1, "wasi_snapshot_preview1.", Dialect::Preview1,
            $($name($($parameter: $type),*) => $function;)*);
        exports!(unstable, "wasi_unstable.", Dialect::Unstable,
            $($name($($parameter: $type),*) => $function;)*);
    };
    ($module:ident, $prefix:literal, $dialect:expr,
     $($name:ident($($parameter:ident: $type:ty),*) => $function:expr;)*) => {
        mod $module {
            use super::*;

            const DIALECT: Dialect = $dialect;

            #[unsafe(export_name = concat!($prefix, "proc_exit"))]
            extern "C" fn proc_exit(status: u32) -> ! {
                process::exit(status)
            }

            // As many as there are, `proc_exit` apart. Each is one of them, and the
            // compiler takes none twice; so none is missing.
            const _: () = assert!([$(stringify!($name)),*].len() == FUNCTIONS.len() - 1);

            $(
                const _: () = assert!(
                    quench_policy::has_parameters(stringify!($name), &[$(<$type>::TYPE),*]),
                    concat!(stringify!($name), " has other parameters in the table of functions"),
                );

                #[unsafe(export_name = concat!($prefix, stringify!($name)))]
                extern "C" fn $name($($parameter: $type),*) -> i32 {
                    let itself = const { Functions::bit_of_module(stringify!($name)) };
                    call(itself, |guest| ($function)(guest, $($parameter),*))
                }
            )*
        }
    };
}

exports! {
    args_get(pointers: u32, strings: u32) => environment::args_get;
    args_sizes_get(count: u32, size: u32) => environment::args_sizes_get;
    environ_get(pointers: u32, strings: u32) => environment::environ_get;
    environ_sizes_get(count: u32, size: u32) => environment::environ_sizes_get;
    clock_res_get(id: u32, resolution: u32) => clock::res_get;
    clock_time_get(id: u32, precision: u64, time: u32) => clock::time_get;
    fd_advise(fd: u32, offset: u64, length: u64, advice: u32) => fd::advise;
    fd_allocate(fd: u32, offset: u64, length: u64) => fd::allocate;
    fd_close(fd: u32) => fd::close;
    fd_datasync(fd: u32) => fd::datasync;
    fd_fdstat_get(fd: u32, result: u32) => fd::fdstat_get;
    fd_fdstat_set_flags(fd: u32, flags: u32) => fd::fdstat_set_flags;
    fd_fdstat_set_rights(fd: u32, base: u64, inheriting: u64) => fd::fdstat_set_rights;
    fd_filestat_get(fd: u32, result: u32) =>
        |guest, fd, result| filestat::get(guest, DIALECT, fd, result);
    fd_filestat_set_size(fd: u32, size: u64) => filestat::set_size;
    fd_filestat_set_times(fd: u32, accessed: u64, modified: u64, flags: u32) => filestat::set_times;
    fd_pread(fd: u32, list: u32, count: u32, offset: u64, read: u32) => io::fd_pread;
    fd_prestat_get(fd: u32, result: u32) => fd::prestat_get;
    fd_prestat_dir_name(fd: u32, buffer: u32, length: u32) => fd::prestat_dir_name;
    fd_pwrite(fd: u32, list: u32, count: u32, offset: u64, written: u32) => io::fd_pwrite;
    fd_read(fd: u32, list: u32, count: u32, read: u32) => io::fd_read;
    fd_readdir(fd: u32, buffer: u32, length: u32, cookie: u64, used: u32) => directory::readdir;
    fd_renumber(from: u32, to: u32) => fd::renumber;
    fd_seek(fd: u32, offset: i64, whence: u32, result: u32) =>
        |guest, fd, offset, whence, result| fd::seek(guest, DIALECT, fd, offset, whence, result);
    fd_sync(fd: u32) => fd::sync;
    fd_tell(fd: u32, result: u32) => fd::tell;
    fd_write(fd: u32, list: u32, count: u32, written: u32) => io::fd_write;
    path_create_directory(fd: u32, address: u32, length: u32) =>
        |guest, fd, address, length| path::create_directory(guest, fd, At { address, length });
    path_filestat_get(fd: u32, flags: u32, address: u32, length: u32, result: u32) =>
        |guest, fd, flags, address, length, result|
            path::filestat_get(guest, DIALECT, fd, flags, At { address, length }, result);
    path_filestat_set_times(fd: u32, flags: u32, address: u32, length: u32,
        accessed: u64, modified: u64, fst_flags: u32) =>
        |guest, fd, flags, address, length, accessed, modified, fst_flags|
            path::filestat_set_times(guest, fd, flags, At { address, length },
                &Times { accessed, modified, flags: fst_flags });
    path_link(from_fd: u32, flags: u32, from: u32, from_length: u32,
        to_fd: u32, to: u32, to_length: u32) =>
        |guest, from_fd, flags, from, from_length, to_fd, to, to_length|
            path::link(guest, from_fd, flags, At { address: from, length: from_length },
                to_fd, At { address: to, length: to_length });
    path_open(fd: u32, lookup_flags: u32, address: u32, length: u32, oflags: u32,
        rights: u64, inheriting: u64, fdflags: u32, result: u32) =>
        |guest, fd, lookup_flags, address, length, oflags, rights, _, fdflags, result|
            path::path_open(guest, fd, At { address, length },
                &Request { lookup_flags, oflags, rights, fdflags }, result);
    path_readlink(fd: u32, address: u32, length: u32, buffer: u32, size: u32, used: u32) =>
        |guest, fd, address, length, buffer, size, used|
            path::readlink(guest, fd, At { address, length }, buffer, size, used);
    path_remove_directory(fd: u32, address: u32, length: u32) =>
        |guest, fd, address, length| path::remove_directory(guest, fd, At { address, length });
    path_rename(from_fd: u32, from: u32, from_length: u32, to_fd: u32, to: u32, to_length: u32) =>
        |guest, from_fd, from, from_length, to_fd, to, to_length|
            path::rename(guest, from_fd, At { address: from, length: from_length },
                to_fd, At { address: to, length: to_length });
    path_symlink(target: u32, target_length: u32, fd: u32, address: u32, length: u32) =>
        |guest, target, target_length, fd, address, length|
            path::symlink(guest, At { address: target, length: target_length },
                fd, At { address, length });
    path_unlink_file(fd: u32, address: u32, length: u32) =>
        |guest, fd, address, length| path::unlink_file(guest, fd, At { address, length });
    poll_oneoff(subscriptions: u32, events: u32, count: u32, happened: u32) =>
        |guest, subscriptions, events, count, happened|
            poll::oneoff(guest, DIALECT, subscriptions, events, count, happened);
    proc_raise(signal: u32) => process::raise;
    sched_yield() => process::sched_yield;
    random_get(buffer: u32, length: u32) => random::get;
    sock_accept(fd: u32, flags: u32, result: u32) => socket::accept;
    sock_recv(fd: u32, buffers: u32, count: u32, flags: u32, length: u32, result_flags: u32) =>
        socket::recv;
    sock_send(fd: u32, buffers: u32, count: u32, flags: u32, length: u32) => socket::send;
    sock_shutdown(fd: u32, how: u32) => socket::shutdown;
}
