//! Errors with what tools want to know of them: whose fault it is, and where. Most errors
//! do not need it: the compiler's have it, those of the system are
//! [`io::Error`](std::io::Error)s, and the others are about the command line.

use std::error::Error;
use std::fmt;

/// The kind of an error: `kind` in its JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file is not what it has to be; its author has to correct it.
    Invalid,
    /// Quench does not compile something yet.
    Unsupported,
    /// Modules and native code do not fit together.
    Link,
    /// Quench itself failed.
    Internal,
    /// The command line, or a file of options, asks for what cannot be done.
    Usage,
    /// The system refuses: a file cannot be read, say.
    System,
}

impl Kind {
    /// Returns the name of the kind in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Invalid => "invalid",
            Kind::Unsupported => "unsupported",
            Kind::Link => "link",
            Kind::Internal => "internal",
            Kind::Usage => "usage",
            Kind::System => "system",
        }
    }

    /// Returns an error with this kind; nothing else changes.
    pub fn of(self, error: anyhow::Error) -> anyhow::Error {
        Fault { kind: self, place: None, offset: None, error }.into()
    }
}

/// An error with its kind and place.
#[derive(Debug)]
pub struct Fault {
    /// The kind of the error.
    pub kind: Kind,
    /// The part of a file that has the fault, if it is known.
    pub place: Option<String>,
    /// The offset of the fault in the file, in bytes.
    pub offset: Option<usize>,
    /// The error, with what it is caused by.
    pub error: anyhow::Error,
}

/// The error's own message.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}
