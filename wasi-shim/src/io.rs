//! Reading and writing: `fd_read`, `fd_pread`, `fd_write`, `fd_pwrite`. The
//! kernel works straight on guest memory, some buffers of the guest's list at
//! a time; so nothing is copied and nothing depends on the guest's sizes.

use crate::descriptors::{Descriptor, Kind};
use crate::errno::Errno;
use crate::guest::Guest;
use crate::memory::{Memory, range, u32_at};
use crate::types::rights::{FD_READ, FD_SEEK, FD_WRITE};
use crate::waiting::{is_to_try_again, wait_for};
use core::array;
use core::ops::Range;
use rustix::event::PollFlags;
use rustix::fs::FileType;
use rustix::io::{Errno as Linux, IoSlice, IoSliceMut, retry_on_intr};

/// Buffers handed to the kernel at a time for writing.
const WRITE_CHUNK: usize = 32;

/// Buffers handed to the kernel at a time for reading.
const READ_CHUNK: usize = 8;

/// Size of an `iovec` and a `ciovec`, in bytes.
const VECTOR_SIZE: u32 = 8;

/// The most bytes that one call transfers: a guest's `ssize_t` holds no more.
const MOST: usize = i32::MAX as usize;

pub(crate) fn fd_write(
    guest: &mut Guest<'_>,
    fd: u32,
    list: u32,
    count: u32,
    written: u32,
) -> Result<(), Errno> {
    guest.memory.check(written, 4)?;
    let descriptor = guest.descriptors.with(fd, FD_WRITE)?;
    let total = if guest.strict {
        write_plainly(&guest.memory, list, count, descriptor)?
    } else {
        let heed = guest.descriptors.heed_broken_pipes;
        let again = |error| is_to_try_again(descriptor, PollFlags::OUT, error, heed);
        write_all(&guest.memory, list, count, again, |buffers, _| {
            rustix::io::writev(descriptor, buffers)
        })?
    };
    guest.memory.write_u32(written, total)
}

/// Writes with `write` alone: the first buffers together, as `writev` would, as
/// far as they are small; else one buffer.
fn write_plainly(
    memory: &Memory<'_>,
    list: u32,
    count: u32,
    descriptor: &Descriptor,
) -> Result<u32, Errno> {
    const SMALL: usize = 1024;
    let write = |bytes| retry_on_intr(|| rustix::io::write(descriptor, bytes));
    let mut small = [0; SMALL];
    let mut length = 0;
    for buffer in Vectors::checked(memory, list, count)? {
        let buffer = memory.0.get(buffer).ok_or(Errno::Fault)?;
        match small.get_mut(length..length + buffer.len()) {
            Some(place) => place.copy_from_slice(buffer),
            None if length == 0 => return Ok(write(buffer)? as u32),
            None => break,
        }
        length += buffer.len();
    }
    Ok(write(small.get(..length).unwrap_or_default())? as u32)
}

pub(crate) fn fd_pwrite(
    guest: &mut Guest<'_>,
    fd: u32,
    list: u32,
    count: u32,
    offset: u64,
    written: u32,
) -> Result<(), Errno> {
    guest.memory.check(written, 4)?;
    let descriptor = guest.descriptors.with(fd, FD_WRITE)?;
    require_seekable(descriptor)?;
    descriptor.require(FD_SEEK)?;
    let again = |error| error == Linux::INTR;
    let total = write_all(&guest.memory, list, count, again, |buffers, done| {
        rustix::io::pwritev(descriptor, buffers, offset.wrapping_add(u64::from(done)))
    })?;
    guest.memory.write_u32(written, total)
}

pub(crate) fn fd_read(
    guest: &mut Guest<'_>,
    fd: u32,
    list: u32,
    count: u32,
    read: u32,
) -> Result<(), Errno> {
    guest.memory.check(read, 4)?;
    let descriptor = guest.descriptors.with(fd, FD_READ)?;
    let strict = guest.strict;
    let again = || !strict && is_regular(descriptor);
    let total = read_all(&mut guest.memory, list, count, again, |mut slices, _| {
        if let Some(result) = descriptor.file.read_member(&mut slices, None) {
            return result;
        }
        if strict {
            let first = slices.into_iter().next().unwrap_or_default();
            return retry_on_intr(|| rustix::io::read(descriptor, &mut *first));
        }
        let mut buffers = slices.map(IoSliceMut::new);
        wait_for(descriptor, PollFlags::IN, || rustix::io::readv(descriptor, &mut buffers))
    })?;
    guest.memory.write_u32(read, total)
}

pub(crate) fn fd_pread(
    guest: &mut Guest<'_>,
    fd: u32,
    list: u32,
    count: u32,
    offset: u64,
    read: u32,
) -> Result<(), Errno> {
    guest.memory.check(read, 4)?;
    let descriptor = guest.descriptors.with(fd, FD_READ)?;
    require_seekable(descriptor)?;
    descriptor.require(FD_SEEK)?;
    let again = || true;
    let total = read_all(&mut guest.memory, list, count, again, |mut slices, done| {
        let offset = offset.wrapping_add(u64::from(done));
        if let Some(result) = descriptor.file.read_member(&mut slices, Some(offset)) {
            return result;
        }
        let mut buffers = slices.map(IoSliceMut::new);
        retry_on_intr(|| rustix::io::preadv(descriptor, &mut buffers, offset))
    })?;
    guest.memory.write_u32(read, total)
}

/// Returns whether a descriptor is a regular file, where reading on never waits.
fn is_regular(descriptor: &Descriptor) -> bool {
    descriptor.file.is_member()
        || rustix::fs::fstat(descriptor)
            .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode).is_file())
}

/// Fails for descriptors without a position: for sockets, and for the standard
/// streams, whose position a guest cannot see.
pub(crate) fn require_seekable(descriptor: &Descriptor) -> Result<(), Errno> {
    match descriptor.kind {
        Kind::Stdio | Kind::Socket => Err(Errno::IllegalSeek),
        Kind::Directory | Kind::File => Ok(()),
    }
}

/// Writes the buffers of a list until all is written, the kernel takes less than
/// it was given, or an error occurs after which it is not to be tried `again`. Returns the number of bytes written, also if
/// an error followed them.
fn write_all(
    memory: &Memory<'_>,
    list: u32,
    count: u32,
    again: impl Fn(Linux) -> bool,
    mut write: impl FnMut(&[IoSlice<'_>], u32) -> rustix::io::Result<usize>,
) -> Result<u32, Errno> {
    let mut rest = Vectors::checked(memory, list, count)?;
    let mut total = 0;
    loop {
        let mut buffers: [_; WRITE_CHUNK] = array::from_fn(|_| IoSlice::new(&[]));
        let (mut used, mut size) = (0, 0);
        for (place, buffer) in buffers.iter_mut().zip(rest.by_ref()) {
            let bytes = memory.0.get(buffer).ok_or(Errno::Fault)?;
            used += 1;
            size += bytes.len();
            *place = IoSlice::new(bytes);
        }
        if total > 0 && total as usize + size > MOST {
            return Ok(total);
        }
        let buffers = buffers.get(..used).unwrap_or_default();
        let written = loop {
            match write(buffers, total) {
                Err(error) if again(error) => {}
                result => break result,
            }
        };
        match written {
            Ok(written) => {
                total += written as u32;
                if written < size || rest.is_empty() {
                    return Ok(total);
                }
            }
            Err(error) if total == 0 => return Err(error.into()),
            Err(_) => return Ok(total),
        }
    }
}

/// Reads into the buffers of a list, like [`write_all`]; except that a second
/// chunk is read only if `again` says so, because a stream may have nothing
/// more for a while.
fn read_all(
    memory: &mut Memory<'_>,
    list: u32,
    count: u32,
    again: impl Fn() -> bool,
    mut read: impl FnMut([&mut [u8]; READ_CHUNK], u32) -> rustix::io::Result<usize>,
) -> Result<u32, Errno> {
    Vectors::checked(memory, list, count)?;
    let mut first = 0;
    let mut total = 0;
    loop {
        // Reading may change the list itself, so nothing of it is kept.
        let mut rest = Vectors::new(memory, list, count)?;
        rest.drop_first(first);
        let (ranges, used) = rest.chunk();
        first += used;
        let finished = rest.is_empty();
        let size = ranges.iter().map(Range::len).sum();
        if total > 0 && total as usize + size > MOST {
            return Ok(total);
        }
        let Ok(slices) = memory.0.get_disjoint_mut(ranges) else {
            return if total == 0 { Err(Errno::Fault) } else { Ok(total) };
        };
        match read(slices, total) {
            Ok(done) => {
                total += done as u32;
                if done < size || finished || !again() {
                    return Ok(total);
                }
            }
            Err(error) if total == 0 => return Err(error.into()),
            Err(_) => return Ok(total),
        }
    }
}

/// Returns the places of the buffers of a list that are not empty.
///
/// # Errors
///
/// [`Errno::Fault`] if the list or one of its buffers is not inside memory.
pub(crate) fn buffers<'a>(
    memory: &'a Memory<'_>,
    list: u32,
    count: u32,
) -> Result<impl Iterator<Item = Range<usize>> + 'a, Errno> {
    let all = Vectors::checked(memory, list, count)?;
    Ok(all.filter(|buffer| !buffer.is_empty()))
}

/// The rest of a list of buffers in guest memory; an iterator over their places.
#[derive(Clone)]
struct Vectors<'a>(&'a [u8]);

impl<'a> Vectors<'a> {
    fn new(memory: &'a Memory<'_>, list: u32, count: u32) -> Result<Vectors<'a>, Errno> {
        memory.array(list, count, VECTOR_SIZE).map(Vectors)
    }

    /// Takes a list and checks that each buffer is inside memory, so that a call
    /// with a wrong one has no effect.
    fn checked(memory: &'a Memory<'_>, list: u32, count: u32) -> Result<Vectors<'a>, Errno> {
        let vectors = Vectors::new(memory, list, count)?;
        for buffer in vectors.clone() {
            memory.0.get(buffer).ok_or(Errno::Fault)?;
        }
        Ok(vectors)
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn drop_first(&mut self, count: usize) {
        let skipped = count.saturating_mul(VECTOR_SIZE as usize);
        self.0 = self.0.get(skipped..).unwrap_or_default();
    }

    /// Takes the next buffers as far as they do not overlap, at least one if there
    /// is one. Returns their places and their number.
    fn chunk(&mut self) -> ([Range<usize>; READ_CHUNK], usize) {
        let mut ranges = [const { 0..0 }; READ_CHUNK];
        let mut used = 0;
        while let Some(buffer) = self.clone().next() {
            let overlaps =
                |other: &Range<usize>| buffer.start < other.end && other.start < buffer.end;
            if ranges.iter().any(overlaps) {
                break;
            }
            let Some(place) = ranges.get_mut(used) else {
                break;
            };
            *place = buffer;
            used += 1;
            self.drop_first(1);
        }
        (ranges, used)
    }
}

impl Iterator for Vectors<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let (vector, rest) = self.0.split_at_checked(VECTOR_SIZE as usize)?;
        self.0 = rest;
        Some(range(u32_at(vector, 0), u32_at(vector, 4)))
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use rustix::fs::{MemfdFlags, memfd_create};
    use rustix::io::{pread, pwrite, readv, writev};
    use std::vec::Vec;

    /// A memory of 256 bytes, each its own address, with a list at its start.
    fn memory_with(list: &[(u32, u32)]) -> Vec<u8> {
        let mut bytes: Vec<u8> = (0..=255).collect();
        for (place, (address, length)) in bytes.chunks_exact_mut(8).zip(list) {
            place[..4].copy_from_slice(&address.to_le_bytes());
            place[4..].copy_from_slice(&length.to_le_bytes());
        }
        bytes
    }

    /// Returns the content of a file after writing the list, `at_once` buffers a
    /// call.
    fn written(list: &[(u32, u32)], at_once: usize) -> (Result<u32, Errno>, Vec<u8>) {
        let mut bytes = memory_with(list);
        let file = memfd_create(c"written", MemfdFlags::CLOEXEC).unwrap();
        let again = |_| false;
        let result =
            write_all(&Memory(&mut bytes), 0, list.len() as u32, again, |buffers, done| {
                assert_eq!(u64::from(done), rustix::fs::tell(&file).unwrap());
                writev(&file, &buffers[..buffers.len().min(at_once)])
            });
        let mut content = std::vec![0; 999];
        let length = pread(&file, &mut *content, 0).unwrap();
        content.truncate(length);
        (result, content)
    }

    #[test]
    fn writes_gather() {
        assert_eq!(written(&[(100, 2), (0, 0), (200, 1)], 99), (Ok(3), [100, 101, 200].to_vec()));
        let many: Vec<_> = (0..20).map(|i| (200 + i, 1)).collect();
        assert_eq!(written(&many, 99).0, Ok(20));
        // Overlapping buffers may be written; a short write ends the call.
        assert_eq!(written(&[(100, 2), (101, 2)], 99), (Ok(4), [100, 101, 101, 102].to_vec()));
        assert_eq!(written(&[(100, 2), (101, 2)], 1), (Ok(2), [100, 101].to_vec()));
        assert_eq!(written(&[(100, 2), (255, 2)], 99).0, Err(Errno::Fault));
        assert_eq!(written(&[(u32::MAX, u32::MAX)], 99).0, Err(Errno::Fault));
        assert_eq!(written(&[], 99).0, Ok(0));
    }

    /// Reads the bytes 0x80, 0x81, ... of a file.
    fn read(list: &[(u32, u32)], again: bool) -> (Result<u32, Errno>, Vec<u8>) {
        let mut bytes = memory_with(list);
        let file = memfd_create(c"read", MemfdFlags::CLOEXEC).unwrap();
        let content: Vec<u8> = (0x80..=0xff).collect();
        pwrite(&file, &content, 0).unwrap();
        let count = list.len() as u32;
        let result = read_all(
            &mut Memory(&mut bytes),
            0,
            count,
            || again,
            |slices, done| {
                assert_eq!(u64::from(done), rustix::fs::tell(&file).unwrap());
                readv(&file, &mut slices.map(IoSliceMut::new))
            },
        );
        (result, bytes)
    }

    #[test]
    fn reads_scatter() {
        let (result, bytes) = read(&[(200, 2), (0, 0), (100, 1)], true);
        assert_eq!(result, Ok(3));
        assert_eq!(bytes[200..203], [0x80, 0x81, 202]);
        assert_eq!(bytes[99..102], [99, 0x82, 101]);
    }

    #[test]
    fn overlapping_reads_are_done_in_order() {
        let overlapping = [(200, 4), (202, 4)];
        let (result, bytes) = read(&overlapping, true);
        assert_eq!(result, Ok(8));
        assert_eq!(bytes[200..206], [0x80, 0x81, 0x84, 0x85, 0x86, 0x87]);
        // A stream is read once.
        assert_eq!(read(&overlapping, false).0, Ok(4));
    }

    #[test]
    fn a_read_may_overwrite_the_list() {
        // After the first buffer the list is other bytes: out of memory.
        assert_eq!(read(&[(0, 100); 20], true).0, Ok(100));
    }

    #[test]
    fn more_buffers_than_a_chunk() {
        let list: Vec<_> = (0..20).map(|i| (200 + i, 1)).collect();
        assert_eq!(read(&list, true).0, Ok(20));
        assert_eq!(read(&list, false).0, Ok(READ_CHUNK as u32));
        // The file ends first.
        assert_eq!(read(&[(160, 90); 3], true).0, Ok(128));
    }
}
