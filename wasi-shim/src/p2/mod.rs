//! WASI 0.2, as components import it, over the operations that the functions of preview 1
//! are carried out with. The table of contents is `exports`; each other file has the
//! functions of a package or an interface, and `host` and `errors` are what they
//! share.

pub(crate) mod cli;
pub(crate) mod clocks;
pub(crate) mod errors;
pub(crate) mod exports;
pub(crate) mod filesystem;
pub(crate) mod host;
pub(crate) mod poll;
pub(crate) mod random;
pub(crate) mod resources;
mod sockets;
pub(crate) mod streams;
