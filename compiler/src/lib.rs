//! WebAssembly modules to native object files.
//!
//! A [`Program`] is the closed world: all modules that will be linked into one
//! executable are added to it, so that each knows where the others' memories
//! are and equal function types have equal identities. Nothing here reads or
//! writes files, and the same input and options give the same bytes, however
//! many threads of the current rayon pool take part.

#![forbid(unsafe_code)]

mod code_tables;
mod codegen;
mod compile;
mod constant;
mod cpu;
mod debug;
mod emit;
mod error;
mod function_cache;
mod image;
mod in_order;
mod initialize;
mod interface;
mod layout;
mod lines;
mod matching;
mod module;
mod names;
mod object;
mod observer;
mod optimize;
mod options;
mod parse;
mod placement;
mod profile;
mod program;
mod record;
mod runs;
mod symbols;
mod text;
mod thunks;
mod translate;
mod traps;
mod types;
mod validate;

pub use cpu::Cpu;
pub use error::Error;
pub use function_cache::{Key, Store};
pub use interface::{
    Export, ExternType, FunctionType, GlobalType, Import, Interface, MemoryType, TableType,
    value_type_name,
};
pub use names::readable as readable_name;
pub use observer::{Observer, Silent, Stage, Times};
pub use optimize::{Pass, Passes};
pub use options::{Detail, MemoryChecks, OptLevel, Options, Target};
pub use profile::Profile;
pub use program::{
    CompiledModule, Emit, FunctionSize, ImportSource, InvocationPlan, ModuleInput, Program,
    ProgramPlan,
};
pub use symbols::{entry_point, module_record, public as export_symbol};

/// Version of the code generator.
pub const CRANELIFT_VERSION: &str = cranelift_codegen::VERSION;
