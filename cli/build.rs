//! Builds the native archives that `src/link/runtime_object.rs` embeds, one for
//! each target.

use anyhow::{Context, Result};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The package whose code every executable has.
const PACKAGE: &str = "quench-wasi-shim";
/// Environment variable with the path of the object, the target, and the feature that the
/// package is built with, for each object.
const OBJECTS: [(&str, &str, Option<&str>); 6] = [
    ("QUENCH_WASI_SHIM_X86_64", X86_64, None),
    ("QUENCH_WASI_SHIM_AARCH64", AARCH64, None),
    ("QUENCH_COMPONENT_SHIM_X86_64", X86_64, Some("components")),
    ("QUENCH_COMPONENT_SHIM_AARCH64", AARCH64, Some("components")),
    ("QUENCH_ARCHIVE_SHIM_X86_64", X86_64, Some("archive")),
    ("QUENCH_ARCHIVE_SHIM_AARCH64", AARCH64, Some("archive")),
];
const X86_64: &str = "x86_64-unknown-linux-gnu";
const AARCH64: &str = "aarch64-unknown-linux-gnu";

fn main() -> Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-env=QUENCH_RUSTC={}", rustc()?);
    let manifest = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let root = manifest.parent().context("cli/ is in no workspace")?;
    let out_dir = env::var("OUT_DIR")?;
    for (variable, target, feature) in OBJECTS {
        let object = quench_native::build(PACKAGE, feature, root, target, Path::new(&out_dir))?;
        println!("cargo:rustc-env={variable}={}", object.display());
    }
    Ok(())
}

/// Returns the version of the compiler that builds quench, and the target that
/// it builds for.
fn rustc() -> Result<String> {
    let output = Command::new(env::var("RUSTC")?).arg("--version").output()?;
    let version = String::from_utf8_lossy(&output.stdout);
    Ok(format!("{} for {}", version.trim(), env::var("TARGET")?))
}
