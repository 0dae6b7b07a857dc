//! The files of `--embed`: [`tree`] finds them and gives them their places in the guest's
//! directories, [`mod@archive`] writes them behind an executable, and [`report`] lists those
//! that an executable has. How an archive looks is known by `quench_policy`.

pub mod archive;
pub mod report;
mod tree;

pub use archive::{Files, time};
