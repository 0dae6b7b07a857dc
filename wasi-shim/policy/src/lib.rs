//! The agreement between the command and the WASI shim: the policy that is baked
//! into an executable, which functions WASI preview 1 has, and which system calls
//! each of them needs. Knows neither the numbers of system calls nor how a
//! function is carried out. Works without allocation; the encoder appends to
//! whatever collection its caller has.
#![no_std]

mod address;
mod archive;
mod encoding;
mod entry;
mod functions;
#[cfg(feature = "components")]
mod interfaces;
mod limits;
mod needs;
mod options;
mod runtime;
mod set;
mod system_call;

pub use archive::{
    Archive, ArchiveError, Member, MemberKind, NAME_MAX, NewContent, NewMember, encode_archive,
};
pub use encoding::{DecodeError, EncodeError, Entries, VERSION, decode, encode};
pub use entry::{Base, Directory, Entry, Limit, Listener, Lockdown, Value, Variable};
pub use functions::{
    FUNCTIONS, Function, Group, MODULES, RESOLUTION, START_SYMBOL, START_WITH_STREAMS_SYMBOL,
    function, has_parameters, is_wasi_module,
};
#[cfg(feature = "components")]
pub use interfaces::{
    INTERFACE_FUNCTIONS, INTERFACE_RESOURCES, INTERFACE_RESOURCES_3, InterfaceFunction,
    NAMED_TYPES, NAMED_TYPES_3,
};
pub use limits::{LISTENERS_MAX, OPEN_FILES, OPEN_FILES_MAX, STANDARD_STREAMS};
pub use needs::{
    STRICT, is_strict_enough, of_streams, opens_files, system_calls, system_calls_of_streams,
};
pub use options::{DirectoryError, decimal, host_and_guest, parse_time};
pub use runtime::RuntimeFunctions;
pub use set::Functions;
pub use system_call::{SystemCall, SystemCalls};

/// The name of the environment variable with which the person who runs a program
/// takes permissions away from it: words separated by commas or spaces. The name of
/// a function or group of WASI denies it; `read-only` protects the content of all
/// directories, `no-dir=NAME` takes one away by the guest's name, `no-dir` takes
/// all, `no-listen` all listeners; `max-memory=BYTES`, `timeout=TIME`,
/// `cpu-timeout=TIME` and `max-open-files=NUMBER` are further limits.
pub const NARROW_VARIABLE: &str = "QUENCH_NARROW";
