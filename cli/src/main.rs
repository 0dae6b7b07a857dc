//! The binary `quench`: calls the library.
#![forbid(unsafe_code)]
#![warn(missing_docs, unreachable_pub)]
#![warn(clippy::allow_attributes_without_reason)]

use std::process::ExitCode;

fn main() -> ExitCode {
    quench::main(std::env::args_os())
}
