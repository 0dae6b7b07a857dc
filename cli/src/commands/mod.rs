//! The commands, one file each; [`manual`] has two. [`emulator`] finds the emulator
//! that [`run`] starts and [`targets`] names.

pub mod binfmt;
pub mod build;
pub mod cache;
pub mod emulator;
pub mod inspect;
pub mod manual;
pub mod reduce;
pub mod run;
pub mod runtime;
pub mod targets;
