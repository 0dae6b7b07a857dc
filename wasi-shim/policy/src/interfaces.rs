//! The functions of WASI 0.2 and 0.3 that components import: their types, in the syntax of WIT, and
//! what they need. Each is one row of [`INTERFACE_FUNCTIONS`].

use crate::functions::Group::{self, *};
use crate::system_call::SystemCall::{self, *};

/// A function of WASI, as a component imports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InterfaceFunction {
    /// Interface and name of the function: `wasi:io/poll.poll`.
    pub name: &'static str,
    /// The second number of the version of WASI that it is of.
    pub version: u8,
    /// The group with which it is allowed and denied.
    pub group: Group,
    /// Types of parameters and result, without names of parameters. Names of types are those
    /// of [`NAMED_TYPES`], in WASI 0.3 of [`NAMED_TYPES_3`].
    pub ty: &'static str,
    /// Whether it resolves paths, and so makes [`RESOLUTION`](crate::RESOLUTION).
    pub resolves_paths: bool,
    /// Whether it makes only system calls of the kernel's strict mode when it works on
    /// standard streams; see [`STRICT`](crate::STRICT).
    pub strict_on_streams: bool,
    /// System calls that it is carried out with, outside of strict mode and beside those of
    /// resolving paths.
    pub system_calls: &'static [SystemCall],
}

/// Makes the row of a function with what most of them have in common.
macro_rules! row {
    ($group:ident, $interface:literal, $name:literal, $ty:literal, [$($call:ident),*]) => {
        InterfaceFunction {
            name: concat!("wasi:", $interface, ".", $name),
            version: 2,
            group: $group,
            ty: $ty,
            resolves_paths: false,
            strict_on_streams: false,
            system_calls: &[$($call),*],
        }
    };
}

/// All functions: those of WASI 0.2 and those of 0.3, each in the order of the specification.
pub const INTERFACE_FUNCTIONS: [InterfaceFunction; 123] = [
    row!(Environ, "cli/environment", "get-environment", "() -> list<tuple<string, string>>", []).strict_on_streams(),
    row!(Args, "cli/environment", "get-arguments", "() -> list<string>", []).strict_on_streams(),
    row!(Environ, "cli/environment", "initial-cwd", "() -> option<string>", []).strict_on_streams(),
    row!(Process, "cli/exit", "exit", "(result)", []).strict_on_streams(),
    row!(Process, "cli/exit", "exit-with-code", "(u8)", []).strict_on_streams(),
    row!(Descriptors, "io/error", "[method]error.to-debug-string", "(borrow<error>) -> string", []),
    row!(Polling, "io/poll", "[method]pollable.ready", "(borrow<pollable>) -> bool", [Ppoll, ClockGettime, Fstat]),
    row!(Polling, "io/poll", "[method]pollable.block", "(borrow<pollable>)", [Ppoll, ClockGettime, Fstat]),
    row!(Polling, "io/poll", "poll", "(list<borrow<pollable>>) -> list<u32>", [Ppoll, ClockGettime, Fstat]),
    row!(Descriptors, "io/streams", "[method]input-stream.read", "(borrow<input-stream>, u64) -> result<list<u8>, stream-error>", [Readv, Preadv, Fstat, Ppoll, ClockGettime]),
    row!(Descriptors, "io/streams", "[method]input-stream.blocking-read", "(borrow<input-stream>, u64) -> result<list<u8>, stream-error>", [Readv, Preadv, Fstat, Ppoll, ClockGettime]),
    row!(Descriptors, "io/streams", "[method]input-stream.skip", "(borrow<input-stream>, u64) -> result<u64, stream-error>", [Readv, Preadv, Fstat, Ppoll, ClockGettime]),
    row!(Descriptors, "io/streams", "[method]input-stream.blocking-skip", "(borrow<input-stream>, u64) -> result<u64, stream-error>", [Readv, Preadv, Fstat, Ppoll, ClockGettime]),
    row!(Descriptors, "io/streams", "[method]input-stream.subscribe", "(borrow<input-stream>) -> pollable", []),
    row!(Descriptors, "io/streams", "[method]output-stream.check-write", "(borrow<output-stream>) -> result<u64, stream-error>", [Writev, Pwritev, Pwritev2, Ppoll, RtSigaction]),
    row!(Descriptors, "io/streams", "[method]output-stream.write", "(borrow<output-stream>, list<u8>) -> result<_, stream-error>", [Writev, Pwritev, Pwritev2, Ppoll, RtSigaction]),
    row!(Descriptors, "io/streams", "[method]output-stream.blocking-write-and-flush", "(borrow<output-stream>, list<u8>) -> result<_, stream-error>", [Writev, Pwritev, Pwritev2, Ppoll, RtSigaction]),
    row!(Descriptors, "io/streams", "[method]output-stream.flush", "(borrow<output-stream>) -> result<_, stream-error>", [Writev, Pwritev, Pwritev2, Ppoll, RtSigaction]),
    row!(Descriptors, "io/streams", "[method]output-stream.blocking-flush", "(borrow<output-stream>) -> result<_, stream-error>", [Writev, Pwritev, Pwritev2, Ppoll, RtSigaction]),
    row!(Descriptors, "io/streams", "[method]output-stream.subscribe", "(borrow<output-stream>) -> pollable", []),
    row!(Descriptors, "io/streams", "[method]output-stream.write-zeroes", "(borrow<output-stream>, u64) -> result<_, stream-error>", [Writev, Pwritev, Pwritev2, Ppoll, RtSigaction]),
    row!(Descriptors, "io/streams", "[method]output-stream.blocking-write-zeroes-and-flush", "(borrow<output-stream>, u64) -> result<_, stream-error>", [Writev, Pwritev, Pwritev2, Ppoll, RtSigaction]),
    row!(Descriptors, "io/streams", "[method]output-stream.splice", "(borrow<output-stream>, borrow<input-stream>, u64) -> result<u64, stream-error>", [Readv, Preadv, Fstat, Ppoll, ClockGettime, Writev, Pwritev, Pwritev2, RtSigaction]),
    row!(Descriptors, "io/streams", "[method]output-stream.blocking-splice", "(borrow<output-stream>, borrow<input-stream>, u64) -> result<u64, stream-error>", [Readv, Preadv, Fstat, Ppoll, ClockGettime, Writev, Pwritev, Pwritev2, RtSigaction]),
    row!(Descriptors, "cli/stdin", "get-stdin", "() -> input-stream", []).strict_on_streams(),
    row!(Descriptors, "cli/stdout", "get-stdout", "() -> output-stream", []).strict_on_streams(),
    row!(Descriptors, "cli/stderr", "get-stderr", "() -> output-stream", []).strict_on_streams(),
    row!(Descriptors, "cli/terminal-stdin", "get-terminal-stdin", "() -> option<terminal-input>", []).strict_on_streams(),
    row!(Descriptors, "cli/terminal-stdout", "get-terminal-stdout", "() -> option<terminal-output>", []).strict_on_streams(),
    row!(Descriptors, "cli/terminal-stderr", "get-terminal-stderr", "() -> option<terminal-output>", []).strict_on_streams(),
    row!(Clocks, "clocks/monotonic-clock", "now", "() -> u64", [ClockGettime]),
    row!(Clocks, "clocks/monotonic-clock", "resolution", "() -> u64", [ClockGetres]),
    row!(Clocks, "clocks/monotonic-clock", "subscribe-instant", "(u64) -> pollable", []),
    row!(Clocks, "clocks/monotonic-clock", "subscribe-duration", "(u64) -> pollable", [ClockGettime]),
    row!(Clocks, "clocks/wall-clock", "now", "() -> datetime", [ClockGettime]),
    row!(Clocks, "clocks/wall-clock", "resolution", "() -> datetime", [ClockGetres]),
    row!(Files, "filesystem/types", "[method]descriptor.read-via-stream", "(borrow<descriptor>, u64) -> result<input-stream, error-code>", [Fstat]),
    row!(Files, "filesystem/types", "[method]descriptor.write-via-stream", "(borrow<descriptor>, u64) -> result<output-stream, error-code>", [Fstat]),
    row!(Files, "filesystem/types", "[method]descriptor.append-via-stream", "(borrow<descriptor>) -> result<output-stream, error-code>", [Fstat, FcntlGetfl, FcntlSetfl]),
    row!(Files, "filesystem/types", "[method]descriptor.advise", "(borrow<descriptor>, u64, u64, advice) -> result<_, error-code>", [Fadvise64]),
    row!(Files, "filesystem/types", "[method]descriptor.sync-data", "(borrow<descriptor>) -> result<_, error-code>", [Fdatasync]),
    row!(Files, "filesystem/types", "[method]descriptor.get-flags", "(borrow<descriptor>) -> result<descriptor-flags, error-code>", [FcntlGetfl]),
    row!(Files, "filesystem/types", "[method]descriptor.get-type", "(borrow<descriptor>) -> result<descriptor-type, error-code>", [Fstat]),
    row!(Files, "filesystem/types", "[method]descriptor.set-size", "(borrow<descriptor>, u64) -> result<_, error-code>", [Ftruncate]),
    row!(Files, "filesystem/types", "[method]descriptor.set-times", "(borrow<descriptor>, new-timestamp, new-timestamp) -> result<_, error-code>", [Utimensat]),
    row!(Files, "filesystem/types", "[method]descriptor.read", "(borrow<descriptor>, u64, u64) -> result<tuple<list<u8>, bool>, error-code>", [Preadv]),
    row!(Files, "filesystem/types", "[method]descriptor.write", "(borrow<descriptor>, list<u8>, u64) -> result<u64, error-code>", [Pwritev]),
    row!(Files, "filesystem/types", "[method]descriptor.read-directory", "(borrow<descriptor>) -> result<directory-entry-stream, error-code>", [Close]).resolves_paths(),
    row!(Files, "filesystem/types", "[method]descriptor.sync", "(borrow<descriptor>) -> result<_, error-code>", [Fsync]),
    row!(Files, "filesystem/types", "[method]descriptor.create-directory-at", "(borrow<descriptor>, string) -> result<_, error-code>", [Mkdirat]).resolves_paths(),
    row!(Files, "filesystem/types", "[method]descriptor.stat", "(borrow<descriptor>) -> result<descriptor-stat, error-code>", [Fstat]),
    row!(Files, "filesystem/types", "[method]descriptor.stat-at", "(borrow<descriptor>, path-flags, string) -> result<descriptor-stat, error-code>", [Fstat]).resolves_paths(),
    row!(Files, "filesystem/types", "[method]descriptor.set-times-at", "(borrow<descriptor>, path-flags, string, new-timestamp, new-timestamp) -> result<_, error-code>", [Utimensat]).resolves_paths(),
    row!(Files, "filesystem/types", "[method]descriptor.link-at", "(borrow<descriptor>, path-flags, string, borrow<descriptor>, string) -> result<_, error-code>", [Linkat]).resolves_paths(),
    row!(Files, "filesystem/types", "[method]descriptor.open-at", "(borrow<descriptor>, path-flags, string, open-flags, descriptor-flags) -> result<descriptor, error-code>", [Fstat, Close]).resolves_paths(),
    row!(Files, "filesystem/types", "[method]descriptor.readlink-at", "(borrow<descriptor>, string) -> result<string, error-code>", []).resolves_paths(),
    row!(Files, "filesystem/types", "[method]descriptor.remove-directory-at", "(borrow<descriptor>, string) -> result<_, error-code>", [Unlinkat]).resolves_paths(),
    row!(Files, "filesystem/types", "[method]descriptor.rename-at", "(borrow<descriptor>, string, borrow<descriptor>, string) -> result<_, error-code>", [Renameat]).resolves_paths(),
    row!(Files, "filesystem/types", "[method]descriptor.symlink-at", "(borrow<descriptor>, string, string) -> result<_, error-code>", [Symlinkat]).resolves_paths(),
    row!(Files, "filesystem/types", "[method]descriptor.unlink-file-at", "(borrow<descriptor>, string) -> result<_, error-code>", [Unlinkat]).resolves_paths(),
    row!(Files, "filesystem/types", "[method]descriptor.is-same-object", "(borrow<descriptor>, borrow<descriptor>) -> bool", [Fstat]),
    row!(Files, "filesystem/types", "[method]descriptor.metadata-hash", "(borrow<descriptor>) -> result<metadata-hash-value, error-code>", [Fstat]),
    row!(Files, "filesystem/types", "[method]descriptor.metadata-hash-at", "(borrow<descriptor>, path-flags, string) -> result<metadata-hash-value, error-code>", [Fstat]).resolves_paths(),
    row!(Files, "filesystem/types", "[method]directory-entry-stream.read-directory-entry", "(borrow<directory-entry-stream>) -> result<option<directory-entry>, error-code>", [Lseek, Getdents64, Newfstatat]),
    row!(Files, "filesystem/types", "filesystem-error-code", "(borrow<error>) -> option<error-code>", []),
    row!(Files, "filesystem/preopens", "get-directories", "() -> list<tuple<descriptor, string>>", [Close]),
    row!(Random, "random/random", "get-random-bytes", "(u64) -> list<u8>", [Getrandom]),
    row!(Random, "random/random", "get-random-u64", "() -> u64", [Getrandom]),
    row!(Random, "random/insecure", "get-insecure-random-bytes", "(u64) -> list<u8>", [Getrandom]),
    row!(Random, "random/insecure", "get-insecure-random-u64", "() -> u64", [Getrandom]),
    row!(Random, "random/insecure-seed", "insecure-seed", "() -> tuple<u64, u64>", [Getrandom]),
    row!(Sockets, "sockets/instance-network", "instance-network", "() -> network", []),
    row!(Sockets, "sockets/udp-create-socket", "create-udp-socket", "(ip-address-family) -> result<udp-socket, network-error-code>", []),
    row!(Sockets, "sockets/tcp-create-socket", "create-tcp-socket", "(ip-address-family) -> result<tcp-socket, network-error-code>", []),
    row!(Sockets, "sockets/ip-name-lookup", "resolve-addresses", "(borrow<network>, string) -> result<resolve-address-stream, network-error-code>", []),
    row!(Environ, "cli/environment", "get-environment", "() -> list<tuple<string, string>>", []).strict_on_streams().of_version_3(),
    row!(Args, "cli/environment", "get-arguments", "() -> list<string>", []).strict_on_streams().of_version_3(),
    row!(Environ, "cli/environment", "get-initial-cwd", "() -> option<string>", []).strict_on_streams().of_version_3(),
    row!(Process, "cli/exit", "exit", "(result)", []).strict_on_streams().of_version_3(),
    row!(Process, "cli/exit", "exit-with-code", "(u8)", []).strict_on_streams().of_version_3(),
    row!(Descriptors, "cli/stdin", "read-via-stream", "() -> tuple<stream<u8>, future<result<_, stream-error-code>>>", [Readv, Preadv, Fstat, Ppoll, ClockGettime]).of_version_3(),
    row!(Descriptors, "cli/stdout", "write-via-stream", "(stream<u8>) -> future<result<_, stream-error-code>>", [Writev, Pwritev, Pwritev2, Ppoll, RtSigaction, ClockGettime, Fstat]).of_version_3(),
    row!(Descriptors, "cli/stderr", "write-via-stream", "(stream<u8>) -> future<result<_, stream-error-code>>", [Writev, Pwritev, Pwritev2, Ppoll, RtSigaction, ClockGettime, Fstat]).of_version_3(),
    row!(Descriptors, "cli/terminal-stdin", "get-terminal-stdin", "() -> option<terminal-input>", []).strict_on_streams().of_version_3(),
    row!(Descriptors, "cli/terminal-stdout", "get-terminal-stdout", "() -> option<terminal-output>", []).strict_on_streams().of_version_3(),
    row!(Descriptors, "cli/terminal-stderr", "get-terminal-stderr", "() -> option<terminal-output>", []).strict_on_streams().of_version_3(),
    row!(Clocks, "clocks/monotonic-clock", "now", "() -> u64", [ClockGettime]).of_version_3(),
    row!(Clocks, "clocks/monotonic-clock", "get-resolution", "() -> u64", [ClockGetres]).of_version_3(),
    row!(Clocks, "clocks/monotonic-clock", "wait-until", "async (u64)", [Ppoll, ClockGettime]).of_version_3(),
    row!(Clocks, "clocks/monotonic-clock", "wait-for", "async (u64)", [Ppoll, ClockGettime]).of_version_3(),
    row!(Clocks, "clocks/system-clock", "now", "() -> instant", [ClockGettime]).of_version_3(),
    row!(Clocks, "clocks/system-clock", "get-resolution", "() -> u64", [ClockGetres]).of_version_3(),
    row!(Files, "filesystem/types", "[method]descriptor.read-via-stream", "(borrow<descriptor>, u64) -> tuple<stream<u8>, future<result<_, error-code>>>", [Readv, Preadv, Fstat, Ppoll, ClockGettime]).of_version_3(),
    row!(Files, "filesystem/types", "[method]descriptor.write-via-stream", "(borrow<descriptor>, stream<u8>, u64) -> future<result<_, error-code>>", [Writev, Pwritev, Pwritev2, Ppoll, RtSigaction, ClockGettime, Fstat]).of_version_3(),
    row!(Files, "filesystem/types", "[method]descriptor.append-via-stream", "(borrow<descriptor>, stream<u8>) -> future<result<_, error-code>>", [Writev, Pwritev, Pwritev2, Ppoll, RtSigaction, ClockGettime, Fstat]).of_version_3(),
    row!(Files, "filesystem/types", "[method]descriptor.advise", "async (borrow<descriptor>, u64, u64, advice) -> result<_, error-code>", [Fadvise64]).of_version_3(),
    row!(Files, "filesystem/types", "[method]descriptor.sync-data", "async (borrow<descriptor>) -> result<_, error-code>", [Fdatasync]).of_version_3(),
    row!(Files, "filesystem/types", "[method]descriptor.get-flags", "async (borrow<descriptor>) -> result<descriptor-flags, error-code>", [FcntlGetfl]).of_version_3(),
    row!(Files, "filesystem/types", "[method]descriptor.get-type", "async (borrow<descriptor>) -> result<descriptor-type, error-code>", [Fstat]).of_version_3(),
    row!(Files, "filesystem/types", "[method]descriptor.set-size", "async (borrow<descriptor>, u64) -> result<_, error-code>", [Ftruncate]).of_version_3(),
    row!(Files, "filesystem/types", "[method]descriptor.set-times", "async (borrow<descriptor>, new-timestamp, new-timestamp) -> result<_, error-code>", [Utimensat]).of_version_3(),
    row!(Files, "filesystem/types", "[method]descriptor.read-directory", "(borrow<descriptor>) -> tuple<stream<directory-entry>, future<result<_, error-code>>>", [Close, Lseek, Getdents64, Newfstatat, Ppoll, ClockGettime]).resolves_paths().of_version_3(),
    row!(Files, "filesystem/types", "[method]descriptor.sync", "async (borrow<descriptor>) -> result<_, error-code>", [Fsync]).of_version_3(),
    row!(Files, "filesystem/types", "[method]descriptor.create-directory-at", "async (borrow<descriptor>, string) -> result<_, error-code>", [Mkdirat]).resolves_paths().of_version_3(),
    row!(Files, "filesystem/types", "[method]descriptor.stat", "async (borrow<descriptor>) -> result<descriptor-stat, error-code>", [Fstat]).of_version_3(),
    row!(Files, "filesystem/types", "[method]descriptor.stat-at", "async (borrow<descriptor>, path-flags, string) -> result<descriptor-stat, error-code>", [Fstat]).resolves_paths().of_version_3(),
    row!(Files, "filesystem/types", "[method]descriptor.set-times-at", "async (borrow<descriptor>, path-flags, string, new-timestamp, new-timestamp) -> result<_, error-code>", [Utimensat]).resolves_paths().of_version_3(),
    row!(Files, "filesystem/types", "[method]descriptor.link-at", "async (borrow<descriptor>, path-flags, string, borrow<descriptor>, string) -> result<_, error-code>", [Linkat, Fstat]).resolves_paths().of_version_3(),
    row!(Files, "filesystem/types", "[method]descriptor.open-at", "async (borrow<descriptor>, path-flags, string, open-flags, descriptor-flags) -> result<descriptor, error-code>", [Fstat, Close]).resolves_paths().of_version_3(),
    row!(Files, "filesystem/types", "[method]descriptor.readlink-at", "async (borrow<descriptor>, string) -> result<string, error-code>", []).resolves_paths().of_version_3(),
    row!(Files, "filesystem/types", "[method]descriptor.remove-directory-at", "async (borrow<descriptor>, string) -> result<_, error-code>", [Unlinkat, Fstat]).resolves_paths().of_version_3(),
    row!(Files, "filesystem/types", "[method]descriptor.rename-at", "async (borrow<descriptor>, string, borrow<descriptor>, string) -> result<_, error-code>", [Renameat]).resolves_paths().of_version_3(),
    row!(Files, "filesystem/types", "[method]descriptor.symlink-at", "async (borrow<descriptor>, string, string) -> result<_, error-code>", [Symlinkat]).resolves_paths().of_version_3(),
    row!(Files, "filesystem/types", "[method]descriptor.unlink-file-at", "async (borrow<descriptor>, string) -> result<_, error-code>", [Unlinkat]).resolves_paths().of_version_3(),
    row!(Files, "filesystem/types", "[method]descriptor.is-same-object", "async (borrow<descriptor>, borrow<descriptor>) -> bool", [Fstat]).of_version_3(),
    row!(Files, "filesystem/types", "[method]descriptor.metadata-hash", "async (borrow<descriptor>) -> result<metadata-hash-value, error-code>", [Fstat]).of_version_3(),
    row!(Files, "filesystem/types", "[method]descriptor.metadata-hash-at", "async (borrow<descriptor>, path-flags, string) -> result<metadata-hash-value, error-code>", [Fstat]).resolves_paths().of_version_3(),
    row!(Files, "filesystem/preopens", "get-directories", "() -> list<tuple<descriptor, string>>", [Close]).of_version_3(),
    row!(Random, "random/random", "get-random-bytes", "(u64) -> list<u8>", [Getrandom]).of_version_3(),
    row!(Random, "random/random", "get-random-u64", "() -> u64", [Getrandom]).of_version_3(),
    row!(Random, "random/insecure", "get-insecure-random-bytes", "(u64) -> list<u8>", [Getrandom]).of_version_3(),
    row!(Random, "random/insecure", "get-insecure-random-u64", "() -> u64", [Getrandom]).of_version_3(),
    row!(Random, "random/insecure-seed", "get-insecure-seed", "() -> tuple<u64, u64>", [Getrandom]).of_version_3(),];

/// The types of resources that functions of WASI 0.2 work on, by the interface that defines
/// them.
pub const INTERFACE_RESOURCES: [&str; 14] = [
    "wasi:io/error.error",
    "wasi:io/poll.pollable",
    "wasi:io/streams.input-stream",
    "wasi:io/streams.output-stream",
    "wasi:cli/terminal-input.terminal-input",
    "wasi:cli/terminal-output.terminal-output",
    "wasi:filesystem/types.descriptor",
    "wasi:filesystem/types.directory-entry-stream",
    "wasi:sockets/network.network",
    "wasi:sockets/tcp.tcp-socket",
    "wasi:sockets/udp.udp-socket",
    "wasi:sockets/udp.incoming-datagram-stream",
    "wasi:sockets/udp.outgoing-datagram-stream",
    "wasi:sockets/ip-name-lookup.resolve-address-stream",
];

/// The same of WASI 0.3.
pub const INTERFACE_RESOURCES_3: [&str; 3] = [
    "wasi:cli/terminal-input.terminal-input",
    "wasi:cli/terminal-output.terminal-output",
    "wasi:filesystem/types.descriptor",
];

/// Changes to the row of a function that differs from most.
impl InterfaceFunction {
    const fn resolves_paths(mut self) -> InterfaceFunction {
        self.resolves_paths = true;
        self
    }

    const fn of_version_3(mut self) -> InterfaceFunction {
        self.version = 3;
        self
    }

    const fn strict_on_streams(mut self) -> InterfaceFunction {
        self.strict_on_streams = true;
        self
    }
}

/// The types that have a name in [`InterfaceFunction::ty`]: their names and definitions, in
/// which only later types are named.
pub const NAMED_TYPES: [(&str, &str); 14] = [
    ("stream-error", "variant { last-operation-failed(error), closed }"),
    ("new-timestamp", "variant { no-change, now, timestamp(datetime) }"),
    (
        "descriptor-stat",
        "record { type: descriptor-type, link-count: u64, size: u64, \
         data-access-timestamp: option<datetime>, \
         data-modification-timestamp: option<datetime>, \
         status-change-timestamp: option<datetime> }",
    ),
    ("directory-entry", "record { type: descriptor-type, name: string }"),
    ("datetime", "record { seconds: u64, nanoseconds: u32 }"),
    (
        "error-code",
        "enum { access, would-block, already, bad-descriptor, busy, deadlock, quota, exist, \
         file-too-large, illegal-byte-sequence, in-progress, interrupted, invalid, io, \
         is-directory, loop, too-many-links, message-size, name-too-long, no-device, no-entry, \
         no-lock, insufficient-memory, insufficient-space, not-directory, not-empty, \
         not-recoverable, unsupported, no-tty, no-such-device, overflow, not-permitted, pipe, \
         read-only, invalid-seek, text-file-busy, cross-device }",
    ),
    ("advice", "enum { normal, sequential, random, will-need, dont-need, no-reuse }"),
    (
        "descriptor-flags",
        "flags { read, write, file-integrity-sync, data-integrity-sync, requested-write-sync, \
         mutate-directory }",
    ),
    (
        "descriptor-type",
        "enum { unknown, block-device, character-device, directory, fifo, symbolic-link, \
         regular-file, socket }",
    ),
    ("path-flags", "flags { symlink-follow }"),
    ("open-flags", "flags { create, directory, exclusive, truncate }"),
    ("metadata-hash-value", "record { lower: u64, upper: u64 }"),
    (
        "network-error-code",
        "enum { unknown, access-denied, not-supported, invalid-argument, out-of-memory, timeout, \
         concurrency-conflict, not-in-progress, would-block, invalid-state, new-socket-limit, \
         address-not-bindable, address-in-use, remote-unreachable, connection-refused, \
         connection-reset, connection-aborted, datagram-too-large, name-unresolvable, \
         temporary-resolver-failure, permanent-resolver-failure }",
    ),
    ("ip-address-family", "enum { ipv4, ipv6 }"),
];

/// The same for functions of WASI 0.3.
pub const NAMED_TYPES_3: [(&str, &str); 12] = [
    ("new-timestamp", "variant { no-change, now, timestamp(instant) }"),
    (
        "descriptor-stat",
        "record { type: descriptor-type, link-count: u64, size: u64, \
         data-access-timestamp: option<instant>, \
         data-modification-timestamp: option<instant>, \
         status-change-timestamp: option<instant> }",
    ),
    ("directory-entry", "record { type: descriptor-type, name: string }"),
    ("instant", "record { seconds: s64, nanoseconds: u32 }"),
    (
        "error-code",
        "variant { access, already, bad-descriptor, busy, deadlock, quota, exist, \
         file-too-large, illegal-byte-sequence, in-progress, interrupted, invalid, io, \
         is-directory, loop, too-many-links, message-size, name-too-long, no-device, no-entry, \
         no-lock, insufficient-memory, insufficient-space, not-directory, not-empty, \
         not-recoverable, unsupported, no-tty, no-such-device, overflow, not-permitted, pipe, \
         read-only, invalid-seek, text-file-busy, cross-device, other(option<string>) }",
    ),
    ("stream-error-code", "enum { io, illegal-byte-sequence, pipe }"),
    ("advice", "enum { normal, sequential, random, will-need, dont-need, no-reuse }"),
    (
        "descriptor-flags",
        "flags { read, write, file-integrity-sync, data-integrity-sync, requested-write-sync, \
         mutate-directory }",
    ),
    (
        "descriptor-type",
        "variant { block-device, character-device, directory, fifo, symbolic-link, \
         regular-file, socket, other(option<string>) }",
    ),
    ("path-flags", "flags { symlink-follow }"),
    ("open-flags", "flags { create, directory, exclusive, truncate }"),
    ("metadata-hash-value", "record { lower: u64, upper: u64 }"),
];
