//! Atomic accesses, and waiting in shared memories. All are sequentially
//! consistent. The width of an access is the natural alignment of its
//! operator, and its address has to be aligned.

use super::translator::Translator;
use crate::traps;
use cranelift_codegen::ir::{AtomicRmwOp, InstBuilder, MemFlagsData, Type, Value, types};
use quench_abi::{AccessKind, RuntimeFunction, Trap};
use wasmparser::MemArg;

impl Translator<'_, '_> {
    /// Zero-extended to `ty`.
    pub fn atomic_load(&mut self, ty: Type, memarg: &MemArg) {
        let index = self.pop();
        let (address, flags) = self.atomic_address(memarg, index, AccessKind::Load);
        let width = width(memarg);
        let value = self.builder.ins().atomic_load(width, flags, address);
        self.push_zero_extended(ty, value);
    }

    /// Of the low bits.
    pub fn atomic_store(&mut self, memarg: &MemArg) {
        let (index, value) = self.pop2();
        let (address, flags) = self.atomic_address(memarg, index, AccessKind::Store);
        let value = self.low_bits(width(memarg), value);
        self.builder.ins().atomic_store(flags, value, address);
    }

    /// Pushes what was there before, zero-extended.
    pub fn atomic_rmw(&mut self, operation: AtomicRmwOp, memarg: &MemArg) {
        let (index, operand) = self.pop2();
        let ty = self.builder.func.dfg.value_type(operand);
        let (address, flags) = self.atomic_address(memarg, index, AccessKind::Atomic);
        let width = width(memarg);
        let operand = self.low_bits(width, operand);
        let before = self.builder.ins().atomic_rmw(width, flags, operation, address, operand);
        self.push_zero_extended(ty, before);
    }

    /// Expected value and replacement are wrapped to the width.
    pub fn atomic_compare_exchange(&mut self, memarg: &MemArg) {
        let (index, expected, replacement) = self.pop3();
        let ty = self.builder.func.dfg.value_type(expected);
        let (address, flags) = self.atomic_address(memarg, index, AccessKind::Atomic);
        let width = width(memarg);
        let expected = self.low_bits(width, expected);
        let expected = self.without_upper_bits(expected);
        let replacement = self.low_bits(width, replacement);
        let before = self.builder.ins().atomic_cas(flags, address, expected, replacement);
        self.push_zero_extended(ty, before);
    }

    pub fn atomic_fence(&mut self) {
        self.builder.ins().fence();
    }

    pub fn atomic_wait(&mut self, wait: RuntimeFunction, memarg: &MemArg) {
        let (index, expected, timeout) = self.pop3();
        let cell = self.atomic_cell(memarg, index);
        let memory = super::bounds::memory(memarg);
        if !self.environment.planned.module.memories[memory as usize].shared {
            self.trap(Trap::ExpectedSharedMemory);
            self.reachable = false;
            return;
        }
        let outcome = self.call_runtime(wait, &[cell, expected, timeout]);
        self.stack.extend(outcome);
    }

    pub fn atomic_notify(&mut self, memarg: &MemArg) {
        let (index, count) = self.pop2();
        let cell = self.atomic_cell(memarg, index);
        let woken = self.call_runtime(RuntimeFunction::MemoryNotify, &[cell, count]);
        self.stack.extend(woken);
    }

    /// Where an atomic access goes: these have no offset.
    fn atomic_address(
        &mut self,
        memarg: &MemArg,
        index: Value,
        kind: AccessKind,
    ) -> (Value, MemFlagsData) {
        self.check_alignment(memarg, index);
        let address = self.address(memarg, index, kind);
        let offset = i64::from(address.offset);
        let sum = match offset {
            0 => address.base,
            _ => self.builder.ins().iadd_imm_s(address.base, offset),
        };
        (sum, address.flags)
    }

    /// The native address of a cell in bounds, for the runtime.
    fn atomic_cell(&mut self, memarg: &MemArg, index: Value) -> Value {
        self.check_alignment(memarg, index);
        self.cell_address(memarg, index)
    }

    /// A memory's base is aligned for all accesses.
    fn check_alignment(&mut self, memarg: &MemArg, index: Value) {
        let mask = (1i64 << memarg.max_align) - 1;
        if mask == 0 {
            return;
        }
        // Bits that the sum loses by wrapping are not looked at.
        let low = memarg.offset as i64 & mask;
        let sum = match low {
            0 => index,
            _ => self.builder.ins().iadd_imm_u(index, low),
        };
        let unaligned = self.builder.ins().band_imm_u(sum, mask);
        self.builder.ins().trapnz(unaligned, traps::code(Trap::UnalignedAtomic));
    }

    fn low_bits(&mut self, width: Type, value: Value) -> Value {
        if self.builder.func.dfg.value_type(value) == width {
            return value;
        }
        self.builder.ins().ireduce(width, value)
    }

    /// Cranelift 0.135 compares 64 bits in the loop that is a 32-bit
    /// `atomic_cas` on machines without an instruction for it, and an i32 may
    /// have anything in the upper half of its register. An addition in 32 bits
    /// clears that; this one is not optimised away.
    fn without_upper_bits(&mut self, value: Value) -> Value {
        if self.builder.func.dfg.value_type(value) != types::I32 {
            return value;
        }
        let zero = self.builder.ins().iconst(types::I32, 0);
        self.builder.ins().uadd_overflow(value, zero).0
    }

    fn push_zero_extended(&mut self, ty: Type, value: Value) {
        let value = match self.builder.func.dfg.value_type(value) == ty {
            true => value,
            false => self.builder.ins().uextend(ty, value),
        };
        self.push(value);
    }
}

fn width(memarg: &MemArg) -> Type {
    match memarg.max_align {
        0 => types::I8,
        1 => types::I16,
        2 => types::I32,
        _ => types::I64,
    }
}
