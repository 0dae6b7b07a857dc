//! The closed world of one executable: its modules, and the record that the
//! runtime starts from.

use crate::{Error, Import, Interface, Options};

/// Where an import comes from; what each import of a module is, its builder says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportSource {
    /// A native symbol `module.name`, in the C calling convention.
    Host,
    /// The export `export` of a module added earlier under the name `module`.
    Module { module: String, export: String },
    /// Nobody: calling it ends the program with a message. Functions only.
    Stub,
}

/// What to make of a module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Emit {
    #[default]
    Object,
    /// Cranelift IR as translated, before optimisation, as text.
    Clif,
    /// Disassembly as text.
    Assembly,
}

pub struct ModuleInput<'a> {
    /// Unique in the program; part of the symbols of its exports.
    pub name: &'a str,
    pub wasm: &'a [u8],
    pub source: &'a dyn Fn(&Import) -> ImportSource,
    /// Exported functions that are to be callable through an
    /// [`EntryPoint`](quench_abi::EntryPoint).
    pub entry_points: &'a [&'a str],
    pub emit: Emit,
}

pub struct CompiledModule {
    pub interface: Interface,
    /// An ELF relocatable object, or UTF-8 text, as [`Emit`] says.
    pub bytes: Vec<u8>,
}

/// `--invoke`.
pub struct InvocationPlan {
    pub module: String,
    /// Listed in [`ModuleInput::entry_points`].
    pub export: String,
    /// Arguments baked in; `None`: from the command line when run.
    pub arguments: Option<Vec<String>>,
}

pub struct ProgramPlan {
    /// `(module, export)` of functions `() -> ()` to call in order.
    pub entries: Vec<(String, String)>,
    pub invocation: Option<InvocationPlan>,
    /// `(module, export)` of the memory that host functions see.
    pub memory: Option<(String, String)>,
    /// Bytes; rounded up to whole pages.
    pub stack_size: u64,
    /// Symbol of the function that prepares the host functions.
    pub host_start: Option<String>,
    pub policy: Vec<u8>,
}

pub struct Program {
    pub options: Options,
}

impl Program {
    pub fn new(options: Options) -> Result<Program, Error> {
        Ok(Program { options })
    }

    /// Validates and describes a module without compiling it.
    pub fn inspect(_wasm: &[u8]) -> Result<Interface, Error> {
        Err(Error::Link {
            message: String::new(),
        })
    }

    /// Compiles a module. Its imports are checked against the modules added
    /// before it.
    pub fn add_module(&mut self, _input: &ModuleInput<'_>) -> Result<CompiledModule, Error> {
        Err(Error::Link {
            message: String::new(),
        })
    }

    /// The object that holds the [`quench_abi::Program`] record.
    pub fn finish(&self, _plan: &ProgramPlan) -> Result<Vec<u8>, Error> {
        Err(Error::Link {
            message: String::new(),
        })
    }
}
