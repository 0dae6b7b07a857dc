//! Resolving a path beneath a directory without the kernel's help. Promises
//! what `openat2` with `RESOLVE_BENEATH` does, with the same errors.
//!
//! The kernel is given one component at a time and is never asked to follow a
//! symbolic link or to go to `..`; so each directory it opens was inside when
//! it was opened, whatever others do to the tree meanwhile. Links are expanded
//! here. For `..`, the names of the directories walked through are kept and
//! walked again from the root.

use super::link::read_link;
use super::name::{PATH_MAX, c_str};
use super::pending::{LINKS_MAX, Pending, Rest};
use crate::file::Root;
use core::ffi::CStr;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode, OFlags, openat};
use rustix::io::{Errno, Result, retry_on_intr};

/// Flags that open a directory to go into it.
const ENTER: OFlags =
    OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Opens a relative path beneath `root`.
pub(crate) fn open(
    root: BorrowedFd<'_>,
    path: &[u8],
    flags: OFlags,
    mode: Mode,
) -> Result<OwnedFd> {
    let mut walk =
        Walk { root, current: None, trail: Trail::new(), pending: Pending::new(), links: 0 };
    walk.pending.prepend(path)?;
    walk.finish(flags, mode)
}

struct Walk<'a> {
    root: BorrowedFd<'a>,
    /// The directory that the walk has reached; none at the root.
    current: Option<OwnedFd>,
    /// The way there: components that were no links when walked through.
    trail: Trail,
    /// The part of the path that is still to be resolved.
    pending: Pending,
    links: usize,
}

impl Walk<'_> {
    fn finish(&mut self, flags: OFlags, mode: Mode) -> Result<OwnedFd> {
        loop {
            let (component, rest) = self.pending.next();
            let name = component.as_c_str();
            match name.to_bytes() {
                b"" => return openat(self.here(), c".", flags, mode),
                b"." => {}
                b".." => self.leave()?,
                _ if rest == Rest::More => self.enter(name)?,
                _ => {
                    let directory = rest == Rest::Slashes;
                    if let Some(file) = self.open_last(name, directory, flags, mode)? {
                        return Ok(file);
                    }
                }
            }
        }
    }

    /// Opens the last component. Returns none if it was a link, which has been
    /// expanded.
    fn open_last(
        &mut self,
        name: &CStr,
        directory: bool,
        flags: OFlags,
        mode: Mode,
    ) -> Result<Option<OwnedFd>> {
        if directory && flags.contains(OFlags::CREATE) {
            return Err(Errno::ISDIR);
        }
        let exclusive = flags.contains(OFlags::CREATE | OFlags::EXCL);
        let follow = directory || !flags.contains(OFlags::NOFOLLOW);
        if follow && !exclusive && self.expand(name, directory)? {
            return Ok(None);
        }
        let mut flags = flags | OFlags::NOFOLLOW;
        flags.set(OFlags::DIRECTORY, directory || flags.contains(OFlags::DIRECTORY));
        retry_on_intr(|| openat(self.here(), name, flags, mode)).map(Some)
    }

    fn here(&self) -> BorrowedFd<'_> {
        match &self.current {
            Some(directory) => directory.as_fd(),
            None => self.root,
        }
    }

    /// Goes into a directory, or replaces a link by its target.
    fn enter(&mut self, name: &CStr) -> Result<()> {
        match openat(self.here(), name, ENTER, Mode::empty()) {
            Ok(directory) => {
                self.trail.push(name.to_bytes())?;
                self.current = Some(directory);
                Ok(())
            }
            Err(Errno::NOTDIR | Errno::LOOP) => {
                let expanded = self.expand(name, true)?;
                if expanded { Ok(()) } else { Err(Errno::NOTDIR) }
            }
            Err(error) => Err(error),
        }
    }

    /// Goes to `..`.
    fn leave(&mut self) -> Result<()> {
        if !self.trail.pop() {
            return Err(Errno::PERM);
        }
        self.current = None;
        for name in self.trail.components() {
            let directory = openat(self.here(), name, ENTER, Mode::empty())?;
            self.current = Some(directory);
        }
        Ok(())
    }

    /// Puts the target of a link in front of the pending part. Returns false if
    /// there is no link of that name.
    fn expand(&mut self, name: &CStr, slash: bool) -> Result<bool> {
        let mut buffer = [0; PATH_MAX];
        let Ok(target) = read_link(Root::Kernel(self.here()), name, &mut buffer) else {
            return Ok(false);
        };
        if self.links == LINKS_MAX {
            return Err(Errno::LOOP);
        }
        self.links += 1;
        if target.starts_with(b"/") {
            return Err(Errno::PERM);
        }
        if slash {
            self.pending.prepend(b"/")?;
        }
        self.pending.prepend(target)?;
        Ok(true)
    }
}

/// Names of the directories from the root to the one that the walk has reached,
/// each ended by NUL.
struct Trail {
    bytes: [u8; PATH_MAX],
    length: usize,
}

impl Trail {
    fn new() -> Trail {
        Trail { bytes: [0; PATH_MAX], length: 0 }
    }

    fn push(&mut self, name: &[u8]) -> Result<()> {
        let end = self.length + name.len();
        // Room for the NUL too.
        if end >= PATH_MAX {
            return Err(Errno::NAMETOOLONG);
        }
        if let Some(place) = self.bytes.get_mut(self.length..end) {
            place.copy_from_slice(name);
        }
        if let Some(place) = self.bytes.get_mut(end) {
            *place = 0;
        }
        self.length = end + 1;
        Ok(())
    }

    /// Forgets the last name. Returns false if there is none.
    fn pop(&mut self) -> bool {
        let Some(last) = self.length.checked_sub(1) else {
            return false;
        };
        let names = self.bytes.get(..last).unwrap_or_default();
        self.length = names.iter().rposition(|&byte| byte == 0).map_or(0, |nul| nul + 1);
        true
    }

    fn components(&self) -> impl Iterator<Item = &CStr> {
        let names = self.bytes.get(..self.length).unwrap_or_default();
        names.split_inclusive(|&byte| byte == 0).map(c_str)
    }
}
