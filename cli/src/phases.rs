//! What `-v` prints: each phase and how long it took.

use std::time::Instant;

pub struct Phases {
    verbose: bool,
    since: Instant,
}

impl Phases {
    pub fn start(verbose: bool) -> Phases {
        Phases {
            verbose,
            since: Instant::now(),
        }
    }

    /// The phase that began where the one before ended is over.
    pub fn done(&mut self, phase: &str) {
        let elapsed = self.since.elapsed();
        self.note(format_args!(
            "{phase}: {:.1} ms",
            elapsed.as_secs_f64() * 1e3
        ));
        self.since = Instant::now();
    }

    pub fn note(&self, message: std::fmt::Arguments<'_>) {
        if self.verbose {
            eprintln!("quench: {message}");
        }
    }
}
