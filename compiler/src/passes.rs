//! The names of the passes, and sets of them. What each does is not known here.

use std::str::FromStr;

quench_abi::enumeration! {
    /// A pass of the compiler that can be left out, so that a miscompilation can be
    /// narrowed down to one of them.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Pass {
        /// Bodies of small functions in place of calls.
        Inline = "inline",
        /// Code that ends in a trap is placed behind the rest of its function.
        ColdBlocks = "cold-blocks",
        /// Direct calls in place of those through tables that nobody changes.
        Tables = "tables",
        /// Loads and stores in place of calls that copy or fill a few bytes.
        Bulk = "bulk",
        /// One address for accesses near one another.
        Addresses = "addresses",
        /// Loops end with a comparison of the new counter.
        LoopEnds = "loop-ends",
        /// Vectors are loaded as what they are used as.
        Vectors = "vectors",
        /// Short ends of loops in place of jumps to them.
        Latches = "latches",
        /// Addresses are extended where they are made.
        Pointers = "pointers",
        /// Sums that are addresses with an offset are made once.
        Offsets = "offsets",
        /// Arms of a switch in a loop have copies of what the loop carries.
        Arms = "arms",
        /// Jumps to near targets and small constants have one byte for that.
        ShortForms = "short-forms",
        /// Code that never ran is placed behind the rest of its function.
        ProfileBlocks = "profile-blocks",
        /// Bodies in place of calls that are made often, none where none was made.
        ProfileInline = "profile-inline",
        /// Direct calls of what an indirect call usually reaches, after a check.
        ProfileCalls = "profile-calls",
        /// Functions that call each other often lie near each other.
        ProfileOrder = "profile-order",
    }
}

impl FromStr for Pass {
    type Err = String;

    fn from_str(name: &str) -> Result<Pass, String> {
        Pass::from_name(name).ok_or_else(|| {
            let names = Pass::ALL.map(Pass::name).join("`, `");
            format!("`{name}` is not a pass; there are `{names}`")
        })
    }
}

/// Which of the passes are to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Passes(u32);

impl Passes {
    pub const ALL: Passes = Passes((1 << Pass::ALL.len()) - 1);
    pub const NONE: Passes = Passes(0);
    const EAGER: u32 = 1 << 31;

    pub fn without(self, pass: Pass) -> Passes {
        Passes(self.0 & !(1 << pass as u32))
    }

    pub fn contains(self, pass: Pass) -> bool {
        self.0 & (1 << pass as u32) != 0
    }

    /// The same, where they can change something, not only where that is worth
    /// while: for tests, whose functions are small.
    pub fn eager(self) -> Passes {
        Passes(self.0 | Passes::EAGER)
    }

    pub fn are_eager(self) -> bool {
        self.0 & Passes::EAGER != 0
    }
}
