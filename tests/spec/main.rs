//! Runs specification test scripts: each becomes one executable that plays
//! it. Prints what failed and what was left out, and ends in one line
//! `N passed, M failed, K skipped`, which counts scripts.

mod encode;
mod features;
mod known;
mod outcome;
mod provider;
mod script;
mod sources;
mod traps;
mod values;

use anyhow::{Context, Result, bail};
use clap::Parser;
use features::Feature;
use known::Known;
use outcome::{Outcome, Verdict};
use quench_compiler::Target;
use sources::Source;
use std::path::PathBuf;
use std::process::ExitCode;

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
    /// Leave out modules that need one of these features
    #[arg(long, value_name = "FEATURE", value_delimiter = ',', value_parser = features::parse)]
    skip: Vec<Feature>,
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
    let mut arguments = Arguments::parse();
    let (mut scripts, known) = match &arguments.dir {
        Some(folder) => (sources::folder(folder)?, Known::none()),
        None => (sources::official(), Known::load()?),
    };
    if arguments.dir.is_none() && arguments.skip.is_empty() {
        arguments.skip = sources::not_yet()?;
    }
    let wanted = |script: &Source| {
        let filter = &arguments.filter;
        filter.is_empty() || filter.iter().any(|part| script.path.contains(part))
    };
    scripts.retain(wanted);
    if scripts.is_empty() {
        bail!("no scripts there");
    }

    let mut count = Count::default();
    for (script, outcome) in scripts.iter().zip(run_all(&scripts, &arguments)?) {
        report(script, &outcome, &arguments, &known, &mut count);
    }
    if count.known > 0 {
        println!("{} of the failed are known", count.known);
    }
    println!(
        "{} passed, {} failed, {} skipped",
        count.passed, count.failed, count.skipped
    );
    let fine = count.failed == count.known && count.surprises == 0;
    Ok(if fine {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

#[derive(Default)]
struct Count {
    passed: usize,
    failed: usize,
    skipped: usize,
    /// Of the failed.
    known: usize,
    /// Scripts on the list of known failures that passed.
    surprises: usize,
}

fn report(
    script: &Source,
    outcome: &Outcome,
    arguments: &Arguments,
    known: &Known,
    count: &mut Count,
) {
    let path = &script.path;
    for message in &outcome.left_out {
        println!("left out: {message}");
    }
    let reason = known.reason(path, arguments.target);
    match (outcome.verdict(), reason) {
        (Verdict::Passed, None) => {
            count.passed += 1;
            if arguments.verbose {
                println!("passed: {path} ({} directives)", outcome.passed);
            }
        }
        (Verdict::Passed, Some(_)) => {
            count.passed += 1;
            count.surprises += 1;
            println!("error: {path} passed; take it off {}", known::LIST);
        }
        (Verdict::Skipped, _) => {
            count.skipped += 1;
            println!("skipped: {path}");
        }
        (Verdict::Failed, Some(reason)) => {
            count.failed += 1;
            count.known += 1;
            println!("known failure: {path}: {reason}");
        }
        (Verdict::Failed, None) => {
            count.failed += 1;
            let directives = outcome.passed + outcome.failures.len();
            println!(
                "failed: {path} ({} of {directives} directives)",
                outcome.failures.len()
            );
            let shown = if arguments.verbose { usize::MAX } else { 5 };
            for message in outcome.failures.iter().take(shown) {
                println!("    {message}");
            }
        }
    }
}

/// Runs the scripts; outcomes come in their order.
fn run_all(scripts: &[Source], arguments: &Arguments) -> Result<Vec<Outcome>> {
    let folder = quench_tests::scratch(&format!("spec-{}", arguments.target.short_name()))?;
    let outcomes = quench_tests::parallel(scripts, |script| {
        let file = folder.join(script.file_name());
        outcome::of(script, arguments.target, &arguments.skip, &file)
    })?;
    std::fs::remove_dir_all(&folder).context("removing the scripts' executables")?;
    Ok(outcomes)
}
