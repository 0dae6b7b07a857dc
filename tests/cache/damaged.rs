//! What the cache keeps on disk may be damaged later, by a failing disk or a crash of the
//! machine. Each range of its files is damaged here, in several ways; each time quench has to
//! notice it, and must make the file anew.

use libtest_mimic::Failed;
use quench_tests::{Finished, Limits, run};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The size of the ranges that are damaged, in bytes. Some of them lie across two pages.
const STEP: usize = 6000;

/// An executable of `quench run` is made again.
pub(crate) fn executables() -> Result<(), Failed> {
    let scratch = quench_tests::scratch("damaged-executables")?;
    let folder = scratch.path();
    let file = only_file(|| quench(folder, &["run", "hello.wat"]), &folder.join("quench/run"))?;
    let whole = fs::read(&file)?;
    for (what, damaged) in damages(&whole) {
        fs::write(&file, damaged)?;
        let finished = quench(folder, &["run", "hello.wat"])?;
        if finished.status != 0 || finished.stdout != b"hello\n" {
            return Err(format!("{what}: {finished:?}").into());
        }
        if fs::read(&file)? != whole {
            return Err(format!("{what}: not made again").into());
        }
    }
    // An executable under the name of another is not that one.
    let other = folder.join("quench/other");
    fs::copy(&file, &other)?;
    quench(folder, &["run", "exit.wat"])?;
    for entry in fs::read_dir(folder.join("quench/run"))? {
        fs::copy(&other, entry?.path())?;
    }
    match quench(folder, &["run", "exit.wat"])?.stdout().as_str() {
        "hello\n" => Err("another program was run".into()),
        _ => Ok(()),
    }
}

/// The functions of a pack are compiled again.
pub(crate) fn packs() -> Result<(), Failed> {
    let scratch = quench_tests::scratch("damaged-packs")?;
    let folder = scratch.path();
    let build = || quench(folder, &["build", "--cache", "traps.wat", "--invoke", "recurse"]);
    let file = only_file(build, &folder.join("quench/functions"))?;
    let program = fs::read(folder.join("traps"))?;
    for (what, damaged) in damages(&fs::read(&file)?) {
        fs::remove_file(folder.join("traps"))?;
        fs::remove_dir_all(folder.join("quench/functions"))?;
        fs::create_dir(folder.join("quench/functions"))?;
        fs::write(&file, damaged)?;
        let finished = build()?;
        if finished.status != 0 || fs::read(folder.join("traps"))? != program {
            return Err(format!("{what}: {finished:?}").into());
        }
    }
    Ok(())
}

/// Runs `make`, and returns the path of the only file that it leaves in a folder.
fn only_file(
    make: impl FnOnce() -> Result<Finished, Failed>,
    folder: &Path,
) -> Result<PathBuf, Failed> {
    make()?;
    let mut files = fs::read_dir(folder)?;
    match (files.next(), files.next()) {
        (Some(file), None) => Ok(file?.path()),
        _ => Err("not one file".into()),
    }
}

/// Returns contents that a damaged file may have, with descriptions.
fn damages(whole: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut damages = Vec::new();
    let ends = (0..whole.len()).step_by(STEP).chain([1, 4, 63, 64, 1000, 4096]);
    for end in ends.chain((1..=64).step_by(9).map(|count| whole.len() - count)) {
        if let Some(kept) = whole.get(..end) {
            damages.push((format!("the first {end} bytes"), kept.to_vec()));
        }
    }
    let mut change = |range: Range<usize>, what: &str, change: fn(&mut [u8])| {
        let mut bytes = whole.to_vec();
        change(&mut bytes[range.clone()]);
        damages.push((format!("{what} in {range:?}"), bytes));
    };
    for start in (0..whole.len()).step_by(STEP) {
        let end = whole.len().min(start + STEP);
        change(start..end, "zeros", |bytes| bytes.fill(0));
        change(start..whole.len(), "zeros", |bytes| bytes.fill(0));
        change(start..start + 1, "one bit", |bytes| bytes[0] ^= 1);
    }
    for back in (1..=80).step_by(7) {
        let at = whole.len() - back;
        change(at..at + 1, "one byte", |bytes| bytes[0] ^= 0xff);
    }
    damages.push(("more bytes".to_string(), [whole, b"more"].concat()));
    // Some ranges are zeros already.
    damages.retain(|(_, damaged)| damaged != whole);
    damages
}

/// Runs the command in a folder that has the fixtures and a cache.
fn quench(folder: &Path, arguments: &[&str]) -> Result<Finished, Failed> {
    for name in ["hello.wat", "exit.wat", "traps.wat"] {
        fs::copy(quench_tests::fixtures().join(name), folder.join(name))?;
    }
    let mut command = Command::new(quench_tests::quench()?);
    command.args(arguments).current_dir(folder).env("XDG_CACHE_HOME", folder);
    command.env_remove("QUENCH_CACHE").env_remove("QUENCH_CACHE_SIZE");
    Ok(run(&mut command, &Limits::default())?)
}
