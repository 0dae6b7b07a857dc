//! A decoder for what an instruction of x86_64 loads or stores. It knows the encodings
//! that compiled code has: legacy and VEX prefixes, ModRM and SIB, as in the Intel SDM,
//! volume 2, chapter 2 "Instruction Format". The opcodes are in `opcodes.rs`.

use super::opcodes;
use crate::arch::access::Access;
use quench_abi::AccessKind;

/// An instruction with an operand in memory.
pub(super) struct Instruction {
    /// The opcode map: 0 for opcodes of one byte, 1 to 3 for those behind `0f`,
    /// `0f 38` and `0f 3a`.
    map: u8,
    opcode: u8,
    /// The prefix that is part of the opcode or gives the size: 0, 0x66, 0xf2 or
    /// 0xf3.
    prefix: u8,
    /// REX.W or VEX.W, which makes operands 64 bits wide.
    wide: bool,
    /// Whether the access is one step for other processors.
    is_locked: bool,
    /// Number of the register that is the other operand.
    register: u8,
    /// Number of the register with the base of the address.
    base: Option<u8>,
    /// Number of the register with the index, which is scaled.
    index: Option<u8>,
    /// Logarithm of the scale.
    scale_log2: u8,
    /// Constant part of the address.
    displacement: i32,
    /// The four bytes behind the address, which are a constant in some
    /// instructions.
    immediate: i32,
}

impl Instruction {
    /// Decodes the instruction at the beginning of `bytes`; none for instructions
    /// without an operand in memory, or which compiled code does not have.
    pub(super) fn decode(bytes: &[u8; 16]) -> Option<Instruction> {
        /// The prefixes that VEX.pp stands for.
        const PREFIXES: [u8; 4] = [0, 0x66, 0xf3, 0xf2];
        let mut at = 0;
        let mut next = || {
            at += 1;
            // No instruction is longer.
            bytes[(at - 1) & 15]
        };
        let (mut prefix, mut is_locked) = (0, false);
        let mut opcode = next();
        while matches!(opcode, 0x66 | 0xf0 | 0xf2 | 0xf3) {
            if opcode == 0xf0 {
                is_locked = true;
            } else {
                prefix = opcode;
            }
            opcode = next();
        }
        let mut map = 0;
        // W, R, X and B as in REX. W: operands of 64 bits; the others: high bits of
        // register, index and base.
        let mut rex = 0;
        if opcode & 0xfe == 0xc4 {
            let mut last = next();
            map = 1;
            if opcode == 0xc4 {
                map = last & 31;
                rex = !last >> 5 & 7;
                last = next();
                rex |= last >> 4 & 8;
            }
            prefix = PREFIXES[usize::from(last & 3)];
            if last & 4 != 0 {
                return None; // VEX.L: 256 bits
            }
            opcode = next();
        } else {
            if opcode & 0xf0 == 0x40 {
                rex = opcode;
                opcode = next();
            }
            if opcode == 0x0f {
                opcode = next();
                map = match opcode {
                    0x38 => 2,
                    0x3a => 3,
                    _ => 1,
                };
                if map > 1 {
                    opcode = next();
                }
            }
        }
        // ModRM.
        let modes = next();
        let (mode, field) = (modes >> 6, modes & 7);
        let mut instruction = Instruction {
            map,
            opcode,
            prefix,
            wide: rex & 8 != 0,
            // `xchg` is locked without a prefix.
            is_locked: is_locked || (map == 0 && opcode & 0xfe == 0x86),
            register: (modes >> 3 & 7) | (rex & 4) << 1,
            base: Some(field | (rex & 1) << 3),
            index: None,
            scale_log2: 0,
            displacement: 0,
            immediate: 0,
        };
        let mut displacement_size = [0, 1, 4, 0][usize::from(mode)];
        if mode == 3 || (mode == 0 && field == 5) {
            // A register, or an address relative to the instruction.
            return None;
        }
        if field == 4 {
            // SIB.
            let byte = next();
            let index = (byte >> 3 & 7) | (rex & 2) << 2;
            instruction.scale_log2 = byte >> 6;
            instruction.index = (index != 4).then_some(index);
            instruction.base = Some((byte & 7) | (rex & 1) << 3);
            if byte & 7 == 5 && mode == 0 {
                instruction.base = None;
                displacement_size = 4;
            }
        }
        for shift in 0..displacement_size {
            instruction.displacement |= i32::from(next()) << (8 * shift);
        }
        if displacement_size == 1 {
            instruction.displacement = i32::from(instruction.displacement as i8);
        }
        instruction.immediate = i32::from_le_bytes(core::array::from_fn(|_| next()));
        Some(instruction)
    }

    /// Returns what the instruction accesses, which a fault called a store or not;
    /// `register` gives the registers by their numbers. None for opcodes that
    /// compiled code does not have.
    pub(super) fn access(&self, is_store: bool, register: impl Fn(u8) -> u64) -> Option<Access> {
        Some(Access {
            address: self.effective_address(&register),
            width: opcodes::width(self.map, self.prefix, self.opcode, self.wide)?,
            kind: if self.is_locked {
                AccessKind::Atomic
            } else if is_store {
                AccessKind::Store
            } else {
                AccessKind::Load
            },
            value: match (self.map, self.opcode) {
                (0, 0xc7) => i64::from(self.immediate).cast_unsigned(), // mov r/m, imm32
                _ => register(self.register),
            },
        })
    }

    fn effective_address(&self, register: impl Fn(u8) -> u64) -> usize {
        let base = self.base.map_or(0, &register);
        let index = self.index.map_or(0, &register) << self.scale_log2;
        let sum = base.wrapping_add(index);
        sum.wrapping_add_signed(i64::from(self.displacement)) as usize
    }
}
