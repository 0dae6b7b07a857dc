//! Finds the emulator that runs executables for another architecture.

use quench_compiler::Target;
use std::path::PathBuf;

/// Returns the name of QEMU's user-mode emulator for a target.
pub fn name(target: Target) -> String {
    format!("qemu-{}", target.short_name())
}

/// Finds the emulator in `PATH`, also under the name that its static build has.
pub fn find(target: Target) -> Option<PathBuf> {
    let name = name(target);
    let names = [name.clone(), format!("{name}-static")];
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|file| file.is_file())
}
