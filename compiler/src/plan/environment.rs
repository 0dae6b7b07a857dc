//! What translation knows besides a function's body: the module and what has been
//! decided about it and about the program.

use super::known_tables::KnownTables;
use super::resolve::PlannedModule;
use crate::debug::Debug;
use crate::options::{MemoryChecks, PinnedRegister};
use crate::passes::Passes;
use crate::profile::file::Counters;
use crate::profile::{FunctionProfile, ModuleProfile};

/// What all functions of a module are translated with.
pub struct Environment<'a> {
    pub planned: &'a PlannedModule<'a>,
    pub frontend: cranelift_codegen::isa::TargetFrontendConfig,
    /// Branches may arrive at marked instructions only.
    pub marks_targets: bool,
    pub passes: Passes,
    /// What debuggers will ask for, if there is to be debug information.
    pub debug: Option<&'a Debug<'a>>,
    /// The tables whose content is known.
    pub tables: KnownTables,
    /// Where runs are counted, if they are.
    pub counters: Option<Counters>,
    /// How often what has run before.
    pub profile: Option<ModuleProfile>,
    /// Who has the pinned register.
    pub pinned_register: PinnedRegister,
    pub memory_checks: MemoryChecks,
}

impl Environment<'_> {
    pub fn profile_of(&self, function: u32) -> Option<&FunctionProfile> {
        self.profile.as_ref()?.function(function)
    }
}
