//! In which order functions lie in the text, as a profile says: those that call
//! each other often near each other, what ran often before what ran seldom, and
//! what never ran at the end. So what runs takes fewer pages and fewer entries of
//! the processor's tables.
//!
//! Chains of functions are made as Pettis and Hansen do it, in the direction of
//! calls: each function, the most frequently called first, goes behind the chain
//! of who calls it most often.

use crate::profile::ModuleProfile;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Bodies, in bytes of code as it stands in the module, that a chain has at most:
/// further ones are too far away to gain anything.
const LONGEST_CHAIN: usize = 1 << 19;

struct Chain {
    functions: Vec<u32>,
    size: usize,
    /// Calls of all of its functions.
    entries: u128,
}

/// The functions that ran, in order. `size` tells the bytes of a function's body.
pub fn order(profile: &ModuleProfile, size: impl Fn(u32) -> usize) -> Vec<u32> {
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
    // Which chain a function is in, by the chain's first function.
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

/// Puts one chain behind another, unless that becomes too long.
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

/// Who calls each function most often, and how often.
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
