//! The JSON beside a module: what the module gets and what it has to do. It has
//! the keys of the public suite, and some of our own.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Expectation {
    /// The guest's arguments after its name.
    pub(crate) args: Vec<String>,
    pub(crate) env: BTreeMap<String, String>,
    /// Folders beside the module, preopened for reading and writing under
    /// their own names.
    pub(crate) dirs: Vec<String>,
    /// A folder preopened as `/`.
    pub(crate) root: Option<String>,
    pub(crate) exit_code: i32,
    pub(crate) stdout: Option<String>,
    pub(crate) stderr: Option<String>,

    // Ours:
    /// Path of the module from the folder of this file; without it, the module
    /// is beside this file under the same name.
    pub(crate) module: Option<PathBuf>,
    /// Further folders to copy.
    pub(crate) copies: Vec<String>,
    /// Further options for `quench build`.
    pub(crate) build: Vec<String>,
    pub(crate) stdin: String,
    /// Variables in the environment that the program is started in.
    pub(crate) outside: BTreeMap<String, String>,
    /// Symbolic links made before the run: place, target.
    pub(crate) links: BTreeMap<String, String>,
    /// Contents of files after the run, by place; `null` if a file must not
    /// exist.
    pub(crate) files: BTreeMap<String, Option<String>>,
}
