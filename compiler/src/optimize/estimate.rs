//! How often calls are made, as far as the module's shape tells it: what stands
//! in a loop, or in a function that is called from one, is worth more code than
//! the rest. Knows nothing of profiles, which tell more.

use crate::plan::survey::Summary;
use rustc_hash::FxHashSet;

#[derive(Default)]
pub struct Estimate {
    /// Offsets in the module of calls in loops, ascending.
    in_loops: Vec<u32>,
    /// Functions that something calls in a loop, or may: through a reference, or
    /// from outside.
    repeated: FxHashSet<u32>,
}

impl Estimate {
    /// `summaries` are of the module's bodies, in order; what calls functions that
    /// something refers to, is not known.
    pub fn new(summaries: &[Summary], referenced: impl Iterator<Item = u32>) -> Estimate {
        let in_loops = || summaries.iter().flat_map(|summary| &summary.calls_in_loops);
        Estimate {
            in_loops: in_loops().map(|(offset, _)| *offset).collect(),
            repeated: in_loops().map(|(_, callee)| *callee).chain(referenced).collect(),
        }
    }

    /// Whether a function's calls count as made in a loop, wherever they stand.
    pub fn is_repeated(&self, function: u32) -> bool {
        self.repeated.contains(&function)
    }

    /// Whether the call that stands at an offset in the module is in a loop.
    pub fn is_in_loop(&self, offset: u32) -> bool {
        self.in_loops.binary_search(&offset).is_ok()
    }
}
