//! An open file: one of the kernel's or, in programs that are built with files in them, one of
//! those. Knows for each operation who carries it out. Such a file is for reading only, so
//! operations that change a file are the kernel's alone; they get a descriptor that it refuses.

#[cfg(any(feature = "archive", test))]
use crate::archive;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{self, Advice, OFlags, SeekFrom};
#[cfg(feature = "components")]
use rustix::io;
use rustix::io::{Result, retry_on_intr};

/// An open file.
pub(crate) enum File {
    Kernel(OwnedFd),
    #[cfg(any(feature = "archive", test))]
    Member(archive::Open),
}

/// The root that a path begins at.
#[derive(Clone, Copy)]
pub(crate) enum Root<'a> {
    Kernel(BorrowedFd<'a>),
    /// The directory with this number in the archive.
    #[cfg(any(feature = "archive", test))]
    Member(u32),
}

impl File {
    /// Returns the file, as a root of paths if it is a directory.
    #[inline(always)]
    pub(crate) fn root(&self) -> Root<'_> {
        match self {
            File::Kernel(fd) => Root::Kernel(fd.as_fd()),
            #[cfg(any(feature = "archive", test))]
            File::Member(open) => Root::Member(open.number()),
        }
    }

    /// Returns whether the file is in the executable.
    #[inline(always)]
    pub(crate) fn is_member(&self) -> bool {
        match self {
            File::Kernel(_) => false,
            #[cfg(any(feature = "archive", test))]
            File::Member(_) => true,
        }
    }

    /// Returns how many bytes of a file that is in the executable lie behind its position;
    /// `None` for files of the kernel's.
    #[inline(always)]
    pub(crate) fn available(&self) -> Option<u64> {
        match self {
            File::Kernel(_) => None,
            #[cfg(any(feature = "archive", test))]
            File::Member(open) => Some(open.available()),
        }
    }

    /// Reads from a file that is in the executable into the buffers, at an offset or else at
    /// the position. Returns `None` for files of the kernel's.
    #[inline(always)]
    pub(crate) fn read_member(
        &self,
        _buffers: &mut [&mut [u8]],
        _offset: Option<u64>,
    ) -> Option<Result<usize>> {
        match self {
            File::Kernel(_) => None,
            #[cfg(any(feature = "archive", test))]
            File::Member(open) => Some(match _offset {
                Some(offset) => open.read_at(_buffers, offset),
                None => open.read(_buffers),
            }),
        }
    }

    /// Reads at an offset.
    #[cfg(feature = "components")]
    #[inline(always)]
    pub(crate) fn pread(&self, buffer: &mut [u8], offset: u64) -> Result<usize> {
        match self {
            File::Kernel(fd) => io::preadv(fd, &mut [io::IoSliceMut::new(buffer)], offset),
            #[cfg(any(feature = "archive", test))]
            File::Member(open) => open.read_at(&mut [buffer], offset),
        }
    }

    #[inline(always)]
    pub(crate) fn seek(&self, to: SeekFrom) -> Result<u64> {
        match self {
            File::Kernel(fd) => fs::seek(fd, to),
            #[cfg(any(feature = "archive", test))]
            File::Member(open) => open.seek(to),
        }
    }

    #[inline(always)]
    pub(crate) fn flags(&self) -> Result<OFlags> {
        match self {
            File::Kernel(fd) => fs::fcntl_getfl(fd),
            #[cfg(any(feature = "archive", test))]
            File::Member(open) => Ok(open.flags()),
        }
    }

    #[inline(always)]
    pub(crate) fn set_flags(&self, flags: OFlags) -> Result<()> {
        match self {
            File::Kernel(fd) => fs::fcntl_setfl(fd, flags),
            #[cfg(any(feature = "archive", test))]
            File::Member(open) => {
                open.set_flags(flags);
                Ok(())
            }
        }
    }

    /// Has the kernel write a file to the disk; one in the executable is there already.
    #[inline(always)]
    pub(crate) fn sync(&self) -> Result<()> {
        match self {
            File::Kernel(fd) => retry_on_intr(|| fs::fsync(fd)),
            #[cfg(any(feature = "archive", test))]
            File::Member(_) => Ok(()),
        }
    }

    /// Does what [`sync`](Self::sync) does, but for attributes.
    #[inline(always)]
    pub(crate) fn sync_data(&self) -> Result<()> {
        match self {
            File::Kernel(fd) => retry_on_intr(|| fs::fdatasync(fd)),
            #[cfg(any(feature = "archive", test))]
            File::Member(_) => Ok(()),
        }
    }

    #[inline(always)]
    pub(crate) fn advise(
        &self,
        offset: u64,
        length: Option<core::num::NonZeroU64>,
        advice: Advice,
    ) -> Result<()> {
        match self {
            File::Kernel(fd) => fs::fadvise(fd, offset, length, advice),
            #[cfg(any(feature = "archive", test))]
            File::Member(_) => Ok(()),
        }
    }
}

/// What the kernel gets for a file that it does not have: no operation works on it.
#[cfg(any(feature = "archive", test))]
const NONE: BorrowedFd<'_> = fs::ABS;

impl AsFd for File {
    #[inline(always)]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.root().as_kernel()
    }
}

impl<'a> Root<'a> {
    /// Returns what the kernel gets for it.
    #[inline(always)]
    pub(crate) fn as_kernel(self) -> BorrowedFd<'a> {
        match self {
            Root::Kernel(fd) => fd,
            #[cfg(any(feature = "archive", test))]
            Root::Member(_) => NONE,
        }
    }
}
