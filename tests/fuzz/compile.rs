//! Gives the compiler damaged modules and components: it may refuse them, but must not panic,
//! hang, report an internal error, or use much memory. Separate processes
//! compile them, so that nothing that happens there ends the fuzzer. The
//! modules are also compiled with one cache for all of them: many differ in a
//! little.

use crate::arguments::CompileArguments;
use crate::batch::{ENDLESS_FUEL, plan};
use crate::rng::Rng;
use crate::{corpus, mutate};
use anyhow::{Context, Result};
use quench::link::native_objects::NativeObjects;
use quench::wiring::component::wire;
use quench::wiring::custom::CustomProviders;
use quench_compiler::{
    Emit, Error, ImportSource, MemoryChecks, ModuleInput, Options, Program, Store, Target,
};
use quench_component::{flatten, is_component};
use quench_tests::{FunctionMap, Limits};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::ops::Range;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

/// Number of inputs for one process.
const BATCH: u64 = 5000;

/// Time for one input.
const PATIENCE: Duration = Duration::from_secs(30);

/// Limit of a process's address space, in bytes.
const MEMORY: u64 = 1 << 30;

/// One input in this many also goes through the command.
const COMMAND_RATE: u64 = 500;

/// Beginning of the worker's messages about the input that it last named.
const FINDING: &str = "! ";

/// The worker's message that the input is compiled.
const COMPILED: &str = "compiled";

/// Compiles as many inputs as asked for. Returns whether nothing was found.
///
/// # Errors
///
/// Fails when workers cannot be started.
pub(crate) fn run(arguments: &CompileArguments) -> Result<bool> {
    let end = arguments.seed + arguments.count;
    let starts: Vec<u64> = (arguments.seed..end).step_by(BATCH as usize).collect();
    let corpus = corpus::load();
    let findings = quench_tests::parallel(&starts, |&start| {
        let seeds = start..end.min(start + BATCH);
        supervise(seeds, arguments.target, &corpus)
    })?;
    let mut total = Count::default();
    for count in findings {
        let count = count?;
        total.compiled += count.compiled;
        total.findings += count.findings;
    }
    println!(
        "{}: {} inputs, {} of them compiled, {} findings",
        arguments.target.short_name(),
        arguments.count,
        total.compiled,
        total.findings,
    );
    Ok(total.findings == 0)
}

#[derive(Default)]
struct Count {
    /// Number of inputs that were not refused.
    compiled: usize,
    findings: usize,
}

fn input(seed: u64, corpus: &[Vec<u8>]) -> Vec<u8> {
    mutate::mutate(corpus, &mut Rng::new(seed))
}

/// Has workers compile the inputs of these seeds: a new process after each that
/// ended early.
fn supervise(mut seeds: Range<u64>, target: Target, corpus: &[Vec<u8>]) -> Result<Count> {
    let mut count = Count::default();
    while !seeds.is_empty() {
        let mut worker = start_worker(&seeds, target)?;
        let lines = lines_of(&mut worker)?;
        let mut current = None;
        let complaint = loop {
            match lines.recv_timeout(PATIENCE) {
                Ok(line) => match (line.strip_prefix(FINDING), current) {
                    _ if line == COMPILED => count.compiled += 1,
                    (Some(finding), Some(seed)) => {
                        count.findings += 1;
                        keep(seed, target, corpus, finding)?;
                    }
                    _ => current = line.parse().ok(),
                },
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    break Some("it takes too long".to_string());
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => break None,
            }
        };
        if complaint.is_some() {
            worker.kill()?;
        }
        let status = worker.wait()?;
        if status.success() {
            return Ok(count);
        }
        let seed = current.with_context(|| format!("the worker ended at once: {status}"))?;
        count.findings += 1;
        let finding = complaint.unwrap_or_else(|| format!("the compiler ended: {status}"));
        keep(seed, target, corpus, &finding)?;
        seeds.start = seed + 1;
    }
    Ok(count)
}

fn start_worker(seeds: &Range<u64>, target: Target) -> Result<Child> {
    let program = std::env::current_exe()?;
    let worker = Command::new(program)
        .arg("compile-worker")
        .arg(format!("--seed={}", seeds.start))
        .arg(format!("--count={}", seeds.end - seeds.start))
        .arg(format!("--target={target}"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    worker.context("starting a worker")
}

fn lines_of(worker: &mut Child) -> Result<Receiver<String>> {
    let stdout = worker.stdout.take().context("it is a pipe")?;
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    Ok(lines)
}

fn keep(seed: u64, target: Target, corpus: &[Vec<u8>], finding: &str) -> Result<()> {
    let folder = quench_tests::repository().join("target/fuzz");
    fs::create_dir_all(&folder)?;
    let name = folder.join(format!("compile-{}-{seed}", target.short_name()));
    fs::write(name.with_extension("wasm"), input(seed, corpus))?;
    fs::write(name.with_extension("txt"), format!("{target}, seed {seed}\n{finding}\n"))?;
    println!("{}: {finding}", name.display());
    Ok(())
}

/// Works for [`supervise`] in the worker's process: names each input before it
/// compiles it.
///
/// # Errors
///
/// Fails when it cannot say so.
pub(crate) fn work(arguments: &CompileArguments) -> Result<()> {
    let limit = Rlimit { current: Some(MEMORY), maximum: Some(MEMORY) };
    setrlimit(Resource::As, limit)?;
    panic::set_hook(Box::new(|panic| say(&panic.to_string())));
    let corpus = corpus::load();
    let folder = quench_tests::scratch("fuzz-")?;
    let cache: Arc<dyn Store> = Arc::new(FunctionMap::default());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    for seed in arguments.seed..arguments.seed + arguments.count {
        let wasm = input(seed, &corpus);
        writeln!(std::io::stdout(), "{seed}")?;
        let options = options(seed, arguments.target);
        let compile = AssertUnwindSafe(|| compile_twice(&wasm, options, &cache));
        let compiled = pool.install(|| catch_unwind(compile));
        match compiled {
            Ok(Ok(true)) => writeln!(std::io::stdout(), "{COMPILED}")?,
            Ok(Ok(false)) => say("with the cache it is compiled to something else"),
            Ok(Err(error @ Error::Internal { .. })) => say(&error.to_string()),
            // Refused; or what a panic says, which the hook has said.
            Ok(Err(_)) | Err(_) => {}
        }
        if seed % COMMAND_RATE == 0 {
            through_command(&wasm, arguments.target, folder.path())?;
        }
    }
    Ok(())
}

fn say(finding: &str) {
    let words: Vec<&str> = finding.split_whitespace().collect();
    // Who reads it is gone only when this process is to end.
    let _ = writeln!(std::io::stdout(), "{FINDING}{}", words.join(" "));
}

/// Returns the options for a seed's input: some inputs are compiled with debug
/// information, with fuel, or with explicit memory checks.
pub(crate) fn options(seed: u64, target: Target) -> Options {
    Options {
        debug_info: seed % 4 == 1,
        fuel: (seed % 8 == 2).then_some(ENDLESS_FUEL),
        memory_checks: match seed % 8 {
            3 => MemoryChecks::Explicit,
            _ => MemoryChecks::Guard,
        },
        ..Options::new(target)
    }
}

/// Returns whether the cache makes no difference.
fn compile_twice(wasm: &[u8], options: Options, cache: &Arc<dyn Store>) -> Result<bool, Error> {
    if is_component(wasm) {
        return compile_component(wasm, options, cache);
    }
    Program::validate(wasm)?;
    let bytes = compile(wasm, options, None)?;
    Ok(bytes == compile(wasm, options, Some(cache))?)
}

/// Compiles the modules of a component that fits the host, where what nobody provides is a
/// trap. Returns whether the cache makes no difference.
fn compile_component(wasm: &[u8], options: Options, cache: &Arc<dyn Store>) -> Result<bool, Error> {
    let mut component = flatten(wasm).map_err(|error| {
        let message = error.to_string();
        if message.contains("translator") {
            Error::Internal { function: None, message }
        } else {
            Error::Link { message }
        }
    })?;
    let linked = NativeObjects::default();
    let custom = CustomProviders { preloads: &[], linked: &linked, stub_imports: true };
    wire(&mut component, &custom, None)
        .map_err(|error| Error::Link { message: error.to_string() })?;
    for module in &component.modules {
        if !compile_twice(module, options, cache)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Compiles a module to an object.
///
/// # Errors
///
/// The compiler's.
pub(crate) fn compile(
    wasm: &[u8],
    options: Options,
    cache: Option<&Arc<dyn Store>>,
) -> Result<Vec<u8>, Error> {
    let mut program = Program::new(options)?;
    if let Some(cache) = cache {
        program.keep_functions(Arc::clone(cache));
    }
    let module = program.add_module(&ModuleInput {
        name: "module",
        wasm,
        source: &|_, _| ImportSource::Host,
        entry_points: &[],
        export_use: None,
        near_memory: true,
        emit: Emit::Object,
    })?;
    // It fails where an import is of a module that is not there.
    let _ = program.finish(&plan());
    Ok(module.bytes)
}

/// Gives an input to the command, which may refuse it, but only with one
/// message and without an output.
fn through_command(wasm: &[u8], target: Target, folder: &Path) -> Result<()> {
    let file = folder.join("input.wasm");
    let output = folder.join("output");
    fs::write(&file, wasm)?;
    for arguments in [&["inspect"][..], &["build", "--stub-imports", "-o"]] {
        let mut command = Command::new(quench_tests::quench()?);
        command.args(arguments);
        if arguments.len() > 1 {
            command.arg(&output).arg(format!("--target={target}"));
        }
        let limits = Limits { time: PATIENCE / 2, ..Limits::default() };
        let finished = quench_tests::run(command.arg(&file), &limits)?;
        let said = finished.stderr();
        let refused = finished.status == 1 && said.starts_with("error: ");
        let internal = said.contains("internal") || said.contains("panicked");
        let left = finished.status != 0 && output.exists();
        if (finished.status != 0 && !refused) || internal || left {
            say(&format!(
                "quench {}: status {}, an output: {left}, {said}",
                arguments[0], finished.status
            ));
        }
        // It need not be there.
        let _ = fs::remove_file(&output);
    }
    Ok(())
}
