//! `--timings`: where the time went, as a table or as JSON, on standard error; and
//! that JSON read again, for a page.

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

/// Functions that are named because they took longest.
const SLOWEST: usize = 10;

pub struct PhaseTime {
    pub name: &'static str,
    pub wall: Duration,
    /// Of all threads.
    pub cpu: Duration,
}

/// What the compiler's threads tell.
#[derive(Default)]
pub struct Timings {
    collected: Mutex<Collected>,
}

#[derive(Default)]
struct Collected {
    functions: u64,
    times: Times,
    /// The slowest first.
    slowest: Vec<(Duration, String)>,
}

impl Timings {
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

    pub fn add(&self, times: &Times) {
        self.collected().times.add(times);
    }

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

/// What tells the line from messages.
const LEVEL: &str = "timings";

/// A line of `--timings=json`. Times are in seconds.
#[derive(Serialize, Deserialize)]
pub struct Report {
    pub functions: u64,
    level: String,
    /// Bytes.
    pub peak_memory: Option<u64>,
    pub phases: Vec<Phase>,
    pub slowest: Vec<Part>,
    /// Of the phase `compile`.
    pub stages: Vec<Part>,
}

#[derive(Serialize, Deserialize)]
pub struct Phase {
    pub cpu: f64,
    pub name: String,
    pub wall: f64,
}

#[derive(Serialize, Deserialize)]
pub struct Part {
    pub cpu: f64,
    pub name: String,
}

impl Report {
    /// The last one in a file, between messages.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or has none.
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

/// Processor time of this thread.
pub fn thread_clock() -> Duration {
    clock(ClockId::ThreadCPUTime)
}

/// Processor time of all threads.
pub fn process_clock() -> Duration {
    clock(ClockId::ProcessCPUTime)
}

fn clock(id: ClockId) -> Duration {
    let time = clock_gettime(id);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

/// Most bytes that this process had resident.
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes << 10)
}
