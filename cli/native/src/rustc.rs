//! Finds a Rust compiler that can compile for a target.

use anyhow::{Result, bail};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Returns the first of these compilers that has the target's core library: the
/// one of this build, the one in `PATH`, the distribution's. Rustup and
/// distributions offer different targets on different machines.
///
/// # Errors
///
/// When none of them has it; the message says how to install it.
pub(crate) fn for_target(target: &str) -> Result<PathBuf> {
    let candidates = [
        env::var_os("RUSTC").map(PathBuf::from),
        Some(PathBuf::from("rustc")),
        Some(PathBuf::from("/usr/bin/rustc")),
    ];
    for candidate in candidates.into_iter().flatten() {
        if has_core(&candidate, target) {
            return Ok(candidate);
        }
    }
    bail!(
        "no Rust compiler here has the core library for {target}; \
         install it with `rustup target add {target}`, or on Debian and Ubuntu with \
         `dpkg --add-architecture {0} && apt-get update && \
         apt-get install rustc-web libstd-rust-web-dev:{0}`",
        debian_architecture(target)
    );
}

/// Returns whether a compiler has the core library of a target.
fn has_core(rustc: &Path, target: &str) -> bool {
    let Ok(output) =
        Command::new(rustc).args(["--print", "target-libdir", "--target", target]).output()
    else {
        return false;
    };
    let directory = String::from_utf8_lossy(&output.stdout).trim().to_string();
    let Ok(entries) = fs::read_dir(directory) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libcore-") && name.ends_with(".rlib")
    })
}

/// Returns the name that Debian has for the architecture of a target.
fn debian_architecture(target: &str) -> &str {
    match target.split_once('-') {
        Some(("x86_64", _)) => "amd64",
        Some(("aarch64", _)) => "arm64",
        _ => target,
    }
}
