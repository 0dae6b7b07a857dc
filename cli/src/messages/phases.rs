//! Messages while a program is made: warnings; with `-v` each phase and how
//! long it took; on a terminal a progress bar; and at the end `--timings`.

use crate::args::Verbosity;
use crate::messages::diagnostics;
use crate::messages::progress::Bar;
use crate::messages::timings::{self, PhaseTime, Timings};
use quench_compiler::{Observer, Times};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The phases in which a program is made. The current one ends when the next
/// begins.
pub struct Phases {
    verbosity: Verbosity,
    watcher: Arc<Watcher>,
    /// Name of the current phase.
    phase: &'static str,
    /// When the current phase began.
    since: Instant,
    /// Processor time of this process when the current phase began.
    cpu_since: Duration,
    finished: Vec<PhaseTime>,
}

impl Phases {
    /// Begins the first phase, `read`.
    pub fn start(verbosity: Verbosity) -> Phases {
        let wants_bar = !verbosity.quiet && !verbosity.verbose;
        Phases {
            verbosity,
            watcher: Arc::new(Watcher {
                bar: wants_bar.then(Bar::new).flatten(),
                timings: verbosity.timings.map(|_| Timings::default()),
            }),
            phase: "read",
            since: Instant::now(),
            cpu_since: timings::process_clock(),
            finished: Vec::new(),
        }
    }

    /// Ends the current phase and begins the next.
    pub fn begin(&mut self, phase: &'static str) {
        self.end();
        self.phase = phase;
        if let Some(bar) = &self.watcher.bar {
            bar.phase(phase);
        }
    }

    fn end(&mut self) {
        let (now, cpu) = (Instant::now(), timings::process_clock());
        let time = PhaseTime {
            name: self.phase,
            wall: now - self.since,
            cpu: cpu.saturating_sub(self.cpu_since),
        };
        let milliseconds = time.wall.as_secs_f64() * 1e3;
        self.note(format_args!("{}: {milliseconds:.1} ms", time.name));
        self.finished.push(time);
        (self.since, self.cpu_since) = (now, cpu);
    }

    /// Prints a remark, with `-v`.
    pub fn note(&self, message: std::fmt::Arguments<'_>) {
        if self.verbosity.verbose {
            diagnostics::remark(&message.to_string());
        }
    }

    /// Prints a warning, unless `-q` is given.
    pub fn warn(&self, warning: &str) {
        if !self.verbosity.quiet {
            self.watcher.hide_bar_while(|| diagnostics::warning(warning));
        }
    }

    /// Returns what the compiler reports its progress to.
    pub fn observer(&self) -> Arc<dyn Observer> {
        Arc::clone(&self.watcher) as Arc<dyn Observer>
    }

    /// Ends the last phase: removes the bar and prints the output of `--timings`.
    pub fn finish(&mut self) {
        self.end();
        self.watcher.end_bar();
        if let (Some(timings), Some(form)) = (&self.watcher.timings, self.verbosity.timings) {
            timings.print(&self.finished, form);
        }
    }
}

impl Drop for Phases {
    /// Removes the bar even where an error ends the work.
    fn drop(&mut self) {
        self.watcher.end_bar();
    }
}

/// Passes the compiler's progress on to the bar and the timings.
struct Watcher {
    bar: Option<Bar>,
    timings: Option<Timings>,
}

impl Watcher {
    fn hide_bar_while(&self, say: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.hide_while(say),
            None => say(),
        }
    }

    fn end_bar(&self) {
        if let Some(bar) = &self.bar {
            bar.end();
        }
    }
}

impl Observer for Watcher {
    fn expect(&self, functions: usize) {
        if let Some(bar) = &self.bar {
            bar.expect(functions);
        }
    }

    fn done(&self, name: &dyn Fn() -> String, times: &Times) {
        if let Some(bar) = &self.bar {
            bar.advance();
        }
        if let Some(timings) = &self.timings {
            timings.add_function(name, times);
        }
    }

    fn spent(&self, times: &Times) {
        if let Some(timings) = &self.timings {
            timings.add(times);
        }
    }

    fn clock(&self) -> Duration {
        match self.timings {
            Some(_) => timings::thread_clock(),
            None => Duration::ZERO,
        }
    }
}
