//! Cold blocks by profile: code that never ran, in a function that did run, is placed behind
//! the rest of the function. So the code that runs lies together, in fewer lines of the
//! processor's cache. Calls in cold blocks are not inlined (`optimize/inline.rs`).
//!
//! Only the order of blocks changes.

use super::translator::Translator;
use crate::passes::Pass;

impl Translator<'_, '_> {
    /// Marks the current block as cold if the run of operators that begins behind the
    /// operator at `offset` never ran. A block that has instructions already did run, at
    /// least up to here, and so did the entry block: both stay where they are.
    pub(super) fn mark_cold_run(&mut self, offset: u32) {
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
