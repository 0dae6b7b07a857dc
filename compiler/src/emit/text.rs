//! The code of a module in one section: where each function is, and the calls
//! between them. These are finished here, so the linker sees none of the most
//! frequent relocations.
//!
//! Calls are made by distance, and on some machines that is short. Where it
//! could become too large, a block of islands is put between two functions:
//! jumps to the functions that calls before it still wait for. Calls of what
//! lies outside of the section go through islands too once there are any.

use super::elf::{self, ISLAND};
use crate::codegen::alignment::{FUNCTION_ALIGNMENT, LINE};
use crate::symbols::Symbol;
use crate::target::Target;
use std::collections::{BTreeMap, HashMap};

/// A reference by distance, from an offset in the section.
#[derive(Clone, Copy)]
pub struct Call {
    pub at: u64,
    pub callee: Callee,
    pub addend: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Callee {
    Symbol(Symbol),
    Library(&'static str),
}

/// A jump to `callee`, which the linker completes.
pub struct Island {
    pub at: u64,
    pub callee: Callee,
}

pub struct Text {
    target: Target,
    reach: u64,
    bytes: Vec<u8>,
    /// Of the section.
    alignment: u64,
    functions: HashMap<u32, u64>,
    /// By ascending offset.
    waiting: Vec<Call>,
    /// Number of calls at which those that need not wait any more are finished.
    crowd: usize,
    islands: Vec<Island>,
}

/// What the linker is to do.
pub struct Finished {
    pub bytes: Vec<u8>,
    pub alignment: u64,
    pub calls: Vec<Call>,
    pub islands: Vec<Island>,
}

const SMALL_CROWD: usize = 1 << 16;

impl Text {
    /// For calls that reach `reach` bytes.
    pub fn new(target: Target, reach: u64) -> Text {
        Text {
            target,
            reach,
            bytes: Vec::new(),
            alignment: 1,
            functions: HashMap::new(),
            waiting: Vec::new(),
            crowd: SMALL_CROWD,
            islands: Vec::new(),
        }
    }

    /// Appends `header`, right behind it `code`, and returns the offset of the
    /// code, which is as [`placement::phase`](crate::placement::phase) says. Calls
    /// of `function` find it there.
    pub fn place(
        &mut self,
        function: Option<u32>,
        header: &[u8],
        code: &[u8],
        phase: Option<u64>,
    ) -> u64 {
        let size = header.len() as u64 + code.len() as u64 + 2 * LINE;
        self.make_islands_before(size);
        match phase {
            Some(phase) => self.pad_to(phase, header.len() as u64),
            None => self.align(FUNCTION_ALIGNMENT),
        }
        self.bytes.extend_from_slice(header);
        let at = self.bytes.len() as u64;
        self.bytes.extend_from_slice(code);
        if let Some(function) = function {
            self.functions.insert(function, at);
        }
        at
    }

    /// What comes `distance` bytes further is `phase` bytes behind a multiple of
    /// [`LINE`].
    fn pad_to(&mut self, phase: u64, distance: u64) {
        let at = self.bytes.len() as u64 + distance;
        let padding = (phase + LINE - at % LINE) % LINE;
        self.bytes.resize(self.bytes.len() + padding as usize, 0);
        self.alignment = self.alignment.max(LINE);
    }

    fn align(&mut self, alignment: u64) {
        let end = self.bytes.len().next_multiple_of(alignment as usize);
        self.bytes.resize(end, 0);
        self.alignment = self.alignment.max(alignment);
    }

    /// Completes a call, now or when its callee is placed.
    pub fn call(&mut self, call: Call) {
        if self.complete(call) {
            return;
        }
        self.waiting.push(call);
        if self.waiting.len() >= self.crowd {
            self.complete_waiting();
            self.crowd = SMALL_CROWD.max(self.waiting.len() * 2);
        }
    }

    pub fn finish(mut self) -> Finished {
        if self.islands.is_empty() {
            self.complete_waiting();
        } else {
            self.make_islands();
        }
        Finished {
            bytes: self.bytes,
            alignment: self.alignment,
            calls: self.waiting,
            islands: self.islands,
        }
    }

    /// Calls that wait must reach islands behind the next `size` bytes.
    fn make_islands_before(&mut self, size: u64) {
        let Some(oldest) = self.waiting.first() else {
            return;
        };
        let most = (self.waiting.len() + 1) * ISLAND.len();
        let end = (self.bytes.len() + most) as u64 + size;
        if end - oldest.at > self.reach {
            self.make_islands();
        }
    }

    fn make_islands(&mut self) {
        let mut made: BTreeMap<Callee, u64> = BTreeMap::new();
        self.align(4);
        for call in std::mem::take(&mut self.waiting) {
            if self.complete(call) {
                continue;
            }
            let callee = call.callee;
            let at = self.bytes.len() as u64;
            let island = *made.entry(callee).or_insert(at);
            if island == at {
                self.bytes.extend_from_slice(&ISLAND);
                self.islands.push(Island { at, callee });
            }
            self.write(call, island);
        }
    }

    fn complete_waiting(&mut self) {
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.retain(|call| !self.complete(*call));
        self.waiting = waiting;
    }

    /// Completes a call whose callee is placed, in reach.
    fn complete(&mut self, call: Call) -> bool {
        let Callee::Symbol(Symbol::Function(index)) = call.callee else {
            return false;
        };
        match self.functions.get(&index) {
            Some(to) if to.abs_diff(call.at) < self.reach => {
                self.write(call, *to);
                true
            }
            _ => false,
        }
    }

    fn write(&mut self, call: Call, to: u64) {
        let at = call.at as usize;
        let distance = to as i64 - call.at as i64 + i64::from(call.addend);
        elf::write_call(self.target, &mut self.bytes[at..at + 4], distance);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: [u8; 4] = [0; 4];

    fn call(at: u64, function: u32) -> Call {
        Call { at, callee: Callee::Symbol(Symbol::Function(function)), addend: 0 }
    }

    /// Where the call at `at` goes.
    fn destination(bytes: &[u8], at: u64) -> u64 {
        let word = bytes[at as usize..][..4].try_into().expect("4 bytes");
        let words = (u32::from_le_bytes(word) << 6) as i32 >> 6;
        at.wrapping_add_signed(i64::from(words) * 4)
    }

    #[test]
    fn calls_in_reach_are_direct() {
        let mut text = Text::new(Target::Aarch64, 1 << 10);
        let first = text.place(Some(0), &[], &NOTHING, None);
        text.call(call(first, 1));
        let second = text.place(Some(1), &[1; 16], &NOTHING, None);
        text.call(call(second, 0));
        let finished = text.finish();
        assert_eq!((first, second), (0, 32));
        assert_eq!(destination(&finished.bytes, first), second);
        assert_eq!(destination(&finished.bytes, second), first);
        assert!(finished.calls.is_empty() && finished.islands.is_empty());
    }

    #[test]
    fn calls_out_of_reach_go_through_islands() {
        let mut text = Text::new(Target::Aarch64, 1 << 10);
        let first = text.place(Some(0), &[], &NOTHING, None);
        text.call(call(first, 99));
        text.call(call(first, 98));
        for function in 1..99 {
            text.place(Some(function), &[], &[0; 64], None);
        }
        let last = text.place(Some(99), &[], &NOTHING, None);
        text.call(call(last, 0));
        let finished = text.finish();
        assert!(finished.calls.is_empty());
        let callees: Vec<Callee> = finished.islands.iter().map(|i| i.callee).collect();
        let function = |index| Callee::Symbol(Symbol::Function(index));
        assert_eq!(callees, [function(99), function(98), function(0)]);
        assert!(finished.islands[1].at < 1 << 10);
        // The second call from the same place was written last.
        assert_eq!(destination(&finished.bytes, first), finished.islands[1].at);
        assert_eq!(destination(&finished.bytes, last), finished.islands[2].at);
    }

    #[test]
    fn what_is_elsewhere_is_left_to_the_linker() {
        let mut text = Text::new(Target::X86_64, 1 << 10);
        let at = text.place(Some(0), &[], &NOTHING, None);
        text.call(call(at, 7));
        let finished = text.finish();
        assert_eq!(finished.calls.len(), 1);
    }
}
