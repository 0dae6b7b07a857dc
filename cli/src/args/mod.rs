//! The grammar of the command line, and its help. Decides nothing.
//!
//! [`values`] parses values of options. `messages`, `cache`, `compile` and
//! `policy` are groups of options that several commands have; the other files
//! are commands, which use them.

mod build;
mod cache;
mod compile;
mod inspect;
mod manual;
mod messages;
mod policy;
mod reduce;
mod run;
pub mod values;

pub use build::{BuildArgs, EmitKind, Strip};
pub use cache::{CacheAction, CacheArgs, CacheCommandArgs};
pub use compile::{Checks, CompileArgs, Level};
pub use inspect::InspectArgs;
pub use manual::{CompletionsArgs, ManArgs};
pub use messages::{MessageFormat, TimingsForm, Verbosity};
pub use policy::PolicyArgs;
pub use reduce::ReduceArgs;
pub use run::RunArgs;

use clap::{Parser, Subcommand};

/// Turns WebAssembly modules into stand-alone native executables.
///
/// An executable made by quench is static: it needs no runtime, no libraries
/// and no compiler where it runs, and it may do what was decided when it was
/// built, nothing else.
#[derive(Debug, Parser)]
#[command(
    name = "quench",
    version,
    long_version = crate::version::LONG.as_str(),
    max_term_width = 100,
    after_help = EXAMPLES
)]
pub struct Cli {
    /// How errors and warnings are printed: as text (`human`), or as lines of
    /// JSON (`json`)
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "FORMAT",
        default_value_t,
        hide_possible_values = true,
        help_heading = "Messages"
    )]
    pub message_format: MessageFormat,

    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  quench build tool.wasm -o tool --dir .      a static executable that may use the current directory
  quench build tool.wasm --target aarch64     the same for ARM, from any machine
  quench run tool.wasm --help                 compile (cached) and run; --help is the tool's
  quench run lib.wasm --invoke add 2 2        call one exported function, print its results
  quench inspect tool                         what an executable is and may do

`quench COMMAND --help` has more of them.";

#[derive(Debug, Subcommand)]
pub enum Command {
    Build(BuildArgs),
    Run(RunArgs),
    Inspect(InspectArgs),
    Reduce(ReduceArgs),
    Cache(CacheCommandArgs),
    /// List the machines that executables can be made for
    Targets,
    Completions(CompletionsArgs),
    Man(ManArgs),
}
