//! Files: [`input`] reads modules, [`output`] writes results, and [`unfinished`]
//! removes unfinished results when a signal ends the process.

pub mod input;
pub mod output;
pub mod unfinished;
