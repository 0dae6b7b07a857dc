//! The last segment of the executable. In one that was built with files in it, the archive of
//! these, which the kernel has mapped; nothing here looks inside.
//!
//! # Safety
//!
//! The program headers are the executable's own, and the kernel has mapped what they say.
//! `quench build` puts only the archive into that segment, for reading only.
#![allow(unsafe_code, reason = "the segment is a slice")]

use crate::relocate::{FileHeader, Image};

unsafe extern "C" {
    static __ehdr_start: FileHeader;
}

/// Returns the content of the last segment, which must be one that nobody writes to: that of
/// an executable with an archive.
pub fn archive() -> &'static [u8] {
    // SAFETY: see the head of this file.
    unsafe { Image::new(&raw const __ehdr_start).last_segment() }
}
