//! Streams and futures. Both ends are a guest's, or one is the host's. There is no buffer:
//! elements go from the memory of one end to that of the other when both are ready.
//!
//! # Safety
//!
//! The records are the compiler's, and stay as they are while the program runs.
#![allow(unsafe_code, reason = "see Safety")]

use crate::handles;
use crate::lower::Call;
use crate::pool::Pool;
use crate::trap::{trap, trap_line};
use crate::waitable::{self, Buffer, Interest, Kind, Outcome, Progress, State, Waitable};
use quench_abi::component::{ChannelType, ChannelUse, ComponentInstance};
use quench_runtime_support::{Line, memory_of};

/// An end of a stream or future that the host has.
#[derive(Clone, Copy)]
pub struct HostEnd {
    /// What the host does there.
    pub operations: &'static HostOperations,
    /// What the host knows the end by.
    pub data: u32,
}

/// What the host does at its end of a stream or future.
pub struct HostOperations {
    /// Copies elements, at most as many as the last argument says, from or to an address in
    /// the memory of the call, where there is room for them. Its first argument is
    /// [`HostEnd::data`].
    pub transfer: fn(u32, &mut Call, u32, u32) -> Transfer,
    /// Is called when the guest has dropped the other end.
    pub end: fn(u32),
}

/// What came of an attempt to copy elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transfer {
    /// This many were copied.
    Copied(u32),
    /// None can be copied until this happens.
    Waits(Interest),
    /// None can be copied ever again.
    Ended,
}

/// Who has an end.
#[derive(Clone, Copy)]
struct Owner {
    /// The guest's end, or 0.
    guest: u32,
    /// The host's end.
    host: Option<HostEnd>,
}

const NOBODY: Owner = Owner { guest: 0, host: None };

/// A stream or future: the owners of the end that elements come out of, and of the other.
#[derive(Clone, Copy)]
struct Channel {
    reader: Owner,
    writer: Owner,
}

/// Streams and futures that a program can have at a time, and one.
const MOST: usize = 1 << 18;

static CHANNELS: Pool<Channel, MOST> = Pool::new(Channel { reader: NOBODY, writer: NOBODY });

fn insert(channel: Channel) -> u32 {
    match CHANNELS.insert(channel) {
        Some(number) => number,
        None => trap("too many streams and futures"),
    }
}

/// Changes the owner of an end.
fn set_owner(channel: u32, of_reader: bool, owner: Owner) {
    CHANNELS.change(channel, |channel| {
        *(if of_reader { &mut channel.reader } else { &mut channel.writer }) = owner;
    });
}

/// Returns the owner of the end that is not this one.
fn other(end: &Waitable) -> Owner {
    let Channel { reader, writer } = CHANNELS.get(end.channel);
    if end.kind.reads() { writer } else { reader }
}

/// Makes an end for a guest, and gives it a handle of it.
fn new_end(instance: &ComponentInstance, kind: Kind, channel: u32, ty: *const ChannelType) -> u32 {
    let end = waitable::insert(instance, Waitable::end(kind, channel, ty));
    set_owner(channel, kind.reads(), Owner { guest: end, host: None });
    waitable::get(end).handle
}

/// Makes a stream or future whose ends are both the caller's. Returns handles of both.
pub(crate) fn new(
    instance: &ComponentInstance,
    ty: *const ChannelType,
    [reads, writes]: [Kind; 2],
) -> [u32; 2] {
    let channel = insert(Channel { reader: NOBODY, writer: NOBODY });
    [new_end(instance, reads, channel, ty), new_end(instance, writes, channel, ty)]
}

/// Gives a guest a stream that the host writes; returns the handle.
pub fn stream_of_host(
    instance: &ComponentInstance,
    ty: &'static ChannelType,
    host: HostEnd,
) -> u32 {
    of_host(instance, ty, host, Kind::StreamRead)
}

/// Gives a guest a future that the host writes; returns the handle.
pub fn future_of_host(
    instance: &ComponentInstance,
    ty: &'static ChannelType,
    host: HostEnd,
) -> u32 {
    of_host(instance, ty, host, Kind::FutureRead)
}

fn of_host(
    instance: &ComponentInstance,
    ty: &'static ChannelType,
    host: HostEnd,
    kind: Kind,
) -> u32 {
    let writer = Owner { guest: 0, host: Some(host) };
    let channel = insert(Channel { reader: NOBODY, writer });
    new_end(instance, kind, channel, ty)
}

/// Takes the end of a stream that a guest gives the host to read. If the host writes it too,
/// its other end is returned, and the stream is no more.
pub fn take_stream(
    instance: &ComponentInstance,
    ty: &ChannelType,
    handle: u32,
    host: HostEnd,
) -> Option<HostEnd> {
    let number = end_of_handle(instance, Kind::StreamRead, ty, handle);
    let end = waitable::get(number);
    require_movable(&end);
    waitable::remove(instance, number);
    let writer = other(&end);
    if writer.host.is_some() {
        CHANNELS.remove(end.channel);
        return writer.host;
    }
    set_owner(end.channel, true, Owner { guest: 0, host: Some(host) });
    match writer.guest {
        0 => {
            (host.operations.end)(host.data);
            CHANNELS.remove(end.channel);
        }
        writer if waitable::get(writer).is_offered => attempt(writer),
        _ => {}
    }
    None
}

/// Moves an end that a guest reads from one instance to another; returns the handle there.
pub(crate) fn transfer(
    from: &ComponentInstance,
    to: &ComponentInstance,
    kind: Kind,
    types: [&ChannelType; 2],
    handle: u32,
) -> u32 {
    let [ty, new] = types;
    let number = end_of_handle(from, kind, ty, handle);
    require_movable(&waitable::get(number));
    waitable::take_handle(from, number);
    waitable::change(number, |end| end.ty = new);
    waitable::give(to, number)
}

/// Traps unless an end can be given away.
fn require_movable(end: &Waitable) {
    let noun = end.kind.noun();
    let reason = match end.state {
        State::Copying | State::Cancelling => {
            trap_line(Line::new("trap: cannot remove busy ").text(noun));
        }
        State::Done if end.kind.is_future() => " after previous read succeeded",
        State::Done => " after being notified that the writable end dropped",
        State::Idle if end.is_in_set() => " while it's in a waitable set",
        State::Idle => return,
    };
    trap_line(Line::new("trap: cannot lift ").text(noun).text(reason));
}

/// Returns the end that a handle stands for; traps if it is of another kind or type.
fn end_of_handle(instance: &ComponentInstance, kind: Kind, ty: &ChannelType, handle: u32) -> u32 {
    let number = waitable::of_handle(instance, kind, handle);
    let of_end = waitable::get(number).ty;
    // SAFETY: see the head of this file.
    if !core::ptr::eq(of_end, ty) && unsafe { (*of_end).identity } != ty.identity {
        let line = &mut Line::new("trap: handle index ");
        line.decimal(handle.into()).text(" used with the wrong type: it is a ");
        trap_line(line.text(kind.noun()).text(" of something else"));
    }
    number
}

/// Returns the records of a function's context.
fn parts(function: &'static ChannelUse) -> (&'static ComponentInstance, &'static ChannelType) {
    // SAFETY: see the head of this file.
    unsafe { (&*function.lowering.instance, &*function.ty) }
}

/// Begins to read from an end or to write to one, and returns it. If it has an event now, it
/// is done.
pub(crate) fn copy(
    function: &'static ChannelUse,
    kind: Kind,
    handle: u32,
    address: u32,
    count: u32,
) -> u32 {
    let (instance, ty) = parts(function);
    handles::require_may_leave(instance);
    let number = end_of_handle(instance, kind, ty, handle);
    let end = waitable::get(number);
    match end.state {
        State::Idle => {}
        State::Copying | State::Cancelling => {
            trap("cannot have concurrent operations active on a future/stream");
        }
        State::Done => trap(match kind {
            Kind::StreamRead => {
                "cannot read from stream after being notified that the writable end dropped"
            }
            Kind::FutureRead => "cannot read from future after previous read succeeded",
            Kind::FutureWrite => {
                "cannot write to future after previous write succeeded or readable end dropped"
            }
            _ => "cannot write to stream after being notified that the readable end dropped",
        }),
    }
    if end.is_in_set() && function.is_async == 0 {
        trap("waitable cannot be used synchronously while added to a waitable set");
    }
    require_inside(function, kind, address, count);
    let buffer = Buffer { function, address, left: count, copied: 0 };
    waitable::change(number, |end| {
        (end.state, end.is_offered, end.buffer) = (State::Copying, true, buffer);
    });
    start(number);
    number
}

/// Traps unless elements lie inside a memory.
fn require_inside(function: &'static ChannelUse, kind: Kind, address: u32, count: u32) {
    let (_, ty) = parts(function);
    if count >= 1 << 28 {
        trap("stream read/write count too large");
    }
    if ty.size == 0 || count == 0 {
        return;
    }
    if !u64::from(address).is_multiple_of(ty.alignment.max(1)) {
        trap(if kind.reads() { "read pointer not aligned" } else { "write pointer not aligned" });
    }
    // SAFETY: nothing else borrows the memory.
    let memory = unsafe { memory_of(function.lowering.memory) };
    if u64::from(address) + u64::from(count) * ty.size > memory.length() {
        trap("stream or future pointer out of bounds of memory");
    }
}

/// Copies what can be copied now for an end that has just begun to.
fn start(number: u32) {
    let end = waitable::get(number);
    match other(&end) {
        Owner { host: Some(_), .. } => attempt(number),
        Owner { guest: 0, .. } => finish(number, Outcome::Dropped),
        Owner { guest, .. } if waitable::get(guest).is_offered => meet(number, guest),
        Owner { .. } => {}
    }
}

/// Ends what an end does; a guest is to be told.
fn finish(number: u32, outcome: Outcome) {
    waitable::change(number, |end| (end.is_offered, end.outcome) = (false, outcome));
    waitable::set_event(number);
}

/// Copies between an end whose guest waits and the host's.
fn attempt(number: u32) {
    let end = waitable::get(number);
    waitable::end_waiting(number);
    let Some(host) = other(&end).host else {
        return;
    };
    let Buffer { function, address, left, copied } = end.buffer;
    // SAFETY: an end that is being copied to or from has a function.
    let function = unsafe { &*function };
    let mut call = Call::again(&function.lowering);
    match (host.operations.transfer)(host.data, &mut call, address, left) {
        Transfer::Copied(count) => {
            waitable::change(number, |end| {
                (end.buffer.left, end.buffer.copied) = (left - count.min(left), copied + count);
            });
            if end.kind.is_future() {
                set_owner(end.channel, !end.kind.reads(), NOBODY);
            }
            finish(number, Outcome::Completed);
        }
        Transfer::Waits(interest) => waitable::begin_waiting(number, interest),
        Transfer::Ended => {
            set_owner(end.channel, !end.kind.reads(), NOBODY);
            finish(number, Outcome::Dropped);
        }
    }
}

/// Goes on with what the host waited for, on behalf of a waitable.
pub fn retry(number: u32) {
    match waitable::get(number).kind {
        Kind::Nothing => {}
        Kind::Subtask => {
            waitable::end_waiting(number);
            waitable::change(number, |subtask| subtask.progress = Progress::Returned);
            waitable::set_event(number);
        }
        _ => attempt(number),
    }
}

/// Copies between the ends of two guests, one of which has just begun and one of which waits.
fn meet(new: u32, waiting: u32) {
    let (end, other) = (waitable::get(new), waitable::get(waiting));
    let is_zero = |end: &Waitable| end.buffer.left == 0 && end.buffer.copied == 0;
    if other.buffer.left > 0 {
        let count = end.buffer.left.min(other.buffer.left);
        if count > 0 {
            if end.kind.reads() {
                pass(new, waiting, count)
            } else {
                pass(waiting, new, count)
            }
            if end.kind.is_future() {
                finish(waiting, Outcome::Completed);
            } else {
                // More can follow until the guest is told.
                waitable::change(waiting, |end| end.outcome = Outcome::Completed);
                waitable::set_event(waiting);
            }
        }
        finish(new, Outcome::Completed);
    } else if !end.kind.reads() && is_zero(&end) && is_zero(&other) {
        finish(new, Outcome::Completed);
    } else {
        finish(waiting, Outcome::Completed);
    }
}

/// Copies elements from the memory of one guest to that of another.
fn pass(reader: u32, writer: u32, count: u32) {
    let buffers = [reader, writer].map(|number| waitable::get(number).buffer);
    // SAFETY: an end that is being copied to or from has a function.
    let [to, from] = buffers.map(|buffer| unsafe { &*buffer.function });
    let ((reading, ty), (writing, _)) = (parts(to), parts(from));
    let noun = waitable::get(reader).kind.noun();
    if ty.is_plain == 0 {
        if core::ptr::eq(reading, writing) {
            let line = &mut Line::new("trap: cannot read from and write to intra-component ");
            trap_line(line.text(noun));
        }
        let line = &mut Line::new("trap: between components quench passes only numbers by a ");
        trap_line(line.text(noun));
    }
    let [to_address, from_address] = buffers.map(|buffer| buffer.address);
    let length = u64::from(count) * ty.size;
    // SAFETY: nothing else borrows the memories, and the bytes are copied as if there was a
    // buffer between them.
    unsafe {
        let source = memory_of(from.lowering.memory);
        let source = source.bytes(from_address.into(), length).map(<[u8]>::as_ptr);
        let mut target = memory_of(to.lowering.memory);
        let target = target.bytes_mut(to_address.into(), length).map(<[u8]>::as_mut_ptr);
        if let (Some(source), Some(target)) = (source, target) {
            source.copy_to(target, length as usize);
        }
    }
    for number in [reader, writer] {
        waitable::change(number, |end| {
            end.buffer.address += length as u32;
            end.buffer.left -= count;
            end.buffer.copied += count;
        });
    }
}

/// Stops what an end does; it has an event then.
pub(crate) fn cancel(function: &'static ChannelUse, kind: Kind, handle: u32) -> u32 {
    let (instance, ty) = parts(function);
    handles::require_may_leave(instance);
    let number = end_of_handle(instance, kind, ty, handle);
    let end = waitable::get(number);
    if end.state != State::Copying {
        let line = &mut Line::new("trap: ");
        trap_line(line.text(kind.noun()).text(" read or write cancelled when none is pending"));
    }
    if end.is_in_set() && function.is_async == 0 {
        trap("waitable cannot be used synchronously while added to a waitable set");
    }
    waitable::change(number, |end| end.state = State::Cancelling);
    // Of what was copied in part, the rest is cancelled.
    if !end.has_event || end.is_offered && end.buffer.left > 0 {
        waitable::end_waiting(number);
        finish(number, Outcome::Cancelled);
    }
    number
}

/// Drops an end.
pub(crate) fn drop_end(function: &'static ChannelUse, kind: Kind, handle: u32) {
    let (instance, ty) = parts(function);
    handles::require_may_leave(instance);
    let number = end_of_handle(instance, kind, ty, handle);
    let end = waitable::get(number);
    if end.is_busy() {
        let what =
            if kind.reads() { "trap: cannot remove busy " } else { "trap: cannot drop busy " };
        trap_line(Line::new(what).text(kind.noun()));
    }
    if kind == Kind::FutureWrite && end.state != State::Done {
        trap("cannot drop future write end without first writing a value");
    }
    let other = other(&end);
    waitable::remove(instance, number);
    match other {
        Owner { guest: 0, host } => {
            CHANNELS.remove(end.channel);
            if let Some(host) = host {
                (host.operations.end)(host.data);
            }
        }
        Owner { guest, .. } => {
            set_owner(end.channel, kind.reads(), NOBODY);
            if waitable::get(guest).is_offered {
                finish(guest, Outcome::Dropped);
            }
        }
    }
}
