//! A module with its expectation: builds it with the command line, runs it in a
//! folder of its own, and compares.

use crate::expectation::Expectation;
use crate::operations;
use anyhow::{Context, Result, ensure};
use quench_compiler::Target;
use quench_tests::{Finished, Limits, command, run};
use serde::de::DeserializeOwned;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) struct Case {
    /// Path of the module or its expectation below the folder that was asked for.
    pub(crate) path: String,
    module: PathBuf,
    /// Path of the expectation, which need not be there.
    json: PathBuf,
}

/// Returns all cases in a folder and its sub-folders, sorted by path: modules,
/// `.wasm` and `.wat`, and expectations that name a module elsewhere.
///
/// # Errors
///
/// Fails when something in it cannot be read.
pub(crate) fn below(folder: &Path) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    collect(folder, "", &mut cases)?;
    cases.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(cases)
}

fn collect(folder: &Path, prefix: &str, cases: &mut Vec<Case>) -> Result<()> {
    let reading = || format!("reading {}", folder.display());
    for entry in fs::read_dir(folder).with_context(reading)? {
        let file = entry.with_context(reading)?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let path = format!("{prefix}{name}");
        if file.is_dir() {
            collect(&file, &format!("{path}/"), cases)?;
        } else if let Some(module) = module(&file)? {
            let json = file.with_extension("json");
            cases.push(Case { path, module, json });
        }
    }
    Ok(())
}

/// Returns the module that a file is or names.
fn module(file: &Path) -> Result<Option<PathBuf>> {
    match file.extension().and_then(OsStr::to_str) {
        Some("wasm" | "wat") => Ok(Some(file.to_path_buf())),
        Some("json") => {
            let value: serde_json::Value = read(file)?;
            let folder = file.parent().unwrap_or(Path::new("."));
            Ok(value["module"].as_str().map(|path| folder.join(path)))
        }
        _ => Ok(None),
    }
}

fn read<T: DeserializeOwned>(json: &Path) -> Result<T> {
    let text = fs::read(json).with_context(|| format!("reading {}", json.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("in {}", json.display()))
}

impl Case {
    fn expectation(&self) -> Result<Expectation> {
        let mut expected: Expectation =
            if self.json.exists() { read(&self.json)? } else { Expectation::default() };
        expected.settle();
        Ok(expected)
    }

    /// Returns what a program does not have that the module needs, if there is something.
    ///
    /// # Errors
    ///
    /// Fails when module or expectation cannot be read.
    pub(crate) fn lacks(&self) -> Result<Option<String>> {
        let Expectation { proposals, world, .. } = self.expectation()?;
        if let Some(world) = world {
            return Ok(Some(format!("the world `{world}`")));
        }
        if let Some(proposal) = proposals.first() {
            return Ok(Some(proposal.clone()));
        }
        // Not all that need these say so.
        let bytes = fs::read(&self.module)?;
        let imports = |name: &str| bytes.windows(name.len()).any(|part| part == name.as_bytes());
        let interfaces = ["wasi:sockets/types@0.3", "wasi:http/types@0.3"];
        Ok(interfaces.into_iter().find(|name| imports(name)).map(str::to_string))
    }

    /// Builds and runs the module in a folder of its own below `scratch`.
    ///
    /// # Errors
    ///
    /// Fails when the module cannot be built, or does something else than expected.
    pub(crate) fn run(&self, target: Target, scratch: &Path) -> Result<()> {
        let expected = self.expectation()?;
        let folder = scratch.join(self.path.replace('/', "--"));
        self.prepare(&expected, &folder)?;
        self.build(&expected, target, &folder)?;
        let mut program = command(&folder.join(PROGRAM), target);
        program.args(&expected.args).envs(&expected.outside).current_dir(&folder);
        if let Some(operations) = &expected.operations {
            return operations::carry_out(&mut program, operations);
        }
        let limits = Limits { input: expected.stdin.as_bytes(), ..Limits::default() };
        let finished = run(&mut program, &limits)?;
        compare(&expected, &finished, &folder)
    }

    /// Makes the folder, with copies of what the module may write to.
    fn prepare(&self, expected: &Expectation, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder)?;
        let beside = self.json.parent().unwrap_or(Path::new("."));
        let folders = expected.dirs.iter().chain(&expected.root);
        for name in folders.chain(&expected.copies) {
            copy(&beside.join(name), &folder.join(name))
                .with_context(|| format!("copying the folder {name}"))?;
        }
        for (place, target) in &expected.links {
            symlink(target, folder.join(place)).with_context(|| format!("linking {place}"))?;
        }
        Ok(())
    }

    fn build(&self, expected: &Expectation, target: Target, folder: &Path) -> Result<()> {
        let mut build = Command::new(quench_tests::quench()?);
        build.arg("build").arg(&self.module).args(["-o", PROGRAM]);
        build.args(["--target", target.short_name()]);
        for name in &expected.dirs {
            build.args(["--dir", name]);
        }
        if let Some(name) = &expected.root {
            build.args(["--dir", &format!("{name}::/")]);
        }
        for (name, value) in &expected.env {
            build.args(["--env", &format!("{name}={value}")]);
        }
        build.args(&expected.build).current_dir(folder);
        let built = run(&mut build, &Limits::default())?;
        ensure!(built.status == 0, "building: {}", built.stderr());
        Ok(())
    }
}

/// Name of the executable in its folder.
const PROGRAM: &str = "program";

fn compare(expected: &Expectation, finished: &Finished, folder: &Path) -> Result<()> {
    ensure!(
        finished.status == expected.exit_code,
        "expected exit status {}, got {}; it said: {}{}",
        expected.exit_code,
        finished.status,
        finished.stdout(),
        finished.stderr()
    );
    same("stdout", expected.stdout.as_deref(), &finished.stdout())?;
    same("stderr", expected.stderr.as_deref(), &finished.stderr())?;
    for (place, content) in &expected.files {
        let found = fs::read_to_string(folder.join(place)).ok();
        ensure!(found == *content, "expected {place} to hold {content:?}, got {found:?}");
    }
    Ok(())
}

fn same(what: &str, expected: Option<&str>, got: &str) -> Result<()> {
    let equal = expected.is_none_or(|expected| expected == got);
    ensure!(equal, "expected {expected:?} on {what}, got {got:?}");
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            // Not `fs::copy`: the original may be read-only.
            fs::write(&to, fs::read(entry.path())?)?;
        }
    }
    Ok(())
}
