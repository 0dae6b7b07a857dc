//! Which system calls of Linux each function of WASI and of the runtime is
//! carried out with. From this follows what a program can
//! give up. Knows names and uses, no numbers: those differ by architecture.

use crate::functions::{Functions, Group};
use crate::runtime::RuntimeFunctions;

/// A system call, or the only use that is made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SystemCall {
    ExitGroup,
    /// How the kernel goes on with a wait that was interrupted.
    RestartSyscall,
    /// To standard output and error only.
    Write,
    /// New memory that is no file's and not executable.
    Mmap,
    /// Of linear memories, to readable and writable.
    Mprotect,
    /// To where the kernel chooses.
    Mremap,
    /// To wait and to wake, within the process.
    Futex,
    Accept4,
    ClockGetres,
    ClockGettime,
    /// Never of the standard streams.
    Close,
    Fadvise64,
    Fallocate,
    Fdatasync,
    FcntlGetfl,
    FcntlSetfl,
    Fstat,
    Fsync,
    Ftruncate,
    Getdents64,
    Getrandom,
    /// How many bytes can be read.
    IoctlFionread,
    Linkat,
    Lseek,
    Mkdirat,
    Newfstatat,
    Openat,
    Openat2,
    Ppoll,
    Preadv,
    Pwritev,
    Readlinkat,
    Readv,
    Recvfrom,
    Renameat,
    SchedYield,
    Sendto,
    Shutdown,
    Symlinkat,
    Unlinkat,
    Utimensat,
    Writev,
}

/// Of every program: to end, to say why, and to go on after an interruption.
const ALWAYS: [SystemCall; 3] =
    [SystemCall::ExitGroup, SystemCall::RestartSyscall, SystemCall::Write];

/// What functions of the runtime need.
const RUNTIME_NEEDS: [(SystemCall, RuntimeFunctions); 4] = {
    use RuntimeFunctions as Runtime;
    [
        (SystemCall::Mprotect, Runtime::MEMORY_GROW),
        (
            SystemCall::Mmap,
            Runtime::TABLE_GROW.with(Runtime::EXCEPTIONS).with(Runtime::MEMORY_GROW_EXPLICIT),
        ),
        (SystemCall::Mremap, Runtime::TABLE_GROW),
        (SystemCall::Futex, Runtime::WAITS),
    ]
};

/// All that resolve a path.
const PATHS: Functions = Functions::of(&[
    "path_create_directory",
    "path_filestat_get",
    "path_filestat_set_times",
    "path_link",
    "path_open",
    "path_readlink",
    "path_remove_directory",
    "path_rename",
    "path_symlink",
    "path_unlink_file",
]);

/// What functions of WASI need.
const NEEDS: [(SystemCall, Functions); 35] = {
    use SystemCall::*;
    const fn of(names: &[&str]) -> Functions {
        Functions::of(names)
    }
    [
        // Those called often first: older kernels go through the list.
        (Writev, of(&["fd_write"])),
        (Readv, of(&["fd_read"])),
        (Lseek, of(&["fd_seek", "fd_tell", "fd_readdir", "poll_oneoff"])),
        (
            Fstat,
            of(&[
                "fd_fdstat_get",
                "fd_filestat_get",
                "fd_read",
                "path_filestat_get",
                "path_open",
                "poll_oneoff",
            ]),
        ),
        (Preadv, of(&["fd_pread"])),
        (Pwritev, of(&["fd_pwrite"])),
        (ClockGettime, of(&["clock_time_get", "poll_oneoff"])),
        (ClockGetres, of(&["clock_res_get"])),
        (Openat2, PATHS),
        (Openat, PATHS),
        (Readlinkat, PATHS),
        (Close, PATHS.with(of(&["fd_close", "fd_renumber", "sock_accept"]))),
        (Getdents64, of(&["fd_readdir"])),
        (Newfstatat, of(&["fd_readdir"])),
        (Ppoll, of(&["poll_oneoff"])),
        (IoctlFionread, of(&["poll_oneoff"])),
        (FcntlGetfl, of(&["fd_fdstat_get", "fd_fdstat_set_flags"])),
        (FcntlSetfl, of(&["fd_fdstat_set_flags"])),
        (Fadvise64, of(&["fd_advise"])),
        (Fallocate, of(&["fd_allocate"])),
        (Fdatasync, of(&["fd_datasync"])),
        (Fsync, of(&["fd_sync"])),
        (Ftruncate, of(&["fd_filestat_set_size"])),
        (Utimensat, of(&["fd_filestat_set_times", "path_filestat_set_times"])),
        (Mkdirat, of(&["path_create_directory"])),
        (Linkat, of(&["path_link"])),
        (Renameat, of(&["path_rename"])),
        (Symlinkat, of(&["path_symlink"])),
        (Unlinkat, of(&["path_remove_directory", "path_unlink_file"])),
        (Getrandom, Functions::group(Group::Random)),
        (SchedYield, of(&["sched_yield"])),
        (Accept4, of(&["sock_accept"])),
        (Recvfrom, of(&["sock_recv"])),
        (Sendto, of(&["sock_send"])),
        (Shutdown, of(&["sock_shutdown"])),
    ]
};

/// The system calls of a program that calls these functions.
pub fn system_calls(
    functions: Functions,
    runtime: RuntimeFunctions,
) -> impl Iterator<Item = SystemCall> {
    let of_runtime = RUNTIME_NEEDS
        .iter()
        .filter(move |(_, users)| users.intersects(runtime))
        .map(|&(call, _)| call);
    let of_wasi =
        NEEDS.iter().filter(move |(_, users)| users.intersects(functions)).map(|&(call, _)| call);
    ALWAYS.into_iter().chain(of_runtime).chain(of_wasi)
}

/// What works on standard streams by [`STRICT`] alone.
const OF_STREAMS: Functions = Functions::of(&[
    "args_get",
    "args_sizes_get",
    "environ_get",
    "environ_sizes_get",
    "fd_close",
    "fd_fdstat_get",
    "fd_prestat_dir_name",
    "fd_prestat_get",
    "fd_read",
    "fd_seek",
    "fd_tell",
    "fd_write",
    "proc_exit",
]);

/// What the kernel leaves a process in its strict mode, by the kernel's names.
pub const STRICT: [&str; 4] = ["read", "write", "exit", "rt_sigreturn"];

/// Whether a program that calls these functions, and has the standard streams
/// and no other descriptors, needs only [`STRICT`]. The kernel enters that mode
/// much faster than it takes a filter.
pub fn is_strict_enough(functions: Functions, runtime: RuntimeFunctions) -> bool {
    functions.without(OF_STREAMS) == Functions::NONE && runtime == RuntimeFunctions::NONE
}

impl SystemCall {
    pub const ALL: [SystemCall; 42] = [
        SystemCall::ExitGroup,
        SystemCall::RestartSyscall,
        SystemCall::Write,
        SystemCall::Mmap,
        SystemCall::Mprotect,
        SystemCall::Mremap,
        SystemCall::Futex,
        SystemCall::Accept4,
        SystemCall::ClockGetres,
        SystemCall::ClockGettime,
        SystemCall::Close,
        SystemCall::Fadvise64,
        SystemCall::Fallocate,
        SystemCall::Fdatasync,
        SystemCall::FcntlGetfl,
        SystemCall::FcntlSetfl,
        SystemCall::Fstat,
        SystemCall::Fsync,
        SystemCall::Ftruncate,
        SystemCall::Getdents64,
        SystemCall::Getrandom,
        SystemCall::IoctlFionread,
        SystemCall::Linkat,
        SystemCall::Lseek,
        SystemCall::Mkdirat,
        SystemCall::Newfstatat,
        SystemCall::Openat,
        SystemCall::Openat2,
        SystemCall::Ppoll,
        SystemCall::Preadv,
        SystemCall::Pwritev,
        SystemCall::Readlinkat,
        SystemCall::Readv,
        SystemCall::Recvfrom,
        SystemCall::Renameat,
        SystemCall::SchedYield,
        SystemCall::Sendto,
        SystemCall::Shutdown,
        SystemCall::Symlinkat,
        SystemCall::Unlinkat,
        SystemCall::Utimensat,
        SystemCall::Writev,
    ];

    /// As in the kernel's manual, the use in parentheses.
    pub const fn name(self) -> &'static str {
        match self {
            SystemCall::ExitGroup => "exit_group",
            SystemCall::RestartSyscall => "restart_syscall",
            SystemCall::Write => "write (standard output and error)",
            SystemCall::Mmap => "mmap (no file, not executable)",
            SystemCall::Mprotect => "mprotect (linear memory, not executable)",
            SystemCall::Mremap => "mremap",
            SystemCall::Futex => "futex (wait and wake)",
            SystemCall::Accept4 => "accept4",
            SystemCall::ClockGetres => "clock_getres",
            SystemCall::ClockGettime => "clock_gettime",
            SystemCall::Close => "close",
            SystemCall::Fadvise64 => "fadvise64",
            SystemCall::Fallocate => "fallocate",
            SystemCall::Fdatasync => "fdatasync",
            SystemCall::FcntlGetfl => "fcntl (F_GETFL)",
            SystemCall::FcntlSetfl => "fcntl (F_SETFL)",
            SystemCall::Fstat => "fstat",
            SystemCall::Fsync => "fsync",
            SystemCall::Ftruncate => "ftruncate",
            SystemCall::Getdents64 => "getdents64",
            SystemCall::Getrandom => "getrandom",
            SystemCall::IoctlFionread => "ioctl (FIONREAD)",
            SystemCall::Linkat => "linkat",
            SystemCall::Lseek => "lseek",
            SystemCall::Mkdirat => "mkdirat",
            SystemCall::Newfstatat => "newfstatat",
            SystemCall::Openat => "openat",
            SystemCall::Openat2 => "openat2",
            SystemCall::Ppoll => "ppoll",
            SystemCall::Preadv => "preadv",
            SystemCall::Pwritev => "pwritev",
            SystemCall::Readlinkat => "readlinkat",
            SystemCall::Readv => "readv",
            SystemCall::Recvfrom => "recvfrom",
            SystemCall::Renameat => "renameat",
            SystemCall::SchedYield => "sched_yield",
            SystemCall::Sendto => "sendto",
            SystemCall::Shutdown => "shutdown",
            SystemCall::Symlinkat => "symlinkat",
            SystemCall::Unlinkat => "unlinkat",
            SystemCall::Utimensat => "utimensat",
            SystemCall::Writev => "writev",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_only_writes() {
        let functions = Functions::of(&["fd_write", "proc_exit"]);
        let calls = system_calls(functions, RuntimeFunctions::NONE);
        assert!(calls.eq(ALWAYS.into_iter().chain([SystemCall::Writev])));
    }

    #[test]
    fn all_are_of_use() {
        let calls: usize = system_calls(Functions::ALL, RuntimeFunctions::ALL).count();
        assert_eq!(calls, SystemCall::ALL.len());
    }

    #[test]
    fn memory_only_where_something_grows() {
        let calls = |runtime| system_calls(Functions::NONE, runtime).skip(ALWAYS.len());
        assert!(calls(RuntimeFunctions::NONE).eq([]));
        assert!(calls(RuntimeFunctions::MEMORY_GROW).eq([SystemCall::Mprotect]));
        assert!(calls(RuntimeFunctions::MEMORY_GROW_EXPLICIT).eq([SystemCall::Mmap]));
        let table = [SystemCall::Mmap, SystemCall::Mremap];
        assert!(calls(RuntimeFunctions::TABLE_GROW).eq(table));
        assert_eq!(calls(RuntimeFunctions::ALL).count(), RUNTIME_NEEDS.len());
        let mut of_wasi = system_calls(Functions::ALL, RuntimeFunctions::NONE);
        let takes = [SystemCall::Mmap, SystemCall::Mprotect, SystemCall::Mremap];
        assert!(!of_wasi.any(|call| takes.contains(&call)));
    }

    #[test]
    fn no_files_without_paths() {
        let without = Functions::ALL.without(PATHS);
        let opens = |call: SystemCall| call.name().starts_with("open");
        let runtime = RuntimeFunctions::ALL;
        assert!(!system_calls(without, runtime).any(opens));
        assert!(system_calls(Functions::ALL, runtime).any(opens));
    }
}
