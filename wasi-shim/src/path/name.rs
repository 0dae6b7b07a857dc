//! Paths as bytes: which paths the guest may pass, and how a path falls into the
//! directory part and the last component. No file is looked at.

use crate::errno::Errno;
use crate::memory::Memory;
use core::ffi::CStr;

/// Length of the longest path that Linux takes, with the NUL at its end, in bytes.
pub(crate) const PATH_MAX: usize = 4096;

/// A path with a NUL at its end, as the kernel wants it. Not empty, relative,
/// without other NULs.
pub(crate) struct Path {
    bytes: [u8; PATH_MAX],
    /// Length of the path without the NUL, in bytes.
    length: usize,
}

impl Path {
    /// Takes a path from the guest.
    ///
    /// # Errors
    ///
    /// [`Errno::Fault`] if it is not inside memory, [`Errno::IllegalSequence`] if
    /// it is not UTF-8, and those of [`Path::new`].
    pub(crate) fn from_guest(
        memory: &Memory<'_>,
        address: u32,
        length: u32,
    ) -> Result<Path, Errno> {
        let bytes = memory.bytes(address, length)?;
        if core::str::from_utf8(bytes).is_err() {
            return Err(Errno::IllegalSequence);
        }
        Path::new(bytes)
    }

    /// Takes a path.
    ///
    /// # Errors
    ///
    /// [`Errno::NoEntry`] if it is empty, [`Errno::NotPermitted`] if it is
    /// absolute, [`Errno::Invalid`] if it contains NUL,
    /// [`Errno::NameTooLong`] if Linux would not take it.
    pub(crate) fn new(path: &[u8]) -> Result<Path, Errno> {
        match path.first() {
            None => return Err(Errno::NoEntry),
            Some(b'/') => return Err(Errno::NotPermitted),
            Some(_) => {}
        }
        if path.contains(&0) {
            return Err(Errno::Invalid);
        }
        let mut bytes = [0; PATH_MAX];
        // The last byte stays NUL.
        match bytes.get_mut(..path.len()) {
            Some(place) if path.len() < PATH_MAX => place.copy_from_slice(path),
            _ => return Err(Errno::NameTooLong),
        }
        Ok(Path { bytes, length: path.len() })
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    pub(crate) fn as_c_str(&self) -> &CStr {
        c_str(&self.bytes)
    }

    pub(crate) fn has_trailing_slash(&self) -> bool {
        self.as_bytes().ends_with(b"/")
    }

    /// Splits into the directory, if any is named, and the last component with
    /// the slashes that follow it. A last component `..` belongs to the
    /// directory; the last component is then `.`.
    pub(crate) fn split(&mut self) -> (Option<&CStr>, &CStr) {
        let path = self.as_bytes();
        let end = path.len() - trailing_slashes(path);
        let start = match path.get(..end).unwrap_or_default() {
            last if last.ends_with(b"/..") || last == b".." => {
                return (Some(self.as_c_str()), c".");
            }
            path => path.iter().rposition(|&byte| byte == b'/'),
        };
        let Some(slash) = start else {
            return (None, self.as_c_str());
        };
        if let Some(slash) = self.bytes.get_mut(slash) {
            *slash = 0;
        }
        let (directory, name) = self.bytes.split_at_checked(slash + 1).unwrap_or_default();
        (Some(c_str(directory)), c_str(name))
    }
}

fn trailing_slashes(path: &[u8]) -> usize {
    path.iter().rev().take_while(|&&byte| byte == b'/').count()
}

/// Returns the bytes before the first NUL, of which there must be one.
pub(crate) fn c_str(bytes: &[u8]) -> &CStr {
    CStr::from_bytes_until_nul(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::vec;

    #[test]
    fn what_is_refused() {
        let error = |path: &[u8]| Path::new(path).err();
        assert_eq!(error(b""), Some(Errno::NoEntry));
        assert_eq!(error(b"/"), Some(Errno::NotPermitted));
        assert_eq!(error(b"/etc"), Some(Errno::NotPermitted));
        assert_eq!(error(b"a\0b"), Some(Errno::Invalid));
        assert_eq!(error(&vec![b'a'; PATH_MAX]), Some(Errno::NameTooLong));
        assert_eq!(error(&vec![b'a'; PATH_MAX - 1]), None);

        let mut bytes = *b"\xff\xfe";
        let not_utf8 = Path::from_guest(&Memory(&mut bytes), 0, 2);
        assert_eq!(not_utf8.err(), Some(Errno::IllegalSequence));
        let outside = Path::from_guest(&Memory(&mut bytes), 1, 2);
        assert_eq!(outside.err(), Some(Errno::Fault));
    }

    #[test]
    fn splitting() {
        let split = |path: &[u8]| {
            let mut path = Path::new(path).unwrap();
            let (directory, name) = path.split();
            (
                directory.map(|part| part.to_str().unwrap().to_owned()),
                name.to_str().unwrap().to_owned(),
            )
        };
        use std::borrow::ToOwned;
        let directory = |text: &str| Some(text.to_owned());
        assert_eq!(split(b"a"), (None, "a".to_owned()));
        assert_eq!(split(b"a///"), (None, "a///".to_owned()));
        assert_eq!(split(b"a/b"), (directory("a"), "b".to_owned()));
        assert_eq!(split(b"a/b/c/"), (directory("a/b"), "c/".to_owned()));
        assert_eq!(split(b"a//b"), (directory("a/"), "b".to_owned()));
        assert_eq!(split(b"."), (None, ".".to_owned()));
        assert_eq!(split(b"a/."), (directory("a"), ".".to_owned()));
        assert_eq!(split(b".."), (directory(".."), ".".to_owned()));
        assert_eq!(split(b"a/../"), (directory("a/../"), ".".to_owned()));
        assert_eq!(split(b"a.."), (None, "a..".to_owned()));
    }
}
