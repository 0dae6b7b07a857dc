//! What is printed beside errors: warnings, and with `-v` each phase and how
//! long it took.

use crate::args::Verbosity;
use std::time::Instant;

pub struct Phases {
    verbosity: Verbosity,
    since: Instant,
}

impl Phases {
    pub fn start(verbosity: Verbosity) -> Phases {
        Phases {
            verbosity,
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
        if self.verbosity.verbose {
            eprintln!("quench: {message}");
        }
    }

    pub fn warn(&self, warning: &str) {
        if !self.verbosity.quiet {
            crate::messages::warning(warning);
        }
    }
}
