//! The arguments of `quench build`.

use super::compile::CompileArgs;
use super::messages::Verbosity;
use super::policy::PolicyArgs;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// The arguments of `quench build`.
#[derive(Debug, Args)]
#[command(after_help = BUILD_EXAMPLES)]
pub struct BuildArgs {
    /// The module: binary (.wasm) or text (.wat); `-` is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Arguments for --invoke, fixed in the executable; without them the
    /// executable takes them from its own command line
    #[arg(value_name = "ARGS", requires = "invoke", allow_negative_numbers = true)]
    pub arguments: Vec<String>,

    /// Where to write [default: FILE's name without extension, in the current
    /// directory]; `-` is standard output
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,

    /// What to make: an executable (`exe`), an ELF relocatable object (`obj`),
    /// assembly (`asm`) or Cranelift IR (`clif`), the last two as text
    #[arg(long, value_enum, value_name = "KIND", default_value_t, hide_possible_values = true)]
    pub emit: EmitKind,

    /// Call this exported function and print its results, one per line
    #[arg(long, value_name = "NAME")]
    pub invoke: Option<String>,

    /// Make the executable smaller: leave out source lines in backtraces
    /// (`debug`), function names in them as well (`names`), or also the symbol
    /// table that debuggers and profilers read (`all`, which --strip alone means)
    #[arg(
        long,
        value_enum,
        value_name = "WHAT",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "all",
        hide_possible_values = true
    )]
    pub strip: Option<Strip>,

    /// Link native code into the program: an ELF object, or an archive of
    /// objects, whose functions `MODULE.NAME` satisfy imports. It has no C library,
    /// and can do whatever the program's process can. May be given more than once
    #[arg(long, value_name = "FILE")]
    pub link: Vec<PathBuf>,

    /// Include what debuggers need: lines and variables, from the module's debug
    /// information
    #[arg(short = 'g', conflicts_with = "strip")]
    pub debug_info: bool,

    /// Let the program write a WebAssembly core dump to FILE when it traps, if it
    /// is started with QUENCH_COREDUMP=FILE
    #[arg(long)]
    pub core_dump: bool,

    /// Make a program that counts what it executes and writes the counts to
    /// PROFILE [default: OUT's name with `.profile`, in the directory where the
    /// program is started]; `%p` in PROFILE stands for the process number
    #[arg(
        long,
        value_name = "PROFILE",
        num_args = 0..=1,
        require_equals = true,
        conflicts_with = "profile_use",
        help_heading = "Compilation"
    )]
    pub profile_generate: Option<Option<PathBuf>>,

    /// Optimise for what the program did in the runs that wrote PROFILE, a file
    /// or a folder of them. May be given more than once
    #[arg(long, value_name = "PROFILE", help_heading = "Compilation")]
    pub profile_use: Vec<PathBuf>,

    /// Options of the compiler.
    #[command(flatten)]
    pub compile: CompileArgs,
    /// Permissions of the program.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Options for messages.
    #[command(flatten)]
    pub verbosity: Verbosity,
}

const BUILD_EXAMPLES: &str = "\
Examples:
  quench build hello.wat                      makes ./hello
  quench build tool.wasm -o bin/tool --target aarch64 -Os
  quench build tool.wasm --dir .              may read and write in its current directory
  quench build tool.wasm --dir /etc/tool::/config:ro --env HOME --env LANG=C
  quench build tool.wasm --cpu native         as fast as it gets, for processors like this one
  quench build tool.wasm --policy tool.toml   options from a file: dir = ['.']
  quench build lib.wasm --invoke add 2 2      makes ./lib, which prints 4
  quench build lib.wasm --invoke add          makes ./lib; `./lib 2 2` prints 4
  quench build app.wasm --preload env=env.wasm
  quench build tool.wasm --profile-generate && ./tool some typical work &&
    quench build tool.wasm --profile-use tool.profile
                                              faster at the typical work
  quench build tool.wasm --emit asm -o -      assembly on standard output

Without --dir and --env the program sees only its arguments and its standard
streams. All arguments of the executable reach the program.

A module is run by calling its export `_start`; a reactor by calling
`_initialize`, then the function of --invoke. Exit status: what the program
passes to proc_exit, or 134 after a trap.";

/// Kind of output: the values of `--emit`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum EmitKind {
    /// Cranelift IR as text, before optimisation
    Clif,
    /// Disassembly as text
    Asm,
    /// ELF relocatable object
    Obj,
    /// Static executable
    #[default]
    Exe,
}

/// Parts that an executable leaves out: the values of `--strip`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Strip {
    /// Source lines
    Debug,
    /// Source lines and function names
    Names,
    /// Source lines, function names and the symbol table
    All,
}
