//! Runs specification test scripts: each becomes one executable that plays
//! it. Prints what failed and what was left out, and ends in one line
//! `N passed, M failed, K skipped`, which counts scripts.

mod components;
mod encode;
mod features;
mod known;
mod outcome;
mod provider;
mod script;
mod signatures;
mod sources;
mod table;
mod traps;
mod values;
mod wave;

use anyhow::{Context, Result, bail};
use clap::Parser;
use features::Feature;
use known::{Entry, Known};
use outcome::{Outcome, Verdict};
use quench_abi::heap_mode;
use quench_compiler::{Cpu, MemoryChecks, OptLevel, Options, Pass, Target};
use sources::Source;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use table::{Table, Tally};

/// Runs the official specification scripts, or those of a folder.
#[derive(Parser)]
struct Arguments {
    /// Run the .wast files of this folder and its sub-folders, instead of the
    /// official scripts for what quench compiles
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
    /// Machine to compile for; another machine's programs run under qemu
    #[arg(long, default_value_t = host())]
    target: Target,
    /// Processor to compile for, as `quench build` takes it
    #[arg(long, allow_hyphen_values = true)]
    cpu: Option<String>,
    /// Leave out a pass of the compiler, as `quench build` does
    #[arg(long, value_name = "PASS")]
    disable_pass: Vec<Pass>,

    /// Compile fast, as `quench build -O0` does
    #[arg(long)]
    fast: bool,
    /// Count what programs do, as `quench build --fuel` does
    #[arg(long)]
    fuel: bool,
    /// Check each access to memory, as `quench build --memory-checks explicit`
    /// does
    #[arg(long)]
    explicit: bool,
    /// Collect garbage as often as possible
    #[arg(long)]
    stress: bool,
    /// Leave out modules that need one of these features
    #[arg(long, value_name = "FEATURE", value_delimiter = ',', value_parser = features::parse)]
    skip: Vec<Feature>,
    /// Run on each machine, and write what passed to this page
    #[arg(long, value_name = "FILE", conflicts_with_all = ["target", "cpu", "disable_pass", "fast", "fuel", "explicit", "stress"])]
    table: Option<PathBuf>,
    /// Leave the executables, and say where
    #[arg(long)]
    keep: bool,
    /// Say how each script went
    #[arg(long, short)]
    verbose: bool,
    /// Run only scripts whose path contains one of these
    filter: Vec<String>,
}

fn host() -> Target {
    Target::host().unwrap_or(Target::X86_64)
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let mut scripts = match &arguments.dir {
        Some(folder) => sources::folder(folder)?,
        None => sources::official()?,
    };
    let known = Known::load()?;
    let wanted = |script: &Source| {
        let filter = &arguments.filter;
        filter.is_empty() || filter.iter().any(|part| script.path.contains(part))
    };
    scripts.retain(wanted);
    if scripts.is_empty() {
        bail!("no scripts there");
    }

    let targets = match arguments.table {
        Some(_) => Target::ALL.to_vec(),
        None => vec![arguments.target],
    };
    let mut count = Tally::default();
    let mut table = Table::default();
    for target in targets {
        for (script, mut outcome) in scripts.iter().zip(run_all(&scripts, target, &arguments)?) {
            let known = known.of(&script.path, target);
            let expected = take_known(&mut outcome, &known);
            let tally = report(script, &outcome, expected, arguments.verbose);
            table.add(script.folder(), target, &tally);
            count.add(&tally);
        }
    }
    if let Some(file) = &arguments.table {
        fs::write(file, table.page()).with_context(|| format!("writing {}", file.display()))?;
    }
    if count.known > 0 {
        println!("{} known failures, see {}", count.known, known::LIST);
    }
    println!("{} passed, {} failed, {} skipped", count.passed, count.failed(), count.skipped);
    Ok(if count.failed() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Takes the listed failures out of an outcome; returns how many there were. A
/// listed failure that did not occur becomes a failure itself.
fn take_known(outcome: &mut Outcome, known: &[&Entry]) -> usize {
    let before = outcome.failures.len();
    for entry in known {
        let failures = outcome.failures.len();
        outcome.failures.retain(|message| !entry.explains(message));
        if outcome.failures.len() == failures {
            let place = entry.place;
            let surprise = format!("{place}: does not fail; take it off {}", known::LIST);
            outcome.failures.push(surprise);
        } else {
            println!("known failure: {}: {}", entry.place, entry.reason);
        }
    }
    before.saturating_sub(outcome.failures.len())
}

/// Prints how a script went, and returns it as a tally.
fn report(script: &Source, outcome: &Outcome, known: usize, verbose: bool) -> Tally {
    let path = &script.path;
    let mut tally = Tally { scripts: 1, directives: outcome.passed, ..Tally::default() };
    for message in &outcome.left_out {
        println!("left out: {message}");
    }
    match outcome.verdict() {
        Verdict::Passed if known > 0 => tally.known = 1,
        Verdict::Passed => {
            tally.passed = 1;
            if verbose {
                println!("passed: {path} ({} directives)", outcome.passed);
            }
        }
        Verdict::Skipped => {
            tally.skipped = 1;
            println!("skipped: {path}");
        }
        Verdict::Failed => {
            let failed = outcome.failures.len();
            let directives = outcome.passed + failed;
            println!("failed: {path} ({failed} of {directives} directives)");
            let shown = if verbose { failed } else { 5 };
            for message in outcome.failures.iter().take(shown) {
                println!("    {message}");
            }
        }
    }
    tally
}

fn options(target: Target, arguments: &Arguments) -> Result<Options> {
    let mut options = Options { check_registers: true, ..Options::new(target) };
    if arguments.fast {
        options.opt_level = OptLevel::None;
    }
    // More than any script takes.
    options.fuel = arguments.fuel.then_some(i64::MAX as u64);
    if arguments.explicit {
        options.memory_checks = MemoryChecks::Explicit;
    }
    if arguments.stress {
        options.heap_mode = heap_mode::STRESS;
    }
    if let Some(cpu) = &arguments.cpu {
        options.cpu = Cpu::parse(target, cpu).map_err(anyhow::Error::msg)?;
    }
    let disabled = arguments.disable_pass.iter();
    options.passes = disabled.fold(options.passes, |passes, pass| passes.without(*pass));
    Ok(options)
}

/// Returns the options with which `quench build` compiles as [`options`] say.
fn command_line(arguments: &Arguments) -> Vec<String> {
    let mut line: Vec<String> = Vec::new();
    line.extend(arguments.fast.then(|| "-O0".to_string()));
    line.extend(arguments.fuel.then(|| format!("--fuel={}", i64::MAX)));
    line.extend(arguments.explicit.then(|| "--memory-checks=explicit".to_string()));
    line.extend(arguments.cpu.as_ref().map(|cpu| format!("--cpu={cpu}")));
    line.extend(arguments.disable_pass.iter().map(|pass| format!("--disable-pass={pass}")));
    line
}

/// Runs the scripts; returns outcomes in the scripts' order.
fn run_all(scripts: &[Source], target: Target, arguments: &Arguments) -> Result<Vec<Outcome>> {
    let options = options(target, arguments)?;
    let build = components::Build { target, options: command_line(arguments) };
    let folder = quench_tests::scratch("spec-")?;
    let outcomes = quench_tests::parallel(scripts, |script| {
        let file = folder.path().join(script.file_name());
        // Ours have nothing that is not compiled.
        let skip = if script.folder() == sources::OWN && arguments.dir.is_none() {
            &[]
        } else {
            arguments.skip.as_slice()
        };
        components::of(script, &build, &file)
            .unwrap_or_else(|| outcome::of(script, options, skip, &file))
    })?;
    if arguments.keep {
        println!("the executables are in {}", folder.keep().display());
    }
    Ok(outcomes)
}
