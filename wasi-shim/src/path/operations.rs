//! The functions `path_*`: flags and rights checked here, files found by
//! `sandbox`. What removes, creates or moves a name works on its parent
//! directory and gets the last component as the guest wrote it, because the
//! kernel has its own opinion of slashes there and follows no link in such
//! calls; what looks at a file opens it.

use super::link::read_link;
use super::name::{PATH_MAX, Path};
use super::sandbox::{Parent, open, parent};
use crate::descriptors::{ASKED_BY_WRITERS, DIRECTORY_RIGHTS, Descriptor, FILE_RIGHTS, Kind};
use crate::errno::Errno;
use crate::file::File;
use crate::filestat;
use crate::guest::Guest;
use crate::types::rights::*;
use crate::types::{Dialect, FileStat, FileType, LOOKUP_SYMLINK_FOLLOW, fdflags, oflags};
use core::ffi::CStr;
use rustix::fs::{self, AtFlags, Mode, OFlags, Timestamps};
use rustix::io::Errno as Linux;

/// Permissions of new files, before the umask.
const FILE_MODE: Mode = Mode::from_raw_mode(0o666);
/// Permissions of new directories, before the umask.
const DIRECTORY_MODE: Mode = Mode::from_raw_mode(0o777);

/// A path in guest memory.
#[derive(Clone, Copy)]
pub(crate) struct At {
    pub(crate) address: u32,
    pub(crate) length: u32,
}

impl At {
    fn read(self, guest: &Guest<'_>) -> Result<Path, Errno> {
        Path::from_guest(&guest.memory, self.address, self.length)
    }
}

/// Returns `NOFOLLOW` unless the flags say that a link at the end is to be
/// followed.
fn lookup(flags: u32) -> Result<OFlags, Errno> {
    match flags {
        0 => Ok(OFlags::NOFOLLOW),
        LOOKUP_SYMLINK_FOLLOW => Ok(OFlags::empty()),
        _ => Err(Errno::Invalid),
    }
}

/// The flags and rights that the guest passes to `path_open`.
pub(crate) struct Request {
    pub(crate) lookup_flags: u32,
    pub(crate) oflags: u32,
    pub(crate) rights: u64,
    pub(crate) fdflags: u32,
}

pub(crate) fn path_open(
    guest: &mut Guest<'_>,
    fd: u32,
    path: At,
    request: &Request,
    result: u32,
) -> Result<(), Errno> {
    guest.memory.check(result, 4)?;
    let directory = guest.descriptors.get(fd)?;
    if matches!(directory.kind, Kind::File | Kind::Socket) {
        return Err(Errno::NotDirectory);
    }
    let flags = open_flags(request)?;
    let mut path = path.read(guest)?;
    directory.require(PATH_OPEN)?;
    let flags = match require_for_opening(directory, request, flags) {
        Err(Errno::NotPermitted) => {
            let writes = flags.intersects(OFlags::WRONLY | OFlags::RDWR | OFlags::TRUNC)
                || request.rights & ASKED_BY_WRITERS != 0;
            without_changing(directory, &mut path, flags, writes)?
        }
        result => result.map(|()| flags)?,
    };
    let file = open(directory.file.root(), &path, flags, FILE_MODE)
        .map_err(|error| refusal_to_open(directory, &path, flags, error))?;
    let opened = describe(directory, file, flags)?;
    let number = guest.descriptors.insert(opened)?;
    guest.memory.write_u32(result, number)
}

/// Returns the error for a path that was not opened. Linux finds that a link is no
/// directory before it finds that links are not to be followed; the latter is the
/// error to tell.
fn refusal_to_open(directory: &Descriptor, path: &Path, flags: OFlags, error: Linux) -> Errno {
    if error == Linux::NOTDIR
        && flags.contains(OFlags::DIRECTORY | OFlags::NOFOLLOW)
        && let flags = OFlags::PATH | OFlags::NOFOLLOW
        && let Ok(file) = open(directory.file.root(), path, flags, Mode::empty())
        && filestat::of(&file).is_ok_and(|stat| stat.file_type == FileType::SymbolicLink)
    {
        return Errno::Loop;
    }
    Errno::from(error)
}

fn open_flags(request: &Request) -> Result<OFlags, Errno> {
    let of = |bit| request.oflags & bit != 0;
    let fd = |bit| request.fdflags & bit != 0;
    if request.oflags & !oflags::ALL != 0 || request.fdflags & !fdflags::ALL != 0 {
        return Err(Errno::Invalid);
    }
    if of(oflags::DIRECTORY) && of(oflags::CREAT | oflags::EXCL | oflags::TRUNC) {
        return Err(Errno::Invalid);
    }
    let mut flags = lookup(request.lookup_flags)? | access(request) | OFlags::NOCTTY;
    flags.set(OFlags::CREATE, of(oflags::CREAT));
    flags.set(OFlags::DIRECTORY, of(oflags::DIRECTORY));
    flags.set(OFlags::EXCL, of(oflags::EXCL));
    flags.set(OFlags::TRUNC, of(oflags::TRUNC));
    flags.set(OFlags::APPEND, fd(fdflags::APPEND));
    flags.set(OFlags::NONBLOCK, fd(fdflags::NONBLOCK));
    if fd(fdflags::SYNC | fdflags::RSYNC) {
        flags |= OFlags::SYNC;
    } else if fd(fdflags::DSYNC) {
        flags |= OFlags::DSYNC;
    }
    Ok(flags)
}

/// Returns the flags for reading and writing that the rights ask for. A guest that
/// asks for neither can read, and write a file that it creates or truncates.
fn access(request: &Request) -> OFlags {
    let read = request.rights & FD_READ != 0;
    let write = request.rights & FD_WRITE != 0;
    let changes = request.oflags & (oflags::CREAT | oflags::TRUNC) != 0;
    match (read, write) {
        (true, true) => OFlags::RDWR,
        (true, false) => OFlags::RDONLY,
        (false, true) => OFlags::WRONLY,
        (false, false) if changes => OFlags::RDWR,
        (false, false) => OFlags::RDONLY,
    }
}

/// Checks that the directory has the rights that opening needs.
fn require_for_opening(
    directory: &Descriptor,
    request: &Request,
    flags: OFlags,
) -> Result<(), Errno> {
    if flags.contains(OFlags::CREATE) {
        directory.require(PATH_CREATE_FILE)?;
    }
    if flags.contains(OFlags::TRUNC) {
        directory.require_inheriting(FD_FILESTAT_SET_SIZE)?;
    }
    if flags.intersects(OFlags::WRONLY | OFlags::RDWR) {
        directory.require_inheriting(FD_WRITE)?;
    }
    if directory.read_only {
        directory.require_inheriting(request.rights & ASKED_BY_WRITERS)?;
    }
    directory.require_inheriting(request.rights & FD_READ)
}

/// Returns the flags for opening a file that would be created if it were not there, below a
/// directory that is for reading only.
///
/// # Errors
///
/// What Linux finds on a file system that is for reading only, where this is the last thing
/// that it looks at.
fn without_changing(
    directory: &Descriptor,
    path: &mut Path,
    flags: OFlags,
    writes: bool,
) -> Result<OFlags, Errno> {
    let creates = flags.contains(OFlags::CREATE);
    let exclusive = creates && flags.contains(OFlags::EXCL);
    let mut look = OFlags::PATH | flags & (OFlags::NOFOLLOW | OFlags::DIRECTORY);
    look.set(OFlags::NOFOLLOW, exclusive || look.contains(OFlags::NOFOLLOW));
    let file = match open(directory.file.root(), path, look, Mode::empty()) {
        Err(Linux::NOENT) if creates => {
            parent(directory.file.root(), path)?;
            return Err(Errno::NotPermitted);
        }
        result => result.map_err(|error| refusal_to_open(directory, path, flags, error))?,
    };
    if exclusive {
        return Err(Errno::Exists);
    }
    match filestat::of(&file)?.file_type {
        FileType::SymbolicLink => Err(Errno::Loop),
        FileType::Directory if writes => Err(Errno::IsDirectory),
        _ if writes => Err(Errno::NotPermitted),
        _ => Ok(flags.difference(OFlags::CREATE)),
    }
}

/// Returns a directory with the right to create names in it.
///
/// # Errors
///
/// Below one that is for reading only, those for a name that is taken and for one in a
/// directory that is not there come first, as on Linux: programs create directories to be
/// sure that they are there.
fn with_creating<'a>(
    guest: &'a Guest<'_>,
    fd: u32,
    right: u64,
    path: &mut Path,
) -> Result<&'a Descriptor, Errno> {
    let directory = guest.descriptors.get(fd)?;
    match directory.require(right) {
        Err(Errno::NotPermitted) => {
            let (parent, name) = parent(directory.file.root(), path)?;
            let flags = OFlags::PATH | OFlags::NOFOLLOW;
            match open(parent.root(), &Path::new(name.to_bytes())?, flags, Mode::empty()) {
                Ok(_) => Err(Errno::Exists),
                Err(Linux::NOENT) => Err(Errno::NotPermitted),
                Err(error) => Err(error.into()),
            }
        }
        result => result.map(|()| directory),
    }
}

/// Returns the descriptor for a file that was opened through `directory`.
fn describe(directory: &Descriptor, file: File, flags: OFlags) -> Result<Descriptor, Errno> {
    let writable = flags.intersects(OFlags::WRONLY | OFlags::RDWR);
    let is_directory = if flags.contains(OFlags::DIRECTORY) {
        true
    } else if writable {
        false
    } else {
        filestat::of(&file)?.file_type == FileType::Directory
    };
    if is_directory {
        return Ok(directory.opened(file, Kind::Directory, DIRECTORY_RIGHTS));
    }
    let mut rights = FILE_RIGHTS;
    if !writable {
        rights &= !FD_WRITE;
    }
    if flags.contains(OFlags::WRONLY) {
        rights &= !FD_READ;
    }
    Ok(directory.opened(file, Kind::File, rights))
}

pub(crate) fn filestat_get(
    guest: &mut Guest<'_>,
    dialect: Dialect,
    fd: u32,
    flags: u32,
    path: At,
    result: u32,
) -> Result<(), Errno> {
    let stat = attributes(guest, fd, flags, path)?;
    filestat::put(guest, dialect, &stat, result)
}

/// Returns the attributes of what a path names.
#[inline(always)]
pub(crate) fn attributes(
    guest: &Guest<'_>,
    fd: u32,
    flags: u32,
    path: At,
) -> Result<FileStat, Errno> {
    let path = path.read(guest)?;
    let directory = guest.descriptors.with(fd, PATH_FILESTAT_GET)?;
    let flags = OFlags::PATH | lookup(flags)?;
    let file = open(directory.file.root(), &path, flags, Mode::empty())?;
    filestat::of(&file)
}

/// Times to set, as the guest gives them.
pub(crate) struct Times {
    pub(crate) accessed: u64,
    pub(crate) modified: u64,
    pub(crate) flags: u32,
}

pub(crate) fn filestat_set_times(
    guest: &mut Guest<'_>,
    fd: u32,
    flags: u32,
    path: At,
    times: &Times,
) -> Result<(), Errno> {
    let mut path = path.read(guest)?;
    let times = filestat::timestamps(times.accessed, times.modified, times.flags)?;
    let directory = guest.descriptors.with(fd, PATH_FILESTAT_SET_TIMES)?;
    if lookup(flags)?.contains(OFlags::NOFOLLOW) && !path.has_trailing_slash() {
        let (parent, name) = parent(directory.file.root(), &mut path)?;
        let flags = AtFlags::SYMLINK_NOFOLLOW;
        return Ok(fs::utimensat(parent, name, &times, flags)?);
    }
    let file = open(directory.file.root(), &path, OFlags::PATH, Mode::empty())?;
    match fs::utimensat(file, c"", &times, AtFlags::EMPTY_PATH) {
        // Linux before 5.8 cannot do that.
        Err(Linux::INVAL) => set_times_of_open(directory, &path, &times),
        result => Ok(result?),
    }
}

fn set_times_of_open(directory: &Descriptor, path: &Path, times: &Timestamps) -> Result<(), Errno> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = open(directory.file.root(), path, flags, Mode::empty())?;
    Ok(fs::futimens(file, times)?)
}

pub(crate) fn create_directory(guest: &mut Guest<'_>, fd: u32, path: At) -> Result<(), Errno> {
    let mut path = path.read(guest)?;
    let directory = with_creating(guest, fd, PATH_CREATE_DIRECTORY, &mut path)?;
    let (parent, name) = parent(directory.file.root(), &mut path)?;
    Ok(fs::mkdirat(parent, name, DIRECTORY_MODE)?)
}

pub(crate) fn remove_directory(guest: &mut Guest<'_>, fd: u32, path: At) -> Result<(), Errno> {
    let mut path = path.read(guest)?;
    let directory = guest.descriptors.with(fd, PATH_REMOVE_DIRECTORY)?;
    let (parent, name) = parent(directory.file.root(), &mut path)?;
    Ok(fs::unlinkat(parent, name, AtFlags::REMOVEDIR)?)
}

pub(crate) fn unlink_file(guest: &mut Guest<'_>, fd: u32, path: At) -> Result<(), Errno> {
    let mut path = path.read(guest)?;
    let directory = guest.descriptors.with(fd, PATH_UNLINK_FILE)?;
    let (parent, name) = parent(directory.file.root(), &mut path)?;
    Ok(fs::unlinkat(parent, name, AtFlags::empty())?)
}

pub(crate) fn rename(
    guest: &mut Guest<'_>,
    from_fd: u32,
    from: At,
    to_fd: u32,
    to: At,
) -> Result<(), Errno> {
    let mut from = from.read(guest)?;
    let mut to = to.read(guest)?;
    let from_directory = guest.descriptors.with(from_fd, PATH_RENAME_SOURCE)?;
    let to_directory = guest.descriptors.with(to_fd, PATH_RENAME_TARGET)?;
    let (from_parent, from_name) = parent(from_directory.file.root(), &mut from)?;
    let (to_parent, to_name) = parent(to_directory.file.root(), &mut to)?;
    Ok(fs::renameat(from_parent, from_name, to_parent, to_name)?)
}

/// Implements `path_link`. Hard links are made of names, so a symbolic link is
/// never followed.
pub(crate) fn link(
    guest: &mut Guest<'_>,
    from_fd: u32,
    flags: u32,
    from: At,
    to_fd: u32,
    to: At,
) -> Result<(), Errno> {
    if !lookup(flags)?.contains(OFlags::NOFOLLOW) {
        return Err(Errno::Invalid);
    }
    let mut from = from.read(guest)?;
    let mut to = to.read(guest)?;
    let from_directory = guest.descriptors.with(from_fd, PATH_LINK_SOURCE)?;
    let to_directory = with_creating(guest, to_fd, PATH_LINK_TARGET, &mut to)?;
    if from.has_trailing_slash() {
        // The kernel would follow a link there. Only a directory has such a
        // path, and directories have one link.
        open(from_directory.file.root(), &from, DIRECTORY, Mode::empty())?;
        return Err(Errno::NotPermitted);
    }
    let (from_parent, from_name) = parent(from_directory.file.root(), &mut from)?;
    let (to_parent, to_name) = parent(to_directory.file.root(), &mut to)?;
    let flags = AtFlags::empty();
    fs::linkat(from_parent, from_name, &to_parent, to_name, flags)
        .map_err(|error| refusal(&to_parent, to_name, error))
}

/// Flags that open a directory to see that it is there.
const DIRECTORY: OFlags = OFlags::PATH.union(OFlags::DIRECTORY);

/// Implements `path_symlink`. The target is not looked up, but it must be
/// relative. Whether it leads out is decided when the link is followed.
pub(crate) fn symlink(guest: &mut Guest<'_>, target: At, fd: u32, path: At) -> Result<(), Errno> {
    let target = target.read(guest)?;
    let mut path = path.read(guest)?;
    let directory = with_creating(guest, fd, PATH_SYMLINK, &mut path)?;
    let (parent, name) = parent(directory.file.root(), &mut path)?;
    fs::symlinkat(target.as_c_str(), &parent, name).map_err(|error| refusal(&parent, name, error))
}

/// Returns the error for a link that was not made. Linux finds that the name is
/// taken before it looks at the slash after it; the slash after a name that is no
/// directory is the error to tell.
fn refusal(parent: &Parent<'_>, name: &CStr, error: Linux) -> Errno {
    if error == Linux::EXIST
        && let Ok(path) = Path::new(name.to_bytes())
        && path.has_trailing_slash()
        && let Err(Linux::NOTDIR) = open(parent.root(), &path, DIRECTORY, Mode::empty())
    {
        return Errno::NotDirectory;
    }
    Errno::from(error)
}

/// Implements `path_readlink`: reads as much of a link as the buffer holds.
pub(crate) fn readlink(
    guest: &mut Guest<'_>,
    fd: u32,
    path: At,
    buffer: u32,
    length: u32,
    used: u32,
) -> Result<(), Errno> {
    guest.memory.check(buffer, length)?;
    guest.memory.check(used, 4)?;
    let mut path = path.read(guest)?;
    let directory = guest.descriptors.with(fd, PATH_READLINK)?;
    if path.has_trailing_slash() {
        // Such a path names the file that the link leads to, a directory.
        open(directory.file.root(), &path, DIRECTORY, Mode::empty())?;
        return Err(Errno::Invalid);
    }
    let (parent, name) = parent(directory.file.root(), &mut path)?;
    let mut target = [0; PATH_MAX];
    let target = read_link(parent.root(), name, &mut target)?;
    if core::str::from_utf8(target).is_err() {
        return Err(Errno::IllegalSequence);
    }
    let fitting = target.len().min(length as usize);
    guest.memory.write(buffer, target.get(..fitting).unwrap_or_default())?;
    guest.memory.write_u32(used, fitting as u32)
}
