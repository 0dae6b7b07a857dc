//! The progress bar on a terminal: functions done, functions per second, and
//! the time left. A build that is done within a moment shows none.

use crate::messages::diagnostics;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Time after which the bar appears.
const MOMENT: Duration = Duration::from_millis(500);

/// Interval at which the bar is drawn, so that the time left runs down even while a
/// large function is compiled.
const TICK: Duration = Duration::from_millis(200);

/// Layout of the bar, in the syntax of indicatif.
const TEMPLATE: &str =
    "{msg:>9} [{bar:30}] {human_pos}/{human_len} functions, {rate}/s, {eta} left";

/// A progress bar.
pub struct Bar {
    bar: ProgressBar,
    start: Instant,
    is_shown: AtomicBool,
}

impl Bar {
    /// Returns a bar that is not shown yet; `None` where nobody would see it.
    pub fn new() -> Option<Bar> {
        if !diagnostics::is_for_a_terminal() {
            return None;
        }
        let style = ProgressStyle::with_template(TEMPLATE).ok()?;
        let style = style.with_key("rate", |state: &ProgressState, text: &mut dyn Write| {
            // Writing to the text of a bar does not fail.
            let _ = write!(text, "{:.0}", state.per_sec());
        });
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        bar.set_style(style.progress_chars("=> "));
        Some(Bar { bar, start: Instant::now(), is_shown: AtomicBool::new(false) })
    }

    /// Adds functions to those that are to be done.
    pub fn expect(&self, functions: usize) {
        self.bar.inc_length(functions as u64);
    }

    /// Counts one more function as done, and shows the bar if it is time.
    pub fn advance(&self) {
        self.bar.inc(1);
        if self.start.elapsed() > MOMENT && !self.is_shown.swap(true, Relaxed) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.bar.enable_steady_tick(TICK);
        }
    }

    /// Shows the name of a phase.
    pub fn phase(&self, phase: &'static str) {
        self.bar.set_message(phase);
    }

    /// Hides the bar while `say` prints.
    pub fn hide_while(&self, say: impl FnOnce()) {
        self.bar.suspend(say);
    }

    /// Removes the bar.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
