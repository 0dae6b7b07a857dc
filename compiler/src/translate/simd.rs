//! Vectors. On the operand stack and in locals a v128 is always an `i8x16`; an operator on
//! other lanes casts it, which costs no instruction.

use super::bounds::Address;
use super::translator::Translator;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::types::{F64X2, I8X16, I32, I32X4, I64X2};
use cranelift_codegen::ir::{
    ConstantData, Endianness, InstBuilder, MemFlagsData, Opcode, Type, Value, ValueDef,
};
use cranelift_frontend::FuncInstBuilder;
use wasmparser::{MemArg, V128};

/// The half of an operand's lanes that an operator widens.
#[derive(Clone, Copy)]
pub(super) enum Half {
    Low,
    High,
}

impl Translator<'_, '_> {
    /// Returns the bits of the vector `value` as the vector type `ty`.
    fn cast(&mut self, value: Value, ty: Type) -> Value {
        let dfg = &self.builder.func.dfg;
        if dfg.value_type(value) == ty {
            return value;
        }
        // A cast back to the type before the last cast is the value before that cast.
        if let ValueDef::Result(inst, _) = dfg.value_def(value)
            && dfg.insts[inst].opcode() == Opcode::Bitcast
        {
            let original = dfg.inst_args(inst)[0];
            if dfg.value_type(original) == ty {
                return original;
            }
        }
        let little = MemFlagsData::new().with_endianness(Endianness::Little);
        self.builder.ins().bitcast(ty, little, value)
    }

    /// Pops a vector as the vector type `ty`.
    fn pop_lanes(&mut self, ty: Type) -> Value {
        let value = self.pop();
        self.cast(value, ty)
    }

    fn pop2_lanes(&mut self, ty: Type) -> (Value, Value) {
        let second = self.pop_lanes(ty);
        (self.pop_lanes(ty), second)
    }

    fn pop3_lanes(&mut self, ty: Type) -> (Value, Value, Value) {
        let third = self.pop_lanes(ty);
        let (first, second) = self.pop2_lanes(ty);
        (first, second, third)
    }

    /// Pushes a vector of any lanes.
    fn push_lanes(&mut self, value: Value) {
        let value = self.cast(value, I8X16);
        self.push(value);
    }

    /// Returns a constant vector.
    pub(super) fn vector(&mut self, bytes: [u8; 16]) -> Value {
        let constant = ConstantData::from(bytes.as_slice());
        let constant = self.builder.func.dfg.constants.insert(constant);
        self.builder.ins().vconst(I8X16, constant)
    }

    pub(super) fn v128_const(&mut self, value: V128) {
        let value = self.vector(*value.bytes());
        self.push(value);
    }

    /// Translates an operator of one vector, by the Cranelift instruction that `make` emits.
    pub(super) fn vector_unary(
        &mut self,
        ty: Type,
        make: impl FnOnce(FuncInstBuilder<'_, '_>, Value) -> Value,
    ) {
        let operand = self.pop_lanes(ty);
        let result = make(self.builder.ins(), operand);
        self.push_lanes(result);
    }

    /// Translates an operator of two vectors, by the Cranelift instruction that `make` emits.
    pub(super) fn vector_binary(
        &mut self,
        ty: Type,
        make: impl FnOnce(FuncInstBuilder<'_, '_>, Value, Value) -> Value,
    ) {
        let (left, right) = self.pop2_lanes(ty);
        let result = make(self.builder.ins(), left, right);
        self.push_lanes(result);
    }

    /// Translates an operator from a vector to an i32, by the Cranelift instruction that `make`
    /// emits.
    pub(super) fn vector_to_i32(
        &mut self,
        ty: Type,
        make: impl FnOnce(FuncInstBuilder<'_, '_>, Value) -> Value,
    ) {
        let operand = self.pop_lanes(ty);
        let result = make(self.builder.ins(), operand);
        let result = match self.builder.func.dfg.value_type(result) {
            I32 => result,
            _ => self.builder.ins().uextend(I32, result),
        };
        self.push(result);
    }

    pub(super) fn compare_lanes(&mut self, ty: Type, code: IntCC) {
        self.vector_binary(ty, |ins, x, y| ins.icmp(code, x, y));
    }

    pub(super) fn compare_float_lanes(&mut self, ty: Type, code: FloatCC) {
        self.vector_binary(ty, |ins, x, y| ins.fcmp(code, x, y));
    }

    /// Translates a shift of all lanes by an i32, by the Cranelift instruction that `make`
    /// emits.
    pub(super) fn shift(
        &mut self,
        ty: Type,
        make: impl FnOnce(FuncInstBuilder<'_, '_>, Value, Value) -> Value,
    ) {
        let amount = self.pop();
        let operand = self.pop_lanes(ty);
        let result = make(self.builder.ins(), operand, amount);
        self.push_lanes(result);
    }

    pub(super) fn splat(&mut self, ty: Type) {
        let value = self.pop();
        let value = self.lane_operand(ty, value);
        let result = self.builder.ins().splat(ty, value);
        self.push_lanes(result);
    }

    /// Returns an operand as the type of one lane of `ty`: on the stack, i8 and i16 lanes are
    /// i32.
    fn lane_operand(&mut self, ty: Type, value: Value) -> Value {
        if ty.lane_type().bits() < 32 {
            self.builder.ins().ireduce(ty.lane_type(), value)
        } else {
            value
        }
    }

    pub(super) fn extract_lane(&mut self, ty: Type, lane: u8) {
        let operand = self.pop_lanes(ty);
        let value = self.builder.ins().extractlane(operand, lane);
        self.push(value);
    }

    pub(super) fn extract_lane_unsigned(&mut self, ty: Type, lane: u8) {
        self.extract_lane(ty, lane);
        self.unary(|ins, x| ins.uextend(I32, x));
    }

    pub(super) fn extract_lane_signed(&mut self, ty: Type, lane: u8) {
        self.extract_lane(ty, lane);
        self.unary(|ins, x| ins.sextend(I32, x));
    }

    pub(super) fn replace_lane(&mut self, ty: Type, lane: u8) {
        let value = self.pop();
        let value = self.lane_operand(ty, value);
        let operand = self.pop_lanes(ty);
        let result = self.builder.ins().insertlane(operand, value, lane);
        self.push_lanes(result);
    }

    pub(super) fn shuffle(&mut self, lanes: [u8; 16]) {
        let (first, second) = self.pop2_lanes(I8X16);
        let mask = ConstantData::from(lanes.as_slice());
        let mask = self.builder.func.dfg.immediates.push(mask);
        let result = self.builder.ins().shuffle(first, second, mask);
        self.push(result);
    }

    pub(super) fn bitselect(&mut self, ty: Type) {
        let (first, second, mask) = self.pop3_lanes(ty);
        let result = self.builder.ins().bitselect(mask, first, second);
        self.push_lanes(result);
    }

    /// Translates `pmin` or `pmax`: `second < first ? second : first`, or the same with `>`.
    /// This is C's conditional operator, not IEEE's minimum or maximum.
    pub(super) fn pseudo_minimum(&mut self, ty: Type, code: FloatCC) {
        let (first, second) = self.pop2_lanes(ty);
        let chosen = self.builder.ins().fcmp(code, second, first);
        let chosen = self.cast(chosen, ty);
        let result = self.builder.ins().bitselect(chosen, second, first);
        self.push_lanes(result);
    }

    /// Returns half of the lanes of `value`, each extended to twice its width.
    fn widen(&mut self, half: Half, signed: bool, value: Value) -> Value {
        let ins = self.builder.ins();
        match (half, signed) {
            (Half::Low, true) => ins.swiden_low(value),
            (Half::Low, false) => ins.uwiden_low(value),
            (Half::High, true) => ins.swiden_high(value),
            (Half::High, false) => ins.uwiden_high(value),
        }
    }

    /// Translates `extend_low` or `extend_high`, from the vector type `from`.
    pub(super) fn extend_lanes(&mut self, from: Type, half: Half, signed: bool) {
        let operand = self.pop_lanes(from);
        let result = self.widen(half, signed, operand);
        self.push_lanes(result);
    }

    /// Translates `extmul_low` or `extmul_high`, from the vector type `from`.
    pub(super) fn extended_multiply(&mut self, from: Type, half: Half, signed: bool) {
        let (left, right) = self.pop2_lanes(from);
        let left = self.widen(half, signed, left);
        let right = self.widen(half, signed, right);
        let result = self.builder.ins().imul(left, right);
        self.push_lanes(result);
    }

    /// Translates `extadd_pairwise`, from the vector type `from`.
    pub(super) fn extended_pairwise_add(&mut self, from: Type, signed: bool) {
        let operand = self.pop_lanes(from);
        let low = self.widen(Half::Low, signed, operand);
        let high = self.widen(Half::High, signed, operand);
        let result = self.builder.ins().iadd_pairwise(low, high);
        self.push_lanes(result);
    }

    /// Returns the sums of the signed products of each two neighbouring lanes.
    fn dot_product(&mut self, left: Value, right: Value) -> Value {
        let left_low = self.widen(Half::Low, true, left);
        let right_low = self.widen(Half::Low, true, right);
        let low = self.builder.ins().imul(left_low, right_low);
        let left_high = self.widen(Half::High, true, left);
        let right_high = self.widen(Half::High, true, right);
        let high = self.builder.ins().imul(left_high, right_high);
        self.builder.ins().iadd_pairwise(low, high)
    }

    /// Translates `i32x4.dot_i16x8_s` or `i16x8.relaxed_dot_i8x16_i7x16_s`, from the vector
    /// type `ty`.
    pub(super) fn dot(&mut self, ty: Type) {
        let (left, right) = self.pop2_lanes(ty);
        let result = self.dot_product(left, right);
        self.push_lanes(result);
    }

    /// Translates `i32x4.relaxed_dot_i8x16_i7x16_add_s`.
    pub(super) fn relaxed_dot_add(&mut self) {
        let sum = self.pop_lanes(I32X4);
        let (left, right) = self.pop2_lanes(I8X16);
        let products = self.dot_product(left, right);
        let low = self.widen(Half::Low, true, products);
        let high = self.widen(Half::High, true, products);
        let pairs = self.builder.ins().iadd_pairwise(low, high);
        let result = self.builder.ins().iadd(pairs, sum);
        self.push_lanes(result);
    }

    /// Translates `relaxed_madd` or `relaxed_nmadd`: `±(a * b) + c`, rounded after each step,
    /// which every machine can do.
    pub(super) fn multiply_add(&mut self, ty: Type, negated: bool) {
        let (left, right, addend) = self.pop3_lanes(ty);
        let product = self.builder.ins().fmul(left, right);
        let result = if negated {
            self.builder.ins().fsub(addend, product)
        } else {
            self.builder.ins().fadd(product, addend)
        };
        self.push_lanes(result);
    }

    /// Translates `f64x2.convert_low_i32x4_s` or `_u`.
    pub(super) fn convert_low(&mut self, signed: bool) {
        let operand = self.pop_lanes(I32X4);
        let wide = self.widen(Half::Low, signed, operand);
        let result = if signed {
            self.builder.ins().fcvt_from_sint(F64X2, wide)
        } else {
            self.builder.ins().fcvt_from_uint(F64X2, wide)
        };
        self.push_lanes(result);
    }

    /// Translates `i32x4.trunc_sat_f64x2_s_zero` or `_u_zero`: the two results are in the low
    /// lanes, zeros in the high lanes.
    pub(super) fn truncate_zero(&mut self, signed: bool) {
        let operand = self.pop_lanes(F64X2);
        // The code generator matches this pattern only with the constant itself as operand.
        let zero = ConstantData::from([0; 16].as_slice());
        let zero = self.builder.func.dfg.constants.insert(zero);
        let zero = self.builder.ins().vconst(I64X2, zero);
        let result = if signed {
            let wide = self.builder.ins().fcvt_to_sint_sat(I64X2, operand);
            self.builder.ins().snarrow(wide, zero)
        } else {
            let wide = self.builder.ins().fcvt_to_uint_sat(I64X2, operand);
            self.builder.ins().uunarrow(wide, zero)
        };
        self.push_lanes(result);
    }

    /// Translates a load that extends lanes, by the Cranelift instruction that `make` emits.
    pub(super) fn vector_load(
        &mut self,
        memarg: &MemArg,
        make: impl FnOnce(FuncInstBuilder<'_, '_>, &Address) -> Value,
    ) {
        self.load_by(memarg, make);
        let value = self.pop();
        self.push_lanes(value);
    }

    /// Translates a load of one lane that is copied to all lanes of `ty`.
    pub(super) fn load_splat(&mut self, ty: Type, memarg: &MemArg) {
        self.load(ty.lane_type(), memarg);
        let value = self.pop();
        let result = self.builder.ins().splat(ty, value);
        self.push_lanes(result);
    }

    /// Translates a load of the first lane of `ty`; the other lanes are zero.
    pub(super) fn load_zero(&mut self, ty: Type, memarg: &MemArg) {
        self.load(ty.lane_type(), memarg);
        let value = self.pop();
        let result = self.builder.ins().scalar_to_vector(ty, value);
        self.push_lanes(result);
    }

    /// Translates a load of one lane of an operand.
    pub(super) fn load_lane(&mut self, ty: Type, memarg: &MemArg, lane: u8) {
        let operand = self.pop_lanes(ty);
        self.load(ty.lane_type(), memarg);
        let value = self.pop();
        let result = self.builder.ins().insertlane(operand, value, lane);
        self.push_lanes(result);
    }

    /// Translates a store of one lane of an operand.
    pub(super) fn store_lane(&mut self, ty: Type, memarg: &MemArg, lane: u8) {
        let operand = self.pop_lanes(ty);
        let value = self.builder.ins().extractlane(operand, lane);
        self.push(value);
        self.store(memarg);
    }
}
