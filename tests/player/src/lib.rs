//! Plays inside an executable what a test harness wants to know of compiled
//! modules, in the place of a program's ordinary course: the commands of a
//! specification test script ([`script`], for `tests/spec`), or the programs
//! that a fuzzer made ([`cases`], for `tests/fuzz`).
#![no_std]

pub mod cases;
#[cfg(feature = "freestanding")]
mod play;
#[cfg(feature = "freestanding")]
mod play_cases;
pub mod script;
