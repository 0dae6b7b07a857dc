//! The policy of a program: what it may do. [`permissions`] is the list of it;
//! [`mod@file`] reads them from a policy file, [`from_options`] adds those of the
//! command line, and [`report`] puts those of an executable into words.

pub mod file;
pub mod permissions;
pub mod report;

pub use permissions::Policy;

use crate::args::PolicyArgs;
use anyhow::Result;

/// Returns the permissions of the options and of the policy file that they may
/// name. A limit of the command line replaces the file's.
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
