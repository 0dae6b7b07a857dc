//! Sockets that the policy opens before the program starts. Knows addresses,
//! not what is done with connections.

use crate::path::PATH_MAX;
use core::ffi::CStr;
use core::net::SocketAddr;
use quench_policy::Listener;
use quench_runtime_support::Line;
use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, CWD, FileType, OFlags, fcntl_getfl, fcntl_setfl, statat, unlinkat};
use rustix::io::{Errno, Result};
use rustix::net::sockopt::set_socket_reuseaddr;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
use rustix::net::{bind, connect, getpeername, listen, socket_with};

/// Number of connections that may wait to be accepted.
const BACKLOG: i32 = 128;

/// Calls return at once: guests that serve several connections wait in `poll_oneoff`, and
/// learn from the flags that they can. For others `sock_accept` waits.
const FLAGS: SocketFlags = SocketFlags::CLOEXEC.union(SocketFlags::NONBLOCK);

/// Opens a listener, or ends the program with a message. `inherit` takes a
/// descriptor that the caller of the program left open.
// Its frame is large, and few programs need it.
#[inline(never)]
pub(crate) fn open(
    listener: &Listener<'static>,
    inherit: impl Fn(u32) -> Result<OwnedFd>,
) -> OwnedFd {
    let opened = match *listener {
        Listener::Ip(address) => ip(address),
        Listener::Unix(path) => unix(path),
        Listener::Inherited(number) => inherit(number).and_then(as_listener),
    };
    opened.unwrap_or_else(|error| cannot_listen(listener, error))
}

fn ip(address: SocketAddr) -> Result<OwnedFd> {
    let family = match address {
        SocketAddr::V4(_) => AddressFamily::INET,
        SocketAddr::V6(_) => AddressFamily::INET6,
    };
    let socket = socket_with(family, SocketType::STREAM, FLAGS, None)?;
    // A server can then be started again at once.
    set_socket_reuseaddr(&socket, true)?;
    match address {
        SocketAddr::V4(address) => bind(&socket, &address)?,
        SocketAddr::V6(address) => bind(&socket, &address)?,
    }
    listen(&socket, BACKLOG)?;
    Ok(socket)
}

fn unix(path: &[u8]) -> Result<OwnedFd> {
    let mut buffer = [0; PATH_MAX];
    let place = buffer.get_mut(..path.len()).ok_or(Errno::NAMETOOLONG)?;
    place.copy_from_slice(path);
    let path = CStr::from_bytes_until_nul(&buffer).map_err(|_| Errno::NAMETOOLONG)?;
    let family = AddressFamily::UNIX;
    let socket = socket_with(family, SocketType::STREAM, FLAGS, None)?;
    let address = SocketAddrUnix::new(path)?;
    match bind(&socket, &address) {
        Err(Errno::ADDRINUSE) if is_left_over(path, &address) => {
            unlinkat(CWD, path, AtFlags::empty())?;
            bind(&socket, &address)?;
        }
        bound => bound?,
    }
    listen(&socket, BACKLOG)?;
    Ok(socket)
}

/// Returns whether there is a socket at a path on which nobody listens: that of a program
/// that has ended.
fn is_left_over(path: &CStr, address: &SocketAddrUnix) -> bool {
    let is_socket = statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW)
        .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode).is_socket());
    let probe = socket_with(AddressFamily::UNIX, SocketType::STREAM, FLAGS, None);
    is_socket && probe.is_ok_and(|probe| connect(&probe, address) == Err(Errno::CONNREFUSED))
}

/// Makes calls on a listener of the caller's return at once, like those on the others; it is
/// a socket that is not connected. Anything else stays as the caller left it.
fn as_listener(inherited: OwnedFd) -> Result<OwnedFd> {
    if getpeername(&inherited).is_err_and(|error| error == Errno::NOTCONN) {
        let flags = fcntl_getfl(&inherited)?;
        fcntl_setfl(&inherited, flags | OFlags::NONBLOCK)?;
    }
    Ok(inherited)
}

fn cannot_listen(listener: &Listener<'_>, error: Errno) -> ! {
    let mut line = Line::new("error: cannot listen on ");
    match listener {
        Listener::Ip(address) => line.text("port ").decimal(address.port().into()),
        Listener::Unix(path) => line.text("`").bytes(path).text("`"),
        Listener::Inherited(number) => line.text("descriptor ").decimal((*number).into()),
    };
    line.text(", as this program was built to (--listen): ");
    match error {
        Errno::ADDRINUSE => line.text("the address is in use"),
        Errno::ADDRNOTAVAIL => line.text("this machine does not have the address"),
        Errno::ACCESS | Errno::PERM => line.text("permission denied"),
        Errno::BADF => line.text("the caller did not leave it open"),
        error => line.text("system error ").decimal(error.raw_os_error().unsigned_abs().into()),
    }
    .fatal()
}
