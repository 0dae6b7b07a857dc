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
    /// What is done with the program, in order, in place of one run.
    pub(crate) operations: Option<Vec<Operation>>,
    /// What the module needs of the host beside files and streams.
    pub(crate) proposals: Vec<String>,
    /// What the component is, if it is not a command.
    pub(crate) world: Option<String>,
    /// Servers that the module wants to be there.
    pub(crate) servers: Vec<serde_json::Value>,

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

/// Something that is done with a program.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(crate) enum Operation {
    /// It is started.
    Run {
        #[serde(default)]
        args: Vec<String>,
        #[serde(default)]
        env: BTreeMap<String, String>,
    },
    /// Something is written to one of its streams.
    Write { id: String, payload: String },
    /// Something is read from one of its streams.
    Read { id: String, payload: String },
    /// Its end is waited for.
    Wait {
        #[serde(default)]
        exit_code: i32,
    },
    /// Something that takes more than the program.
    #[serde(other)]
    Other,
}

impl Expectation {
    /// Moves what operations say about arguments and environment to where it belongs.
    pub(crate) fn settle(&mut self) {
        for operation in self.operations.iter_mut().flatten() {
            if let Operation::Run { args, env } = operation {
                self.args.append(args);
                self.env.append(env);
            }
        }
    }
}
