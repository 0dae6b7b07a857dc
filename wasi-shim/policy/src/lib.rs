//! What the command and the WASI shim agree on: the policy that is baked into
//! an executable, and which functions WASI preview 1 has. Knows no system
//! calls and nothing about how a function is carried out. Works without
//! allocation; the encoder appends to whatever collection its caller has.
#![no_std]

use core::net::SocketAddr;

mod address;
mod encoding;
mod functions;
mod limits;
mod options;
mod runtime;
mod system_calls;

pub use encoding::{DecodeError, EncodeError, Entries, VERSION, decode, encode};
pub use functions::{
    FUNCTIONS, Function, Functions, Group, MODULES, START_SYMBOL, START_WITH_STREAMS_SYMBOL,
    function, is_wasi_module,
};
pub use limits::{LISTENERS_MAX, OPEN_FILES, OPEN_FILES_MAX, SECONDS, STANDARD_STREAMS};
pub use options::DirectoryError;
pub use runtime::RuntimeFunctions;
pub use system_calls::{STRICT, SystemCall, is_strict_enough, system_calls};

/// The environment variable with which the person who runs a program takes
/// permissions away from it: words separated by commas or spaces. The name of
/// a function or group of WASI denies it; `read-only` protects what is in all
/// directories, `no-dir=NAME` takes one away by the guest's name, `no-dir` all,
/// `no-listen` all listeners; `max-memory=BYTES`, `timeout=SECONDS`,
/// `cpu-timeout=SECONDS` and `max-open-files=NUMBER` are further limits.
pub const NARROW_VARIABLE: &str = "QUENCH_NARROW";

/// One thing that a program may do, or is given. A policy is a list of these;
/// their order is that of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry<'a> {
    Directory(Directory<'a>),
    Variable(Variable<'a>),
    /// All variables of the caller's that no [`Entry::Variable`] names.
    AllVariables,
    Listener(Listener<'a>),
    /// The functions of WASI that it can call. A policy without this entry
    /// allows none but `proc_exit`.
    Functions(Functions),
    /// What of the runtime its own instructions need.
    Runtime(RuntimeFunctions),
    Limit(Limit),
    Lockdown(Lockdown),
    /// The program takes further permissions from its command line.
    RuntimePolicy,
}

/// What a program may use of the machine's resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Bytes of linear memories, grown tables and exceptions together.
    Memory(u64),
    /// Seconds from start to end.
    Time(u64),
    /// Seconds of the processor's time.
    CpuTime(u64),
    /// Descriptors at a time, with the standard streams.
    OpenFiles(u64),
}

/// Whether the kernel is told what the program can ever need, so that it
/// refuses the rest. Without an entry: [`Lockdown::BestEffort`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lockdown {
    /// As far as the kernel can.
    #[default]
    BestEffort = 0,
    /// The program does not start where the kernel cannot.
    Required = 1,
    Off = 2,
}

/// A socket that others connect to, open before the program starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listener<'a> {
    Ip(SocketAddr),
    /// The path of a socket in the file system, relative to the caller's
    /// working directory unless absolute.
    Unix(&'a [u8]),
    /// A descriptor that the caller leaves open, by its number.
    Inherited(u32),
}

/// A directory that the program sees, with all that is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directory<'a> {
    pub base: Base,
    /// Where it is on the machine that runs the program: what the kernel
    /// takes, not necessarily UTF-8.
    pub host: &'a [u8],
    /// What the program calls it.
    pub guest: &'a [u8],
    /// Nothing in it can be created, changed or removed.
    pub read_only: bool,
}

/// What the host path of a directory is relative to.
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
    /// Not empty, without `=` and NUL.
    pub name: &'a [u8],
    pub value: Value<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// Decided when the program was built.
    Fixed(&'a [u8]),
    /// The caller's, when the program starts; unset if it is not set there.
    Inherited,
}
