//! A decoder for what an instruction of aarch64 loads or stores. It knows the encodings
//! that compiled code has; names in quotes are those of the Arm ARM (DDI 0487), chapter
//! C4 "A64 Instruction Set Encoding", section "Loads and Stores".

use crate::arch::access::Access;
use quench_abi::AccessKind;

/// An instruction that loads or stores.
pub(super) struct Instruction(pub(super) u32);

impl Instruction {
    /// Returns what the instruction accesses; `register` gives the registers by
    /// their numbers. None for instructions that compiled code does not have.
    pub(super) fn access(
        &self,
        stack_pointer: u64,
        register: impl Fn(u32) -> u64,
    ) -> Option<Access> {
        let (width, kind) = self.width_and_kind()?;
        let base = match self.field(5, 5) {
            31 => stack_pointer,
            number => register(number),
        };
        let offset = self.offset(width, &register)?;
        let address = base.wrapping_add(offset) as usize;
        Some(Access { address, width, kind, value: register(self.field(0, 5)) })
    }

    /// Returns the bits from `start` on.
    fn field(&self, start: u32, length: u32) -> u32 {
        self.0 >> start & ((1 << length) - 1)
    }

    /// Returns whether this is one of "Load/store register" (with an immediate or
    /// a register as offset) or "Atomic memory operations".
    fn is_plain(&self) -> bool {
        self.field(27, 3) == 0b111 && self.field(25, 1) == 0
    }

    /// Returns whether this is one of "Atomic memory operations": it changes memory
    /// and says what was there.
    fn is_exchange(&self) -> bool {
        self.is_plain()
            && self.field(24, 1) == 0
            && self.field(21, 1) == 1
            && self.field(10, 2) == 0
    }

    /// Returns whether this is one of "Load/store exclusive", "Load/store ordered"
    /// or "Compare and swap".
    fn is_ordered(&self) -> bool {
        self.field(24, 6) == 0b00_1000
    }

    /// Returns whether this is one of "Advanced SIMD load/store single structure":
    /// a load of one element of a vector, or of one into all.
    fn is_element(&self) -> bool {
        self.0 & 0xbf00_0000 == 0x0d00_0000
    }

    /// Returns the number of bytes that are accessed, and what happens to them.
    fn width_and_kind(&self) -> Option<(u8, AccessKind)> {
        let load_if = |load| {
            if load { AccessKind::Load } else { AccessKind::Store }
        };
        let size = 1 << self.field(30, 2);
        let operation = self.field(22, 2);
        if self.is_exchange() {
            return Some((size, AccessKind::Atomic));
        }
        if self.is_plain() {
            return Some(match self.field(26, 1) {
                0 => (size, load_if(operation != 0)),
                _ if operation & 2 != 0 => (16, load_if(operation & 1 != 0)),
                _ => (size, load_if(operation & 1 != 0)),
            });
        }
        if self.is_ordered() {
            let is_only_ordered = self.field(23, 1) == 1 && self.field(21, 1) == 0;
            let kind =
                if is_only_ordered { load_if(operation & 1 != 0) } else { AccessKind::Atomic };
            return Some((size, kind));
        }
        let width = match (self.field(13, 3), self.field(10, 2)) {
            (0, _) => 1,
            (2, _) => 2,
            (4, 0) => 4,
            (4, 1) => 8,
            (6, size) => 1 << size,
            _ => return None,
        };
        self.is_element().then(|| (width, load_if(operation & 1 != 0)))
    }

    /// Returns what is added to the base register; `register` gives the others.
    fn offset(&self, width: u8, register: impl Fn(u32) -> u64) -> Option<u64> {
        let scale = width.trailing_zeros();
        if !self.is_plain() || self.is_exchange() {
            return Some(0);
        }
        if self.field(24, 1) == 1 {
            return Some(u64::from(self.field(10, 12)) << scale);
        }
        if self.field(21, 1) == 0 {
            let offset = (self.field(12, 9) << 23).cast_signed() >> 23;
            // Post-index: added to the base register after the access.
            let offset = if self.field(10, 2) == 1 { 0 } else { offset };
            return Some(i64::from(offset).cast_unsigned());
        }
        let register = register(self.field(16, 5));
        let extended = match self.field(13, 3) {
            0b010 => u64::from(register as u32),
            0b011 | 0b111 => register,
            0b110 => i64::from(register as i32).cast_unsigned(),
            _ => return None,
        };
        Some(extended << if self.field(12, 1) == 1 { scale } else { 0 })
    }
}
