//! WebAssembly modules to native object files.
//!
//! A [`Program`] is the closed world: all modules that will be linked into one
//! executable are added to it, so that each knows where the others' memories
//! are and equal function types have equal identities. Nothing here reads or
//! writes files, and the same input and options give the same bytes, however
//! many threads of the current rayon pool take part.

#![forbid(unsafe_code)]

mod call_graph;
mod code_unit;
mod codegen;
mod compile;
mod cpu;
mod debug;
mod emit;
mod error;
mod features;
mod function_cache;
mod in_order;
mod ir;
mod lines;
mod machine_code;
mod module;
mod observer;
mod optimize;
mod options;
mod passes;
mod plan;
mod profile;
mod program;
mod symbols;
mod target;
mod translate;
mod traps;

pub use call_graph::{CallGraph, DefinedFunction, Entrance};
pub use cpu::Cpu;
pub use emit::program_record::{DataContent, DataPlan, InvocationPlan, ProgramPlan, Word};
pub use error::Error;
pub use function_cache::{Key, Store};
pub use module::{
    Export, ExternType, FunctionType, GlobalType, Import, Interface, MemoryType, TableType,
    readable as readable_name,
};
pub use observer::{Observer, Silent, Stage, Times};
pub use options::{Detail, Emit, MemoryChecks, OptLevel, Options};
pub use passes::{Pass, Passes};
pub use plan::objects::ObjectType;
pub use plan::resolve::ImportSource;
pub use plan::used_exports::ExportUse;
pub use profile::Profile;
pub use program::{CompiledModule, ModuleInput, Program};
pub use symbols::{entry_point, module_record, public as export_symbol};
pub use target::Target;

/// Version of the code generator.
pub const CRANELIFT_VERSION: &str = cranelift_codegen::VERSION;
