//! How an address in a linear memory is made. The only place that decides
//! whether an access needs a check.
//!
//! Memories do not overlap, and compiled code reaches one only
//! through an address made here or a range checked here. An access of S bytes
//! (16 at most) with index operand I and constant offset O has to trap unless
//! I + O + S <= L, the memory's length. The memory has the bytes from its
//! constant base to the end of its reservation; those below L are accessible.
//! How it is kept inside is in the memory's [`Check`]:
//!
//! * `None`, of 32-bit memories. I and O are below 2^32, so the last byte is
//!   below 2 * 2^32 + 16, and the reservation is longer. Pages beyond L are not
//!   accessible, and L is a multiple of the machine's pages: what is out of
//!   bounds faults, and the runtime makes that a trap.
//! * `Start`, of 64-bit memories. L is a multiple of the machine's pages here
//!   too, and [`MEMORY_GUARD`] bytes behind the largest L are never
//!   accessible. If O + S <= MEMORY_GUARD, it is enough that I < L is checked:
//!   then the last byte is below L + MEMORY_GUARD, in the reservation, and
//!   faults unless it is below L. A larger O is added to I first, with a trap
//!   if the sum wraps, and the rule applied with the sum for I and 0 for O.
//! * `End`, of memories whose pages are smaller than the machine's: bytes
//!   between L and the end of the machine's page are accessible. And of all with
//!   `MemoryChecks::Explicit`: the reservation ends with L, and whatever may follow.
//!   So the end I + O + S is made, with a trap if it wraps, and compared with L.
//!   For a 32-bit I it cannot wrap.
//!
//! A constant I needs no check if I + O + S is within the length that the
//! memory begins with: lengths never become less, and an imported memory is
//! compared with its import's type before any code of the module runs.
//!
//! L is loaded for each check, after all that precedes it. Addresses are sums
//! in 64 bits; once checked they are what they would be without wrapping.
//! Nothing is done about speculation past a check: the process holds one
//! program, and what it may see it may see.

use super::{Region, Translator};
use crate::layout::{Check, MemoryPlace};
use crate::optimize::values;
use crate::symbols::Runtime;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Opcode, Value, ValueDef, types};
use quench_abi::{Bounds, MEMORY_GUARD, MEMORY_RESERVATION, Trap};
use wasmparser::{MemArg, MemArgTarget};

/// Bytes of the widest access.
const WIDEST: u64 = 16;

const _: () = assert!(MEMORY_RESERVATION >= 2 * u32::MAX as u64 + WIDEST);
const _: () = assert!(MEMORY_GUARD >= WIDEST);

/// An address ready for a load or store.
pub struct Address {
    pub base: Value,
    pub offset: i32,
    pub flags: MemFlagsData,
}

/// What is accessed: the memory, from its byte `index + offset` on.
#[derive(Clone, Copy)]
struct Access {
    memory: u32,
    /// An i64.
    index: Value,
    offset: u64,
    /// Bytes.
    size: u64,
}

pub fn memory(memarg: &MemArg) -> u32 {
    match memarg.target {
        MemArgTarget::Memory(memory) => memory,
        _ => unreachable!("arrays do not pass validation"),
    }
}

impl Translator<'_, '_> {
    /// Where an access with index operand `index` goes.
    pub fn address(&mut self, memarg: &MemArg, index: Value) -> Address {
        let access = self.checked(memarg, index);
        let place = self.place(access.memory);
        let (start, offset) = match self.base_register.filter(|_| place.in_register) {
            Some(register) => self.offset_from_register(register, access.offset),
            None => self.offset_from_constant(place.base, access.offset),
        };
        let base = self.builder.ins().iadd(access.index, start);
        let region = self.region(Region::Memory(access.memory));
        let flags = MemFlagsData::new()
            .with_trap_code(Some(crate::traps::GUARDED_ACCESS))
            .with_alias_region(Some(region));
        Address {
            base,
            offset,
            flags,
        }
    }

    /// The native address of an access that the runtime carries out, where
    /// faults are not expected: what is accessed is compared with the length.
    pub fn range_address(&mut self, memarg: &MemArg, index: Value) -> Value {
        let memory = memory(memarg);
        let index = self.extended(index);
        let start = self.add_or_trap(index, memarg.offset);
        let size = self.builder.ins().iconst(types::I64, 1 << memarg.max_align);
        let length = self.memory_length(memory);
        self.check_range(start, size, length, Bounds::Memory);
        self.native_address(memory, start)
    }

    fn place(&self, memory: u32) -> MemoryPlace {
        self.environment.layout.memories[memory as usize]
    }

    /// The access that an operator means, once it cannot leave the memory.
    fn checked(&mut self, memarg: &MemArg, index: Value) -> Access {
        let memory = memory(memarg);
        let access = Access {
            memory,
            index: self.extended(index),
            offset: memarg.offset,
            size: 1 << memarg.max_align,
        };
        match self.place(memory).check {
            Check::None => access,
            _ if self.is_always_inside(index, &access) => access,
            Check::Start => self.check_start(access),
            Check::End => self.check_end(access),
        }
    }

    fn is_always_inside(&self, index: Value, access: &Access) -> bool {
        let ty = &self.environment.module.memories[access.memory as usize];
        let end = self
            .constant(index)
            .and_then(|index| index.checked_add(access.offset)?.checked_add(access.size));
        end.is_some_and(|end| end <= ty.byte_size(ty.minimum))
    }

    fn check_start(&mut self, access: Access) -> Access {
        let access = match access.offset.checked_add(access.size) {
            Some(reach) if reach <= MEMORY_GUARD => access,
            _ => Access {
                index: self.add_or_trap(access.index, access.offset),
                offset: 0,
                ..access
            },
        };
        let length = self.memory_length(access.memory);
        self.trap_if(
            IntCC::UnsignedGreaterThanOrEqual,
            access.index,
            length,
            Trap::MemoryOutOfBounds,
        );
        access
    }

    /// Where `offset + size` is too large for 64 bits, any end is: the largest
    /// number stands for it, which is out of bounds also with index 0.
    fn check_end(&mut self, access: Access) -> Access {
        let reach = access.offset.saturating_add(access.size);
        let end = self.add_or_trap(access.index, reach);
        let length = self.memory_length(access.memory);
        self.trap_if(
            IntCC::UnsignedGreaterThan,
            end,
            length,
            Trap::MemoryOutOfBounds,
        );
        access
    }

    fn add_or_trap(&mut self, index: Value, offset: u64) -> Value {
        let offset = self.builder.ins().iconst(types::I64, offset as i64);
        self.sum_or_trap(index, offset, Trap::MemoryOutOfBounds)
    }

    /// The sum of two i64, or a trap if it wraps.
    fn sum_or_trap(&mut self, left: Value, right: Value, trap: Trap) -> Value {
        if self.is_below_2_to_32(left) && self.is_below_2_to_32(right) {
            return self.builder.ins().iadd(left, right);
        }
        let trap = crate::traps::code(trap);
        self.builder.ins().uadd_overflow_trap(left, right, trap)
    }

    fn trap_if(&mut self, code: IntCC, left: Value, right: Value, trap: Trap) {
        let condition = self.builder.ins().icmp(code, left, right);
        self.builder
            .ins()
            .trapnz(condition, crate::traps::code(trap));
    }

    /// An address or count, i32 or i64, as an i64.
    pub fn extended(&mut self, operand: Value) -> Value {
        if self.builder.func.dfg.value_type(operand) == types::I64 {
            return operand;
        }
        match values::extended_constant(self.builder.func, operand) {
            Some(number) => self.builder.ins().iconst(types::I64, number),
            None => self.builder.ins().uextend(types::I64, operand),
        }
    }

    /// The number that an operand always is, if that can be seen.
    fn constant(&self, operand: Value) -> Option<u64> {
        values::constant(self.builder.func, operand).map(i64::cast_unsigned)
    }

    fn is_below_2_to_32(&self, operand: Value) -> bool {
        let dfg = &self.builder.func.dfg;
        let is_extended = matches!(
            dfg.value_def(operand),
            ValueDef::Result(instruction, _) if dfg.insts[instruction].opcode() == Opcode::Uextend
        );
        is_extended
            || self
                .constant(operand)
                .is_some_and(|number| u32::try_from(number).is_ok())
    }

    /// Base and offset are one displacement where the target can fold it; what
    /// exceeds 31 bits goes into the constant.
    fn offset_from_constant(&mut self, base: u64, offset: u64) -> (Value, i32) {
        let sum = base.checked_add(offset);
        let (constant, offset) = match sum.map(i32::try_from) {
            Some(Ok(_)) => (base, offset as i32),
            _ => (base.wrapping_add(offset), 0),
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

    /// Traps unless `[start, start + length)`, both i64, lies below `limit`.
    pub fn check_range(&mut self, start: Value, length: Value, limit: Value, bounds: Bounds) {
        let end = self.sum_or_trap(start, length, bounds.trap());
        let outside = self
            .builder
            .ins()
            .icmp(IntCC::UnsignedGreaterThan, end, limit);
        self.report_if(outside, bounds.trap(), |translator| {
            translator.out_of_bounds(start, length, limit, bounds);
        });
    }

    /// Ends the program, saying what is not below `limit`.
    pub fn out_of_bounds(&mut self, start: Value, count: Value, limit: Value, bounds: Bounds) {
        let what = self.builder.ins().iconst(types::I32, bounds as i64);
        self.call_runtime(Runtime::OutOfBounds, &[start, count, limit, what]);
    }
}
