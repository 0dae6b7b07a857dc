//! The arguments of `cargo quench`. All that it does not know is cargo's, and may stand
//! between its own options.

use clap::{Args, Parser, Subcommand, ValueEnum};
use quench_compiler::Target;
use std::ffi::OsString;

/// Makes stand-alone native executables of Rust crates, by way of WebAssembly.
///
/// A crate says in its Cargo.toml what its programs may do and how they are made:
/// the keys of [package.metadata.quench] are options of `quench build`.
#[derive(Debug, Parser)]
#[command(
    name = "cargo-quench",
    bin_name = "cargo quench",
    version,
    long_version = crate::version::LONG.as_str(),
    max_term_width = 100,
    after_help = EXAMPLES
)]
pub struct CargoCli {
    /// The command, with its arguments.
    #[command(subcommand)]
    pub command: CargoCommand,
}

const EXAMPLES: &str = "\
Examples:
  cargo quench build --release               makes target/quench/x86_64/release/NAME
  cargo quench run -- --help                 --help is the program's
  cargo quench test --target wasm32-wasip2   tests the crate as components
  cargo quench test --machine aarch64        the same tests under qemu-aarch64

In Cargo.toml:
  [package.metadata.quench]
  dir = ['.', '/etc/tool::/config:ro']       as --dir . --dir /etc/tool::/config:ro
  embed = 'share::/share'                    from the crate's directory
  max-memory = '256M'
  O = 's'                                    as -O s";

/// The commands. The comments are their descriptions in the help.
#[derive(Debug, Subcommand)]
pub enum CargoCommand {
    /// Compile a crate, and make executables of its binaries and examples
    Build(CargoBuildArgs),
    /// Compile a crate, and run one of its binaries or examples
    Run(CargoRunArgs),
    /// Compile the tests of a crate, and run them
    Test(CargoRunArgs),
    /// Run a module as the crate that cargo works on may, in place of cargo's own
    /// runner
    Runner(RunnerArgs),
}

/// The arguments of `cargo quench build`.
#[derive(Debug, Args)]
#[command(override_usage = "cargo quench build [OPTIONS] [CARGO OPTIONS]")]
pub struct CargoBuildArgs {
    /// Kind of WebAssembly that rustc makes: `wasm32-wasip1`, modules, or
    /// `wasm32-wasip2`, components
    #[arg(long, value_enum, default_value_t, hide_possible_values = true)]
    pub target: WasmTarget,

    /// Machine to make executables for [default: `machine` in Cargo.toml, or this one]:
    /// `x86_64` or `aarch64`. May be given more than once
    #[arg(long, value_name = "MACHINE")]
    pub machine: Vec<Target>,

    /// Options of `cargo build`: --release, --bin NAME, --features NAMES, -p CRATE…
    #[arg(last = true, value_name = "CARGO OPTIONS")]
    pub cargo: Vec<OsString>,
}

/// The arguments of `cargo quench run` and `test`.
#[derive(Debug, Args)]
#[command(override_usage = "cargo quench run|test [OPTIONS] [CARGO OPTIONS] [-- ARGS]")]
pub struct CargoRunArgs {
    /// Kind of WebAssembly that rustc makes: `wasm32-wasip1`, modules, or
    /// `wasm32-wasip2`, components
    #[arg(long, value_enum, default_value_t, hide_possible_values = true)]
    pub target: WasmTarget,

    /// Machine to run on [default: this one]: `x86_64` or `aarch64`
    #[arg(long, value_name = "MACHINE")]
    pub machine: Option<Target>,

    /// Options of `cargo run` or `cargo test`; behind `--` those of the program
    #[arg(last = true, value_name = "CARGO OPTIONS")]
    pub cargo: Vec<OsString>,
}

/// The arguments of `cargo quench runner`.
#[derive(Debug, Args)]
#[command(after_help = RUNNER_EXAMPLES)]
pub struct RunnerArgs {
    /// Machine to run on [default: this one]: `x86_64` or `aarch64`
    #[arg(long, value_name = "MACHINE")]
    pub machine: Option<Target>,

    /// The module, and the program's arguments
    #[arg(value_names = ["FILE", "ARGS"], required = true, num_args = 1.., trailing_var_arg = true)]
    pub program: Vec<OsString>,
}

const RUNNER_EXAMPLES: &str = "\
Examples:
  export CARGO_TARGET_WASM32_WASIP1_RUNNER='cargo quench runner'
  cargo test --target wasm32-wasip1          as `cargo quench test`";

/// The kind of WebAssembly that rustc makes: the values of `--target`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum WasmTarget {
    /// A module
    #[default]
    #[value(name = "wasm32-wasip1")]
    Wasip1,
    /// A component
    #[value(name = "wasm32-wasip2")]
    Wasip2,
}

impl WasmTarget {
    /// Returns rustc's name of the target.
    pub fn name(self) -> &'static str {
        match self {
            WasmTarget::Wasip1 => "wasm32-wasip1",
            WasmTarget::Wasip2 => "wasm32-wasip2",
        }
    }
}

/// The options of `cargo quench` that have a value.
const OURS: [&str; 2] = ["--target", "--machine"];

/// Returns the arguments of `cargo quench` in the order that the parser wants: our options
/// first, and behind `--` those of cargo. Cargo itself starts `cargo-quench quench ...`,
/// and a person may leave that `quench` out.
pub fn ours_first(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments = arguments.into_iter().peekable();
    let mut ours: Vec<OsString> = arguments.next().into_iter().collect();
    arguments.next_if(|first| first == "quench");
    let command = arguments.next();
    let passes_on =
        command.as_ref().is_some_and(|one| one == "build" || one == "run" || one == "test");
    ours.extend(command);
    if !passes_on {
        ours.extend(arguments);
        return ours;
    }
    let mut cargos = Vec::new();
    while let Some(argument) = arguments.next_if(|one| one != "--") {
        let text = argument.to_str().unwrap_or_default();
        let name = text.split_once('=').map_or(text, |(name, _)| name);
        if OURS.contains(&name) {
            let value = (name == text).then(|| arguments.next()).flatten();
            ours.push(argument);
            ours.extend(value);
        } else if ["-h", "--help"].contains(&text) {
            ours.push(argument);
        } else {
            cargos.push(argument);
        }
    }
    ours.push("--".into());
    ours.extend(cargos);
    ours.extend(arguments);
    ours
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_cargo_may_stand_anywhere() {
        let order = |line: &str| {
            let ordered = ours_first(line.split(' ').map(OsString::from));
            let words: Vec<&str> = ordered.iter().filter_map(|one| one.to_str()).collect();
            words.join(" ")
        };
        assert_eq!(
            order("cargo-quench quench build --release --machine aarch64 -p a --target=x"),
            "cargo-quench build --machine aarch64 --target=x -- --release -p a"
        );
        assert_eq!(
            order("cargo-quench run -q --target x -- --machine y"),
            "cargo-quench run --target x -- -q -- --machine y"
        );
        assert_eq!(order("cargo-quench quench test --help"), "cargo-quench test --help --");
        let runner = "cargo-quench runner --machine aarch64 x.wasm --target y";
        assert_eq!(order(runner), runner);
        assert_eq!(order("cargo-quench quench"), "cargo-quench");
    }
}
