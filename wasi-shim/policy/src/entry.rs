//! Entries of a policy: the permissions, directories, variables and limits that
//! are baked into an executable. How they become bytes is in `encoding`.

use crate::runtime::RuntimeFunctions;
use crate::set::Functions;
use core::net::SocketAddr;

/// One thing that a program may do, or is given. A policy is a list of entries in
/// the order of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry<'a> {
    /// A directory that the program sees.
    Directory(Directory<'a>),
    /// An environment variable that the program sees.
    Variable(Variable<'a>),
    /// The program sees all variables of its caller that no [`Entry::Variable`] names.
    AllVariables,
    /// A socket on which the program accepts connections.
    Listener(Listener<'a>),
    /// The functions of WASI that the program can call. A policy without this
    /// entry allows none but `proc_exit`.
    Functions(Functions),
    /// The functions of the runtime that the program's own instructions need.
    Runtime(RuntimeFunctions),
    /// A limit on what the program uses.
    Limit(Limit),
    /// Whether the kernel has to confine the program.
    Lockdown(Lockdown),
    /// The program takes further permissions from its command line.
    RuntimePolicy,
}

/// A limit on the machine's resources that a program may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Bytes of linear memories, grown tables and exceptions together.
    Memory(u64),
    /// Milliseconds from start to end.
    Time(u64),
    /// Milliseconds of processor time.
    CpuTime(u64),
    /// Descriptors open at a time, the standard streams included.
    OpenFiles(u64),
}

/// Whether the kernel is told what the program can ever need, so that it
/// refuses the rest. A policy without such an entry means
/// [`Lockdown::BestEffort`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lockdown {
    /// The kernel confines the program as far as it can.
    #[default]
    BestEffort = 0,
    /// The program does not start where the kernel cannot.
    Required = 1,
    /// The kernel is told nothing.
    Off = 2,
}

/// A socket that others connect to, which is open before the program starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listener<'a> {
    /// An address and a TCP port.
    Ip(SocketAddr),
    /// The path of a socket in the file system, relative to the caller's
    /// working directory unless absolute.
    Unix(&'a [u8]),
    /// A descriptor that the caller leaves open, by its number.
    Inherited(u32),
}

/// A directory that the program sees, with everything in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directory<'a> {
    /// The directory that `host` is relative to.
    pub base: Base,
    /// The path on the machine that runs the program, as the kernel takes it: not
    /// necessarily UTF-8.
    pub host: &'a [u8],
    /// The program's name of it.
    pub guest: &'a [u8],
    /// Whether nothing in it can be created, changed or removed.
    pub read_only: bool,
}

/// The directory that a host path is relative to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// The caller's working directory, unless the path is absolute.
    Caller = 0,
    /// The directory that the executable is in.
    Executable = 1,
    /// The directory that `HOME` names where the program is started.
    Home = 2,
}

/// An environment variable that the program sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable<'a> {
    /// Its name: not empty, without `=` and NUL.
    pub name: &'a [u8],
    /// Its value.
    pub value: Value<'a>,
}

/// The value of an environment variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// This value, decided when the program was built.
    Fixed(&'a [u8]),
    /// The caller's value when the program starts; the variable is unset if the
    /// caller has none.
    Inherited,
}
