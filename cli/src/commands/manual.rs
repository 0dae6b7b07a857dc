//! The commands `quench man` and `quench completions`, which make the files that a
//! package installs besides quench itself.

use crate::args::{CargoCli, Cli, CompletionsArgs, ManArgs};
use anyhow::{Context, Result};
use clap::CommandFactory;
use std::fs;
use std::io::Write;

/// Writes a manual page for quench and one for `cargo quench`, and one for each of their
/// commands.
///
/// # Errors
///
/// When the folder cannot be made or written.
pub fn pages(args: &ManArgs) -> Result<()> {
    let folder = &args.folder;
    let cannot = || format!("cannot write manual pages to `{}`", folder.display());
    fs::create_dir_all(folder).with_context(cannot)?;
    clap_mangen::generate_to(Cli::command(), folder).with_context(cannot)?;
    clap_mangen::generate_to(CargoCli::command(), folder).with_context(cannot)
}

/// Prints the completion script for a shell.
///
/// # Errors
///
/// When standard output cannot be written.
pub fn completions(args: &CompletionsArgs) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "quench", &mut script);
    std::io::stdout().write_all(&script).context("cannot write to standard output")
}
