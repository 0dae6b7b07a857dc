//! Builds a no_std package of this workspace, from a build script, for a target
//! that quench makes executables for. Knows cargo and rustc, not what is in the
//! package.
//!
//! Link-time optimisation leaves one object with all that the package needs.
//! That object is the result: the rest of the archive that rustc makes is its
//! support library, of which nothing is used.

mod constants;
mod environment;
mod object_file;
mod rustc;

use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

/// Flags of rustc for the nested build. The address of the code is not known
/// yet; only profilers, by frame pointers, and debuggers unwind through it.
const RUSTFLAGS: [&str; 3] =
    ["-Crelocation-model=pic", "-Cforce-unwind-tables=yes", "-Cforce-frame-pointers=yes"];

/// Flag that has atomic operations compiled in place, instead of calling the
/// support library, which would choose between two kinds of instructions at run
/// time. There is only one thread.
const RUSTFLAGS_AARCH64: &str = "-Ctarget-feature=-outline-atomics";

/// Builds `package` of the workspace at `root`, with its feature
/// `freestanding` and perhaps another one, for `target`, a triple. Returns the path of an ELF
/// relocatable object in `out_dir`.
///
/// Tells cargo to run the build script again when a source changes.
///
/// # Errors
///
/// When no compiler for the target is installed, when the package does not
/// compile, and when it needs rustc's support library.
pub fn build(
    package: &str,
    feature: Option<&str>,
    root: &Path,
    target: &str,
    out_dir: &Path,
) -> Result<PathBuf> {
    let rustc = rustc::for_target(target)?;
    let name = feature.unwrap_or("native");
    let target_dir = out_dir.join(name).join(target);
    let features: Vec<&str> = ["freestanding"].into_iter().chain(feature).collect();
    run_cargo(package, &features, root, target, &rustc, &target_dir)
        .with_context(|| format!("cannot build {package} for {target}"))?;

    let built = target_dir.join(target).join("native");
    let library = format!("lib{}", package.replace('-', "_"));
    rerun_if_changed(&built.join(format!("{library}.d")), root)?;

    let archive = read(&built.join(format!("{library}.a")))?;
    let object = object_file::extract(&archive)
        .with_context(|| format!("{package} for {target} is not fit for linking"))?;
    let path = out_dir.join(format!("{package}-{name}-{target}.o"));
    fs::write(&path, object).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

fn run_cargo(
    package: &str,
    features: &[&str],
    root: &Path,
    target: &str,
    rustc: &Path,
    target_dir: &Path,
) -> Result<()> {
    let mut rustflags = RUSTFLAGS.map(OsString::from).to_vec();
    if target.starts_with("aarch64") {
        rustflags.push(RUSTFLAGS_AARCH64.into());
    }
    rustflags.extend(registries().iter().map(|folder| without(folder)));
    let mut cargo = environment::cargo();
    cargo
        .current_dir(root)
        .env("RUSTC", rustc)
        .env("CARGO_ENCODED_RUSTFLAGS", rustflags.join(OsStr::new("\x1f")))
        .args(["rustc", "--locked", "--profile", "native", "--lib"])
        .args(["--package", package, "--features", &features.join(",")])
        .args(["--target", target, "--crate-type", "staticlib"])
        .arg("--target-dir")
        .arg(target_dir);
    let output = cargo.output().context("cannot run cargo")?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim_end());
    }
    Ok(())
}

/// Returns the folders in which cargo unpacks dependencies.
fn registries() -> Vec<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let folders = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok());
    let entries = folders.into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// Returns the flag that removes a folder from the source locations of panics:
/// they are in every executable, and must be the same wherever quench was
/// built.
fn without(folder: &Path) -> OsString {
    let mut flag = OsString::from("--remap-path-prefix=");
    flag.push(folder);
    flag.push("=");
    flag
}

/// Tells cargo to run the build script again when one of these changes: the
/// sources that the nested cargo lists, their manifests, and the manifest and
/// lock file of the workspace.
fn rerun_if_changed(dependencies: &Path, root: &Path) -> Result<()> {
    let list = String::from_utf8(read(dependencies)?)?;
    let mut paths = BTreeSet::from([root.join("Cargo.toml"), root.join("Cargo.lock")]);
    for source in sources(&list) {
        let manifest = source
            .ancestors()
            .map(|folder| folder.join("Cargo.toml"))
            .find(|manifest| manifest.exists());
        paths.extend(manifest);
        paths.insert(source);
    }
    for path in paths {
        println!("cargo:rerun-if-changed={}", path.display());
    }
    Ok(())
}

/// Returns the prerequisites of a make rule as cargo writes it: separated by
/// spaces, with a backslash before a space that is part of a name.
fn sources(rule: &str) -> Vec<PathBuf> {
    let prerequisites = rule
        .lines()
        .next()
        .and_then(|line| line.split_once(": "))
        .map_or("", |(_, prerequisites)| prerequisites);
    const SPACE_IN_NAME: &str = "\0";
    prerequisites
        .replace("\\ ", SPACE_IN_NAME)
        .split(' ')
        .filter(|name| !name.is_empty())
        .map(|name| PathBuf::from(name.replace(SPACE_IN_NAME, " ")))
        .collect()
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_of_a_rule() {
        let rule = "/out/lib.a: /src/a.rs /my\\ src/b.rs\n";
        assert_eq!(sources(rule), [PathBuf::from("/src/a.rs"), PathBuf::from("/my src/b.rs")]);
        assert!(sources("").is_empty());
    }
}
