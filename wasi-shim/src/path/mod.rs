//! Files named by a path. `name` checks the path that the guest gave,
//! `link` reads symbolic links, `walk` resolves a path beneath a directory where
//! the kernel cannot, `sandbox` asks the kernel or `walk`, and `operations` has
//! the functions of WASI.

mod link;
mod name;
pub(crate) mod operations;
mod sandbox;
mod walk;

pub(crate) use name::PATH_MAX;

#[cfg(test)]
mod agreement;
