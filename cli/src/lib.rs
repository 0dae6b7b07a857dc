//! The commands `quench` and `cargo quench`, as a library for their binaries and the tests.
//!
//! The modules, each of which uses only modules above it:
//!
//! | module       | knows                                                    | uses                               |
//! | ------------ | -------------------------------------------------------- | ---------------------------------- |
//! | [`version`]  | which build of quench this is                            |                                    |
//! | [`args`]     | the grammar of the command line                          | `version`                          |
//! | [`fault`]    | whose fault an error is                                  |                                    |
//! | [`messages`] | how people and their tools are told things               | `args`, `fault`                    |
//! | [`files`]    | how inputs are read and outputs written                  | `fault`                            |
//! | [`cargo`]    | the command `cargo quench`, which starts the other        | `args`, `messages`                 |
//! | [`link`]     | native objects and the linker                            | `fault`                            |
//! | [`embed`]    | the files that become part of an executable              | `args`, `files`, `messages`        |
//! | [`policy`]   | what a program may do                                    | `args`, `embed`, `messages`        |
//! | [`image`]    | the container image of an executable                     | `args`, `files`, `policy`          |
//! | [`wiring`]   | how the modules of a program fit together                | `messages`, `link`                 |
//! | [`inspect`]  | how modules and executables are described                | `messages`, `wiring`               |
//! | [`cache`]    | where executables and compiled functions are kept        | `args`, `files`                    |
//! | [`build`]    | the steps from modules and options to an executable      | all above                          |
//! | [`commands`] | what each command does                                   | all above but `version`            |
//!
//! The files of a module do not use its `mod.rs`, which uses them.
#![forbid(unsafe_code)]

pub mod args;
pub mod build;
pub mod cache;
pub mod cargo;
pub mod commands;
pub mod embed;
pub mod fault;
pub mod files;
pub mod image;
pub mod inspect;
pub mod link;
pub mod messages;
pub mod policy;
pub mod version;
pub mod wiring;

use args::{Cli, Command, MessageFormat, as_interpreter, mark_negative_numbers};
use build::threads::guarded;
use clap::Parser;
use messages::diagnostics;
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the command: parses the arguments, of which the first is the program's
/// name, does what they say, and prints the error if that fails. Returns the
/// exit status.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = as_interpreter(arguments.into_iter().collect());
    let cli = match Cli::try_parse_from(mark_negative_numbers(&arguments)) {
        Ok(cli) => cli,
        Err(error) => return cannot_parse(&error, &arguments),
    };
    diagnostics::use_json(cli.message_format == MessageFormat::Json);
    // A panic is reported as an error; RUST_BACKTRACE=full shows its place as well.
    if std::env::var_os("RUST_BACKTRACE").is_none_or(|value| value != "full") {
        std::panic::set_hook(Box::new(|_| {}));
    }
    let mut notes = Vec::new();
    let result = guarded(|| match cli.command {
        Command::Build(args) => commands::build::run(args, &mut notes),
        Command::Run(args) => commands::run::run(args.with_trailing_invoke(&arguments), &mut notes),
        Command::Inspect(args) => commands::inspect::run(&args),
        Command::Reduce(args) => commands::reduce::run(args),
        Command::Cache(args) => commands::cache::run(&args),
        Command::Runtime(args) => commands::runtime::run(&args),
        Command::Targets => commands::targets::run(),
        Command::Binfmt(args) => commands::binfmt::run(&args),
        Command::Man(args) => commands::manual::pages(&args),
        Command::Completions(args) => commands::manual::completions(&args),
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(&error) => ExitCode::FAILURE,
        Err(error) => {
            diagnostics::error(&error, &notes);
            ExitCode::FAILURE
        }
    }
}

/// Prints help or version, or the error in the arguments. Returns the exit status.
fn cannot_parse(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    let mut pairs = arguments.windows(2);
    let is_json = arguments.iter().any(|one| one == "--message-format=json")
        || pairs.any(|pair| pair[0] == "--message-format" && pair[1] == "json");
    if is_json && error.use_stderr() {
        diagnostics::usage(&error.render().to_string());
    } else {
        // If this fails, there is nowhere to report it.
        let _ = error.print();
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// Returns whether the reader of our output has closed it (`| head`), which is
/// no reason to print an error.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    causes.any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}
