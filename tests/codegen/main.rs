//! Tests the code made for small modules: each `.wat` here is compiled for both
//! machines, and its disassembly or Cranelift IR compared with the files beside
//! it, `NAME.TARGET.asm` or `NAME.clif`. `make bless` rewrites them. A module
//! whose first line is `;; options: OPTIONS` is compiled with these options,
//! and one with `;; options for TARGET: OPTIONS` has them for that machine. One
//! with `;; trained: NAME ARGUMENTS` is compiled with the profile of a call of
//! that function.

use anyhow::{Result, ensure};
use libtest_mimic::{Arguments, Trial};
use quench_compiler::Target;
use quench_tests::{Limits, run, snapshot};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() -> Result<()> {
    let folder = quench_tests::repository().join("tests/codegen");
    let files = fs::read_dir(&folder)?.map(|entry| Ok(entry?.path()));
    let mut files = files.collect::<Result<Vec<PathBuf>>>()?;
    files.sort();
    let (modules, others): (Vec<PathBuf>, _) = files.into_iter().partition(|path| is(path, "wat"));
    let mut trials: Vec<Trial> = modules.iter().flat_map(|module| of_module(module)).collect();
    trials.push(Trial::test("every expectation has a module", move || {
        match others.iter().find(|path| is_orphan(path, &modules)) {
            None => Ok(()),
            Some(orphan) => Err(format!("{} has none", orphan.display()).into()),
        }
    }));
    libtest_mimic::run(&Arguments::from_args(), trials).exit()
}

fn is(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

/// Returns whether a file is an expectation of a module that is not there.
fn is_orphan(path: &Path, modules: &[PathBuf]) -> bool {
    let expectation = is(path, "asm") || is(path, "clif");
    let name = path.to_string_lossy();
    let has = |module: &PathBuf| {
        let stem = module.with_extension("");
        name.starts_with(&format!("{}.", stem.display()))
    };
    expectation && !modules.iter().any(has)
}

/// Returns the tests of a module: its disassembly for each machine, and its IR,
/// which is the same for both machines as far as these modules go.
fn of_module(module: &Path) -> Vec<Trial> {
    let assembly = Target::ALL.map(|target| {
        let expected = module.with_extension(format!("{}.asm", target.short_name()));
        trial(module, "asm", target, expected)
    });
    let ir = trial(module, "clif", Target::X86_64, module.with_extension("clif"));
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
    build.arg("build").arg(module).args(["--check-registers", "--emit", emit, "-o", "-"]);
    build.args(["--target", target.short_name()]);
    let text = fs::read_to_string(module)?;
    let first = text.lines().next().unwrap_or_default();
    let for_target = format!(";; options for {}:", target.short_name());
    let options = first.strip_prefix(";; options:");
    let options = options.or_else(|| first.strip_prefix(&for_target));
    let options = options.unwrap_or_default();
    build.args(options.split_whitespace());
    let scratch = quench_tests::scratch("codegen-")?;
    if let Some(call) = first.strip_prefix(";; trained:") {
        build.arg("--profile-use").arg(profile(module, call, scratch.path())?);
    }
    let built = run(&mut build, &Limits::default())?;
    ensure!(built.status == 0, "{}", built.stderr());
    Ok(built.stdout())
}

/// Returns the file with the profile of a call of the module on this machine.
fn profile(module: &Path, call: &str, folder: &Path) -> Result<PathBuf> {
    let (program, profile) = (folder.join("program"), folder.join("profile"));
    let mut build = Command::new(quench_tests::quench()?);
    build.arg("build").arg(module).arg("-o").arg(&program);
    let mut option = OsString::from("--profile-generate=");
    option.push(&profile);
    build.arg(option).arg("--invoke");
    build.args(call.split_whitespace());
    for command in [&mut build, &mut Command::new(&program)] {
        let finished = run(command, &Limits::default())?;
        ensure!(finished.status == 0, "{}", finished.stderr());
    }
    Ok(profile)
}
