//! Native objects and the linker: [`runtime_object`] is the object that every
//! executable has, [`native_objects`] reads those of `--link` and refuses those with
//! something `unsupported`, and [`link()`] makes an executable of objects.

mod linker;
pub mod native_objects;
pub mod runtime_object;
mod unsupported;

pub use linker::{Input, Symbols, link};
