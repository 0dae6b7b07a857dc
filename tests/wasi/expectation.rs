//! What a module gets and what it has to do: the JSON beside it. The keys of
//! the public suite, and some of our own.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Expectation {
    /// The guest's arguments after its name.
    pub args: Vec<String>,
    pub env: BTreeMap<String, String>,
    /// Folders beside the module, preopened for reading and writing under
    /// their own names.
    pub dirs: Vec<String>,
    /// A folder preopened as `/`.
    pub root: Option<String>,
    pub exit_code: i32,
    pub stdout: Option<String>,
    pub stderr: Option<String>,

    // Ours:
    /// The module, from the folder of this file; the public suite has it
    /// beside, under the same name.
    pub module: Option<PathBuf>,
    /// Further folders to copy.
    pub copies: Vec<String>,
    /// Further options for `quench build`.
    pub build: Vec<String>,
    pub stdin: String,
    /// Variables in the environment that the program is started in.
    pub outside: BTreeMap<String, String>,
    /// Symbolic links made before the run: place, target.
    pub links: BTreeMap<String, String>,
    /// What files hold after the run, by place; `null` if they must not exist.
    pub files: BTreeMap<String, Option<String>>,
}
