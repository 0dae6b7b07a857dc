//! Files: [`input`] reads modules, [`output`] writes results to the `place` that a path
//! leads to, and [`unfinished`] removes unfinished results when a signal ends the process.

pub mod input;
pub mod output;
mod place;
pub mod unfinished;
