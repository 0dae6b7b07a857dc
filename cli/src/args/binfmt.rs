//! The arguments of `quench binfmt`, and the command line of the name under which the
//! kernel starts quench.

use clap::Args;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The arguments of `quench binfmt`.
#[derive(Debug, Args)]
#[command(after_help = BINFMT_EXAMPLES)]
pub struct BinfmtArgs {
    /// Program that the kernel starts with the path of the module and the program's
    /// arguments [default: `quench-run` beside quench]
    #[arg(long, value_name = "PATH")]
    pub interpreter: Option<PathBuf>,
}

const BINFMT_EXAMPLES: &str = "\
Examples:
  ln -s quench /usr/local/bin/quench-run     quench by this name is `quench run --`
  quench binfmt > /etc/binfmt.d/quench.conf  from the next start of the machine on; or now:
  quench binfmt | while IFS= read -r line; do
    printf %s \"$line\" > /proc/sys/fs/binfmt_misc/register; done

Modules and components that are marked as executable then run as `./tool.wasm`.
quench itself registers nothing. Without options a program may use nothing but its
arguments and its standard streams; an interpreter of your own can give it more:

  #!/bin/sh
  exec quench run --dir . -- \"$@\"";

/// The name under which quench runs the module that is its first argument. The kernel has
/// no place for options.
pub const INTERPRETER: &str = "quench-run";

/// Returns the arguments of quench, in full if it was started under the name
/// [`INTERPRETER`]: no argument is an option then.
pub fn as_interpreter(arguments: Vec<OsString>) -> Vec<OsString> {
    let name = arguments.first().map(Path::new).and_then(Path::file_name);
    if name.is_none_or(|name| name != INTERPRETER) {
        return arguments;
    }
    let own = ["quench", "run", "--"].map(OsString::from);
    own.into_iter().chain(arguments.into_iter().skip(1)).collect()
}
