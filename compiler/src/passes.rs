//! The names of the passes, and sets of passes. Does not know what a pass does.

use std::str::FromStr;

quench_abi::enumeration! {
    /// A pass of the compiler that can be left out, so that a miscompilation can be
    /// narrowed down to one of them.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Pass {
        /// Locals are values that may be in registers, not slots of the frame, except in
        /// functions where there would be too many.
        Variables = "variables",
        /// Bodies of small functions replace calls.
        Inline = "inline",
        /// Code that ends in a trap is placed behind the rest of its function.
        ColdBlocks = "cold-blocks",
        /// Direct calls replace calls through tables whose content never changes.
        Tables = "tables",
        /// Loads and stores replace calls that copy or fill a few bytes.
        Bulk = "bulk",
        /// Checks of references that earlier checks prove are left out.
        Checks = "checks",
        /// Objects that do not escape are the values of their fields, not in the heap.
        Objects = "objects",
        /// Accesses that are near one another share one address.
        Addresses = "addresses",
        /// Loops end with a comparison of the new counter.
        LoopEnds = "loop-ends",
        /// Vectors are loaded with the type of their use.
        Vectors = "vectors",
        /// Short ends of loops replace jumps to them.
        Latches = "latches",
        /// Addresses are extended to 64 bits where they are made.
        Pointers = "pointers",
        /// Sums that are addresses of accesses with an offset are made once.
        Offsets = "offsets",
        /// Arms of a switch in a loop get copies of the values that the loop carries.
        Arms = "arms",
        /// Moves between registers and slots of the frame that change nothing are left out, and
        /// loads of what a register holds (the crate `allocator`).
        Moves = "moves",
        /// Jumps to near targets, and instructions with small constants, hold these in one
        /// byte.
        ShortForms = "short-forms",
        /// Code that never ran is placed behind the rest of its function.
        ProfileBlocks = "profile-blocks",
        /// Bodies replace calls that are made often; none replaces a call that was never made.
        ProfileInline = "profile-inline",
        /// The functions that an indirect call usually reaches are called directly, after a
        /// check.
        ProfileCalls = "profile-calls",
        /// Functions that often call each other lie near each other.
        ProfileOrder = "profile-order",
    }
}

impl FromStr for Pass {
    type Err = String;

    /// Parses the name of a pass. The error is a message with the names of all passes.
    fn from_str(name: &str) -> Result<Pass, String> {
        Pass::from_name(name).ok_or_else(|| {
            let names = Pass::ALL.map(Pass::name).join("`, `");
            format!("`{name}` is not a pass; there are `{names}`")
        })
    }
}

/// A set of passes to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Passes(u32);

impl Passes {
    /// All passes.
    pub const ALL: Passes = Passes((1 << Pass::ALL.len()) - 1);
    /// No passes.
    pub const NONE: Passes = Passes(0);
    /// The bit of [`Passes::eager`].
    const EAGER: u32 = 1 << 31;

    /// Returns the set without a pass.
    pub fn without(self, pass: Pass) -> Passes {
        Passes(self.0 & !(1 << pass as u32))
    }

    /// Returns the set with no other pass than one, if it has that.
    pub fn only(self, pass: Pass) -> Passes {
        Passes(self.0 & (1 << pass as u32))
    }

    /// Returns whether a pass is in the set.
    pub fn contains(self, pass: Pass) -> bool {
        self.0 & (1 << pass as u32) != 0
    }

    /// Returns the set with passes that change everything they can, not only what is
    /// worthwhile. It is for tests, whose functions are small.
    pub fn eager(self) -> Passes {
        Passes(self.0 | Passes::EAGER)
    }

    /// Returns whether the passes change everything they can; see [`Passes::eager`].
    pub fn are_eager(self) -> bool {
        self.0 & Passes::EAGER != 0
    }
}
