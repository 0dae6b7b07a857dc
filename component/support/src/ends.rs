//! The ends of streams and futures: who has them, and how they change hands.
//!
//! # Safety
//!
//! The records are the compiler's, and stay as they are while the program runs.
#![allow(unsafe_code, reason = "see Safety")]

use crate::lower::{Call, Layout, Store};
use crate::pool::Pool;
use crate::trap::{trap, trap_line};
use crate::waitable::{self, Interest, Kind, State, Waitable};
use quench_abi::Text;
use quench_abi::component::{ChannelType, ChannelUse, ComponentInstance, channel_identity};
use quench_runtime_support::Line;

/// A type of streams or futures that functions of the host have.
#[repr(transparent)]
pub struct HostChannel(ChannelType);

// SAFETY: it is never written to.
unsafe impl Sync for HostChannel {}

impl HostChannel {
    /// Returns a type that is written like this in the syntax of WIT, and has elements of
    /// type `T`.
    pub const fn new<T: Store>(ty: &str, is_plain: bool) -> HostChannel {
        let Layout { size, alignment } = T::LAYOUT;
        HostChannel(ChannelType {
            identity: channel_identity(ty),
            size: size as u64,
            alignment: alignment as u64,
            is_plain: is_plain as u64,
            // Two guests that pass elements to each other have types of their own.
            element: Text { bytes: core::ptr::null(), length: 0 },
            tables: core::ptr::null(),
        })
    }
}

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
pub(crate) struct Owner {
    /// The guest's end, or 0.
    pub(crate) guest: u32,
    /// The host's end.
    pub(crate) host: Option<HostEnd>,
}

pub(crate) const NOBODY: Owner = Owner { guest: 0, host: None };

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

/// Forgets a stream or future whose ends nobody has.
pub(crate) fn forget(channel: u32) {
    CHANNELS.remove(channel);
}

/// Changes the owner of an end.
pub(crate) fn set_owner(channel: u32, of_reader: bool, owner: Owner) {
    CHANNELS.change(channel, |channel| {
        *(if of_reader { &mut channel.reader } else { &mut channel.writer }) = owner;
    });
}

/// Returns the owner of the end that is not this one.
pub(crate) fn other(end: &Waitable) -> Owner {
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
    ty: &'static HostChannel,
    host: HostEnd,
) -> u32 {
    of_host(instance, &ty.0, host, Kind::StreamRead)
}

/// Gives a guest a future that the host writes; returns the handle.
pub fn future_of_host(
    instance: &ComponentInstance,
    ty: &'static HostChannel,
    host: HostEnd,
) -> u32 {
    of_host(instance, &ty.0, host, Kind::FutureRead)
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

/// Moves an end that a guest reads from one instance to another; returns the handle there.
pub(crate) fn transfer(
    from: &'static ChannelUse,
    to: &'static ChannelUse,
    kind: Kind,
    handle: u32,
) -> u32 {
    let ((from, ty), (to, new)) = (parts(from), parts(to));
    let number = end_of_handle(from, kind, ty, handle);
    require_movable(&waitable::get(number));
    waitable::take_handle(from, number);
    waitable::change(number, |end| end.ty = new);
    waitable::give(to, number)
}

/// Returns the records of a function's context.
pub(crate) fn parts(
    function: &'static ChannelUse,
) -> (&'static ComponentInstance, &'static ChannelType) {
    // SAFETY: see the head of this file.
    unsafe { (&*function.lowering.instance, &*function.ty) }
}

/// Traps unless an end can be given away.
pub(crate) fn require_movable(end: &Waitable) {
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
pub(crate) fn end_of_handle(
    instance: &ComponentInstance,
    kind: Kind,
    ty: &ChannelType,
    handle: u32,
) -> u32 {
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

/// Returns the type of a host's streams or futures.
pub(crate) fn of_host_channel(channel: &'static HostChannel) -> &'static ChannelType {
    &channel.0
}
