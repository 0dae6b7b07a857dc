//! The command `quench reduce`: makes a module smaller as long as something
//! still fails with it.

use crate::args::ReduceArgs;
use crate::build::options::{cpu, options};
use crate::build::threads::guarded;
use crate::files::input::{self, Source};
use crate::files::output::{Destination, Mode};
use anyhow::{Context, Result, anyhow, bail};
use quench_compiler::{Detail, Emit, Error, Import, ImportSource, ModuleInput, Options, Program};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use wasm_shrink::WasmShrink;

/// Reduces a module, and writes the result.
///
/// # Errors
///
/// When the compiler does not fail, or the command does not succeed, with the
/// module as it is; and when a file cannot be read or written.
pub fn run(args: ReduceArgs) -> Result<()> {
    let source = Source::new(&args.file);
    let wasm = input::read_module(&source)?;
    if quench_component::is_component(&wasm) {
        bail!(
            "{source} is a component, and only modules are made smaller; take a core module out \
             of it first, for example with `wasm-tools component unbundle`"
        );
    }
    let destination = Destination::new(Some(&args.output), &source, ".wasm")?;
    destination.must_not_be(&source)?;
    let options = options(&args.compile, cpu(&args.compile)?, Detail::Lines);
    let size = wasm.len();
    let reduced = match &args.command {
        Some(command) => {
            if !succeeds(command, &wasm)? {
                bail!("`{command}` does not succeed with the module as it is");
            }
            shrink(args.attempts, wasm, |wasm| succeeds(command, wasm))
        }
        None => {
            let Some(failure) = failure(&wasm, options) else {
                bail!(
                    "the module does not make the compiler fail; \
                     name a command that succeeds as long as it is of interest (--command)"
                );
            };
            shrink(args.attempts, wasm, |wasm| {
                Ok(self::failure(wasm, options).as_ref() == Some(&failure))
            })
        }
    }?;
    destination.write(&reduced[..], Mode::Data)?;
    let summary = format!("{size} bytes before, {} now: {}", reduced.len(), args.output.display());
    match destination {
        Destination::File(_) => writeln!(std::io::stdout(), "{summary}")?,
        // Standard output has the module.
        Destination::Stdout => writeln!(std::io::stderr(), "{summary}")?,
    }
    Ok(())
}

/// Makes a module smaller as long as `is_of_interest` returns `true` for it, until
/// `attempts` changes in a row give nothing.
fn shrink(
    attempts: u32,
    wasm: Vec<u8>,
    is_of_interest: impl FnMut(&[u8]) -> Result<bool>,
) -> Result<Vec<u8>> {
    let shrink = WasmShrink::default().attempts(attempts).allow_empty(true);
    Ok(shrink.run(wasm, is_of_interest)?.output)
}

/// Returns the compiler's message if it fails with an internal error. The
/// message does not have the place: functions are renamed and renumbered as the
/// module shrinks.
fn failure(wasm: &[u8], options: Options) -> Option<String> {
    let compiled = guarded(|| {
        let program = Program::new(options);
        Ok(program.and_then(|mut program| {
            program.add_module(&ModuleInput {
                name: "main",
                wasm,
                source: &|_, _: &Import| ImportSource::Host,
                entry_points: &[],
                export_use: None,
                near_memory: true,
                emit: Emit::Object,
            })
        })?)
    });
    let error = compiled.err()?;
    match error.chain().find_map(|cause| cause.downcast_ref())? {
        Error::Internal { message, .. } => Some(message.clone()),
        _ => None,
    }
}

/// Returns whether a shell command succeeds, with the path of a file that has
/// the module as `$1`.
fn succeeds(command: &str, wasm: &[u8]) -> Result<bool> {
    let mut file = tempfile::Builder::new()
        .prefix("quench-reduce-")
        .suffix(".wasm")
        .tempfile()
        .context("cannot make a temporary file")?;
    file.write_all(wasm).context("cannot write a temporary file")?;
    let status = Command::new("sh")
        .args(["-c", command, "sh"])
        .arg(as_argument(file.path())?)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .context("cannot start `sh`")?;
    Ok(status.success())
}

fn as_argument(path: &Path) -> Result<&str> {
    path.to_str().ok_or_else(|| anyhow!("the name of the folder for temporary files is not UTF-8"))
}
