//! Short forms of instructions for x86_64. Cranelift gives all jumps the form that
//! reaches everything, which takes five or six bytes; two are enough if the target is
//! near. These bytes are a tenth of the code. It also gives many additions and
//! comparisons a constant of four bytes where one is enough.
//!
//! The pass works on machine code. Cranelift's blocks tell what the bytes are: each
//! block begins with an instruction and consists of instructions up to its end, or up to
//! an indirect jump that is followed by its table of 32-bit distances. Behind the last
//! block there are traps that something jumps to, and constants. So everything that
//! refers to a place by a distance is known. A function in which anything else is found,
//! or that jumps to a place where no instruction begins, is left unchanged.

use super::alignment::{Blocks, FUNCTION_ALIGNMENT};
use crate::machine_code::MachineCode;
use iced_x86::{Code, Decoder, DecoderOptions, Instruction, OpKind};

/// Length in bytes of a short jump, conditional or not.
const SHORT_JUMP_LENGTH: u32 = 2;
/// Opcode of an unconditional jump with a distance of one byte.
const SHORT_JUMP: u8 = 0xeb;
/// Opcode of a conditional jump with a distance of one byte, plus the condition's number.
const SHORT_BRANCH: u8 = 0x70;
/// Opcode of an operation whose second operand is a constant of four bytes.
const LONG_OPERATION: u8 = 0x81;
/// Opcode of an operation whose second operand is a constant of one byte.
const SHORT_OPERATION: u8 = 0x83;
/// `int3`, which fills places that are never reached.
const FILLER: u8 = 0xcc;

/// Shortens a function's instructions. `blocks` are the function's, and are updated with
/// it.
pub(super) fn improve(function: &mut MachineCode, blocks: &mut Blocks) {
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

/// The places in a function's code that a rewrite must carry along, as offsets in bytes.
#[derive(Default)]
struct Layout {
    /// For each byte, whether an instruction begins with it.
    begins: Vec<bool>,
    /// Instructions that have a shorter form, by ascending offset.
    candidates: Vec<Candidate>,
    /// Offset behind the last byte that is known to be a jump's target.
    reached: u32,
    /// Entries of the tables of indirect jumps.
    entries: Vec<Distance>,
    /// Offsets at which these tables begin, ascending.
    tables: Vec<u32>,
    /// Distances in instructions that address tables and constants.
    references: Vec<Distance>,
    /// Offset of the end of the instructions read so far.
    end: u32,
    /// Whether there are constants behind the instructions.
    has_constants: bool,
}

/// An instruction that has a shorter form.
struct Candidate {
    start: u32,
    end: u32,
    form: Form,
    /// Whether it takes its shorter form.
    is_short: bool,
}

/// The kind of an instruction that has a shorter form.
enum Form {
    /// A jump to the offset `target`; `short` is the opcode of its short form.
    Jump { target: u32, short: u8 },
    /// An operation with a constant that fits a byte; `opcode` is the distance in bytes
    /// from the instruction's start to its opcode.
    Operation { opcode: usize },
}

/// Four bytes at the offset `at` that hold the distance from `from` to `to`.
struct Distance {
    at: u32,
    from: u32,
    to: u32,
}

impl Candidate {
    /// Returns the bytes that the shorter form saves.
    fn saving(&self) -> u32 {
        match self.form {
            Form::Jump { .. } => self.end - self.start - SHORT_JUMP_LENGTH,
            Form::Operation { .. } => 3,
        }
    }

    /// Returns the offset of a jump's target.
    fn target(&self) -> Option<u32> {
        match self.form {
            Form::Jump { target, .. } => Some(target),
            Form::Operation { .. } => None,
        }
    }
}

impl Layout {
    /// Reads a function's code; returns none if not all of it is understood.
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

    /// Reads a block of instructions. The last block, whose end is not known, is read
    /// together with the traps behind it. `relocated` are the ascending offsets of the
    /// relocations that have not been met; those before the block's end are removed.
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

    /// Adds an instruction to the candidates if it has a shorter form. `bytes` is the
    /// instruction. Returns none for a branch that is not understood.
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

    /// Reads the rest of a block behind an indirect jump, which is the jump's table. The
    /// length of a table behind the last block is not known, so none is accepted there;
    /// most indirect jumps at the end of a function are tail calls, which have none.
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

    /// Returns whether all jumps and table entries lead to instructions, and all
    /// references to tables or constants.
    fn leads_to_known(&self) -> bool {
        let is_instruction = |at: u32| self.begins.get(at as usize).is_some_and(|begins| *begins);
        let length = self.begins.len() as u32;
        let is_datum =
            |at: u32| self.tables.binary_search(&at).is_ok() || (self.end..length).contains(&at);
        let jumps = self.candidates.iter().filter_map(Candidate::target);
        let entries = self.entries.iter().map(|entry| entry.to);
        jumps.chain(entries).all(is_instruction) && self.references.iter().all(|it| is_datum(it.to))
    }

    /// Finds the jumps that can be short. It repeats until nothing changes, because each
    /// instruction that becomes short brings the others nearer to their targets.
    fn shorten(&mut self) {
        let ends_before = |offset: u32| self.candidates.partition_point(|it| it.end <= offset);
        // For each jump, the number of candidates that end before its target.
        let before_target = |it: &Candidate| it.target().map_or(0, ends_before);
        let before_target: Vec<usize> = self.candidates.iter().map(before_target).collect();
        // The bytes that the first N candidates save, for each N.
        let mut saved = vec![0; self.candidates.len() + 1];
        loop {
            for (number, candidate) in self.candidates.iter().enumerate() {
                let saving = if candidate.is_short { candidate.saving() } else { 0 };
                saved[number + 1] = saved[number] + saving;
            }
            let mut changed = false;
            for (number, candidate) in self.candidates.iter_mut().enumerate() {
                let Some(target) = candidate.target().filter(|_| !candidate.is_short) else {
                    continue;
                };
                let from = i64::from(candidate.end - saved[number + 1]);
                let to = i64::from(target - saved[before_target[number]]);
                let distance = if target < candidate.end {
                    to - from + i64::from(candidate.saving())
                } else {
                    to - from
                };
                candidate.is_short = i8::try_from(distance).is_ok();
                changed |= candidate.is_short;
            }
            if !changed {
                return;
            }
        }
    }

    /// Computes the new offsets of everything once the short forms are taken.
    fn moves(&self) -> Moves {
        let mut saved = 0;
        let short = self.candidates.iter().filter(|it| it.is_short);
        let places = short.map(|candidate| {
            saved += candidate.saving();
            (candidate.end, saved)
        });
        let places = places.collect();
        let unit = if self.has_constants { FUNCTION_ALIGNMENT as u32 } else { 1 };
        Moves { places, end: self.end, behind: saved - saved % unit }
    }

    /// Writes the function's code with the short forms, tables and references adjusted.
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
                    let opcode = if candidate.is_short {
                        &[short][..]
                    } else {
                        &function.code[start..end - 4]
                    };
                    code.extend_from_slice(opcode);
                    // This cannot be computed as the new offset of the jump's end: that
                    // of the last instruction is where the constants begin, behind the
                    // filling.
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

/// Returns whether an instruction is a jump or call by a distance, of any length.
fn is_near_branch(instruction: &Instruction) -> bool {
    matches!(
        instruction.op0_kind(),
        OpKind::NearBranch16 | OpKind::NearBranch32 | OpKind::NearBranch64
    )
}

/// Returns the opcode of the short form of a jump, given the bytes of its long form.
fn short_jump(bytes: &[u8]) -> Option<u8> {
    match bytes {
        [0xe9, _, _, _, _] => Some(SHORT_JUMP),
        [0x0f, opcode @ 0x80..=0x8f, _, _, _, _] => Some(SHORT_BRANCH + (opcode & 15)),
        _ => None,
    }
}

/// Returns the position of the opcode in an operation whose constant of four bytes fits
/// one: at the beginning, or behind the prefix for 64 bits and further registers.
fn operation(bytes: &[u8]) -> Option<usize> {
    let opcode = match bytes {
        [LONG_OPERATION, ..] => 0,
        [0x40..=0x4f, LONG_OPERATION, ..] => 1,
        _ => return None,
    };
    let constant = i32::from_le_bytes(*bytes.last_chunk()?);
    i8::try_from(constant).is_ok().then_some(opcode)
}

/// The map from old offsets to new ones.
struct Moves {
    /// (old end of an instruction that became short, bytes saved up to there), ascending.
    places: Vec<(u32, u32)>,
    /// Old offset of the end of the instructions.
    end: u32,
    /// Bytes by which everything behind the instructions moves: a multiple of the
    /// alignment if there are constants.
    behind: u32,
}

impl Moves {
    /// Returns the new offset for an old one.
    fn new_offset(&self, offset: u32) -> u32 {
        if offset >= self.end {
            return offset - self.behind;
        }
        let before = self.places.partition_point(|(end, _)| *end <= offset);
        let last = before.checked_sub(1).map(|last| self.places[last].1);
        offset - last.unwrap_or(0)
    }
}
