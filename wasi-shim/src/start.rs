//! Before any guest code: the policy takes effect. The standard streams become
//! descriptors 0 to 2, the policy's directories those from 3 on.

use crate::descriptors::{Descriptor, Descriptors};
use crate::path::PATH_MAX;
use crate::types::rights::{FD_READ, FD_WRITE};
use core::ffi::CStr;
use quench_policy::{Directory, Entry};
use quench_runtime_support::{fatal, policy};
use rustix::fd::{AsRawFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::{Errno, fcntl_getfd};

/// Fills the table of descriptors, or ends the program with a message.
pub fn start(descriptors: &mut Descriptors, streams: [OwnedFd; 3]) {
    if streams.iter().any(|stream| fcntl_getfd(stream).is_err()) {
        occupy_standard_numbers();
    }
    let [stdin, stdout, stderr] = streams;
    for (stream, rights) in [(stdin, FD_READ), (stdout, FD_WRITE), (stderr, FD_WRITE)] {
        insert(descriptors, Descriptor::stdio(stream, rights));
    }
    let entries = quench_policy::decode(policy());
    let entries = entries.unwrap_or_else(|error| bad_policy(error.message()));
    for entry in entries {
        match entry {
            Ok(Entry::Directory(directory)) => {
                let fd = open(&directory).unwrap_or_else(|error| missing(&directory, error));
                let name = directory.guest;
                insert(
                    descriptors,
                    Descriptor::preopen(fd, name, directory.read_only),
                );
            }
            // Read when the guest asks.
            Ok(Entry::Variable(_)) => {}
            Err(error) => bad_policy(error.message()),
        }
    }
}

fn insert(descriptors: &mut Descriptors, descriptor: Descriptor) {
    if descriptors.insert(descriptor).is_err() {
        fatal(&[b"error: the program was built with too many directories"]);
    }
}

/// Gives the numbers of standard streams that the caller has closed to the
/// null device. Otherwise a file opened later would get such a number, and
/// what is written to standard error would end up in it.
fn occupy_standard_numbers() {
    while let Ok(fd) = openat(CWD, c"/dev/null", OFlags::RDWR, Mode::empty()) {
        if fd.as_raw_fd() > 2 {
            return;
        }
        core::mem::forget(fd);
    }
}

fn open(directory: &Directory<'_>) -> Result<OwnedFd, Errno> {
    let mut path = [0; PATH_MAX];
    let place = path.get_mut(..directory.host.len());
    place
        .ok_or(Errno::NAMETOOLONG)?
        .copy_from_slice(directory.host);
    let path = CStr::from_bytes_until_nul(&path).map_err(|_| Errno::NAMETOOLONG)?;
    let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
    match openat(CWD, path, flags | OFlags::RDONLY, Mode::empty()) {
        // It cannot be listed, but what is in it may be accessible.
        Err(Errno::ACCESS) => openat(CWD, path, flags | OFlags::PATH, Mode::empty()),
        result => result,
    }
}

fn missing(directory: &Directory<'_>, error: Errno) -> ! {
    let reason: &[u8] = match error {
        Errno::NOENT => b"it does not exist",
        Errno::NOTDIR => b"it is not a directory",
        Errno::ACCESS | Errno::PERM => b"permission denied",
        Errno::NAMETOOLONG => b"its name is too long",
        _ => b"the system refuses",
    };
    fatal(&[
        b"error: cannot open the directory `",
        directory.host,
        b"` that this program was built to use (--dir): ",
        reason,
    ])
}

fn bad_policy(reason: &str) -> ! {
    fatal(&[
        b"error: the policy in this executable is damaged: ",
        reason.as_bytes(),
    ])
}
