//! How modules use profiles, and profiles that are made up.

use crate::rng::Rng;
use anyhow::Result;
use quench_compiler::Profile;

/// How a module is compiled as far as profiles go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profiling {
    /// Without a profile.
    None,
    /// Counts what it does.
    Generate,
    /// Uses a profile that is made up from this seed.
    Use(u64),
}

impl Profiling {
    /// Returns the profile that a module is compiled with, if there is one.
    ///
    /// # Errors
    ///
    /// Fails when the module cannot be read.
    pub(crate) fn profile(self, name: &str, wasm: &[u8]) -> Result<Option<Profile>> {
        let Profiling::Use(seed) = self else {
            return Ok(None);
        };
        let mut rng = Rng::new(seed.rotate_left(32));
        let number = move || match rng.below(4) {
            0 => 0,
            1 => rng.below(4) as u64,
            _ => rng.next() >> rng.below(64),
        };
        Ok(Some(Profile::invented(name, wasm, number)?))
    }
}
