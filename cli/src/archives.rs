//! The native code that every executable has, built with this program and
//! embedded in it.

use quench_compiler::Target;

/// Runtime and WASI functions, as one relocatable object.
pub fn wasi_shim(target: Target) -> &'static [u8] {
    match target {
        Target::X86_64 => include_bytes!(env!("QUENCH_WASI_SHIM_X86_64")),
        Target::Aarch64 => include_bytes!(env!("QUENCH_WASI_SHIM_AARCH64")),
    }
}
