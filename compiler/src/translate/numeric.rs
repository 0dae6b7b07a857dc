//! Numbers: constants, arithmetic, comparisons and conversions.

use super::translator::Translator;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::immediates::{Ieee32, Ieee64};
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Type, Value, types};
use cranelift_frontend::FuncInstBuilder;

impl Translator<'_, '_> {
    pub fn i32_const(&mut self, value: i32) {
        // As an unsigned number: Cranelift wants the bits above to be zero.
        let value = self.builder.ins().iconst(types::I32, i64::from(value as u32));
        self.push(value);
    }

    pub fn i64_const(&mut self, value: i64) {
        let value = self.builder.ins().iconst(types::I64, value);
        self.push(value);
    }

    pub fn f32_const(&mut self, bits: u32) {
        let value = self.builder.ins().f32const(Ieee32::with_bits(bits));
        self.push(value);
    }

    pub fn f64_const(&mut self, bits: u64) {
        let value = self.builder.ins().f64const(Ieee64::with_bits(bits));
        self.push(value);
    }

    pub fn unary(&mut self, make: impl FnOnce(FuncInstBuilder<'_, '_>, Value) -> Value) {
        let operand = self.pop();
        let result = make(self.builder.ins(), operand);
        self.push(result);
    }

    pub fn binary(&mut self, make: impl FnOnce(FuncInstBuilder<'_, '_>, Value, Value) -> Value) {
        let (left, right) = self.pop2();
        let result = make(self.builder.ins(), left, right);
        self.push(result);
    }

    /// Two i64 operands to the halves of a 128-bit number, low one first, each
    /// widened by `extend`.
    pub fn wide_multiply(&mut self, extend: impl Fn(FuncInstBuilder<'_, '_>, Value) -> Value) {
        let (left, right) = self.pop2();
        let left = extend(self.builder.ins(), left);
        let right = extend(self.builder.ins(), right);
        let product = self.builder.ins().imul(left, right);
        self.push_halves(product);
    }

    /// Two 128-bit operands, each two i64 with the low half first, to another.
    pub fn wide_binary(
        &mut self,
        make: impl FnOnce(FuncInstBuilder<'_, '_>, Value, Value) -> Value,
    ) {
        let right = self.pop_halves();
        let left = self.pop_halves();
        let result = make(self.builder.ins(), left, right);
        self.push_halves(result);
    }

    fn pop_halves(&mut self) -> Value {
        let (low, high) = self.pop2();
        self.builder.ins().iconcat(low, high)
    }

    fn push_halves(&mut self, value: Value) {
        let (low, high) = self.builder.ins().isplit(value);
        self.push(low);
        self.push(high);
    }

    /// A condition as WebAssembly has them: an i32 of 0 or 1.
    pub fn push_condition(&mut self, condition: Value) {
        let value = self.builder.ins().uextend(types::I32, condition);
        self.push(value);
    }

    pub fn eqz(&mut self) {
        let operand = self.pop();
        let condition = self.builder.ins().icmp_imm_u(IntCC::Equal, operand, 0);
        self.push_condition(condition);
    }

    pub fn compare_integers(&mut self, code: IntCC) {
        let (left, right) = self.pop2();
        let condition = self.builder.ins().icmp(code, left, right);
        self.push_condition(condition);
    }

    pub fn compare_floats(&mut self, code: FloatCC) {
        let (left, right) = self.pop2();
        let condition = self.builder.ins().fcmp(code, left, right);
        self.push_condition(condition);
    }

    /// Sign-extends the low bits, which have type `from`.
    pub fn extend_low(&mut self, from: Type) {
        let operand = self.pop();
        let ty = self.builder.func.dfg.value_type(operand);
        let low = self.builder.ins().ireduce(from, operand);
        let result = self.builder.ins().sextend(ty, low);
        self.push(result);
    }

    pub fn reinterpret(&mut self, to: Type) {
        self.unary(|ins, operand| ins.bitcast(to, MemFlagsData::new(), operand));
    }
}
