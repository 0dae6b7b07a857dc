//! The functions of WASI preview 1 and their core types, as the specification
//! (`wasi_snapshot_preview1.witx`, `wasi_unstable.witx`) lowers them.

use quench_abi::ValueType::{self, I32, I64};

/// The function of the shim that makes the policy take effect. It runs once,
/// before any code of the program.
pub const START_SYMBOL: &str = "quench_wasi_start";

/// Names of modules that WASI preview 1 is imported from: the final one, and
/// the snapshot before it.
pub const MODULES: [&str; 2] = ["wasi_snapshot_preview1", "wasi_unstable"];

/// A function of WASI, as a module imports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    pub name: &'static str,
    pub parameters: &'static [ValueType],
    pub results: &'static [ValueType],
    /// It is in `wasi_unstable` too, with the same type.
    pub in_unstable: bool,
}

/// Whether imports from this module are WASI's.
pub fn is_wasi_module(module: &str) -> bool {
    MODULES.contains(&module)
}

/// The function behind an import; the shim has all of them.
pub fn function(module: &str, name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| {
        function.name == name
            && (module == MODULES[0] || module == MODULES[1] && function.in_unstable)
    })
}

/// All but `proc_exit` return an errno.
const fn function_of(name: &'static str, parameters: &'static [ValueType]) -> Function {
    Function {
        name,
        parameters,
        results: &[I32],
        in_unstable: true,
    }
}

/// In the order of the specification.
pub const FUNCTIONS: [Function; 46] = [
    function_of("args_get", &[I32, I32]),
    function_of("args_sizes_get", &[I32, I32]),
    function_of("environ_get", &[I32, I32]),
    function_of("environ_sizes_get", &[I32, I32]),
    function_of("clock_res_get", &[I32, I32]),
    function_of("clock_time_get", &[I32, I64, I32]),
    function_of("fd_advise", &[I32, I64, I64, I32]),
    function_of("fd_allocate", &[I32, I64, I64]),
    function_of("fd_close", &[I32]),
    function_of("fd_datasync", &[I32]),
    function_of("fd_fdstat_get", &[I32, I32]),
    function_of("fd_fdstat_set_flags", &[I32, I32]),
    function_of("fd_fdstat_set_rights", &[I32, I64, I64]),
    function_of("fd_filestat_get", &[I32, I32]),
    function_of("fd_filestat_set_size", &[I32, I64]),
    function_of("fd_filestat_set_times", &[I32, I64, I64, I32]),
    function_of("fd_pread", &[I32, I32, I32, I64, I32]),
    function_of("fd_prestat_get", &[I32, I32]),
    function_of("fd_prestat_dir_name", &[I32, I32, I32]),
    function_of("fd_pwrite", &[I32, I32, I32, I64, I32]),
    function_of("fd_read", &[I32, I32, I32, I32]),
    function_of("fd_readdir", &[I32, I32, I32, I64, I32]),
    function_of("fd_renumber", &[I32, I32]),
    function_of("fd_seek", &[I32, I64, I32, I32]),
    function_of("fd_sync", &[I32]),
    function_of("fd_tell", &[I32, I32]),
    function_of("fd_write", &[I32, I32, I32, I32]),
    function_of("path_create_directory", &[I32, I32, I32]),
    function_of("path_filestat_get", &[I32, I32, I32, I32, I32]),
    function_of(
        "path_filestat_set_times",
        &[I32, I32, I32, I32, I64, I64, I32],
    ),
    function_of("path_link", &[I32, I32, I32, I32, I32, I32, I32]),
    function_of("path_open", &[I32, I32, I32, I32, I32, I64, I64, I32, I32]),
    function_of("path_readlink", &[I32, I32, I32, I32, I32, I32]),
    function_of("path_remove_directory", &[I32, I32, I32]),
    function_of("path_rename", &[I32, I32, I32, I32, I32, I32]),
    function_of("path_symlink", &[I32, I32, I32, I32, I32]),
    function_of("path_unlink_file", &[I32, I32, I32]),
    function_of("poll_oneoff", &[I32, I32, I32, I32]),
    Function {
        results: &[],
        ..function_of("proc_exit", &[I32])
    },
    function_of("proc_raise", &[I32]),
    function_of("sched_yield", &[]),
    function_of("random_get", &[I32, I32]),
    Function {
        in_unstable: false,
        ..function_of("sock_accept", &[I32, I32, I32])
    },
    function_of("sock_recv", &[I32, I32, I32, I32, I32, I32]),
    function_of("sock_send", &[I32, I32, I32, I32, I32]),
    function_of("sock_shutdown", &[I32, I32]),
];

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
