//! The table of contents: every function of WASI 0.3 under the symbol that its import
//! becomes, and every resource, in the C calling convention. Each function does its work in
//! safe code.
//!
//! A function has a symbol as in WASI 0.2, which begins with `wasi-0.3:`. Functions that a
//! component may wait for have a second one, with `[async]` before the name, for callers that
//! go on meanwhile: it writes its result to the address that the last argument is, and
//! returns how far the call is. If its other arguments are more than four numbers, they are
//! in memory.
//!
//! # Safety
//!
//! The symbols are named after the imports and collide with nothing else. A resource's
//! record is never written to.
#![allow(unsafe_code, reason = "see Safety")]

use super::errors::Failure;
use super::{filesystem, streams, wait};
use crate::clock::{nanoseconds, now};
use crate::p2::exports::require;
use crate::p2::filesystem::{self as files, OpenFlags};
use crate::p2::host::Host;
use crate::p2::resources::{Resource, drop_descriptor};
use crate::p2::{cli, clocks, random};
use crate::state::state;
use quench_abi::component::Lowering;
use quench_component_support::{Call, Interest, RETURNED, subtask};
use quench_policy::Functions;
use rustix::time::{ClockId, clock_getres, clock_gettime};

/// Exports types of resources: name, interface, and the function that is called with the
/// state and what a handle stood for when an own handle is dropped.
macro_rules! resources {
    ($($RESOURCE:ident = $interface:literal $name:literal => $drop:expr;)*) => {$(
        #[unsafe(export_name = concat!("wasi-0.3:", $interface, ".", $name))]
        static $RESOURCE: Resource = {
            unsafe extern "C" fn destructor(representation: u32) {
                ($drop)(state(), representation)
            }
            Resource::new($name, destructor)
        };
    )*};
}

resources! {
    TERMINAL_INPUT = "cli/terminal-input" "terminal-input" => |_, _| {};
    TERMINAL_OUTPUT = "cli/terminal-output" "terminal-output" => |_, _| {};
    DESCRIPTOR = "filesystem/types" "descriptor" => drop_descriptor;
}

/// Begins a call: traps unless it is allowed, and calls a function with the host.
macro_rules! called {
    ($call:ident, $name:expr, $function:expr $(, $argument:expr)*) => {{
        let state = state();
        require(state, const { Functions::bit_of_component(3, $name) }, $name);
        let host = &mut Host { call: &mut $call, state, descriptor: &DESCRIPTOR };
        ($function)(host $(, $argument)*)
    }};
}

/// Exports functions that nobody waits for. After `->` is what is returned as it is; what a
/// function without it returns is written to memory.
macro_rules! functions {
    ($($interface:literal $name:literal ($($parameter:ident: $type:ty),*) $(-> $result:ty)?
        => $function:expr;)*) => {$(
        const _: () = {
            functions!(@ $interface $name ($($parameter: $type),*) $($result)? => $function);
        };
    )*};
    (@ $interface:literal $name:literal ($($parameter:ident: $type:ty),*) $result:ty
        => $function:expr) => {
        #[unsafe(export_name = concat!("wasi-0.3:", $interface, ".", $name))]
        extern "C" fn exported(lowering: &'static Lowering, $($parameter: $type),*) -> $result {
            let mut call = Call::new(lowering);
            called!(call, concat!("wasi:", $interface, ".", $name), $function $(, $parameter)*)
        }
    };
    (@ $interface:literal $name:literal ($($parameter:ident: $type:ty),*) => $function:expr) => {
        #[unsafe(export_name = concat!("wasi-0.3:", $interface, ".", $name))]
        extern "C" fn exported(lowering: &'static Lowering, $($parameter: $type,)* address: u32) {
            let mut call = Call::new(lowering);
            let result =
                called!(call, concat!("wasi:", $interface, ".", $name), $function $(, $parameter)*);
            call.give(address, result);
        }
    };
}

/// A number as it is in memory.
trait Argument {
    /// The number as it is passed.
    type Passed;
    /// Number of bytes.
    const SIZE: u32;
    /// The power of 2 that its address is a multiple of.
    const ALIGNMENT: u32;

    fn from_bytes(bytes: [u8; 8]) -> Self::Passed;
}

impl Argument for u32 {
    type Passed = u32;
    const SIZE: u32 = 4;
    const ALIGNMENT: u32 = 4;

    fn from_bytes([a, b, c, d, ..]: [u8; 8]) -> u32 {
        u32::from_le_bytes([a, b, c, d])
    }
}

impl Argument for u64 {
    type Passed = u64;
    const SIZE: u32 = 8;
    const ALIGNMENT: u32 = 8;

    fn from_bytes(bytes: [u8; 8]) -> u64 {
        u64::from_le_bytes(bytes)
    }
}

/// A byte: flags.
struct Byte;

impl Argument for Byte {
    type Passed = u32;
    const SIZE: u32 = 1;
    const ALIGNMENT: u32 = 1;

    fn from_bytes([byte, ..]: [u8; 8]) -> u32 {
        byte.into()
    }
}

/// The case of a `new-timestamp`.
struct Case;

impl Argument for Case {
    type Passed = u32;
    const SIZE: u32 = 1;
    const ALIGNMENT: u32 = 8;

    fn from_bytes([byte, ..]: [u8; 8]) -> u32 {
        byte.into()
    }
}

/// Arguments in a caller's memory.
struct Arguments<'a> {
    call: &'a mut Call,
    place: u32,
}

impl Arguments<'_> {
    /// Reads the next one.
    fn next<T: Argument>(&mut self) -> T::Passed {
        self.place = self.place.next_multiple_of(T::ALIGNMENT);
        let memory = self.call.memory();
        let place = Call::bytes(&memory, self.place, T::SIZE);
        let mut bytes = [0; 8];
        for (byte, other) in bytes.iter_mut().zip(place) {
            *byte = *other;
        }
        self.place += T::SIZE;
        T::from_bytes(bytes)
    }
}

/// Exports functions of files, which are done at once. Arguments are in memory where `in
/// memory` says so.
macro_rules! file_functions {
    ($($name:literal ($($parameter:ident: $type:ty),*) $(in $memory:ident)? => $function:expr;)*) => {$(
        const _: () = {
            const NAME: &str = concat!("wasi:filesystem/types.[method]descriptor.", $name);

            #[unsafe(export_name = concat!("wasi-0.3:filesystem/types.[method]descriptor.", $name))]
            extern "C" fn waited_for(
                lowering: &'static Lowering,
                $($parameter: <$type as Argument>::Passed,)* address: u32,
            ) {
                let mut call = Call::new(lowering);
                let result = called!(call, NAME, $function $(, $parameter)*);
                call.give(address, result.map_err(Failure::from));
            }

            file_functions!(@ $name ($($parameter: $type),*) $($memory)?);
        };
    )*};
    (@ $name:literal ($($parameter:ident: $type:ty),*)) => {
        #[unsafe(export_name = concat!("wasi-0.3:filesystem/types.[async][method]descriptor.", $name))]
        extern "C" fn exported(
            lowering: &'static Lowering,
            $($parameter: <$type as Argument>::Passed,)* address: u32,
        ) -> u32 {
            waited_for(lowering $(, $parameter)*, address);
            RETURNED
        }
    };
    (@ $name:literal ($($parameter:ident: $type:ty),*) $memory:ident) => {
        #[unsafe(export_name = concat!("wasi-0.3:filesystem/types.[async][method]descriptor.", $name))]
        extern "C" fn exported(
            lowering: &'static Lowering, $memory: u32, address: u32,
        ) -> u32 {
            let mut call = Call::new(lowering);
            let mut arguments = Arguments { call: &mut call, place: $memory };
            $(let $parameter = arguments.next::<$type>();)*
            waited_for(lowering $(, $parameter)*, address);
            RETURNED
        }
    };
}

functions! {
    "cli/environment" "get-environment"() => cli::get_environment;
    "cli/environment" "get-arguments"() => cli::get_arguments;
    "cli/environment" "get-initial-cwd"() => cli::initial_cwd;
    "cli/exit" "exit"(failed: u32) -> () => cli::exit;
    "cli/exit" "exit-with-code"(code: u32) -> () => cli::exit_with_code;
    "cli/stdin" "read-via-stream"() => streams::stdin;
    "cli/stdout" "write-via-stream"(data: u32) -> u32 => streams::stdout;
    "cli/stderr" "write-via-stream"(data: u32) -> u32 => streams::stderr;
    "cli/terminal-stdin" "get-terminal-stdin"()
        => |host| cli::terminal(host, &TERMINAL_INPUT, cli::STDIN);
    "cli/terminal-stdout" "get-terminal-stdout"()
        => |host| cli::terminal(host, &TERMINAL_OUTPUT, cli::STDOUT);
    "cli/terminal-stderr" "get-terminal-stderr"()
        => |host| cli::terminal(host, &TERMINAL_OUTPUT, cli::STDERR);

    "clocks/monotonic-clock" "now"() -> u64 => clocks::monotonic_now;
    "clocks/monotonic-clock" "get-resolution"() -> u64 => clocks::monotonic_resolution;
    "clocks/system-clock" "now"() => |_: &mut Host<'_>| {
        let time = clock_gettime(ClockId::Realtime);
        (time.tv_sec, time.tv_nsec as u32)
    };
    "clocks/system-clock" "get-resolution"() -> u64
        => |_: &mut Host<'_>| nanoseconds(clock_getres(ClockId::Realtime));

    "random/random" "get-random-bytes"(length: u64) => random::get_bytes;
    "random/random" "get-random-u64"() -> u64 => random::get_u64;
    "random/insecure" "get-insecure-random-bytes"(length: u64) => random::get_bytes;
    "random/insecure" "get-insecure-random-u64"() -> u64 => random::get_u64;
    "random/insecure-seed" "get-insecure-seed"() => random::seed;

    "filesystem/preopens" "get-directories"() => files::get_directories;
    "filesystem/types" "[method]descriptor.read-via-stream"(this: u32, offset: u64)
        => filesystem::read_via_stream;
    "filesystem/types" "[method]descriptor.write-via-stream"(this: u32, data: u32, offset: u64)
        -> u32 => filesystem::write_via_stream;
    "filesystem/types" "[method]descriptor.append-via-stream"(this: u32, data: u32) -> u32
        => filesystem::append_via_stream;
    "filesystem/types" "[method]descriptor.read-directory"(this: u32)
        => filesystem::read_directory;
}

file_functions! {
    "advise"(this: u32, offset: u64, length: u64, advice: Byte) => files::advise;
    "sync-data"(this: u32) => files::sync_data;
    "get-flags"(this: u32) => files::get_flags;
    "get-type"(this: u32) => filesystem::get_type;
    "set-size"(this: u32, size: u64) => files::set_size;
    "set-times"(this: u32, accessed: Case, accessed_seconds: u64, accessed_nanoseconds: u32,
        modified: Case, modified_seconds: u64, modified_nanoseconds: u32) in memory
        => |host, this, accessed, accessed_seconds, accessed_nanoseconds,
            modified, modified_seconds, modified_nanoseconds|
            files::set_times(host, this,
                (accessed, accessed_seconds, accessed_nanoseconds),
                (modified, modified_seconds, modified_nanoseconds));
    "sync"(this: u32) => files::sync;
    "create-directory-at"(this: u32, path: u32, length: u32)
        => |host, this, path, length| files::create_directory_at(host, this, (path, length));
    "stat"(this: u32) => filesystem::stat;
    "stat-at"(this: u32, flags: Byte, path: u32, length: u32)
        => |host, this, flags, path, length|
            filesystem::stat_at(host, this, flags, (path, length));
    "set-times-at"(this: u32, flags: Byte, path: u32, length: u32,
        accessed: Case, accessed_seconds: u64, accessed_nanoseconds: u32,
        modified: Case, modified_seconds: u64, modified_nanoseconds: u32) in memory
        => |host, this, flags, path, length,
            accessed, accessed_seconds, accessed_nanoseconds,
            modified, modified_seconds, modified_nanoseconds|
            files::set_times_at(host, this, flags, (path, length),
                (accessed, accessed_seconds, accessed_nanoseconds),
                (modified, modified_seconds, modified_nanoseconds));
    "link-at"(this: u32, flags: Byte, path: u32, length: u32,
        other: u32, new: u32, new_length: u32) in memory
        => |host, this, flags, path, length, other, new, new_length|
            filesystem::link_at(host, this, flags, (path, length), other, (new, new_length));
    "open-at"(this: u32, flags: Byte, path: u32, length: u32, open: Byte, descriptor: Byte)
        in memory
        => |host, this, flags, path, length, open, descriptor|
            files::open_at(host, this, (path, length),
                &OpenFlags { path: flags, open, descriptor });
    "readlink-at"(this: u32, path: u32, length: u32)
        => |host, this, path, length| files::readlink_at(host, this, (path, length));
    "remove-directory-at"(this: u32, path: u32, length: u32)
        => |host, this, path, length| filesystem::remove_directory_at(host, this, (path, length));
    "rename-at"(this: u32, path: u32, length: u32, other: u32, new: u32, new_length: u32)
        in memory
        => |host, this, path, length, other, new, new_length|
            files::rename_at(host, this, (path, length), other, (new, new_length));
    "symlink-at"(this: u32, target: u32, target_length: u32, path: u32, length: u32) in memory
        => |host, this, target, target_length, path, length|
            files::symlink_at(host, this, (target, target_length), (path, length));
    "unlink-file-at"(this: u32, path: u32, length: u32)
        => |host, this, path, length| files::unlink_file_at(host, this, (path, length));
    "metadata-hash"(this: u32) => files::metadata_hash;
    "metadata-hash-at"(this: u32, flags: Byte, path: u32, length: u32)
        => |host, this, flags, path, length|
            files::metadata_hash_at(host, this, flags, (path, length));
}

/// Exports a function that is the same for callers that wait and for others: with the name,
/// the parameter, and how far away the time is that it waits for.
macro_rules! waiting_functions {
    ($($name:literal ($parameter:ident) => $until:expr;)*) => {$(
        const _: () = {
            const NAME: &str = concat!("wasi:clocks/monotonic-clock.", $name);

            #[unsafe(export_name = concat!("wasi-0.3:clocks/monotonic-clock.", $name))]
            extern "C" fn waited_for(lowering: &'static Lowering, $parameter: u64) {
                let mut call = Call::new(lowering);
                let until = called!(call, NAME, |_: &mut Host<'_>| $until);
                quench_component_support::wait(&call, Interest::Until(until));
            }

            #[unsafe(export_name = concat!("wasi-0.3:clocks/monotonic-clock.[async]", $name))]
            extern "C" fn exported(lowering: &'static Lowering, $parameter: u64) -> u32 {
                let mut call = Call::new(lowering);
                let until = called!(call, NAME, |_: &mut Host<'_>| $until);
                if until <= now(ClockId::Monotonic) {
                    return RETURNED;
                }
                subtask(&call, Interest::Until(until))
            }
        };
    )*};
}

waiting_functions! {
    "wait-until"(when) => when;
    "wait-for"(duration) => now(ClockId::Monotonic).saturating_add(duration);
}

const IS_SAME_OBJECT: &str = "wasi:filesystem/types.[method]descriptor.is-same-object";

#[unsafe(export_name = "wasi-0.3:filesystem/types.[method]descriptor.is-same-object")]
extern "C" fn is_same_object(lowering: &'static Lowering, this: u32, other: u32) -> u32 {
    let mut call = Call::new(lowering);
    called!(call, IS_SAME_OBJECT, files::is_same_object, this, other)
}

#[unsafe(export_name = "wasi-0.3:filesystem/types.[async][method]descriptor.is-same-object")]
extern "C" fn is_same_object_async(
    lowering: &'static Lowering,
    this: u32,
    other: u32,
    address: u32,
) -> u32 {
    let is_same = is_same_object(lowering, this, other);
    Call::new(lowering).give(address, is_same != 0);
    RETURNED
}

/// Waits for what tasks wait for; see [`wait::wait`].
#[unsafe(no_mangle)]
extern "C" fn quench_component_wait(waits: u32) {
    wait::wait(waits != 0);
}
