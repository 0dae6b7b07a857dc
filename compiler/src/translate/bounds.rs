//! Addresses in linear memories, and the checks of their bounds. This is the only place
//! that decides whether an access needs a check.
//!
//! Memories do not overlap, and compiled code accesses a memory only through an address
//! made here or a range checked here. An access of S bytes (16 at most) with index operand
//! I and constant offset O has to trap unless I + O + S <= L, the memory's length. The
//! memory owns the bytes from its constant base to the end of its reservation; those below
//! L are accessible. The memory's [`Check`] says how an access is kept inside:
//!
//! * `None` is for 32-bit memories. I and O are below 2^32, so the last byte is below
//!   2 * 2^32 + 16, and the reservation is longer. Pages beyond L are not accessible, and L
//!   is a multiple of the machine's page size: an access out of bounds faults, and the
//!   runtime turns the fault into a trap.
//! * `Start` is for 64-bit memories. L is a multiple of the machine's page size here too,
//!   and [`MEMORY_GUARD`] bytes behind the largest L are never accessible. If
//!   O + S <= MEMORY_GUARD, it is enough to check I < L: then the last byte is below
//!   L + MEMORY_GUARD, in the reservation, and the access faults unless it is below L. A
//!   larger O is checked as under `End`.
//! * `End` is for memories whose pages are smaller than the machine's, because bytes between
//!   L and the end of the machine's page are accessible. It is also for all memories with
//!   `MemoryChecks::Explicit`, because their reservation ends with L, and anything may
//!   follow it. For a 64-bit I the check is I <= L - (O + S), if O + S is at most the length
//!   that the memory begins with: lengths never decrease, so the difference does not wrap.
//!   Otherwise the end I + O + S is computed, which must neither wrap nor be above L. For a
//!   32-bit I it cannot wrap.
//!
//! A constant I needs no check if I + O + S is within the length that the memory begins
//! with. The type of an imported memory is checked against the import before any code of
//! the module runs.
//!
//! L is loaded for each check, after everything that precedes the check. Addresses are sums
//! in 64 bits; once checked, they are what they would be without wrapping. Nothing is done
//! about speculation past a check: the process holds one program, which may read all of
//! its own memory.

use super::translator::{Region, Translator};
use crate::ir::values;
use crate::plan::layout::{Check, MemoryPlace};
use crate::traps;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Opcode, Value, ValueDef, types};
use quench_abi::{
    AccessKind, Bounds, FailedAccess, MEMORY_GUARD, MEMORY_RESERVATION, RuntimeFunction, Trap,
};
use wasmparser::{MemArg, MemArgTarget};

/// Size of the widest access, in bytes.
const WIDEST: u64 = 16;

const _: () = assert!(MEMORY_RESERVATION >= 2 * u32::MAX as u64 + WIDEST);
const _: () = assert!(MEMORY_GUARD >= WIDEST);

/// A checked address, and the flags of the load or store that uses it.
pub(super) struct Address {
    pub base: Value,
    pub offset: i32,
    pub flags: MemFlagsData,
}

/// An access to the `size` bytes of a memory from byte `index + offset` on.
struct Access {
    memory: u32,
    /// The index operand, as an i64.
    index: Value,
    offset: u64,
    /// Size in bytes.
    size: u64,
}

impl Access {
    /// Returns the distance in bytes from the index to the end of the access. A distance that
    /// does not fit 64 bits becomes the largest number, which is out of bounds even with
    /// index 0, as every end at such a distance is.
    fn reach(&self) -> u64 {
        self.offset.saturating_add(self.size)
    }
}

/// Returns the index of the memory that an operator accesses.
pub(super) fn memory(memarg: &MemArg) -> u32 {
    match memarg.target {
        MemArgTarget::Memory(memory) => memory,
        _ => unreachable!("arrays do not pass validation"),
    }
}

impl Translator<'_, '_> {
    /// Returns the address of an access with index operand `index`, checked where that is
    /// necessary.
    pub(super) fn address(&mut self, memarg: &MemArg, index: Value, kind: AccessKind) -> Address {
        let access = self.access(memarg, index);
        self.check(&access, kind);
        let place = self.place(access.memory);
        let (start, offset) = match self.base_register.filter(|_| place.in_register) {
            Some(register) => self.offset_from_register(register, access.offset),
            None => self.offset_from_constant(place.base, access.offset),
        };
        let base = self.builder.ins().iadd(access.index, start);
        let region = self.region(Region::Memory(access.memory));
        let flags = MemFlagsData::new()
            .with_trap_code(Some(traps::GUARDED_ACCESS))
            .with_alias_region(Some(region));
        Address { base, offset, flags }
    }

    /// Returns the native address of an atomic access that the runtime carries out. The
    /// runtime does not expect faults there, so the end is always compared with the length.
    pub(super) fn cell_address(&mut self, memarg: &MemArg, index: Value) -> Value {
        let access = self.access(memarg, index);
        self.check_end(&access, AccessKind::Atomic);
        let offset = self.builder.ins().iconst(types::I64, access.offset as i64);
        let start = self.builder.ins().iadd(access.index, offset);
        self.native_address(access.memory, start)
    }

    fn place(&self, memory: u32) -> MemoryPlace {
        self.environment.planned.layout.memories[memory as usize]
    }

    fn access(&mut self, memarg: &MemArg, index: Value) -> Access {
        Access {
            memory: memory(memarg),
            index: self.extended(index),
            offset: memarg.offset,
            size: 1 << memarg.max_align,
        }
    }

    /// Traps if the access could leave the memory.
    fn check(&mut self, access: &Access, kind: AccessKind) {
        match self.place(access.memory).check {
            Check::None => (),
            _ if self.is_always_inside(access) => (),
            Check::Start if access.reach() <= MEMORY_GUARD => {
                let length = self.memory_length(access.memory);
                let outside = self.builder.ins().icmp(
                    IntCC::UnsignedGreaterThanOrEqual,
                    access.index,
                    length,
                );
                self.report_access_if(outside, None, access, kind);
            }
            Check::Start | Check::End => self.check_end(access, kind),
        }
    }

    /// Returns whether an access has a constant index and is within the length that its
    /// memory begins with.
    fn is_always_inside(&self, access: &Access) -> bool {
        let ty = &self.environment.planned.module.memories[access.memory as usize];
        let end = self
            .constant(access.index)
            .and_then(|index| index.checked_add(access.offset)?.checked_add(access.size));
        end.is_some_and(|end| end <= ty.byte_size(ty.minimum))
    }

    /// Traps if the access ends above the memory's length.
    fn check_end(&mut self, access: &Access, kind: AccessKind) {
        let length = self.memory_length(access.memory);
        let reach = self.builder.ins().iconst(types::I64, access.reach() as i64);
        let ty = &self.environment.planned.module.memories[access.memory as usize];
        let (outside, end) = if ty.memory64 && access.reach() <= ty.byte_size(ty.minimum) {
            let last = self.builder.ins().isub(length, reach);
            let above = IntCC::UnsignedGreaterThan;
            let outside = self.builder.ins().icmp(above, access.index, last);
            (outside, None)
        } else {
            let (outside, end) = self.range_ends_outside(access.index, reach, length);
            (outside, Some(end))
        };
        self.report_access_if(outside, end, access, kind);
    }

    /// Returns a condition that holds if `[start, start + length)`, both i64, is not below
    /// `limit`; and the end of the range, which may have wrapped.
    fn range_ends_outside(&mut self, start: Value, length: Value, limit: Value) -> (Value, Value) {
        let above = IntCC::UnsignedGreaterThan;
        let end = self.builder.ins().iadd(start, length);
        let outside = self.builder.ins().icmp(above, end, limit);
        if self.is_below_2_to_32(start) && self.is_below_2_to_32(length) {
            return (outside, end);
        }
        let wraps = self.builder.ins().icmp(above, start, end);
        (self.builder.ins().bor(outside, wraps), end)
    }

    /// Returns an address or count, i32 or i64, as an i64.
    pub(super) fn extended(&mut self, operand: Value) -> Value {
        if self.builder.func.dfg.value_type(operand) == types::I64 {
            return operand;
        }
        match values::extended_constant(self.builder.func, operand) {
            Some(number) => self.builder.ins().iconst(types::I64, number),
            None => self.builder.ins().uextend(types::I64, operand),
        }
    }

    /// Returns the constant value of an operand, if it has one.
    fn constant(&self, operand: Value) -> Option<u64> {
        values::constant(self.builder.func, operand).map(i64::cast_unsigned)
    }

    /// Returns whether an i64 operand is known to be below 2^32.
    fn is_below_2_to_32(&self, operand: Value) -> bool {
        let dfg = &self.builder.func.dfg;
        let is_extended = matches!(
            dfg.value_def(operand),
            ValueDef::Result(instruction, _) if dfg.insts[instruction].opcode() == Opcode::Uextend
        );
        is_extended || self.constant(operand).is_some_and(|number| u32::try_from(number).is_ok())
    }

    /// Returns `base` and `offset` as a constant and an instruction's offset. Their sum is one
    /// displacement where the target can fold it; if it exceeds 31 bits, all of it goes into
    /// the constant.
    fn offset_from_constant(&mut self, base: u64, offset: u64) -> (Value, i32) {
        let sum = base.checked_add(offset);
        let (constant, offset) = match sum.map(i32::try_from) {
            Some(Ok(_)) => (base, offset as i32),
            _ => (base.wrapping_add(offset), 0),
        };
        (self.builder.ins().iconst(types::I64, constant as i64), offset)
    }

    /// Returns the base register and `offset` as a value and an instruction's offset.
    fn offset_from_register(&mut self, register: Value, offset: u64) -> (Value, i32) {
        match i32::try_from(offset) {
            Ok(offset) => (register, offset),
            Err(_) => (self.builder.ins().iadd_imm_u(register, offset as i64), 0),
        }
    }

    /// Traps unless `[start, start + length)`, both i64, lies in a memory. There is no check if
    /// it lies in what the memory has at least: no memory shrinks.
    pub(super) fn check_memory_range(&mut self, memory: u32, start: Value, length: Value) {
        let ty = &self.environment.planned.module.memories[memory as usize];
        let known = self.constant(start).zip(self.constant(length));
        let end = known.and_then(|(start, length)| start.checked_add(length));
        if end.is_some_and(|end| end <= ty.byte_size(ty.minimum)) {
            return;
        }
        let limit = self.memory_length(memory);
        self.check_range(start, length, limit, Bounds::Memory);
    }

    /// Traps unless `[start, start + length)`, both i64, lies below `limit`.
    pub(super) fn check_range(
        &mut self,
        start: Value,
        length: Value,
        limit: Value,
        bounds: Bounds,
    ) {
        let (outside, _) = self.range_ends_outside(start, length, limit);
        self.report_if(outside, bounds.trap(), |translator| {
            translator.out_of_bounds(start, length, limit, bounds);
        });
    }

    /// Emits the call of the runtime that reports a range which is not below `limit` and ends
    /// the program.
    pub(super) fn out_of_bounds(
        &mut self,
        start: Value,
        count: Value,
        limit: Value,
        bounds: Bounds,
    ) {
        let what = self.builder.ins().iconst(types::I32, bounds as i64);
        self.call_runtime(RuntimeFunction::OutOfBounds, &[start, count, limit, what]);
    }

    /// Traps if `outside` holds, in the way that [`FailedAccess`] describes. `end` is the end
    /// of the access, if it has been computed already.
    fn report_access_if(
        &mut self,
        outside: Value,
        end: Option<Value>,
        access: &Access,
        kind: AccessKind,
    ) {
        let place = self.place(access.memory);
        let failed = FailedAccess {
            kind,
            width: access.size as u8,
            memory: u16::try_from(place.number).ok(),
        };
        self.report_if(outside, Trap::MemoryOutOfBounds, |translator| {
            let builder = &mut translator.builder;
            let end = match end {
                Some(end) => end,
                None => builder.ins().iadd_imm_s(access.index, access.reach() as i64),
            };
            let number = i64::from(failed.number());
            let number = builder.ins().iconst(types::I64, number);
            let flags = MemFlagsData::new().with_trap_code(Some(traps::GUARDED_ACCESS));
            builder.ins().store(flags, end, number, 0);
        });
    }
}
