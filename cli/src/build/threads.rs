//! Runs work on a number of threads, and turns a panic into an error.

use anyhow::{Context, Result, anyhow};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `work`, and the parallel parts of it on `jobs` threads; `None` means one
/// per processor.
///
/// # Errors
///
/// Returns the errors of `work`, and fails when the threads cannot be started.
pub fn on_threads<T: Send>(
    jobs: Option<u16>,
    work: impl FnOnce() -> Result<T> + Send,
) -> Result<T> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(jobs.map_or(0, usize::from))
        .build()
        .context("cannot start threads")?;
    pool.install(|| guarded(work))
}

/// Runs `work`, and turns a panic in it into an internal error of the compiler.
///
/// # Errors
///
/// Returns the errors of `work`.
pub fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    // Nothing that the panic left half done is used afterwards.
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|payload| Err(anyhow!(quench_compiler::Error::panicked(None, &*payload))))
}
