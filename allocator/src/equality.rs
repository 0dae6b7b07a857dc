//! Which places hold the same value, at the start of each block.
//!
//! Values have numbers: each write of an instruction makes a new one, a move copies one, and where paths
//! meet, places that come with different values get a new number for what they hold from there
//! on: the same one, if they hold the same as each other on each path. Number 0 stands for
//! anything.
//!
//! # Why two places with the same number hold the same value
//!
//! A number that is made at some point could only mean two values if a place still held it when
//! execution comes to that point again. Take the first time that it comes there: the
//! numbers say the same of each time, and there the place can have got the number neither from the
//! start of the function, where all are 0, nor from the point itself. So no place holds a number
//! where it is made. This needs the numbers at all starts of blocks to agree with each other:
//! [`Equality::of`] returns `None` if they do not after some rounds.

use crate::flow::{Event, Flow};
use core::hash::{Hash, Hasher};
use rustc_hash::{FxHashMap, FxHasher};

/// The most times that the blocks are gone through.
const MAX_ROUNDS: usize = 20;

/// The most numbers at ends of blocks, 4 bytes each.
const MAX_NUMBERS: usize = 32 << 20;

/// The number of a value of which nothing is known.
pub(crate) const UNKNOWN: u32 = 0;

/// The numbers at the ends of blocks.
pub(crate) struct Equality {
    /// By block, and in it by place.
    at_end: Vec<u32>,
    /// Whether the block was gone through.
    is_known: Vec<bool>,
    /// The first place that came with these numbers, by their hash.
    meetings: FxHashMap<u64, usize>,
}

impl Equality {
    /// Returns what is known; `None` if the function is too large, or its blocks did not come to an
    /// agreement.
    pub(crate) fn of(flow: &Flow) -> Option<Equality> {
        let size = flow.block_count().checked_mul(flow.place_count())?;
        if size > MAX_NUMBERS {
            return None;
        }
        let mut equality = Equality {
            at_end: vec![UNKNOWN; size],
            is_known: vec![false; flow.block_count()],
            meetings: FxHashMap::default(),
        };
        let mut is_due = vec![true; flow.block_count()];
        let mut numbers = vec![];
        for _ in 0..MAX_ROUNDS {
            let mut is_changed = false;
            for &block in &flow.order {
                if !core::mem::take(&mut is_due[block as usize]) {
                    continue;
                }
                equality.at_start(flow, block, &mut numbers);
                for index in flow.range(block) {
                    step(&mut numbers, flow.event(index), index);
                }
                if equality.set_at_end(block, &numbers) {
                    for successor in flow.successors(block) {
                        is_due[*successor as usize] = true;
                    }
                    is_changed = true;
                }
            }
            if !is_changed {
                return Some(equality);
            }
        }
        None
    }

    /// Puts the numbers at the start of a block in `numbers`.
    pub(crate) fn at_start(&mut self, flow: &Flow, block: u32, numbers: &mut Vec<u32>) {
        let Equality { at_end, is_known, meetings } = self;
        let count = flow.place_count();
        let end_of = |block: &u32| &at_end[*block as usize * count..][..count];
        let known = flow.predecessors(block).iter().filter(|one| is_known[**one as usize]);
        let mut others = known.clone();
        numbers.clear();
        let Some(first) = others.next() else {
            numbers.resize(count, UNKNOWN);
            return;
        };
        numbers.extend_from_slice(end_of(first));
        // Places where not all come with the same.
        let mut differ = vec![];
        for other in others {
            for (place, (number, other)) in numbers.iter_mut().zip(end_of(other)).enumerate() {
                if *number != *other && *number != UNKNOWN {
                    differ.push(place);
                    *number = UNKNOWN;
                }
            }
        }
        meetings.clear();
        let made = flow.end() + block as usize * count + 1;
        for place in differ {
            let comes = |place: usize| known.clone().map(move |one| end_of(one)[place]);
            if comes(place).any(|number| number == UNKNOWN) {
                continue;
            }
            let mut hasher = FxHasher::default();
            comes(place).for_each(|number| number.hash(&mut hasher));
            let leader = *meetings.entry(hasher.finish()).or_insert(place);
            let is_same = comes(leader).eq(comes(place));
            numbers[place] = (made + if is_same { leader } else { place }) as u32;
        }
    }

    /// Sets the numbers at the end of a block; returns whether that changes anything.
    fn set_at_end(&mut self, block: u32, numbers: &[u32]) -> bool {
        let end = &mut self.at_end[block as usize * numbers.len()..][..numbers.len()];
        let is_known = core::mem::replace(&mut self.is_known[block as usize], true);
        if is_known && end == numbers {
            return false;
        }
        end.copy_from_slice(numbers);
        true
    }
}

/// Goes over an event, the function's `index`-th.
#[inline(always)]
pub(crate) fn step(numbers: &mut [u32], event: Event, index: usize) {
    match event {
        Event::Move { from, to, .. } => numbers[to as usize] = numbers[from as usize],
        Event::Write(place) => numbers[place as usize] = index as u32 + 1,
        Event::Clobber(mut registers) => {
            while registers != 0 {
                numbers[registers.trailing_zeros() as usize] = UNKNOWN;
                registers &= registers - 1;
            }
        }
        Event::Read(_) | Event::ReadAnywhere { .. } | Event::Instruction => {}
    }
}
