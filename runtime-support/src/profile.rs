//! The counters of an instrumented program. They become a file that the program
//! maps, so they are there however it ends, also after a trap or a signal, and
//! nothing has to be allowed to it at its end. The compiler knows what the counters
//! mean.
//!
//! Only instrumented code refers to this file, so other programs do not have it.
//!
//! # Safety
//!
//! The records are as the compiler wrote them. There is one thread.
#![allow(unsafe_code, reason = "see Safety")]

use crate::process;
use crate::report::fatal;
use core::ffi::CStr;
use quench_abi::{FunctionHeader, PROFILE_TARGETS, Profile, ProfileTarget};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, openat, statat, unlinkat};
use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags, mmap};

unsafe extern "C" {
    static quench_profile: Profile;
}

/// Bytes of the longest path, with the zero at its end.
const LONGEST_PATH: usize = 4096;

/// See [`quench_abi::symbols::PROFILE_START`].
///
/// # Safety
///
/// This is called once, before guest code runs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_profile_start() {
    // SAFETY: the compiler wrote the record, and nobody else uses the parts.
    unsafe {
        let profile = &quench_profile;
        write_to_file(profile);
        if let Some(host_start) = profile.host_start {
            host_start();
        }
    }
}

/// Makes the file and maps the counters from it.
// Not inlined: its frame is large.
#[inline(never)]
unsafe fn write_to_file(profile: &Profile) {
    let mut path = Path { bytes: [0; LONGEST_PATH], length: 0 };
    // SAFETY: the caller's promise.
    let parts = unsafe {
        path.expand(process::text(&profile.file));
        process::slice(profile.parts, profile.part_count)
    };
    let Ok(path) = CStr::from_bytes_until_nul(&path.bytes) else {
        return;
    };
    let file = create(path).unwrap_or_else(|_| cannot_write(path));
    let mut offset = 0;
    for part in parts {
        // SAFETY: the caller's promise.
        let written = unsafe { map(&file, *part, offset) };
        offset += written.unwrap_or_else(|_| cannot_write(path));
    }
}

/// Creates a new file. A regular one that is there is removed and not used: another
/// process may be counting in it. A symbolic link is followed, and stays.
///
/// # Errors
///
/// Returns the error of the system.
fn create(path: &CStr) -> Result<OwnedFd, Errno> {
    let new = match statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) if FileType::from_raw_mode(stat.st_mode).is_file() => {
            unlinkat(CWD, path, AtFlags::empty())?;
            OFlags::EXCL
        }
        Ok(_) => OFlags::TRUNC,
        Err(Errno::NOENT) => OFlags::EXCL,
        Err(error) => return Err(error),
    };
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::CLOEXEC | new;
    openat(CWD, path, flags, Mode::from_raw_mode(0o666))
}

/// Writes a part to the file and maps the file in its place. Returns its size in
/// bytes.
///
/// # Errors
///
/// Returns the error of the system.
///
/// # Safety
///
/// Nobody else uses the part, which is whole pages.
unsafe fn map(file: &OwnedFd, part: *mut u8, offset: u64) -> Result<u64, Errno> {
    // SAFETY: the caller's promise.
    let bytes = unsafe {
        let size = part.add(8).cast::<u64>().read();
        process::slice(part.cast_const(), size)
    };
    process::write_all(file.as_fd(), bytes)?;
    let access = ProtFlags::READ | ProtFlags::WRITE;
    let flags = MapFlags::SHARED | MapFlags::FIXED;
    let size = bytes.len();
    // SAFETY: the file has the same bytes, and the part has pages of its own.
    unsafe { mmap(part.cast(), size, access, flags, file, offset)? };
    Ok(size as u64)
}

fn cannot_write(path: &CStr) -> ! {
    fatal(&[
        b"error: cannot write the profile `",
        path.to_bytes(),
        b"`, for which this program was built (--profile-generate)",
    ])
}

/// The path of the file, with zeros behind it.
struct Path {
    bytes: [u8; LONGEST_PATH],
    length: usize,
}

impl Path {
    /// Adds a pattern, whose `%p` becomes the number of the process. Bytes beyond the
    /// longest path are left out.
    fn expand(&mut self, pattern: &[u8]) {
        let mut rest = pattern;
        loop {
            match rest {
                [] => return,
                [b'%', b'p', after @ ..] => {
                    let process = rustix::process::getpid();
                    self.decimal(process.as_raw_pid().unsigned_abs());
                    rest = after;
                }
                [byte, after @ ..] => {
                    self.push(*byte);
                    rest = after;
                }
            }
        }
    }

    fn decimal(&mut self, number: u32) {
        if number >= 10 {
            self.decimal(number / 10);
        }
        self.push(b'0' + (number % 10) as u8);
    }

    fn push(&mut self, byte: u8) {
        if self.length < LONGEST_PATH - 1
            && let Some(place) = self.bytes.get_mut(self.length)
        {
            *place = byte;
            self.length += 1;
        }
    }
}

/// [`quench_abi::RuntimeFunction::CountCallee`]. Where there is no room for another
/// function, it takes the place and the count of the least frequent one: so each
/// function that is reached more often than the average place stays.
///
/// # Safety
///
/// `site` is a site of a part, and `reference` is a reference to a function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_count_callee(
    site: *mut [ProfileTarget; PROFILE_TARGETS],
    reference: *const FunctionHeader,
) {
    // SAFETY: the caller's promise.
    let (site, function) = unsafe { (&mut *site, (*reference).profile) };
    let found = site.iter().position(|target| target.function == function);
    let place = match found {
        Some(place) => site.get_mut(place),
        None => site.iter_mut().min_by_key(|target| target.count),
    };
    if let Some(target) = place {
        target.function = function;
        target.count = target.count.saturating_add(1);
    }
}
