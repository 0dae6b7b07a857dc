//! The dispatch of operators on vectors: a table from each operator to the method that
//! translates it, without logic.

use super::simd::Half::{High, Low};
use super::translator::Translator;
use cranelift_codegen::ir::InstBuilder;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::types::{F32X4, F64X2, I8X16, I16X8, I32, I32X4, I64X2};
use wasmparser::Operator as Op;

impl Translator<'_, '_> {
    /// Translates one operator on vectors, which has passed validation.
    pub(super) fn vector_operator(&mut self, operator: &Op<'_>) {
        match *operator {
            // Memory
            Op::V128Load { ref memarg } => self.load(I8X16, memarg),
            Op::V128Load8x8S { ref memarg } => {
                self.vector_load(memarg, |ins, a| ins.sload8x8(a.flags, a.base, a.offset))
            }
            Op::V128Load8x8U { ref memarg } => {
                self.vector_load(memarg, |ins, a| ins.uload8x8(a.flags, a.base, a.offset))
            }
            Op::V128Load16x4S { ref memarg } => {
                self.vector_load(memarg, |ins, a| ins.sload16x4(a.flags, a.base, a.offset))
            }
            Op::V128Load16x4U { ref memarg } => {
                self.vector_load(memarg, |ins, a| ins.uload16x4(a.flags, a.base, a.offset))
            }
            Op::V128Load32x2S { ref memarg } => {
                self.vector_load(memarg, |ins, a| ins.sload32x2(a.flags, a.base, a.offset))
            }
            Op::V128Load32x2U { ref memarg } => {
                self.vector_load(memarg, |ins, a| ins.uload32x2(a.flags, a.base, a.offset))
            }
            Op::V128Load8Splat { ref memarg } => self.load_splat(I8X16, memarg),
            Op::V128Load16Splat { ref memarg } => self.load_splat(I16X8, memarg),
            Op::V128Load32Splat { ref memarg } => self.load_splat(I32X4, memarg),
            Op::V128Load64Splat { ref memarg } => self.load_splat(I64X2, memarg),
            Op::V128Load32Zero { ref memarg } => self.load_zero(I32X4, memarg),
            Op::V128Load64Zero { ref memarg } => self.load_zero(I64X2, memarg),
            Op::V128Load8Lane { ref memarg, lane } => self.load_lane(I8X16, memarg, lane),
            Op::V128Load16Lane { ref memarg, lane } => self.load_lane(I16X8, memarg, lane),
            Op::V128Load32Lane { ref memarg, lane } => self.load_lane(I32X4, memarg, lane),
            Op::V128Load64Lane { ref memarg, lane } => self.load_lane(I64X2, memarg, lane),
            Op::V128Store { ref memarg } => self.store(memarg),
            Op::V128Store8Lane { ref memarg, lane } => self.store_lane(I8X16, memarg, lane),
            Op::V128Store16Lane { ref memarg, lane } => self.store_lane(I16X8, memarg, lane),
            Op::V128Store32Lane { ref memarg, lane } => self.store_lane(I32X4, memarg, lane),
            Op::V128Store64Lane { ref memarg, lane } => self.store_lane(I64X2, memarg, lane),

            // Whole vectors and single lanes
            Op::V128Const { value } => self.v128_const(value),
            Op::V128Not => self.vector_unary(I8X16, |ins, x| ins.bnot(x)),
            Op::V128And => self.vector_binary(I8X16, |ins, x, y| ins.band(x, y)),
            Op::V128AndNot => self.vector_binary(I8X16, |ins, x, y| ins.band_not(x, y)),
            Op::V128Or => self.vector_binary(I8X16, |ins, x, y| ins.bor(x, y)),
            Op::V128Xor => self.vector_binary(I8X16, |ins, x, y| ins.bxor(x, y)),
            Op::V128Bitselect => self.bitselect(I8X16),
            Op::V128AnyTrue => self.vector_to_i32(I8X16, |ins, x| ins.vany_true(x)),
            Op::I8x16Shuffle { lanes } => self.shuffle(lanes),
            Op::I8x16Swizzle | Op::I8x16RelaxedSwizzle => {
                self.vector_binary(I8X16, |ins, x, y| ins.swizzle(x, y))
            }
            Op::I8x16Splat => self.splat(I8X16),
            Op::I16x8Splat => self.splat(I16X8),
            Op::I32x4Splat => self.splat(I32X4),
            Op::I64x2Splat => self.splat(I64X2),
            Op::F32x4Splat => self.splat(F32X4),
            Op::F64x2Splat => self.splat(F64X2),
            Op::I8x16ExtractLaneS { lane } => self.extract_lane_signed(I8X16, lane),
            Op::I8x16ExtractLaneU { lane } => self.extract_lane_unsigned(I8X16, lane),
            Op::I16x8ExtractLaneS { lane } => self.extract_lane_signed(I16X8, lane),
            Op::I16x8ExtractLaneU { lane } => self.extract_lane_unsigned(I16X8, lane),
            Op::I32x4ExtractLane { lane } => self.extract_lane(I32X4, lane),
            Op::I64x2ExtractLane { lane } => self.extract_lane(I64X2, lane),
            Op::F32x4ExtractLane { lane } => self.extract_lane(F32X4, lane),
            Op::F64x2ExtractLane { lane } => self.extract_lane(F64X2, lane),
            Op::I8x16ReplaceLane { lane } => self.replace_lane(I8X16, lane),
            Op::I16x8ReplaceLane { lane } => self.replace_lane(I16X8, lane),
            Op::I32x4ReplaceLane { lane } => self.replace_lane(I32X4, lane),
            Op::I64x2ReplaceLane { lane } => self.replace_lane(I64X2, lane),
            Op::F32x4ReplaceLane { lane } => self.replace_lane(F32X4, lane),
            Op::F64x2ReplaceLane { lane } => self.replace_lane(F64X2, lane),

            // Comparisons
            Op::I8x16Eq => self.compare_lanes(I8X16, IntCC::Equal),
            Op::I8x16Ne => self.compare_lanes(I8X16, IntCC::NotEqual),
            Op::I8x16LtS => self.compare_lanes(I8X16, IntCC::SignedLessThan),
            Op::I8x16LtU => self.compare_lanes(I8X16, IntCC::UnsignedLessThan),
            Op::I8x16GtS => self.compare_lanes(I8X16, IntCC::SignedGreaterThan),
            Op::I8x16GtU => self.compare_lanes(I8X16, IntCC::UnsignedGreaterThan),
            Op::I8x16LeS => self.compare_lanes(I8X16, IntCC::SignedLessThanOrEqual),
            Op::I8x16LeU => self.compare_lanes(I8X16, IntCC::UnsignedLessThanOrEqual),
            Op::I8x16GeS => self.compare_lanes(I8X16, IntCC::SignedGreaterThanOrEqual),
            Op::I8x16GeU => self.compare_lanes(I8X16, IntCC::UnsignedGreaterThanOrEqual),
            Op::I16x8Eq => self.compare_lanes(I16X8, IntCC::Equal),
            Op::I16x8Ne => self.compare_lanes(I16X8, IntCC::NotEqual),
            Op::I16x8LtS => self.compare_lanes(I16X8, IntCC::SignedLessThan),
            Op::I16x8LtU => self.compare_lanes(I16X8, IntCC::UnsignedLessThan),
            Op::I16x8GtS => self.compare_lanes(I16X8, IntCC::SignedGreaterThan),
            Op::I16x8GtU => self.compare_lanes(I16X8, IntCC::UnsignedGreaterThan),
            Op::I16x8LeS => self.compare_lanes(I16X8, IntCC::SignedLessThanOrEqual),
            Op::I16x8LeU => self.compare_lanes(I16X8, IntCC::UnsignedLessThanOrEqual),
            Op::I16x8GeS => self.compare_lanes(I16X8, IntCC::SignedGreaterThanOrEqual),
            Op::I16x8GeU => self.compare_lanes(I16X8, IntCC::UnsignedGreaterThanOrEqual),
            Op::I32x4Eq => self.compare_lanes(I32X4, IntCC::Equal),
            Op::I32x4Ne => self.compare_lanes(I32X4, IntCC::NotEqual),
            Op::I32x4LtS => self.compare_lanes(I32X4, IntCC::SignedLessThan),
            Op::I32x4LtU => self.compare_lanes(I32X4, IntCC::UnsignedLessThan),
            Op::I32x4GtS => self.compare_lanes(I32X4, IntCC::SignedGreaterThan),
            Op::I32x4GtU => self.compare_lanes(I32X4, IntCC::UnsignedGreaterThan),
            Op::I32x4LeS => self.compare_lanes(I32X4, IntCC::SignedLessThanOrEqual),
            Op::I32x4LeU => self.compare_lanes(I32X4, IntCC::UnsignedLessThanOrEqual),
            Op::I32x4GeS => self.compare_lanes(I32X4, IntCC::SignedGreaterThanOrEqual),
            Op::I32x4GeU => self.compare_lanes(I32X4, IntCC::UnsignedGreaterThanOrEqual),
            Op::I64x2Eq => self.compare_lanes(I64X2, IntCC::Equal),
            Op::I64x2Ne => self.compare_lanes(I64X2, IntCC::NotEqual),
            Op::I64x2LtS => self.compare_lanes(I64X2, IntCC::SignedLessThan),
            Op::I64x2GtS => self.compare_lanes(I64X2, IntCC::SignedGreaterThan),
            Op::I64x2LeS => self.compare_lanes(I64X2, IntCC::SignedLessThanOrEqual),
            Op::I64x2GeS => self.compare_lanes(I64X2, IntCC::SignedGreaterThanOrEqual),
            Op::F32x4Eq => self.compare_float_lanes(F32X4, FloatCC::Equal),
            Op::F64x2Eq => self.compare_float_lanes(F64X2, FloatCC::Equal),
            Op::F32x4Ne => self.compare_float_lanes(F32X4, FloatCC::NotEqual),
            Op::F64x2Ne => self.compare_float_lanes(F64X2, FloatCC::NotEqual),
            Op::F32x4Lt => self.compare_float_lanes(F32X4, FloatCC::LessThan),
            Op::F64x2Lt => self.compare_float_lanes(F64X2, FloatCC::LessThan),
            Op::F32x4Gt => self.compare_float_lanes(F32X4, FloatCC::GreaterThan),
            Op::F64x2Gt => self.compare_float_lanes(F64X2, FloatCC::GreaterThan),
            Op::F32x4Le => self.compare_float_lanes(F32X4, FloatCC::LessThanOrEqual),
            Op::F64x2Le => self.compare_float_lanes(F64X2, FloatCC::LessThanOrEqual),
            Op::F32x4Ge => self.compare_float_lanes(F32X4, FloatCC::GreaterThanOrEqual),
            Op::F64x2Ge => self.compare_float_lanes(F64X2, FloatCC::GreaterThanOrEqual),

            // Integer lanes
            Op::I8x16Abs => self.vector_unary(I8X16, |ins, x| ins.iabs(x)),
            Op::I8x16Neg => self.vector_unary(I8X16, |ins, x| ins.ineg(x)),
            Op::I8x16AllTrue => self.vector_to_i32(I8X16, |ins, x| ins.vall_true(x)),
            Op::I8x16Bitmask => self.vector_to_i32(I8X16, |ins, x| ins.vhigh_bits(I32, x)),
            Op::I8x16Shl => self.shift(I8X16, |ins, x, y| ins.ishl(x, y)),
            Op::I8x16ShrS => self.shift(I8X16, |ins, x, y| ins.sshr(x, y)),
            Op::I8x16ShrU => self.shift(I8X16, |ins, x, y| ins.ushr(x, y)),
            Op::I8x16Add => self.vector_binary(I8X16, |ins, x, y| ins.iadd(x, y)),
            Op::I8x16Sub => self.vector_binary(I8X16, |ins, x, y| ins.isub(x, y)),
            Op::I8x16MinS => self.vector_binary(I8X16, |ins, x, y| ins.smin(x, y)),
            Op::I8x16MinU => self.vector_binary(I8X16, |ins, x, y| ins.umin(x, y)),
            Op::I8x16MaxS => self.vector_binary(I8X16, |ins, x, y| ins.smax(x, y)),
            Op::I8x16MaxU => self.vector_binary(I8X16, |ins, x, y| ins.umax(x, y)),
            Op::I16x8Abs => self.vector_unary(I16X8, |ins, x| ins.iabs(x)),
            Op::I16x8Neg => self.vector_unary(I16X8, |ins, x| ins.ineg(x)),
            Op::I16x8AllTrue => self.vector_to_i32(I16X8, |ins, x| ins.vall_true(x)),
            Op::I16x8Bitmask => self.vector_to_i32(I16X8, |ins, x| ins.vhigh_bits(I32, x)),
            Op::I16x8Shl => self.shift(I16X8, |ins, x, y| ins.ishl(x, y)),
            Op::I16x8ShrS => self.shift(I16X8, |ins, x, y| ins.sshr(x, y)),
            Op::I16x8ShrU => self.shift(I16X8, |ins, x, y| ins.ushr(x, y)),
            Op::I16x8Add => self.vector_binary(I16X8, |ins, x, y| ins.iadd(x, y)),
            Op::I16x8Sub => self.vector_binary(I16X8, |ins, x, y| ins.isub(x, y)),
            Op::I16x8MinS => self.vector_binary(I16X8, |ins, x, y| ins.smin(x, y)),
            Op::I16x8MinU => self.vector_binary(I16X8, |ins, x, y| ins.umin(x, y)),
            Op::I16x8MaxS => self.vector_binary(I16X8, |ins, x, y| ins.smax(x, y)),
            Op::I16x8MaxU => self.vector_binary(I16X8, |ins, x, y| ins.umax(x, y)),
            Op::I32x4Abs => self.vector_unary(I32X4, |ins, x| ins.iabs(x)),
            Op::I32x4Neg => self.vector_unary(I32X4, |ins, x| ins.ineg(x)),
            Op::I32x4AllTrue => self.vector_to_i32(I32X4, |ins, x| ins.vall_true(x)),
            Op::I32x4Bitmask => self.vector_to_i32(I32X4, |ins, x| ins.vhigh_bits(I32, x)),
            Op::I32x4Shl => self.shift(I32X4, |ins, x, y| ins.ishl(x, y)),
            Op::I32x4ShrS => self.shift(I32X4, |ins, x, y| ins.sshr(x, y)),
            Op::I32x4ShrU => self.shift(I32X4, |ins, x, y| ins.ushr(x, y)),
            Op::I32x4Add => self.vector_binary(I32X4, |ins, x, y| ins.iadd(x, y)),
            Op::I32x4Sub => self.vector_binary(I32X4, |ins, x, y| ins.isub(x, y)),
            Op::I32x4MinS => self.vector_binary(I32X4, |ins, x, y| ins.smin(x, y)),
            Op::I32x4MinU => self.vector_binary(I32X4, |ins, x, y| ins.umin(x, y)),
            Op::I32x4MaxS => self.vector_binary(I32X4, |ins, x, y| ins.smax(x, y)),
            Op::I32x4MaxU => self.vector_binary(I32X4, |ins, x, y| ins.umax(x, y)),
            Op::I64x2Abs => self.vector_unary(I64X2, |ins, x| ins.iabs(x)),
            Op::I64x2Neg => self.vector_unary(I64X2, |ins, x| ins.ineg(x)),
            Op::I64x2AllTrue => self.vector_to_i32(I64X2, |ins, x| ins.vall_true(x)),
            Op::I64x2Bitmask => self.vector_to_i32(I64X2, |ins, x| ins.vhigh_bits(I32, x)),
            Op::I64x2Shl => self.shift(I64X2, |ins, x, y| ins.ishl(x, y)),
            Op::I64x2ShrS => self.shift(I64X2, |ins, x, y| ins.sshr(x, y)),
            Op::I64x2ShrU => self.shift(I64X2, |ins, x, y| ins.ushr(x, y)),
            Op::I64x2Add => self.vector_binary(I64X2, |ins, x, y| ins.iadd(x, y)),
            Op::I64x2Sub => self.vector_binary(I64X2, |ins, x, y| ins.isub(x, y)),
            Op::I8x16Popcnt => self.vector_unary(I8X16, |ins, x| ins.popcnt(x)),
            Op::I8x16AddSatS => self.vector_binary(I8X16, |ins, x, y| ins.sadd_sat(x, y)),
            Op::I8x16AddSatU => self.vector_binary(I8X16, |ins, x, y| ins.uadd_sat(x, y)),
            Op::I8x16SubSatS => self.vector_binary(I8X16, |ins, x, y| ins.ssub_sat(x, y)),
            Op::I8x16SubSatU => self.vector_binary(I8X16, |ins, x, y| ins.usub_sat(x, y)),
            Op::I16x8AddSatS => self.vector_binary(I16X8, |ins, x, y| ins.sadd_sat(x, y)),
            Op::I16x8AddSatU => self.vector_binary(I16X8, |ins, x, y| ins.uadd_sat(x, y)),
            Op::I16x8SubSatS => self.vector_binary(I16X8, |ins, x, y| ins.ssub_sat(x, y)),
            Op::I16x8SubSatU => self.vector_binary(I16X8, |ins, x, y| ins.usub_sat(x, y)),
            Op::I8x16AvgrU => self.vector_binary(I8X16, |ins, x, y| ins.avg_round(x, y)),
            Op::I16x8AvgrU => self.vector_binary(I16X8, |ins, x, y| ins.avg_round(x, y)),
            Op::I16x8Mul => self.vector_binary(I16X8, |ins, x, y| ins.imul(x, y)),
            Op::I32x4Mul => self.vector_binary(I32X4, |ins, x, y| ins.imul(x, y)),
            Op::I64x2Mul => self.vector_binary(I64X2, |ins, x, y| ins.imul(x, y)),
            Op::I16x8Q15MulrSatS | Op::I16x8RelaxedQ15mulrS => {
                self.vector_binary(I16X8, |ins, x, y| ins.sqmul_round_sat(x, y))
            }
            Op::I8x16NarrowI16x8S => self.vector_binary(I16X8, |ins, x, y| ins.snarrow(x, y)),
            Op::I8x16NarrowI16x8U => self.vector_binary(I16X8, |ins, x, y| ins.unarrow(x, y)),
            Op::I16x8NarrowI32x4S => self.vector_binary(I32X4, |ins, x, y| ins.snarrow(x, y)),
            Op::I16x8NarrowI32x4U => self.vector_binary(I32X4, |ins, x, y| ins.unarrow(x, y)),
            Op::I16x8ExtAddPairwiseI8x16S => self.extended_pairwise_add(I8X16, true),
            Op::I16x8ExtAddPairwiseI8x16U => self.extended_pairwise_add(I8X16, false),
            Op::I32x4ExtAddPairwiseI16x8S => self.extended_pairwise_add(I16X8, true),
            Op::I32x4ExtAddPairwiseI16x8U => self.extended_pairwise_add(I16X8, false),
            Op::I16x8ExtendLowI8x16S => self.extend_lanes(I8X16, Low, true),
            Op::I16x8ExtMulLowI8x16S => self.extended_multiply(I8X16, Low, true),
            Op::I16x8ExtendLowI8x16U => self.extend_lanes(I8X16, Low, false),
            Op::I16x8ExtMulLowI8x16U => self.extended_multiply(I8X16, Low, false),
            Op::I16x8ExtendHighI8x16S => self.extend_lanes(I8X16, High, true),
            Op::I16x8ExtMulHighI8x16S => self.extended_multiply(I8X16, High, true),
            Op::I16x8ExtendHighI8x16U => self.extend_lanes(I8X16, High, false),
            Op::I16x8ExtMulHighI8x16U => self.extended_multiply(I8X16, High, false),
            Op::I32x4ExtendLowI16x8S => self.extend_lanes(I16X8, Low, true),
            Op::I32x4ExtMulLowI16x8S => self.extended_multiply(I16X8, Low, true),
            Op::I32x4ExtendLowI16x8U => self.extend_lanes(I16X8, Low, false),
            Op::I32x4ExtMulLowI16x8U => self.extended_multiply(I16X8, Low, false),
            Op::I32x4ExtendHighI16x8S => self.extend_lanes(I16X8, High, true),
            Op::I32x4ExtMulHighI16x8S => self.extended_multiply(I16X8, High, true),
            Op::I32x4ExtendHighI16x8U => self.extend_lanes(I16X8, High, false),
            Op::I32x4ExtMulHighI16x8U => self.extended_multiply(I16X8, High, false),
            Op::I64x2ExtendLowI32x4S => self.extend_lanes(I32X4, Low, true),
            Op::I64x2ExtMulLowI32x4S => self.extended_multiply(I32X4, Low, true),
            Op::I64x2ExtendLowI32x4U => self.extend_lanes(I32X4, Low, false),
            Op::I64x2ExtMulLowI32x4U => self.extended_multiply(I32X4, Low, false),
            Op::I64x2ExtendHighI32x4S => self.extend_lanes(I32X4, High, true),
            Op::I64x2ExtMulHighI32x4S => self.extended_multiply(I32X4, High, true),
            Op::I64x2ExtendHighI32x4U => self.extend_lanes(I32X4, High, false),
            Op::I64x2ExtMulHighI32x4U => self.extended_multiply(I32X4, High, false),
            Op::I32x4DotI16x8S => self.dot(I16X8),
            Op::I16x8RelaxedDotI8x16I7x16S => self.dot(I8X16),
            Op::I32x4RelaxedDotI8x16I7x16AddS => self.relaxed_dot_add(),
            Op::I8x16RelaxedLaneselect => self.bitselect(I8X16),
            Op::I16x8RelaxedLaneselect => self.bitselect(I16X8),
            Op::I32x4RelaxedLaneselect => self.bitselect(I32X4),
            Op::I64x2RelaxedLaneselect => self.bitselect(I64X2),

            // Floating-point lanes
            Op::F32x4Ceil => self.vector_unary(F32X4, |ins, x| ins.ceil(x)),
            Op::F32x4Floor => self.vector_unary(F32X4, |ins, x| ins.floor(x)),
            Op::F32x4Trunc => self.vector_unary(F32X4, |ins, x| ins.trunc(x)),
            Op::F32x4Nearest => self.vector_unary(F32X4, |ins, x| ins.nearest(x)),
            Op::F32x4Abs => self.vector_unary(F32X4, |ins, x| ins.fabs(x)),
            Op::F32x4Neg => self.vector_unary(F32X4, |ins, x| ins.fneg(x)),
            Op::F32x4Sqrt => self.vector_unary(F32X4, |ins, x| ins.sqrt(x)),
            Op::F32x4Add => self.vector_binary(F32X4, |ins, x, y| ins.fadd(x, y)),
            Op::F32x4Sub => self.vector_binary(F32X4, |ins, x, y| ins.fsub(x, y)),
            Op::F32x4Mul => self.vector_binary(F32X4, |ins, x, y| ins.fmul(x, y)),
            Op::F32x4Div => self.vector_binary(F32X4, |ins, x, y| ins.fdiv(x, y)),
            Op::F32x4Min | Op::F32x4RelaxedMin => {
                self.vector_binary(F32X4, |ins, x, y| ins.fmin(x, y))
            }
            Op::F32x4Max | Op::F32x4RelaxedMax => {
                self.vector_binary(F32X4, |ins, x, y| ins.fmax(x, y))
            }
            Op::F32x4PMin => self.pseudo_minimum(F32X4, FloatCC::LessThan),
            Op::F32x4PMax => self.pseudo_minimum(F32X4, FloatCC::GreaterThan),
            Op::F64x2Ceil => self.vector_unary(F64X2, |ins, x| ins.ceil(x)),
            Op::F64x2Floor => self.vector_unary(F64X2, |ins, x| ins.floor(x)),
            Op::F64x2Trunc => self.vector_unary(F64X2, |ins, x| ins.trunc(x)),
            Op::F64x2Nearest => self.vector_unary(F64X2, |ins, x| ins.nearest(x)),
            Op::F64x2Abs => self.vector_unary(F64X2, |ins, x| ins.fabs(x)),
            Op::F64x2Neg => self.vector_unary(F64X2, |ins, x| ins.fneg(x)),
            Op::F64x2Sqrt => self.vector_unary(F64X2, |ins, x| ins.sqrt(x)),
            Op::F64x2Add => self.vector_binary(F64X2, |ins, x, y| ins.fadd(x, y)),
            Op::F64x2Sub => self.vector_binary(F64X2, |ins, x, y| ins.fsub(x, y)),
            Op::F64x2Mul => self.vector_binary(F64X2, |ins, x, y| ins.fmul(x, y)),
            Op::F64x2Div => self.vector_binary(F64X2, |ins, x, y| ins.fdiv(x, y)),
            Op::F64x2Min | Op::F64x2RelaxedMin => {
                self.vector_binary(F64X2, |ins, x, y| ins.fmin(x, y))
            }
            Op::F64x2Max | Op::F64x2RelaxedMax => {
                self.vector_binary(F64X2, |ins, x, y| ins.fmax(x, y))
            }
            Op::F64x2PMin => self.pseudo_minimum(F64X2, FloatCC::LessThan),
            Op::F64x2PMax => self.pseudo_minimum(F64X2, FloatCC::GreaterThan),
            Op::F32x4RelaxedMadd => self.multiply_add(F32X4, false),
            Op::F32x4RelaxedNmadd => self.multiply_add(F32X4, true),
            Op::F64x2RelaxedMadd => self.multiply_add(F64X2, false),
            Op::F64x2RelaxedNmadd => self.multiply_add(F64X2, true),

            // Conversions
            Op::I32x4TruncSatF32x4S | Op::I32x4RelaxedTruncF32x4S => {
                self.vector_unary(F32X4, |ins, x| ins.fcvt_to_sint_sat(I32X4, x))
            }
            Op::I32x4TruncSatF32x4U | Op::I32x4RelaxedTruncF32x4U => {
                self.vector_unary(F32X4, |ins, x| ins.fcvt_to_uint_sat(I32X4, x))
            }
            Op::I32x4TruncSatF64x2SZero | Op::I32x4RelaxedTruncF64x2SZero => {
                self.truncate_zero(true)
            }
            Op::I32x4TruncSatF64x2UZero | Op::I32x4RelaxedTruncF64x2UZero => {
                self.truncate_zero(false)
            }
            Op::F32x4ConvertI32x4S => {
                self.vector_unary(I32X4, |ins, x| ins.fcvt_from_sint(F32X4, x))
            }
            Op::F32x4ConvertI32x4U => {
                self.vector_unary(I32X4, |ins, x| ins.fcvt_from_uint(F32X4, x))
            }
            Op::F64x2ConvertLowI32x4S => self.convert_low(true),
            Op::F64x2ConvertLowI32x4U => self.convert_low(false),
            Op::F32x4DemoteF64x2Zero => self.vector_unary(F64X2, |ins, x| ins.fvdemote(x)),
            Op::F64x2PromoteLowF32x4 => self.vector_unary(F32X4, |ins, x| ins.fvpromote_low(x)),

            ref other => unreachable!("{other:?} passed validation with features that are off"),
        }
    }
}
