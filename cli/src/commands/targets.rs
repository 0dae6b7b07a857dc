//! The command `quench targets`.

use crate::commands::emulator;
use anyhow::Result;
use quench_compiler::Target;
use std::io::Write;

/// Prints the targets, and how their executables run on this machine.
///
/// # Errors
///
/// When standard output cannot be written.
pub fn run() -> Result<()> {
    let mut out = std::io::stdout().lock();
    for target in Target::ALL {
        let runs = how_it_runs(target);
        writeln!(out, "{:<8}  {target}  {runs}", target.short_name())?;
    }
    Ok(())
}

fn how_it_runs(target: Target) -> String {
    if Target::host() == Some(target) {
        return "this machine".to_string();
    }
    match emulator::find(target) {
        Some(path) => format!("runs here under {}", path.display()),
        None => format!("does not run here: `{}` is not in PATH", emulator::name(target)),
    }
}
