//! Random bytes: `random_get`, straight from the kernel.

use crate::errno::Errno;
use crate::guest::Guest;
use rustix::io::Errno as Linux;
use rustix::rand::{GetRandomFlags, getrandom};

pub(crate) fn get(guest: &mut Guest<'_>, buffer: u32, length: u32) -> Result<(), Errno> {
    fill(guest.memory.bytes_mut(buffer, length)?)
}

/// Fills bytes with random ones.
#[inline(always)]
pub(crate) fn fill(mut rest: &mut [u8]) -> Result<(), Errno> {
    while !rest.is_empty() {
        // The kernel may fill less than asked for.
        match getrandom(&mut *rest, GetRandomFlags::empty()) {
            Ok(filled) => rest = rest.get_mut(filled..).unwrap_or_default(),
            Err(Linux::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
