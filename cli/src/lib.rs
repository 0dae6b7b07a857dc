//! The command `quench`, as a library for its binary and the tests.
#![forbid(unsafe_code)]

pub mod archives;
pub mod args;
pub mod cache;
pub mod commands;
pub mod describe;
pub mod emulator;
pub mod html;
pub mod imports;
pub mod info;
pub mod input;
pub mod invoke;
pub mod link;
pub mod messages;
pub mod native_objects;
pub mod output;
pub mod phases;
pub mod policy;
pub mod policy_file;
pub mod policy_report;
pub mod profiles;
pub mod program;
pub mod progress;
pub mod report;
pub mod reproducer;
pub mod timings;
pub mod unfinished;
pub mod values;
pub mod version;
pub mod wasi;
pub mod wiring;

use args::{Cli, Command, MessageFormat};
use clap::Parser;
use program::guarded;
use std::ffi::OsString;
use std::process::ExitCode;

/// The command: parses the arguments (the first is the program's name), does
/// what they say, and prints what went wrong.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return cannot_parse(&error, &arguments),
    };
    messages::use_json(cli.message_format == MessageFormat::Json);
    // A panic is reported as an error; where it was is for those who ask.
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
        Command::Targets(_) => commands::targets::run(),
        Command::Man(args) => commands::manual::pages(&args),
        Command::Completions(args) => commands::manual::completions(&args),
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(&error) => ExitCode::FAILURE,
        Err(error) => {
            messages::error(&error, &notes);
            ExitCode::FAILURE
        }
    }
}

/// Help and version, or what is wrong with the arguments.
fn cannot_parse(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    let mut pairs = arguments.windows(2);
    let is_json = arguments.iter().any(|one| one == "--message-format=json")
        || pairs.any(|pair| pair[0] == "--message-format" && pair[1] == "json");
    if is_json && error.use_stderr() {
        messages::usage(&error.render().to_string());
    } else {
        // Nobody is left to be told.
        let _ = error.print();
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// Whoever read our output has seen enough (`| head`); nothing to complain of.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    causes.any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}
