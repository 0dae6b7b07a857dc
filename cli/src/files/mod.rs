//! Files that are read and written: [`input`] reads modules, [`output`] writes
//! results, and [`unfinished`] removes those that were begun when a signal ends
//! the process.

pub mod input;
pub mod output;
pub mod unfinished;
