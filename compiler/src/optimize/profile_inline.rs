//! Which calls a profile says are worth their callee's body: those that are made
//! often get larger bodies than others, those that were never made none.
//!
//! Chooses calls only; what is put in their place is the business of `inline`.

use crate::profile::{FunctionProfile, ModuleProfile};

/// How often a loop of a function runs for each call of it, at most, if a larger
/// body is to be put in place of its calls. In a longer loop the call costs
/// little, and sharing registers with the caller costs more.
const MOST_TRIPS: u64 = 4;

/// Share of all that ran, in thousandths: the most frequent runs that make up so
/// much are hot.
const HOT_SHARE: u128 = 990;

/// Bytes of code, as it stands in the module, of a function that is put in place
/// of hot calls. The figures in this file are measured.
pub const HOT: usize = 2000;

/// Instructions of such a body, with what was put into it.
pub const LARGEST_HOT_BODY: usize = 1500;

/// Instructions that a function may grow by for hot calls.
pub const MOST_HOT_GROWTH: usize = 12_000;

/// The same, in place of calls that were never made: where the body is hardly
/// larger than the call.
pub const NEVER: usize = 16;

/// How often a call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heat {
    Never,
    /// Nothing is known but that it does not stand in a loop.
    Rare,
    /// Sometimes, or in a loop.
    Warm,
    Hot,
}

/// What a profile says of the calls of a module.
pub struct Calls<'a> {
    profile: &'a ModuleProfile,
    /// Runs that began at least so often are hot.
    hot: u64,
}

impl<'a> Calls<'a> {
    pub fn new(profile: &'a ModuleProfile) -> Calls<'a> {
        let functions = profile.functions();
        let counts = functions.flat_map(|(_, function)| function.counts()).copied();
        Calls { profile, hot: threshold(counts.filter(|count| *count > 0).collect()) }
    }

    /// Of the call in a function that stands at an offset in the module.
    pub fn heat(&self, caller: u32, offset: u32) -> Heat {
        match self.profile.function(caller) {
            None => Heat::Warm,
            Some(function) if function.entries() == 0 => Heat::Never,
            Some(function) => self.class(function.count_at(offset, false)),
        }
    }

    fn class(&self, count: u64) -> Heat {
        match count {
            0 => Heat::Never,
            count if count >= self.hot => Heat::Hot,
            _ => Heat::Warm,
        }
    }

    /// Functions that something hot calls, but those that stay in their own loops.
    pub fn hot_callees(&self) -> impl Iterator<Item = u32> {
        let functions = self.profile.functions();
        let calls = functions.flat_map(|(_, function)| FunctionProfile::calls(function));
        let hot = calls.filter(|(_, count)| self.class(*count) == Heat::Hot);
        hot.map(|(callee, _)| callee).filter(|callee| !self.loops(*callee))
    }

    fn loops(&self, function: u32) -> bool {
        let Some(function) = self.profile.function(function) else {
            return false;
        };
        let most = function.counts().iter().max();
        most.is_some_and(|most| *most / MOST_TRIPS > function.entries())
    }
}

/// The count of the least frequent run that is hot.
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
