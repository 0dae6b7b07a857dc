//! The key under which an executable is kept in the cache: a hash of everything
//! that decides its content.

use super::modules::Modules;
use super::request::Request;
use crate::args::CacheArgs;
use crate::version;
use anyhow::{Context, Result};
use blake3::Hasher;
use std::fs;
use std::os::unix::fs::MetadataExt;

/// Returns the key of the executable that `request` makes from `modules`, in
/// hexadecimal digits.
///
/// # Errors
///
/// When the metadata of quench's own executable cannot be read.
pub fn key(request: &Request<'_>, modules: &Modules) -> Result<String> {
    let mut hasher = Hasher::new();
    let mut add = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update_rayon(bytes);
    };
    add(build_id()?.as_bytes());
    for module in modules.iter() {
        add(module.name.as_bytes());
        add(&module.wasm);
    }
    let mut compile = request.compile.clone();
    // The request has what these mean, or they do not change the executable.
    compile.target = Vec::new();
    compile.cpu = None;
    compile.jobs = None;
    compile.cache = CacheArgs::default();
    // The `Debug` form has every option, including those added later.
    add(format!(
        "{compile:?}{:?}{:?}{:?}{:?}",
        request.cpu, request.policy, request.invoke, request.symbols
    )
    .as_bytes());
    Ok(hasher.finalize().to_hex().to_string())
}

/// Returns what tells two builds of quench apart: the version, and the size and
/// time of the executable.
fn build_id() -> Result<String> {
    let file = std::env::current_exe().and_then(fs::metadata);
    let file = file.context("cannot look at quench's own file")?;
    let (seconds, nanoseconds) = (file.mtime(), file.mtime_nsec());
    Ok(format!("{} {} {seconds}.{nanoseconds}", version::VERSION, file.len()))
}
