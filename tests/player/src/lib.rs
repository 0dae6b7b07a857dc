//! Runs inside an executable, in place of a program's usual course, what a test
//! harness asks of compiled modules: the commands of a specification test
//! script ([`script`], for `tests/spec`), or the programs that a fuzzer made
//! ([`cases`], for `tests/fuzz`).
#![no_std]

pub mod cases;
#[cfg(feature = "freestanding")]
mod play;
#[cfg(feature = "freestanding")]
mod play_cases;
pub mod script;
