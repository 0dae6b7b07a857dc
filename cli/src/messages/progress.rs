//! The bar on a terminal: functions done, how fast, and the time left. What is
//! done within a moment has none.

use crate::messages::diagnostics;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

const MOMENT: Duration = Duration::from_millis(500);

/// So that the time left runs down while a large function is compiled.
const TICK: Duration = Duration::from_millis(200);

const TEMPLATE: &str =
    "{msg:>9} [{bar:30}] {human_pos}/{human_len} functions, {rate}/s, {eta} left";

pub struct Bar {
    bar: ProgressBar,
    start: Instant,
    is_shown: AtomicBool,
}

impl Bar {
    /// `None` where nobody would see it.
    pub fn new() -> Option<Bar> {
        if !diagnostics::is_for_a_terminal() {
            return None;
        }
        let style = ProgressStyle::with_template(TEMPLATE).ok()?;
        let style = style.with_key("rate", |state: &ProgressState, text: &mut dyn Write| {
            // There is nobody to tell that it cannot be written.
            let _ = write!(text, "{:.0}", state.per_sec());
        });
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        bar.set_style(style.progress_chars("=> "));
        Some(Bar { bar, start: Instant::now(), is_shown: AtomicBool::new(false) })
    }

    pub fn expect(&self, functions: usize) {
        self.bar.inc_length(functions as u64);
    }

    /// One more function is done.
    pub fn advance(&self) {
        self.bar.inc(1);
        if self.start.elapsed() > MOMENT && !self.is_shown.swap(true, Relaxed) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.bar.enable_steady_tick(TICK);
        }
    }

    pub fn phase(&self, phase: &'static str) {
        self.bar.set_message(phase);
    }

    pub fn hide_while(&self, say: impl FnOnce()) {
        self.bar.suspend(say);
    }

    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
