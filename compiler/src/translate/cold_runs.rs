//! What a profile says never ran, while the rest of its function did, is placed
//! behind that: so what runs lies together, in fewer lines of the processor's
//! cache. Calls there are not inlined (`inline`).
//!
//! Only the order of blocks changes.

use super::translator::Translator;
use crate::passes::Pass;

impl Translator<'_, '_> {
    /// A run begins behind the operator at `offset`. A block that began before did
    /// run, at least up to here; so did the first.
    pub fn mark_cold_run(&mut self, offset: u32) {
        let never_ran = self
            .profile()
            .is_some_and(|profile| profile.entries() > 0 && profile.count_at(offset, true) == 0);
        if never_ran
            && self.environment.passes.contains(Pass::ProfileBlocks)
            && let Some(block) = self.builder.current_block()
            && Some(block) != self.builder.func.layout.entry_block()
            && self.builder.func.layout.first_inst(block).is_none()
        {
            self.builder.set_cold_block(block);
        }
    }
}
