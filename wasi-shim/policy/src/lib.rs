//! What the command and the WASI shim agree on: the policy that is baked into
//! an executable, and which functions WASI preview 1 has. Knows no system
//! calls and nothing about how a function is carried out. Works without
//! allocation; the encoder appends to whatever collection its caller has.
#![no_std]

mod encoding;
mod entry;
mod functions;
mod runtime;
mod system_calls;

pub use encoding::{DecodeError, EncodeError, Entries, VERSION, decode, encode};
pub use entry::{Base, Directory, Entry, Limit, Listener, Lockdown, Value, Variable};
pub use functions::{
    FUNCTIONS, Function, Functions, Group, MODULES, START_SYMBOL, START_WITH_STREAMS_SYMBOL,
    function, is_wasi_module,
};
pub use runtime::RuntimeFunctions;
pub use system_calls::{STRICT, SystemCall, is_strict_enough, system_calls};

/// The environment variable with which the person who runs a program takes
/// permissions away from it: words separated by commas or spaces. The name of
/// a function or group of WASI denies it; `read-only` protects what is in all
/// directories, `no-dir=NAME` takes one away by the guest's name, `no-dir` all,
/// `no-listen` all listeners; `max-memory=BYTES`, `timeout=SECONDS`,
/// `cpu-timeout=SECONDS` and `max-open-files=NUMBER` are further limits.
pub const NARROW_VARIABLE: &str = "QUENCH_NARROW";
