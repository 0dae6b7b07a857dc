//! A place in the source, as DWARF gives it and tables of lines keep it.

/// A place in the source, and what it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Frame {
    pub function: FrameFunction,
    pub position: Position,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FrameFunction {
    /// One of the module.
    Module(u32),
    /// One that the module's compiler inlined, with its name.
    Inlined(String),
}

/// Lines and columns count from 1; 0 is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Position {
    pub file: Option<String>,
    pub line: u32,
    pub column: u32,
}
