//! Sockets: `sock_*`, on listeners that the policy gives and the connections
//! accepted from them.

use crate::descriptors::{Descriptor, Descriptors, Kind};
use crate::errno::Errno;
use crate::guest::Guest;
use crate::io::buffers;
use crate::types::fdflags;
use crate::types::rights::{FD_READ, FD_WRITE, SOCK_ACCEPT, SOCK_SHUTDOWN};
use crate::waiting::wait_for;
use rustix::event::PollFlags;
use rustix::net::{RecvFlags, SendFlags, Shutdown, SocketFlags, accept_with};

/// A bit of `riflags`: leave what is received in the queue.
const PEEK: u32 = 1;

/// A bit of `riflags`: wait until the buffer is full.
const WAIT_ALL: u32 = 2;

/// `sdflags`: directions to shut down.
const READING: u32 = 1;
const WRITING: u32 = 2;
const BOTH: u32 = READING | WRITING;

/// The most bytes that one call sends: a guest's `ssize_t` holds no more.
const MOST: usize = i32::MAX as usize;

fn with(descriptors: &Descriptors, fd: u32, rights: u64) -> Result<&Descriptor, Errno> {
    let descriptor = descriptors.get(fd)?;
    if descriptor.kind != Kind::Socket {
        return Err(Errno::NotSocket);
    }
    descriptor.require(rights)?;
    Ok(descriptor)
}

pub(crate) fn accept(guest: &mut Guest<'_>, fd: u32, flags: u32, result: u32) -> Result<(), Errno> {
    guest.memory.check(result, 4)?;
    if flags & !fdflags::NONBLOCK != 0 {
        return Err(Errno::Invalid);
    }
    let listener = with(guest.descriptors, fd, SOCK_ACCEPT)?;
    // A connection that there is no number for stays in the queue.
    guest.descriptors.require_room()?;
    let mut socket_flags = SocketFlags::CLOEXEC;
    socket_flags.set(SocketFlags::NONBLOCK, flags & fdflags::NONBLOCK != 0);
    let connection = wait_for(listener, PollFlags::IN, || accept_with(listener, socket_flags))?;
    let mut connection = Descriptor::socket(connection);
    // The guest has said whether calls are to wait.
    connection.waits = false;
    let number = guest.descriptors.insert(connection)?;
    guest.memory.write_u32(result, number)
}

pub(crate) fn recv(
    guest: &mut Guest<'_>,
    fd: u32,
    list: u32,
    count: u32,
    flags: u32,
    length: u32,
    result_flags: u32,
) -> Result<(), Errno> {
    guest.memory.check(length, 4)?;
    guest.memory.check(result_flags, 2)?;
    let socket = with(guest.descriptors, fd, FD_READ)?;
    if flags & !(PEEK | WAIT_ALL) != 0 {
        return Err(Errno::Invalid);
    }
    let mut receive_flags = RecvFlags::empty();
    receive_flags.set(RecvFlags::PEEK, flags & PEEK != 0);
    receive_flags.set(RecvFlags::WAITALL, flags & WAIT_ALL != 0);
    // The first buffer that is not empty; a caller has to expect less than it
    // asked for.
    let first = buffers(&guest.memory, list, count)?.next();
    let buffer = guest.memory.0.get_mut(first.unwrap_or(0..0));
    let buffer = buffer.ok_or(Errno::Fault)?;
    let received =
        wait_for(socket, PollFlags::IN, || rustix::net::recv(socket, &mut *buffer, receive_flags));
    let total = received?.1 as u32;
    guest.memory.write_u32(length, total)?;
    // Nothing is cut off in a stream.
    guest.memory.write(result_flags, &[0, 0])
}

/// Implements `sock_send`. There is no signal if the other side has gone.
pub(crate) fn send(
    guest: &mut Guest<'_>,
    fd: u32,
    list: u32,
    count: u32,
    flags: u32,
    length: u32,
) -> Result<(), Errno> {
    guest.memory.check(length, 4)?;
    let socket = with(guest.descriptors, fd, FD_WRITE)?;
    if flags != 0 {
        return Err(Errno::Invalid);
    }
    let mut total: usize = 0;
    for buffer in buffers(&guest.memory, list, count)? {
        let bytes = guest.memory.0.get(buffer).ok_or(Errno::Fault)?;
        let bytes = bytes.get(..MOST - total).unwrap_or(bytes);
        let send = || rustix::net::send(socket, bytes, SendFlags::NOSIGNAL);
        match wait_for(socket, PollFlags::OUT, send) {
            Ok(sent) => {
                total += sent;
                if sent < bytes.len() || total >= MOST {
                    break;
                }
            }
            Err(error) if total == 0 => return Err(error.into()),
            Err(_) => break,
        }
    }
    guest.memory.write_u32(length, total as u32)
}

pub(crate) fn shutdown(guest: &mut Guest<'_>, fd: u32, how: u32) -> Result<(), Errno> {
    let socket = with(guest.descriptors, fd, SOCK_SHUTDOWN)?;
    let how = match how {
        READING => Shutdown::Read,
        WRITING => Shutdown::Write,
        BOTH => Shutdown::Both,
        _ => return Err(Errno::Invalid),
    };
    Ok(rustix::net::shutdown(socket, how)?)
}
