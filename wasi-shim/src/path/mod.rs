//! Everything that names a file by a path. `name` checks what the guest gave,
//! `sandbox` resolves it beneath a directory, `walk` does so where the kernel
//! cannot, `operations` are the functions of WASI.

mod name;
pub mod operations;
mod sandbox;
mod walk;

pub use name::PATH_MAX;

#[cfg(test)]
mod agreement;
