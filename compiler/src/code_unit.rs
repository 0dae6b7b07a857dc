//! The pieces that a module's code is made of, by name. Knows nothing of what is in
//! them.

/// A unit of code: a function of the module, or a thunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CodeUnit {
    /// A function of the module.
    Function(u32),
    Thunk(Thunk),
}

impl CodeUnit {
    /// Returns the function that others call by its index when they call this code.
    pub fn function(self) -> Option<u32> {
        match self {
            CodeUnit::Function(index) | CodeUnit::Thunk(Thunk::Import(index)) => Some(index),
            CodeUnit::Thunk(_) => None,
        }
    }
}

/// Code that the module does not contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thunk {
    /// A function in the C calling convention.
    HostExport(u32),
    /// A [`quench_abi::EntryPoint`].
    EntryPoint(u32),
    /// An imported host function in the internal calling convention.
    Import(u32),
    /// [`quench_abi::Module::initialize`].
    Initialize,
}
