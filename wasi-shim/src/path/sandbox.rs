//! The two ways to reach a file beneath a directory, and nothing else: [`open`]
//! it, or [`parent`] its directory. Whatever the path and the symbolic links
//! on it say, the result is inside; a path that leads out is
//! [`Errno::NotPermitted`].
//!
//! Files in the executable are found by `members`. Elsewhere the kernel resolves paths
//! (`openat2` with `RESOLVE_BENEATH`, Linux 5.6) unless it is too old, forbids it or is an
//! emulator; then `walk` does it.

use super::name::Path;
use super::walk;
use crate::file::{File, Root};
use core::ffi::CStr;
use core::sync::atomic::{AtomicU8, Ordering::Relaxed};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};
use rustix::io::{Errno, Result};

/// Number of tries that the kernel gets when a rename elsewhere confuses it.
const TRIES: usize = 8;

/// Opens a path beneath `root`. A symbolic link at its end is followed unless
/// `flags` has `NOFOLLOW`.
pub(crate) fn open(root: Root<'_>, path: &Path, flags: OFlags, mode: Mode) -> Result<File> {
    open_c(root, path.as_c_str(), flags | OFlags::CLOEXEC, mode)
}

fn open_c(root: Root<'_>, path: &CStr, flags: OFlags, mode: Mode) -> Result<File> {
    match root {
        Root::Kernel(root) => open_of_kernel(root, path, flags, mode).map(File::Kernel),
        #[cfg(any(feature = "archive", test))]
        Root::Member(root) => super::members::open(root, path.to_bytes(), flags).map(File::Member),
    }
}

fn open_of_kernel(root: BorrowedFd<'_>, path: &CStr, flags: OFlags, mode: Mode) -> Result<OwnedFd> {
    if kernel_can(root) {
        for _ in 0..TRIES {
            match open_by_kernel(root, path, flags, mode) {
                Err(Errno::AGAIN | Errno::INTR) => {}
                result => return result,
            }
        }
    }
    walk::open(root, path.to_bytes(), flags, mode)
}

fn open_by_kernel(root: BorrowedFd<'_>, path: &CStr, flags: OFlags, mode: Mode) -> Result<OwnedFd> {
    // Unlike its predecessor, the call refuses a mode that it has no use for.
    let mode = if flags.contains(OFlags::CREATE) { mode } else { Mode::empty() };
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    match openat2(root, path, flags, mode, resolve) {
        // The kernel's error for a path that leads out.
        Err(Errno::XDEV) => Err(Errno::PERM),
        result => result,
    }
}

/// Returns whether `openat2` works here, which is found out when first needed.
fn kernel_can(root: BorrowedFd<'_>) -> bool {
    const UNKNOWN: u8 = 0;
    const YES: u8 = 1;
    const NO: u8 = 2;
    static ANSWER: AtomicU8 = AtomicU8::new(UNKNOWN);
    match ANSWER.load(Relaxed) {
        UNKNOWN => {
            let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
            match open_by_kernel(root, c".", flags, Mode::empty()) {
                Ok(_) => ANSWER.store(YES, Relaxed),
                // These errors tell nothing about the next call.
                Err(Errno::MFILE | Errno::NFILE | Errno::NOMEM | Errno::INTR) => return true,
                Err(_) => ANSWER.store(NO, Relaxed),
            }
            ANSWER.load(Relaxed) == YES
        }
        answer => answer == YES,
    }
}

/// The directory that a path is in.
pub(crate) enum Parent<'a> {
    Root(Root<'a>),
    Opened(File),
}

impl Parent<'_> {
    /// Returns the directory, for paths that begin there.
    pub(crate) fn root(&self) -> Root<'_> {
        match self {
            Parent::Root(root) => *root,
            Parent::Opened(directory) => directory.root(),
        }
    }
}

impl AsFd for Parent<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.root().as_kernel()
    }
}

/// Opens the directory that a path beneath `root` is in, and returns it with
/// the last component as it was written, slashes after it included. The
/// component is for calls that do not follow symbolic links there; it is never
/// `..`.
pub(crate) fn parent<'a, 'p>(root: Root<'a>, path: &'p mut Path) -> Result<(Parent<'a>, &'p CStr)> {
    let (directory, name) = path.split();
    let parent = match directory {
        None => Parent::Root(root),
        Some(directory) => {
            let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
            Parent::Opened(open_c(root, directory, flags, Mode::empty())?)
        }
    };
    Ok((parent, name))
}
