//! The code section of a module: the places of its functions, and the calls between
//! them. These calls are completed here, so the linker never sees the most frequent
//! relocations.
//!
//! A call holds the distance to its callee, and on aarch64 the largest distance is
//! short. Before it could be exceeded, a block of islands is put between two functions.
//! An island is a jump to a function for which earlier calls still wait. Once there are
//! islands, calls of functions outside the section go through them too.

use super::elf::{self, ISLAND};
use crate::codegen::alignment::{FUNCTION_ALIGNMENT, LINE};
use crate::symbols::Symbol;
use crate::target::Target;
use std::collections::{BTreeMap, HashMap};

/// A reference to code by its distance.
#[derive(Clone, Copy)]
pub(crate) struct Call {
    /// Offset in bytes, in the section, of the field that holds the distance.
    pub at: u64,
    /// The function that is called.
    pub callee: Callee,
    /// Constant that is added to the distance from `at`, in bytes.
    pub addend: i32,
}

/// A function that code can call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Callee {
    /// A function of a module, the host or the runtime.
    Symbol(Symbol),
    /// A function that Cranelift calls by its name, such as `memcpy`.
    Library(&'static str),
}

/// A jump to `callee`, which the linker completes.
pub(crate) struct Island {
    /// Offset in bytes of the island in the section.
    pub at: u64,
    /// The function that the island jumps to.
    pub callee: Callee,
}

/// A code section that is being filled.
pub(crate) struct Text {
    target: Target,
    /// Bytes that a call reaches, forwards and backwards.
    reach: u64,
    bytes: Vec<u8>,
    /// Alignment of the section in bytes.
    alignment: u64,
    /// Offsets of the functions placed so far, by their indices.
    functions: HashMap<u32, u64>,
    /// Calls that have not been completed, by ascending offset.
    waiting: Vec<Call>,
    /// Number of waiting calls at which those whose callee has been placed are completed.
    crowd: usize,
    islands: Vec<Island>,
}

/// A code section that is complete, but for the calls and islands left to the linker.
pub(crate) struct Finished {
    /// Content of the section.
    pub bytes: Vec<u8>,
    /// Alignment of the section in bytes.
    pub alignment: u64,
    /// Calls that the linker completes.
    pub calls: Vec<Call>,
    /// Islands that the linker completes.
    pub islands: Vec<Island>,
}

/// Smallest number of waiting calls at which it is worth looking through them.
const SMALL_CROWD: usize = 1 << 16;

impl Text {
    /// Makes an empty section for a target whose calls reach `reach` bytes.
    pub(crate) fn new(target: Target, reach: u64) -> Text {
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

    /// Appends `header` and directly behind it `code`, and returns the offset of the
    /// code in bytes. The code begins at `phase`, as
    /// [`alignment::phase`](crate::codegen::alignment::phase) computes it. Calls of
    /// `function` lead there.
    pub(crate) fn place(
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

    /// Adds padding, so that the byte `distance` bytes behind it lies `phase` bytes
    /// behind a multiple of [`LINE`].
    fn pad_to(&mut self, phase: u64, distance: u64) {
        let at = self.bytes.len() as u64 + distance;
        let padding = (phase + LINE - at % LINE) % LINE;
        self.bytes.resize(self.bytes.len() + padding as usize, 0);
        self.alignment = self.alignment.max(LINE);
    }

    /// Adds padding up to a multiple of `alignment` bytes.
    fn align(&mut self, alignment: u64) {
        let end = self.bytes.len().next_multiple_of(alignment as usize);
        self.bytes.resize(end, 0);
        self.alignment = self.alignment.max(alignment);
    }

    /// Completes a call, now or when its callee is placed. If the callee is never placed,
    /// the linker completes it.
    pub(crate) fn call(&mut self, call: Call) {
        if self.complete(call) {
            return;
        }
        self.waiting.push(call);
        if self.waiting.len() >= self.crowd {
            self.complete_waiting();
            self.crowd = SMALL_CROWD.max(self.waiting.len() * 2);
        }
    }

    /// Completes the section: all calls are completed or left to the linker.
    pub(crate) fn finish(mut self) -> Finished {
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

    /// Makes islands now if the waiting calls could not reach islands that are made
    /// behind the next `size` bytes.
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

    /// Completes all waiting calls, through islands where the callee has not been placed
    /// or is out of reach. Calls of one callee share an island.
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

    /// Completes the waiting calls whose callee has been placed.
    fn complete_waiting(&mut self) {
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.retain(|call| !self.complete(*call));
        self.waiting = waiting;
    }

    /// Completes a call if its callee has been placed and is in reach; returns whether
    /// that is so.
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

    /// Writes the distance to the offset `to` into a call.
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

    /// Decodes the destination of the aarch64 call at `at`.
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
