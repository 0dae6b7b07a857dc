//! The arguments of `quench build`.

use super::compile::CompileArgs;
use super::messages::Verbosity;
use super::policy::PolicyArgs;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Compile a module to an executable (or object, assembly, Cranelift IR)
#[derive(Debug, Args)]
#[command(after_help = BUILD_EXAMPLES)]
pub struct BuildArgs {
    /// The module: binary (.wasm) or text (.wat); `-` is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Arguments for --invoke, fixed in the executable; without them it takes
    /// them from its own command line
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

    /// Call this exported function and print its results, one a line
    #[arg(long, value_name = "NAME")]
    pub invoke: Option<String>,

    /// Make the executable smaller: without source lines in backtraces
    /// (`debug`), without function names there either (`names`), also without
    /// the symbol table that debuggers and profilers read (`all`, also if
    /// nothing is named)
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

    /// Link native code into the program: an ELF object, or an archive of them,
    /// whose functions `MODULE.NAME` satisfy imports. It has no C library, and
    /// can do whatever the program's process can. May be given more than once
    #[arg(long, value_name = "FILE")]
    pub link: Vec<PathBuf>,

    /// Keep what debuggers need: lines and variables, from the debug
    /// information in the module
    #[arg(short = 'g', conflicts_with = "strip")]
    pub debug_info: bool,

    /// Let it write a WebAssembly core dump when it traps, where who starts it
    /// says so: QUENCH_COREDUMP=FILE
    #[arg(long)]
    pub core_dump: bool,

    /// Let it count what it does and write that to PROFILE when it runs [default:
    /// OUT's name with `.profile`, where it is started]; `%p` in it stands for the
    /// number of the process
    #[arg(
        long,
        value_name = "PROFILE",
        num_args = 0..=1,
        require_equals = true,
        conflicts_with = "profile_use",
        help_heading = "Compilation"
    )]
    pub profile_generate: Option<Option<PathBuf>>,

    /// Make it fast at what it did in runs that wrote PROFILE, or all files of
    /// this folder. May be given more than once
    #[arg(long, value_name = "PROFILE", help_heading = "Compilation")]
    pub profile_use: Vec<PathBuf>,

    #[command(flatten)]
    pub compile: CompileArgs,
    #[command(flatten)]
    pub policy: PolicyArgs,
    #[command(flatten)]
    pub verbosity: Verbosity,
}

const BUILD_EXAMPLES: &str = "\
Examples:
  quench build hello.wat                      makes ./hello
  quench build tool.wasm -o bin/tool --target aarch64 -Os
  quench build tool.wasm --dir .              may read and write where it is started
  quench build tool.wasm --dir /etc/tool::/config:ro --env HOME --env LANG=C
  quench build tool.wasm --cpu native         as fast as it gets, for processors like this one
  quench build tool.wasm --policy tool.toml   options from a file: dir = ['.']
  quench build lib.wasm --invoke add 2 2      makes ./lib, which prints 4
  quench build lib.wasm --invoke add          makes ./lib; `./lib 2 2` prints 4
  quench build app.wasm --preload env=env.wasm
  quench build tool.wasm --profile-generate && ./tool some typical work &&
    quench build tool.wasm --profile-use tool.profile
                                              for what was typical, faster
  quench build tool.wasm --emit asm -o -      assembly on standard output

Without --dir and --env the program sees its arguments and its standard
streams, nothing else. All arguments of the executable reach the program.

A module is run by its export `_start`; a reactor by `_initialize`, then
--invoke. Exit status: what the program gives to proc_exit, or 134 after a trap.";

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

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Strip {
    Debug,
    Names,
    All,
}
