//! Reading and writing of streams and futures. Both ends are a guest's, or one is the host's. There is no buffer:
//! elements go from the memory of one end to that of the other when both are ready.
//!
//! # Safety
//!
//! The records are the compiler's, and stay as they are while the program runs.
#![allow(unsafe_code, reason = "see Safety")]

use crate::elements;
use crate::ends::{
    self, HostChannel, HostEnd, NOBODY, Owner, Transfer, end_of_handle, of_host_channel, other,
    parts, require_movable, set_owner,
};
use crate::handles;
use crate::lower::Call;
use crate::trap::{trap, trap_line};
use crate::waitable::{self, Buffer, Kind, Outcome, Progress, State, Waitable};
use quench_abi::component::{ChannelUse, ComponentInstance};
use quench_runtime_support::{Line, memory_of};

/// Takes the end of a stream that a guest gives the host to read. If the host writes it too,
/// its other end is returned, and the stream is no more.
pub fn take_stream(
    instance: &ComponentInstance,
    ty: &'static HostChannel,
    handle: u32,
    host: HostEnd,
) -> Option<HostEnd> {
    let number = end_of_handle(instance, Kind::StreamRead, of_host_channel(ty), handle);
    let end = waitable::get(number);
    require_movable(&end);
    waitable::remove(instance, number);
    let writer = other(&end);
    if writer.host.is_some() {
        ends::forget(end.channel);
        return writer.host;
    }
    set_owner(end.channel, true, Owner { guest: 0, host: Some(host) });
    match writer.guest {
        0 => {
            (host.operations.end)(host.data);
            ends::forget(end.channel);
        }
        writer if waitable::get(writer).is_offered => attempt(writer),
        _ => {}
    }
    None
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
    let [to_address, from_address] = buffers.map(|buffer| buffer.address);
    let length = u64::from(count) * ty.size;
    if ty.is_plain == 0 {
        if core::ptr::eq(reading, writing) {
            let noun = waitable::get(reader).kind.noun();
            let line = &mut Line::new("trap: cannot read from and write to intra-component ");
            trap_line(line.text(noun));
        }
        let storage = handles::replace_storage(reading, [0; 2]);
        elements::pass(from, to, from_address, to_address, count);
        handles::replace_storage(reading, storage);
    } else {
        elements::copy(&from.lowering, &to.lowering, from_address, to_address, length);
    }
    for number in [reader, writer] {
        waitable::change(number, |end| {
            end.buffer.address = end.buffer.address.wrapping_add(length as u32);
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
    if end.is_awaited || end.is_in_set() && function.is_async == 0 {
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
    remove(instance, number);
}

/// Takes an end away from a guest for good.
fn remove(instance: &ComponentInstance, number: u32) {
    let end = waitable::get(number);
    let other = other(&end);
    waitable::remove(instance, number);
    match other {
        Owner { guest: 0, host } => {
            ends::forget(end.channel);
            if let Some(host) = host {
                (host.operations.end)(host.data);
            }
        }
        Owner { guest, .. } => {
            set_owner(end.channel, end.kind.reads(), NOBODY);
            if waitable::get(guest).is_offered {
                finish(guest, Outcome::Dropped);
            }
        }
    }
}

/// Takes the readable end that a guest gives the program itself, which reads nothing.
pub(crate) fn take_readable(function: &'static ChannelUse, kind: Kind, handle: u32) {
    let (instance, ty) = parts(function);
    let number = end_of_handle(instance, kind, ty, handle);
    require_movable(&waitable::get(number));
    remove(instance, number);
}
