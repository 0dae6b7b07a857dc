//! The environment of a cargo that a build script runs. Variables that describe the
//! script's own build must not reach it; the user's settings (registries, network,
//! terminal, job server) must.

use std::env;
use std::ffi::OsString;
use std::process::Command;

/// Prefixes of the variables that describe or change a build.
const PREFIXES: [&str; 13] = [
    "CARGO_BIN_",
    "CARGO_BUILD_",
    "CARGO_CFG_",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_FEATURE_",
    "CARGO_MANIFEST_",
    "CARGO_PKG_",
    "CARGO_PRIMARY_PACKAGE",
    "CARGO_PROFILE_",
    "CARGO_TARGET_",
    "CARGO_UNSTABLE_",
    "DEP_",
    "RUSTC",
];

/// Names of the other variables that describe or change a build.
const NAMES: [&str; 9] = [
    "DEBUG",
    "HOST",
    "NUM_JOBS",
    "OPT_LEVEL",
    "OUT_DIR",
    "PROFILE",
    "RUSTFLAGS",
    "RUSTDOCFLAGS",
    "TARGET",
];

/// Returns a command that runs the cargo of the build script, in a clean
/// environment.
pub(crate) fn cargo() -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut cargo = Command::new(program);
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(describes_a_build) {
            cargo.env_remove(name);
        }
    }
    cargo
}

fn describes_a_build(name: &str) -> bool {
    // RUSTC_BOOTSTRAP is set by the user and does no harm: it allows unstable
    // features.
    name != "RUSTC_BOOTSTRAP"
        && (NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_build_goes_and_the_user_stays() {
        for name in ["CARGO_CFG_TARGET_OS", "RUSTC_WORKSPACE_WRAPPER", "RUSTFLAGS", "TARGET"] {
            assert!(describes_a_build(name), "{name}");
        }
        for name in ["CARGO_HOME", "CARGO_NET_OFFLINE", "CARGO_MAKEFLAGS", "PATH", "HOME"] {
            assert!(!describes_a_build(name), "{name}");
        }
    }
}
