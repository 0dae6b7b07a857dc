//! The files of profiles: where a program writes its profile, and those that a
//! program is built with. The compiler knows their content.

use crate::args::EmitKind;
use crate::fault::Kind;
use crate::files::output::Destination;
use anyhow::{Context, Result, anyhow, bail};
use quench_compiler::Profile;
use std::fs;
use std::path::{Path, PathBuf};

/// Returns the path to which the program at `output` writes its profile: `named`
/// if that is given, else the name of `output` with the extension `profile`.
///
/// # Errors
///
/// When `emit` does not make a program, or `named` is empty.
pub fn file(named: Option<&Path>, emit: EmitKind, output: &Destination) -> Result<PathBuf> {
    if !matches!(emit, EmitKind::Exe | EmitKind::Oci) {
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

/// Reads profiles and merges them into one; returns `None` for no paths. The path
/// of a folder stands for the files in it.
///
/// # Errors
///
/// When a file cannot be read or is not a profile, and when a folder has no files.
pub fn read(paths: &[PathBuf]) -> Result<Option<Profile>> {
    let mut all: Option<Profile> = None;
    for path in paths {
        for file in files(path)? {
            let shown = file.display();
            let bytes = fs::read(&file).with_context(|| format!("cannot read `{shown}`"))?;
            let profile = Profile::parse(&bytes);
            let profile = profile.map_err(|what| {
                Kind::Invalid.of(anyhow!("`{shown}` cannot be used as a profile: {what}"))
            })?;
            match &mut all {
                Some(all) => all.merge(profile),
                None => all = Some(profile),
            }
        }
    }
    Ok(all)
}

/// Returns `path`, or the files of the folder `path` in the order of their names.
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
