//! The arguments of `quench man` and `quench completions`.

use clap::Args;
use std::path::PathBuf;

/// The arguments of `quench completions`.
#[derive(Debug, Args)]
#[command(after_help = COMPLETIONS_EXAMPLES)]
pub struct CompletionsArgs {
    /// The shell that the script is for
    pub shell: clap_complete::Shell,
}

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  source <(quench completions bash)
  quench completions fish > ~/.config/fish/completions/quench.fish";

/// The arguments of `quench man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Folder for the pages; it is made if it does not exist
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
}
