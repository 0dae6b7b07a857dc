//! The guest's descriptors: the file of each number and the rights that the guest
//! has on it. The table has a fixed size and lives in zeroed memory that the
//! kernel supplies when it is touched. Knows rights, not operations.
//!
//! A right is in one of three states. The descriptor has it; or the guest gave it
//! up, then using it is [`Errno::NotCapable`]; or the descriptor never had it, then
//! the answer is [`Errno::NotPermitted`] for a change to a read-only file, else
//! [`Errno::BadDescriptor`], because that kind of descriptor cannot do it: a
//! file that was opened for reading is not written to, wherever it is.

use crate::errno::Errno;
use crate::file::File;
use crate::types::rights::*;
use rustix::fd::{AsFd, BorrowedFd, IntoRawFd, OwnedFd};

/// Descriptors that a guest can have at a time.
pub(crate) const CAPACITY: usize = quench_policy::OPEN_FILES_MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One of the three streams that the program was started with.
    Stdio,
    Directory,
    /// Whatever else was opened by a path.
    File,
    /// A socket that the policy gives, or a connection that it accepted.
    Socket,
}

/// Rights on a socket.
const SOCKET_RIGHTS: u64 = FD_READ
    | FD_WRITE
    | FD_FDSTAT_SET_FLAGS
    | FD_FILESTAT_GET
    | POLL_FD_READWRITE
    | SOCK_SHUTDOWN
    | SOCK_ACCEPT;

/// Rights on a directory.
pub(crate) const DIRECTORY_RIGHTS: u64 = PATH_CREATE_DIRECTORY
    | PATH_CREATE_FILE
    | PATH_LINK_SOURCE
    | PATH_LINK_TARGET
    | PATH_OPEN
    | FD_READDIR
    | PATH_READLINK
    | PATH_RENAME_SOURCE
    | PATH_RENAME_TARGET
    | PATH_FILESTAT_GET
    | PATH_FILESTAT_SET_TIMES
    | FD_FILESTAT_GET
    | FD_FILESTAT_SET_TIMES
    | PATH_SYMLINK
    | PATH_REMOVE_DIRECTORY
    | PATH_UNLINK_FILE;

/// Rights on a file.
pub(crate) const FILE_RIGHTS: u64 = FD_DATASYNC
    | FD_READ
    | FD_SEEK
    | FD_FDSTAT_SET_FLAGS
    | FD_SYNC
    | FD_TELL
    | FD_WRITE
    | FD_ADVISE
    | FD_ALLOCATE
    | FD_FILESTAT_GET
    | FD_FILESTAT_SET_SIZE
    | FD_FILESTAT_SET_TIMES
    | POLL_FD_READWRITE;

/// Rights to change a file system.
pub(crate) const CHANGING_RIGHTS: u64 = FD_WRITE
    | FD_ALLOCATE
    | FD_FILESTAT_SET_SIZE
    | FD_FILESTAT_SET_TIMES
    | PATH_CREATE_DIRECTORY
    | PATH_CREATE_FILE
    | PATH_LINK_SOURCE
    | PATH_LINK_TARGET
    | PATH_RENAME_SOURCE
    | PATH_RENAME_TARGET
    | PATH_FILESTAT_SET_TIMES
    | PATH_SYMLINK
    | PATH_REMOVE_DIRECTORY
    | PATH_UNLINK_FILE;

/// A right that a guest asks for when it opens a file for writing, and not when it opens
/// one for reading. Where files are for reading only it is said to be inherited, although it
/// is not. wasi-libc asks only for rights that are inherited; without this one it would open a
/// file for writing with no sign of that, and fail at the first write. `access` of wasi-libc
/// looks for [`FD_WRITE`], so this is another right.
pub(crate) const ASKED_BY_WRITERS: u64 = FD_ALLOCATE;

pub(crate) struct Descriptor {
    pub(crate) file: File,
    pub(crate) kind: Kind,
    /// Whether it is a standard stream that is a terminal.
    pub(crate) is_terminal: bool,
    /// Whether calls on it wait although its file does not: true of what the policy gives,
    /// until the guest asks for something else or is told. Guests that use readiness
    /// ask for the flags first, or set them; those that do neither would be surprised.
    pub(crate) waits: bool,
    /// Whether positions in this directory take more than 32 bits; see `directory`.
    pub(crate) is_wide: bool,
    /// Whether it is in a directory that the policy gives for reading only.
    pub(crate) read_only: bool,
    /// The guest's name of a directory that the policy gives.
    pub(crate) preopen: Option<&'static [u8]>,
    /// The rights that the descriptor began with.
    granted: u64,
    /// The rights that the descriptor has now.
    base: u64,
    /// The rights that descriptors opened through it can have.
    inheriting: u64,
}

impl Descriptor {
    /// Returns the descriptor of a standard stream; `waits` if its file does not.
    pub(crate) fn stdio(fd: OwnedFd, rights: u64, waits: bool) -> Descriptor {
        let file = File::Kernel(fd);
        Descriptor {
            file,
            kind: Kind::Stdio,
            is_terminal: false,
            waits,
            is_wide: false,
            read_only: false,
            preopen: None,
            granted: rights,
            base: rights,
            inheriting: rights,
        }
    }

    pub(crate) fn preopen(file: File, name: &'static [u8], read_only: bool) -> Descriptor {
        let withheld = if read_only { CHANGING_RIGHTS } else { 0 };
        Descriptor {
            file,
            kind: Kind::Directory,
            is_terminal: false,
            waits: false,
            is_wide: false,
            read_only,
            preopen: Some(name),
            granted: DIRECTORY_RIGHTS & !withheld,
            base: DIRECTORY_RIGHTS & !withheld,
            inheriting: (DIRECTORY_RIGHTS | FILE_RIGHTS) & !withheld | ASKED_BY_WRITERS,
        }
    }

    pub(crate) fn socket(fd: OwnedFd) -> Descriptor {
        let file = File::Kernel(fd);
        Descriptor {
            file,
            kind: Kind::Socket,
            is_terminal: false,
            waits: true,
            is_wide: false,
            read_only: false,
            preopen: None,
            granted: SOCKET_RIGHTS,
            base: SOCKET_RIGHTS,
            inheriting: SOCKET_RIGHTS,
        }
    }

    /// Returns the descriptor of a file that was opened through the directory
    /// `self`, with those of `rights` that the directory hands on.
    pub(crate) fn opened(&self, file: File, kind: Kind, rights: u64) -> Descriptor {
        let withheld = if self.read_only { CHANGING_RIGHTS } else { 0 };
        let rights = rights & self.inheriting & !withheld;
        Descriptor {
            file,
            kind,
            is_terminal: false,
            waits: false,
            is_wide: false,
            read_only: self.read_only,
            preopen: None,
            granted: rights,
            base: rights,
            inheriting: match kind {
                Kind::Directory => self.inheriting,
                _ => rights,
            },
        }
    }

    pub(crate) fn base(&self) -> u64 {
        self.base
    }

    pub(crate) fn inheriting(&self) -> u64 {
        self.inheriting
    }

    /// Checks that all of `rights` can be used.
    ///
    /// # Errors
    ///
    /// Those of the head of this file.
    pub(crate) fn require(&self, rights: u64) -> Result<(), Errno> {
        let missing = rights & !self.base;
        if missing == 0 {
            Ok(())
        } else if missing & !self.granted == 0 {
            Err(Errno::NotCapable)
        } else if self.read_only && missing & CHANGING_RIGHTS & !FD_WRITE != 0 {
            Err(Errno::NotPermitted)
        } else {
            Err(Errno::BadDescriptor)
        }
    }

    /// Checks that a file opened through this directory can have all of `rights`.
    pub(crate) fn require_inheriting(&self, rights: u64) -> Result<(), Errno> {
        if self.read_only && rights & CHANGING_RIGHTS != 0 {
            Err(Errno::NotPermitted)
        } else if rights & !self.inheriting != 0 {
            Err(Errno::NotCapable)
        } else {
            Ok(())
        }
    }

    /// Gives up all rights but these.
    ///
    /// # Errors
    ///
    /// [`Errno::NotCapable`] if the descriptor lacks one of these.
    pub(crate) fn narrow(&mut self, base: u64, inheriting: u64) -> Result<(), Errno> {
        if base & !self.base != 0 || inheriting & !self.inheriting != 0 {
            return Err(Errno::NotCapable);
        }
        self.base = base;
        self.inheriting = inheriting;
        Ok(())
    }

    /// Forgets a descriptor. The streams that the program was started with
    /// stay open: the runtime writes to standard error, and a file opened
    /// later must not take their numbers.
    fn close(self) {
        if self.kind == Kind::Stdio
            && let File::Kernel(fd) = self.file
        {
            let _ = fd.into_raw_fd();
        }
    }
}

impl AsFd for Descriptor {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

/// A place in the table. In this layout `Free` is all zeros, so that the table
/// takes no room in the file.
#[repr(u8)]
enum Slot {
    Free = 0,
    Open(Descriptor) = 1,
}

/// Positions in directories whose upper half is that of the position before them, with a
/// number each. Where entries have hashes of 31 bits this happens once in a directory of
/// 50,000 entries, so there is room enough.
pub(crate) struct Shared {
    positions: [u64; Shared::ROOM],
}

impl Shared {
    const ROOM: usize = 63;
    const FIRST: u64 = 0x7fff_ffc0;

    /// The numbers: the last ones of 31 bits, except the very last, which ends directories.
    pub(crate) const NUMBERS: core::ops::Range<u64> = Self::FIRST..Self::FIRST + Self::ROOM as u64;

    pub(crate) const fn new() -> Shared {
        Shared { positions: [0; Shared::ROOM] }
    }

    /// Returns the number of a position, which gets one if there is one left.
    pub(crate) fn number(&mut self, position: u64) -> Option<u64> {
        let mut places = self.positions.iter_mut();
        let place = places.position(|place| {
            if *place == 0 {
                *place = position;
            }
            *place == position
        });
        place.map(|place| Self::FIRST + place as u64)
    }

    /// Returns the position that has a number.
    pub(crate) fn position(&self, number: u64) -> Option<u64> {
        let place = usize::try_from(number.checked_sub(Self::FIRST)?).ok()?;
        self.positions.get(place).copied().filter(|position| *position != 0)
    }
}

/// The table of descriptors. The fields are in this order so that a program with
/// few descriptors uses one page.
#[repr(C)]
pub(crate) struct Descriptors {
    /// How many numbers, from the greatest down, a limit takes away.
    withheld: usize,
    /// What lets a broken pipe on a standard stream end the program, where the signal for
    /// that is ignored. Returns whether it is so from now on.
    pub(crate) heed_broken_pipes: Option<fn() -> bool>,
    slots: [Slot; CAPACITY],
    shared: Shared,
}

impl Descriptors {
    pub(crate) const fn new() -> Descriptors {
        Descriptors {
            slots: [const { Slot::Free }; CAPACITY],
            withheld: 0,
            heed_broken_pipes: None,
            shared: Shared::new(),
        }
    }

    /// Lets the guest have at most `number` descriptors at a time.
    pub(crate) fn limit(&mut self, number: u64) {
        let number = usize::try_from(number).unwrap_or(CAPACITY);
        let withheld = CAPACITY.saturating_sub(number);
        self.withheld = withheld.max(self.withheld);
    }

    /// The descriptors below the first free number: before the guest runs, all
    /// of them. The table above is not touched, for the kernel would supply pages.
    pub(crate) fn below_first_free(&self) -> impl Iterator<Item = &Descriptor> {
        self.slots.iter().map_while(|slot| match slot {
            Slot::Open(descriptor) => Some(descriptor),
            Slot::Free => None,
        })
    }

    /// Returns whether there are none but the standard streams and files in the executable,
    /// and the streams wait by themselves, before the guest runs.
    pub(crate) fn are_streams(&self) -> bool {
        self.below_first_free().all(|descriptor| {
            descriptor.file.is_member() || descriptor.kind == Kind::Stdio && !descriptor.waits
        })
    }

    /// Returns whether there are files of the kernel's beside the standard streams, before the
    /// guest runs.
    #[cfg(feature = "archive")]
    pub(crate) fn are_files(&self) -> bool {
        self.below_first_free()
            .any(|descriptor| !descriptor.file.is_member() && descriptor.kind != Kind::Stdio)
    }

    /// Finds out which standard streams are terminals, before the guest runs.
    pub(crate) fn find_terminals(&mut self) {
        for slot in self.slots.iter_mut().take(3) {
            if let Slot::Open(stream) = slot {
                stream.is_terminal = rustix::termios::isatty(&stream.file);
            }
        }
    }

    pub(crate) fn get(&self, number: u32) -> Result<&Descriptor, Errno> {
        match self.slots.get(number as usize) {
            Some(Slot::Open(descriptor)) => Ok(descriptor),
            _ => Err(Errno::BadDescriptor),
        }
    }

    pub(crate) fn get_mut(&mut self, number: u32) -> Result<&mut Descriptor, Errno> {
        match self.slots.get_mut(number as usize) {
            Some(Slot::Open(descriptor)) => Ok(descriptor),
            _ => Err(Errno::BadDescriptor),
        }
    }

    /// Returns the descriptor `number`, if it has `rights`.
    pub(crate) fn with(&self, number: u32, rights: u64) -> Result<&Descriptor, Errno> {
        let descriptor = self.get(number)?;
        descriptor.require(rights)?;
        Ok(descriptor)
    }

    /// Returns the descriptor `number`, if it has `rights`, with the numbered positions of
    /// all directories.
    pub(crate) fn with_shared(
        &mut self,
        number: u32,
        rights: u64,
    ) -> Result<(&mut Descriptor, &mut Shared), Errno> {
        match self.slots.get_mut(number as usize) {
            Some(Slot::Open(descriptor)) => {
                descriptor.require(rights)?;
                Ok((descriptor, &mut self.shared))
            }
            _ => Err(Errno::BadDescriptor),
        }
    }

    /// Gives a number that is free to a standard stream.
    pub(crate) fn put_stream(&mut self, number: usize, stream: Descriptor) {
        if let Some(slot) = self.slots.get_mut(number) {
            *slot = Slot::Open(stream);
        }
    }

    /// Gives a descriptor the lowest number that is free.
    pub(crate) fn insert(&mut self, descriptor: Descriptor) -> Result<u32, Errno> {
        let allowed = CAPACITY - self.withheld;
        for (number, slot) in self.slots.iter_mut().take(allowed).enumerate() {
            if matches!(slot, Slot::Free) {
                *slot = Slot::Open(descriptor);
                return Ok(number as u32);
            }
        }
        Err(Errno::TooManyOpen)
    }

    /// Fails where [`insert`](Self::insert) would.
    pub(crate) fn require_room(&self) -> Result<(), Errno> {
        let mut slots = self.slots.iter().take(CAPACITY - self.withheld);
        let is_room = slots.any(|slot| matches!(slot, Slot::Free));
        if is_room { Ok(()) } else { Err(Errno::TooManyOpen) }
    }

    pub(crate) fn close(&mut self, number: u32) -> Result<(), Errno> {
        self.take(number)?.close();
        Ok(())
    }

    /// Moves a descriptor to the number of another, which is closed.
    pub(crate) fn renumber(&mut self, from: u32, to: u32) -> Result<(), Errno> {
        self.get(from)?;
        self.get(to)?;
        if from == to {
            return Ok(());
        }
        let moved = self.take(from)?;
        let replaced = core::mem::replace(self.get_mut(to)?, moved);
        replaced.close();
        Ok(())
    }

    fn take(&mut self, number: u32) -> Result<Descriptor, Errno> {
        let slot = self.slots.get_mut(number as usize);
        match slot.map(|slot| core::mem::replace(slot, Slot::Free)) {
            Some(Slot::Open(descriptor)) => Ok(descriptor),
            _ => Err(Errno::BadDescriptor),
        }
    }
}
