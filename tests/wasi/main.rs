//! Runs modules and components that come with expectations, in the format of the public WASI
//! test suite, through the command line: builds each, runs it in a copy of its
//! folders, and compares. Ends in one line `N passed, M failed, K skipped`. Counts
//! modules; a folder of the public suite that is not there is one skipped.

mod case;
mod expectation;
mod operations;

use anyhow::Result;
use case::Case;
use clap::Parser;
use quench_compiler::Target;
use std::path::PathBuf;
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

/// The folder of the project's own tests.
const OWN: &str = "tests/wasi/cases";

/// The folder where the public suite is expected, beside the repository.
const PUBLIC: &str = "../shared/wasi-testsuite";

/// The folders of the public suite that have modules, by the language in which
/// these were written.
const LANGUAGES: [&str; 4] = ["assemblyscript", "c", "rust", "rust-p3"];

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let (folders, absent) = match &arguments.dir {
        Some(folder) => (vec![folder.clone()], Vec::new()),
        None => folders(),
    };
    let mut cases = Vec::new();
    for folder in folders {
        cases.extend(case::below(&folder)?);
    }
    cases.retain(|case| {
        let filter = &arguments.filter;
        filter.is_empty() || filter.iter().any(|part| case.path.contains(part))
    });
    let mut lacking = Vec::new();
    let mut able = Vec::new();
    for case in cases {
        match case.lacks()? {
            Some(what) => lacking.push((case, what)),
            None => able.push(case),
        }
    }
    let cases = able;
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
    for (case, what) in &lacking {
        println!("skipped: {}: it needs {what}, which programs do not have yet", case.path);
    }
    for folder in &absent {
        println!("skipped: there is no {folder}; `make wasi DIR=folder` runs another one");
    }
    let skipped = lacking.len() + absent.len();
    println!("{} passed, {failed} failed, {skipped} skipped", cases.len() - failed);
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Returns the folders of the project's own modules and of the public suite, and
/// those folders of the suite that are not there.
fn folders() -> (Vec<PathBuf>, Vec<String>) {
    let repository = quench_tests::repository();
    let folders = [OWN, PUBLIC].map(|folder| repository.join(folder));
    let languages = LANGUAGES.map(|language| format!("{PUBLIC}/{language}"));
    (
        folders.into_iter().filter(|folder| folder.is_dir()).collect(),
        languages.into_iter().filter(|folder| !repository.join(folder).is_dir()).collect(),
    )
}
