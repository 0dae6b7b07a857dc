//! The binary `cargo-quench`, which cargo runs for `cargo quench`: calls the library.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    quench::cargo::main(std::env::args_os())
}
