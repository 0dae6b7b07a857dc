//! Takes edits out of the allocator's result, and makes others cheaper, by what is known of the whole
//! function:
//!
//! * A move to a place that holds the same value goes.
//! * A load of a slot whose value a register of the class holds becomes a move of that register.
//! * An operand reads the register that held its value before a move, or that holds the value of its
//!   slot, where it may be in any. The move may then be dead.
//! * A move to a place that nothing reads goes.
//!
//! No place holds anything else afterwards where it is read, so none of this can be wrong for a
//! reason that lies elsewhere. Functions with names for debuggers keep what they have:
//! their tables name places that must stay as they are.

use crate::equality::{Equality, UNKNOWN, step};
use crate::flow::{Event, Flow, Place};
use crate::liveness;
use core::ops::Range;
use upstream::{Edit, Function, Output};

/// Improves a result.
pub(crate) fn polish<F: Function>(function: &F, output: &mut Output) {
    // Where no value is in the frame, there is little to find.
    if output.num_spillslots == 0 || !output.debug_locations.is_empty() {
        return;
    }
    let Some(mut flow) = Flow::of(function, output) else { return };
    let mut is_left_out = vec![false; output.edits.len()];
    if let Some(equality) = Equality::of(&flow) {
        Copies { output, is_left_out: &mut is_left_out, moved: vec![] }.find(&mut flow, equality);
    }
    liveness::leave_out_dead(&flow, &mut is_left_out);
    let mut is_left_out = is_left_out.into_iter();
    output.edits.retain(|_| is_left_out.next() == Some(false));
}

/// What is done where a copy of a value exists.
struct Copies<'a> {
    output: &'a mut Output,
    is_left_out: &'a mut [bool],
    /// By place, the index of the last event that moved to it.
    moved: Vec<usize>,
}

impl Copies<'_> {
    fn find(&mut self, flow: &mut Flow, mut equality: Equality) {
        self.moved.resize(flow.place_count(), 0);
        let mut numbers = vec![];
        for index in 0..flow.order.len() {
            let block = flow.order[index];
            if !flow.events(block).iter().any(|event| may_change(flow, *event)) {
                continue;
            }
            equality.at_start(flow, block, &mut numbers);
            // Where the moves before the next instruction begin.
            let mut since = flow.range(block).start;
            for index in flow.range(block) {
                match flow.event(index) {
                    Event::Move { edit, from, to } => {
                        self.look_at_move(flow, &numbers, index, [edit, from, to]);
                        self.moved[to as usize] = index;
                    }
                    Event::ReadAnywhere { operand, place } => {
                        self.look_at_operand(flow, &numbers, since..index, operand, place);
                    }
                    Event::Instruction => since = index + 1,
                    Event::Read(_) | Event::Clobber(_) | Event::Write(_) => {}
                }
                step(&mut numbers, flow.event(index), index);
            }
        }
    }

    fn look_at_move(
        &mut self,
        flow: &mut Flow,
        numbers: &[u32],
        index: usize,
        [edit, from, to]: [u32; 3],
    ) {
        let number = numbers[from as usize];
        if number == UNKNOWN {
            return;
        }
        if numbers[to as usize] == number {
            self.is_left_out[edit as usize] = true;
        } else if !flow.is_register(from)
            && let Some(copy) = registers_with(flow.registers, numbers, number, to).next()
        {
            let Edit::Move { from, .. } = &mut self.output.edits[edit as usize].1;
            *from = flow.allocation(copy);
            flow.set_place(index, copy);
        }
    }

    /// Looks at an operand in `place`, where the moves before its instruction are `moves`.
    fn look_at_operand(
        &mut self,
        flow: &mut Flow,
        numbers: &[u32],
        moves: Range<usize>,
        operand: u32,
        place: Place,
    ) {
        let number = numbers[place as usize];
        if number == UNKNOWN {
            return;
        }
        let mut copies = registers_with(flow.registers, numbers, number, place);
        let moved = self.moved[place as usize];
        let copy = if !flow.is_register(place) {
            copies.next()
        } else if moves.contains(&moved) {
            // One that held it before.
            copies.find(|copy| self.moved[*copy as usize] < moved)
        } else {
            None
        };
        if let Some(copy) = copy {
            self.output.allocs[operand as usize] = flow.allocation(copy);
            flow.set_place(moves.end, copy);
        }
    }
}

/// Returns whether something may be done about an event.
fn may_change(flow: &Flow, event: Event) -> bool {
    match event {
        Event::Move { .. } => true,
        Event::ReadAnywhere { place, .. } => !flow.is_register(place),
        Event::Read(_) | Event::Instruction | Event::Clobber(_) | Event::Write(_) => false,
    }
}

/// Returns the registers but for `other` that hold a value. They are of the class of all places
/// that hold it, because moves do not change the class.
fn registers_with(
    count: u32,
    numbers: &[u32],
    number: u32,
    other: Place,
) -> impl Iterator<Item = Place> {
    let registers = &numbers[..count as usize];
    let with = registers.iter().zip(0..).filter(move |(held, _)| **held == number);
    with.map(|(_, register)| register).filter(move |register| *register != other)
}
