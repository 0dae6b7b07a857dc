//! What the command and the WASI shim agree on: the policy that is baked into
//! an executable, and which functions WASI preview 1 has. Knows no system
//! calls and nothing about how a function is carried out. Works without
//! allocation; the encoder appends to whatever collection its caller has.
#![no_std]

mod encoding;
mod functions;

pub use encoding::{DecodeError, EncodeError, Entries, VERSION, decode, encode};
pub use functions::{FUNCTIONS, Function, MODULES, START_SYMBOL, function, is_wasi_module};

/// One thing that a program may do, or is given. A policy is a list of these;
/// their order is that of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry<'a> {
    Directory(Directory<'a>),
    Variable(Variable<'a>),
}

/// A directory that the program sees, with all that is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directory<'a> {
    pub base: Base,
    /// Where it is on the machine that runs the program: what the kernel
    /// takes, not necessarily UTF-8.
    pub host: &'a [u8],
    /// What the program calls it.
    pub guest: &'a str,
    /// Nothing in it can be created, changed or removed.
    pub read_only: bool,
}

/// What the host path of a directory is relative to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// The caller's working directory, unless the path is absolute.
    Caller = 0,
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
