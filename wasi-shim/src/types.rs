//! Values and layouts of `wasi_snapshot_preview1.witx`, and those of
//! `wasi_unstable` that differ. No behaviour beyond putting a structure into bytes.

/// `filetype`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum FileType {
    Unknown = 0,
    BlockDevice = 1,
    CharacterDevice = 2,
    Directory = 3,
    RegularFile = 4,
    SocketStream = 6,
    SymbolicLink = 7,
}

/// `rights`: a bit for each.
pub(crate) mod rights {
    pub(crate) const FD_DATASYNC: u64 = 1 << 0;
    pub(crate) const FD_READ: u64 = 1 << 1;
    pub(crate) const FD_SEEK: u64 = 1 << 2;
    pub(crate) const FD_FDSTAT_SET_FLAGS: u64 = 1 << 3;
    pub(crate) const FD_SYNC: u64 = 1 << 4;
    pub(crate) const FD_TELL: u64 = 1 << 5;
    pub(crate) const FD_WRITE: u64 = 1 << 6;
    pub(crate) const FD_ADVISE: u64 = 1 << 7;
    pub(crate) const FD_ALLOCATE: u64 = 1 << 8;
    pub(crate) const PATH_CREATE_DIRECTORY: u64 = 1 << 9;
    pub(crate) const PATH_CREATE_FILE: u64 = 1 << 10;
    pub(crate) const PATH_LINK_SOURCE: u64 = 1 << 11;
    pub(crate) const PATH_LINK_TARGET: u64 = 1 << 12;
    pub(crate) const PATH_OPEN: u64 = 1 << 13;
    pub(crate) const FD_READDIR: u64 = 1 << 14;
    pub(crate) const PATH_READLINK: u64 = 1 << 15;
    pub(crate) const PATH_RENAME_SOURCE: u64 = 1 << 16;
    pub(crate) const PATH_RENAME_TARGET: u64 = 1 << 17;
    pub(crate) const PATH_FILESTAT_GET: u64 = 1 << 18;
    pub(crate) const PATH_FILESTAT_SET_TIMES: u64 = 1 << 20;
    pub(crate) const FD_FILESTAT_GET: u64 = 1 << 21;
    pub(crate) const FD_FILESTAT_SET_SIZE: u64 = 1 << 22;
    pub(crate) const FD_FILESTAT_SET_TIMES: u64 = 1 << 23;
    pub(crate) const PATH_SYMLINK: u64 = 1 << 24;
    pub(crate) const PATH_REMOVE_DIRECTORY: u64 = 1 << 25;
    pub(crate) const PATH_UNLINK_FILE: u64 = 1 << 26;
    pub(crate) const POLL_FD_READWRITE: u64 = 1 << 27;
    pub(crate) const SOCK_SHUTDOWN: u64 = 1 << 28;
    pub(crate) const SOCK_ACCEPT: u64 = 1 << 29;
}

/// `lookupflags`
pub(crate) const LOOKUP_SYMLINK_FOLLOW: u32 = 1;

/// `oflags`
pub(crate) mod oflags {
    pub(crate) const CREAT: u32 = 1 << 0;
    pub(crate) const DIRECTORY: u32 = 1 << 1;
    pub(crate) const EXCL: u32 = 1 << 2;
    pub(crate) const TRUNC: u32 = 1 << 3;
    pub(crate) const ALL: u32 = 0xf;
}

/// `fdflags`
pub(crate) mod fdflags {
    pub(crate) const APPEND: u32 = 1 << 0;
    pub(crate) const DSYNC: u32 = 1 << 1;
    pub(crate) const NONBLOCK: u32 = 1 << 2;
    pub(crate) const RSYNC: u32 = 1 << 3;
    pub(crate) const SYNC: u32 = 1 << 4;
    pub(crate) const ALL: u32 = 0x1f;
}

/// `fstflags`
pub(crate) mod fstflags {
    pub(crate) const ATIM: u32 = 1 << 0;
    pub(crate) const ATIM_NOW: u32 = 1 << 1;
    pub(crate) const MTIM: u32 = 1 << 2;
    pub(crate) const MTIM_NOW: u32 = 1 << 3;
    pub(crate) const ALL: u32 = 0xf;
}

/// The module that a function was imported from, for the few functions whose
/// values or layouts differ between the two.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Preview1,
    Unstable,
}

/// `fdstat`
pub(crate) struct FdStat {
    pub(crate) file_type: FileType,
    pub(crate) flags: u32,
    pub(crate) rights_base: u64,
    pub(crate) rights_inheriting: u64,
}

impl FdStat {
    pub(crate) fn to_bytes(&self) -> [u8; 24] {
        let mut bytes = Layout::new();
        bytes.put(0, [self.file_type as u8]);
        bytes.put(2, (self.flags as u16).to_le_bytes());
        bytes.put(8, self.rights_base.to_le_bytes());
        bytes.put(16, self.rights_inheriting.to_le_bytes());
        bytes.0
    }
}

/// `filestat`
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FileStat {
    pub(crate) device: u64,
    pub(crate) inode: u64,
    pub(crate) file_type: FileType,
    pub(crate) links: u64,
    pub(crate) size: u64,
    /// Nanoseconds since 1970; the next two fields likewise.
    pub(crate) accessed: u64,
    pub(crate) modified: u64,
    pub(crate) changed: u64,
}

impl FileStat {
    pub(crate) fn to_bytes(&self) -> [u8; 64] {
        let mut bytes = Layout::new();
        bytes.put(0, self.device.to_le_bytes());
        bytes.put(8, self.inode.to_le_bytes());
        bytes.put(16, [self.file_type as u8]);
        bytes.put(24, self.links.to_le_bytes());
        bytes.put(32, self.size.to_le_bytes());
        bytes.put(40, self.accessed.to_le_bytes());
        bytes.put(48, self.modified.to_le_bytes());
        bytes.put(56, self.changed.to_le_bytes());
        bytes.0
    }

    /// Returns the layout of `wasi_unstable`, where the number of links has 32
    /// bits.
    pub(crate) fn to_unstable_bytes(&self) -> [u8; 56] {
        let mut bytes = Layout::new();
        bytes.put(0, self.device.to_le_bytes());
        bytes.put(8, self.inode.to_le_bytes());
        bytes.put(16, [self.file_type as u8]);
        let links = u32::try_from(self.links).unwrap_or(u32::MAX);
        bytes.put(20, links.to_le_bytes());
        bytes.put(24, self.size.to_le_bytes());
        bytes.put(32, self.accessed.to_le_bytes());
        bytes.put(40, self.modified.to_le_bytes());
        bytes.put(48, self.changed.to_le_bytes());
        bytes.0
    }
}

/// `dirent`; the name follows it.
pub(crate) struct DirectoryEntry {
    /// Cookie of the entry after this one.
    pub(crate) next: u64,
    pub(crate) inode: u64,
    pub(crate) name_length: u32,
    pub(crate) file_type: FileType,
}

impl DirectoryEntry {
    pub(crate) fn to_bytes(&self) -> [u8; 24] {
        let mut bytes = Layout::new();
        bytes.put(0, self.next.to_le_bytes());
        bytes.put(8, self.inode.to_le_bytes());
        bytes.put(16, self.name_length.to_le_bytes());
        bytes.put(20, [self.file_type as u8]);
        bytes.0
    }
}

/// The bytes of a structure; padding stays zero.
pub(crate) struct Layout<const N: usize>(pub(crate) [u8; N]);

impl<const N: usize> Layout<N> {
    pub(crate) fn new() -> Layout<N> {
        Layout([0; N])
    }

    /// Puts a field at an offset. Offsets are constants of this crate, so the
    /// place is always there.
    #[inline(always)]
    pub(crate) fn put<const M: usize>(&mut self, offset: usize, field: [u8; M]) {
        if let Some(place) = self.0.get_mut(offset..offset + M) {
            place.copy_from_slice(&field);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts() {
        let stat = FileStat {
            device: 1,
            inode: 2,
            file_type: FileType::RegularFile,
            links: 3,
            size: 4,
            accessed: 5,
            modified: 6,
            changed: 7,
        };
        let bytes = stat.to_bytes();
        let words: [u64; 8] =
            core::array::from_fn(|i| u64::from_le_bytes(bytes[i * 8..][..8].try_into().unwrap()));
        assert_eq!(words, [1, 2, 4, 3, 4, 5, 6, 7]);

        let bytes = stat.to_unstable_bytes();
        let words: [u64; 7] =
            core::array::from_fn(|i| u64::from_le_bytes(bytes[i * 8..][..8].try_into().unwrap()));
        assert_eq!(words, [1, 2, 4 | 3 << 32, 4, 5, 6, 7]);
    }
}
