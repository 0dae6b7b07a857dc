//! The command `quench binfmt`, which prints what the kernel (binfmt_misc) has to be told
//! so that it starts modules like programs. It tells the kernel nothing itself.

use crate::args::{BinfmtArgs, INTERPRETER};
use crate::messages::diagnostics;
use anyhow::{Context, Result, bail};
use std::io::Write;
use std::path::PathBuf;

/// Name of a registration, and the bytes that its files begin with, as the kernel reads
/// them.
const KINDS: [(&str, &str); 2] = [
    ("quench-module", r"\x00asm\x01\x00\x00\x00"),
    ("quench-component", r"\x00asm\x0d\x00\x01\x00"),
];

/// Prints a line for modules and one for components.
///
/// # Errors
///
/// When the interpreter's path cannot be part of a line, and when standard output cannot be
/// written.
pub fn run(args: &BinfmtArgs) -> Result<()> {
    let interpreter = match &args.interpreter {
        Some(path) => path.clone(),
        None => default_interpreter()?,
    };
    let place = interpreter.display();
    if !interpreter.is_absolute() {
        bail!(
            "the interpreter `{place}` has to begin with `/`: the kernel starts it from anywhere"
        );
    }
    let Some(path) = interpreter.to_str().filter(|path| !path.contains([':', '\n'])) else {
        bail!("the interpreter `{place}` has a colon in its path, or what is not text");
    };
    if !interpreter.exists() {
        diagnostics::warning(&format!(
            "there is no `{place}` yet; quench can have this name too: `ln -s quench {place}`"
        ));
    }
    let mut out = std::io::stdout().lock();
    for (name, magic) in KINDS {
        writeln!(out, ":{name}:M::{magic}::{path}:").context("cannot write to standard output")?;
    }
    Ok(())
}

fn default_interpreter() -> Result<PathBuf> {
    let own = std::env::current_exe().context("cannot look at quench's own file")?;
    Ok(own.with_file_name(INTERPRETER))
}
