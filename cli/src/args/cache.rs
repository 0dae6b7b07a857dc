//! The options that choose a cache, and the arguments of `quench cache`.

use clap::builder::OsStringValueParser;
use clap::{Args, ValueEnum};
use std::ffi::OsString;

/// The options that say whether there is a cache, and where.
#[derive(Clone, Debug, Default, Args)]
pub struct CacheArgs {
    /// Take functions that were compiled before from the cache, and keep those
    /// compiled now: in the folder PLACE [default: $XDG_CACHE_HOME/quench], or at
    /// the URL PLACE if this quench was built for that. QUENCH_CACHE=PLACE, or =1,
    /// has the same effect
    #[arg(
        long,
        value_name = "PLACE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        value_parser = OsStringValueParser::new()
    )]
    pub cache: Option<OsString>,

    /// Do not use the cache: neither for functions nor for executables of
    /// `quench run`
    #[arg(long, conflicts_with = "cache")]
    pub no_cache: bool,
}

/// The arguments of `quench cache`.
#[derive(Debug, Args)]
#[command(after_help = CACHE_EXAMPLES)]
pub struct CacheCommandArgs {
    /// What to do with the cache: `show` or `clear` it
    #[arg(value_enum, default_value_t, hide_possible_values = true)]
    pub action: CacheAction,

    /// The cache's folder, as for `quench build`
    #[arg(long, value_name = "PLACE", require_equals = true)]
    pub cache: Option<OsString>,
}

/// Action of `quench cache`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CacheAction {
    /// Print where the cache is and what it holds
    #[default]
    Show,
    /// Remove all that it holds
    Clear,
}

const CACHE_EXAMPLES: &str = "\
Examples:
  quench build --cache tool.wasm             the next build compiles only what has changed
  export QUENCH_CACHE=1                      all builds do so from now on
  export QUENCH_CACHE_SIZE=10G               instead of 2G; what is unused longest is removed
  quench cache clear

The executables of `quench run` are in the cache as well.";
