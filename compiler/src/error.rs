//! Errors say whose move it is.

use std::fmt;

/// Why a module was not compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The module is malformed or invalid: its author's move.
    Invalid {
        /// Byte offset in the module.
        offset: usize,
        /// The function it is in: its name or `function N`.
        function: Option<String>,
        message: String,
    },
    /// The module is valid but uses what quench does not compile: our move.
    Unsupported {
        offset: usize,
        function: Option<String>,
        message: String,
    },
    /// Modules, imports and exports do not fit together: the move of whoever
    /// builds the program.
    Link { message: String },
    /// The compiler failed: our bug.
    Internal {
        function: Option<String>,
        message: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = |f: &mut fmt::Formatter<'_>, offset: &usize, function: &Option<String>| {
            match function {
                Some(function) => write!(f, " (in {function}, offset {offset:#x})"),
                None => write!(f, " (offset {offset:#x})"),
            }
        };
        match self {
            Error::Invalid {
                offset,
                function,
                message,
            } => {
                write!(f, "invalid module: {message}")?;
                place(f, offset, function)
            }
            Error::Unsupported {
                offset,
                function,
                message,
            } => {
                write!(f, "unsupported: {message}")?;
                place(f, offset, function)
            }
            Error::Link { message } => f.write_str(message),
            Error::Internal { function, message } => {
                f.write_str("internal compiler error")?;
                if let Some(function) = function {
                    write!(f, " in {function}")?;
                }
                write!(f, ": {message}; please report it")
            }
        }
    }
}

impl std::error::Error for Error {}

/// What the parser or validator found, in no particular function.
impl From<wasmparser::Error> for Error {
    fn from(error: wasmparser::Error) -> Error {
        crate::parse::error(&error, None)
    }
}

impl Error {
    /// The same in a function.
    pub fn within(mut self, name: String) -> Error {
        match &mut self {
            Error::Invalid { function, .. }
            | Error::Unsupported { function, .. }
            | Error::Internal { function, .. } => *function = Some(name),
            Error::Link { .. } => {}
        }
        self
    }
}
