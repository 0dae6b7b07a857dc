//! Reports about a compilation while it runs: the number of functions to compile, those that
//! are done, and the time that they took. Shows them to nobody, and has no clock of its own.

use std::time::Duration;

/// A receiver of reports about a compilation. All threads that compile call it.
pub trait Observer: Send + Sync {
    /// Reports that `functions` more functions have been queued.
    fn expect(&self, functions: usize);

    /// Reports that a queued function is done, and the times that it took. `name` returns the
    /// function's name.
    fn done(&self, name: &dyn Fn() -> String, times: &Times);

    /// Reports the times of work that belongs to no function alone.
    fn spent(&self, times: &Times);

    /// Returns the processor time of the calling thread, from an unspecified start, or a
    /// constant if the times are not wanted.
    fn clock(&self) -> Duration;
}

/// An observer that ignores all reports.
pub struct Silent;

impl Observer for Silent {
    fn expect(&self, _: usize) {}
    fn done(&self, _: &dyn Fn() -> String, _: &Times) {}
    fn spent(&self, _: &Times) {}
    fn clock(&self) -> Duration {
        Duration::ZERO
    }
}

quench_abi::enumeration! {
    /// A step of the work on one function. The steps follow one another.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Stage {
        /// Validation, and translation to Cranelift IR.
        Translate = "translate",
        /// Passes of quench over the IR.
        Optimize = "optimize",
        /// Cranelift's generation of machine code from the IR.
        Generate = "generate",
        /// Search for the places in the source that the code comes from.
        Lines = "lines",
        /// Placement of the code in the object.
        Emit = "emit",
    }
}

/// Processor times of the stages.
#[derive(Clone, Copy, Debug, Default)]
pub struct Times([Duration; Stage::ALL.len()]);

impl Times {
    /// Returns the time of a stage.
    pub fn of(&self, stage: Stage) -> Duration {
        self.0[stage as usize]
    }

    /// Returns the time of all stages together.
    pub fn total(&self) -> Duration {
        self.0.iter().sum()
    }

    /// Adds the times of other work.
    pub fn add(&mut self, other: &Times) {
        for (time, more) in self.0.iter_mut().zip(other.0) {
            *time += more;
        }
    }
}

/// A watch that measures the times of one piece of work.
pub(crate) struct Stopwatch<'a> {
    /// The observer whose clock is used.
    observer: &'a dyn Observer,
    /// The time of the last call of [`lap`](Stopwatch::lap), or of the start.
    since: Duration,
    /// The times that were measured.
    times: Times,
}

impl<'a> Stopwatch<'a> {
    /// Starts a watch.
    pub(crate) fn start(observer: &'a dyn Observer) -> Stopwatch<'a> {
        Stopwatch { observer, since: observer.clock(), times: Times::default() }
    }

    /// Adds the time since the last call, or since the start, to a stage.
    pub(crate) fn lap(&mut self, stage: Stage) {
        let now = self.observer.clock();
        self.times.0[stage as usize] += now.saturating_sub(self.since);
        self.since = now;
    }

    /// Returns the times that were measured.
    pub(crate) fn times(&self) -> &Times {
        &self.times
    }
}
