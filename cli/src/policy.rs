//! What the options and the policy file together allow a program, and the
//! bytes of it that are baked in. What they mean when the program runs, the
//! WASI shim knows.

use crate::args::PolicyArgs;
use crate::policy_file;
use crate::values::{self, Directory, NamedFunctions, Variable};
use anyhow::{Result, anyhow, bail};
use quench_policy::{
    Entry, Functions, LISTENERS_MAX, Limit, Listener, Lockdown, RuntimeFunctions, STANDARD_STREAMS,
    START_SYMBOL, START_WITH_STREAMS_SYMBOL, Value,
};
use std::os::unix::ffi::OsStrExt;

/// The permissions of a program. Its `Debug` form has all of them.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    pub directories: Vec<Directory>,
    pub variables: Vec<Variable>,
    pub all_variables: bool,
    pub listeners: Vec<values::Listener>,
    pub allowed: Vec<NamedFunctions>,
    pub denied: Vec<NamedFunctions>,
    pub deny_at_build: bool,
    pub max_memory: Option<u64>,
    pub timeout: Option<u64>,
    pub cpu_timeout: Option<u64>,
    pub fuel: Option<u64>,
    pub max_open_files: Option<u64>,
    pub lockdown: Lockdown,
    pub runtime_policy: bool,
}

impl Policy {
    /// The options, and what the file adds that they name. A limit of the
    /// command line replaces the file's.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or understood.
    pub fn new(args: &PolicyArgs) -> Result<Policy> {
        let mut policy = match &args.policy {
            Some(path) => policy_file::read(path)?,
            None => Policy::default(),
        };
        policy.directories.extend(args.dir.iter().cloned());
        policy.variables.extend(args.env.iter().cloned());
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
            bail!("`{EXIT}` cannot be denied; a program always can end");
        }
        if self.listeners.len() > LISTENERS_MAX {
            bail!("a program can have {LISTENERS_MAX} listeners at most");
        }
        let open = STANDARD_STREAMS as usize + self.directories.len() + self.listeners.len();
        if let Some(limit) = self.max_open_files.filter(|&limit| (limit as usize) < open) {
            bail!("the program begins with {open} open files, more than --max-open-files {limit}");
        }
        Ok(())
    }

    /// Those of the imported functions that the program can call.
    ///
    /// # Errors
    ///
    /// When one is denied and the build is to be refused then.
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
        let denied: Vec<&str> = imported.without(allowed).iter().map(|f| f.name).collect();
        if self.deny_at_build && !denied.is_empty() {
            bail!(
                "the program imports what it is denied: {}; build without --deny-at-build to \
                 let these fail when they are called",
                denied.join(", ")
            );
        }
        Ok(Functions(imported.0 & allowed.0))
    }

    /// The function of the shim that makes it take effect, in a program that
    /// can write core dumps or cannot.
    pub fn start_symbol(&self, dump_core: bool) -> &'static str {
        let streams_only = self.directories.is_empty() && self.listeners.is_empty();
        match streams_only && !self.runtime_policy && !dump_core {
            true => START_WITH_STREAMS_SYMBOL,
            false => START_SYMBOL,
        }
    }

    /// The bytes, for a program that can call these functions.
    ///
    /// # Errors
    ///
    /// When it is 4 GiB or more.
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
