//! What a program may do: [`permissions`] is the list of it, which [`mod@file`]
//! reads from a file, [`from_options`] takes from there and the command line, and
//! [`report`] puts into words.

pub mod file;
pub mod permissions;
pub mod report;

pub use permissions::Policy;

use crate::args::PolicyArgs;
use anyhow::Result;

/// The permissions that the options and the policy file, if they name one, give
/// together. A limit of the command line replaces the file's.
///
/// # Errors
///
/// When the file cannot be read or understood, and when the permissions
/// contradict each other.
pub fn from_options(args: &PolicyArgs) -> Result<Policy> {
    let policy = match &args.policy {
        Some(path) => file::read(path)?,
        None => Policy::default(),
    };
    policy.with_options(args)
}
