//! The arguments of `quench reduce`.

use super::compile::CompileArgs;
use clap::Args;
use std::path::PathBuf;

/// The arguments of `quench reduce`.
#[derive(Debug, Args)]
#[command(after_help = REDUCE_EXAMPLES)]
pub struct ReduceArgs {
    /// The module: binary (.wasm) or text (.wat)
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Where to write the reduced module
    #[arg(short, long, value_name = "OUT")]
    pub output: PathBuf,

    /// Shell command that must keep succeeding, with the module's file as `$1`
    /// [default: the compiler must keep failing in the same way]
    #[arg(long, value_name = "COMMAND")]
    pub command: Option<String>,

    /// Number of changes to try in vain before the reduction ends
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub attempts: u32,

    /// Options of the compiler.
    #[command(flatten)]
    pub compile: CompileArgs,
}

const REDUCE_EXAMPLES: &str = "\
Examples:
  quench reduce big.wasm -o small.wasm
  quench reduce big.wasm -o small.wasm --command 'quench run \"$1\" 2>&1 | grep -q divide'";
