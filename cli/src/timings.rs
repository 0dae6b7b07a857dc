//! `--timings`: where the time went, as a table or as JSON, on standard error.

use crate::args::TimingsForm;
use crate::messages;
use crate::values::display_size;
use quench_compiler::{Stage, Times};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use std::fmt::Write;
use std::fs;
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
            TimingsForm::Table if !messages::are_json() => eprint!("{}", collected.table(phases)),
            _ => eprintln!("{}", collected.json(phases)),
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
            writeln!(
                text,
                "\n{} functions; those that took longest:",
                self.functions
            )
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

    /// Times are in seconds, memory in bytes.
    fn json(&self, phases: &[PhaseTime]) -> Value {
        let phases: Vec<Value> = phases
            .iter()
            .map(|phase| {
                json!({
                    "name": phase.name,
                    "wall": phase.wall.as_secs_f64(),
                    "cpu": phase.cpu.as_secs_f64(),
                })
            })
            .collect();
        let stages = Stage::ALL
            .map(|stage| json!({"name": stage.name(), "cpu": self.times.of(stage).as_secs_f64()}));
        let slowest = self.slowest.iter();
        let slowest: Vec<Value> = slowest
            .map(|(time, name)| json!({"name": name, "cpu": time.as_secs_f64()}))
            .collect();
        json!({
            "level": "timings",
            "phases": phases,
            "stages": stages,
            "functions": self.functions,
            "slowest": slowest,
            "peak_memory": peak_memory(),
        })
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
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes << 10)
}
