//! The arguments of `quench runtime`.

use clap::Args;
use quench_compiler::Target;
use std::path::PathBuf;

/// The arguments of `quench runtime`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct RuntimeArgs {
    /// Machine that the library is for [default: this one]
    #[arg(long, value_name = "TARGET")]
    pub target: Option<Target>,

    /// Make the library for objects of components, rather than of modules
    #[arg(long)]
    pub components: bool,

    /// File for the library; `-` is standard output
    #[arg(short, long, value_name = "FILE", default_value = "libquench.a")]
    pub output: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  quench build tool.wasm --emit obj -o tool.o
  quench runtime -o libquench.a
  cc -static -nostartfiles tool.o libquench.a -o tool";
