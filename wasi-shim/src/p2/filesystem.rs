//! `wasi:filesystem`: a front over the operations of preview 1, which get their paths and
//! give their results in a small memory of the host's, as if a module had called them.

use super::clocks::Datetime;
use super::errors::ErrorCode;
use super::host::Host;
use super::resources::{DIRECTORY_ENTRY_STREAM, INPUT_STREAM, OUTPUT_STREAM};
use super::streams::Buffered;
use crate::descriptors::Kind;
use crate::errno::Errno;
use crate::filestat;
use crate::guest::Guest;
use crate::memory::{Memory, u32_at};
use crate::objects::{BUFFER_SIZE, Entries, Object, Position, Stream};
use crate::path::PATH_MAX;
use crate::path::operations::{self as path, At, Request, Times};
use crate::types::rights::*;
use crate::types::{FileStat, FileType, LOOKUP_SYMLINK_FOLLOW, fdflags, fstflags, oflags};
use crate::{directory, fd, io};
use quench_component_support::{Call, Layout, List, Store, Text};
use rustix::fs::OFlags;
use rustix::io::{IoSlice, retry_on_intr};

type Answer<T> = Result<T, ErrorCode>;

/// Room for a path, in bytes: one more than the longest, so that a longer one is refused as
/// such.
const ROOM: usize = PATH_MAX + 1;

/// Two paths and a result of an operation.
struct Scratch {
    bytes: [u8; 2 * ROOM + RESULT_SIZE],
}

/// Place of a result in [`Scratch`].
const RESULT: u32 = 2 * ROOM as u32;
const RESULT_SIZE: usize = 16;

impl Scratch {
    fn new() -> Scratch {
        Scratch { bytes: [0; 2 * ROOM + RESULT_SIZE] }
    }

    /// Takes a path of the caller's; `index` is 0 for the first and 1 for the second.
    fn path(&mut self, call: &mut Call, index: usize, (address, length): (u32, u32)) -> Answer<At> {
        let start = index * ROOM;
        let place = self.bytes.get_mut(start..start + ROOM).unwrap_or_default();
        match call.text(address, length, place) {
            Some(path) => Ok(At { address: start as u32, length: path.len() as u32 }),
            None => Err(ErrorCode::NameTooLong),
        }
    }
}

impl Host<'_> {
    /// Carries out an operation of preview 1 on a small memory.
    fn carry_out(
        &mut self,
        scratch: &mut Scratch,
        operation: impl FnOnce(&mut Guest<'_>) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        let mut guest = Guest {
            memory: Memory(&mut scratch.bytes),
            descriptors: &mut self.state.descriptors,
            strict: self.state.strict,
        };
        operation(&mut guest)
    }

    /// Returns the number of a directory that the caller lends.
    fn directory(&self, this: u32) -> Answer<u32> {
        let number = self.borrowed(self.descriptor, this);
        match self.state.descriptors.get(number)?.kind {
            Kind::Directory => Ok(number),
            _ => Err(ErrorCode::NotDirectory),
        }
    }

    /// Carries out an operation on one path.
    fn at(
        &mut self,
        this: u32,
        name: (u32, u32),
        operation: impl FnOnce(&mut Guest<'_>, u32, At) -> Result<(), Errno>,
    ) -> Answer<()> {
        let number = self.directory(this)?;
        let mut scratch = Scratch::new();
        let name = scratch.path(self.call, 0, name)?;
        Ok(self.carry_out(&mut scratch, |guest| operation(guest, number, name))?)
    }

    /// Carries out an operation on two paths.
    fn at_both(
        &mut self,
        (this, name): (u32, (u32, u32)),
        (other, other_name): (u32, (u32, u32)),
        operation: impl FnOnce(&mut Guest<'_>, (u32, At), (u32, At)) -> Result<(), Errno>,
    ) -> Answer<()> {
        let number = self.directory(this)?;
        let other = self.directory(other)?;
        let mut scratch = Scratch::new();
        let name = scratch.path(self.call, 0, name)?;
        let other_name = scratch.path(self.call, 1, other_name)?;
        let result = self
            .carry_out(&mut scratch, |guest| operation(guest, (number, name), (other, other_name)));
        Ok(result?)
    }

    /// Carries out an operation on a descriptor.
    fn on(
        &mut self,
        this: u32,
        operation: impl FnOnce(&mut Guest<'_>, u32) -> Result<(), Errno>,
    ) -> Answer<()> {
        let number = self.borrowed(self.descriptor, this);
        let mut guest = Guest {
            memory: Memory(&mut []),
            descriptors: &mut self.state.descriptors,
            strict: self.state.strict,
        };
        Ok(operation(&mut guest, number)?)
    }
}

/// Returns the directories that the policy gives, with the guest's names.
pub(crate) fn get_directories(host: &mut Host<'_>) -> impl Store + use<> {
    let (instance, resource) = (host.call.instance(), host.descriptor);
    let state = crate::state::state();
    let (descriptors, objects) = (&state.descriptors, &mut state.objects);
    let given = || descriptors.below_first_free().zip(0..);
    let count = given().filter(|(descriptor, _)| descriptor.preopen.is_some()).count() as u32;
    let elements = given().filter_map(move |(descriptor, number): (_, u32)| {
        let name = descriptor.preopen?;
        objects.hold(number);
        let handle = quench_component_support::own_handle(instance, resource.record(), number);
        Some((handle, Text(name)))
    });
    List { count, elements }
}

pub(crate) fn read_via_stream(host: &mut Host<'_>, this: u32, offset: u64) -> Answer<u32> {
    let stream = stream(host, this, FD_READ, Position::At(offset))?;
    Ok(host.try_give_object(&INPUT_STREAM, stream)?)
}

pub(crate) fn write_via_stream(host: &mut Host<'_>, this: u32, offset: u64) -> Answer<u32> {
    let stream = stream(host, this, FD_WRITE, Position::At(offset))?;
    Ok(host.try_give_object(&OUTPUT_STREAM, stream)?)
}

pub(crate) fn append_via_stream(host: &mut Host<'_>, this: u32) -> Answer<u32> {
    let stream = stream(host, this, FD_WRITE, Position::End)?;
    Ok(host.try_give_object(&OUTPUT_STREAM, stream)?)
}

fn stream(host: &mut Host<'_>, this: u32, right: u64, position: Position) -> Answer<Object> {
    Ok(Object::Stream(bytes(host, this, right, position)?))
}

/// Returns a stream of a file. What is no regular file has no positions.
pub(crate) fn bytes(
    host: &mut Host<'_>,
    this: u32,
    right: u64,
    position: Position,
) -> Result<Stream, Errno> {
    let number = host.borrowed(host.descriptor, this);
    let descriptor = host.state.descriptors.with(number, right)?;
    let is_regular = filestat::of(&descriptor.file)?.file_type == FileType::RegularFile;
    let position = if is_regular { position } else { Position::Own };
    Ok(Stream { descriptor: number, position, closed: false })
}

pub(crate) fn advise(
    host: &mut Host<'_>,
    this: u32,
    offset: u64,
    length: u64,
    advice: u32,
) -> Answer<()> {
    host.on(this, |guest, number| fd::advise(guest, number, offset, length, advice))
}

/// Differs from preview 1: directories are written to the disk too.
pub(crate) fn sync_data(host: &mut Host<'_>, this: u32) -> Answer<()> {
    let number = host.borrowed(host.descriptor, this);
    let descriptor = host.state.descriptors.get(number)?;
    Ok(descriptor.file.sync_data().map_err(Errno::from)?)
}

pub(crate) fn sync(host: &mut Host<'_>, this: u32) -> Answer<()> {
    let number = host.borrowed(host.descriptor, this);
    let descriptor = host.state.descriptors.get(number)?;
    Ok(descriptor.file.sync().map_err(Errno::from)?)
}

/// Bits of `descriptor-flags`.
mod flags {
    pub(crate) const READ: u32 = 1 << 0;
    pub(crate) const WRITE: u32 = 1 << 1;
    pub(crate) const FILE_INTEGRITY_SYNC: u32 = 1 << 2;
    pub(crate) const DATA_INTEGRITY_SYNC: u32 = 1 << 3;
    pub(crate) const REQUESTED_WRITE_SYNC: u32 = 1 << 4;
    pub(crate) const MUTATE_DIRECTORY: u32 = 1 << 5;
}

pub(crate) fn get_flags(host: &mut Host<'_>, this: u32) -> Answer<u8> {
    let number = host.borrowed(host.descriptor, this);
    let descriptor = host.state.descriptors.get(number)?;
    let mut result = 0;
    if descriptor.kind == Kind::Directory {
        result |= flags::READ;
        let unchanged = host.state.objects.unchanged.get(number as usize) == Some(&true);
        if !unchanged && descriptor.require(PATH_CREATE_FILE).is_ok() {
            result |= flags::MUTATE_DIRECTORY;
        }
        return Ok(result as u8);
    }
    let of_kernel = descriptor.file.flags().map_err(Errno::from)?;
    // The bits of SYNC contain that of DSYNC.
    if of_kernel.contains(OFlags::SYNC) {
        result |= flags::FILE_INTEGRITY_SYNC;
    } else if of_kernel.contains(OFlags::DSYNC) {
        result |= flags::DATA_INTEGRITY_SYNC;
    }
    if descriptor.require(FD_READ).is_ok() {
        result |= flags::READ;
    }
    if descriptor.require(FD_WRITE).is_ok() {
        result |= flags::WRITE;
    }
    Ok(result as u8)
}

/// Returns the type of a file as `descriptor-type` numbers it.
pub(crate) fn type_number(file_type: FileType) -> u8 {
    match file_type {
        FileType::Unknown => 0,
        FileType::BlockDevice => 1,
        FileType::CharacterDevice => 2,
        FileType::Directory => 3,
        FileType::SymbolicLink => 5,
        FileType::RegularFile => 6,
        FileType::SocketStream => 7,
    }
}

pub(crate) fn get_type(host: &mut Host<'_>, this: u32) -> Answer<u8> {
    Ok(type_number(attributes(host, this)?.file_type))
}

pub(crate) fn attributes(host: &Host<'_>, this: u32) -> Answer<FileStat> {
    let number = host.borrowed(host.descriptor, this);
    let descriptor = host.state.descriptors.with(number, FD_FILESTAT_GET)?;
    Ok(filestat::of(&descriptor.file)?)
}

pub(crate) fn set_size(host: &mut Host<'_>, this: u32, size: u64) -> Answer<()> {
    host.on(this, |guest, number| filestat::set_size(guest, number, size))
}

/// `new-timestamp`, flattened: the case, seconds and nanoseconds.
pub(crate) type NewTimestamp = (u32, u64, u32);

/// Returns the times that two timestamps mean to preview 1.
fn times(accessed: NewTimestamp, modified: NewTimestamp) -> Answer<Times> {
    const NOW: u32 = 1;
    const TIMESTAMP: u32 = 2;
    const NANOSECONDS: u64 = 1_000_000_000;
    let mut bits = 0;
    let mut one = |(case, seconds, nanoseconds): NewTimestamp, now, set| {
        bits |= match case {
            NOW => now,
            TIMESTAMP => set,
            _ => 0,
        };
        let whole = seconds.checked_mul(NANOSECONDS);
        let time = whole.and_then(|whole| whole.checked_add(nanoseconds.into()));
        if case == TIMESTAMP { time.ok_or(ErrorCode::Overflow) } else { Ok(0) }
    };
    let accessed = one(accessed, fstflags::ATIM_NOW, fstflags::ATIM)?;
    let modified = one(modified, fstflags::MTIM_NOW, fstflags::MTIM)?;
    Ok(Times { accessed, modified, flags: bits })
}

pub(crate) fn set_times(
    host: &mut Host<'_>,
    this: u32,
    accessed: NewTimestamp,
    modified: NewTimestamp,
) -> Answer<()> {
    let Times { accessed, modified, flags } = times(accessed, modified)?;
    host.on(this, |guest, number| filestat::set_times(guest, number, accessed, modified, flags))
}

pub(crate) fn set_times_at(
    host: &mut Host<'_>,
    this: u32,
    path_flags: u32,
    name: (u32, u32),
    accessed: NewTimestamp,
    modified: NewTimestamp,
) -> Answer<()> {
    let times = times(accessed, modified)?;
    host.at(this, name, |guest, number, name| {
        path::filestat_set_times(guest, number, lookup(path_flags), name, &times)
    })
}

/// Returns what `path-flags` are in preview 1; bits that mean nothing are ignored.
fn lookup(path_flags: u32) -> u32 {
    path_flags & LOOKUP_SYMLINK_FOLLOW
}

pub(crate) fn read(
    host: &mut Host<'_>,
    this: u32,
    length: u64,
    offset: u64,
) -> Answer<(Buffered, bool)> {
    let number = host.borrowed(host.descriptor, this);
    let descriptor = host.state.descriptors.with(number, FD_READ)?;
    io::require_seekable(descriptor)?;
    let length = length.min(BUFFER_SIZE as u64) as usize;
    let buffer = host.state.objects.buffer.get_mut(..length).unwrap_or_default();
    let count = retry_on_intr(|| descriptor.file.pread(buffer, offset)).map_err(Errno::from)?;
    Ok((Buffered(count), count == 0 && length > 0))
}

pub(crate) fn write(
    host: &mut Host<'_>,
    this: u32,
    list: u32,
    length: u32,
    offset: u64,
) -> Answer<u64> {
    let number = host.borrowed(host.descriptor, this);
    let memory = host.call.memory();
    let bytes = Call::bytes(&memory, list, length);
    let descriptor = host.state.descriptors.with(number, FD_WRITE)?;
    io::require_seekable(descriptor)?;
    let written = retry_on_intr(|| rustix::io::pwritev(descriptor, &[IoSlice::new(bytes)], offset));
    Ok(written.map_err(Errno::from)? as u64)
}

pub(crate) fn read_directory(host: &mut Host<'_>, this: u32) -> Answer<u32> {
    let descriptor = open_again(host, this)?;
    let entries = Object::Entries(Entries { descriptor, position: 0 });
    Ok(host.try_give_object(&DIRECTORY_ENTRY_STREAM, entries)?)
}

/// Opens a directory anew, so that a list of it has a position of its own.
pub(crate) fn open_again(host: &mut Host<'_>, this: u32) -> Result<u32, Errno> {
    let number = host.borrowed(host.descriptor, this);
    host.state.descriptors.with(number, FD_READDIR)?;
    let mut scratch = Scratch::new();
    scratch.bytes[0] = b'.';
    let request = Request { lookup_flags: 0, oflags: oflags::DIRECTORY, rights: 0, fdflags: 0 };
    host.carry_out(&mut scratch, |guest| {
        let name = At { address: 0, length: 1 };
        path::path_open(guest, number, name, &request, RESULT)
    })?;
    Ok(u32_at(&scratch.bytes, RESULT as usize))
}

/// An entry of a directory: its type, and the first bytes of the state's buffer, this many,
/// which are its name.
pub(crate) struct DirectoryEntry {
    file_type: FileType,
    name_length: usize,
}

impl Store for DirectoryEntry {
    const LAYOUT: Layout = <(u8, Text<'_>)>::LAYOUT;

    fn store(self, call: &mut Call, address: u32) {
        let state = crate::state::state();
        let name = state.objects.buffer.get(..self.name_length).unwrap_or_default();
        (type_number(self.file_type), Text(name)).store(call, address);
    }
}

pub(crate) fn read_directory_entry(
    host: &mut Host<'_>,
    this: u32,
) -> Answer<Option<DirectoryEntry>> {
    let number = host.borrowed(&DIRECTORY_ENTRY_STREAM, this);
    let Some(Object::Entries(mut entries)) = host.state.objects.get(number) else {
        return Ok(None);
    };
    loop {
        let descriptor = host.state.descriptors.with(entries.descriptor, FD_READDIR)?;
        let buffer = &mut host.state.objects.buffer;
        let Some(entry) = directory::entry_at(&descriptor.file, entries.position, buffer)? else {
            return Ok(None);
        };
        entries.position = entry.next;
        host.state.objects.set_entries(number, entries);
        let name = host.state.objects.buffer.get(..entry.name_length).unwrap_or_default();
        // Interfaces of WASI 0.2 have no entries for these.
        if name != b"." && name != b".." {
            let (file_type, name_length) = (entry.file_type, entry.name_length);
            return Ok(Some(DirectoryEntry { file_type, name_length }));
        }
    }
}

pub(crate) fn create_directory_at(host: &mut Host<'_>, this: u32, name: (u32, u32)) -> Answer<()> {
    host.at(this, name, path::create_directory)
}

/// `descriptor-stat`
type Stat = (u8, u64, u64, Option<Datetime>, Option<Datetime>, Option<Datetime>);

fn stat_of(stat: &FileStat) -> Stat {
    const NANOSECONDS: u64 = 1_000_000_000;
    let time = |time| Some((time / NANOSECONDS, (time % NANOSECONDS) as u32));
    (
        type_number(stat.file_type),
        stat.links,
        stat.size,
        time(stat.accessed),
        time(stat.modified),
        time(stat.changed),
    )
}

pub(crate) fn stat(host: &mut Host<'_>, this: u32) -> Answer<Stat> {
    Ok(stat_of(&attributes(host, this)?))
}

/// Returns the attributes of what a path names.
pub(crate) fn attributes_at(
    host: &mut Host<'_>,
    this: u32,
    path_flags: u32,
    name: (u32, u32),
) -> Answer<FileStat> {
    let mut stat = None;
    host.at(this, name, |guest, number, name| {
        stat = Some(path::attributes(guest, number, lookup(path_flags), name)?);
        Ok(())
    })?;
    stat.ok_or(ErrorCode::Io)
}

pub(crate) fn stat_at(
    host: &mut Host<'_>,
    this: u32,
    path_flags: u32,
    name: (u32, u32),
) -> Answer<Stat> {
    Ok(stat_of(&attributes_at(host, this, path_flags, name)?))
}

pub(crate) fn link_at(
    host: &mut Host<'_>,
    this: u32,
    path_flags: u32,
    name: (u32, u32),
    other: u32,
    other_name: (u32, u32),
) -> Answer<()> {
    host.at_both((this, name), (other, other_name), |guest, (from, name), (to, to_name)| {
        path::link(guest, from, lookup(path_flags), name, to, to_name)
    })
}

/// The flags that `open-at` gets.
pub(crate) struct OpenFlags {
    pub(crate) path: u32,
    pub(crate) open: u32,
    pub(crate) descriptor: u32,
}

pub(crate) fn open_at(
    host: &mut Host<'_>,
    this: u32,
    name: (u32, u32),
    requested: &OpenFlags,
) -> Answer<u32> {
    let asks = |bit| requested.descriptor & bit != 0;
    let mut rights = 0;
    if asks(flags::READ) {
        rights |= FD_READ;
    }
    if asks(flags::WRITE) {
        rights |= FD_WRITE;
    }
    let mut fd = 0;
    for (bit, flag) in [
        (flags::FILE_INTEGRITY_SYNC, fdflags::SYNC),
        (flags::DATA_INTEGRITY_SYNC, fdflags::DSYNC),
        (flags::REQUESTED_WRITE_SYNC, fdflags::RSYNC),
    ] {
        if asks(bit) {
            fd |= flag;
        }
    }
    if asks(flags::MUTATE_DIRECTORY) {
        let number = host.directory(this)?;
        host.state.descriptors.get(number)?.require(PATH_CREATE_FILE)?;
    }
    // The bits of `open-flags` are in another order.
    let open = |bit| requested.open & bit != 0;
    let mut of = 0;
    for (bit, flag) in [
        (1 << 0, oflags::CREAT),
        (1 << 1, oflags::DIRECTORY),
        (1 << 2, oflags::EXCL),
        (1 << 3, oflags::TRUNC),
    ] {
        if open(bit) {
            of |= flag;
        }
    }
    // Who creates or truncates a file writes it too.
    if rights == FD_READ && of & (oflags::CREAT | oflags::TRUNC) != 0 {
        rights |= FD_WRITE;
    }
    let request = Request { lookup_flags: lookup(requested.path), oflags: of, rights, fdflags: fd };
    let number = host.directory(this)?;
    let mut scratch = Scratch::new();
    let name = scratch.path(host.call, 0, name)?;
    host.carry_out(&mut scratch, |guest| path::path_open(guest, number, name, &request, RESULT))?;
    let opened = u32_at(&scratch.bytes, RESULT as usize);
    host.state.objects.hold(opened);
    if let Some(place) = host.state.objects.unchanged.get_mut(opened as usize) {
        *place = !asks(flags::MUTATE_DIRECTORY);
    }
    Ok(host.give(host.descriptor, opened))
}

pub(crate) fn readlink_at(
    host: &mut Host<'_>,
    this: u32,
    name: (u32, u32),
) -> Answer<BufferedText> {
    let number = host.directory(this)?;
    let mut scratch = Scratch::new();
    let name = scratch.path(host.call, 0, name)?;
    let buffer = At { address: ROOM as u32, length: ROOM as u32 };
    host.carry_out(&mut scratch, |guest| {
        path::readlink(guest, number, name, buffer.address, buffer.length, RESULT)
    })?;
    let length = u32_at(&scratch.bytes, RESULT as usize) as usize;
    let target = scratch.bytes.get(ROOM..ROOM + length).unwrap_or_default();
    if let Some(place) = host.state.objects.buffer.get_mut(..target.len()) {
        place.copy_from_slice(target);
    }
    Ok(BufferedText(length))
}

/// The first bytes of the state's buffer, this many, as text.
pub(crate) struct BufferedText(usize);

impl Store for BufferedText {
    const LAYOUT: Layout = Text::LAYOUT;

    fn store(self, call: &mut Call, address: u32) {
        let state = crate::state::state();
        Text(state.objects.buffer.get(..self.0).unwrap_or_default()).store(call, address);
    }
}

pub(crate) fn remove_directory_at(host: &mut Host<'_>, this: u32, name: (u32, u32)) -> Answer<()> {
    host.at(this, name, path::remove_directory)
}

pub(crate) fn rename_at(
    host: &mut Host<'_>,
    this: u32,
    name: (u32, u32),
    other: u32,
    other_name: (u32, u32),
) -> Answer<()> {
    host.at_both((this, name), (other, other_name), |guest, (from, name), (to, to_name)| {
        path::rename(guest, from, name, to, to_name)
    })
}

pub(crate) fn symlink_at(
    host: &mut Host<'_>,
    this: u32,
    target: (u32, u32),
    name: (u32, u32),
) -> Answer<()> {
    host.at_both((this, target), (this, name), |guest, (_, target), (number, name)| {
        path::symlink(guest, target, number, name)
    })
}

pub(crate) fn unlink_file_at(host: &mut Host<'_>, this: u32, name: (u32, u32)) -> Answer<()> {
    host.at(this, name, path::unlink_file)
}

pub(crate) fn is_same_object(host: &mut Host<'_>, this: u32, other: u32) -> u32 {
    let identity = |stat: FileStat| (stat.device, stat.inode);
    let this = attributes(host, this).map(identity);
    let other = attributes(host, other).map(identity);
    u32::from(this.is_ok() && this == other)
}

/// Returns numbers that differ for different files, and change when a file does.
fn hash(stat: &FileStat) -> (u64, u64) {
    let words = [stat.device, stat.inode, stat.size, stat.modified, stat.changed];
    // FNV-1a, from two different starts.
    let hash = |start: u64| {
        let bytes = words.iter().flat_map(|word| word.to_le_bytes());
        bytes.fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
    };
    (hash(0xcbf2_9ce4_8422_2325), hash(0x8422_2325_cbf2_9ce4))
}

pub(crate) fn metadata_hash(host: &mut Host<'_>, this: u32) -> Answer<(u64, u64)> {
    Ok(hash(&attributes(host, this)?))
}

pub(crate) fn metadata_hash_at(
    host: &mut Host<'_>,
    this: u32,
    path_flags: u32,
    name: (u32, u32),
) -> Answer<(u64, u64)> {
    Ok(hash(&attributes_at(host, this, path_flags, name)?))
}
