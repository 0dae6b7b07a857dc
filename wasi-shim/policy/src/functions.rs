//! The functions of WASI preview 1 and their core types, as the specification
//! (`wasi_snapshot_preview1.witx`, `wasi_unstable.witx`) lowers them.

use quench_abi::ValueType::{self, I32, I64};

/// The function of the shim that makes the policy take effect. It runs once,
/// before any code of the program.
pub const START_SYMBOL: &str = "quench_wasi_start";

/// The same for a policy with neither directories nor listeners nor
/// [`Entry::RuntimePolicy`](crate::Entry): less code in the executable.
pub const START_WITH_STREAMS_SYMBOL: &str = "quench_wasi_start_with_streams";

/// Names of modules that WASI preview 1 is imported from: the final one, and
/// the snapshot before it.
pub const MODULES: [&str; 2] = ["wasi_snapshot_preview1", "wasi_unstable"];

/// A function of WASI, as a module imports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    pub name: &'static str,
    pub group: Group,
    pub parameters: &'static [ValueType],
    pub results: &'static [ValueType],
    /// It is in `wasi_unstable` too, with the same type.
    pub in_unstable: bool,
}

/// Functions that are allowed and denied together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Args,
    Environ,
    Clocks,
    /// What works on any descriptor, the standard streams too.
    Descriptors,
    /// What works on files and directories only.
    Files,
    Polling,
    Process,
    Random,
    Sockets,
}

impl Group {
    pub const ALL: [Group; 9] = [
        Group::Args,
        Group::Environ,
        Group::Clocks,
        Group::Descriptors,
        Group::Files,
        Group::Polling,
        Group::Process,
        Group::Random,
        Group::Sockets,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Group::Args => "args",
            Group::Environ => "environ",
            Group::Clocks => "clocks",
            Group::Descriptors => "descriptors",
            Group::Files => "files",
            Group::Polling => "polling",
            Group::Process => "process",
            Group::Random => "random",
            Group::Sockets => "sockets",
        }
    }
}

/// A set of functions: a bit for each, by its place in [`FUNCTIONS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Functions(pub u64);

impl Functions {
    pub const NONE: Functions = Functions(0);
    pub const ALL: Functions = Functions((1 << FUNCTIONS.len()) - 1);

    /// The functions with these names.
    ///
    /// # Panics
    ///
    /// When there is none of a name; meant for constants.
    pub const fn of(names: &[&str]) -> Functions {
        let mut set = 0;
        let mut i = 0;
        while i < names.len() {
            set |= 1 << index(names[i]);
            i += 1;
        }
        Functions(set)
    }

    pub const fn group(group: Group) -> Functions {
        let mut set = 0;
        let mut i = 0;
        while i < FUNCTIONS.len() {
            if FUNCTIONS[i].group as u8 == group as u8 {
                set |= 1 << i;
            }
            i += 1;
        }
        Functions(set)
    }

    /// What a name stands for: a function, or the functions of a group.
    pub fn named(name: impl AsRef<[u8]>) -> Option<Functions> {
        let name = name.as_ref();
        let is_named = |group: &Group| group.name().as_bytes() == name;
        if let Some(group) = Group::ALL.into_iter().find(is_named) {
            return Some(GROUPS[group as usize]);
        }
        let mut names = NAMES.split(|&byte| byte == b' ');
        let place = names.position(|other| other == name)?;
        FUNCTIONS.get(place)?;
        Some(Functions(1 << place))
    }

    pub const fn with(self, others: Functions) -> Functions {
        Functions(self.0 | others.0)
    }

    pub const fn without(self, others: Functions) -> Functions {
        Functions(self.0 & !others.0)
    }

    pub const fn intersects(self, others: Functions) -> bool {
        self.0 & others.0 != 0
    }

    /// In the order of [`FUNCTIONS`].
    pub fn iter(self) -> impl Iterator<Item = &'static Function> {
        let contains = move |place: usize| self.0 >> place & 1 == 1;
        let all = FUNCTIONS.iter().enumerate();
        all.filter(move |(place, _)| contains(*place)).map(|(_, function)| function)
    }
}

/// The functions of each group, in the order of [`Group::ALL`].
const GROUPS: [Functions; Group::ALL.len()] = {
    let mut groups = [Functions::NONE; Group::ALL.len()];
    let mut i = 0;
    while i < groups.len() {
        groups[i] = Functions::group(Group::ALL[i]);
        i += 1;
    }
    groups
};

/// The names of [`FUNCTIONS`] in their order, a space after each: an executable
/// that looks for one has no table of addresses to relocate when it starts.
const NAMES: [u8; names_length()] = {
    let mut names = [b' '; names_length()];
    let mut end = 0;
    let mut i = 0;
    while i < FUNCTIONS.len() {
        let name = FUNCTIONS[i].name.as_bytes();
        let (_, rest) = names.split_at_mut(end);
        let (place, _) = rest.split_at_mut(name.len());
        place.copy_from_slice(name);
        end += name.len() + 1;
        i += 1;
    }
    names
};

const fn names_length() -> usize {
    let mut length = 0;
    let mut i = 0;
    while i < FUNCTIONS.len() {
        length += FUNCTIONS[i].name.len() + 1;
        i += 1;
    }
    length
}

/// The place of a function in [`FUNCTIONS`].
const fn index(name: &str) -> usize {
    let mut i = 0;
    while i < FUNCTIONS.len() {
        if equal(FUNCTIONS[i].name.as_bytes(), name.as_bytes()) {
            return i;
        }
        i += 1;
    }
    panic!("no function of WASI has this name")
}

const fn equal(a: &[u8], b: &[u8]) -> bool {
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
const fn function_of(
    group: Group,
    name: &'static str,
    parameters: &'static [ValueType],
) -> Function {
    Function { name, group, parameters, results: &[I32], in_unstable: true }
}

/// In the order of the specification.
pub const FUNCTIONS: [Function; 46] = [
    function_of(Group::Args, "args_get", &[I32, I32]),
    function_of(Group::Args, "args_sizes_get", &[I32, I32]),
    function_of(Group::Environ, "environ_get", &[I32, I32]),
    function_of(Group::Environ, "environ_sizes_get", &[I32, I32]),
    function_of(Group::Clocks, "clock_res_get", &[I32, I32]),
    function_of(Group::Clocks, "clock_time_get", &[I32, I64, I32]),
    function_of(Group::Files, "fd_advise", &[I32, I64, I64, I32]),
    function_of(Group::Files, "fd_allocate", &[I32, I64, I64]),
    function_of(Group::Descriptors, "fd_close", &[I32]),
    function_of(Group::Files, "fd_datasync", &[I32]),
    function_of(Group::Descriptors, "fd_fdstat_get", &[I32, I32]),
    function_of(Group::Descriptors, "fd_fdstat_set_flags", &[I32, I32]),
    function_of(Group::Descriptors, "fd_fdstat_set_rights", &[I32, I64, I64]),
    function_of(Group::Descriptors, "fd_filestat_get", &[I32, I32]),
    function_of(Group::Files, "fd_filestat_set_size", &[I32, I64]),
    function_of(Group::Files, "fd_filestat_set_times", &[I32, I64, I64, I32]),
    function_of(Group::Files, "fd_pread", &[I32, I32, I32, I64, I32]),
    function_of(Group::Descriptors, "fd_prestat_get", &[I32, I32]),
    function_of(Group::Descriptors, "fd_prestat_dir_name", &[I32, I32, I32]),
    function_of(Group::Files, "fd_pwrite", &[I32, I32, I32, I64, I32]),
    function_of(Group::Descriptors, "fd_read", &[I32, I32, I32, I32]),
    function_of(Group::Files, "fd_readdir", &[I32, I32, I32, I64, I32]),
    function_of(Group::Descriptors, "fd_renumber", &[I32, I32]),
    function_of(Group::Descriptors, "fd_seek", &[I32, I64, I32, I32]),
    function_of(Group::Files, "fd_sync", &[I32]),
    function_of(Group::Descriptors, "fd_tell", &[I32, I32]),
    function_of(Group::Descriptors, "fd_write", &[I32, I32, I32, I32]),
    function_of(Group::Files, "path_create_directory", &[I32, I32, I32]),
    function_of(Group::Files, "path_filestat_get", &[I32, I32, I32, I32, I32]),
    function_of(Group::Files, "path_filestat_set_times", &[I32, I32, I32, I32, I64, I64, I32]),
    function_of(Group::Files, "path_link", &[I32, I32, I32, I32, I32, I32, I32]),
    function_of(Group::Files, "path_open", &[I32, I32, I32, I32, I32, I64, I64, I32, I32]),
    function_of(Group::Files, "path_readlink", &[I32, I32, I32, I32, I32, I32]),
    function_of(Group::Files, "path_remove_directory", &[I32, I32, I32]),
    function_of(Group::Files, "path_rename", &[I32, I32, I32, I32, I32, I32]),
    function_of(Group::Files, "path_symlink", &[I32, I32, I32, I32, I32]),
    function_of(Group::Files, "path_unlink_file", &[I32, I32, I32]),
    function_of(Group::Polling, "poll_oneoff", &[I32, I32, I32, I32]),
    Function { results: &[], ..function_of(Group::Process, "proc_exit", &[I32]) },
    function_of(Group::Process, "proc_raise", &[I32]),
    function_of(Group::Process, "sched_yield", &[]),
    function_of(Group::Random, "random_get", &[I32, I32]),
    Function { in_unstable: false, ..function_of(Group::Sockets, "sock_accept", &[I32, I32, I32]) },
    function_of(Group::Sockets, "sock_recv", &[I32, I32, I32, I32, I32, I32]),
    function_of(Group::Sockets, "sock_send", &[I32, I32, I32, I32, I32]),
    function_of(Group::Sockets, "sock_shutdown", &[I32, I32]),
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
    fn sets() {
        let clocks = Functions::of(&["clock_res_get", "clock_time_get"]);
        assert_eq!(Functions::named("clocks"), Some(clocks));
        assert_eq!(Functions::named("clock"), None);
        assert_eq!(Functions::named(""), None);
        for function in &FUNCTIONS {
            let named = Functions::named(function.name);
            assert_eq!(named, Some(Functions::of(&[function.name])));
        }
        let names = clocks.iter().map(|function| function.name);
        assert!(names.eq(["clock_res_get", "clock_time_get"]));
        assert_eq!(Functions::ALL.without(clocks).with(clocks), Functions::ALL);
        assert!(!Functions::group(Group::Files).intersects(clocks));
    }

    #[test]
    fn names_are_unique() {
        for (i, function) in FUNCTIONS.iter().enumerate() {
            let first = FUNCTIONS.iter().position(|f| f.name == function.name);
            assert_eq!(first, Some(i));
        }
    }
}
