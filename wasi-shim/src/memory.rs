//! The guest's linear memory as host functions see it: bytes, reached only
//! through checks. Every address, length and count is the guest's and may be
//! anything; one that is not inside memory is [`Errno::Fault`]. Nothing here is
//! unsafe: for the time of a call no guest code runs, so the memory is an
//! ordinary slice.

use crate::errno::Errno;
use core::ops::Range;

pub(crate) struct Memory<'a>(pub(crate) &'a mut [u8]);

impl Memory<'_> {
    pub(crate) fn bytes(&self, address: u32, length: u32) -> Result<&[u8], Errno> {
        self.0.get(range(address, length)).ok_or(Errno::Fault)
    }

    pub(crate) fn bytes_mut(&mut self, address: u32, length: u32) -> Result<&mut [u8], Errno> {
        self.0.get_mut(range(address, length)).ok_or(Errno::Fault)
    }

    /// Returns an array of `count` elements of `size` bytes.
    pub(crate) fn array(&self, address: u32, count: u32, size: u32) -> Result<&[u8], Errno> {
        let length = count.checked_mul(size).ok_or(Errno::Fault)?;
        self.bytes(address, length)
    }

    /// Fails where a later write of `length` bytes would, so that a call with a
    /// wrong result pointer has no effect.
    pub(crate) fn check(&self, address: u32, length: u32) -> Result<(), Errno> {
        self.bytes(address, length).map(|_| ())
    }

    pub(crate) fn write(&mut self, address: u32, bytes: &[u8]) -> Result<(), Errno> {
        let length = u32::try_from(bytes.len()).map_err(|_| Errno::Overflow)?;
        self.bytes_mut(address, length)?.copy_from_slice(bytes);
        Ok(())
    }

    pub(crate) fn write_u32(&mut self, address: u32, value: u32) -> Result<(), Errno> {
        self.write(address, &value.to_le_bytes())
    }

    pub(crate) fn write_u64(&mut self, address: u32, value: u64) -> Result<(), Errno> {
        self.write(address, &value.to_le_bytes())
    }
}

/// Returns the range of an address and a length. It cannot overflow: there are 64
/// bits for a sum of two numbers of 32.
pub(crate) fn range(address: u32, length: u32) -> Range<usize> {
    let start = address as usize;
    start..start + length as usize
}

/// Reads a number at an offset of a structure in memory; 0 past its end, where
/// no caller reads.
pub(crate) fn u64_at(structure: &[u8], offset: usize) -> u64 {
    match structure.get(offset..).and_then(<[u8]>::first_chunk) {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => 0,
    }
}

/// Reads a number of 32 bits, otherwise as [`u64_at`].
pub(crate) fn u32_at(structure: &[u8], offset: usize) -> u32 {
    match structure.get(offset..).and_then(<[u8]>::first_chunk) {
        Some(bytes) => u32::from_le_bytes(*bytes),
        None => 0,
    }
}

/// Reads a number of 16 bits, otherwise as [`u64_at`].
pub(crate) fn u16_at(structure: &[u8], offset: usize) -> u16 {
    match structure.get(offset..).and_then(<[u8]>::first_chunk) {
        Some(bytes) => u16::from_le_bytes(*bytes),
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges() {
        let mut bytes = [0; 16];
        let mut memory = Memory(&mut bytes);
        assert!(memory.bytes(0, 16).is_ok());
        assert!(memory.bytes(16, 0).is_ok());
        assert_eq!(memory.bytes(17, 0), Err(Errno::Fault));
        assert_eq!(memory.bytes(0, 17), Err(Errno::Fault));
        assert_eq!(memory.bytes(u32::MAX, u32::MAX), Err(Errno::Fault));
        assert_eq!(memory.array(0, 0x2000_0000, 8), Err(Errno::Fault));
        assert_eq!(memory.array(0, 0x2000_0001, 8), Err(Errno::Fault));
        assert!(memory.array(8, 1, 8).is_ok());
        assert_eq!(memory.write_u64(9, 1), Err(Errno::Fault));
        assert_eq!(memory.write_u32(12, 0x0403_0201), Ok(()));
        assert_eq!(memory.bytes(12, 4), Ok(&[1, 2, 3, 4][..]));
    }
}
