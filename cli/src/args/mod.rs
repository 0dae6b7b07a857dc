//! The grammar of the command line, and its help. This module decides nothing.
//!
//! [`values`] parses values of options. The file `cargo` has the command `cargo quench`. The files `messages`, `cache`, `compile`
//! and `policy` have the options that several commands share; the other files
//! have the arguments of one command each, and use them.
//!
//! Comments on arguments are the help that clap prints: without a full stop at
//! the end, and about "the program", which is the one that quench makes.

mod binfmt;
mod build;
mod cache;
mod cargo;
mod compile;
mod inspect;
mod manual;
mod messages;
mod policy;
mod reduce;
mod run;
mod runtime;
pub mod values;

pub use binfmt::{BinfmtArgs, INTERPRETER, as_interpreter};
pub use build::{BuildArgs, EmitKind, Strip, mark_negative_numbers};
pub use cache::{CacheAction, CacheArgs, CacheCommandArgs};
pub use cargo::{
    CargoBuildArgs, CargoCli, CargoCommand, CargoRunArgs, RunnerArgs, WasmTarget, ours_first,
};
pub use compile::{Checks, CompileArgs, Level};
pub use inspect::InspectArgs;
pub use manual::{CompletionsArgs, ManArgs};
pub use messages::{MessageFormat, TimingsForm, Verbosity};
pub use policy::PolicyArgs;
pub use reduce::ReduceArgs;
pub use run::RunArgs;
pub use runtime::RuntimeArgs;

use clap::{Parser, Subcommand};

/// Turns WebAssembly modules into stand-alone native executables.
///
/// An executable made by quench is static: it needs no runtime, no libraries
/// and no compiler where it runs, and it may do only what was decided when it
/// was built.
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

    /// The command, with its arguments.
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

`quench COMMAND --help` shows more of them.";

/// The commands. The comments are their descriptions in the help.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Compile a module to an executable (or object, assembly, Cranelift IR)
    Build(BuildArgs),
    /// Compile a module, or take it from the cache, and run it
    Run(RunArgs),
    /// Show what a module needs, or what an executable made by quench may do
    Inspect(InspectArgs),
    /// Reduce a module on which the compiler fails, for a bug report
    Reduce(ReduceArgs),
    /// Show the cache: where it is, what it holds, how large it may become
    Cache(CacheCommandArgs),
    /// Write the runtime as a static library, for a linker of one's own
    Runtime(RuntimeArgs),
    /// List the machines that executables can be made for
    Targets,
    /// Print what the kernel has to be told to start modules like programs
    Binfmt(BinfmtArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Write the manual pages to a folder
    Man(ManArgs),
}
