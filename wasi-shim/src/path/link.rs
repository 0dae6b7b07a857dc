//! Reading symbolic links: of one name in an open directory, without resolving
//! any path.

use crate::file::Root;
use core::ffi::CStr;
use rustix::io::Result;

/// Reads what a symbolic link says into `buffer`, as much of it as fits.
pub(crate) fn read_link<'a>(
    directory: Root<'_>,
    name: &CStr,
    buffer: &'a mut [u8],
) -> Result<&'a [u8]> {
    #[cfg(any(feature = "archive", test))]
    if let Root::Member(directory) = directory {
        return super::members::read_link(directory, name.to_bytes());
    }
    let length = rustix::fs::readlinkat_raw(directory.as_kernel(), name, &mut *buffer)?;
    Ok(buffer.get(..length).unwrap_or_default())
}
