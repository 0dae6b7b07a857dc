//! The reproducer of a failure of quench itself: a folder with the modules and the
//! command line, which a person can send with a bug report.

use crate::build::modules::Modules;
use crate::version;
use anyhow::Result;
use quench_compiler::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

const ISSUES: &str = "https://github.com/quench-lang/quench/issues";

/// Writes the folder if `error` is internal to the compiler, in the current
/// directory or the one for temporary files, and returns notes that ask the person
/// to report the bug. `read` reads the modules again, because a build does not keep
/// them.
pub fn notes(error: &anyhow::Error, read: impl FnOnce() -> Result<Modules>) -> Vec<String> {
    let compiler = error.chain().find_map(|cause| cause.downcast_ref());
    if !matches!(compiler, Some(Error::Internal { .. })) {
        return Vec::new();
    }
    let written = read().ok().and_then(|modules| {
        let name = format!("quench-report-{}", digest(&modules));
        let places = [PathBuf::from(&name), env::temp_dir().join(&name)];
        let mut places = places.into_iter();
        places.find(|folder| write(folder, error, &modules).is_ok())
    });
    let Some(folder) = written else {
        return vec![format!(
            "this is a bug in quench; please report it at {ISSUES} with the module"
        )];
    };
    vec![
        format!(
            "this is a bug in quench; please report it at {ISSUES} with what is in `{}`",
            folder.display()
        ),
        "`quench reduce` makes the module smaller, as long as it still fails".to_string(),
    ]
}

fn write(folder: &Path, error: &anyhow::Error, modules: &Modules) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut report = format!("quench {}\n\n{error:#}\n\n", version::LONG.as_str());
    for argument in env::args_os() {
        let _ = writeln!(report, "argument: {}", argument.display());
    }
    for (number, module) in modules.iter().enumerate() {
        // A module's name can have any characters, so it is no file name.
        let file = format!("module{number}.wasm");
        fs::write(folder.join(&file), &module.wasm)?;
        let _ = writeln!(report, "{file}: {}", module.name);
    }
    fs::write(folder.join("report.txt"), report)
}

/// Returns a hash of the modules for the folder's name, so that the same modules
/// get the same folder.
fn digest(modules: &Modules) -> String {
    let mut hasher = blake3::Hasher::new();
    for module in modules.iter() {
        hasher.update(&module.wasm);
    }
    hasher.finalize().to_hex()[..8].to_string()
}
