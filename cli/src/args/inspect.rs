//! The arguments of `quench inspect`.

use super::values::{Preload, os_value, parse_preload};
use clap::Args;
use std::path::PathBuf;

/// The arguments of `quench inspect`.
#[derive(Debug, Args)]
#[command(after_help = INSPECT_EXAMPLES)]
pub struct InspectArgs {
    /// A module (.wasm, .wat; `-` is standard input) or an executable made by
    /// quench
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Print JSON instead of text
    #[arg(long)]
    pub json: bool,

    /// Write an HTML page instead, with a map of the functions by size
    #[arg(long, value_name = "PAGE", conflicts_with = "json")]
    pub html: Option<PathBuf>,

    /// Show in the page the times that `quench build --timings=json 2> FILE` wrote
    #[arg(long, value_name = "FILE", requires = "html")]
    pub timings: Option<PathBuf>,

    /// Take imports of module NAME, or of interface NAME, from the exports of FILE
    #[arg(long, value_name = "NAME=FILE", value_parser = os_value(parse_preload))]
    pub preload: Vec<Preload>,
}

const INSPECT_EXAMPLES: &str = "\
Examples:
  quench inspect tool.wasm                    imports and who provides them, exports, sizes
  quench build tool.wasm && quench inspect tool
  quench inspect tool.wasm --json | jq '.imports[].name'
  quench inspect tool --html tool.html        a page with a map of its functions by size
  quench inspect tool --html tool.html --timings times
                                              also with the times of its build, which
                                              `quench build --timings=json 2> times` wrote

Whoever runs an executable can take permissions away from it, never add any:
  QUENCH_NARROW=sockets,read-only,timeout=10 ./tool
denies functions and groups of WASI (as --deny does), protects what is in its
directories (read-only), takes directories away (no-dir=NAME, no-dir for all)
and listeners (no-listen), and sets limits: max-memory=BYTES, timeout=TIME,
cpu-timeout=TIME, max-open-files=NUMBER.

After a trap an executable names the functions that led to it:
  QUENCH_BACKTRACE=full ./tool
names all of them and QUENCH_BACKTRACE=0 none; by default, those in the middle
are only counted.
  QUENCH_COREDUMP=core.wasm ./tool
also writes a WebAssembly core dump, if it was built with --core-dump.";
