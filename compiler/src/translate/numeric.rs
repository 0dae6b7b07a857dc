//! Numbers: constants, arithmetic, comparisons and conversions.

use super::translator::Translator;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::immediates::{Ieee32, Ieee64};
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Type, Value, types};
use cranelift_frontend::FuncInstBuilder;

impl Translator<'_, '_> {
    pub(super) fn i32_const(&mut self, value: i32) {
        // Cranelift requires the bits above the type's to be zero.
        let value = self.builder.ins().iconst(types::I32, i64::from(value as u32));
        self.push(value);
    }

    pub(super) fn i64_const(&mut self, value: i64) {
        let value = self.builder.ins().iconst(types::I64, value);
        self.push(value);
    }

    /// Translates `f32.const`, whose operand is given by its bits.
    pub(super) fn f32_const(&mut self, bits: u32) {
        let value = self.builder.ins().f32const(Ieee32::with_bits(bits));
        self.push(value);
    }

    /// Translates `f64.const`, whose operand is given by its bits.
    pub(super) fn f64_const(&mut self, bits: u64) {
        let value = self.builder.ins().f64const(Ieee64::with_bits(bits));
        self.push(value);
    }

    /// Translates an operator of one operand, by the Cranelift instruction that `make` emits.
    pub(super) fn unary(&mut self, make: impl FnOnce(FuncInstBuilder<'_, '_>, Value) -> Value) {
        let operand = self.pop();
        let result = make(self.builder.ins(), operand);
        self.push(result);
    }

    /// Translates an operator of two operands, by the Cranelift instruction that `make` emits.
    pub(super) fn binary(
        &mut self,
        make: impl FnOnce(FuncInstBuilder<'_, '_>, Value, Value) -> Value,
    ) {
        let (left, right) = self.pop2();
        let result = make(self.builder.ins(), left, right);
        self.push(result);
    }

    /// Translates `i64.mul_wide_s` or `i64.mul_wide_u`: multiplies two i64 operands, each widened
    /// to 128 bits by `extend`, and pushes the halves of the product, the low one first.
    pub(super) fn wide_multiply(
        &mut self,
        extend: impl Fn(FuncInstBuilder<'_, '_>, Value) -> Value,
    ) {
        let (left, right) = self.pop2();
        let left = extend(self.builder.ins(), left);
        let right = extend(self.builder.ins(), right);
        let product = self.builder.ins().imul(left, right);
        self.push_halves(product);
    }

    /// Translates `i64.add128` or `i64.sub128`, by the Cranelift instruction that `make` emits.
    /// Operands and result are 128-bit numbers, each two i64 with the low half first.
    pub(super) fn wide_binary(
        &mut self,
        make: impl FnOnce(FuncInstBuilder<'_, '_>, Value, Value) -> Value,
    ) {
        let right = self.pop_halves();
        let left = self.pop_halves();
        let result = make(self.builder.ins(), left, right);
        self.push_halves(result);
    }

    /// Pops two i64, the low half first, and returns them as a 128-bit number.
    fn pop_halves(&mut self) -> Value {
        let (low, high) = self.pop2();
        self.builder.ins().iconcat(low, high)
    }

    /// Pushes a 128-bit number as two i64, the low half first.
    fn push_halves(&mut self, value: Value) {
        let (low, high) = self.builder.ins().isplit(value);
        self.push(low);
        self.push(high);
    }

    /// Pushes a condition as WebAssembly represents it: an i32 of 0 or 1.
    pub(super) fn push_condition(&mut self, condition: Value) -> Value {
        let value = self.builder.ins().uextend(types::I32, condition);
        self.push(value);
        value
    }

    /// Translates `i32.eqz` or `i64.eqz`.
    pub(super) fn eqz(&mut self) {
        let operand = self.pop();
        let condition = self.builder.ins().icmp_imm_u(IntCC::Equal, operand, 0);
        let result = self.push_condition(condition);
        self.facts.note_reversed_test(result, operand);
    }

    pub(super) fn compare_integers(&mut self, code: IntCC) {
        let (left, right) = self.pop2();
        let condition = self.builder.ins().icmp(code, left, right);
        self.push_condition(condition);
    }

    pub(super) fn compare_floats(&mut self, code: FloatCC) {
        let (left, right) = self.pop2();
        let condition = self.builder.ins().fcmp(code, left, right);
        self.push_condition(condition);
    }

    /// Translates an operator that sign-extends the low bits of its operand, which have type
    /// `from`.
    pub(super) fn extend_low(&mut self, from: Type) {
        let operand = self.pop();
        let ty = self.builder.func.dfg.value_type(operand);
        let low = self.builder.ins().ireduce(from, operand);
        let result = self.builder.ins().sextend(ty, low);
        self.push(result);
    }

    /// Translates an operator that reinterprets the bits of its operand as type `to`.
    pub(super) fn reinterpret(&mut self, to: Type) {
        self.unary(|ins, operand| ins.bitcast(to, MemFlagsData::new(), operand));
    }
}
