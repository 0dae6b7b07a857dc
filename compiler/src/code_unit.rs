//! Names for the units of a module's code. Knows nothing of their content.

/// A unit of code: a function of the module, or a thunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum CodeUnit {
    /// A function of the module, by its index.
    Function(u32),
    /// A thunk.
    Thunk(Thunk),
}

impl CodeUnit {
    /// Returns the index of the function whose callers in the module call this unit, if there
    /// is one.
    pub(crate) fn function(self) -> Option<u32> {
        match self {
            CodeUnit::Function(index) | CodeUnit::Thunk(Thunk::Import(index)) => Some(index),
            CodeUnit::Thunk(_) => None,
        }
    }
}

/// A unit of code that the module does not contain. Indices are those of functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Thunk {
    /// A function in the C calling convention.
    HostExport(u32),
    /// The [`quench_abi::EntryPoint`] of a function.
    EntryPoint(u32),
    /// An imported host function in the internal calling convention.
    Import(u32),
    /// The function [`quench_abi::Module::initialize`].
    Initialize,
    /// A part of it, if it has so many steps that one function would take long to compile.
    InitializePart(u32),
}
