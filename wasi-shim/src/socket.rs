//! Sockets: `sock_*`. No descriptor is a socket, because a policy gives none.

use crate::Guest;
use crate::errno::Errno;

fn not_a_socket(guest: &Guest<'_>, fd: u32) -> Result<(), Errno> {
    guest.descriptors.get(fd)?;
    Err(Errno::NotSocket)
}

pub fn accept(guest: &mut Guest<'_>, fd: u32, _flags: u32, _result: u32) -> Result<(), Errno> {
    not_a_socket(guest, fd)
}

pub fn recv(
    guest: &mut Guest<'_>,
    fd: u32,
    _buffers: u32,
    _count: u32,
    _flags: u32,
    _length: u32,
    _result_flags: u32,
) -> Result<(), Errno> {
    not_a_socket(guest, fd)
}

pub fn send(
    guest: &mut Guest<'_>,
    fd: u32,
    _buffers: u32,
    _count: u32,
    _flags: u32,
    _length: u32,
) -> Result<(), Errno> {
    not_a_socket(guest, fd)
}

pub fn shutdown(guest: &mut Guest<'_>, fd: u32, _how: u32) -> Result<(), Errno> {
    not_a_socket(guest, fd)
}
