//! The second wall: before guest code runs, the kernel is told what the
//! program can ever need, and refuses the rest from then on. If a guest got
//! out of its memory, it would still have no system call but those of its own
//! WASI functions (`filter`, or the kernel's own strict mode), and no file but
//! those of its directories (Landlock, here).

mod filter;
mod kernel;

use crate::descriptors::Descriptors;
use filter::Filter;
use linux_raw_sys::landlock::*;
use quench_policy::{Functions, Lockdown, RuntimeFunctions, SystemCall, SystemCalls};
use quench_policy::{is_strict_enough, system_calls};
#[cfg(feature = "archive")]
use quench_policy::{of_streams, system_calls_of_streams};
use quench_runtime_support::fatal;
use rustix::fd::{AsFd, BorrowedFd};
use rustix::io::{Errno, Result};
use rustix::thread::set_no_new_privs;

/// Rights to look at files and directories.
const READING: u64 = (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR) as u64;

/// Rights to change files and directories; none for devices, sockets and
/// execution.
const CHANGING: u64 = (LANDLOCK_ACCESS_FS_WRITE_FILE
    | LANDLOCK_ACCESS_FS_REMOVE_DIR
    | LANDLOCK_ACCESS_FS_REMOVE_FILE
    | LANDLOCK_ACCESS_FS_MAKE_DIR
    | LANDLOCK_ACCESS_FS_MAKE_REG
    | LANDLOCK_ACCESS_FS_MAKE_SYM
    | LANDLOCK_ACCESS_FS_REFER
    | LANDLOCK_ACCESS_FS_TRUNCATE) as u64;

/// The first version of Landlock that lets files be moved between directories;
/// with the one before, a program would see `path_rename` fail.
const LANDLOCK_MINIMUM: usize = 2;

/// Gives up everything that these functions on these descriptors do not need.
/// Where the kernel cannot do that, the program goes on, or ends with a message if
/// the policy requires it. A core dump may still be written to its descriptor.
/// `confine_files` takes away the files, if the program opens any. Returns whether the
/// kernel's strict mode is on.
pub(crate) fn lock_down(
    mode: Lockdown,
    functions: Functions,
    runtime: RuntimeFunctions,
    descriptors: &Descriptors,
    core_dump: Option<u32>,
    confine_files: impl FnOnce(&Descriptors) -> Result<()>,
) -> bool {
    if mode == Lockdown::Off {
        return false;
    }
    let must = |result: Result<()>, what: &[u8]| {
        if result.is_err() && mode == Lockdown::Required {
            fatal(&[
                b"error: this program was built to start only where the kernel can confine it (--require-lockdown), and here it cannot: no ",
                what,
            ]);
        }
    };
    must(set_no_new_privs(true), b"no_new_privs");
    // Who has only files in the executable opens none of the kernel's.
    #[cfg(feature = "archive")]
    let functions = if descriptors.are_files() { functions } else { of_streams(functions) };
    let strict = is_strict_enough(functions, runtime) && descriptors.are_streams();
    if strict && kernel::set_strict().is_ok() {
        return true;
    }
    // A program that opens nothing is kept from all files by the filter
    // already, and starts faster.
    #[cfg(feature = "archive")]
    let system_calls = if descriptors.are_files() { system_calls } else { system_calls_of_streams };
    let calls = system_calls(functions, runtime);
    if calls.has(SystemCall::Openat) {
        must(confine_files(descriptors), b"Landlock of Linux 5.19 or later");
    }
    must(system_call_filter(calls, core_dump), b"seccomp filters");
    false
}

// A function of its own, so that nothing else is on the stack with the filter.
#[inline(never)]
fn system_call_filter(calls: SystemCalls, core_dump: Option<u32>) -> Result<()> {
    let mut filter = Filter::new();
    filter.assemble(calls, core_dump);
    kernel::set_filter(filter.instructions())
}

/// Confines the program to the trees of the preopened directories, and keeps it
/// from connecting and signalling.
pub(crate) fn confine_files(descriptors: &Descriptors) -> Result<()> {
    let version = kernel::landlock_version()?;
    if version < LANDLOCK_MINIMUM {
        return Err(Errno::OPNOTSUPP);
    }
    let handled = handled(version);
    let attributes = landlock_ruleset_attr {
        handled_access_fs: handled,
        handled_access_net: (LANDLOCK_ACCESS_NET_BIND_TCP | LANDLOCK_ACCESS_NET_CONNECT_TCP) as u64,
        scoped: (LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | LANDLOCK_SCOPE_SIGNAL) as u64,
    };
    // The first kernels knew only the first field, then the second.
    let known = match version {
        ..4 => 8,
        4..6 => 16,
        _ => 24,
    };
    let ruleset = kernel::landlock_ruleset(&attributes, known)?;
    for (directory, read_only) in directories(descriptors) {
        let access = if read_only { READING } else { READING | CHANGING };
        kernel::landlock_allow(&ruleset, directory, access & handled)?;
    }
    kernel::landlock_restrict(&ruleset)
}

fn directories(descriptors: &Descriptors) -> impl Iterator<Item = (BorrowedFd<'_>, bool)> {
    descriptors
        .below_first_free()
        .filter(|descriptor| descriptor.preopen.is_some())
        .filter(|descriptor| !descriptor.file.is_member())
        .map(|descriptor| (descriptor.as_fd(), descriptor.read_only))
}

/// Returns all kinds of access that a version of Landlock can refuse.
fn handled(version: usize) -> u64 {
    let newest = match version {
        ..3 => LANDLOCK_ACCESS_FS_REFER,
        3 | 4 => LANDLOCK_ACCESS_FS_TRUNCATE,
        _ => LANDLOCK_ACCESS_FS_IOCTL_DEV,
    };
    // Each is one bit, in order of introduction.
    u64::from(newest) * 2 - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_access_by_version() {
        assert_eq!(handled(2), (1 << 14) - 1);
        assert_eq!(handled(3), (1 << 15) - 1);
        assert_eq!(handled(7), (1 << 16) - 1);
        assert_eq!((READING | CHANGING) & !handled(3), 0);
    }
}
