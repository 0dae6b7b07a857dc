//! The input of translation besides a function's body: the module, and what has been decided
//! about it and about the program.

use super::known_tables::KnownTables;
use super::resolve::PlannedModule;
use crate::debug::Debug;
use crate::options::{MemoryChecks, PinnedRegister};
use crate::passes::Passes;
use crate::profile::file::Counters;
use crate::profile::{FunctionProfile, ModuleProfile};

/// The input that is common to the translations of all functions of a module.
pub(crate) struct Environment<'a> {
    /// The module, with what has been decided about it.
    pub planned: &'a PlannedModule<'a>,
    /// Cranelift's description of the target for the generation of IR.
    pub frontend: cranelift_codegen::isa::TargetFrontendConfig,
    /// Whether branches may arrive at marked instructions only.
    pub marks_targets: bool,
    /// The passes that run.
    pub passes: Passes,
    /// Debug information of the module, if the code is to have any.
    pub debug: Option<&'a Debug<'a>>,
    /// The tables whose content is known.
    pub tables: KnownTables,
    /// Offsets of the module's counters, if the program counts its runs.
    pub counters: Option<Counters>,
    /// The profile of the module, if there is one.
    pub profile: Option<ModuleProfile>,
    /// The content of the pinned register.
    pub pinned_register: PinnedRegister,
    /// The way in which accesses are kept inside their memories.
    pub memory_checks: MemoryChecks,
}

impl Environment<'_> {
    /// Returns what the profile says about the function with index `function`, if there is a
    /// profile and it knows the function.
    pub(crate) fn profile_of(&self, function: u32) -> Option<&FunctionProfile> {
        self.profile.as_ref()?.function(function)
    }
}
