//! A hash of all that decides what the compiler makes of a module, besides the module
//! and the options. Keys of the function cache begin with it, so that a compiler never
//! takes code that another one made.
//!
//! Shared by the build script, which puts it into the compiler, and by `tests/cache`.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::{fs, io};

/// Files and folders that decide code, from the compiler's folder on: its sources, the
/// contract with the runtime (offsets, sizes and numbers of it are in code), the register
/// allocator, and the versions of all dependencies.
pub(crate) const INPUTS: [&str; 5] =
    ["src", "fingerprint.rs", "../allocator/src", "../runtime-support/abi/src", "../Cargo.lock"];

/// Returns the hash of the inputs: of their paths and contents, in order.
///
/// # Errors
///
/// When one of them cannot be read.
pub(crate) fn fingerprint(compiler: &Path) -> io::Result<u64> {
    let mut hasher = DefaultHasher::new();
    for input in INPUTS {
        input.hash(&mut hasher);
        add(&compiler.join(input), &mut hasher)?;
    }
    Ok(hasher.finish())
}

/// Adds a file's content, or the names and contents of a folder's files.
fn add(path: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    if path.is_file() {
        fs::read(path)?.hash(hasher);
        return Ok(());
    }
    let entries = fs::read_dir(path)?.map(|entry| Ok(entry?.path()));
    let mut paths = entries.collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    paths.iter().try_for_each(|path| {
        path.file_name().hash(hasher);
        add(path, hasher)
    })
}
