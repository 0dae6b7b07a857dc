//! Streams of bytes and of entries of directories, and the futures that say how they ended.
//! What a component reads comes right out of the kernel, and what it writes goes there.

use super::errors::{DescriptorType, Failure, StreamFailure};
use crate::directory;
use crate::errno::Errno;
use crate::objects::{Flow, Object, Position, Stream};
use crate::p2::cli::{STDERR, STDIN, STDOUT};
use crate::p2::host::Host;
use crate::p2::streams::{advanced, is_ready, may_wait, transfer_out};
use crate::state::state;
use crate::types::rights::{FD_READ, FD_READDIR};
use crate::waiting::is_to_try_again;
use quench_component_support::{
    Call, HostChannel, HostEnd, HostOperations, Interest, Layout, Store, Text, Transfer,
    future_of_host, stream_of_host, take_stream, trap,
};
use rustix::event::PollFlags;
use rustix::io::{self, Errno as Linux, IoSliceMut};

static BYTES: HostChannel = HostChannel::new::<u8>("stream<u8>", true);

static ENTRIES: HostChannel = HostChannel::new::<Entry>(
    "stream<record { type: variant { block-device, character-device, directory, fifo, \
     symbolic-link, regular-file, socket, other(option<string>) }, name: string }>",
    false,
);

static STREAM_RESULT: HostChannel = HostChannel::new::<Result<(), StreamFailure>>(
    "future<result<_, enum { io, illegal-byte-sequence, pipe }>>",
    false,
);

static FILE_RESULT: HostChannel = HostChannel::new::<Result<(), Failure>>(
    "future<result<_, variant { access, already, bad-descriptor, busy, deadlock, quota, exist, \
     file-too-large, illegal-byte-sequence, in-progress, interrupted, invalid, io, is-directory, \
     loop, too-many-links, message-size, name-too-long, no-device, no-entry, no-lock, \
     insufficient-memory, insufficient-space, not-directory, not-empty, not-recoverable, \
     unsupported, no-tty, no-such-device, overflow, not-permitted, pipe, read-only, \
     invalid-seek, text-file-busy, cross-device, other(option<string>) }>>",
    false,
);

static READ: HostOperations = HostOperations { transfer: read, end: end_of_stream };
static LIST: HostOperations = HostOperations { transfer: list, end: end_of_stream };
static WRITE: HostOperations = HostOperations { transfer: write, end: end_of_stream };
static TELL_STREAM: HostOperations =
    HostOperations { transfer: tell::<StreamFailure>, end: release };
static TELL_FILE: HostOperations = HostOperations { transfer: tell::<Failure>, end: release };

/// The future that says how a stream ended: that of standard streams or that of files.
#[derive(Clone, Copy)]
pub(super) enum Report {
    OfStream,
    OfFile,
}

/// Begins a flow, or one that ended at once with an error; returns its number.
fn begin(host: &mut Host<'_>, stream: Result<Stream, Errno>) -> u32 {
    let flow = match stream {
        Ok(stream) => Flow { stream, outcome: None, ends: 2 },
        Err(errno) => Flow {
            stream: Stream { descriptor: u32::MAX, position: Position::Own, closed: true },
            outcome: Some(Err(errno)),
            ends: 2,
        },
    };
    match host.state.objects.insert(Object::Flow(flow)) {
        Ok(number) => number,
        Err(_) => trap("too many streams of the host"),
    }
}

/// Gives the caller the future of a flow.
fn give_report(host: &Host<'_>, number: u32, report: Report) -> u32 {
    let (ty, operations) = match report {
        Report::OfStream => (&STREAM_RESULT, &TELL_STREAM),
        Report::OfFile => (&FILE_RESULT, &TELL_FILE),
    };
    future_of_host(host.call.instance(), ty, HostEnd { operations, data: number })
}

/// Gives the caller a stream to read, and its future.
pub(super) fn give(
    host: &mut Host<'_>,
    stream: Result<Stream, Errno>,
    report: Report,
) -> (u32, u32) {
    let number = begin(host, stream);
    let end = HostEnd { operations: &READ, data: number };
    let readable = stream_of_host(host.call.instance(), &BYTES, end);
    (readable, give_report(host, number, report))
}

/// Gives the caller the entries of a directory, which was opened for that.
pub(super) fn give_entries(host: &mut Host<'_>, descriptor: Result<u32, Errno>) -> (u32, u32) {
    let stream = |descriptor| Stream { descriptor, position: Position::At(0), closed: false };
    let number = begin(host, descriptor.map(stream));
    let end = HostEnd { operations: &LIST, data: number };
    let readable = stream_of_host(host.call.instance(), &ENTRIES, end);
    (readable, give_report(host, number, Report::OfFile))
}

/// Writes what comes out of a stream of the caller's; returns the future.
pub(super) fn take(
    host: &mut Host<'_>,
    readable: u32,
    stream: Result<Stream, Errno>,
    report: Report,
) -> u32 {
    let number = begin(host, stream);
    let future = give_report(host, number, report);
    let end = HostEnd { operations: &WRITE, data: number };
    if let Some(writer) = take_stream(host.call.instance(), &BYTES, readable, end) {
        (writer.operations.end)(writer.data);
        trap("a stream of the host's can only be written to another one by a component");
    }
    future
}

fn standard(descriptor: u32) -> Result<Stream, Errno> {
    Ok(Stream { descriptor, position: Position::Own, closed: false })
}

pub(super) fn stdin(host: &mut Host<'_>) -> (u32, u32) {
    give(host, standard(STDIN), Report::OfStream)
}

pub(super) fn stdout(host: &mut Host<'_>, readable: u32) -> u32 {
    take(host, readable, standard(STDOUT), Report::OfStream)
}

pub(super) fn stderr(host: &mut Host<'_>, readable: u32) -> u32 {
    take(host, readable, standard(STDERR), Report::OfStream)
}

/// Notes how a stream ended, if nobody has yet, and that its end is of no use any more.
fn conclude(number: u32, outcome: Result<(), Errno>) -> Transfer {
    let objects = &mut state().objects;
    let flow = objects.flow(number);
    objects.set_flow(number, Flow { outcome: Some(flow.outcome.unwrap_or(outcome)), ..flow });
    release(number);
    Transfer::Ended
}

/// Is called when a component has dropped its end of a stream.
fn end_of_stream(number: u32) {
    conclude(number, Ok(()));
}

/// Notes that one end more is of no use.
fn release(number: u32) {
    let state = state();
    let flow = state.objects.flow(number);
    if flow.ends > 1 {
        state.objects.set_flow(number, Flow { ends: flow.ends - 1, ..flow });
    } else {
        state.objects.remove(number, &mut state.descriptors);
    }
}

/// Writes how a stream ended to the memory of a component that asks, when it has.
fn tell<E: Store + From<Errno>>(number: u32, call: &mut Call, address: u32, _: u32) -> Transfer {
    let Some(outcome) = state().objects.flow(number).outcome else {
        return Transfer::Waits(Interest::Change);
    };
    call.give(address, outcome.map_err(E::from));
    release(number);
    Transfer::Copied(1)
}

/// Reads from the kernel into a component's memory.
fn read(number: u32, call: &mut Call, address: u32, count: u32) -> Transfer {
    let state = state();
    let flow = state.objects.flow(number);
    let stream = flow.stream;
    if flow.outcome.is_some() {
        return conclude(number, Ok(()));
    }
    let descriptor = match state.descriptors.with(stream.descriptor, FD_READ) {
        Ok(descriptor) => descriptor,
        Err(errno) => return conclude(number, Err(errno)),
    };
    let waits = Transfer::Waits(Interest::Readable(stream.descriptor));
    if may_wait(state, stream) && !is_ready(descriptor, PollFlags::IN) {
        return waits;
    }
    if count == 0 {
        return Transfer::Copied(0);
    }
    let mut memory = call.memory();
    let bytes = memory.bytes_mut(address.into(), count.into()).unwrap_or_default();
    loop {
        let result = match stream.position {
            Position::At(offset) => descriptor.file.pread(bytes, offset),
            _ if state.strict => io::read(descriptor, &mut *bytes),
            _ => io::readv(descriptor, &mut [IoSliceMut::new(bytes)]),
        };
        match result {
            Ok(0) => return conclude(number, Ok(())),
            Ok(count) => {
                let stream = advanced(stream, count);
                state.objects.set_flow(number, Flow { stream, ..flow });
                return Transfer::Copied(count as u32);
            }
            Err(Linux::AGAIN) => return waits,
            Err(error) if is_to_try_again(descriptor, PollFlags::IN, error, None) => {}
            Err(error) => return conclude(number, Err(error.into())),
        }
    }
}

/// Writes bytes of a component's memory.
fn write(number: u32, call: &mut Call, address: u32, count: u32) -> Transfer {
    let state = state();
    let flow = state.objects.flow(number);
    let stream = flow.stream;
    if flow.outcome.is_some() {
        return conclude(number, Ok(()));
    }
    if may_wait(state, stream)
        && let Ok(descriptor) = state.descriptors.get(stream.descriptor)
        && !is_ready(descriptor, PollFlags::OUT)
    {
        return Transfer::Waits(Interest::Writable(stream.descriptor));
    }
    let memory = call.memory();
    let bytes = Call::bytes(&memory, address, count);
    match transfer_out(state, stream, bytes) {
        Ok(stream) => {
            state.objects.set_flow(number, Flow { stream, ..flow });
            Transfer::Copied(count)
        }
        Err(errno) => conclude(number, Err(errno)),
    }
}

/// An entry of a directory, whose name is the first bytes of the state's buffer, this many.
struct Entry {
    ty: DescriptorType,
    name_length: usize,
}

impl Store for Entry {
    const LAYOUT: Layout = <(DescriptorType, Text<'_>)>::LAYOUT;

    fn store(self, call: &mut Call, address: u32) {
        let name = state().objects.buffer.get(..self.name_length).unwrap_or_default();
        (self.ty, Text(name)).store(call, address);
    }
}

/// Writes entries of a directory to a component's memory.
fn list(number: u32, call: &mut Call, address: u32, count: u32) -> Transfer {
    let mut copied = 0;
    while copied < count {
        match next_entry(number) {
            Ok(Some(entry)) => call.give(address + copied * Entry::LAYOUT.size, entry),
            // The next call finds the end again.
            Ok(None) if copied > 0 => break,
            Ok(None) => return conclude(number, Ok(())),
            Err(_) if copied > 0 => break,
            Err(errno) => return conclude(number, Err(errno)),
        }
        copied += 1;
    }
    Transfer::Copied(copied)
}

fn next_entry(number: u32) -> Result<Option<Entry>, Errno> {
    loop {
        let state = state();
        let flow = state.objects.flow(number);
        let Flow { stream: Stream { position: Position::At(position), .. }, outcome: None, .. } =
            flow
        else {
            return Ok(None);
        };
        let descriptor = state.descriptors.with(flow.stream.descriptor, FD_READDIR)?;
        let buffer = &mut state.objects.buffer;
        let Some(entry) = directory::entry_at(&descriptor.file, position, buffer)? else {
            return Ok(None);
        };
        let stream = Stream { position: Position::At(entry.next), ..flow.stream };
        state.objects.set_flow(number, Flow { stream, ..flow });
        let name = state.objects.buffer.get(..entry.name_length).unwrap_or_default();
        if name != b"." && name != b".." {
            let ty = DescriptorType(entry.file_type);
            return Ok(Some(Entry { ty, name_length: entry.name_length }));
        }
    }
}
