//! The arguments of `quench man` and `quench completions`.

use clap::Args;
use std::path::PathBuf;

/// Print the completions of a shell
#[derive(Debug, Args)]
#[command(after_help = COMPLETIONS_EXAMPLES)]
pub struct CompletionsArgs {
    pub shell: clap_complete::Shell,
}

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  source <(quench completions bash)
  quench completions fish > ~/.config/fish/completions/quench.fish";

/// Write the manual pages to a folder
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Is made if it is not there
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
}
