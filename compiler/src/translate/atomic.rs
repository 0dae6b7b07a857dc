//! Atomic accesses, and waiting in shared memories. All accesses are sequentially
//! consistent. The width of an access is the natural alignment of its operator, and its
//! address has to be aligned.

use super::translator::Translator;
use crate::traps;
use cranelift_codegen::ir::{AtomicRmwOp, InstBuilder, MemFlagsData, Type, Value, types};
use quench_abi::{AccessKind, RuntimeFunction, Trap};
use wasmparser::MemArg;

impl Translator<'_, '_> {
    /// Translates an atomic load, whose result is zero-extended to `ty`.
    pub(super) fn atomic_load(&mut self, ty: Type, memarg: &MemArg) {
        let index = self.pop();
        let (address, flags) = self.atomic_address(memarg, index, AccessKind::Load);
        let width = width(memarg);
        let value = self.builder.ins().atomic_load(width, flags, address);
        self.push_zero_extended(ty, value);
    }

    /// Translates an atomic store of the low bits of an operand.
    pub(super) fn atomic_store(&mut self, memarg: &MemArg) {
        let (index, value) = self.pop2();
        let (address, flags) = self.atomic_address(memarg, index, AccessKind::Store);
        let value = self.low_bits(width(memarg), value);
        self.builder.ins().atomic_store(flags, value, address);
    }

    /// Translates an atomic read-modify-write, which pushes the previous value,
    /// zero-extended.
    pub(super) fn atomic_rmw(&mut self, operation: AtomicRmwOp, memarg: &MemArg) {
        let (index, operand) = self.pop2();
        let ty = self.builder.func.dfg.value_type(operand);
        let (address, flags) = self.atomic_address(memarg, index, AccessKind::Atomic);
        let width = width(memarg);
        let operand = self.low_bits(width, operand);
        let before = self.builder.ins().atomic_rmw(width, flags, operation, address, operand);
        self.push_zero_extended(ty, before);
    }

    /// Translates `cmpxchg`, whose expected value and replacement are wrapped to the width.
    pub(super) fn atomic_compare_exchange(&mut self, memarg: &MemArg) {
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

    pub(super) fn atomic_fence(&mut self) {
        self.builder.ins().fence();
    }

    /// Translates `memory.atomic.wait32` or `wait64`, as `wait` says: it traps if the memory
    /// is not shared.
    pub(super) fn atomic_wait(&mut self, wait: RuntimeFunction, memarg: &MemArg) {
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

    /// Translates `memory.atomic.notify`.
    pub(super) fn atomic_notify(&mut self, memarg: &MemArg) {
        let (index, count) = self.pop2();
        let cell = self.atomic_cell(memarg, index);
        let woken = self.call_runtime(RuntimeFunction::MemoryNotify, &[cell, count]);
        self.stack.extend(woken);
    }

    /// Returns the address of an atomic access, for which Cranelift's instructions have no
    /// offset, and the flags of the access.
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

    /// Returns the native address of a cell for the runtime, which is checked to be aligned
    /// and in bounds.
    fn atomic_cell(&mut self, memarg: &MemArg, index: Value) -> Value {
        self.check_alignment(memarg, index);
        self.cell_address(memarg, index)
    }

    /// Traps unless the address is aligned. A memory's base is aligned for all accesses, so
    /// the index and the offset decide.
    fn check_alignment(&mut self, memarg: &MemArg, index: Value) {
        let mask = (1i64 << memarg.max_align) - 1;
        if mask == 0 {
            return;
        }
        // The sum may wrap: the bits that are lost are above the mask.
        let low = memarg.offset as i64 & mask;
        let sum = match low {
            0 => index,
            _ => self.builder.ins().iadd_imm_u(index, low),
        };
        let unaligned = self.builder.ins().band_imm_u(sum, mask);
        self.builder.ins().trapnz(unaligned, traps::code(Trap::UnalignedAtomic));
    }

    /// Returns the low bits of `value`, as type `width`.
    fn low_bits(&mut self, width: Type, value: Value) -> Value {
        if self.builder.func.dfg.value_type(value) == width {
            return value;
        }
        self.builder.ins().ireduce(width, value)
    }

    /// Returns `value` in a register whose upper half is zero, if it is an i32. Cranelift
    /// 0.135 compares 64 bits in the loop by which it does a 32-bit `atomic_cas` on machines
    /// without an instruction for it, and an i32 may have anything in the upper half of its
    /// register. An addition in 32 bits clears that half; this addition is not optimised
    /// away.
    fn without_upper_bits(&mut self, value: Value) -> Value {
        if self.builder.func.dfg.value_type(value) != types::I32 {
            return value;
        }
        let zero = self.builder.ins().iconst(types::I32, 0);
        self.builder.ins().uadd_overflow(value, zero).0
    }

    fn push_zero_extended(&mut self, ty: Type, value: Value) {
        let value = if self.builder.func.dfg.value_type(value) == ty {
            value
        } else {
            self.builder.ins().uextend(ty, value)
        };
        self.push(value);
    }
}

/// Returns the integer type of an atomic access, which its natural alignment gives.
fn width(memarg: &MemArg) -> Type {
    match memarg.max_align {
        0 => types::I8,
        1 => types::I16,
        2 => types::I32,
        _ => types::I64,
    }
}
