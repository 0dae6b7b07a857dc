//! The binary `quench`: calls the library.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    quench::main(std::env::args_os())
}
