//! What runs executables of another machine's architecture.

use quench_compiler::Target;
use std::path::PathBuf;

/// QEMU's user-mode emulator.
pub fn name(target: Target) -> String {
    format!("qemu-{}", target.short_name())
}

/// The emulator in `PATH`, also under the name its static build has.
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
