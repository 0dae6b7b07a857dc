//! One file for each command.

pub mod build;
pub mod inspect;
pub mod run;
pub mod targets;
