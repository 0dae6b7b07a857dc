//! Builds the player for each machine. The file's path is in an environment
//! variable for the harness to embed.

use anyhow::{Context, Result};
use std::env;
use std::path::PathBuf;

const TARGETS: [(&str, &str); 2] = [
    ("x86_64-unknown-linux-gnu", "QUENCH_PLAYER_X86_64"),
    ("aarch64-unknown-linux-gnu", "QUENCH_PLAYER_AARCH64"),
];

fn main() -> Result<()> {
    let folder = |name| env::var_os(name).map(PathBuf::from).context("set by cargo");
    let tests = folder("CARGO_MANIFEST_DIR")?;
    let root = tests.parent().context("the workspace is around it")?;
    let out = folder("OUT_DIR")?;
    for (target, variable) in TARGETS {
        let player = quench_native::build("quench-player", None, root, target, &out)?;
        println!("cargo:rustc-env={variable}={}", player.display());
    }
    Ok(())
}
