//! Messages for people and for their tools.
//!
//! [`describe`] puts values into words; [`diagnostics`] prints errors, warnings and
//! notes; [`progress`] is the progress bar and [`timings`] the output of
//! `--timings`. [`phases`] uses all of them while a program is made.

pub mod describe;
pub mod diagnostics;
pub mod phases;
pub mod progress;
pub mod timings;
