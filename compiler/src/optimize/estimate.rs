//! Estimates of how often calls are made, from the module's shape alone: a call in a loop,
//! or in a function that is called from a loop, is worth more code than the rest. Knows
//! nothing of profiles, which tell more.

use crate::plan::survey::Summary;
use rustc_hash::FxHashSet;

/// An estimate of which of a module's calls are made often.
#[derive(Default)]
pub(super) struct Estimate {
    /// Offsets in the module of calls in loops, ascending.
    in_loops: Vec<u32>,
    /// Functions that are called in a loop, or may be: through a reference, or from outside.
    repeated: FxHashSet<u32>,
}

impl Estimate {
    /// Returns the estimate for a module. `summaries` describe its bodies, in order;
    /// `referenced` are the functions to which there are references, whose callers are not
    /// known.
    pub(super) fn new(summaries: &[Summary], referenced: impl Iterator<Item = u32>) -> Estimate {
        let in_loops = || summaries.iter().flat_map(|summary| &summary.calls_in_loops);
        Estimate {
            in_loops: in_loops().map(|(offset, _)| *offset).collect(),
            repeated: in_loops().map(|(_, callee)| *callee).chain(referenced).collect(),
        }
    }

    /// Returns whether all calls in a function count as made in a loop.
    pub(super) fn is_repeated(&self, function: u32) -> bool {
        self.repeated.contains(&function)
    }

    /// Returns whether the call at an offset in the module is in a loop.
    pub(super) fn is_in_loop(&self, offset: u32) -> bool {
        self.in_loops.binary_search(&offset).is_ok()
    }
}
