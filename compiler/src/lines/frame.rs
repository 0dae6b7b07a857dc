//! A frame of the source: a function and a position in it, as DWARF gives them and tables
//! of lines keep them.

/// A frame of the source: a function, and the position in it where execution is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Frame {
    /// The function.
    pub function: FrameFunction,
    /// The position in the function.
    pub position: Position,
}

/// The function of a [`Frame`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum FrameFunction {
    /// A function of the module, by its index.
    Module(u32),
    /// A function that the module's compiler inlined, by its name. The name is empty if it
    /// is unknown.
    Inlined(String),
}

/// A position in the source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Position {
    /// Path of the file, if it is known.
    pub file: Option<String>,
    /// Line in the file, from 1; 0 if it is unknown.
    pub line: u32,
    /// Column in the line, from 1; 0 if it is unknown.
    pub column: u32,
}
