//! Native objects and the linker: [`runtime_object`] is the object that every
//! executable has, [`native_objects`] reads those of `--link` and refuses those with
//! something `unsupported`, [`merge`] makes one object of several, [`link()`] makes an
//! executable, and [`attach()`] makes room for files in it.

mod attach;
mod linker;
pub mod merge;
pub mod native_objects;
pub mod runtime_object;
mod symbol_table;
mod unsupported;

pub use attach::{SECTION as FILES_SECTION, attach};
pub use linker::{Input, Symbols, link};
