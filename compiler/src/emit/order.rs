//! The order of functions in the code section according to a profile. Functions that
//! call each other often lie near each other, those that ran often before those that ran
//! seldom, and those that never ran at the end. So the code that runs takes fewer pages
//! and fewer entries of the processor's tables.
//!
//! Chains of functions are made as by Pettis and Hansen, but in the direction of calls:
//! each function, the most frequently called first, goes behind the chain of the caller
//! that calls it most often.

use crate::profile::ModuleProfile;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The largest size of a chain, in bytes of its functions' bodies in the module. Further
/// functions would be too far away to gain anything.
const LONGEST_CHAIN: usize = 1 << 19;

/// Functions that lie behind each other.
struct Chain {
    functions: Vec<u32>,
    /// Size in bytes of the functions' bodies in the module.
    size: usize,
    /// Number of calls of all its functions.
    entries: u128,
}

/// Returns the indices of the functions that ran, in the order in which they are to lie.
/// `size` returns the size in bytes of a function's body in the module.
pub(crate) fn order(profile: &ModuleProfile, size: impl Fn(u32) -> usize) -> Vec<u32> {
    let ran = profile.functions().filter(|(_, function)| function.entries() > 0);
    let mut chains: BTreeMap<u32, Chain> = BTreeMap::new();
    let mut by_entries = Vec::new();
    for (index, function) in ran {
        by_entries.push((Reverse(function.entries()), index));
        let chain = Chain {
            functions: vec![index],
            size: size(index),
            entries: u128::from(function.entries()),
        };
        chains.insert(index, chain);
    }
    by_entries.sort_unstable();
    let callers = best_callers(profile);
    // The chain that each function is in, named by the chain's first function.
    let mut places: BTreeMap<u32, u32> = chains.keys().map(|index| (*index, *index)).collect();
    for (_, callee) in by_entries {
        let caller = callers.get(&callee).and_then(|(_, caller)| places.get(caller));
        let (Some(&before), Some(&behind)) = (caller, places.get(&callee)) else {
            continue;
        };
        append(&mut chains, &mut places, before, behind);
    }
    let mut chains: Vec<Chain> = chains.into_values().collect();
    chains.sort_by_key(|chain| {
        (Reverse(chain.entries / chain.size.max(1) as u128), chain.functions[0])
    });
    chains.into_iter().flat_map(|chain| chain.functions).collect()
}

/// Puts the chain `behind` behind the chain `before`, unless the result would be too long.
fn append(
    chains: &mut BTreeMap<u32, Chain>,
    places: &mut BTreeMap<u32, u32>,
    before: u32,
    behind: u32,
) {
    let size = |chain: u32| chains.get(&chain).map_or(0, |chain| chain.size);
    if before == behind || size(before) + size(behind) > LONGEST_CHAIN {
        return;
    }
    if let Some(moved) = chains.remove(&behind)
        && let Some(chain) = chains.get_mut(&before)
    {
        for function in &moved.functions {
            places.insert(*function, before);
        }
        chain.functions.extend(moved.functions);
        chain.size += moved.size;
        chain.entries += moved.entries;
    }
}

/// Finds for each function the number of calls by the other function that calls it most
/// often, and the index of that function.
fn best_callers(profile: &ModuleProfile) -> BTreeMap<u32, (u64, u32)> {
    let mut sums: BTreeMap<(u32, u32), u64> = BTreeMap::new();
    for (caller, function) in profile.functions() {
        for (callee, count) in function.calls().filter(|(callee, _)| *callee != caller) {
            let sum = sums.entry((callee, caller)).or_default();
            *sum = sum.saturating_add(count);
        }
    }
    let mut best: BTreeMap<u32, (u64, u32)> = BTreeMap::new();
    for ((callee, caller), count) in sums {
        let known = best.entry(callee).or_insert((0, caller));
        if count > known.0 {
            *known = (count, caller);
        }
    }
    best
}
