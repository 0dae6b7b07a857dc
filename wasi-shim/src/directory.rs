//! Listing directories: `fd_readdir`. A cookie is the kernel's position, so
//! nothing is kept between calls, and each call costs what it returns.

use crate::errno::Errno;
use crate::filestat;
use crate::guest::Guest;
use crate::types::rights::FD_READDIR;
use crate::types::{DirectoryEntry, FileType};
use core::ffi::CStr;
use core::mem::MaybeUninit;
use rustix::fd::BorrowedFd;
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
    let directory = rustix::fd::AsFd::as_fd(guest.descriptors.with(fd, FD_READDIR)?);
    fs::seek(directory, SeekFrom::Start(cookie))?;
    let mut chunk = [MaybeUninit::uninit(); CHUNK];
    let mut entries = RawDir::new(directory, &mut chunk);
    while !out.is_full()
        && let Some(entry) = entries.next()
    {
        let entry = entry?;
        let name = entry.file_name();
        let header = DirectoryEntry {
            next: entry.next_entry_cookie(),
            inode: entry.ino(),
            name_length: name.count_bytes() as u32,
            file_type: file_type(directory, name, entry.file_type()),
        };
        out.put(&header.to_bytes());
        out.put(name.to_bytes());
    }
    let total = out.used as u32;
    guest.memory.write_u32(used, total)
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
