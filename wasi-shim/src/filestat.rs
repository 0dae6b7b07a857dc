//! Attributes of open files: `fd_filestat_*`, and the parts that their `path_*`
//! counterparts share with them.

use crate::clock::{nanoseconds, timespec};
use crate::descriptors::{Descriptor, Kind};
use crate::errno::Errno;
use crate::file::File;
use crate::guest::Guest;
use crate::types::rights::*;
use crate::types::{Dialect, FileStat, FileType, fstflags};
use rustix::fs::{self, Timespec, Timestamps, UTIME_NOW, UTIME_OMIT};
use rustix::io::retry_on_intr;

/// Implements `fd_filestat_get`.
pub(crate) fn get(
    guest: &mut Guest<'_>,
    dialect: Dialect,
    fd: u32,
    result: u32,
) -> Result<(), Errno> {
    let descriptor = guest.descriptors.get(fd)?;
    let stat = match descriptor.kind {
        Kind::Stdio => stream(stream_type(descriptor)),
        Kind::Directory | Kind::File | Kind::Socket => {
            descriptor.require(FD_FILESTAT_GET)?;
            of(&descriptor.file)?
        }
    };
    put(guest, dialect, &stat, result)
}

/// Implements `fd_filestat_set_size`.
pub(crate) fn set_size(guest: &mut Guest<'_>, fd: u32, size: u64) -> Result<(), Errno> {
    let descriptor = guest.descriptors.with(fd, FD_FILESTAT_SET_SIZE)?;
    Ok(retry_on_intr(|| fs::ftruncate(descriptor, size))?)
}

/// Implements `fd_filestat_set_times`.
pub(crate) fn set_times(
    guest: &mut Guest<'_>,
    fd: u32,
    accessed: u64,
    modified: u64,
    flags: u32,
) -> Result<(), Errno> {
    let times = timestamps(accessed, modified, flags)?;
    let descriptor = guest.descriptors.with(fd, FD_FILESTAT_SET_TIMES)?;
    Ok(fs::futimens(descriptor, &times)?)
}

/// Writes a `filestat` of the caller's layout.
pub(crate) fn put(
    guest: &mut Guest<'_>,
    dialect: Dialect,
    stat: &FileStat,
    result: u32,
) -> Result<(), Errno> {
    match dialect {
        Dialect::Preview1 => guest.memory.write(result, &stat.to_bytes()),
        Dialect::Unstable => guest.memory.write(result, &stat.to_unstable_bytes()),
    }
}

/// Returns the attributes of an open file.
pub(crate) fn of(file: &File) -> Result<FileStat, Errno> {
    #[cfg(any(feature = "archive", test))]
    if let File::Member(open) = file {
        return open.attributes();
    }
    let stat = fs::fstat(file)?;
    Ok(FileStat {
        device: stat.st_dev,
        inode: stat.st_ino,
        file_type: file_type(fs::FileType::from_raw_mode(stat.st_mode)),
        links: wide(stat.st_nlink),
        size: stat.st_size as u64,
        accessed: time(stat.st_atime as i64, stat.st_atime_nsec as i64),
        modified: time(stat.st_mtime as i64, stat.st_mtime_nsec as i64),
        changed: time(stat.st_ctime as i64, stat.st_ctime_nsec as i64),
    })
}

/// Returns the attributes of a stream that the program was started with: none,
/// except its type.
fn stream(file_type: FileType) -> FileStat {
    FileStat {
        device: 0,
        inode: 0,
        file_type,
        links: 0,
        size: 0,
        accessed: 0,
        modified: 0,
        changed: 0,
    }
}

/// Widens a number that has another width on each architecture.
fn wide(number: impl Into<u64>) -> u64 {
    number.into()
}

fn time(tv_sec: i64, tv_nsec: i64) -> u64 {
    nanoseconds(Timespec { tv_sec, tv_nsec })
}

/// Returns the type of a standard stream, of which a guest learns only whether
/// it is a terminal.
pub(crate) fn stream_type(stream: &Descriptor) -> FileType {
    if stream.is_terminal { FileType::CharacterDevice } else { FileType::Unknown }
}

/// Returns WASI's type for a type of Linux. WASI has none for pipes.
pub(crate) fn file_type(file_type: fs::FileType) -> FileType {
    match file_type {
        fs::FileType::RegularFile => FileType::RegularFile,
        fs::FileType::Directory => FileType::Directory,
        fs::FileType::Symlink => FileType::SymbolicLink,
        fs::FileType::CharacterDevice => FileType::CharacterDevice,
        fs::FileType::BlockDevice => FileType::BlockDevice,
        fs::FileType::Socket => FileType::SocketStream,
        fs::FileType::Fifo | fs::FileType::Unknown => FileType::Unknown,
    }
}

/// Returns the times that `fstflags` choose.
pub(crate) fn timestamps(accessed: u64, modified: u64, flags: u32) -> Result<Timestamps, Errno> {
    if flags & !fstflags::ALL != 0 {
        return Err(Errno::Invalid);
    }
    let set = |bit| flags & bit != 0;
    Ok(Timestamps {
        last_access: timestamp(accessed, set(fstflags::ATIM), set(fstflags::ATIM_NOW))?,
        last_modification: timestamp(modified, set(fstflags::MTIM), set(fstflags::MTIM_NOW))?,
    })
}

fn timestamp(time: u64, set: bool, now: bool) -> Result<Timespec, Errno> {
    let special = |tv_nsec| Timespec { tv_sec: 0, tv_nsec };
    match (set, now) {
        (true, true) => Err(Errno::Invalid),
        (true, false) => Ok(timespec(time)),
        (false, true) => Ok(special(UTIME_NOW)),
        (false, false) => Ok(special(UTIME_OMIT)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_times() {
        let times = timestamps(1_000_000_002, 5, fstflags::ATIM).unwrap();
        assert_eq!(times.last_access, timespec(1_000_000_002));
        assert_eq!(times.last_modification.tv_nsec, UTIME_OMIT);
        let times = timestamps(1, 2, fstflags::MTIM_NOW).unwrap();
        assert_eq!(times.last_modification.tv_nsec, UTIME_NOW);
        for contradiction in [3, 12, 15, 16, u32::MAX] {
            let result = timestamps(1, 2, contradiction);
            assert_eq!(result.err(), Some(Errno::Invalid));
        }
    }
}
