//! What the commands of `cargo quench` do: they start cargo, rustc and `quench`.

use super::options::{CrateOptions, manifest_of_cargo};
use crate::args::{CargoBuildArgs, CargoRunArgs, RunnerArgs, WasmTarget};
use anyhow::{Context, Result, anyhow, bail};
use quench_compiler::Target;
use serde::Deserialize;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};

/// Has cargo compile a crate, and makes executables of what it makes. Returns the exit
/// status of cargo or `quench`, whichever fails first.
///
/// # Errors
///
/// When something cannot be started or read, when cargo makes nothing that could become
/// an executable, and when rustc does not know the target.
pub fn build(args: &CargoBuildArgs) -> Result<ExitCode> {
    let mut cargo = cargo("build", args.target);
    cargo.arg("--message-format=json-render-diagnostics").args(&args.cargo);
    let (modules, status) = modules(&mut cargo).with_context(|| cannot_start(&cargo))?;
    if !status.success() {
        return ended(status, args.target);
    }
    if modules.is_empty() {
        bail!(
            "cargo made no program: there are no binaries or examples among what it was to build"
        );
    }
    let is_quiet = args.cargo.iter().any(|one| one == "-q" || one == "--quiet");
    for module in &modules {
        let options = CrateOptions::read(&module.manifest)?;
        for machine in machines(args, &options)? {
            let output = output(&module.file, args.target, machine)?;
            let mut quench = quench()?;
            quench.arg("build").arg(&module.file).arg("-o").arg(&output);
            quench.args(["--target", machine.short_name()]).args(options.for_build());
            quench.args(is_quiet.then_some("--quiet"));
            let status = quench.status().with_context(|| cannot_start(&quench))?;
            if !status.success() {
                return Ok(code(status));
            }
            if !is_quiet {
                let here = env::current_dir().unwrap_or_default();
                let output = output.strip_prefix(here).unwrap_or(&output);
                // As cargo says what it has done.
                eprintln!("    Quenched {}", output.display());
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Has cargo run or test a crate, with us as the runner of its modules. Returns cargo's exit
/// status, which is that of the program.
///
/// # Errors
///
/// When cargo cannot be started, and when rustc does not know the target.
pub fn with_runner(command: &str, args: &CargoRunArgs) -> Result<ExitCode> {
    let mut cargo = cargo(command, args.target);
    let own = env::current_exe().context("cannot look at quench's own file")?;
    let own = own.to_str().context("the path of cargo-quench is not UTF-8, as cargo wants it")?;
    let mut runner = vec![own.to_string(), "quench".to_string(), "runner".to_string()];
    runner.extend(args.machine.map(|machine| format!("--machine={}", machine.short_name())));
    // A list of texts looks the same in JSON and TOML.
    let runner = serde_json::to_string(&runner)?;
    cargo.arg("--config").arg(format!("target.{}.runner={runner}", args.target.name()));
    cargo.args(&args.cargo);
    let status = cargo.status().with_context(|| cannot_start(&cargo))?;
    if status.success() { Ok(ExitCode::SUCCESS) } else { ended(status, args.target) }
}

/// Becomes `quench run` with the options of the crate that cargo works on; returns only if
/// that fails.
///
/// # Errors
///
/// When `quench` cannot be started, and when the crate's options are wrong.
pub fn runner(args: &RunnerArgs) -> Result<ExitCode> {
    let options = CrateOptions::read(&manifest_of_cargo()?)?;
    let mut quench = quench()?;
    quench.arg("run").args(options.for_run());
    if let Some(machine) = args.machine {
        quench.args(["--target", machine.short_name()]);
    }
    let error = quench.arg("--").args(&args.program).exec();
    Err(anyhow!(error).context(cannot_start(&quench)))
}

/// A program that cargo made.
struct Module {
    file: PathBuf,
    manifest: PathBuf,
}

/// A message of cargo, as far as we read it.
#[derive(Deserialize)]
struct Message {
    /// The file of a program.
    executable: Option<PathBuf>,
    /// The manifest of the crate that it was made from.
    manifest_path: Option<PathBuf>,
    profile: Option<Profile>,
}

#[derive(Deserialize)]
struct Profile {
    /// Whether the program is one of tests.
    test: bool,
}

/// Runs cargo, and returns the programs that it says it made, in the order of their names.
fn modules(cargo: &mut Command) -> io::Result<(Vec<Module>, ExitStatus)> {
    let mut child = cargo.stdout(Stdio::piped()).spawn()?;
    let mut modules = Vec::new();
    for line in child.stdout.take().map(BufReader::new).into_iter().flat_map(BufRead::lines) {
        // Build scripts may print lines of another form.
        let Ok(message) = serde_json::from_str::<Message>(&line?) else { continue };
        let is_test = message.profile.is_some_and(|profile| profile.test);
        if let (Some(file), Some(manifest), false) =
            (message.executable, message.manifest_path, is_test)
        {
            modules.push(Module { file, manifest });
        }
    }
    modules.sort_by(|a, b| a.file.cmp(&b.file));
    Ok((modules, child.wait()?))
}

/// Returns the machines to make executables for.
fn machines(args: &CargoBuildArgs, options: &CrateOptions) -> Result<Vec<Target>> {
    if !args.machine.is_empty() {
        return Ok(args.machine.clone());
    }
    if options.machines.is_empty() {
        let host = Target::host();
        let host =
            host.context("this machine is not a target of quench; name one with --machine")?;
        return Ok(vec![host]);
    }
    let parsed = options.machines.iter().map(|name| name.parse::<Target>());
    parsed
        .map(|target| target.map_err(|error| anyhow!("machine, in Cargo.toml: {error}")))
        .collect()
}

/// Returns where the executable goes that is made from a module: below the folder `quench`
/// beside that of the target, with the same path there. Makes its folder.
fn output(module: &Path, target: WasmTarget, machine: Target) -> Result<PathBuf> {
    let folder =
        module.ancestors().find(|folder| folder.file_name() == Some(target.name().as_ref()));
    let path =
        folder.and_then(|folder| Some((folder.parent()?, module.strip_prefix(folder).ok()?)));
    let (all, rest) = path.with_context(|| {
        format!("cargo made `{}`, which is not for {}", module.display(), target.name())
    })?;
    let output = all.join("quench").join(machine.short_name()).join(rest).with_extension("");
    let folder = output.parent().unwrap_or(all);
    fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    Ok(output)
}

/// Returns cargo, which started us and says so, with its command and target.
fn cargo(command: &str, target: WasmTarget) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo.args([command, "--target", target.name()]);
    cargo
}

/// Returns the command `quench` that was installed with this one, or else the one in PATH.
fn quench() -> Result<Command> {
    let own = env::current_exe().context("cannot look at quench's own file")?;
    let beside = own.with_file_name("quench");
    Ok(Command::new(if beside.is_file() { beside } else { PathBuf::from("quench") }))
}

fn cannot_start(command: &Command) -> String {
    format!("cannot start `{}`; is it in PATH?", command.get_program().display())
}

/// Returns the status of cargo, which has failed and said why.
///
/// # Errors
///
/// When the reason is that rustc has no standard library for the target.
fn ended(status: ExitStatus, target: WasmTarget) -> Result<ExitCode> {
    let rustc = env::var_os("RUSTC").unwrap_or(OsString::from("rustc"));
    let said = Command::new(&rustc)
        .args(["--print", "target-libdir", "--target", target.name()])
        .stderr(Stdio::null())
        .output();
    if let Ok(said) = said
        && said.status.success()
        && let Ok(folder) = std::str::from_utf8(&said.stdout)
        && !Path::new(OsStr::new(folder.trim_end())).is_dir()
    {
        let name = target.name();
        bail!(
            "`{}` has no standard library for {name}: `rustup target add {name}` brings it",
            rustc.display()
        );
    }
    Ok(code(status))
}

/// Returns the status that a shell would show.
fn code(status: ExitStatus) -> ExitCode {
    status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
}
