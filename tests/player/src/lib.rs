//! Plays the commands of a specification test script inside an executable.
//! The harness in `tests/spec` compiles the script's modules and writes the
//! commands; [`play`] takes the place of a program's ordinary course.
#![no_std]

#[cfg(feature = "freestanding")]
mod play;
pub mod script;
