//! The command `quench`, as a library for its binary and the tests.
#![forbid(unsafe_code)]

pub mod archives;
pub mod args;
pub mod cache;
pub mod commands;
pub mod describe;
pub mod emulator;
pub mod imports;
pub mod info;
pub mod input;
pub mod invoke;
pub mod link;
pub mod output;
pub mod phases;
pub mod policy;
pub mod policy_file;
pub mod policy_report;
pub mod program;
pub mod report;
pub mod values;
pub mod version;
pub mod wasi;
pub mod wiring;

use args::{Cli, Command};
use clap::Parser;
use std::ffi::OsString;
use std::process::ExitCode;

/// The command: parses the arguments (the first is the program's name), does
/// what they say, and prints what went wrong.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let result = match Cli::parse_from(&arguments).command {
        Command::Build(args) => commands::build::run(args),
        Command::Run(args) => commands::run::run(args.with_trailing_invoke(&arguments)),
        Command::Inspect(args) => commands::inspect::run(&args),
        Command::Targets(_) => commands::targets::run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(&error) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whoever read our output has seen enough (`| head`); nothing to complain of.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let mut causes = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    causes.any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}
