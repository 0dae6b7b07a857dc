//! Which build of quench this is: its version, and what it was built by and with.

use quench_compiler::{CRANELIFT_VERSION, Target};
use std::sync::LazyLock;

/// Version of quench.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The text that `quench --version` prints after the name.
pub static LONG: LazyLock<String> = LazyLock::new(|| {
    let targets: Vec<String> = Target::ALL.iter().map(Target::to_string).collect();
    format!(
        "{VERSION}\nbuilt by {}\nCranelift {CRANELIFT_VERSION}\ntargets: {}",
        env!("QUENCH_RUSTC"),
        targets.join(", ")
    )
});
