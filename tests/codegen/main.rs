//! The code made for small modules: each `.wat` here is compiled for both
//! machines, and its disassembly or Cranelift IR compared with the files
//! beside it, `NAME.TARGET.asm` or `NAME.clif`. `make bless` rewrites them.

use anyhow::{Result, ensure};
use libtest_mimic::{Arguments, Trial};
use quench_compiler::Target;
use quench_tests::{Limits, run, snapshot};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() -> Result<()> {
    let folder = quench_tests::repository().join("tests/codegen");
    let mut trials = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        match path.extension().and_then(OsStr::to_str) {
            Some("wat") => trials.extend(of_module(&path)),
            Some("asm" | "clif") => trials.push(has_module(path)),
            _ => {}
        }
    }
    trials.sort_by(|a, b| a.name().cmp(b.name()));
    libtest_mimic::run(&Arguments::from_args(), trials).exit()
}

/// The module's disassembly for each machine, and its IR, which is one for
/// both as far as these modules go.
fn of_module(module: &Path) -> Vec<Trial> {
    let assembly = Target::ALL.map(|target| {
        let expected = module.with_extension(format!("{}.asm", target.short_name()));
        trial(module, "asm", target, expected)
    });
    let ir = trial(
        module,
        "clif",
        Target::X86_64,
        module.with_extension("clif"),
    );
    assembly.into_iter().chain([ir]).collect()
}

fn trial(module: &Path, emit: &'static str, target: Target, expected: PathBuf) -> Trial {
    let name = expected.file_name().unwrap_or_default().to_string_lossy();
    let (name, module) = (name.into_owned(), module.to_path_buf());
    Trial::test(name, move || {
        let text = compile(&module, emit, target)?;
        Ok(snapshot::compare(&expected, &text)?)
    })
}

fn compile(module: &Path, emit: &str, target: Target) -> Result<String> {
    let mut build = Command::new(quench_tests::quench()?);
    build
        .arg("build")
        .arg(module)
        .args(["--emit", emit, "-o", "-"]);
    build.args(["--target", target.short_name()]);
    let built = run(&mut build, &Limits::default())?;
    ensure!(built.status == 0, "{}", built.stderr());
    Ok(built.stdout())
}

/// An expectation without a module would never be looked at.
fn has_module(expected: PathBuf) -> Trial {
    let name = expected.file_name().unwrap_or_default().to_string_lossy();
    Trial::test(format!("{name} has a module"), move || {
        let stem = |path: &Path| path.with_extension("");
        let found = stem(&expected).with_extension("wat").exists()
            || stem(&stem(&expected)).with_extension("wat").exists();
        if found {
            Ok(())
        } else {
            Err("it has none".into())
        }
    })
}
