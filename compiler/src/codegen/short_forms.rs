//! Short forms of instructions for x86_64. Cranelift gives all jumps the form that
//! reaches everything, with five or six bytes where two do if the target is near: a
//! tenth of the code; and many additions and comparisons a constant of four bytes where
//! one does.
//!
//! Works on machine code. What it is, is read from Cranelift's blocks: each begins
//! with an instruction and has nothing but instructions up to its end, or up to an
//! indirect jump that the jump's table of 32-bit distances follows. Behind the last
//! block are traps that something jumps to, and constants. So everything that refers
//! to a place by a distance is known. A function in which something else is found, or
//! one with a jump to what is no instruction, stays as it is.

use super::alignment::{Blocks, FUNCTION_ALIGNMENT};
use crate::machine_code::MachineCode;
use iced_x86::{Code, Decoder, DecoderOptions, Instruction, OpKind};

const SHORT_JUMP_LENGTH: u32 = 2;
const SHORT_JUMP: u8 = 0xeb;
/// Plus the condition.
const SHORT_BRANCH: u8 = 0x70;
/// An operation of two operands, of which one is a constant of four bytes or of one.
const LONG_OPERATION: u8 = 0x81;
const SHORT_OPERATION: u8 = 0x83;
/// What is never reached.
const FILLER: u8 = 0xcc;

/// Shortens a function's instructions; `blocks` are its own, as they are after that too.
pub fn improve(function: &mut MachineCode, blocks: &mut Blocks) {
    let Some(mut layout) = Layout::read(function, blocks) else {
        return;
    };
    layout.shorten();
    let moves = layout.moves();
    if !moves.places.is_empty() {
        layout.rewrite(function, &moves);
        function.move_offsets(|offset| moves.new_offset(offset));
        blocks.move_offsets(|offset| moves.new_offset(offset));
    }
}

/// Where what is in a function's code.
#[derive(Default)]
struct Layout {
    /// Of each byte, whether an instruction begins with it.
    begins: Vec<bool>,
    /// Ascending.
    candidates: Vec<Candidate>,
    /// Behind all that is jumped to.
    reached: u32,
    /// Entries of tables.
    entries: Vec<Distance>,
    /// Where the tables begin, ascending.
    tables: Vec<u32>,
    /// Addresses of tables and constants.
    references: Vec<Distance>,
    /// Where the instructions end.
    end: u32,
    /// There are constants behind that.
    has_constants: bool,
}

/// An instruction that has a shorter form.
struct Candidate {
    start: u32,
    end: u32,
    form: Form,
    is_short: bool,
}

enum Form {
    /// And the opcode of its short form.
    Jump { target: u32, short: u8 },
    /// With a constant that fits a byte; the opcode is so many bytes from the start.
    Operation { opcode: usize },
}

/// Four bytes at `at` that are the way from `from` to `to`.
struct Distance {
    at: u32,
    from: u32,
    to: u32,
}

impl Candidate {
    fn saving(&self) -> u32 {
        match self.form {
            Form::Jump { .. } => self.end - self.start - SHORT_JUMP_LENGTH,
            Form::Operation { .. } => 3,
        }
    }

    fn target(&self) -> Option<u32> {
        match self.form {
            Form::Jump { target, .. } => Some(target),
            Form::Operation { .. } => None,
        }
    }
}

impl Layout {
    fn read(function: &MachineCode, blocks: &Blocks) -> Option<Layout> {
        let mut layout = Layout { begins: vec![false; function.code.len()], ..Layout::default() };
        let relocated = function.relocations.iter().map(|it| it.offset);
        let mut relocated: Vec<u32> = relocated.collect();
        relocated.sort_unstable();
        let mut relocated = &relocated[..];
        let ends = blocks.starts.iter().skip(1).map(|start| Some(*start));
        for (start, end) in blocks.starts.iter().zip(ends.chain([None])) {
            layout.block(&function.code, &mut relocated, *start, end)?;
        }
        layout.has_constants = layout.references.iter().any(|it| it.to >= layout.end);
        layout.leads_to_known().then_some(layout)
    }

    /// Reads a block; the last one, whose end is not known, with the traps behind it.
    /// Takes what lies before its end from `relocated`.
    fn block(
        &mut self,
        code: &[u8],
        relocated: &mut &[u32],
        start: u32,
        end: Option<u32>,
    ) -> Option<()> {
        let limit = end.map_or(code.len(), |end| end as usize);
        let bytes = code.get(start as usize..limit)?;
        let mut decoder = Decoder::with_ip(64, bytes, start.into(), DecoderOptions::NONE);
        let mut instruction = Instruction::default();
        while decoder.can_decode() {
            decoder.decode_out(&mut instruction);
            if instruction.is_invalid() {
                return None;
            }
            let at = instruction.ip() as u32;
            self.end = instruction.next_ip() as u32;
            self.begins[at as usize] = true;
            let before = relocated.len();
            while let Some(rest) = relocated.split_first().filter(|it| *it.0 < self.end) {
                *relocated = rest.1;
            }
            let is_relocated = relocated.len() < before;
            if !is_relocated {
                if instruction.is_ip_rel_memory_operand() {
                    let offsets = decoder.get_constant_offsets(&instruction);
                    self.references.push(Distance {
                        at: at + offsets.displacement_offset() as u32,
                        from: self.end,
                        to: instruction.ip_rel_memory_address().try_into().ok()?,
                    });
                }
                let bytes = code.get(at as usize..self.end as usize)?;
                self.candidate(&instruction, bytes)?;
            }
            match instruction.code() {
                Code::Jmp_rm64 => return self.table(code, end),
                Code::Retnq | Code::Retnq_imm16 | Code::Ud2 | Code::Jmp_rel32_64
                    if end.is_none() && self.reached <= self.end =>
                {
                    return Some(());
                }
                _ => {}
            }
        }
        end.map(|_| ())
    }

    /// Takes an instruction, which has these bytes, as a candidate if it is one.
    fn candidate(&mut self, instruction: &Instruction, bytes: &[u8]) -> Option<()> {
        let (form, is_short) = if is_near_branch(instruction) {
            let target = u32::try_from(instruction.near_branch_target()).ok()?;
            self.reached = self.reached.max(target.checked_add(1)?);
            let short = short_jump(bytes)?;
            (Form::Jump { target, short }, false)
        } else if let Some(opcode) = operation(bytes) {
            (Form::Operation { opcode }, true)
        } else {
            return Some(());
        };
        self.candidates.push(Candidate {
            start: instruction.ip() as u32,
            end: self.end,
            form,
            is_short,
        });
        Some(())
    }

    /// The rest of a block behind an indirect jump. How long the last block's is,
    /// cannot be seen; most are calls, without one.
    fn table(&mut self, code: &[u8], end: Option<u32>) -> Option<()> {
        let start = self.end;
        let Some(end) = end else {
            let has_table = self.references.iter().any(|it| it.to == start);
            return (!has_table && self.reached <= start).then_some(());
        };
        if end == start {
            return Some(());
        }
        self.tables.push(start);
        self.end = end;
        let entries = code.get(start as usize..end as usize)?.chunks(4);
        for (entry, at) in entries.zip((start..).step_by(4)) {
            let distance = i32::from_le_bytes(entry.try_into().ok()?);
            self.entries.push(Distance {
                at,
                from: start,
                to: start.checked_add_signed(distance)?,
            });
        }
        Some(())
    }

    /// Whether all jumps and entries of tables lead to instructions, and all
    /// references to tables and constants.
    fn leads_to_known(&self) -> bool {
        let is_instruction = |at: u32| self.begins.get(at as usize).is_some_and(|begins| *begins);
        let length = self.begins.len() as u32;
        let is_datum =
            |at: u32| self.tables.binary_search(&at).is_ok() || (self.end..length).contains(&at);
        let jumps = self.candidates.iter().filter_map(Candidate::target);
        let entries = self.entries.iter().map(|entry| entry.to);
        jumps.chain(entries).all(is_instruction) && self.references.iter().all(|it| is_datum(it.to))
    }

    /// Finds the jumps that can be short. What is short brings the rest nearer.
    fn shorten(&mut self) {
        let ends_before = |offset: u32| self.candidates.partition_point(|it| it.end <= offset);
        // Those that end before the target, of a jump.
        let before_target = |it: &Candidate| it.target().map_or(0, ends_before);
        let before_target: Vec<usize> = self.candidates.iter().map(before_target).collect();
        // By so many of them.
        let mut saved = vec![0; self.candidates.len() + 1];
        loop {
            for (number, candidate) in self.candidates.iter().enumerate() {
                let saving = match candidate.is_short {
                    true => candidate.saving(),
                    false => 0,
                };
                saved[number + 1] = saved[number] + saving;
            }
            let mut changed = false;
            for (number, candidate) in self.candidates.iter_mut().enumerate() {
                let Some(target) = candidate.target().filter(|_| !candidate.is_short) else {
                    continue;
                };
                let from = i64::from(candidate.end - saved[number + 1]);
                let to = i64::from(target - saved[before_target[number]]);
                let distance = match target < candidate.end {
                    true => to - from + i64::from(candidate.saving()),
                    false => to - from,
                };
                candidate.is_short = i8::try_from(distance).is_ok();
                changed |= candidate.is_short;
            }
            if !changed {
                return;
            }
        }
    }

    /// Where everything comes to lie.
    fn moves(&self) -> Moves {
        let mut saved = 0;
        let short = self.candidates.iter().filter(|it| it.is_short);
        let places = short.map(|candidate| {
            saved += candidate.saving();
            (candidate.end, saved)
        });
        let places = places.collect();
        let unit = match self.has_constants {
            true => FUNCTION_ALIGNMENT as u32,
            false => 1,
        };
        Moves { places, end: self.end, behind: saved - saved % unit }
    }

    fn rewrite(&self, function: &mut MachineCode, moves: &Moves) {
        let mut code = Vec::with_capacity(function.code.len());
        let mut done = 0;
        for candidate in &self.candidates {
            let (start, end) = (candidate.start as usize, candidate.end as usize);
            code.extend_from_slice(&function.code[done..start]);
            done = end;
            match candidate.form {
                Form::Operation { opcode } => {
                    let opcode = code.len() + opcode;
                    code.extend_from_slice(&function.code[start..end - 3]);
                    code[opcode] = SHORT_OPERATION;
                }
                Form::Jump { target, short } => {
                    let opcode = match candidate.is_short {
                        true => &[short][..],
                        false => &function.code[start..end - 4],
                    };
                    code.extend_from_slice(opcode);
                    // Not the new offset of its end: that can be where filling begins.
                    let length = if candidate.is_short { 1 } else { 4 };
                    let from = code.len() as u32 + length;
                    let distance = moves.new_offset(target).wrapping_sub(from);
                    code.extend(&distance.to_le_bytes()[..length as usize]);
                }
            }
        }
        code.extend_from_slice(&function.code[done..self.end as usize]);
        code.resize(moves.new_offset(self.end) as usize, FILLER);
        code.extend_from_slice(&function.code[self.end as usize..]);
        for Distance { at, from, to } in self.entries.iter().chain(&self.references) {
            let at = moves.new_offset(*at) as usize;
            let distance = moves.new_offset(*to).wrapping_sub(moves.new_offset(*from));
            code[at..at + 4].copy_from_slice(&distance.to_le_bytes());
        }
        function.code = code;
    }
}

/// Instructions with a distance in code, whatever its length.
fn is_near_branch(instruction: &Instruction) -> bool {
    matches!(
        instruction.op0_kind(),
        OpKind::NearBranch16 | OpKind::NearBranch32 | OpKind::NearBranch64
    )
}

/// The opcode of the short form of a jump in the long one.
fn short_jump(bytes: &[u8]) -> Option<u8> {
    match bytes {
        [0xe9, _, _, _, _] => Some(SHORT_JUMP),
        [0x0f, opcode @ 0x80..=0x8f, _, _, _, _] => Some(SHORT_BRANCH + (opcode & 15)),
        _ => None,
    }
}

/// Where the opcode of an operation stands whose constant fits a byte: at the begin, or
/// behind the prefix for 64 bits and further registers.
fn operation(bytes: &[u8]) -> Option<usize> {
    let opcode = match bytes {
        [LONG_OPERATION, ..] => 0,
        [0x40..=0x4f, LONG_OPERATION, ..] => 1,
        _ => return None,
    };
    let constant = i32::from_le_bytes(*bytes.last_chunk()?);
    i8::try_from(constant).is_ok().then_some(opcode)
}

/// What becomes of offsets.
struct Moves {
    /// Ends of what is short, ascending, and what is saved up to there.
    places: Vec<(u32, u32)>,
    /// Where the instructions ended.
    end: u32,
    /// What is saved there.
    behind: u32,
}

impl Moves {
    fn new_offset(&self, offset: u32) -> u32 {
        if offset >= self.end {
            return offset - self.behind;
        }
        let before = self.places.partition_point(|(end, _)| *end <= offset);
        let last = before.checked_sub(1).map(|last| self.places[last].1);
        offset - last.unwrap_or(0)
    }
}
