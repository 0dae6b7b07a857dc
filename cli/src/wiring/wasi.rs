//! The functions of WASI as modules import them: their types, and which of them
//! use the caller's memory.

use quench_abi::ValueType;
use quench_compiler::{FunctionType, Import};

/// Returns the type of a function of WASI, if the import names one.
pub fn function(module: &str, name: &str) -> Option<FunctionType> {
    let function = quench_policy::function(module, name)?;
    let types = |types: &[ValueType]| types.to_vec();
    Some(FunctionType { parameters: types(function.parameters), results: types(function.results) })
}

/// Returns whether an import of WASI reads or writes the memory of its caller.
pub fn needs_memory(import: &Import) -> bool {
    quench_policy::function(&import.module, &import.name)
        .is_none_or(|function| function.has_pointers)
}
