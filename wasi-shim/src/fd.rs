//! Operations on open descriptors other than reading, writing and listing:
//! the rest of `fd_*`.

use crate::descriptors::Kind;
use crate::errno::Errno;
use crate::filestat;
use crate::guest::Guest;
use crate::io::require_seekable;
use crate::types::rights::*;
use crate::types::{Dialect, FdStat, FileType, Layout, fdflags};
use core::num::NonZeroU64;
use rustix::fs::{Advice, FallocateFlags, OFlags, SeekFrom};
use rustix::io::retry_on_intr;

pub(crate) fn close(guest: &mut Guest<'_>, fd: u32) -> Result<(), Errno> {
    guest.descriptors.close(fd)
}

pub(crate) fn renumber(guest: &mut Guest<'_>, from: u32, to: u32) -> Result<(), Errno> {
    guest.descriptors.renumber(from, to)
}

pub(crate) fn fdstat_get(guest: &mut Guest<'_>, fd: u32, result: u32) -> Result<(), Errno> {
    let descriptor = guest.descriptors.get_mut(fd)?;
    let file_type = match descriptor.kind {
        Kind::Stdio => filestat::stream_type(descriptor),
        Kind::Directory => FileType::Directory,
        Kind::File | Kind::Socket => filestat::of(&descriptor.file)?.file_type,
    };
    let flags = match descriptor.kind {
        Kind::File | Kind::Socket => fdflags_of(descriptor.file.flags()?),
        Kind::Stdio | Kind::Directory => 0,
    };
    if flags & fdflags::NONBLOCK != 0 {
        descriptor.waits = false;
    }
    let stat = FdStat {
        file_type,
        flags,
        rights_base: descriptor.base(),
        rights_inheriting: descriptor.inheriting(),
    };
    guest.memory.write(result, &stat.to_bytes())
}

fn fdflags_of(flags: OFlags) -> u32 {
    let mut result = 0;
    if flags.contains(OFlags::APPEND) {
        result |= fdflags::APPEND;
    }
    if flags.contains(OFlags::NONBLOCK) {
        result |= fdflags::NONBLOCK;
    }
    // The bits of SYNC contain that of DSYNC.
    if flags.contains(OFlags::SYNC) {
        result |= fdflags::SYNC;
    } else if flags.contains(OFlags::DSYNC) {
        result |= fdflags::DSYNC;
    }
    result
}

/// Implements `fd_fdstat_set_flags` for `append` and `nonblock`; the kernel cannot
/// change the other flags of an open file.
pub(crate) fn fdstat_set_flags(guest: &mut Guest<'_>, fd: u32, flags: u32) -> Result<(), Errno> {
    const CHANGEABLE: u32 = fdflags::APPEND | fdflags::NONBLOCK;
    let descriptor = guest.descriptors.get_mut(fd)?;
    descriptor.require(FD_FDSTAT_SET_FLAGS)?;
    let old = descriptor.file.flags()?;
    if flags & !CHANGEABLE != fdflags_of(old) & !CHANGEABLE {
        return Err(Errno::Invalid);
    }
    let mut new = old;
    new.set(OFlags::APPEND, flags & fdflags::APPEND != 0);
    new.set(OFlags::NONBLOCK, flags & fdflags::NONBLOCK != 0);
    descriptor.file.set_flags(new)?;
    descriptor.waits = false;
    Ok(())
}

pub(crate) fn fdstat_set_rights(
    guest: &mut Guest<'_>,
    fd: u32,
    base: u64,
    inheriting: u64,
) -> Result<(), Errno> {
    guest.descriptors.get_mut(fd)?.narrow(base, inheriting)
}

pub(crate) fn seek(
    guest: &mut Guest<'_>,
    dialect: Dialect,
    fd: u32,
    offset: i64,
    whence: u32,
    result: u32,
) -> Result<(), Errno> {
    guest.memory.check(result, 8)?;
    let descriptor = guest.descriptors.get(fd)?;
    require_seekable(descriptor)?;
    let position = seek_from(dialect, whence, offset)?;
    // Asking for the position is not moving it.
    let right = match position {
        SeekFrom::Current(0) => FD_TELL,
        _ => FD_SEEK,
    };
    descriptor.require(right)?;
    let position = descriptor.file.seek(position)?;
    guest.memory.write_u64(result, position)
}

/// Returns the position that `whence` and an offset mean. The two modules number
/// `whence` differently.
fn seek_from(dialect: Dialect, whence: u32, offset: i64) -> Result<SeekFrom, Errno> {
    match (dialect, whence) {
        (Dialect::Preview1, 0) | (Dialect::Unstable, 2) => {
            let start = u64::try_from(offset).map_err(|_| Errno::Invalid)?;
            Ok(SeekFrom::Start(start))
        }
        (Dialect::Preview1, 1) | (Dialect::Unstable, 0) => Ok(SeekFrom::Current(offset)),
        (Dialect::Preview1, 2) | (Dialect::Unstable, 1) => Ok(SeekFrom::End(offset)),
        _ => Err(Errno::Invalid),
    }
}

pub(crate) fn tell(guest: &mut Guest<'_>, fd: u32, result: u32) -> Result<(), Errno> {
    let descriptor = guest.descriptors.get(fd)?;
    require_seekable(descriptor)?;
    descriptor.require(FD_TELL)?;
    let position = descriptor.file.seek(SeekFrom::Current(0))?;
    guest.memory.write_u64(result, position)
}

pub(crate) fn sync(guest: &mut Guest<'_>, fd: u32) -> Result<(), Errno> {
    let descriptor = guest.descriptors.with(fd, FD_SYNC)?;
    Ok(descriptor.file.sync()?)
}

pub(crate) fn datasync(guest: &mut Guest<'_>, fd: u32) -> Result<(), Errno> {
    let descriptor = guest.descriptors.with(fd, FD_DATASYNC)?;
    Ok(descriptor.file.sync_data()?)
}

pub(crate) fn advise(
    guest: &mut Guest<'_>,
    fd: u32,
    offset: u64,
    length: u64,
    advice: u32,
) -> Result<(), Errno> {
    let advice = match advice {
        0 => Advice::Normal,
        1 => Advice::Sequential,
        2 => Advice::Random,
        3 => Advice::WillNeed,
        4 => Advice::DontNeed,
        5 => Advice::NoReuse,
        _ => return Err(Errno::Invalid),
    };
    let descriptor = guest.descriptors.with(fd, FD_ADVISE)?;
    Ok(descriptor.file.advise(offset, NonZeroU64::new(length), advice)?)
}

pub(crate) fn allocate(
    guest: &mut Guest<'_>,
    fd: u32,
    offset: u64,
    length: u64,
) -> Result<(), Errno> {
    let descriptor = guest.descriptors.with(fd, FD_ALLOCATE)?;
    let flags = FallocateFlags::empty();
    let allocate = || rustix::fs::fallocate(descriptor, flags, offset, length);
    Ok(retry_on_intr(allocate)?)
}

/// Implements `fd_prestat_get`: describes a directory that the policy gives by tag
/// 0 and the length of its name.
pub(crate) fn prestat_get(guest: &mut Guest<'_>, fd: u32, result: u32) -> Result<(), Errno> {
    let name = guest.descriptors.get(fd)?.preopen;
    let name = name.ok_or(Errno::BadDescriptor)?;
    let mut prestat = Layout::<8>::new();
    prestat.put(4, (name.len() as u32).to_le_bytes());
    guest.memory.write(result, &prestat.0)
}

pub(crate) fn prestat_dir_name(
    guest: &mut Guest<'_>,
    fd: u32,
    buffer: u32,
    length: u32,
) -> Result<(), Errno> {
    let name = guest.descriptors.get(fd)?.preopen;
    let name = name.ok_or(Errno::NotDirectory)?;
    if name.len() > length as usize {
        return Err(Errno::NameTooLong);
    }
    guest.memory.write(buffer, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whence() {
        let preview1 = |whence| seek_from(Dialect::Preview1, whence, 5);
        assert_eq!(preview1(0), Ok(SeekFrom::Start(5)));
        assert_eq!(preview1(1), Ok(SeekFrom::Current(5)));
        assert_eq!(preview1(2), Ok(SeekFrom::End(5)));
        assert_eq!(preview1(3), Err(Errno::Invalid));
        let unstable = |whence| seek_from(Dialect::Unstable, whence, 5);
        assert_eq!(unstable(0), Ok(SeekFrom::Current(5)));
        assert_eq!(unstable(1), Ok(SeekFrom::End(5)));
        assert_eq!(unstable(2), Ok(SeekFrom::Start(5)));
        assert_eq!(seek_from(Dialect::Preview1, 0, -1), Err(Errno::Invalid));
    }
}
