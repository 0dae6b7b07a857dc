//! Builds guests with the command line.

use quench_abi::ValueType;
use quench_compiler::Target;
use quench_tests::{Limits, run};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds a module, given as text, with the command line.
#[track_caller]
pub(crate) fn build(
    folder: &Path,
    name: &str,
    text: &str,
    target: Target,
    options: &[&str],
) -> PathBuf {
    try_build(folder, name, text, target, options).unwrap_or_else(|said| panic!("{said}"))
}

/// Does the same, and returns what the command says if it fails.
pub(crate) fn try_build(
    folder: &Path,
    name: &str,
    text: &str,
    target: Target,
    options: &[&str],
) -> Result<PathBuf, String> {
    let module = folder.join(format!("{name}.wat"));
    std::fs::write(&module, text).expect("the scratch folder can be written");
    let executable = folder.join(name);
    let mut build = Command::new(quench_tests::quench().expect("quench is built"));
    build
        .current_dir(folder)
        .arg("build")
        .args([&module, Path::new("-o"), &executable])
        .args(["--target", target.short_name()])
        .args(options);
    let built = run(&mut build, &Limits::default()).expect("quench ends");
    if built.status == 0 { Ok(executable) } else { Err(built.stderr()) }
}

pub(crate) fn host() -> Target {
    Target::host().expect("tests run on a machine that executables are made for")
}

/// Returns the name of a type in the text format; WASI has only two types.
pub(crate) fn type_name(ty: &ValueType) -> &'static str {
    if *ty == ValueType::I64 { "i64" } else { "i32" }
}
