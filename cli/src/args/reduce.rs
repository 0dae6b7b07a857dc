//! The arguments of `quench reduce`.

use super::compile::CompileArgs;
use clap::Args;
use std::path::PathBuf;

/// Make a module smaller that the compiler fails with, to report it
#[derive(Debug, Args)]
#[command(after_help = REDUCE_EXAMPLES)]
pub struct ReduceArgs {
    /// The module: binary (.wasm) or text (.wat)
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Where to write the smaller one
    #[arg(short, long, value_name = "OUT")]
    pub output: PathBuf,

    /// What to keep instead of the compiler's failure: that this command of the
    /// shell succeeds, with a file as `$1`
    #[arg(long, value_name = "COMMAND")]
    pub command: Option<String>,

    /// Changes tried in vain before it is good enough
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub attempts: u32,

    #[command(flatten)]
    pub compile: CompileArgs,
}

const REDUCE_EXAMPLES: &str = "\
Examples:
  quench reduce big.wasm -o small.wasm
  quench reduce big.wasm -o small.wasm --command 'quench run \"$1\" 2>&1 | grep -q divide'";
