//! Listing directories: `fd_readdir`. A cookie is the kernel's position, so each call costs
//! what it returns, and a cookie stays valid while other entries come and go.
//!
//! `telldir` of a C library keeps a cookie in a `long`, which has 32 bits in a guest, and
//! `seekdir` has to find the place again. Most file systems number their entries, and the
//! cookie is that number. Positions of the others (ext4 and what is made like it) are hashes
//! of 63 bits, in whose order the entries are listed; a directory of such is wide. There a
//! cookie has the halves of the position the other way round, so that the lower half, which is
//! what a `long` keeps, is the upper 31 bits of the hash: 32-bit programs of Linux get that
//! number too. With zeros for the rest it leads to the first entry whose hash begins like
//! that, which is the right one unless two entries share these bits. For the second of
//! them a number takes the place of the lower half; see [`Shared`].
//!
//! A directory in the executable never changes, and its cookies count entries.

#[cfg(any(feature = "archive", test))]
use crate::archive;
use crate::descriptors::Shared;
use crate::errno::Errno;
#[cfg(feature = "components")]
use crate::file::File;
#[cfg(any(feature = "archive", test))]
use crate::file::Root;
use crate::filestat;
use crate::guest::Guest;
use crate::types::rights::FD_READDIR;
use crate::types::{DirectoryEntry, FileType};
use core::ffi::CStr;
use core::mem::MaybeUninit;
use rustix::fd::{AsFd, BorrowedFd};
use rustix::fs::{self, AtFlags, RawDir, SeekFrom};

/// Size of the buffer for entries taken from the kernel at a time, in bytes.
const CHUNK: usize = 4096;

/// Implements `fd_readdir`: fills `buffer` with entries from `cookie` on. The last one is cut off where
/// the buffer ends; a result smaller than the buffer means that there are no
/// more. Names are the kernel's bytes, not always UTF-8.
pub(crate) fn readdir(
    guest: &mut Guest<'_>,
    fd: u32,
    buffer: u32,
    length: u32,
    cookie: u64,
    used: u32,
) -> Result<(), Errno> {
    guest.memory.check(used, 4)?;
    let mut out = Output { bytes: guest.memory.bytes_mut(buffer, length)?, used: 0 };
    let (descriptor, shared) = guest.descriptors.with_shared(fd, FD_READDIR)?;
    #[cfg(any(feature = "archive", test))]
    if let Root::Member(directory) = descriptor.file.root() {
        list_members(&mut out, directory, cookie)?;
        let total = out.used as u32;
        return guest.memory.write_u32(used, total);
    }
    let mut is_wide = descriptor.is_wide;
    let mut position = position_of(cookie, is_wide, shared);
    let directory = descriptor.as_fd();
    fs::seek(directory, SeekFrom::Start(position))?;
    let mut chunk = [MaybeUninit::uninit(); CHUNK];
    let mut entries = RawDir::new(directory, &mut chunk);
    while !out.is_full()
        && let Some(entry) = entries.next()
    {
        let entry = entry?;
        let name = entry.file_name();
        let next = entry.next_entry_cookie();
        if position == 0 {
            is_wide = is_hash(next);
        }
        let header = DirectoryEntry {
            next: cookie_of(next, position, is_wide, shared),
            inode: entry.ino(),
            name_length: name.count_bytes() as u32,
            file_type: file_type(directory, name, entry.file_type()),
        };
        out.put(&header.to_bytes());
        out.put(name.to_bytes());
        position = next;
    }
    descriptor.is_wide = is_wide;
    let total = out.used as u32;
    guest.memory.write_u32(used, total)
}

/// An entry of a directory.
#[cfg(feature = "components")]
pub(crate) struct Entry {
    /// The kernel's position of the entry after this one.
    pub(crate) next: u64,
    pub(crate) file_type: FileType,
    /// Number of bytes of the name, which is in the buffer.
    pub(crate) name_length: usize,
}

/// Reads the entry at a position of the kernel's, and puts its name into `buffer`. Returns
/// none at the end.
#[cfg(feature = "components")]
pub(crate) fn entry_at(
    directory: &File,
    position: u64,
    buffer: &mut [u8],
) -> Result<Option<Entry>, Errno> {
    // Room for an entry with the longest name.
    const ONE: usize = 512;
    #[cfg(any(feature = "archive", test))]
    if let Root::Member(directory) = directory.root() {
        return member_at(directory, position, buffer);
    }
    let directory = directory.as_fd();
    fs::seek(directory, SeekFrom::Start(position))?;
    let mut chunk = [MaybeUninit::uninit(); ONE];
    let mut entries = RawDir::new(directory, &mut chunk);
    let Some(entry) = entries.next() else {
        return Ok(None);
    };
    let entry = entry?;
    let name = entry.file_name().to_bytes();
    let place = buffer.get_mut(..name.len()).ok_or(Errno::NameTooLong)?;
    place.copy_from_slice(name);
    Ok(Some(Entry {
        next: entry.next_entry_cookie(),
        file_type: file_type(directory, entry.file_name(), entry.file_type()),
        name_length: name.len(),
    }))
}

/// Puts the entries of a directory in the executable into `out`. A cookie is the number of
/// entries before.
#[cfg(any(feature = "archive", test))]
fn list_members(out: &mut Output<'_>, directory: u32, cookie: u64) -> Result<(), Errno> {
    let mut position = cookie;
    while !out.is_full()
        && let Some(entry) = archive::listed(directory, position)?
    {
        position += 1;
        let header = DirectoryEntry {
            next: position,
            inode: entry.inode,
            name_length: entry.name.len() as u32,
            file_type: entry.file_type,
        };
        out.put(&header.to_bytes());
        out.put(entry.name);
    }
    Ok(())
}

/// Does what [`entry_at`] does in a directory in the executable.
#[cfg(all(any(feature = "archive", test), feature = "components"))]
fn member_at(directory: u32, position: u64, buffer: &mut [u8]) -> Result<Option<Entry>, Errno> {
    let Some(entry) = archive::listed(directory, position)? else {
        return Ok(None);
    };
    let place = buffer.get_mut(..entry.name.len()).ok_or(Errno::NameTooLong)?;
    place.copy_from_slice(entry.name);
    let (file_type, name_length) = (entry.file_type, entry.name.len());
    Ok(Some(Entry { next: position + 1, file_type, name_length }))
}

/// Returns whether the position after the first entry is a hash. Where entries are numbered
/// it is a small number, or all ones if there is no further entry.
fn is_hash(position: u64) -> bool {
    (1..0x7fff_ffff).contains(&(position >> 32))
}

/// Returns the cookie of a position; `before` is that of the entry which ends there.
fn cookie_of(position: u64, before: u64, is_wide: bool, shared: &mut Shared) -> u64 {
    let upper = position >> 32;
    if upper == 0 && !is_wide {
        return position;
    }
    let is_taken = upper == before >> 32 || Shared::NUMBERS.contains(&upper);
    match is_taken.then(|| shared.number(position)).flatten() {
        Some(number) => position << 32 | number,
        None => position.rotate_left(32),
    }
}

/// Returns the position of a cookie, or of its lower half.
fn position_of(cookie: u64, is_wide: bool, shared: &Shared) -> u64 {
    let (lower, upper) = (cookie & 0xffff_ffff, cookie >> 32);
    let is_half = upper == 0 && is_wide;
    match shared.position(lower) {
        Some(position) if is_half || upper == position & 0xffff_ffff && upper != 0 => position,
        _ if is_half || upper != 0 => cookie.rotate_left(32),
        _ => cookie,
    }
}

/// Returns the type of an entry, which some file systems tell only when asked.
fn file_type(directory: BorrowedFd<'_>, name: &CStr, listed: fs::FileType) -> FileType {
    let known = match listed {
        fs::FileType::Unknown => fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW)
            .map_or(listed, |stat| fs::FileType::from_raw_mode(stat.st_mode)),
        _ => listed,
    };
    filestat::file_type(known)
}

/// The guest's buffer, and the number of bytes that are filled.
struct Output<'a> {
    bytes: &'a mut [u8],
    used: usize,
}

impl Output<'_> {
    fn is_full(&self) -> bool {
        self.used >= self.bytes.len()
    }

    /// Appends as much as fits.
    fn put(&mut self, bytes: &[u8]) {
        let place = self.bytes.get_mut(self.used..).unwrap_or_default();
        for (to, from) in place.iter_mut().zip(bytes) {
            *to = *from;
            self.used += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;

    /// Positions of a directory on ext4, the last one after the last entry.
    const HASHES: [u64; 7] = [
        1 << 32,
        0x1efc_e248_700a_9a17,
        0x4983_60ad_1d5d_caa5,
        // These two share the upper half.
        0x4983_60ad_ffff_0001,
        // This one has the upper half of a number for such an entry.
        0x7fff_ffc0_1234_5678,
        0x7fff_fffe_0000_0001,
        i64::MAX as u64,
    ];

    #[test]
    fn halves_of_cookies_are_enough() {
        let mut shared = Shared::new();
        let mut before = 0;
        let mut halves = std::vec::Vec::new();
        for position in HASHES {
            let cookie = cookie_of(position, before, true, &mut shared);
            assert_eq!(position_of(cookie, true, &shared), position);
            // A descriptor opened anew does not know yet that it is wide.
            if cookie >> 32 != 0 {
                assert_eq!(position_of(cookie, false, &shared), position);
            }
            let half = cookie & 0xffff_ffff;
            assert!(i32::try_from(half).is_ok_and(|half| half > 0), "{half:#x}");
            assert!(!halves.contains(&half), "{half:#x}");
            halves.push(half);
            // Where half of it leads no entry lies in between.
            let found = position_of(half, true, &shared);
            assert!(before < found && found <= position, "{before:#x} {found:#x}");
            before = position;
        }
        assert!(is_hash(HASHES[0]) && is_hash(HASHES[1]));
    }

    #[test]
    fn small_positions_are_cookies() {
        let mut shared = Shared::new();
        for position in [0, 1, 2, 100_000, 0x7fff_ffc1, i32::MAX as u64] {
            assert!(!is_hash(position));
            assert_eq!(cookie_of(position, 0, false, &mut shared), position);
            assert_eq!(position_of(position, false, &shared), position);
        }
        let end = cookie_of(i64::MAX as u64, 3, false, &mut shared);
        assert_eq!(position_of(end, false, &shared), i64::MAX as u64);
        assert!(!is_hash(i64::MAX as u64));
    }

    #[test]
    fn when_all_numbers_are_taken() {
        let mut shared = Shared::new();
        for position in 1..100 {
            let position = 7 << 32 | position;
            let cookie = cookie_of(position, position - 1, true, &mut shared);
            assert_eq!(position_of(cookie, true, &shared), position);
        }
    }
}
