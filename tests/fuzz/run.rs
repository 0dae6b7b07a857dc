//! Compares generated modules, compiled and interpreted, counts what they do,
//! and keeps those that differ.

use crate::arguments::{self, Generated, RunArguments};
use crate::batch;
use crate::case::{Case, End};
use crate::expected::{difference, expect};
use crate::{generate, shrink};
use anyhow::{Context, Result};
use quench_abi::heap_mode;
use quench_compiler::{MemoryChecks, OptLevel, Options};
use std::fs;
use std::path::{Path, PathBuf};

/// Number of modules in one executable.
const BATCH: u64 = 64;

/// Compares as many modules as asked for. Returns whether all did the same.
///
/// # Errors
///
/// Fails when modules cannot be run at all.
pub(crate) fn run(arguments: &RunArguments) -> Result<bool> {
    let mut options = arguments::options(arguments.generated.target, arguments.cpu.as_deref())?;
    options.fuel = arguments.fuel.then_some(batch::ENDLESS_FUEL);
    if arguments.explicit {
        options.memory_checks = MemoryChecks::Explicit;
    }
    // Programs with objects collect as often as possible.
    options.heap_mode = heap_mode::STRESS;
    let folder = quench_tests::scratch("fuzz-")?;
    if let Some(file) = &arguments.module {
        return replay(file, options, folder.path());
    }
    let Generated { count, seed, target } = arguments.generated;
    let end = seed + count;
    let starts: Vec<u64> = (seed..end).step_by(BATCH as usize).collect();
    let counts = quench_tests::parallel(&starts, |&start| {
        let seeds = start..end.min(start + BATCH);
        let file = folder.path().join(format!("batch-{start}"));
        let result = seeds_in_one(seeds, arguments.objects, options, &file);
        // What is not there need not be removed.
        let _ = fs::remove_file(&file);
        result.with_context(|| format!("seeds from {start}"))
    })?;
    let mut total = Count::default();
    for count in counts {
        total.add(&count?);
    }
    println!(
        "{}: {} modules of {} bytes on average from {} seeds, {} instantiations and calls, {} of them trapped; {} differ",
        target.short_name(),
        total.modules,
        total.bytes / total.modules.max(1),
        count,
        total.events,
        total.traps,
        total.differences,
    );
    Ok(total.differences == 0)
}

/// The number of what was compared.
#[derive(Default)]
pub(crate) struct Count {
    pub(crate) modules: usize,
    /// Size of the modules.
    pub(crate) bytes: usize,
    /// Instantiations and calls.
    pub(crate) events: usize,
    pub(crate) traps: usize,
    pub(crate) differences: usize,
}

impl Count {
    pub(crate) fn add(&mut self, other: &Count) {
        self.modules += other.modules;
        self.bytes += other.bytes;
        self.events += other.events;
        self.traps += other.traps;
        self.differences += other.differences;
    }
}

fn seeds_in_one(
    seeds: std::ops::Range<u64>,
    objects: bool,
    options: Options,
    file: &Path,
) -> Result<Count> {
    let module = if objects { generate::module_with_objects } else { generate::module };
    let mut cases = Vec::new();
    let mut expectations = Vec::new();
    let mut numbers = Vec::new();
    let mut count = Count::default();
    for seed in seeds {
        let Some(wasm) = module(seed) else {
            continue;
        };
        let mut case = Case::new(wasm, seed, generate::opt_level(seed))
            .with_context(|| format!("seed {seed}"))?;
        count.modules += 1;
        count.bytes += case.wasm.len();
        match expect(&mut case, options, file) {
            Ok(events) => {
                expectations.push(events);
                cases.push(case);
                numbers.push(seed);
            }
            Err(error) => {
                count.differences += 1;
                let name = write_module(seed, &case, options)?;
                println!("{}: no expectation: {error:#}", name.display());
            }
        }
    }
    let accounts = batch::play(&cases, options, file)?;
    let compared = cases.into_iter().zip(expectations).zip(accounts);
    for (seed, ((case, expected), account)) in numbers.into_iter().zip(compared) {
        count.events += expected.len();
        count.traps += expected.iter().filter(|event| matches!(event.end, End::Trapped(_))).count();
        if let Some(difference) = difference(&case, &expected, &account) {
            count.differences += 1;
            keep(seed, case, options, &difference, file)?;
        }
    }
    Ok(count)
}

/// Writes the module of a seed; returns its path without the extension.
fn write_module(seed: u64, case: &Case, options: Options) -> Result<PathBuf> {
    let folder = quench_tests::repository().join("target/fuzz");
    fs::create_dir_all(&folder)?;
    let name = folder.join(format!("run-{}-{seed}", options.cpu.target().short_name()));
    fs::write(name.with_extension("wasm"), &case.wasm)?;
    Ok(name)
}

/// Writes a module that differs, and a smaller one that also differs.
fn keep(seed: u64, case: Case, options: Options, difference: &str, file: &Path) -> Result<()> {
    let level = case.opt_level;
    let name = write_module(seed, &case, options)?;
    println!("{}: {difference}", name.display());
    let (small, now) = shrink::shrink(case, seed, options, file);
    fs::write(name.with_extension("small.wasm"), small)?;
    let text = format!("{}, {level:?}, seed {seed}\n{difference}\nshrunk: {now}\n", options.cpu);
    fs::write(name.with_extension("txt"), text)?;
    println!("{}: shrunk: {now}", name.display());
    Ok(())
}

/// Plays a module from a file, at each level.
fn replay(module: &PathBuf, options: Options, folder: &Path) -> Result<bool> {
    let wasm = fs::read(module).with_context(|| format!("reading {}", module.display()))?;
    let mut clean = true;
    for level in [OptLevel::None, OptLevel::Speed, OptLevel::Size] {
        let mut case = Case::new(wasm.clone(), seed_in(module), level)?;
        let expected = expect(&mut case, options, &folder.join("module"))?;
        let accounts = batch::play(std::slice::from_ref(&case), options, &folder.join("module"))?;
        for account in accounts {
            let found = difference(&case, &expected, &account);
            clean &= found.is_none();
            println!("{level:?}: {}", found.as_deref().unwrap_or("no difference"));
        }
    }
    Ok(clean)
}

/// Returns the seed in a name that `keep` gave; the arguments of the calls
/// follow from it.
fn seed_in(module: &Path) -> u64 {
    let name = module.file_name().unwrap_or_default().to_string_lossy();
    let digits = name.split(['-', '.']).find_map(|part| part.parse().ok());
    digits.unwrap_or(0)
}
