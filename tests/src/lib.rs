//! The parts that the harnesses share: where files are, how records get into
//! executables, how executables are run for either machine, and functions that are
//! hard to compile. Only those know of WebAssembly.

mod function_map;
mod parallel;
mod records;
mod run;
pub mod shapes;
pub mod snapshot;
pub mod wit;

pub use function_map::FunctionMap;
pub use parallel::parallel;
pub use records::Records;
pub use run::{Finished, Limits, command, run};

use anyhow::{Context, Result};
use quench_compiler::Target;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Returns the top folder of the repository.
pub fn repository() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests)
}

/// Returns the folder of the modules and objects that several levels of tests
/// use.
pub fn fixtures() -> PathBuf {
    repository().join("tests/fixtures")
}

/// Returns the player for a machine, an object file: it runs test scripts and
/// cases in an executable, and contains the runtime.
pub fn player(target: Target) -> &'static [u8] {
    match target {
        Target::X86_64 => include_bytes!(env!("QUENCH_PLAYER_X86_64")),
        Target::Aarch64 => include_bytes!(env!("QUENCH_PLAYER_AARCH64")),
    }
}

/// Returns the path of the command `quench` that was built in the same profile
/// as this test.
///
/// # Errors
///
/// Fails when it has not been built.
pub fn quench() -> Result<PathBuf> {
    let test = std::env::current_exe().context("where is this test?")?;
    let mut folders = test.ancestors().skip(1);
    let found = folders.find_map(|folder| {
        let path = folder.join("quench");
        path.is_file().then_some(path)
    });
    found.context(
        "the command `quench` is not there, which this test runs; build it first: \
         cargo build --release --workspace",
    )
}

/// Makes an empty folder for the files of one test; dropping the value removes
/// it.
///
/// # Errors
///
/// Fails when it cannot be made.
pub fn scratch(test: &str) -> Result<TempDir> {
    let place = repository().join("target/tmp");
    let made = std::fs::create_dir_all(&place)
        .and_then(|()| tempfile::Builder::new().prefix(test).tempdir_in(&place));
    made.with_context(|| format!("making a folder in {}", place.display()))
}
