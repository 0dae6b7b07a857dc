//! The functions of WASI preview 1: their types, as the specification
//! (`wasi_snapshot_preview1.witx`, `wasi_unstable.witx`) lowers them, and what
//! they need. Each is one row of [`FUNCTIONS`]; the shim does not compile if what
//! it exports differs from this table.

use crate::system_call::SystemCall::{self, *};
use Group::*;
use quench_abi::ValueType::{self, I32, I64};

/// The symbol of the shim's function that makes the policy take effect. It runs
/// once, before any code of the program.
pub const START_SYMBOL: &str = "quench_wasi_start";

/// The symbol of the same function for a policy with neither directories nor
/// listeners nor [`Entry::RuntimePolicy`](crate::Entry), and a program whose functions
/// open no files: less code in the executable.
pub const START_WITH_STREAMS_SYMBOL: &str = "quench_wasi_start_with_streams";

/// Names of the modules that WASI preview 1 is imported from: the final one, and
/// the snapshot before it.
pub const MODULES: [&str; 2] = ["wasi_snapshot_preview1", "wasi_unstable"];

/// A function of WASI, as a module imports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// The name of the import.
    pub name: &'static str,
    /// The group with which it is allowed and denied.
    pub group: Group,
    /// Types of its parameters.
    pub parameters: &'static [ValueType],
    /// Types of its results.
    pub results: &'static [ValueType],
    /// Whether `wasi_unstable` has it too, with the same type.
    pub in_unstable: bool,
    /// Whether it has pointers among its parameters, and so needs its caller's
    /// memory.
    pub has_pointers: bool,
    /// Whether it resolves paths, and so makes [`RESOLUTION`].
    pub resolves_paths: bool,
    /// Whether it makes only system calls of the kernel's strict mode when it
    /// works on standard streams; see [`STRICT`](crate::STRICT).
    pub strict_on_streams: bool,
    /// System calls that it is carried out with, outside of strict mode and
    /// beside those of resolving paths.
    pub system_calls: &'static [SystemCall],
}

/// System calls with which paths are resolved.
pub const RESOLUTION: [SystemCall; 4] = [Openat2, Openat, Readlinkat, Close];

quench_abi::enumeration! {
    /// A group of functions, which are allowed and denied together.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Group {
        /// The arguments of the program.
        Args = "args",
        /// The environment variables of the program.
        Environ = "environ",
        /// Clocks.
        Clocks = "clocks",
        /// Functions that work on any descriptor, the standard streams too.
        Descriptors = "descriptors",
        /// Functions that work on files and directories only.
        Files = "files",
        /// Waiting for descriptors and clocks.
        Polling = "polling",
        /// The process itself.
        Process = "process",
        /// Random numbers.
        Random = "random",
        /// Sockets.
        Sockets = "sockets",
    }
}

/// All functions, in the order of the specification.
pub const FUNCTIONS: [Function; 46] = [
    row(Args, "args_get", &[I32, I32], &[]).strict_on_streams(),
    row(Args, "args_sizes_get", &[I32, I32], &[]).strict_on_streams(),
    row(Environ, "environ_get", &[I32, I32], &[]).strict_on_streams(),
    row(Environ, "environ_sizes_get", &[I32, I32], &[]).strict_on_streams(),
    row(Clocks, "clock_res_get", &[I32, I32], &[ClockGetres]),
    row(Clocks, "clock_time_get", &[I32, I64, I32], &[ClockGettime]),
    row(Files, "fd_advise", &[I32, I64, I64, I32], &[Fadvise64]).without_pointers(),
    row(Files, "fd_allocate", &[I32, I64, I64], &[Fallocate]).without_pointers(),
    row(Descriptors, "fd_close", &[I32], &[Close]).strict_on_streams().without_pointers(),
    row(Files, "fd_datasync", &[I32], &[Fdatasync]).without_pointers(),
    row(Descriptors, "fd_fdstat_get", &[I32, I32], &[Fstat, FcntlGetfl]).strict_on_streams(),
    row(Descriptors, "fd_fdstat_set_flags", &[I32, I32], &[FcntlGetfl, FcntlSetfl])
        .without_pointers(),
    row(Descriptors, "fd_fdstat_set_rights", &[I32, I64, I64], &[]).without_pointers(),
    row(Descriptors, "fd_filestat_get", &[I32, I32], &[Fstat]),
    row(Files, "fd_filestat_set_size", &[I32, I64], &[Ftruncate]).without_pointers(),
    row(Files, "fd_filestat_set_times", &[I32, I64, I64, I32], &[Utimensat]).without_pointers(),
    row(Files, "fd_pread", &[I32, I32, I32, I64, I32], &[Preadv]),
    row(Descriptors, "fd_prestat_get", &[I32, I32], &[]).strict_on_streams(),
    row(Descriptors, "fd_prestat_dir_name", &[I32, I32, I32], &[]).strict_on_streams(),
    row(Files, "fd_pwrite", &[I32, I32, I32, I64, I32], &[Pwritev]),
    row(Descriptors, "fd_read", &[I32, I32, I32, I32], &[Readv, Fstat, Ppoll]).strict_on_streams(),
    row(Files, "fd_readdir", &[I32, I32, I32, I64, I32], &[Lseek, Getdents64, Newfstatat]),
    row(Descriptors, "fd_renumber", &[I32, I32], &[Close]).without_pointers(),
    row(Descriptors, "fd_seek", &[I32, I64, I32, I32], &[Lseek]).strict_on_streams(),
    row(Files, "fd_sync", &[I32], &[Fsync]).without_pointers(),
    row(Descriptors, "fd_tell", &[I32, I32], &[Lseek]).strict_on_streams(),
    row(Descriptors, "fd_write", &[I32, I32, I32, I32], &[Writev, Ppoll, RtSigaction])
        .strict_on_streams(),
    row(Files, "path_create_directory", &[I32, I32, I32], &[Mkdirat]).resolves_paths(),
    row(Files, "path_filestat_get", &[I32, I32, I32, I32, I32], &[Fstat]).resolves_paths(),
    row(Files, "path_filestat_set_times", &[I32, I32, I32, I32, I64, I64, I32], &[Utimensat])
        .resolves_paths(),
    row(Files, "path_link", &[I32, I32, I32, I32, I32, I32, I32], &[Linkat]).resolves_paths(),
    row(Files, "path_open", &[I32, I32, I32, I32, I32, I64, I64, I32, I32], &[Fstat])
        .resolves_paths(),
    row(Files, "path_readlink", &[I32, I32, I32, I32, I32, I32], &[]).resolves_paths(),
    row(Files, "path_remove_directory", &[I32, I32, I32], &[Unlinkat]).resolves_paths(),
    row(Files, "path_rename", &[I32, I32, I32, I32, I32, I32], &[Renameat]).resolves_paths(),
    row(Files, "path_symlink", &[I32, I32, I32, I32, I32], &[Symlinkat]).resolves_paths(),
    row(Files, "path_unlink_file", &[I32, I32, I32], &[Unlinkat]).resolves_paths(),
    row(
        Polling,
        "poll_oneoff",
        &[I32, I32, I32, I32],
        &[Lseek, Fstat, ClockGettime, Ppoll, IoctlFionread],
    ),
    row(Process, "proc_exit", &[I32], &[]).strict_on_streams().without_pointers().without_result(),
    row(Process, "proc_raise", &[I32], &[]).without_pointers(),
    row(Process, "sched_yield", &[], &[SchedYield]).without_pointers(),
    row(Random, "random_get", &[I32, I32], &[Getrandom]),
    row(Sockets, "sock_accept", &[I32, I32, I32], &[Close, Accept4, Ppoll]).not_in_unstable(),
    row(Sockets, "sock_recv", &[I32, I32, I32, I32, I32, I32], &[Recvfrom, Ppoll]),
    row(Sockets, "sock_send", &[I32, I32, I32, I32, I32], &[Sendto, Ppoll]),
    row(Sockets, "sock_shutdown", &[I32, I32], &[Shutdown]).without_pointers(),
];

/// Returns the row of a function with what most of them have in common; the
/// methods of [`Function`] change that.
const fn row(
    group: Group,
    name: &'static str,
    parameters: &'static [ValueType],
    system_calls: &'static [SystemCall],
) -> Function {
    Function {
        name,
        group,
        parameters,
        // The errno.
        results: &[I32],
        in_unstable: true,
        has_pointers: true,
        resolves_paths: false,
        strict_on_streams: false,
        system_calls,
    }
}

/// Changes to the row of a function that differs from most.
impl Function {
    const fn without_result(mut self) -> Function {
        self.results = &[];
        self
    }

    const fn not_in_unstable(mut self) -> Function {
        self.in_unstable = false;
        self
    }

    const fn without_pointers(mut self) -> Function {
        self.has_pointers = false;
        self
    }

    const fn resolves_paths(mut self) -> Function {
        self.resolves_paths = true;
        self
    }

    const fn strict_on_streams(mut self) -> Function {
        self.strict_on_streams = true;
        self
    }
}

/// Returns the place of a function in [`FUNCTIONS`].
pub(crate) const fn index(name: &str) -> usize {
    let mut i = 0;
    while i < FUNCTIONS.len() {
        if equal(FUNCTIONS[i].name.as_bytes(), name.as_bytes()) {
            return i;
        }
        i += 1;
    }
    panic!("no function of WASI has this name")
}

pub(crate) const fn equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// Returns whether imports from this module are WASI's.
pub fn is_wasi_module(module: &str) -> bool {
    MODULES.contains(&module)
}

/// Returns the function that an import names, if it is one of WASI. The shim has
/// all of them.
pub fn function(module: &str, name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| {
        function.name == name
            && (module == MODULES[0] || module == MODULES[1] && function.in_unstable)
    })
}

/// Returns whether a function has exactly these parameters. Meant for constants.
///
/// # Panics
///
/// If no function has this name.
pub const fn has_parameters(name: &str, parameters: &[ValueType]) -> bool {
    let declared = FUNCTIONS[index(name)].parameters;
    let mut i = 0;
    while i < declared.len() && i < parameters.len() {
        if declared[i] as u8 != parameters[i] as u8 {
            return false;
        }
        i += 1;
    }
    declared.len() == parameters.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookup() {
        let write = function("wasi_snapshot_preview1", "fd_write").unwrap();
        assert_eq!(write.parameters, [I32; 4]);
        assert_eq!(function("wasi_unstable", "fd_write"), Some(write));
        assert_eq!(function("env", "fd_write"), None);
        assert_eq!(function("wasi_unstable", "sock_accept"), None);
        assert_eq!(function("wasi_snapshot_preview1", "fd_wrote"), None);
    }

    #[test]
    fn names_are_unique() {
        for (i, function) in FUNCTIONS.iter().enumerate() {
            let first = FUNCTIONS.iter().position(|f| f.name == function.name);
            assert_eq!(first, Some(i));
        }
    }
}
