//! Does independent work on all processors.

use anyhow::{Context, Result};
use rayon::ThreadPoolBuilder;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Applies `work` to each item, several at a time; returns the results in the
/// items' order. Each item is work for one thread, even if it uses rayon: a
/// shared pool would begin other items while it waits for a program.
///
/// # Errors
///
/// Fails when threads cannot be started.
pub fn parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let (done, results) = mpsc::channel();
    thread::scope(|scope| -> Result<()> {
        for _ in 0..thread::available_parallelism()?.get() {
            let pool = ThreadPoolBuilder::new().num_threads(1).build()?;
            let (next, work, done) = (&next, &work, done.clone());
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(number) else {
                        break;
                    };
                    let result = pool.install(|| work(item));
                    if done.send((number, result)).is_err() {
                        break;
                    }
                }
            });
        }
        Ok(())
    })
    .context("starting threads")?;
    drop(done);
    let mut results: Vec<(usize, R)> = results.into_iter().collect();
    results.sort_by_key(|(number, _)| *number);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}
