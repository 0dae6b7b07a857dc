//! Inlining by profile: how often each call is made, and the limits that follow. Larger
//! callees are inlined where calls are made often, and hardly any where they were never made.
//!
//! This file classifies calls only; `inline` chooses the bodies.

use crate::profile::{FunctionProfile, ModuleProfile};

/// The largest number of iterations of a function's loop, for each call of the function, with
/// which a larger body is inlined. In a longer loop the call costs little, and sharing
/// registers with the caller costs more.
const MOST_TRIPS: u64 = 4;

/// The share of hot runs, in thousandths: the most frequent runs that together make up this
/// share of all counts are hot.
const HOT_SHARE: u128 = 990;

/// The largest code, in bytes in the module, of a function that is inlined where the call is
/// hot. The figures in this file are measured.
pub(super) const HOT_SIZE: usize = 2000;

/// The largest number of instructions of a body that is inlined where the call is hot,
/// including the bodies inlined into it.
pub(super) const LARGEST_HOT_BODY: usize = 1500;

/// The largest number of instructions by which a function may grow where calls are hot.
pub(super) const MOST_HOT_GROWTH: usize = 12_000;

/// The largest code, in bytes in the module, of a function that is inlined where the call was
/// never made: such a body is hardly larger than the call.
pub(super) const TINY_SIZE: usize = 16;

/// How often a call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heat {
    /// The profile never saw the call.
    Never,
    /// Nothing is known except that the call is not in a loop.
    Rare,
    /// The call is made sometimes, or is in a loop.
    Warm,
    /// The call is among those that make up [`HOT_SHARE`].
    Hot,
}

/// The calls of a module, with how often a profile says they are made.
pub(crate) struct Calls<'a> {
    profile: &'a ModuleProfile,
    /// The least count of a hot run.
    hot: u64,
}

impl<'a> Calls<'a> {
    /// Returns the calls that `profile` describes.
    pub(crate) fn new(profile: &'a ModuleProfile) -> Calls<'a> {
        let functions = profile.functions();
        let counts = functions.flat_map(|(_, function)| function.counts()).copied();
        Calls { profile, hot: threshold(counts.filter(|count| *count > 0).collect()) }
    }

    /// Returns how often the call in function `caller` at an offset in the module is made.
    pub(crate) fn heat(&self, caller: u32, offset: u32) -> Heat {
        match self.profile.function(caller) {
            None => Heat::Warm,
            Some(function) if function.entries() == 0 => Heat::Never,
            Some(function) => self.class(function.count_at(offset, false)),
        }
    }

    /// Returns the class of a count.
    fn class(&self, count: u64) -> Heat {
        match count {
            0 => Heat::Never,
            count if count >= self.hot => Heat::Hot,
            _ => Heat::Warm,
        }
    }

    /// Returns the functions that hot calls reach, except those that stay in their own loops.
    pub(crate) fn hot_callees(&self) -> impl Iterator<Item = u32> {
        let functions = self.profile.functions();
        let calls = functions.flat_map(|(_, function)| FunctionProfile::calls(function));
        let hot = calls.filter(|(_, count)| self.class(*count) == Heat::Hot);
        hot.map(|(callee, _)| callee).filter(|callee| !self.stays_in_loops(*callee))
    }

    /// Returns whether a loop of the function runs more than [`MOST_TRIPS`] times for each
    /// call.
    fn stays_in_loops(&self, function: u32) -> bool {
        let Some(function) = self.profile.function(function) else {
            return false;
        };
        let most = function.counts().iter().max();
        most.is_some_and(|most| *most / MOST_TRIPS > function.entries())
    }
}

/// Returns the count of the least frequent run that is hot.
fn threshold(mut counts: Vec<u64>) -> u64 {
    counts.sort_unstable_by(|one, other| other.cmp(one));
    let total: u128 = counts.iter().map(|count| u128::from(*count)).sum();
    let mut sum = 0;
    let hot = counts.iter().find(|count| {
        sum += u128::from(**count);
        sum * 1000 >= total * HOT_SHARE
    });
    hot.copied().unwrap_or(u64::MAX)
}
