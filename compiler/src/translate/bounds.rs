//! How an address in a linear memory is made. The only place that decides
//! whether an access needs a check.
//!
//! A 32-bit memory needs none. Its base B is a constant, and
//! [`quench_abi::MEMORY_RESERVATION`] bytes from B belong to it: accessible
//! up to its length, not accessible beyond. An access goes to
//! `B + zero_extend(index) + offset` with `index` and `offset` below 2^32, so
//! at most at `B + 2 * (2^32 - 1)`, and is at most 16 bytes wide: always
//! inside the reservation, whose guard of 64 KiB lies behind the last such
//! byte. Bytes beyond the length fault, and the runtime makes that a trap.
//! The sum is made in 64 bits and cannot wrap.

use super::{Region, Translator};
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};
use quench_abi::{MEMORY_RESERVATION, Trap};
use wasmparser::{MemArg, MemArgTarget};

const _: () = assert!(MEMORY_RESERVATION >= 2 * u32::MAX as u64 + 16);

/// An address ready for a load or store.
pub struct Address {
    pub base: Value,
    pub offset: i32,
    pub flags: MemFlagsData,
}

impl Translator<'_, '_> {
    /// Where an access with index operand `index` goes.
    pub fn address(&mut self, memarg: &MemArg, index: Value) -> Address {
        let MemArgTarget::Memory(memory) = memarg.target else {
            unreachable!("arrays do not pass validation");
        };
        let place = self.environment.layout.memories[memory as usize];
        let index = self.builder.ins().uextend(types::I64, index);
        let (start, offset) = match self.base_register.filter(|_| place.in_register) {
            Some(register) => self.offset_from_register(register, memarg.offset),
            None => self.offset_from_constant(place.base, memarg.offset),
        };
        let base = self.builder.ins().iadd(index, start);
        let region = self.region(Region::Memory(memory));
        let flags = MemFlagsData::new()
            .with_trap_code(Some(crate::traps::GUARDED_ACCESS))
            .with_alias_region(Some(region));
        Address {
            base,
            offset,
            flags,
        }
    }

    /// Base and offset are one displacement where the target can fold it; what
    /// exceeds 31 bits goes into the constant.
    fn offset_from_constant(&mut self, base: u64, offset: u64) -> (Value, i32) {
        let (constant, offset) = match i32::try_from(base.saturating_add(offset)) {
            Ok(_) => (base, offset as i32),
            Err(_) => (base + offset, 0),
        };
        (
            self.builder.ins().iconst(types::I64, constant as i64),
            offset,
        )
    }

    fn offset_from_register(&mut self, register: Value, offset: u64) -> (Value, i32) {
        match i32::try_from(offset) {
            Ok(offset) => (register, offset),
            Err(_) => (self.builder.ins().iadd_imm_u(register, offset as i64), 0),
        }
    }

    /// Traps unless `[start, start + length)` lies below `limit`. `start` and
    /// `length` are zero-extended 32-bit numbers, so their sum cannot wrap.
    pub fn check_range(&mut self, start: Value, length: Value, limit: Value, trap: Trap) {
        use cranelift_codegen::ir::condcodes::IntCC;
        let end = self.builder.ins().iadd(start, length);
        let outside = self
            .builder
            .ins()
            .icmp(IntCC::UnsignedGreaterThan, end, limit);
        self.builder.ins().trapnz(outside, crate::traps::code(trap));
    }
}
