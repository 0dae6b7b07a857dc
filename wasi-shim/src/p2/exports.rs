//! The table of contents: every function of WASI 0.2 under the symbol that its import
//! becomes, in the C calling convention. Each function does its work in safe code.
//!
//! A function of the component `wasi:cli/stdout@0.2.6` with the name `get-stdout` has the
//! symbol `wasi-0.2:cli/stdout.get-stdout`, whatever the last number of the version. Its
//! first argument is the context of the import. A result that is one number is returned;
//! any other is written to the address that the last argument is.
//!
//! # Safety
//!
//! The symbols are named after the imports and collide with nothing else.
#![allow(unsafe_code, reason = "see Safety")]

use super::filesystem::OpenFlags;
use super::host::Host;
use super::resources::DESCRIPTOR;
use super::{cli, clocks, errors, filesystem, poll, random, sockets, streams};
use crate::state::{State, state};
use quench_abi::component::Lowering;
use quench_component_support::{Call, trap_line};
use quench_policy::Functions;
use quench_runtime_support::Line;

/// Traps unless the program may call the function with this bit.
pub(crate) fn require(state: &State, bit: usize, name: &'static str) {
    if !state.allowed.has(bit) {
        trap_line(Line::new("trap: the program may not call ").text(name));
    }
}

/// Exports functions. After `->` is what is returned as it is; what a function without it
/// returns is written to memory.
macro_rules! functions {
    ($($interface:literal $name:literal ($($parameter:ident: $type:ty),*) $(-> $result:ty)?
        => $function:expr;)*) => {$(
        const _: () = {
            functions!(@ $interface $name ($($parameter: $type),*) $($result)? => $function);
        };
    )*};
    (require $state:ident, $name:expr) => {
        require($state, const { Functions::bit_of_component(2, $name) }, $name)
    };
    (@ $interface:literal $name:literal ($($parameter:ident: $type:ty),*) $result:ty
        => $function:expr) => {
        #[unsafe(export_name = concat!("wasi-0.2:", $interface, ".", $name))]
        extern "C" fn exported(lowering: &'static Lowering, $($parameter: $type),*) -> $result {
            let mut call = Call::new(lowering);
            let state = state();
            functions!(require state, concat!("wasi:", $interface, ".", $name));
            let host = &mut Host { call: &mut call, state, descriptor: &DESCRIPTOR };
            ($function)(host, $($parameter),*)
        }
    };
    (@ $interface:literal $name:literal ($($parameter:ident: $type:ty),*) => $function:expr) => {
        #[unsafe(export_name = concat!("wasi-0.2:", $interface, ".", $name))]
        extern "C" fn exported(lowering: &'static Lowering, $($parameter: $type,)* address: u32) {
            let mut call = Call::new(lowering);
            let state = state();
            functions!(require state, concat!("wasi:", $interface, ".", $name));
            let host = &mut Host { call: &mut call, state, descriptor: &DESCRIPTOR };
            let result = ($function)(host, $($parameter),*);
            call.give(address, result);
        }
    };
}

functions! {
    "cli/environment" "get-environment"() => cli::get_environment;
    "cli/environment" "get-arguments"() => cli::get_arguments;
    "cli/environment" "initial-cwd"() => cli::initial_cwd;
    "cli/exit" "exit"(failed: u32) -> () => cli::exit;
    "cli/exit" "exit-with-code"(code: u32) -> () => cli::exit_with_code;
    "cli/stdin" "get-stdin"() -> u32 => cli::get_stdin;
    "cli/stdout" "get-stdout"() -> u32 => cli::get_stdout;
    "cli/stderr" "get-stderr"() -> u32 => cli::get_stderr;
    "cli/terminal-stdin" "get-terminal-stdin"() => cli::get_terminal_stdin;
    "cli/terminal-stdout" "get-terminal-stdout"() => cli::get_terminal_stdout;
    "cli/terminal-stderr" "get-terminal-stderr"() => cli::get_terminal_stderr;

    "io/error" "[method]error.to-debug-string"(this: u32) => errors::to_debug_string;
    "io/poll" "[method]pollable.ready"(this: u32) -> u32 => poll::ready;
    "io/poll" "[method]pollable.block"(this: u32) -> () => poll::block;
    "io/poll" "poll"(list: u32, length: u32) => poll::poll;
    "io/streams" "[method]input-stream.read"(this: u32, length: u64) => streams::read;
    "io/streams" "[method]input-stream.blocking-read"(this: u32, length: u64)
        => streams::blocking_read;
    "io/streams" "[method]input-stream.skip"(this: u32, length: u64) => streams::skip;
    "io/streams" "[method]input-stream.blocking-skip"(this: u32, length: u64)
        => streams::blocking_skip;
    "io/streams" "[method]input-stream.subscribe"(this: u32) -> u32 => streams::subscribe_input;
    "io/streams" "[method]output-stream.check-write"(this: u32) => streams::check_write;
    "io/streams" "[method]output-stream.write"(this: u32, list: u32, length: u32)
        => streams::write;
    "io/streams" "[method]output-stream.blocking-write-and-flush"
        (this: u32, list: u32, length: u32) => streams::write;
    "io/streams" "[method]output-stream.flush"(this: u32) => streams::flush;
    "io/streams" "[method]output-stream.blocking-flush"(this: u32) => streams::flush;
    "io/streams" "[method]output-stream.subscribe"(this: u32) -> u32
        => streams::subscribe_output;
    "io/streams" "[method]output-stream.write-zeroes"(this: u32, length: u64)
        => streams::write_zeroes;
    "io/streams" "[method]output-stream.blocking-write-zeroes-and-flush"(this: u32, length: u64)
        => streams::write_zeroes;
    "io/streams" "[method]output-stream.splice"(this: u32, source: u32, length: u64)
        => streams::splice;
    "io/streams" "[method]output-stream.blocking-splice"(this: u32, source: u32, length: u64)
        => streams::blocking_splice;

    "clocks/monotonic-clock" "now"() -> u64 => clocks::monotonic_now;
    "clocks/monotonic-clock" "resolution"() -> u64 => clocks::monotonic_resolution;
    "clocks/monotonic-clock" "subscribe-instant"(when: u64) -> u32 => clocks::subscribe_instant;
    "clocks/monotonic-clock" "subscribe-duration"(duration: u64) -> u32
        => clocks::subscribe_duration;
    "clocks/wall-clock" "now"() => clocks::wall_now;
    "clocks/wall-clock" "resolution"() => clocks::wall_resolution;

    "random/random" "get-random-bytes"(length: u64) => random::get_bytes;
    "random/random" "get-random-u64"() -> u64 => random::get_u64;
    "random/insecure" "get-insecure-random-bytes"(length: u64) => random::get_bytes;
    "random/insecure" "get-insecure-random-u64"() -> u64 => random::get_u64;
    "random/insecure-seed" "insecure-seed"() => random::seed;

    "filesystem/preopens" "get-directories"() => filesystem::get_directories;
    "filesystem/types" "[method]descriptor.read-via-stream"(this: u32, offset: u64)
        => filesystem::read_via_stream;
    "filesystem/types" "[method]descriptor.write-via-stream"(this: u32, offset: u64)
        => filesystem::write_via_stream;
    "filesystem/types" "[method]descriptor.append-via-stream"(this: u32)
        => filesystem::append_via_stream;
    "filesystem/types" "[method]descriptor.advise"
        (this: u32, offset: u64, length: u64, advice: u32) => filesystem::advise;
    "filesystem/types" "[method]descriptor.sync-data"(this: u32) => filesystem::sync_data;
    "filesystem/types" "[method]descriptor.get-flags"(this: u32) => filesystem::get_flags;
    "filesystem/types" "[method]descriptor.get-type"(this: u32) => filesystem::get_type;
    "filesystem/types" "[method]descriptor.set-size"(this: u32, size: u64)
        => filesystem::set_size;
    "filesystem/types" "[method]descriptor.set-times"
        (this: u32, accessed: u32, accessed_seconds: u64, accessed_nanoseconds: u32,
            modified: u32, modified_seconds: u64, modified_nanoseconds: u32)
        => |host, this, accessed, accessed_seconds, accessed_nanoseconds,
            modified, modified_seconds, modified_nanoseconds|
            filesystem::set_times(host, this,
                (accessed, accessed_seconds, accessed_nanoseconds),
                (modified, modified_seconds, modified_nanoseconds));
    "filesystem/types" "[method]descriptor.read"(this: u32, length: u64, offset: u64)
        => filesystem::read;
    "filesystem/types" "[method]descriptor.write"
        (this: u32, list: u32, length: u32, offset: u64) => filesystem::write;
    "filesystem/types" "[method]descriptor.read-directory"(this: u32)
        => filesystem::read_directory;
    "filesystem/types" "[method]descriptor.sync"(this: u32) => filesystem::sync;
    "filesystem/types" "[method]descriptor.create-directory-at"
        (this: u32, path: u32, length: u32)
        => |host, this, path, length|
            filesystem::create_directory_at(host, this, (path, length));
    "filesystem/types" "[method]descriptor.stat"(this: u32) => filesystem::stat;
    "filesystem/types" "[method]descriptor.stat-at"
        (this: u32, flags: u32, path: u32, length: u32)
        => |host, this, flags, path, length|
            filesystem::stat_at(host, this, flags, (path, length));
    "filesystem/types" "[method]descriptor.set-times-at"
        (this: u32, flags: u32, path: u32, length: u32,
            accessed: u32, accessed_seconds: u64, accessed_nanoseconds: u32,
            modified: u32, modified_seconds: u64, modified_nanoseconds: u32)
        => |host, this, flags, path, length,
            accessed, accessed_seconds, accessed_nanoseconds,
            modified, modified_seconds, modified_nanoseconds|
            filesystem::set_times_at(host, this, flags, (path, length),
                (accessed, accessed_seconds, accessed_nanoseconds),
                (modified, modified_seconds, modified_nanoseconds));
    "filesystem/types" "[method]descriptor.link-at"
        (this: u32, flags: u32, path: u32, length: u32, other: u32, new: u32, new_length: u32)
        => |host, this, flags, path, length, other, new, new_length|
            filesystem::link_at(host, this, flags, (path, length), other, (new, new_length));
    "filesystem/types" "[method]descriptor.open-at"
        (this: u32, flags: u32, path: u32, length: u32, open: u32, descriptor: u32)
        => |host, this, flags, path, length, open, descriptor|
            filesystem::open_at(host, this, (path, length),
                &OpenFlags { path: flags, open, descriptor });
    "filesystem/types" "[method]descriptor.readlink-at"(this: u32, path: u32, length: u32)
        => |host, this, path, length| filesystem::readlink_at(host, this, (path, length));
    "filesystem/types" "[method]descriptor.remove-directory-at"
        (this: u32, path: u32, length: u32)
        => |host, this, path, length|
            filesystem::remove_directory_at(host, this, (path, length));
    "filesystem/types" "[method]descriptor.rename-at"
        (this: u32, path: u32, length: u32, other: u32, new: u32, new_length: u32)
        => |host, this, path, length, other, new, new_length|
            filesystem::rename_at(host, this, (path, length), other, (new, new_length));
    "filesystem/types" "[method]descriptor.symlink-at"
        (this: u32, target: u32, target_length: u32, path: u32, length: u32)
        => |host, this, target, target_length, path, length|
            filesystem::symlink_at(host, this, (target, target_length), (path, length));
    "filesystem/types" "[method]descriptor.unlink-file-at"(this: u32, path: u32, length: u32)
        => |host, this, path, length| filesystem::unlink_file_at(host, this, (path, length));
    "filesystem/types" "[method]descriptor.is-same-object"(this: u32, other: u32) -> u32
        => filesystem::is_same_object;
    "filesystem/types" "[method]descriptor.metadata-hash"(this: u32)
        => filesystem::metadata_hash;
    "filesystem/types" "[method]descriptor.metadata-hash-at"
        (this: u32, flags: u32, path: u32, length: u32)
        => |host, this, flags, path, length|
            filesystem::metadata_hash_at(host, this, flags, (path, length));
    "filesystem/types" "[method]directory-entry-stream.read-directory-entry"(this: u32)
        => filesystem::read_directory_entry;
    "filesystem/types" "filesystem-error-code"(error: u32) => errors::filesystem_error_code;

    "sockets/instance-network" "instance-network"() -> u32 => sockets::instance_network;
    "sockets/tcp-create-socket" "create-tcp-socket"(family: u32) => sockets::create_socket;
    "sockets/udp-create-socket" "create-udp-socket"(family: u32) => sockets::create_socket;
    "sockets/ip-name-lookup" "resolve-addresses"(network: u32, name: u32, length: u32)
        => sockets::resolve_addresses;
}

/// Ends a program after its `run`: with status 1 if that failed.
#[unsafe(export_name = "wasi:run.end")]
extern "C" fn end(failed: u32) -> ! {
    quench_runtime_support::exit(i32::from(failed != 0))
}
