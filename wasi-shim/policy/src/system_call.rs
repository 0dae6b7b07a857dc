//! The system calls of Linux that executables make. Knows names and uses, no
//! numbers: those differ by architecture. Which function needs which is said
//! where the functions are: `functions.rs` and, for the runtime, `needs.rs`.

quench_abi::enumeration! {
    /// A system call, or the only use that is made of it. Its name is that of
    /// the kernel's manual, with the use in parentheses.
    ///
    /// The order is that in which needs are listed: those of every program,
    /// those of the runtime, then those of WASI's functions.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum SystemCall {
        /// Ending the process.
        ExitGroup = "exit_group",
        /// Going on with a wait that was interrupted; the kernel asks for it.
        RestartSyscall = "restart_syscall",
        /// Writing to standard output and standard error.
        Write = "write (standard output and error)",
        /// Making pages of linear memories, or of the heap, readable and writable.
        Mprotect = "mprotect (linear memory, not executable)",
        /// Getting new memory that belongs to no file and is not executable.
        Mmap = "mmap (no file, not executable)",
        /// Resizing memory, which may move to where the kernel chooses.
        Mremap = "mremap",
        /// Giving back the content of pages that hold nothing any more.
        Madvise = "madvise (giving memory back)",
        /// Waiting and waking, within the process.
        Futex = "futex (wait and wake)",
        /// Writing buffers of a list.
        Writev = "writev",
        /// Reading into buffers of a list.
        Readv = "readv",
        /// Moving or asking for the position in a file.
        Lseek = "lseek",
        /// Asking for the attributes of an open file.
        Fstat = "fstat",
        /// Reading at a position.
        Preadv = "preadv",
        /// Writing at a position.
        Pwritev = "pwritev",
        /// Writing at the end of a file.
        Pwritev2 = "pwritev2",
        /// Reading a clock.
        ClockGettime = "clock_gettime",
        /// Asking how precise a clock is.
        ClockGetres = "clock_getres",
        /// Opening a path that the kernel keeps beneath a directory.
        Openat2 = "openat2",
        /// Opening one component of a path.
        Openat = "openat",
        /// Reading a symbolic link.
        Readlinkat = "readlinkat",
        /// Closing a descriptor, never that of a standard stream.
        Close = "close",
        /// Listing a directory.
        Getdents64 = "getdents64",
        /// Asking for the attributes of a name in a directory.
        Newfstatat = "newfstatat",
        /// Waiting for descriptors and for a time.
        Ppoll = "ppoll",
        /// Letting a broken pipe on standard output end the program.
        RtSigaction = "rt_sigaction (SIGPIPE)",
        /// Asking how many bytes can be read.
        IoctlFionread = "ioctl (FIONREAD)",
        /// Asking for the flags of an open file.
        FcntlGetfl = "fcntl (F_GETFL)",
        /// Setting the flags of an open file.
        FcntlSetfl = "fcntl (F_SETFL)",
        /// Announcing how a file will be read.
        Fadvise64 = "fadvise64",
        /// Allocating space for a file.
        Fallocate = "fallocate",
        /// Writing a file's data to the device.
        Fdatasync = "fdatasync",
        /// Writing a file's data and attributes to the device.
        Fsync = "fsync",
        /// Setting the length of a file.
        Ftruncate = "ftruncate",
        /// Setting the times of a file.
        Utimensat = "utimensat",
        /// Creating a directory.
        Mkdirat = "mkdirat",
        /// Creating a hard link.
        Linkat = "linkat",
        /// Renaming or moving a file.
        Renameat = "renameat",
        /// Creating a symbolic link.
        Symlinkat = "symlinkat",
        /// Removing a file or directory.
        Unlinkat = "unlinkat",
        /// Getting random bytes.
        Getrandom = "getrandom",
        /// Letting other processes run.
        SchedYield = "sched_yield",
        /// Accepting a connection.
        Accept4 = "accept4",
        /// Receiving from a connection.
        Recvfrom = "recvfrom",
        /// Sending to a connection.
        Sendto = "sendto",
        /// Ending one or both directions of a connection.
        Shutdown = "shutdown",
    }
}

/// A set of system calls: a bit for each, by its place in [`SystemCall::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SystemCalls(u64);

impl SystemCalls {
    /// The empty set.
    pub const NONE: SystemCalls = SystemCalls(0);

    /// Returns the set of these.
    pub const fn of(calls: &[SystemCall]) -> SystemCalls {
        let mut set = SystemCalls::NONE;
        let mut i = 0;
        while i < calls.len() {
            set.0 |= 1 << calls[i] as u32;
            i += 1;
        }
        set
    }

    /// Returns the union of both sets.
    #[must_use]
    pub const fn with(self, others: SystemCalls) -> SystemCalls {
        SystemCalls(self.0 | others.0)
    }

    /// Returns the system calls of this set that are not in the other.
    #[must_use]
    pub const fn without(self, others: SystemCalls) -> SystemCalls {
        SystemCalls(self.0 & !others.0)
    }

    /// Returns whether both sets are the same; `==` is not for constants.
    pub(crate) const fn is(self, other: SystemCalls) -> bool {
        self.0 == other.0
    }

    /// Returns whether the set has a system call.
    pub const fn has(self, call: SystemCall) -> bool {
        self.0 >> call as u32 & 1 != 0
    }

    /// Returns the system calls of the set, in the order of [`SystemCall::ALL`].
    pub fn iter(self) -> impl Iterator<Item = SystemCall> {
        SystemCall::ALL.into_iter().filter(move |call| self.has(*call))
    }
}
