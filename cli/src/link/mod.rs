//! Native code, and how an executable is made of it: [`runtime_object`] is what
//! each executable has, [`native_objects`] are those of `--link`, and [`link`]
//! runs the linker.

mod linker;
pub mod native_objects;
pub mod runtime_object;

pub use linker::{Input, Symbols, link};
