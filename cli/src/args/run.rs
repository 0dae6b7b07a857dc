//! The arguments of `quench run`.

use super::compile::CompileArgs;
use super::messages::Verbosity;
use super::policy::PolicyArgs;
use clap::Args;
use std::ffi::OsString;

/// The arguments of `quench run`.
#[derive(Debug, Args)]
#[command(
    after_help = RUN_EXAMPLES,
    override_usage = "quench run [OPTIONS] FILE [ARGS]...\n       quench run [OPTIONS] FILE --invoke NAME [ARGS]..."
)]
pub struct RunArgs {
    /// The module (`-` is standard input) and the program's arguments. Options
    /// of quench come before FILE; all that follows goes to the program, even
    /// `--help`. One exception: `--invoke NAME` may come right after FILE
    #[arg(value_names = ["FILE", "ARGS"], required = true, num_args = 1.., trailing_var_arg = true)]
    pub program: Vec<OsString>,

    /// Call this exported function with ARGS and print its results, one per line
    #[arg(long, value_name = "NAME")]
    pub invoke: Option<String>,

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

impl RunArgs {
    /// Interprets `FILE --invoke NAME ARGS` as an invocation, unless `--` ended
    /// the options before FILE, and drops a `--` before the ARGS of an invocation.
    /// `arguments` is the whole command line.
    pub fn with_trailing_invoke(mut self, arguments: &[OsString]) -> RunArgs {
        let before = arguments.len() - self.program.len();
        let ended = before > 0 && arguments[before - 1] == "--";
        let named = match self.program.as_slice() {
            [_, option, name, ..] if option == "--invoke" => name.to_str().map(str::to_string),
            _ => None,
        };
        if let (Some(name), None, false) = (named, &self.invoke, ended) {
            self.invoke = Some(name);
            self.program.drain(1..3);
        }
        if self.invoke.is_some() && self.program.get(1).is_some_and(|argument| argument == "--") {
            self.program.remove(1);
        }
        self
    }
}

const RUN_EXAMPLES: &str = "\
Examples:
  quench run hello.wat
  quench run --dir . tool.wasm --verbose in.txt    --verbose and in.txt are the tool's
  quench run lib.wasm --invoke add 2 2             prints 4
  quench run --invoke add lib.wasm 2 2             the same
  quench run -- tool.wasm --invoke x               after `--`, even --invoke is the tool's
  quench run --target aarch64 hello.wat            under qemu-aarch64

Executables are kept in $XDG_CACHE_HOME/quench (~/.cache/quench), up to 2 GiB of
the most recently used; see `quench cache`. The exit status is the program's.";
