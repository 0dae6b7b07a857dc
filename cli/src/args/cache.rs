//! The options that choose a cache, and the arguments of `quench cache`.

use clap::builder::OsStringValueParser;
use clap::{Args, ValueEnum};
use std::ffi::OsString;

#[derive(Clone, Debug, Default, Args)]
pub struct CacheArgs {
    /// Take functions that were compiled before from the cache, and keep those
    /// compiled now: in the folder PLACE [default: $XDG_CACHE_HOME/quench],
    /// or behind the URL PLACE if this quench can.
    /// QUENCH_CACHE=PLACE, or =1, has the same effect
    #[arg(
        long,
        value_name = "PLACE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        value_parser = OsStringValueParser::new()
    )]
    pub cache: Option<OsString>,

    /// Keep nothing, and take nothing from the cache, nor executables of
    /// `quench run`
    #[arg(long, conflicts_with = "cache")]
    pub no_cache: bool,
}

/// Show the cache: where it is, what it has, how large it may be
#[derive(Debug, Args)]
#[command(after_help = CACHE_EXAMPLES)]
pub struct CacheCommandArgs {
    #[arg(value_enum, default_value_t, hide_possible_values = true)]
    /// What to do: `show` it, or `clear` it
    pub action: CacheAction,

    /// The folder, as for `quench build`
    #[arg(long, value_name = "PLACE", require_equals = true)]
    pub cache: Option<OsString>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CacheAction {
    #[default]
    Show,
    Clear,
}

const CACHE_EXAMPLES: &str = "\
Examples:
  quench build --cache tool.wasm             the next build compiles what has changed
  export QUENCH_CACHE=1                      all builds do so from now on
  export QUENCH_CACHE_SIZE=10G               instead of 2G; the oldest is removed
  quench cache clear

Executables that `quench run` made are there as well.";
