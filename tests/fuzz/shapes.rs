//! Gives the compiler functions that are hard to compile: it may use processor time and
//! memory in proportion to the module only. Each module is compiled in a process of its own,
//! which says what it used. That is processor time, so that it is the same on a busy machine.

use crate::arguments::{ShapesArguments, ShapesWorkerArguments};
use crate::compile;
use crate::generate;
use crate::rng::Rng;
use anyhow::{Context, Result};
use quench_compiler::{Error, Options, Target};
use quench_tests::shapes::{Body, Each, Part, Stretch, module};
use quench_tests::{Limits, run};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Seconds of processor time after which a compilation is ended.
const MOST_SECONDS: u64 = 60;

/// Bytes of address space that a compilation may use.
const MOST_MEMORY: u64 = 6 << 30;

/// Sizes of modules, in bytes, as powers of two.
const SIZES: std::ops::Range<usize> = 11..20;

/// Time for shrinking; the smallest functions until then are the result.
const PATIENCE: Duration = Duration::from_secs(180);

/// What a compilation used.
struct Cost {
    milliseconds: u64,
    kilobytes: u64,
}

/// Returns what compiling a module of `bytes` bytes may cost at most.
fn bound(bytes: u64) -> Cost {
    Cost { milliseconds: 400 + bytes / 50, kilobytes: 80_000 + bytes * 2 }
}

impl Cost {
    /// Returns which of the bounds of a module of `bytes` bytes is exceeded, if one is.
    fn complaint(&self, bytes: u64) -> Option<String> {
        let bound = bound(bytes);
        let is_over = self.milliseconds > bound.milliseconds || self.kilobytes > bound.kilobytes;
        is_over.then(|| {
            format!(
                "{bytes} bytes take {} ms and {} KB, more than {} ms or {} KB",
                self.milliseconds, self.kilobytes, bound.milliseconds, bound.kilobytes
            )
        })
    }

    /// Returns the larger part of its bound that is used, in percent.
    fn percent(&self, bytes: u64) -> u64 {
        let bound = bound(bytes);
        let time = self.milliseconds * 100 / bound.milliseconds;
        time.max(self.kilobytes * 100 / bound.kilobytes)
    }
}

/// Compiles as many modules as asked for. Returns whether nothing was found.
///
/// # Errors
///
/// Fails when compilations cannot be started.
pub(crate) fn run_all(arguments: &ShapesArguments) -> Result<bool> {
    let folder = quench_tests::scratch("shapes-")?;
    let seeds: Vec<u64> = (arguments.seed..arguments.seed + arguments.count).collect();
    let most = quench_tests::parallel(&seeds, |&seed| {
        let file = folder.path().join(format!("{seed}.wasm"));
        let trial = Trial { seed, target: arguments.target, file: &file };
        let bodies = bodies(&mut Rng::new(seed));
        let percent = match trial.compile(&bodies)? {
            Ok(percent) => Some(percent),
            Err(complaint) => {
                trial.keep(bodies, &complaint)?;
                None
            }
        };
        fs::remove_file(&file)?;
        anyhow::Ok(percent)
    })?;
    let most: Vec<Option<u64>> = most.into_iter().collect::<Result<_>>()?;
    let findings = most.iter().filter(|percent| percent.is_none()).count();
    println!(
        "{}: {} modules, at most {}% of what they may cost, {findings} findings",
        arguments.target.short_name(),
        arguments.count,
        most.into_iter().flatten().max().unwrap_or(0),
    );
    Ok(findings == 0)
}

/// Makes functions that follow from the generator.
fn bodies(rng: &mut Rng) -> Vec<Body> {
    let exponent = SIZES.start + rng.below(SIZES.len());
    let size = (1 << exponent) + rng.below(1 << exponent);
    let count = if rng.once_in(3) { 2 + rng.below(5) } else { 1 };
    (0..count).map(|_| body(size / count, rng)).collect()
}

/// Makes a function of about `size` bytes.
fn body(size: usize, rng: &mut Rng) -> Body {
    // Bytes of what defines and uses a local.
    const LOCAL: usize = 14;
    let uses_all = rng.once_in(2);
    let most = if uses_all { size / 2 / LOCAL } else { 49_000 };
    let locals = match rng.below(4) {
        0 => 0,
        1 => rng.below(100),
        2 => rng.below(2_000),
        _ => rng.below(49_000),
    };
    let locals = locals.min(most) as u32;
    let rest = if uses_all { size - locals as usize * LOCAL } else { size };
    Body { locals, uses_all, stretches: stretches(rest, locals, 2, rng) }
}

/// Makes stretches of about `size` bytes, which are `depth` deep in each other at most.
fn stretches(size: usize, locals: u32, depth: usize, rng: &mut Rng) -> Vec<Stretch> {
    let count = 1 + rng.below(3);
    (0..count).map(|_| stretch(size / count, locals, depth, rng)).collect()
}

fn stretch(size: usize, locals: u32, depth: usize, rng: &mut Rng) -> Stretch {
    let (part, each) = (*rng.choose(&Part::ALL), *rng.choose(&Each::ALL));
    let with_inner = depth > 0 && rng.once_in(3);
    let (own, inner) = if with_inner { (size / 2, size / 2) } else { (size, 0) };
    // Few are also of interest, around much else.
    let bytes = bytes_of(part, locals) + if each == Each::Nothing { 0 } else { 8 };
    let most = (own / bytes).max(1);
    let count = if rng.once_in(4) { 1 + rng.below(most) } else { most };
    Stretch {
        inner: if with_inner { stretches(inner, locals, depth - 1, rng) } else { Vec::new() },
        ..Stretch::new(part, count as u32, rng.once_in(2), each)
    }
}

/// Returns about how many bytes a construct has.
fn bytes_of(part: Part, locals: u32) -> usize {
    match part {
        Part::If | Part::Value | Part::Loop | Part::Select | Part::Call => 7,
        Part::Block => 14,
        Part::TryTable | Part::Try => 21,
        Part::Table => 30,
        Part::LoopOverAll => 14 + 9 * locals as usize,
    }
}

/// A seed's compilation.
struct Trial<'a> {
    seed: u64,
    target: Target,
    /// The place for modules.
    file: &'a Path,
}

impl Trial<'_> {
    /// Compiles functions. Returns the part of their bound that this uses in percent, or what
    /// is wrong.
    ///
    /// # Errors
    ///
    /// Fails when the process cannot be started.
    fn compile(&self, bodies: &[Body]) -> Result<Result<u64, String>> {
        let wasm = module(bodies);
        let bytes = wasm.len() as u64;
        fs::write(self.file, wasm)?;
        let mut worker = Command::new(std::env::current_exe()?);
        worker.arg("shapes-worker").arg(self.file);
        worker.arg(format!("--seed={}", self.seed)).arg(format!("--target={}", self.target));
        let patience = Duration::from_secs(MOST_SECONDS * 20);
        let finished = run(&mut worker, &Limits { time: patience, ..Limits::default() })?;
        let said = finished.stdout();
        let mut numbers = said.split_whitespace().map_while(|word| word.parse().ok());
        Ok(match (finished.status, numbers.next(), numbers.next()) {
            (0, Some(milliseconds), Some(kilobytes)) => {
                let cost = Cost { milliseconds, kilobytes };
                cost.complaint(bytes).map_or(Ok(cost.percent(bytes)), Err)
            }
            (status, ..) => Err(format!("{bytes} bytes: status {status}, {}", finished.stderr())),
        })
    }

    /// Writes a module that costs too much, and a smaller one that also does.
    fn keep(&self, bodies: Vec<Body>, complaint: &str) -> Result<()> {
        let folder = quench_tests::repository().join("target/fuzz");
        fs::create_dir_all(&folder)?;
        let name = folder.join(format!("shapes-{}-{}", self.target.short_name(), self.seed));
        fs::write(name.with_extension("wasm"), module(&bodies))?;
        println!("{}: {complaint}", name.display());
        let mut text = format!("{}, seed {}\n{complaint}\n{bodies:?}\n", self.target, self.seed);
        let (small, now) = self.shrink(bodies, complaint)?;
        fs::write(name.with_extension("small.wasm"), module(&small))?;
        writeln!(text, "shrunk: {now}\n{small:?}")?;
        fs::write(name.with_extension("txt"), text)?;
        println!("{}: shrunk: {now} {small:?}", name.display());
        Ok(())
    }

    /// Makes the functions simpler as long as they cost too much. Returns them, and what is
    /// then wrong.
    fn shrink(&self, mut bodies: Vec<Body>, complaint: &str) -> Result<(Vec<Body>, String)> {
        let end = Instant::now() + PATIENCE;
        let mut complaint = complaint.to_string();
        let mut next = 0;
        while Instant::now() < end
            && let Some(simpler) = simpler(&bodies).into_iter().nth(next)
        {
            match self.compile(&simpler)? {
                Ok(_) => next += 1,
                Err(now) => (bodies, complaint, next) = (simpler, now, 0),
            }
        }
        Ok((bodies, complaint))
    }
}

/// Returns functions that are a step simpler, each in another way; the largest steps first.
fn simpler(bodies: &[Body]) -> Vec<Vec<Body>> {
    let mut found = Vec::new();
    for number in 0..bodies.len() {
        let changed = |change: &dyn Fn(&mut Body)| {
            let mut bodies = bodies.to_vec();
            change(&mut bodies[number]);
            bodies
        };
        let body = &bodies[number];
        if bodies.len() > 1 {
            let mut rest = bodies.to_vec();
            rest.remove(number);
            found.push(rest);
        }
        for stretches in simpler_stretches(&body.stretches) {
            found.push(changed(&|body| body.stretches.clone_from(&stretches)));
        }
        if body.locals > 0 {
            found.push(changed(&|body| body.locals = 0));
            found.push(changed(&|body| body.locals /= 2));
        }
        if body.uses_all {
            found.push(changed(&|body| body.uses_all = false));
        }
    }
    found
}

/// Returns stretches that are a step simpler, each in another way.
fn simpler_stretches(stretches: &[Stretch]) -> Vec<Vec<Stretch>> {
    let mut found = Vec::new();
    for (number, stretch) in stretches.iter().enumerate() {
        let mut replace = |with: Vec<Stretch>| {
            let mut stretches = stretches.to_vec();
            stretches.splice(number..=number, with);
            found.push(stretches);
        };
        replace(stretch.inner.clone());
        for inner in simpler_stretches(&stretch.inner) {
            replace(vec![Stretch { inner, ..stretch.clone() }]);
        }
        if stretch.count > 1 {
            replace(vec![Stretch { count: 1, ..stretch.clone() }]);
            replace(vec![Stretch { count: stretch.count / 2, ..stretch.clone() }]);
        }
        if stretch.each != Each::Nothing {
            replace(vec![Stretch { each: Each::Nothing, ..stretch.clone() }]);
        }
    }
    found
}

/// Compiles the module in a file, and says what that used: milliseconds of processor time
/// and kilobytes of memory at the most.
///
/// # Errors
///
/// Fails when the module cannot be compiled.
pub(crate) fn work(arguments: &ShapesWorkerArguments) -> Result<()> {
    let limit = |most| Rlimit { current: Some(most), maximum: Some(most) };
    setrlimit(Resource::Cpu, limit(MOST_SECONDS))?;
    setrlimit(Resource::As, limit(MOST_MEMORY))?;
    let wasm = fs::read(&arguments.module)?;
    let options = Options {
        opt_level: generate::opt_level(arguments.seed),
        ..compile::options(arguments.seed, arguments.target)
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    match pool.install(|| compile::compile(&wasm, options, None)) {
        // A function whose code is too large for calls is refused at the end.
        Ok(_) | Err(Error::Unsupported { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    println!("{} {}", milliseconds()?, kilobytes()?);
    Ok(())
}

/// Returns the processor time of this process so far.
fn milliseconds() -> Result<u64> {
    // The kernel gives times in hundredths of seconds, whatever its own clock is.
    const TICK: u64 = 10;
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The second field is the program's name, in parentheses, and may contain anything.
    let (_, fields) = stat.rsplit_once(')').context("no name")?;
    let times = fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>);
    Ok(times.sum::<Result<u64, _>>()? * TICK)
}

/// Returns the memory that this process had at the most.
fn kilobytes() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = peak.and_then(|peak| peak.split_whitespace().next());
    Ok(number.context("no peak")?.parse()?)
}
