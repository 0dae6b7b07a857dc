//! Files that are in the executable (`--embed`), when they are open: what they are, reading,
//! positions, and entries of directories. The kernel has mapped them with the executable, so
//! no function here makes a system call; bytes are copied to the guest. Each does and fails as
//! the kernel does for a file that is there for reading only. Finding a file by its path is not
//! done here.

use crate::errno::Errno;
use crate::types::{FileStat, FileType};
use core::cell::Cell;
use quench_policy::{Archive, Member, MemberKind};
use rustix::fs::{OFlags, SeekFrom};
use rustix::io::{Errno as Linux, Result};

/// The device that all these files are on: more than any number of the kernel's.
const DEVICE: u64 = 1 << 32;

/// Returns the archive in this executable.
pub(crate) fn archive() -> Result<Archive<'static>> {
    Archive::new(bytes()).ok_or(Linux::IO)
}

#[cfg(not(test))]
fn bytes() -> &'static [u8] {
    quench_runtime_support::archive()
}

#[cfg(test)]
pub(crate) use tests::bytes;

/// Returns the entry with a number.
pub(crate) fn member(number: u32) -> Result<Member<'static>> {
    archive()?.member(number).ok_or(Linux::IO)
}

/// A file, directory or link that is open.
pub(crate) struct Open {
    /// The number of its entry.
    number: u32,
    /// The flags that the guest can ask for and set.
    flags: Cell<OFlags>,
    position: Cell<u64>,
}

/// Flags of an open file that `fcntl` tells.
const TOLD: OFlags = OFlags::APPEND.union(OFlags::NONBLOCK).union(OFlags::SYNC);

impl Open {
    pub(crate) fn new(number: u32, flags: OFlags) -> Open {
        Open { number, flags: Cell::new(flags & TOLD), position: Cell::new(0) }
    }

    /// Returns the number of the entry.
    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    pub(crate) fn flags(&self) -> OFlags {
        self.flags.get()
    }

    pub(crate) fn set_flags(&self, flags: OFlags) {
        self.flags.set(flags & TOLD);
    }

    pub(crate) fn attributes(&self) -> core::result::Result<FileStat, Errno> {
        let (archive, member) = (archive()?, member(self.number)?);
        let time = archive.time();
        Ok(FileStat {
            device: DEVICE,
            inode: inode(self.number),
            file_type: file_type(&member),
            links: 1,
            size: if member.kind == MemberKind::Directory { 0 } else { member.size },
            accessed: time,
            modified: time,
            changed: time,
        })
    }

    /// Returns the number of bytes from the position to the end of a file.
    pub(crate) fn available(&self) -> u64 {
        member(self.number).map_or(0, |member| member.size.saturating_sub(self.position.get()))
    }

    /// Reads at the position, and moves it.
    pub(crate) fn read(&self, buffers: &mut [&mut [u8]]) -> Result<usize> {
        let position = self.position.get();
        let count = self.read_at(buffers, position)?;
        self.position.set(position + count as u64);
        Ok(count)
    }

    /// Reads at an offset.
    pub(crate) fn read_at(&self, buffers: &mut [&mut [u8]], offset: u64) -> Result<usize> {
        if offset > i64::MAX as u64 {
            return Err(Linux::INVAL);
        }
        let member = member(self.number)?;
        if member.kind != MemberKind::File {
            return Err(Linux::ISDIR);
        }
        let content = archive()?.content(&member);
        let mut rest = usize::try_from(offset).ok().and_then(|offset| content.get(offset..));
        let mut total = 0;
        for buffer in buffers {
            let (from, behind) = split(rest.unwrap_or_default(), buffer.len());
            if let Some(to) = buffer.get_mut(..from.len()) {
                to.copy_from_slice(from);
            }
            total += from.len();
            rest = Some(behind);
        }
        Ok(total)
    }

    /// Moves the position of a file.
    pub(crate) fn seek(&self, to: SeekFrom) -> Result<u64> {
        let size = member(self.number)?.size;
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(distance) => self.position.get().checked_add_signed(distance),
            SeekFrom::End(distance) => size.checked_add_signed(distance),
            _ => None,
        };
        let position = position.filter(|position| *position <= i64::MAX as u64);
        self.position.set(position.ok_or(Linux::INVAL)?);
        Ok(self.position.get())
    }
}

fn split(bytes: &[u8], at: usize) -> (&[u8], &[u8]) {
    bytes.split_at_checked(at).unwrap_or((bytes, &[]))
}

/// Returns the number of a file for guests, to whom 0 is none.
fn inode(number: u32) -> u64 {
    u64::from(number) + 1
}

fn file_type(member: &Member<'_>) -> FileType {
    match member.kind {
        MemberKind::File => FileType::RegularFile,
        MemberKind::Directory => FileType::Directory,
        MemberKind::Link => FileType::SymbolicLink,
    }
}

/// An entry of a directory, as lists have it.
pub(crate) struct Listed {
    pub(crate) name: &'static [u8],
    pub(crate) inode: u64,
    pub(crate) file_type: FileType,
}

/// Returns the entry at a position in a directory: first `.` and `..`, then its own in the
/// order of their names. Returns none behind the last.
pub(crate) fn listed(directory: u32, position: u64) -> Result<Option<Listed>> {
    let (archive, parent) = (archive()?, member(directory)?);
    if parent.kind != MemberKind::Directory {
        return Err(Linux::NOTDIR);
    }
    let special = |name, number| {
        Ok(Some(Listed { name, inode: inode(number), file_type: FileType::Directory }))
    };
    match position {
        0 => return special(b".", directory),
        1 => return special(b"..", parent.parent),
        _ => {}
    }
    let place = u32::try_from(position - 2).ok();
    let Some(place) = place.filter(|place| *place < archive.entries(&parent)) else {
        return Ok(None);
    };
    let number = parent.first.checked_add(place).ok_or(Linux::IO)?;
    let member = member(number)?;
    Ok(Some(Listed { name: member.name, inode: inode(number), file_type: file_type(&member) }))
}

#[cfg(test)]
pub(crate) mod tests {
    extern crate std;

    use super::*;
    use quench_policy::{NewContent, NewMember, encode_archive};
    use std::boxed::Box;
    use std::vec::Vec;

    std::thread_local! {
        static BYTES: Cell<&'static [u8]> = const { Cell::new(&[]) };
    }

    pub(crate) fn bytes() -> &'static [u8] {
        BYTES.get()
    }

    /// Makes the archive of these the executable's, for this thread; all files hold `x`.
    pub(crate) fn put(members: &[NewMember<'_>]) {
        let mut bytes = Vec::new();
        let length = encode_archive(members, 1, 5, &mut bytes).unwrap();
        bytes.resize(length as usize, b'x');
        BYTES.set(Box::leak(bytes.into_boxed_slice()));
    }

    fn file(size: u64) -> Open {
        put(&[
            NewMember { name: b".", parent: 0, content: NewContent::Directory(1, 1) },
            NewMember { name: b"file", parent: 0, content: NewContent::File(size) },
        ]);
        Open::new(1, OFlags::empty())
    }

    #[test]
    fn reading_stops_at_the_end() {
        let file = file(5);
        let (mut one, mut two) = ([0; 2], [0; 10]);
        let mut buffers = [&mut one[..], &mut two[..]];
        assert_eq!(file.read_at(&mut buffers, 1), Ok(4));
        assert_eq!(file.read_at(&mut buffers, 5), Ok(0));
        assert_eq!(file.read_at(&mut buffers, 1 << 62), Ok(0));
        assert_eq!(file.read_at(&mut buffers, u64::MAX), Err(Linux::INVAL));
        assert_eq!(file.read(&mut buffers), Ok(5));
        assert_eq!(file.read(&mut buffers), Ok(0));
        assert_eq!((one, two), ([b'x'; 2], [b'x', b'x', b'x', 0, 0, 0, 0, 0, 0, 0]));
    }

    #[test]
    fn positions() {
        let file = file(5);
        assert_eq!(file.seek(SeekFrom::End(-2)), Ok(3));
        assert_eq!(file.available(), 2);
        assert_eq!(file.seek(SeekFrom::Current(-4)), Err(Linux::INVAL));
        assert_eq!(file.seek(SeekFrom::Current(-3)), Ok(0));
        assert_eq!(file.seek(SeekFrom::Start(1 << 40)), Ok(1 << 40));
        assert_eq!(file.available(), 0);
        assert_eq!(file.seek(SeekFrom::Start(1 << 63)), Err(Linux::INVAL));
        assert_eq!(file.seek(SeekFrom::Current(i64::MAX)), Err(Linux::INVAL));
        assert_eq!(file.seek(SeekFrom::Current(0)), Ok(1 << 40));
    }

    #[test]
    fn lists_begin_with_the_directory_itself() {
        file(5);
        let name = |position| listed(0, position).unwrap().map(|entry| entry.name);
        assert_eq!(name(0), Some(&b"."[..]));
        assert_eq!(name(1), Some(&b".."[..]));
        assert_eq!(name(2), Some(&b"file"[..]));
        for end in [3, 4, 1 << 32, u64::MAX] {
            assert_eq!(name(end), None);
        }
        assert!(matches!(listed(1, 0), Err(Linux::NOTDIR)));
        assert!(matches!(listed(7, 0), Err(Linux::IO)));
    }
}
