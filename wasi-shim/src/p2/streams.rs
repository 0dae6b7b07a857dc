//! `wasi:io/streams`. A stream has no buffer: what is written is given to the kernel at
//! once, and what is read is what the kernel has.

use super::errors::StreamError;
use super::host::Host;
use super::resources::{INPUT_STREAM, OUTPUT_STREAM, POLLABLE};
use crate::descriptors::{Descriptor, Kind};
use crate::errno::Errno;
use crate::objects::{BUFFER_SIZE, Object, Pollable, Position, Stream};
use crate::state::{State, state};
use crate::types::rights::{FD_READ, FD_WRITE};
use crate::waiting::is_to_try_again;
use quench_component_support::{Bytes, Call, Layout, Store};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::Timespec;
use rustix::io::{self, Errno as Linux, IoSlice, IoSliceMut, ReadWriteFlags};

/// Number of bytes that a stream takes at a time when it is asked.
const PERMITTED: u64 = BUFFER_SIZE as u64;

/// The first bytes of the state's buffer, this many, as a list.
pub(crate) struct Buffered(pub(super) usize);

impl Store for Buffered {
    const LAYOUT: Layout = Bytes::LAYOUT;

    fn store(self, call: &mut Call, address: u32) {
        Bytes(state().objects.buffer.get(..self.0).unwrap_or_default()).store(call, address);
    }
}

pub(super) fn read(host: &mut Host<'_>, this: u32, length: u64) -> Result<Buffered, StreamError> {
    fill(host, this, length, false).map(Buffered)
}

pub(super) fn blocking_read(
    host: &mut Host<'_>,
    this: u32,
    length: u64,
) -> Result<Buffered, StreamError> {
    fill(host, this, length, true).map(Buffered)
}

pub(super) fn skip(host: &mut Host<'_>, this: u32, length: u64) -> Result<u64, StreamError> {
    fill(host, this, length, false).map(|count| count as u64)
}

pub(super) fn blocking_skip(
    host: &mut Host<'_>,
    this: u32,
    length: u64,
) -> Result<u64, StreamError> {
    fill(host, this, length, true).map(|count| count as u64)
}

pub(super) fn subscribe_input(host: &mut Host<'_>, this: u32) -> u32 {
    let stream = host.state.objects.stream(host.borrowed(&INPUT_STREAM, this));
    subscribe(host, stream, Pollable::Readable(stream.descriptor))
}

pub(super) fn subscribe_output(host: &mut Host<'_>, this: u32) -> u32 {
    let stream = host.state.objects.stream(host.borrowed(&OUTPUT_STREAM, this));
    subscribe(host, stream, Pollable::Writable(stream.descriptor))
}

/// Gives the caller what a stream is waited for with.
fn subscribe(host: &mut Host<'_>, stream: Stream, waits: Pollable) -> u32 {
    let pollable = if may_wait(host.state, stream) { waits } else { Pollable::Ready };
    host.give_object(&POLLABLE, Object::Pollable(pollable))
}

/// Returns whether there are times when a stream has nothing to read, or cannot be written.
pub(crate) fn may_wait(state: &State, stream: Stream) -> bool {
    let descriptor = state.descriptors.get(stream.descriptor);
    !stream.closed
        && stream.position == Position::Own
        && !state.strict
        && descriptor.is_ok_and(|descriptor| descriptor.kind != Kind::Directory)
}

/// Returns whether a descriptor can be read, or written, without waiting.
pub(crate) fn is_ready(descriptor: &Descriptor, flags: PollFlags) -> bool {
    let mut places = [PollFd::new(descriptor, flags)];
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut places, Some(&now)) != Ok(0)
}

/// Reads at most `length` bytes into the state's buffer; returns their number. If nothing
/// can be read now, it waits if `blocks` is true, and else reads nothing.
fn fill(host: &mut Host<'_>, this: u32, length: u64, blocks: bool) -> Result<usize, StreamError> {
    let number = host.borrowed(&INPUT_STREAM, this);
    fill_from(host, number, length, blocks)
}

fn fill_from(
    host: &mut Host<'_>,
    number: u32,
    length: u64,
    blocks: bool,
) -> Result<usize, StreamError> {
    let stream = host.state.objects.stream(number);
    if stream.closed {
        return Err(StreamError::Closed);
    }
    if length == 0 {
        return Ok(0);
    }
    let length = length.min(BUFFER_SIZE as u64) as usize;
    let result = transfer_in(host.state, stream, length, blocks);
    match result {
        Ok(Some(0)) => {
            host.state.objects.set_stream(number, Stream { closed: true, ..stream });
            Err(StreamError::Closed)
        }
        Ok(None) => Ok(0),
        Ok(Some(count)) => {
            host.state.objects.set_stream(number, advanced(stream, count));
            Ok(count)
        }
        Err(errno) => Err(failed(host, number, stream, errno)),
    }
}

/// Reads once; returns `None` if there is nothing to read now.
fn transfer_in(
    state: &mut State,
    stream: Stream,
    length: usize,
    blocks: bool,
) -> Result<Option<usize>, Errno> {
    let waits = may_wait(state, stream);
    let descriptor = state.descriptors.with(stream.descriptor, FD_READ)?;
    let buffer = state.objects.buffer.get_mut(..length).unwrap_or_default();
    if waits && !blocks && !is_ready(descriptor, PollFlags::IN) {
        return Ok(None);
    }
    loop {
        let result = match stream.position {
            Position::At(offset) => descriptor.file.pread(buffer, offset),
            _ if state.strict => io::read(descriptor, &mut *buffer),
            _ => io::readv(descriptor, &mut [IoSliceMut::new(buffer)]),
        };
        match result {
            Ok(count) => return Ok(Some(count)),
            Err(Linux::AGAIN) if !blocks => return Ok(None),
            Err(error) if is_to_try_again(descriptor, PollFlags::IN, error, None) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Returns a stream after `count` more bytes.
pub(crate) fn advanced(stream: Stream, count: usize) -> Stream {
    let position = match stream.position {
        Position::At(offset) => Position::At(offset.saturating_add(count as u64)),
        position => position,
    };
    Stream { position, ..stream }
}

/// Ends a stream, and returns its error.
fn failed(host: &mut Host<'_>, number: u32, stream: Stream, errno: Errno) -> StreamError {
    host.state.objects.set_stream(number, Stream { closed: true, ..stream });
    match errno {
        Errno::Pipe => StreamError::Closed,
        errno => StreamError::new(host, errno),
    }
}

pub(super) fn check_write(host: &mut Host<'_>, this: u32) -> Result<u64, StreamError> {
    let stream = host.state.objects.stream(host.borrowed(&OUTPUT_STREAM, this));
    if stream.closed {
        return Err(StreamError::Closed);
    }
    if !may_wait(host.state, stream) {
        return Ok(PERMITTED);
    }
    let descriptor = host.state.descriptors.get(stream.descriptor);
    let is_ready = descriptor.is_ok_and(|descriptor| is_ready(descriptor, PollFlags::OUT));
    Ok(if is_ready { PERMITTED } else { 0 })
}

/// Implements both kinds of writing: all is written, and there is nothing to flush.
pub(super) fn write(
    host: &mut Host<'_>,
    this: u32,
    list: u32,
    length: u32,
) -> Result<(), StreamError> {
    let number = host.borrowed(&OUTPUT_STREAM, this);
    let stream = host.state.objects.stream(number);
    let memory = host.call.memory();
    let bytes = Call::bytes(&memory, list, length);
    if stream.closed {
        return Err(StreamError::Closed);
    }
    let result = transfer_out(host.state, stream, bytes);
    finish(host, number, stream, result)
}

/// Notes what was written.
fn finish(
    host: &mut Host<'_>,
    number: u32,
    stream: Stream,
    result: Result<Stream, Errno>,
) -> Result<(), StreamError> {
    match result {
        Ok(stream) => {
            host.state.objects.set_stream(number, stream);
            Ok(())
        }
        Err(errno) => Err(failed(host, number, stream, errno)),
    }
}

/// Writes all of the bytes, and returns the stream after them.
pub(crate) fn transfer_out(
    state: &State,
    mut stream: Stream,
    mut bytes: &[u8],
) -> Result<Stream, Errno> {
    let descriptor = state.descriptors.with(stream.descriptor, FD_WRITE)?;
    let heed = state.descriptors.heed_broken_pipes;
    while !bytes.is_empty() {
        let buffers = [IoSlice::new(bytes)];
        let result = match stream.position {
            Position::At(offset) => io::pwritev(descriptor, &buffers, offset),
            Position::End => append(descriptor, &buffers),
            Position::Own if state.strict => io::write(descriptor, bytes),
            Position::Own => io::writev(descriptor, &buffers),
        };
        match result {
            Ok(count) => {
                stream = advanced(stream, count);
                bytes = bytes.get(count..).unwrap_or_default();
            }
            Err(error) if is_to_try_again(descriptor, PollFlags::OUT, error, heed) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(stream)
}

/// Writes at the end of a file.
fn append(descriptor: &Descriptor, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
    match io::pwritev2(descriptor, buffers, 0, ReadWriteFlags::APPEND) {
        // Emulators do not have it.
        Err(Linux::NOSYS | Linux::OPNOTSUPP) => {
            let end = rustix::fs::fstat(descriptor)?.st_size as u64;
            io::pwritev(descriptor, buffers, end)
        }
        result => result,
    }
}

pub(super) fn flush(host: &mut Host<'_>, this: u32) -> Result<(), StreamError> {
    match host.state.objects.stream(host.borrowed(&OUTPUT_STREAM, this)) {
        Stream { closed: true, .. } => Err(StreamError::Closed),
        _ => Ok(()),
    }
}

/// Implements both kinds of writing zeros.
pub(super) fn write_zeroes(host: &mut Host<'_>, this: u32, length: u64) -> Result<(), StreamError> {
    let number = host.borrowed(&OUTPUT_STREAM, this);
    host.state.objects.buffer.fill(0);
    let mut left = length;
    while left > 0 {
        let stream = host.state.objects.stream(number);
        if stream.closed {
            return Err(StreamError::Closed);
        }
        let count = left.min(BUFFER_SIZE as u64);
        let zeros = host.state.objects.buffer.get(..count as usize).unwrap_or_default();
        let result = transfer_out(host.state, stream, zeros);
        finish(host, number, stream, result)?;
        left -= count;
    }
    Ok(())
}

pub(super) fn splice(
    host: &mut Host<'_>,
    this: u32,
    source: u32,
    length: u64,
) -> Result<u64, StreamError> {
    move_bytes(host, this, source, length, false)
}

pub(super) fn blocking_splice(
    host: &mut Host<'_>,
    this: u32,
    source: u32,
    length: u64,
) -> Result<u64, StreamError> {
    move_bytes(host, this, source, length, true)
}

fn move_bytes(
    host: &mut Host<'_>,
    this: u32,
    source: u32,
    length: u64,
    blocks: bool,
) -> Result<u64, StreamError> {
    let number = host.borrowed(&OUTPUT_STREAM, this);
    let count = fill(host, source, length, blocks)?;
    let stream = host.state.objects.stream(number);
    if stream.closed {
        return Err(StreamError::Closed);
    }
    let bytes = host.state.objects.buffer.get(..count).unwrap_or_default();
    let result = transfer_out(host.state, stream, bytes);
    finish(host, number, stream, result)?;
    Ok(count as u64)
}
