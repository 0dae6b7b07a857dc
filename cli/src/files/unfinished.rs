//! Removes files with temporary names before a signal ends the process. Such files
//! exist only where a file system has no files without names: elsewhere the kernel
//! removes them, and no handler is installed.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// The temporary names of this process, including those that were removed or
/// renamed: removing them once more does no harm.
static NAMES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn names() -> MutexGuard<'static, Vec<PathBuf>> {
    NAMES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes a file with the temporary name `path`, and removes it if a signal
/// comes. Does not return if one has come already.
///
/// # Errors
///
/// Returns the errors of `make`.
pub fn make<T>(path: &Path, make: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
    static WATCH: OnceLock<()> = OnceLock::new();
    // If that fails, a signal leaves files behind.
    WATCH.get_or_init(|| drop(watch()));
    let mut names = names();
    let made = make(path)?;
    names.push(path.to_path_buf());
    Ok(made)
}

/// Starts a thread that waits for the signals that end a process, but for those
/// that the caller of this process has it ignore.
fn watch() -> io::Result<()> {
    let status = fs::read_to_string("/proc/self/status")?;
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    let ignored = ignored.unwrap_or_default();
    let ending = [SIGHUP, SIGINT, SIGTERM];
    let watched = ending.into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
    let mut signals = Signals::new(watched)?;
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            // With the lock held, no other file is made from here on.
            let names = names();
            for name in names.iter() {
                let _ = fs::remove_file(name);
            }
            let _ = emulate_default_handler(signal);
        }
    });
    Ok(())
}
