//! Components, taken apart: [`flatten`] makes of a component, which may nest and
//! instantiate others, a [`Component`]: a list of instances of core modules, in the order
//! of their instantiation, with the source of each import, and the functions that the
//! host has to provide.
//!
//! The crate knows the component model and its canonical ABI, as far as they are decided
//! before a program runs. It knows neither WASI, nor how code is made, nor what the host
//! does at run time.

mod adapters;
mod calls;
mod channels;
mod compose;
mod core_values;
mod describe;
mod error;
mod flatten;
mod glue;
mod plan;
mod shims;
mod spread;
mod starts;
mod threads;
mod translate;
mod types;
mod validate;
mod wave;
mod wit;

pub use calls::add_calls;
pub use compose::{Supplier, compose};
pub use describe::{describe, describe_value};
pub use error::Error;
pub use flatten::flatten;
pub use glue::{COMMAND, add_command};
pub use plan::{
    Call, CallStep, Channel, ChannelOperation, ChannelTable, Component, CoreInstance, CoreItem,
    CoreType, Encoding, Export, ExportKind, Extern, ExternKind, HostFunction, Import,
    InstanceOperation, Intrinsic, Lifted, Options, Provider, Resource, ResourceTable, Source, Task,
    TaskHelper, TaskOperation, TranscodeOperation,
};

pub use translate::trap_messages;
pub use types::{FunctionType, Shape, Type};
pub use validate::{Bodies, validate};
pub use wave::{canonical_text, parse_call};

/// Returns whether the bytes begin like a component in the binary format, rather than like
/// a core module.
pub fn is_component(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\0asm\x0d\0\x01\0")
}
