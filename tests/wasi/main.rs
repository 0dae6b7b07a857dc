//! Runs modules that come with expectations, in the format of the public WASI
//! test suite, through the command line: builds each, runs it in a copy of its
//! folders, and compares. Ends in one line `N passed, M failed, K skipped`,
//! which counts modules.

mod case;
mod expectation;

use anyhow::Result;
use case::Case;
use clap::Parser;
use quench_compiler::Target;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Runs the WASI behaviour tests: the project's own, and the public suite.
#[derive(Parser)]
struct Arguments {
    /// Run the modules of this folder and its sub-folders instead
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
    /// Machine to build for; another machine's programs run under qemu
    #[arg(long, default_value_t = Target::host().unwrap_or(Target::X86_64))]
    target: Target,
    /// Name also what passed
    #[arg(long, short)]
    verbose: bool,
    /// Run only modules whose path contains one of these
    filter: Vec<String>,
}

/// The project's own tests.
const OWN: &str = "tests/wasi/cases";

/// Where the public suite is expected, beside the repository.
const PUBLIC: &str = "../shared/wasi-testsuite";

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let mut cases = Vec::new();
    for folder in folders(arguments.dir.as_deref()) {
        cases.extend(case::below(&folder)?);
    }
    cases.retain(|case| {
        let filter = &arguments.filter;
        filter.is_empty() || filter.iter().any(|part| case.path.contains(part))
    });
    anyhow::ensure!(!cases.is_empty(), "no modules there");

    let scratch = quench_tests::scratch("wasi-")?;
    let run = |case: &Case| case.run(arguments.target, scratch.path());
    let results = quench_tests::parallel(&cases, run)?;

    let failed = results.iter().filter(|result| result.is_err()).count();
    for (case, result) in cases.iter().zip(&results) {
        match result {
            Err(error) => println!("failed: {}: {error:#}", case.path),
            Ok(()) if arguments.verbose => println!("passed: {}", case.path),
            Ok(()) => {}
        }
    }
    println!("{} passed, {failed} failed, 0 skipped", cases.len() - failed);
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The folder asked for; without one the project's own and the public suite.
fn folders(asked: Option<&Path>) -> Vec<PathBuf> {
    if let Some(folder) = asked {
        return vec![folder.to_path_buf()];
    }
    let mut folders = vec![quench_tests::repository().join(OWN)];
    let public = quench_tests::repository().join(PUBLIC);
    if public.is_dir() {
        folders.push(public);
    } else {
        println!(
            "THE PUBLIC WASI SUITE IS MISSING: there is no {}, so only the project's own \
             modules are run; give another place with DIR=folder",
            public.display()
        );
    }
    folders
}
