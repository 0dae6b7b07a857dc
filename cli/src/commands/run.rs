//! The command `quench run`: compiles a program or takes it from the cache, and
//! then becomes the program.

use crate::args::RunArgs;
use crate::build::modules::Modules;
use crate::build::options::cpu;
use crate::build::request::{Profiling, Request};
use crate::build::threads::on_threads;
use crate::build::{key, reproducer};
use crate::cache::choice::Choice;
use crate::cache::executables::Entry;
use crate::commands::emulator;
use crate::fault::Kind;
use crate::files::input::Source;
use crate::files::output::Content;
use crate::link::Symbols;
use crate::link::native_objects::NativeObjects;
use crate::messages::phases::Phases;
use crate::policy;
use crate::wiring::invoke::Invoke;
use anyhow::{Context, Result, anyhow};
use quench_compiler::{Detail, Program, Target};
use rustix::fs::{MemfdFlags, memfd_create};
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs a program in place of this process; returns only if that fails. `notes`
/// then receives what to print besides the error.
///
/// # Errors
///
/// When an input is invalid or cannot be read, and when the program cannot be
/// started.
pub fn run(args: RunArgs, notes: &mut Vec<String>) -> Result<()> {
    let mut phases = Phases::start(args.verbosity);
    let cpu = cpu(&args.compile)?;
    let policy = policy::from_options(&args.policy)?;
    let launcher = Launcher::new(cpu.target())?;
    let (file, arguments) = args.program.split_first().context("there is no FILE")?;
    let source = Source::new(file);
    let modules = Modules::read(&source, &args.compile)?;
    let cache = Choice::new(&args.compile.cache);
    let functions = cache.functions()?;

    let files = policy.files(None)?;
    let invoke = args.invoke.map(|name| invocation(name, &modules, arguments)).transpose()?;
    let request = Request {
        cpu,
        compile: &args.compile,
        policy: &policy,
        invoke: invoke.as_ref(),
        symbols: Symbols::Functions,
        detail: Detail::Lines,
        debug_info: false,
        dump_core: true,
        profile: Profiling::None,
        linked: &NativeObjects::default(),
        files: files.as_ref(),
        functions: functions.as_ref(),
    };
    let program = Invocation {
        name: Path::new(file).file_name().unwrap_or(file).to_os_string(),
        arguments: arguments.to_vec(),
    };
    launch(&request, modules, &launcher, &program, &cache, &mut phases).inspect_err(|error| {
        *notes = reproducer::notes(error, || Modules::read(&source, &args.compile))
    })
}

/// Returns the invocation of a function. A module's takes its arguments when the program is
/// started, because one executable serves for all of them; but a mistake is best reported
/// here. Those of a component's function are part of the program.
fn invocation(name: String, modules: &Modules, arguments: &[OsString]) -> Result<Invoke> {
    let text = |argument: &OsString| {
        let text = argument.to_str().map(str::to_string);
        text.ok_or_else(|| anyhow!("the argument `{}` is not UTF-8", argument.display()))
    };
    let arguments = || arguments.iter().map(text).collect::<Result<Vec<String>>>();
    if quench_component::is_component(&modules.main.wasm) {
        // Behind a call that is whole stand the arguments of the program.
        let arguments = if name.contains('(') { Vec::new() } else { arguments()? };
        return Ok(Invoke { name, arguments });
    }
    let interface = Program::inspect(&modules.main.wasm)?;
    let with_arguments = Invoke { name, arguments: arguments()? };
    let function = with_arguments.function(&interface)?;
    if with_arguments.arguments.is_empty() {
        with_arguments.check_count(function)?;
    }
    with_arguments.check(function)?;
    Ok(Invoke { arguments: Vec::new(), ..with_arguments })
}

/// Takes the executable from the cache, or makes it and puts it there; then
/// becomes the program.
fn launch(
    request: &Request<'_>,
    modules: Modules,
    launcher: &Launcher,
    program: &Invocation,
    cache: &Choice,
    phases: &mut Phases,
) -> Result<()> {
    let entry = match cache {
        Choice::Off => Err(anyhow!("there is to be no cache")),
        _ if request.files.is_some() => Err(anyhow!("it has files in it that may change")),
        _ => cache.folder().and_then(|folder| Ok(Entry::new(folder, key::key(request, &modules)?))),
    };
    if let Ok(entry) = &entry
        && entry.is_whole()
    {
        phases.note(format_args!("from the cache: {}", entry.path().display()));
        entry.touch();
        phases.finish();
        return start(entry, || entry.read(), launcher, program, phases);
    }
    let executable = on_threads(request.compile.jobs, || request.executable(modules, phases))?;
    phases.begin("write");
    if let Some(warning) = request.functions.and_then(|functions| functions.finish()) {
        phases.warn(&warning);
    }
    let stored = entry.and_then(|entry| {
        let path = entry.path().display().to_string();
        entry.store(&executable.linked).with_context(|| format!("cannot write `{path}`"))?;
        Ok(entry)
    });
    phases.finish();
    match stored {
        Ok(entry) => start(&entry, || Ok(executable.linked), launcher, program, phases),
        Err(error) => {
            phases.note(format_args!("not cached: {error:#}"));
            run_from_memory(&executable, launcher, program)
        }
    }
}

/// Becomes the program in the cache. Where it cannot be started from there, because the
/// file system is mounted with `noexec`, say, the same executable is started that `read`
/// returns.
fn start(
    entry: &Entry,
    read: impl FnOnce() -> io::Result<Vec<u8>>,
    launcher: &Launcher,
    program: &Invocation,
    phases: &Phases,
) -> Result<()> {
    let error = launcher.exec(entry.path(), program);
    phases.note(format_args!("it does not start from the cache: {error}"));
    let path = entry.path().display();
    let executable = read().with_context(|| format!("cannot read `{path}`"))?;
    run_from_memory(&executable[..], launcher, program)
}

/// Runs an executable from a file that exists only in memory.
fn run_from_memory(
    executable: &(impl Content + ?Sized),
    launcher: &Launcher,
    program: &Invocation,
) -> Result<()> {
    // The file stays open in the program: an emulator opens it by name. Where files in
    // memory are not executable by default, the flag asks for one that is; kernels older
    // than that setting do not know the flag.
    let file = memfd_create(MEMORY_FILE, MemfdFlags::EXEC)
        .or_else(|_| memfd_create(MEMORY_FILE, MemfdFlags::empty()));
    let mut file = file.map(File::from).context("cannot keep the executable in memory")?;
    executable.write_to(&mut file).context("cannot keep the executable in memory")?;
    let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
    let error = launcher.exec(&path, program);
    Err(anyhow!(error).context("cannot start the compiled program"))
}

/// The name of the file in memory, for people who look at `/proc`.
const MEMORY_FILE: &str = "quench-run";

/// The command line that the program sees.
struct Invocation {
    name: OsString,
    arguments: Vec<OsString>,
}

/// How executables of a target are started on this machine.
enum Launcher {
    /// The kernel runs them.
    Directly,
    /// The emulator at this path runs them.
    Through(PathBuf),
}

impl Launcher {
    fn new(target: Target) -> Result<Launcher> {
        if Target::host() == Some(target) {
            return Ok(Launcher::Directly);
        }
        match emulator::find(target) {
            Some(emulator) => Ok(Launcher::Through(emulator)),
            None => Err(Kind::System.of(anyhow!(
                "cannot run a program for {target} on this machine: `{}` is not in PATH \
                 (Debian and Ubuntu have it in the package `qemu-user`)",
                emulator::name(target)
            ))),
        }
    }

    /// Becomes the program; returns the error if that fails.
    fn exec(&self, executable: &Path, program: &Invocation) -> io::Error {
        match self {
            Launcher::Directly => {
                Command::new(executable).arg0(&program.name).args(&program.arguments).exec()
            }
            Launcher::Through(emulator) => Command::new(emulator)
                .arg("-0")
                .arg(&program.name)
                .arg(executable)
                .args(&program.arguments)
                .exec(),
        }
    }
}
