//! The binary `quench`.

use std::process::ExitCode;

fn main() -> ExitCode {
    quench::main(std::env::args_os())
}
