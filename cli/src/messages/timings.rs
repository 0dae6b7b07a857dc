//! The output of `--timings`: where the time went, as a table or as JSON, on
//! standard error. Reads that JSON again, for the page of `quench inspect
//! --html`.

use crate::args::TimingsForm;
use crate::messages::describe::display_size;
use crate::messages::diagnostics;
use anyhow::{Context, Result};
use quench_compiler::{Stage, Times};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Number of functions that are named because they took longest.
const SLOWEST: usize = 10;

/// The time that a phase took.
pub struct PhaseTime {
    /// Name of the phase.
    pub name: &'static str,
    /// Wall-clock time.
    pub wall: Duration,
    /// Processor time of all threads.
    pub cpu: Duration,
}

/// The times that the compiler's threads report.
#[derive(Default)]
pub struct Timings {
    collected: Mutex<Collected>,
}

#[derive(Default)]
struct Collected {
    functions: u64,
    times: Times,
    /// The functions that took longest, the slowest first, with their times.
    slowest: Vec<(Duration, String)>,
}

impl Timings {
    /// Adds the times of a function.
    pub fn add_function(&self, name: &dyn Fn() -> String, times: &Times) {
        let mut collected = self.collected();
        collected.functions += 1;
        collected.times.add(times);
        let total = times.total();
        let slowest = &mut collected.slowest;
        let place = slowest.partition_point(|(other, _)| *other >= total);
        if place < SLOWEST {
            slowest.insert(place, (total, name()));
            slowest.truncate(SLOWEST);
        }
    }

    /// Adds times that belong to no single function.
    pub fn add(&self, times: &Times) {
        self.collected().times.add(times);
    }

    /// Prints all times, of these phases and of what was added. Where messages are
    /// JSON, the table is too.
    pub fn print(&self, phases: &[PhaseTime], form: TimingsForm) {
        let collected = self.collected();
        match form {
            TimingsForm::Table if !diagnostics::are_json() => {
                eprint!("{}", collected.table(phases))
            }
            _ => {
                let report = serde_json::to_string(&collected.report(phases));
                eprintln!("{}", report.expect("numbers and names"));
            }
        }
    }

    fn collected(&self) -> MutexGuard<'_, Collected> {
        let collected = self.collected.lock();
        collected.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Collected {
    fn table(&self, phases: &[PhaseTime]) -> String {
        let mut table = String::new();
        let mut line = |name: &str, wall: Option<Duration>, cpu: Duration| {
            let wall = wall.map_or(String::new(), seconds);
            writeln!(table, "{name:<16} {wall:>9} {:>9}", seconds(cpu))
                .expect("writing to a string");
        };
        for phase in phases {
            line(phase.name, Some(phase.wall), phase.cpu);
            if phase.name == "compile" {
                for stage in Stage::ALL {
                    line(&format!("  {}", stage.name()), None, self.times.of(stage));
                }
            }
        }
        line(
            "total",
            Some(phases.iter().map(|phase| phase.wall).sum()),
            phases.iter().map(|phase| phase.cpu).sum(),
        );
        let mut text = format!("{:<16} {:>9} {:>9}\n{table}", "", "wall, s", "CPU, s");
        if self.functions > 0 {
            writeln!(text, "\n{} functions; those that took longest:", self.functions)
                .expect("writing to a string");
        }
        for (time, name) in &self.slowest {
            writeln!(text, "{:>9} s  {name}", seconds(*time)).expect("writing to a string");
        }
        if let Some(peak) = peak_memory() {
            writeln!(text, "\npeak memory: {}", display_size(peak)).expect("writing to a string");
        }
        text
    }

    fn report(&self, phases: &[PhaseTime]) -> Report {
        let phases = phases.iter().map(|phase| Phase {
            cpu: phase.cpu.as_secs_f64(),
            name: phase.name.to_string(),
            wall: phase.wall.as_secs_f64(),
        });
        let part =
            |name: &str, cpu: Duration| Part { cpu: cpu.as_secs_f64(), name: name.to_string() };
        let slowest = self.slowest.iter();
        Report {
            functions: self.functions,
            level: LEVEL.to_string(),
            peak_memory: peak_memory(),
            phases: phases.collect(),
            slowest: slowest.map(|(time, name)| part(name, *time)).collect(),
            stages: Stage::ALL.map(|stage| part(stage.name(), self.times.of(stage))).into(),
        }
    }
}

/// The `level` of the line of JSON, which tells it from messages.
const LEVEL: &str = "timings";

/// The line of JSON of `--timings=json`. Times are in seconds.
#[derive(Serialize, Deserialize)]
pub struct Report {
    /// Number of functions that were compiled.
    pub functions: u64,
    /// Always [`LEVEL`].
    level: String,
    /// Most memory that was resident, in bytes.
    pub peak_memory: Option<u64>,
    /// The phases, in their order.
    pub phases: Vec<Phase>,
    /// The functions that took longest, the slowest first.
    pub slowest: Vec<Part>,
    /// The stages of the phase `compile`.
    pub stages: Vec<Part>,
}

/// A phase and its time, in a [`Report`].
#[derive(Serialize, Deserialize)]
pub struct Phase {
    /// Processor time of all threads.
    pub cpu: f64,
    /// Name of the phase.
    pub name: String,
    /// Wall-clock time.
    pub wall: f64,
}

/// A function or a stage of the compiler and its time, in a [`Report`].
#[derive(Serialize, Deserialize)]
pub struct Part {
    /// Processor time of all threads.
    pub cpu: f64,
    /// Name of the function or stage.
    pub name: String,
}

impl Report {
    /// Reads the last report in a file, which may have messages as well.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or has no report.
    pub fn read(file: &Path) -> Result<Report> {
        let name = file.display();
        let text = fs::read(file).with_context(|| format!("cannot read `{name}`"))?;
        let text = String::from_utf8_lossy(&text);
        let mut reports = text.lines().rev().filter_map(|line| {
            let report: Report = serde_json::from_str(line).ok()?;
            (report.level == LEVEL).then_some(report)
        });
        let none = "it has no times; they are written by `quench build --timings=json 2> FILE`";
        reports.next().with_context(|| format!("cannot use `{name}`: {none}"))
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}

/// Returns the processor time of this thread.
pub fn thread_clock() -> Duration {
    clock(ClockId::ThreadCPUTime)
}

/// Returns the processor time of all threads of this process.
pub fn process_clock() -> Duration {
    clock(ClockId::ProcessCPUTime)
}

fn clock(id: ClockId) -> Duration {
    let time = clock_gettime(id);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

/// Returns the most memory that this process had resident, in bytes.
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes << 10)
}
