//! From machine code to an object: the code section, the data that code refers to,
//! the tables for traps, names and lines, and the records that the runtime reads.

pub(crate) mod code_tables;
mod data;
pub(crate) mod elf;
pub(crate) mod emitter;
mod module_record;
pub(crate) mod order;
pub(crate) mod program_record;
pub(crate) mod record;
pub(crate) mod text;

/// A module as an object file, or as text.
pub(crate) struct ModuleObject {
    /// An ELF relocatable object, or UTF-8 text.
    pub bytes: Vec<u8>,
    /// Symbols of the [runtime's functions](quench_abi::RuntimeFunction) that the
    /// code refers to.
    pub runtime_symbols: Vec<&'static str>,
    /// Faults of the module that do not keep it from being compiled.
    pub warnings: Vec<String>,
}

impl ModuleObject {
    /// Makes a module as text.
    pub(crate) fn text(bytes: Vec<u8>) -> ModuleObject {
        ModuleObject { bytes, runtime_symbols: Vec::new(), warnings: Vec::new() }
    }
}
