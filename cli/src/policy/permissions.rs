//! The permissions of a program, and the bytes that stand for them in an
//! executable. The WASI shim knows what they mean when the program runs.

use crate::args::PolicyArgs;
use crate::args::values::{self, Directory, Embed, NamedFunctions, Variable};
use crate::embed::Files;
use crate::files::output::Destination;
use anyhow::{Result, anyhow, bail};
use quench_policy::{
    Entry, Functions, LISTENERS_MAX, Limit, Listener, Lockdown, RuntimeFunctions, STANDARD_STREAMS,
    START_SYMBOL, START_WITH_STREAMS_SYMBOL, Value, opens_files,
};
use std::collections::HashSet;
use std::os::unix::ffi::OsStrExt;

/// The permissions of a program. The `Debug` form has all of them, so that they
/// can be part of a key.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Directories that it may use.
    pub directories: Vec<Directory>,
    /// Folders and files that become part of the executable.
    pub embedded: Vec<Embed>,
    /// Environment variables that it sees.
    pub variables: Vec<Variable>,
    /// Whether it sees all variables that it is started with.
    pub all_variables: bool,
    /// Sockets on which it may accept connections.
    pub listeners: Vec<values::Listener>,
    /// Functions of WASI that it may call; all, if the list is empty.
    pub allowed: Vec<NamedFunctions>,
    /// Functions of WASI that it may not call.
    pub denied: Vec<NamedFunctions>,
    /// Whether the build fails if the program imports a function that it may
    /// not call.
    pub deny_at_build: bool,
    /// Limit of its memories, grown tables and exceptions together, in bytes.
    pub max_memory: Option<u64>,
    /// Limit of the time that it runs, in milliseconds.
    pub timeout: Option<u64>,
    /// Limit of the processor time that it uses, in milliseconds.
    pub cpu_timeout: Option<u64>,
    /// Limit of the instructions that it runs.
    pub fuel: Option<u64>,
    /// Limit of the descriptors that it has open at a time.
    pub max_open_files: Option<u64>,
    /// Whether the kernel confines it.
    pub lockdown: Lockdown,
    /// Whether it takes further permissions from its command line.
    pub runtime_policy: bool,
}

impl Policy {
    /// Adds the permissions of the options. A limit or a variable of the options
    /// replaces the one that is here; so does a variable that is given later.
    ///
    /// # Errors
    ///
    /// When the permissions contradict each other.
    pub fn with_options(self, args: &PolicyArgs) -> Result<Policy> {
        let mut policy = self;
        policy.directories.extend(args.dir.iter().cloned());
        policy.embedded.extend(args.embed.iter().cloned());
        let variables = policy.variables.drain(..).chain(args.env.iter().cloned());
        policy.variables = latest(variables.collect());
        policy.listeners.extend(args.listen.iter().cloned());
        policy.allowed.extend(args.allow.iter().cloned());
        policy.denied.extend(args.deny.iter().cloned());
        policy.all_variables |= args.env_all;
        policy.deny_at_build |= args.deny_at_build;
        policy.runtime_policy |= args.runtime_policy;
        policy.max_memory = args.max_memory.or(policy.max_memory);
        policy.timeout = args.timeout.or(policy.timeout);
        policy.cpu_timeout = args.cpu_timeout.or(policy.cpu_timeout);
        policy.fuel = args.fuel.or(policy.fuel);
        policy.max_open_files = args.max_open_files.or(policy.max_open_files);
        if args.require_lockdown {
            policy.lockdown = Lockdown::Required;
        } else if args.no_lockdown {
            policy.lockdown = Lockdown::Off;
        }
        policy.check()?;
        Ok(policy)
    }

    fn check(&self) -> Result<()> {
        if self.denied.iter().any(|denied| denied.name == EXIT) {
            bail!("`{EXIT}` cannot be denied; a program can always end");
        }
        if self.listeners.len() > LISTENERS_MAX {
            bail!("a program can have {LISTENERS_MAX} listeners at most");
        }
        self.check_open(0)
    }

    /// Fails if the program begins with more open files than it may have. `embedded` is the
    /// number of directories in the executable.
    fn check_open(&self, embedded: usize) -> Result<()> {
        let given = self.directories.len() + embedded + self.listeners.len();
        let open = STANDARD_STREAMS as usize + given;
        if let Some(limit) = self.max_open_files.filter(|&limit| (limit as usize) < open) {
            bail!("the program begins with {open} open files, more than --max-open-files {limit}");
        }
        Ok(())
    }

    /// Finds the files that become part of the executable, which are not to be the output.
    /// Returns `None` if there are none.
    ///
    /// # Errors
    ///
    /// When they cannot be read or do not go together, when a directory of `--dir` has the name
    /// of one of theirs, and when there are too many of these.
    pub fn files(&self, output: Option<&Destination>) -> Result<Option<Files>> {
        if self.embedded.is_empty() {
            return Ok(None);
        }
        let files = Files::find(&self.embedded, output)?;
        self.check_embedded(files.directories())?;
        Ok(Some(files))
    }

    fn check_embedded(&self, names: &[String]) -> Result<()> {
        for Directory { guest, .. } in &self.directories {
            let name = if guest.ends_with('/') { guest.trim_end_matches('/') } else { guest };
            if names.iter().any(|embedded| embedded.trim_end_matches('/') == name) {
                bail!(
                    "`{guest}` is a directory of --dir and one of --embed; the program would see \
                     only one of them: give one another name with HOST::GUEST"
                );
            }
        }
        self.check_open(names.len())
    }

    /// Returns those of the imported functions that the program can call.
    ///
    /// # Errors
    ///
    /// When one of them is denied and the build shall fail for that
    /// (`--deny-at-build`).
    pub fn functions(&self, imported: Functions) -> Result<Functions> {
        let all = |list: &[NamedFunctions]| {
            let sets = list.iter().map(|named| named.functions);
            sets.fold(Functions::NONE, Functions::with)
        };
        let exit = Functions::of(&[EXIT]);
        let mut allowed = match self.allowed.as_slice() {
            [] => Functions::ALL,
            list => all(list),
        };
        allowed = allowed.without(all(&self.denied)).with(exit);
        let denied: Vec<&str> = imported.without(allowed).names().collect();
        if self.deny_at_build && !denied.is_empty() {
            bail!(
                "the program imports what it is denied: {}; build without --deny-at-build to \
                 let these fail when they are called",
                denied.join(", ")
            );
        }
        Ok(imported.without(imported.without(allowed)))
    }

    /// Returns the symbol of the shim's function that puts the policy into
    /// effect when the program starts. The program can call `functions`; `dump_core` says
    /// whether it can write core dumps. With files in the executable, and no directories, it
    /// opens no others.
    pub fn start_symbol(&self, functions: Functions, dump_core: bool) -> &'static str {
        let streams_only = self.directories.is_empty() && self.listeners.is_empty();
        let opens = self.embedded.is_empty() && opens_files(functions);
        if streams_only && !opens && !self.runtime_policy && !dump_core {
            START_WITH_STREAMS_SYMBOL
        } else {
            START_SYMBOL
        }
    }

    /// Returns the bytes that stand for the policy in a program that can call these
    /// functions of WASI and of the runtime.
    ///
    /// # Errors
    ///
    /// When they would be 4 GiB or more.
    pub fn encode(&self, functions: Functions, runtime: RuntimeFunctions) -> Result<Vec<u8>> {
        let mut entries: Vec<Entry<'_>> = Vec::new();
        entries.extend(self.directories.iter().map(directory));
        entries.extend(self.variables.iter().map(variable));
        entries.extend(self.listeners.iter().map(listener));
        entries.push(Entry::Functions(functions));
        entries.push(Entry::Runtime(runtime));
        let limits = [
            self.max_memory.map(Limit::Memory),
            self.timeout.map(Limit::Time),
            self.cpu_timeout.map(Limit::CpuTime),
            self.max_open_files.map(Limit::OpenFiles),
        ];
        entries.extend(limits.into_iter().flatten().map(Entry::Limit));
        entries.extend(self.all_variables.then_some(Entry::AllVariables));
        entries.extend(self.runtime_policy.then_some(Entry::RuntimePolicy));
        if self.lockdown != Lockdown::default() {
            entries.push(Entry::Lockdown(self.lockdown));
        }
        let mut bytes = Vec::new();
        quench_policy::encode(&entries, &mut bytes)
            .map_err(|_| anyhow!("the permissions take 4 GiB or more"))?;
        Ok(bytes)
    }
}

/// Returns the variables without those that a later one has the name of.
fn latest(variables: Vec<Variable>) -> Vec<Variable> {
    let mut names = HashSet::new();
    let backwards = variables.into_iter().rev();
    let mut latest: Vec<Variable> =
        backwards.filter(|variable| names.insert(variable.name.clone())).collect();
    latest.reverse();
    latest
}

/// The function of WASI that ends a program.
const EXIT: &str = "proc_exit";

fn directory(directory: &Directory) -> Entry<'_> {
    Entry::Directory(quench_policy::Directory {
        base: directory.base,
        host: directory.host.as_bytes(),
        guest: directory.guest.as_bytes(),
        read_only: directory.read_only,
    })
}

fn variable(variable: &Variable) -> Entry<'_> {
    Entry::Variable(quench_policy::Variable {
        name: variable.name.as_bytes(),
        value: match &variable.value {
            Some(value) => Value::Fixed(value.as_bytes()),
            None => Value::Inherited,
        },
    })
}

fn listener(listener: &values::Listener) -> Entry<'_> {
    Entry::Listener(match listener {
        values::Listener::Ip(address) => Listener::Ip(*address),
        values::Listener::Unix(path) => Listener::Unix(path.as_bytes()),
        values::Listener::Inherited(number) => Listener::Inherited(*number),
    })
}
