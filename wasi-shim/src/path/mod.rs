//! Files named by a path. `name` checks the path that the guest gave,
//! `link` reads symbolic links, `walk` resolves a path beneath a directory where
//! the kernel cannot, both from what `pending` has, `members` does so in the archive in the
//! executable, `sandbox` asks the kernel or these, and `operations` has the functions of WASI.

mod link;
#[cfg(any(feature = "archive", test))]
mod members;
mod name;
pub(crate) mod operations;
mod pending;
mod sandbox;
mod walk;

pub(crate) use name::PATH_MAX;

#[cfg(test)]
mod agreement;
