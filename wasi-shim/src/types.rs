//! Values and layouts of `wasi_snapshot_preview1.witx`, and where those of
//! `wasi_unstable` differ. No behaviour beyond putting a structure into bytes.

/// `filetype`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum FileType {
    Unknown = 0,
    BlockDevice = 1,
    CharacterDevice = 2,
    Directory = 3,
    RegularFile = 4,
    SocketStream = 6,
    SymbolicLink = 7,
}

/// `rights`, a bit each.
pub mod rights {
    pub const FD_DATASYNC: u64 = 1 << 0;
    pub const FD_READ: u64 = 1 << 1;
    pub const FD_SEEK: u64 = 1 << 2;
    pub const FD_FDSTAT_SET_FLAGS: u64 = 1 << 3;
    pub const FD_SYNC: u64 = 1 << 4;
    pub const FD_TELL: u64 = 1 << 5;
    pub const FD_WRITE: u64 = 1 << 6;
    pub const FD_ADVISE: u64 = 1 << 7;
    pub const FD_ALLOCATE: u64 = 1 << 8;
    pub const PATH_CREATE_DIRECTORY: u64 = 1 << 9;
    pub const PATH_CREATE_FILE: u64 = 1 << 10;
    pub const PATH_LINK_SOURCE: u64 = 1 << 11;
    pub const PATH_LINK_TARGET: u64 = 1 << 12;
    pub const PATH_OPEN: u64 = 1 << 13;
    pub const FD_READDIR: u64 = 1 << 14;
    pub const PATH_READLINK: u64 = 1 << 15;
    pub const PATH_RENAME_SOURCE: u64 = 1 << 16;
    pub const PATH_RENAME_TARGET: u64 = 1 << 17;
    pub const PATH_FILESTAT_GET: u64 = 1 << 18;
    pub const PATH_FILESTAT_SET_TIMES: u64 = 1 << 20;
    pub const FD_FILESTAT_GET: u64 = 1 << 21;
    pub const FD_FILESTAT_SET_SIZE: u64 = 1 << 22;
    pub const FD_FILESTAT_SET_TIMES: u64 = 1 << 23;
    pub const PATH_SYMLINK: u64 = 1 << 24;
    pub const PATH_REMOVE_DIRECTORY: u64 = 1 << 25;
    pub const PATH_UNLINK_FILE: u64 = 1 << 26;
    pub const POLL_FD_READWRITE: u64 = 1 << 27;
    pub const SOCK_SHUTDOWN: u64 = 1 << 28;
    pub const SOCK_ACCEPT: u64 = 1 << 29;
}

/// `lookupflags`
pub const LOOKUP_SYMLINK_FOLLOW: u32 = 1;

/// `oflags`
pub mod oflags {
    pub const CREAT: u32 = 1 << 0;
    pub const DIRECTORY: u32 = 1 << 1;
    pub const EXCL: u32 = 1 << 2;
    pub const TRUNC: u32 = 1 << 3;
    pub const ALL: u32 = 0xf;
}

/// `fdflags`
pub mod fdflags {
    pub const APPEND: u32 = 1 << 0;
    pub const DSYNC: u32 = 1 << 1;
    pub const NONBLOCK: u32 = 1 << 2;
    pub const RSYNC: u32 = 1 << 3;
    pub const SYNC: u32 = 1 << 4;
    pub const ALL: u32 = 0x1f;
}

/// `fstflags`
pub mod fstflags {
    pub const ATIM: u32 = 1 << 0;
    pub const ATIM_NOW: u32 = 1 << 1;
    pub const MTIM: u32 = 1 << 2;
    pub const MTIM_NOW: u32 = 1 << 3;
    pub const ALL: u32 = 0xf;
}

/// Which of the two modules a function was imported from, for the few whose
/// values or layouts differ.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Preview1,
    Unstable,
}

/// `fdstat`
pub struct FdStat {
    pub file_type: FileType,
    pub flags: u32,
    pub rights_base: u64,
    pub rights_inheriting: u64,
}

impl FdStat {
    pub fn to_bytes(&self) -> [u8; 24] {
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
pub struct FileStat {
    pub device: u64,
    pub inode: u64,
    pub file_type: FileType,
    pub links: u64,
    pub size: u64,
    /// Nanoseconds since 1970, and so the next two.
    pub accessed: u64,
    pub modified: u64,
    pub changed: u64,
}

impl FileStat {
    pub fn to_bytes(&self) -> [u8; 64] {
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

    /// As `wasi_unstable` has it, where the number of links has 32 bits.
    pub fn to_unstable_bytes(&self) -> [u8; 56] {
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

/// `dirent`, which the name follows.
pub struct DirectoryEntry {
    /// Cookie of the entry after this one.
    pub next: u64,
    pub inode: u64,
    pub name_length: u32,
    pub file_type: FileType,
}

impl DirectoryEntry {
    pub fn to_bytes(&self) -> [u8; 24] {
        let mut bytes = Layout::new();
        bytes.put(0, self.next.to_le_bytes());
        bytes.put(8, self.inode.to_le_bytes());
        bytes.put(16, self.name_length.to_le_bytes());
        bytes.put(20, [self.file_type as u8]);
        bytes.0
    }
}

/// A structure as bytes; what is padding stays zero.
pub struct Layout<const N: usize>(pub [u8; N]);

impl<const N: usize> Layout<N> {
    pub fn new() -> Layout<N> {
        Layout([0; N])
    }

    /// Offsets are constants of this crate, so the place is always there.
    #[inline(always)]
    pub fn put<const M: usize>(&mut self, offset: usize, field: [u8; M]) {
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
