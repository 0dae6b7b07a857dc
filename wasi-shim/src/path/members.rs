//! Resolving a path beneath a directory of the archive in the executable. Promises what
//! `openat2` with `RESOLVE_BENEATH` does in a tree of the same content that is for reading
//! only, with the same errors. Nobody changes the tree meanwhile, so `..` is the directory that
//! an entry names, up to the root.

use super::pending::{LINKS_MAX, Pending, Rest};
use crate::archive::{Open, archive, member};
use quench_policy::{MemberKind, NAME_MAX};
use rustix::fs::OFlags;
use rustix::io::{Errno, Result};

/// Opens a relative path beneath the directory with the number `root`.
pub(crate) fn open(root: u32, path: &[u8], flags: OFlags) -> Result<Open> {
    let mut walk = Walk { root, here: root, pending: Pending::new(), links: 0 };
    walk.pending.prepend(path)?;
    let number = walk.finish(flags)?;
    Ok(Open::new(number, flags))
}

/// Returns what the symbolic link says that has a name in a directory.
pub(crate) fn read_link(directory: u32, name: &[u8]) -> Result<&'static [u8]> {
    let member = match name {
        b"." => member(directory)?,
        _ => member(find(directory, name)?)?,
    };
    match member.kind {
        MemberKind::Link => Ok(archive()?.content(&member)),
        MemberKind::File | MemberKind::Directory => Err(Errno::INVAL),
    }
}

/// Returns the number of the entry with a name in a directory.
fn find(directory: u32, name: &[u8]) -> Result<u32> {
    if name.len() > NAME_MAX {
        return Err(Errno::NAMETOOLONG);
    }
    archive()?.find(&member(directory)?, name).ok_or(Errno::NOENT)
}

struct Walk {
    root: u32,
    /// The directory that the walk has reached.
    here: u32,
    /// The part of the path that is still to be resolved.
    pending: Pending,
    links: usize,
}

impl Walk {
    fn finish(&mut self, flags: OFlags) -> Result<u32> {
        loop {
            let (component, rest) = self.pending.next();
            match component.as_c_str().to_bytes() {
                b"" => return Ok(self.here),
                b"." => {}
                b".." if self.here == self.root => return Err(Errno::PERM),
                b".." => self.here = member(self.here)?.parent,
                name if rest == Rest::More => self.enter(name)?,
                name => {
                    if let Some(number) = self.last(name, rest == Rest::Slashes, flags)? {
                        return Ok(number);
                    }
                }
            }
        }
    }

    /// Goes into a directory, or replaces a link by its target.
    fn enter(&mut self, name: &[u8]) -> Result<()> {
        let number = find(self.here, name)?;
        match member(number)?.kind {
            MemberKind::Directory => {
                self.here = number;
                Ok(())
            }
            MemberKind::Link => self.expand(number, true),
            MemberKind::File => Err(Errno::NOTDIR),
        }
    }

    /// Finds the last component, with slashes behind it if `slash`. Returns none if it was a
    /// link, which has been expanded.
    fn last(&mut self, name: &[u8], slash: bool, flags: OFlags) -> Result<Option<u32>> {
        let number = find(self.here, name)?;
        let kind = member(number)?.kind;
        let is_link = kind == MemberKind::Link;
        if is_link && (slash || !flags.contains(OFlags::NOFOLLOW)) {
            self.expand(number, slash)?;
            return Ok(None);
        }
        if kind != MemberKind::Directory && (slash || flags.contains(OFlags::DIRECTORY)) {
            return Err(Errno::NOTDIR);
        }
        if is_link && !flags.contains(OFlags::PATH) {
            return Err(Errno::LOOP);
        }
        Ok(Some(number))
    }

    /// Puts the target of a link in front of the pending part.
    fn expand(&mut self, link: u32, slash: bool) -> Result<()> {
        if self.links == LINKS_MAX {
            return Err(Errno::LOOP);
        }
        self.links += 1;
        let target = archive()?.content(&member(link)?);
        if target.starts_with(b"/") {
            return Err(Errno::PERM);
        }
        if slash {
            self.pending.prepend(b"/")?;
        }
        self.pending.prepend(target)
    }
}
