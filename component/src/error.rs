//! The error type of the crate.

use std::fmt;
use wasmtime_environ::wasmparser;

/// The reason why a component was not taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The component is malformed or invalid; its author has to correct it.
    Invalid {
        /// The place of the fault: an offset in the component, in bytes.
        offset: usize,
        /// Description of the fault.
        message: String,
    },
    /// The component is valid but uses something that cannot be decided before it runs, or
    /// that quench does not do yet.
    Unsupported {
        /// The place of the unsupported item, if it is known: an offset in the component, in
        /// bytes.
        offset: Option<usize>,
        /// Description of what is not supported.
        message: String,
    },
    /// Components do not fit together.
    Composition {
        /// Description of what does not fit.
        message: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Invalid { offset, message } => {
                write!(f, "invalid component: {message} (offset {offset:#x})")
            }
            Error::Unsupported { offset: Some(offset), message } => {
                write!(f, "unsupported: {message} (offset {offset:#x})")
            }
            Error::Unsupported { offset: None, message } => write!(f, "unsupported: {message}"),
            Error::Composition { message } => f.write_str(message),
        }
    }
}

impl std::error::Error for Error {}

impl From<wasmparser::BinaryReaderError> for Error {
    fn from(error: wasmparser::BinaryReaderError) -> Error {
        Error::Invalid { offset: error.offset(), message: error.message().to_string() }
    }
}

impl Error {
    /// Makes an error of something that no particular place in the component has.
    pub(crate) fn unsupported(message: impl Into<String>) -> Error {
        Error::Unsupported { offset: None, message: message.into() }
    }

    /// Makes an error of components that do not fit together.
    pub(crate) fn composition(message: impl Into<String>) -> Error {
        Error::Composition { message: message.into() }
    }
}
