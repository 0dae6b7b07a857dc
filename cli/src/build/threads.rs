//! Where the work is done: on how many threads, and that a panic in it is an
//! error like others.

use anyhow::{Context, Result, anyhow};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs compilation and linking on as many threads as `-j` says.
///
/// # Errors
///
/// Those of `work`, or when threads cannot be started.
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

/// A panic as the error that it is: ours.
///
/// # Errors
///
/// Those of `work`.
pub fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    // What was left half done is not looked at any more.
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|payload| Err(anyhow!(quench_compiler::Error::panicked(None, &*payload))))
}
