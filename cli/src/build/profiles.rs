//! Profiles as files: where a program writes its own, and those that one is
//! built with. What is in them, the compiler knows.

use crate::args::EmitKind;
use crate::files::output::Destination;
use anyhow::{Context, Result, anyhow, bail};
use quench_compiler::Profile;
use std::fs;
use std::path::{Path, PathBuf};

/// Where a program that is to become `output` writes its profile.
///
/// # Errors
///
/// When it is no program that is made.
pub fn file(named: Option<&Path>, emit: EmitKind, output: &Destination) -> Result<PathBuf> {
    if emit != EmitKind::Exe {
        bail!("--profile-generate makes executables only, so it does not go with --emit");
    }
    let own = match output {
        Destination::File(path) => path.file_name().map(Path::new),
        Destination::Stdout => None,
    };
    match named {
        Some(path) if path.as_os_str().is_empty() => bail!("--profile-generate= names no file"),
        Some(path) => Ok(path.to_path_buf()),
        None => Ok(own.unwrap_or(Path::new("quench")).with_extension("profile")),
    }
}

/// What all of these say together; nothing if there are none.
///
/// # Errors
///
/// When one cannot be read or is no profile, and when a folder is empty.
pub fn read(paths: &[PathBuf]) -> Result<Option<Profile>> {
    let mut all: Option<Profile> = None;
    for path in paths {
        for file in files(path)? {
            let shown = file.display();
            let bytes = fs::read(&file).with_context(|| format!("cannot read `{shown}`"))?;
            let profile = Profile::parse(&bytes);
            let profile =
                profile.map_err(|what| anyhow!("`{shown}` cannot be used as a profile: {what}"))?;
            match &mut all {
                Some(all) => all.merge(profile),
                None => all = Some(profile),
            }
        }
    }
    Ok(all)
}

/// The file itself, or those in the folder in the order of their names.
fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let cannot = || format!("cannot read `{}`", path.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(path).with_context(cannot)? {
        let file = entry.with_context(cannot)?.path();
        if file.is_file() {
            files.push(file);
        }
    }
    if files.is_empty() {
        bail!("there is no profile in `{}`", path.display());
    }
    files.sort();
    Ok(files)
}
