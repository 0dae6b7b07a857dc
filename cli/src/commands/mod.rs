//! One file for each command.

pub mod build;
pub mod cache;
pub mod emulator;
pub mod inspect;
pub mod manual;
pub mod reduce;
pub mod run;
pub mod targets;
