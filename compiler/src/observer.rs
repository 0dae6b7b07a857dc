//! What a compilation tells while it runs: how many functions there are to do,
//! which are done, and where the time goes. Does not show it to anybody, and
//! has no clock of its own.

use std::time::Duration;

/// Whoever is told how compilation goes, from all threads that compile.
pub trait Observer: Send + Sync {
    /// `functions` more functions have been queued.
    fn expect(&self, functions: usize);

    /// A queued function has been done, in these times.
    fn done(&self, name: &dyn Fn() -> String, times: &Times);

    /// Work that belongs to no function alone has been done, in these times.
    fn spent(&self, times: &Times);

    /// Returns the processor time of the calling thread, from an unspecified start; or
    /// always the same if nobody wants to know.
    fn clock(&self) -> Duration;
}

/// An observer that does nothing.
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
        /// Our own passes.
        Optimize = "optimize",
        /// Cranelift: from IR to code.
        Generate = "generate",
        /// Where in the source the code comes from.
        Lines = "lines",
        /// Putting the code into the object.
        Emit = "emit",
    }
}

/// Processor time by stage.
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

/// A watch that takes the times of one piece of work.
pub struct Stopwatch<'a> {
    observer: &'a dyn Observer,
    since: Duration,
    times: Times,
}

impl<'a> Stopwatch<'a> {
    /// Starts a watch.
    pub fn start(observer: &'a dyn Observer) -> Stopwatch<'a> {
        Stopwatch { observer, since: observer.clock(), times: Times::default() }
    }

    /// Gives the time since the last call to a stage.
    pub fn lap(&mut self, stage: Stage) {
        let now = self.observer.clock();
        self.times.0[stage as usize] += now.saturating_sub(self.since);
        self.since = now;
    }

    /// Returns the times so far.
    pub fn times(&self) -> &Times {
        &self.times
    }
}
