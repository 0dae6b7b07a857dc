//! `memory.atomic.wait32`, `wait64` and `notify`, by the kernel's futex
//! (`futex(2)`).
//!
//! There is one thread, so a wait ends when its time is up, or never. With
//! several, `wait64` would need more: the kernel compares the lower half of
//! its cell only, and a change of the upper half between our comparison and
//! the kernel's would go unnoticed.
//!
//! # Safety
//!
//! Compiled code passes cells that are aligned and in bounds of a memory,
//! which never shrinks.
#![allow(unsafe_code, reason = "see Safety")]

use core::sync::atomic::{AtomicU32, AtomicU64, Ordering::SeqCst};
use rustix::io::Errno;
use rustix::thread::futex::{self, Flags, Timespec};

// The results of a wait, by the threads proposal, section "Wait".
const NOTIFIED: u32 = 0;
const NOT_EQUAL: u32 = 1;
const TIMED_OUT: u32 = 2;

/// [`quench_abi::RuntimeFunction::MemoryWait32`].
///
/// # Safety
///
/// Compiled code calls this, as the head of this file says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_memory_wait32(
    cell: *const u32,
    expected: u32,
    timeout: i64,
) -> u32 {
    // SAFETY: see the head of this file.
    wait(unsafe { &*cell.cast::<AtomicU32>() }, expected, timeout)
}

/// [`quench_abi::RuntimeFunction::MemoryWait64`].
///
/// # Safety
///
/// Compiled code calls this, as the head of this file says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_memory_wait64(
    cell: *const u64,
    expected: u64,
    timeout: i64,
) -> u32 {
    // SAFETY: see the head of this file.
    if unsafe { &*cell.cast::<AtomicU64>() }.load(SeqCst) != expected {
        return NOT_EQUAL;
    }
    // SAFETY: the lower half comes first on both targets, and is aligned.
    let low = unsafe { &*cell.cast::<AtomicU32>() };
    wait(low, expected as u32, timeout)
}

/// [`quench_abi::RuntimeFunction::MemoryNotify`].
///
/// # Safety
///
/// Compiled code calls this, as the head of this file says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_memory_notify(cell: *const u32, count: u32) -> u32 {
    // The kernel takes a signed number.
    let count = count.min(i32::MAX.cast_unsigned());
    // SAFETY: see the head of this file.
    let cell = unsafe { &*cell.cast::<AtomicU32>() };
    futex::wake(cell, Flags::PRIVATE, count).map_or(0, |woken| woken as u32)
}

/// Waits for `timeout` nanoseconds, or for ever if it is negative, unless the cell is
/// not as expected. Returns one of the results.
fn wait(cell: &AtomicU32, expected: u32, timeout: i64) -> u32 {
    const SECOND: i64 = 1_000_000_000;
    let timeout =
        (timeout >= 0).then_some(Timespec { tv_sec: timeout / SECOND, tv_nsec: timeout % SECOND });
    loop {
        return match futex::wait(cell, Flags::PRIVATE, expected, timeout.as_ref()) {
            Err(Errno::AGAIN) => NOT_EQUAL,
            Err(Errno::TIMEDOUT) => TIMED_OUT,
            // No signal handler of ours returns to a wait; a debugger might interrupt one.
            Err(Errno::INTR) => continue,
            Ok(()) | Err(_) => NOTIFIED,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_compare_first_and_then_for_their_time() {
        let value = AtomicU64::new(7 << 32 | 5);
        let cell = value.as_ptr().cast_const();
        let low = cell.cast::<u32>();
        // SAFETY: both cells are aligned and live.
        unsafe {
            assert_eq!(quench_memory_wait32(low, 4, -1), NOT_EQUAL);
            assert_eq!(quench_memory_wait32(low, 5, 1000), TIMED_OUT);
            assert_eq!(quench_memory_wait64(cell, 5, -1), NOT_EQUAL);
            assert_eq!(quench_memory_wait64(cell, 7 << 32 | 5, 0), TIMED_OUT);
            assert_eq!(quench_memory_notify(low, u32::MAX), 0);
        }
    }
}
