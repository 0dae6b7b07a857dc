//! The options that decide what quench says while it works, and in which form.

use clap::{Args, ValueEnum};

/// The form of errors and warnings: the values of `--message-format`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum MessageFormat {
    /// Text
    #[default]
    Human,
    /// Lines of JSON
    Json,
}

/// The options that say how much is said while a program is made.
#[derive(Clone, Copy, Debug, Default, Args)]
#[command(next_help_heading = "Messages")]
pub struct Verbosity {
    /// Print nothing but errors
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Print what is done and how long it takes
    #[arg(short, long)]
    pub verbose: bool,

    /// Print where the time went, which functions took longest, and how much
    /// memory was used: as a table (`table`) or a line of JSON (`json`)
    #[arg(
        long,
        value_enum,
        value_name = "FORM",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "table",
        hide_possible_values = true
    )]
    pub timings: Option<TimingsForm>,
}

/// The form of the times: the values of `--timings`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TimingsForm {
    /// A table
    Table,
    /// A line of JSON
    Json,
}
