//! The error type of the compiler. Its variants tell who can remove the cause: the author of
//! the module, the person who builds the program, or the developers of quench.

use crate::features::names_of;
use std::any::Any;
use std::fmt;

/// The reason why a module was not compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The module is malformed or invalid; its author has to correct it.
    Invalid {
        /// Offset of the fault in the module, in bytes.
        offset: usize,
        /// The part of the module that has the fault, if it is known: a function's name,
        /// `function N`, or a section.
        place: Option<String>,
        /// Description of the fault.
        message: String,
    },
    /// The module is valid but uses something that quench does not compile; quench would have
    /// to be extended.
    Unsupported {
        /// Offset of what is not supported in the module, in bytes.
        offset: usize,
        /// The part of the module that has it, if it is known: a function's name, `function N`,
        /// or a section.
        place: Option<String>,
        /// Description of what is not supported.
        message: String,
    },
    /// Modules, imports and exports do not fit together; whoever builds the program has to
    /// change it.
    Link {
        /// Description of what does not fit.
        message: String,
    },
    /// The compiler failed; this is a bug of quench.
    Internal {
        /// The function that was being compiled, if it is known.
        function: Option<String>,
        /// Description of the failure.
        message: String,
    },
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

/// Makes an error of the parser's or validator's, in no particular function.
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

    /// Makes an error of the validator's, in a function or section if `place` names one.
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

    /// Makes the error for a panic in the compiler. `payload` is what
    /// [`std::panic::catch_unwind`] returned.
    pub fn panicked(function: Option<String>, payload: &(dyn Any + Send)) -> Error {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
        Error::Internal {
            function,
            message: format!("panic: {}", text.unwrap_or("of an unknown kind")),
        }
    }

    /// Returns the error with the name of the function or section that it is in.
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

/// Returns the limit that an error of the validator is about but does not name. These limits
/// are those of the appendix of the JavaScript API.
fn limit(message: &str) -> Option<u32> {
    Some(match message {
        "function params size is out of bounds" | "function returns size is out of bounds" => 1000,
        "number of elements is out of bounds" => 10_000_000,
        "string size out of bounds" => 100_000,
        "too many locals: locals exceed maximum" => 50_000,
        _ => return None,
    })
}
