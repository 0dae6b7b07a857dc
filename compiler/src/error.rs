//! Errors say whose move it is.

use crate::features::names_of;
use std::any::Any;
use std::fmt;

/// Why a module was not compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The module is malformed or invalid: its author's move.
    Invalid {
        /// Byte offset in the module.
        offset: usize,
        /// What it is in: a function's name, `function N`, or a section.
        place: Option<String>,
        message: String,
    },
    /// The module is valid but uses what quench does not compile: our move.
    Unsupported { offset: usize, place: Option<String>, message: String },
    /// Modules, imports and exports do not fit together: the move of whoever
    /// builds the program.
    Link { message: String },
    /// The compiler failed: our bug.
    Internal { function: Option<String>, message: String },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |f: &mut fmt::Formatter<'_>, offset: &usize, place: &Option<String>| match place {
            Some(place) => write!(f, " (in {place}, offset {offset:#x})"),
            None => write!(f, " (offset {offset:#x})"),
        };
        match self {
            Error::Invalid { offset, place, message } => {
                write!(f, "invalid module: {message}")?;
                end(f, offset, place)
            }
            Error::Unsupported { offset, place, message } => {
                write!(f, "unsupported: {message}")?;
                end(f, offset, place)
            }
            Error::Link { message } => f.write_str(message),
            Error::Internal { function, message } => {
                f.write_str("internal compiler error")?;
                if let Some(function) = function {
                    write!(f, " in {function}")?;
                }
                write!(f, ": {message}")
            }
        }
    }
}

impl std::error::Error for Error {}

/// What the parser or validator found, in no particular function.
impl From<wasmparser::Error> for Error {
    fn from(error: wasmparser::Error) -> Error {
        Error::of_validator(&error, None)
    }
}

impl Error {
    /// Makes an error of modules that do not fit together.
    pub fn link(message: String) -> Error {
        Error::Link { message }
    }

    /// Makes an error of the validator's, in a function or section if one is given.
    pub fn of_validator(error: &wasmparser::Error, place: Option<String>) -> Error {
        let offset = error.offset() as usize;
        let message = error.message().to_string();
        match error.missing_wasm_feature() {
            Some(missing) => Error::Unsupported {
                offset,
                place,
                message: format!(
                    "needs `{}`, which quench does not compile yet: {message}",
                    names_of(missing).join("` and `")
                ),
            },
            None => Error::Invalid {
                offset,
                place,
                message: match limit(&message) {
                    Some(limit) => format!("{message}: {limit} are allowed"),
                    None => message,
                },
            },
        }
    }

    /// For a panic in the compiler, with what [`std::panic::catch_unwind`]
    /// returned.
    pub fn panicked(function: Option<String>, payload: &(dyn Any + Send)) -> Error {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
        Error::Internal {
            function,
            message: format!("panic: {}", text.unwrap_or("of an unknown kind")),
        }
    }

    /// The same in a function or section.
    pub fn within(mut self, name: String) -> Error {
        match &mut self {
            Error::Invalid { place, .. }
            | Error::Unsupported { place, .. }
            | Error::Internal { function: place, .. } => *place = Some(name),
            Error::Link { .. } => {}
        }
        self
    }
}

/// The limit that an error of the validator is about but does not name: those
/// of the JavaScript API's appendix.
fn limit(message: &str) -> Option<u32> {
    Some(match message {
        "function params size is out of bounds" | "function returns size is out of bounds" => 1000,
        "number of elements is out of bounds" => 10_000_000,
        "string size out of bounds" => 100_000,
        "too many locals: locals exceed maximum" => 50_000,
        _ => return None,
    })
}
