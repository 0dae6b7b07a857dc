//! What the harnesses share: where things are, how records get into executables,
//! and how those are run for either machine. Knows nothing of WebAssembly.

mod function_map;
mod parallel;
mod records;
mod run;
pub mod snapshot;

pub use function_map::FunctionMap;
pub use parallel::parallel;
pub use records::Records;
pub use run::{Finished, Limits, command, run};

use anyhow::{Context, Result};
use quench_compiler::Target;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The top folder of the repository.
pub fn repository() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests)
}

/// Returns the folder of the modules and objects that several levels of tests
/// use.
pub fn fixtures() -> PathBuf {
    repository().join("tests/fixtures")
}

/// What plays test scripts and cases in an executable, with the runtime: an
/// object file.
pub fn player(target: Target) -> &'static [u8] {
    match target {
        Target::X86_64 => include_bytes!(env!("QUENCH_PLAYER_X86_64")),
        Target::Aarch64 => include_bytes!(env!("QUENCH_PLAYER_AARCH64")),
    }
}

/// The command `quench` as it was built in this profile.
///
/// # Errors
///
/// When it has not been built.
pub fn quench() -> Result<PathBuf> {
    let test = std::env::current_exe().context("where is this test?")?;
    let mut folders = test.ancestors().skip(1);
    let found = folders.find_map(|folder| {
        let path = folder.join("quench");
        path.is_file().then_some(path)
    });
    found.context("the command is not there; run `cargo build --release -p quench` first")
}

/// A fresh folder for the files of one test; it goes when the value does.
///
/// # Errors
///
/// When it cannot be made.
pub fn scratch(test: &str) -> Result<TempDir> {
    let place = repository().join("target/tmp");
    let made = std::fs::create_dir_all(&place)
        .and_then(|()| tempfile::Builder::new().prefix(test).tempdir_in(&place));
    made.with_context(|| format!("making a folder in {}", place.display()))
}
