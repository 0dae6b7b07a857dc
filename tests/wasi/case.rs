//! A module with its expectation: builds it with the command line, runs it in a
//! folder of its own, and compares.

use crate::expectation::Expectation;
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
    /// Whether it is a component: a binary of another kind than a module.
    pub(crate) is_component: bool,
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
            let is_component = is_component(&module)?;
            cases.push(Case { path, is_component, module, json });
        }
    }
    Ok(())
}

/// Returns whether the binary's header is a component's: the version and the
/// layer behind the magic number (component model, Binary.md, "Component
/// Definitions") are 13 and 1.
fn is_component(module: &Path) -> Result<bool> {
    const HEADER: &[u8] = b"\0asm\x0d\0\x01\0";
    let bytes = fs::read(module).with_context(|| format!("reading {}", module.display()))?;
    Ok(bytes.starts_with(HEADER))
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
    /// Builds and runs the module in a folder of its own below `scratch`.
    ///
    /// # Errors
    ///
    /// Fails when the module cannot be built, or does something else than expected.
    pub(crate) fn run(&self, target: Target, scratch: &Path) -> Result<()> {
        let expected = if self.json.exists() { read(&self.json)? } else { Expectation::default() };
        let folder = scratch.join(self.path.replace('/', "--"));
        self.prepare(&expected, &folder)?;
        self.build(&expected, target, &folder)?;
        let limits = Limits { input: expected.stdin.as_bytes(), ..Limits::default() };
        let finished = run(
            command(&folder.join(PROGRAM), target)
                .args(&expected.args)
                .envs(&expected.outside)
                .current_dir(&folder),
            &limits,
        )?;
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
