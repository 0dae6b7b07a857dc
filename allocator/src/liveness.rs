//! Which places are read later. A move reads its source only if its target is read: a chain of
//! moves that ends nowhere is all dead.

use crate::flow::{Event, Flow, Place};

/// A set of places.
#[derive(Clone, PartialEq)]
struct Places(Vec<u64>);

impl Places {
    fn none(count: usize) -> Places {
        Places(vec![0; count.div_ceil(64)])
    }

    fn contains(&self, place: Place) -> bool {
        self.0[place as usize / 64] >> (place % 64) & 1 != 0
    }

    fn insert(&mut self, place: Place) {
        self.0[place as usize / 64] |= 1 << (place % 64);
    }

    fn remove(&mut self, place: Place) {
        self.0[place as usize / 64] &= !(1 << (place % 64));
    }

    fn extend(&mut self, others: &Places) {
        for (word, other) in self.0.iter_mut().zip(&others.0) {
            *word |= other;
        }
    }

    /// Goes back over an event; returns whether it is a move to a place that nothing reads.
    fn go_back(&mut self, event: Event) -> bool {
        match event {
            Event::Move { from, to, .. } => {
                if !self.contains(to) {
                    return true;
                }
                self.remove(to);
                self.insert(from);
            }
            Event::Read(place) | Event::ReadAnywhere { place, .. } => self.insert(place),
            Event::Write(place) => self.remove(place),
            // Registers have the lowest numbers. None of these holds what is read later.
            Event::Clobber(registers) => self.0[0] &= !registers,
            Event::Instruction => {}
        }
        false
    }
}

/// Adds the edits whose value nothing reads to those that are left out.
pub(crate) fn leave_out_dead(flow: &Flow, is_left_out: &mut [bool]) {
    let none = Places::none(flow.place_count());
    let mut at_start = vec![none.clone(); flow.block_count()];
    let mut is_due = vec![true; flow.block_count()];
    let mut live = none;
    // What the last look at a block says of its edits is right.
    let mut is_dead = vec![false; is_left_out.len()];
    let mut is_changed = true;
    while core::mem::take(&mut is_changed) {
        for &block in flow.order.iter().rev() {
            if !core::mem::take(&mut is_due[block as usize]) {
                continue;
            }
            live.0.fill(0);
            for successor in flow.successors(block) {
                live.extend(&at_start[*successor as usize]);
            }
            for event in flow.events(block).iter().rev() {
                match event {
                    Event::Move { edit, .. } if is_left_out[*edit as usize] => {}
                    Event::Move { edit, .. } => is_dead[*edit as usize] = live.go_back(*event),
                    _ => {
                        live.go_back(*event);
                    }
                }
            }
            if live != at_start[block as usize] {
                at_start[block as usize].0.clone_from(&live.0);
                for predecessor in flow.predecessors(block) {
                    is_due[*predecessor as usize] = true;
                }
                is_changed = true;
            }
        }
    }
    is_left_out.iter_mut().zip(is_dead).for_each(|(left_out, dead)| *left_out |= dead);
}
