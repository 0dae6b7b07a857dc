//! The command `cargo quench`: compiles crates with cargo, and starts `quench` for what
//! comes of them. [`options`] reads what a crate says of its programs; [`tasks`] has the
//! commands.

pub mod options;
pub mod tasks;

use crate::args::{CargoCli, CargoCommand, ours_first};
use crate::messages::diagnostics;
use clap::Parser;
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the command with these arguments, of which the first is the program's name. Returns
/// the exit status: that of cargo or of the program, if one of them fails.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = CargoCli::parse_from(ours_first(arguments));
    let result = match cli.command {
        CargoCommand::Build(args) => tasks::build(&args),
        CargoCommand::Run(args) => tasks::with_runner("run", &args),
        CargoCommand::Test(args) => tasks::with_runner("test", &args),
        CargoCommand::Runner(args) => tasks::runner(&args),
    };
    result.unwrap_or_else(|error| {
        diagnostics::error(&error, &[]);
        ExitCode::FAILURE
    })
}
