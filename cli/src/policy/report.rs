//! The policy of an executable, in words and as JSON.

use crate::embed::report::EmbeddedReport;
use crate::messages::describe::display_size;
use anyhow::{Result, anyhow};
use quench_policy::{
    Base, Directory, Entry, Functions, Limit, Listener, Lockdown, NARROW_VARIABLE,
    RuntimeFunctions, STRICT, Value, Variable, is_strict_enough, of_streams, system_calls,
    system_calls_of_streams,
};
use serde::{Deserialize, Serialize};

/// The policy of an executable. Bytes of names that are not UTF-8 are replaced by
/// U+FFFD. Documented in `docs/INSPECT.md`.
#[derive(Debug, Default, Serialize)]
pub struct PolicyReport {
    /// Directories that the program may use.
    pub directories: Vec<DirectoryReport>,
    /// Directories that are in the executable.
    pub embedded: Vec<EmbeddedReport>,
    /// Environment variables that it sees.
    pub environment: Vec<VariableReport>,
    /// Whether it sees all variables that it is started with.
    pub environment_all: bool,
    /// Addresses on which it may accept connections, as `--listen` has them.
    pub listeners: Vec<String>,
    /// Functions of WASI that it imports and can call.
    pub functions: Vec<&'static str>,
    /// Functions of WASI that it imports and that fail.
    pub denied: Vec<String>,
    /// Limit of its memories, grown tables and exceptions together, in bytes.
    pub max_memory: Option<u64>,
    /// Limit of the time that it runs, in seconds.
    pub timeout: Option<Seconds>,
    /// Limit of the processor time that it uses, in seconds.
    pub cpu_timeout: Option<Seconds>,
    /// Limit of the descriptors that it has open at a time.
    pub max_open_files: Option<u64>,
    /// Whether the kernel confines it.
    pub lockdown: LockdownReport,
    /// System calls that the kernel lets it make, if it confines it.
    pub system_calls: Vec<&'static str>,
    /// Whether it takes further permissions from its command line.
    pub runtime_policy: bool,
}

/// Whether the kernel confines the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LockdownReport {
    /// The kernel confines it as far as it can.
    #[serde(rename = "best effort")]
    BestEffort,
    /// The program does not start where the kernel cannot confine it.
    Required,
    /// The kernel is not asked to confine it.
    Off,
}

/// A number of seconds, with a fraction if there is one.
type Seconds = serde_json::Number;

fn seconds(milliseconds: u64) -> Seconds {
    let fraction = milliseconds as f64 / 1e3;
    let fraction = Seconds::from_f64(fraction).filter(|_| !milliseconds.is_multiple_of(1000));
    fraction.unwrap_or(Seconds::from(milliseconds / 1000))
}

/// A directory that a program may use.
#[derive(Debug, Serialize)]
pub struct DirectoryReport {
    /// Path of the directory, as `--dir` has it.
    pub host: String,
    /// Name of the directory in the program.
    pub guest: String,
    /// Whether the program may only read in it.
    pub read_only: bool,
}

/// An environment variable that a program sees.
#[derive(Debug, Serialize)]
pub struct VariableReport {
    /// Name of the variable.
    pub name: String,
    /// Its value; `None` for the one that it has when the program is started.
    pub value: Option<String>,
}

impl PolicyReport {
    /// Reads the bytes of the policy of a program that imports the functions
    /// with these names from WASI, and has these directories in it.
    ///
    /// # Errors
    ///
    /// When the bytes are not a policy.
    pub fn decode<'a>(
        bytes: &[u8],
        imports: impl Iterator<Item = &'a str>,
        embedded: Vec<EmbeddedReport>,
    ) -> Result<PolicyReport> {
        let mut report = PolicyReport { embedded, ..PolicyReport::default() };
        let mut functions = Functions::NONE;
        let mut runtime = RuntimeFunctions::NONE;
        let error = |error: quench_policy::DecodeError| anyhow!("its policy: {}", error.message());
        for entry in quench_policy::decode(bytes).map_err(error)? {
            let entry = entry.map_err(error)?;
            match entry {
                Entry::Functions(allowed) => functions = allowed,
                Entry::Runtime(needed) => runtime = needed,
                _ => {}
            }
            report.add(entry);
        }
        report.functions = functions.names().collect();
        if report.lockdown != LockdownReport::Off {
            let streams_only = report.directories.is_empty()
                && report.listeners.is_empty()
                && !report.runtime_policy;
            let has_no_others = streams_only && !report.embedded.is_empty();
            let calling = if has_no_others { of_streams(functions) } else { functions };
            report.system_calls = if streams_only && is_strict_enough(calling, runtime) {
                STRICT.to_vec()
            } else {
                let of = if has_no_others { system_calls_of_streams } else { system_calls };
                of(functions, runtime).iter().map(|call| call.name()).collect()
            };
        }
        let denied = imports.filter(|name| !report.functions.contains(name));
        report.denied = denied.map(str::to_string).collect();
        Ok(report)
    }

    fn add(&mut self, entry: Entry<'_>) {
        match entry {
            Entry::Directory(entry) => self.directories.push(directory(&entry)),
            Entry::Variable(entry) => self.environment.push(variable(&entry)),
            Entry::AllVariables => self.environment_all = true,
            Entry::Listener(entry) => self.listeners.push(listener(&entry)),
            Entry::Limit(Limit::Memory(bytes)) => self.max_memory = Some(bytes),
            Entry::Limit(Limit::Time(limit)) => self.timeout = Some(seconds(limit)),
            Entry::Limit(Limit::CpuTime(limit)) => self.cpu_timeout = Some(seconds(limit)),
            Entry::Limit(Limit::OpenFiles(number)) => self.max_open_files = Some(number),
            Entry::Lockdown(mode) => self.lockdown = mode.into(),
            Entry::RuntimePolicy => self.runtime_policy = true,
            Entry::Functions(_) | Entry::Runtime(_) => {}
        }
    }

    /// Returns a line of text for each permission.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec!["its arguments; standard input, output and error".to_string()];
        lines.extend(self.directories.iter().map(directory_line));
        lines.extend(self.embedded.iter().map(EmbeddedReport::line));
        lines.extend(self.environment.iter().map(variable_line));
        if self.environment_all {
            lines.push("all environment variables that it is started with".to_string());
        }
        let accept = |address| format!("connections to {address}");
        lines.extend(self.listeners.iter().map(accept));
        if let Some(bytes) = self.max_memory {
            lines.push(format!("at most {} of memory", display_size(bytes)));
        }
        if let Some(seconds) = &self.timeout {
            lines.push(format!("at most {seconds} seconds"));
        }
        if let Some(seconds) = &self.cpu_timeout {
            lines.push(format!("at most {seconds} seconds of processor time"));
        }
        if let Some(number) = self.max_open_files {
            lines.push(format!("at most {number} open files"));
        }
        if !self.denied.is_empty() {
            lines.push(format!("not the functions {}", self.denied.join(", ")));
        }
        if self.runtime_policy {
            lines.push(
                "what the person who starts it adds: --dir, --env, --env-all, --listen before `--`"
                    .to_string(),
            );
        }
        lines
    }

    /// Returns lines of text on what enforces the policy.
    pub fn enforcement(&self) -> Vec<String> {
        let files = match self.directories.as_slice() {
            [] if !self.runtime_policy && self.embedded.is_empty() => "no files",
            [] if !self.runtime_policy => "no files but those in it",
            _ => "no files outside its directories",
        };
        let confined = |where_not: &str| {
            format!(
                "confined by the kernel, {where_not}: {files}, {} system calls, nothing else executable",
                self.system_calls.len()
            )
        };
        let kernel = match self.lockdown {
            LockdownReport::Off => "not confined by the kernel (--no-lockdown)".to_string(),
            LockdownReport::Required => confined("or it does not start"),
            LockdownReport::BestEffort => confined("as far as possible"),
        };
        vec![
            kernel,
            format!(
                "whoever runs it can take more away with {NARROW_VARIABLE} (see inspect --help)"
            ),
        ]
    }
}

fn directory(directory: &Directory<'_>) -> DirectoryReport {
    let prefix = match directory.base {
        Base::Caller => "",
        Base::Executable => "@exe/",
        Base::Home => "~/",
    };
    DirectoryReport {
        host: format!("{prefix}{}", text(directory.host)),
        guest: text(directory.guest),
        read_only: directory.read_only,
    }
}

fn directory_line(directory: &DirectoryReport) -> String {
    let DirectoryReport { host, guest, read_only } = directory;
    let access = if *read_only { "read" } else { "read and write" };
    let name = if host == guest { String::new() } else { format!(" as `{guest}`") };
    format!("{access} directory `{host}`{name}")
}

fn variable(variable: &Variable<'_>) -> VariableReport {
    VariableReport {
        name: text(variable.name),
        value: match variable.value {
            Value::Fixed(value) => Some(text(value)),
            Value::Inherited => None,
        },
    }
}

fn variable_line(variable: &VariableReport) -> String {
    match &variable.value {
        Some(value) => format!("environment variable {} = `{value}`", variable.name),
        None => format!("environment variable {}, the caller's", variable.name),
    }
}

fn listener(listener: &Listener<'_>) -> String {
    match listener {
        Listener::Ip(address) => address.to_string(),
        Listener::Unix(path) => format!("unix:{}", text(path)),
        Listener::Inherited(number) => format!("fd:{number}"),
    }
}

/// The mode of a policy that does not name one.
impl Default for LockdownReport {
    fn default() -> LockdownReport {
        Lockdown::default().into()
    }
}

impl From<Lockdown> for LockdownReport {
    fn from(mode: Lockdown) -> LockdownReport {
        match mode {
            Lockdown::BestEffort => LockdownReport::BestEffort,
            Lockdown::Required => LockdownReport::Required,
            Lockdown::Off => LockdownReport::Off,
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
