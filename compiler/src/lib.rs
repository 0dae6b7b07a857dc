//! WebAssembly modules to native object files.
//!
//! A [`Program`] is the closed world: all modules that will be linked into one
//! executable are added to it, so that each knows where the others' memories
//! are and equal function types have equal identities. Nothing here reads or
//! writes files, and the same input and options give the same bytes, however
//! many threads of the current rayon pool take part.

mod error;
mod interface;
mod options;
mod program;

pub use error::Error;
pub use interface::{
    Export, ExternType, FunctionType, GlobalType, Import, Interface, MemoryType, TableType,
};
pub use options::{OptLevel, Options, Target};
pub use program::{
    CompiledModule, Emit, ImportSource, InvocationPlan, ModuleInput, Program, ProgramPlan,
};
