//! What quench says to people and to their tools.
//!
//! [`describe`] has words for values; [`diagnostics`] prints errors, warnings and
//! notes; [`progress`] is the bar on a terminal and [`timings`] what `--timings`
//! prints. [`phases`] uses them all while a program is made.

pub mod describe;
pub mod diagnostics;
pub mod phases;
pub mod progress;
pub mod timings;
