//! The dispatch of operators: a table from each operator to the method that translates it,
//! without logic. The operators on vectors are in `simd_operators.rs`.

use super::translator::Translator;
use crate::symbols::Symbol;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::types::{F32, F64, I8, I16, I32, I64, I128};
use cranelift_codegen::ir::{AtomicRmwOp, InstBuilder};
use quench_abi::RuntimeFunction;
use wasmparser::Operator as Op;

impl Translator<'_, '_> {
    /// Translates one operator, which has passed validation.
    ///
    /// # Errors
    ///
    /// The decoder's, if the operator's bytes are malformed.
    pub(super) fn operator(&mut self, operator: &Op<'_>) -> Result<(), wasmparser::Error> {
        if !self.reachable {
            self.unreachable_operator(operator);
            return Ok(());
        }
        match *operator {
            // Control
            Op::Nop => {}
            Op::Unreachable => self.unreachable(),
            Op::Block { blockty } => self.block(blockty),
            Op::Loop { blockty } => self.loop_(blockty),
            Op::If { blockty } => self.if_(blockty),
            Op::Else => self.else_(),
            Op::End => self.end(),
            Op::Br { relative_depth } => self.br(relative_depth),
            Op::BrIf { relative_depth } => self.br_if(relative_depth),
            Op::BrTable { ref targets } => self.br_table(targets)?,
            Op::Return => self.return_(),
            Op::Call { function_index } => self.call(function_index),
            Op::CallIndirect { table_index, type_index } => {
                self.call_indirect(table_index, type_index)
            }
            Op::ReturnCall { function_index } => self.return_call(function_index),
            Op::ReturnCallIndirect { table_index, type_index } => {
                self.return_call_indirect(table_index, type_index)
            }

            // Exceptions
            Op::TryTable { ref try_table } => self.try_table(try_table),
            Op::Throw { tag_index } => self.throw(tag_index),
            Op::ThrowRef => self.throw_ref(),
            Op::Try { blockty } => self.try_(blockty),
            Op::Catch { tag_index } => self.catch(tag_index),
            Op::CatchAll => self.catch_all(),
            Op::Delegate { relative_depth } => self.delegate(relative_depth),
            Op::Rethrow { relative_depth } => self.rethrow(relative_depth),

            // Variables and operands
            Op::Drop => drop(self.pop()),
            Op::Select | Op::TypedSelect { .. } => self.select(),
            Op::LocalGet { local_index } => self.local_get(local_index),
            Op::LocalSet { local_index } => self.local_set(local_index),
            Op::LocalTee { local_index } => self.local_tee(local_index),
            Op::GlobalGet { global_index } => self.global_get(global_index),
            Op::GlobalSet { global_index } => self.global_set(global_index),

            // References
            Op::RefNull { .. } => self.ref_null(),
            Op::RefIsNull => self.ref_is_null(),
            Op::RefFunc { function_index } => self.ref_func(function_index),
            Op::RefAsNonNull => self.ref_as_non_null(),
            Op::BrOnNull { relative_depth } => self.br_on_null(relative_depth),
            Op::BrOnNonNull { relative_depth } => self.br_on_non_null(relative_depth),
            Op::CallRef { type_index } => self.call_ref(type_index),
            Op::ReturnCallRef { type_index } => self.return_call_ref(type_index),
            Op::RefEq => self.ref_eq(),
            Op::RefTestNonNull { hty } => self.ref_test(hty, false),
            Op::RefTestNullable { hty } => self.ref_test(hty, true),
            Op::RefCastNonNull { hty } => self.ref_cast(hty, false),
            Op::RefCastNullable { hty } => self.ref_cast(hty, true),
            Op::BrOnCast { relative_depth, from_ref_type, to_ref_type } => {
                self.br_on_cast(relative_depth, from_ref_type, to_ref_type, false)
            }
            Op::BrOnCastFail { relative_depth, from_ref_type, to_ref_type } => {
                self.br_on_cast(relative_depth, from_ref_type, to_ref_type, true)
            }
            Op::RefI31 => self.ref_i31(),
            Op::I31GetS => self.i31_get(true),
            Op::I31GetU => self.i31_get(false),
            Op::AnyConvertExtern => self.any_convert_extern(),
            Op::ExternConvertAny => self.extern_convert_any(),

            // Objects
            Op::StructNew { struct_type_index } => self.struct_new(struct_type_index),
            Op::StructNewDefault { struct_type_index } => {
                self.struct_new_default(struct_type_index)
            }
            Op::StructGet { struct_type_index, field_index }
            | Op::StructGetU { struct_type_index, field_index } => {
                self.struct_get(struct_type_index, field_index, false)
            }
            Op::StructGetS { struct_type_index, field_index } => {
                self.struct_get(struct_type_index, field_index, true)
            }
            Op::StructSet { struct_type_index, field_index } => {
                self.struct_set(struct_type_index, field_index)
            }
            Op::ArrayNew { array_type_index } => self.array_new(array_type_index),
            Op::ArrayNewDefault { array_type_index } => self.array_new_default(array_type_index),
            Op::ArrayNewFixed { array_type_index, array_size } => {
                self.array_new_fixed(array_type_index, array_size)
            }
            Op::ArrayNewData { array_type_index, array_data_index } => {
                self.array_new_data(array_type_index, array_data_index)
            }
            Op::ArrayNewElem { array_type_index, array_elem_index } => {
                self.array_new_elem(array_type_index, array_elem_index)
            }
            Op::ArrayGet { array_type_index } | Op::ArrayGetU { array_type_index } => {
                self.array_get(array_type_index, false)
            }
            Op::ArrayGetS { array_type_index } => self.array_get(array_type_index, true),
            Op::ArraySet { array_type_index } => self.array_set(array_type_index),
            Op::ArrayLen => self.array_len(),
            Op::ArrayFill { array_type_index } => self.array_fill(array_type_index),
            Op::ArrayCopy { array_type_index_dst, array_type_index_src } => {
                self.array_copy(array_type_index_dst, array_type_index_src)
            }
            Op::ArrayInitData { array_type_index, array_data_index } => {
                self.array_init_data(array_type_index, array_data_index)
            }
            Op::ArrayInitElem { array_type_index, array_elem_index } => {
                self.array_init_elem(array_type_index, array_elem_index)
            }

            // Tables
            Op::TableGet { table } => self.table_get(table),
            Op::TableSet { table } => self.table_set(table),
            Op::TableSize { table } => self.table_size(table),
            Op::TableGrow { table } => self.table_grow(table),
            Op::TableFill { table } => self.table_fill(table),
            Op::TableCopy { dst_table, src_table } => self.table_copy(dst_table, src_table),
            Op::TableInit { elem_index, table } => self.table_init(table, elem_index),
            Op::ElemDrop { elem_index } => self.drop_segment(Symbol::ElementsLength(elem_index)),

            // Memory
            Op::I32Load { ref memarg } => self.load(I32, memarg),
            Op::I64Load { ref memarg } => self.load(I64, memarg),
            Op::F32Load { ref memarg } => self.load(F32, memarg),
            Op::F64Load { ref memarg } => self.load(F64, memarg),
            Op::I32Load8U { ref memarg } => {
                self.load_by(memarg, |ins, a| ins.uload8(I32, a.flags, a.base, a.offset))
            }
            Op::I32Load8S { ref memarg } => {
                self.load_by(memarg, |ins, a| ins.sload8(I32, a.flags, a.base, a.offset))
            }
            Op::I32Load16U { ref memarg } => {
                self.load_by(memarg, |ins, a| ins.uload16(I32, a.flags, a.base, a.offset))
            }
            Op::I32Load16S { ref memarg } => {
                self.load_by(memarg, |ins, a| ins.sload16(I32, a.flags, a.base, a.offset))
            }
            Op::I64Load8U { ref memarg } => {
                self.load_by(memarg, |ins, a| ins.uload8(I64, a.flags, a.base, a.offset))
            }
            Op::I64Load8S { ref memarg } => {
                self.load_by(memarg, |ins, a| ins.sload8(I64, a.flags, a.base, a.offset))
            }
            Op::I64Load16U { ref memarg } => {
                self.load_by(memarg, |ins, a| ins.uload16(I64, a.flags, a.base, a.offset))
            }
            Op::I64Load16S { ref memarg } => {
                self.load_by(memarg, |ins, a| ins.sload16(I64, a.flags, a.base, a.offset))
            }
            Op::I64Load32U { ref memarg } => {
                self.load_by(memarg, |ins, a| ins.uload32(a.flags, a.base, a.offset))
            }
            Op::I64Load32S { ref memarg } => {
                self.load_by(memarg, |ins, a| ins.sload32(a.flags, a.base, a.offset))
            }
            Op::I32Store { ref memarg }
            | Op::I64Store { ref memarg }
            | Op::F32Store { ref memarg }
            | Op::F64Store { ref memarg } => self.store(memarg),
            Op::I32Store8 { ref memarg } | Op::I64Store8 { ref memarg } => {
                self.store_by(memarg, |ins, value, a| ins.istore8(a.flags, value, a.base, a.offset))
            }
            Op::I32Store16 { ref memarg } | Op::I64Store16 { ref memarg } => self
                .store_by(memarg, |ins, value, a| ins.istore16(a.flags, value, a.base, a.offset)),
            Op::I64Store32 { ref memarg } => self
                .store_by(memarg, |ins, value, a| ins.istore32(a.flags, value, a.base, a.offset)),
            Op::MemorySize { mem } => self.memory_size(mem),
            Op::MemoryGrow { mem } => self.memory_grow(mem),
            Op::MemoryFill { mem } => self.memory_fill(mem),
            Op::MemoryCopy { dst_mem, src_mem } => self.memory_copy(dst_mem, src_mem),
            Op::MemoryInit { data_index, mem } => self.memory_init(mem, data_index),
            Op::DataDrop { data_index } => self.drop_segment(Symbol::DataLength(data_index)),

            // Atomics. The width of an access is its natural alignment.
            Op::AtomicFence { .. } => self.atomic_fence(),
            Op::I32AtomicLoad { ref memarg }
            | Op::I32AtomicLoad8U { ref memarg }
            | Op::I32AtomicLoad16U { ref memarg } => self.atomic_load(I32, memarg),
            Op::I64AtomicLoad { ref memarg }
            | Op::I64AtomicLoad8U { ref memarg }
            | Op::I64AtomicLoad16U { ref memarg }
            | Op::I64AtomicLoad32U { ref memarg } => self.atomic_load(I64, memarg),
            Op::I32AtomicStore { ref memarg }
            | Op::I32AtomicStore8 { ref memarg }
            | Op::I32AtomicStore16 { ref memarg }
            | Op::I64AtomicStore { ref memarg }
            | Op::I64AtomicStore8 { ref memarg }
            | Op::I64AtomicStore16 { ref memarg }
            | Op::I64AtomicStore32 { ref memarg } => self.atomic_store(memarg),
            Op::I32AtomicRmwAdd { ref memarg }
            | Op::I32AtomicRmw8AddU { ref memarg }
            | Op::I32AtomicRmw16AddU { ref memarg }
            | Op::I64AtomicRmwAdd { ref memarg }
            | Op::I64AtomicRmw8AddU { ref memarg }
            | Op::I64AtomicRmw16AddU { ref memarg }
            | Op::I64AtomicRmw32AddU { ref memarg } => self.atomic_rmw(AtomicRmwOp::Add, memarg),
            Op::I32AtomicRmwSub { ref memarg }
            | Op::I32AtomicRmw8SubU { ref memarg }
            | Op::I32AtomicRmw16SubU { ref memarg }
            | Op::I64AtomicRmwSub { ref memarg }
            | Op::I64AtomicRmw8SubU { ref memarg }
            | Op::I64AtomicRmw16SubU { ref memarg }
            | Op::I64AtomicRmw32SubU { ref memarg } => self.atomic_rmw(AtomicRmwOp::Sub, memarg),
            Op::I32AtomicRmwAnd { ref memarg }
            | Op::I32AtomicRmw8AndU { ref memarg }
            | Op::I32AtomicRmw16AndU { ref memarg }
            | Op::I64AtomicRmwAnd { ref memarg }
            | Op::I64AtomicRmw8AndU { ref memarg }
            | Op::I64AtomicRmw16AndU { ref memarg }
            | Op::I64AtomicRmw32AndU { ref memarg } => self.atomic_rmw(AtomicRmwOp::And, memarg),
            Op::I32AtomicRmwOr { ref memarg }
            | Op::I32AtomicRmw8OrU { ref memarg }
            | Op::I32AtomicRmw16OrU { ref memarg }
            | Op::I64AtomicRmwOr { ref memarg }
            | Op::I64AtomicRmw8OrU { ref memarg }
            | Op::I64AtomicRmw16OrU { ref memarg }
            | Op::I64AtomicRmw32OrU { ref memarg } => self.atomic_rmw(AtomicRmwOp::Or, memarg),
            Op::I32AtomicRmwXor { ref memarg }
            | Op::I32AtomicRmw8XorU { ref memarg }
            | Op::I32AtomicRmw16XorU { ref memarg }
            | Op::I64AtomicRmwXor { ref memarg }
            | Op::I64AtomicRmw8XorU { ref memarg }
            | Op::I64AtomicRmw16XorU { ref memarg }
            | Op::I64AtomicRmw32XorU { ref memarg } => self.atomic_rmw(AtomicRmwOp::Xor, memarg),
            Op::I32AtomicRmwXchg { ref memarg }
            | Op::I32AtomicRmw8XchgU { ref memarg }
            | Op::I32AtomicRmw16XchgU { ref memarg }
            | Op::I64AtomicRmwXchg { ref memarg }
            | Op::I64AtomicRmw8XchgU { ref memarg }
            | Op::I64AtomicRmw16XchgU { ref memarg }
            | Op::I64AtomicRmw32XchgU { ref memarg } => self.atomic_rmw(AtomicRmwOp::Xchg, memarg),
            Op::I32AtomicRmwCmpxchg { ref memarg }
            | Op::I32AtomicRmw8CmpxchgU { ref memarg }
            | Op::I32AtomicRmw16CmpxchgU { ref memarg }
            | Op::I64AtomicRmwCmpxchg { ref memarg }
            | Op::I64AtomicRmw8CmpxchgU { ref memarg }
            | Op::I64AtomicRmw16CmpxchgU { ref memarg }
            | Op::I64AtomicRmw32CmpxchgU { ref memarg } => self.atomic_compare_exchange(memarg),
            Op::MemoryAtomicWait32 { ref memarg } => {
                self.atomic_wait(RuntimeFunction::MemoryWait32, memarg)
            }
            Op::MemoryAtomicWait64 { ref memarg } => {
                self.atomic_wait(RuntimeFunction::MemoryWait64, memarg)
            }
            Op::MemoryAtomicNotify { ref memarg } => self.atomic_notify(memarg),

            // Constants
            Op::I32Const { value } => self.i32_const(value),
            Op::I64Const { value } => self.i64_const(value),
            Op::F32Const { value } => self.f32_const(value.bits()),
            Op::F64Const { value } => self.f64_const(value.bits()),

            // Integers
            Op::I32Eqz | Op::I64Eqz => self.eqz(),
            Op::I32Eq | Op::I64Eq => self.compare_integers(IntCC::Equal),
            Op::I32Ne | Op::I64Ne => self.compare_integers(IntCC::NotEqual),
            Op::I32LtS | Op::I64LtS => self.compare_integers(IntCC::SignedLessThan),
            Op::I32LtU | Op::I64LtU => self.compare_integers(IntCC::UnsignedLessThan),
            Op::I32GtS | Op::I64GtS => self.compare_integers(IntCC::SignedGreaterThan),
            Op::I32GtU | Op::I64GtU => self.compare_integers(IntCC::UnsignedGreaterThan),
            Op::I32LeS | Op::I64LeS => self.compare_integers(IntCC::SignedLessThanOrEqual),
            Op::I32LeU | Op::I64LeU => self.compare_integers(IntCC::UnsignedLessThanOrEqual),
            Op::I32GeS | Op::I64GeS => self.compare_integers(IntCC::SignedGreaterThanOrEqual),
            Op::I32GeU | Op::I64GeU => self.compare_integers(IntCC::UnsignedGreaterThanOrEqual),
            Op::I32Clz | Op::I64Clz => self.unary(|ins, x| ins.clz(x)),
            Op::I32Ctz | Op::I64Ctz => self.unary(|ins, x| ins.ctz(x)),
            Op::I32Popcnt | Op::I64Popcnt => self.unary(|ins, x| ins.popcnt(x)),
            Op::I32Add | Op::I64Add => self.binary(|ins, x, y| ins.iadd(x, y)),
            Op::I32Sub | Op::I64Sub => self.binary(|ins, x, y| ins.isub(x, y)),
            Op::I32Mul | Op::I64Mul => self.binary(|ins, x, y| ins.imul(x, y)),
            Op::I32DivS | Op::I64DivS => self.binary(|ins, x, y| ins.sdiv(x, y)),
            Op::I32DivU | Op::I64DivU => self.binary(|ins, x, y| ins.udiv(x, y)),
            Op::I32RemS | Op::I64RemS => self.binary(|ins, x, y| ins.srem(x, y)),
            Op::I32RemU | Op::I64RemU => self.binary(|ins, x, y| ins.urem(x, y)),
            Op::I32And | Op::I64And => self.binary(|ins, x, y| ins.band(x, y)),
            Op::I32Or | Op::I64Or => self.binary(|ins, x, y| ins.bor(x, y)),
            Op::I32Xor | Op::I64Xor => self.binary(|ins, x, y| ins.bxor(x, y)),
            Op::I32Shl | Op::I64Shl => self.binary(|ins, x, y| ins.ishl(x, y)),
            Op::I32ShrS | Op::I64ShrS => self.binary(|ins, x, y| ins.sshr(x, y)),
            Op::I32ShrU | Op::I64ShrU => self.binary(|ins, x, y| ins.ushr(x, y)),
            Op::I32Rotl | Op::I64Rotl => self.binary(|ins, x, y| ins.rotl(x, y)),
            Op::I32Rotr | Op::I64Rotr => self.binary(|ins, x, y| ins.rotr(x, y)),
            Op::I32Extend8S | Op::I64Extend8S => self.extend_low(I8),
            Op::I32Extend16S | Op::I64Extend16S => self.extend_low(I16),
            Op::I64Extend32S => self.extend_low(I32),
            Op::I32WrapI64 => self.unary(|ins, x| ins.ireduce(I32, x)),
            Op::I64ExtendI32S => self.unary(|ins, x| ins.sextend(I64, x)),
            Op::I64ExtendI32U => self.unary(|ins, x| ins.uextend(I64, x)),
            Op::I64Add128 => self.wide_binary(|ins, x, y| ins.iadd(x, y)),
            Op::I64Sub128 => self.wide_binary(|ins, x, y| ins.isub(x, y)),
            Op::I64MulWideS => self.wide_multiply(|ins, x| ins.sextend(I128, x)),
            Op::I64MulWideU => self.wide_multiply(|ins, x| ins.uextend(I128, x)),

            // Floating point
            Op::F32Eq | Op::F64Eq => self.compare_floats(FloatCC::Equal),
            Op::F32Ne | Op::F64Ne => self.compare_floats(FloatCC::NotEqual),
            Op::F32Lt | Op::F64Lt => self.compare_floats(FloatCC::LessThan),
            Op::F32Gt | Op::F64Gt => self.compare_floats(FloatCC::GreaterThan),
            Op::F32Le | Op::F64Le => self.compare_floats(FloatCC::LessThanOrEqual),
            Op::F32Ge | Op::F64Ge => self.compare_floats(FloatCC::GreaterThanOrEqual),
            Op::F32Abs | Op::F64Abs => self.unary(|ins, x| ins.fabs(x)),
            Op::F32Neg | Op::F64Neg => self.unary(|ins, x| ins.fneg(x)),
            Op::F32Ceil | Op::F64Ceil => self.unary(|ins, x| ins.ceil(x)),
            Op::F32Floor | Op::F64Floor => self.unary(|ins, x| ins.floor(x)),
            Op::F32Trunc | Op::F64Trunc => self.unary(|ins, x| ins.trunc(x)),
            Op::F32Nearest | Op::F64Nearest => self.unary(|ins, x| ins.nearest(x)),
            Op::F32Sqrt | Op::F64Sqrt => self.unary(|ins, x| ins.sqrt(x)),
            Op::F32Add | Op::F64Add => self.binary(|ins, x, y| ins.fadd(x, y)),
            Op::F32Sub | Op::F64Sub => self.binary(|ins, x, y| ins.fsub(x, y)),
            Op::F32Mul | Op::F64Mul => self.binary(|ins, x, y| ins.fmul(x, y)),
            Op::F32Div | Op::F64Div => self.binary(|ins, x, y| ins.fdiv(x, y)),
            Op::F32Min | Op::F64Min => self.binary(|ins, x, y| ins.fmin(x, y)),
            Op::F32Max | Op::F64Max => self.binary(|ins, x, y| ins.fmax(x, y)),
            Op::F32Copysign | Op::F64Copysign => self.binary(|ins, x, y| ins.fcopysign(x, y)),
            Op::F32DemoteF64 => self.unary(|ins, x| ins.fdemote(F32, x)),
            Op::F64PromoteF32 => self.unary(|ins, x| ins.fpromote(F64, x)),

            // Conversions
            Op::I32TruncF32S | Op::I32TruncF64S => self.unary(|ins, x| ins.fcvt_to_sint(I32, x)),
            Op::I32TruncF32U | Op::I32TruncF64U => self.unary(|ins, x| ins.fcvt_to_uint(I32, x)),
            Op::I64TruncF32S | Op::I64TruncF64S => self.unary(|ins, x| ins.fcvt_to_sint(I64, x)),
            Op::I64TruncF32U | Op::I64TruncF64U => self.unary(|ins, x| ins.fcvt_to_uint(I64, x)),
            Op::I32TruncSatF32S | Op::I32TruncSatF64S => {
                self.unary(|ins, x| ins.fcvt_to_sint_sat(I32, x))
            }
            Op::I32TruncSatF32U | Op::I32TruncSatF64U => {
                self.unary(|ins, x| ins.fcvt_to_uint_sat(I32, x))
            }
            Op::I64TruncSatF32S | Op::I64TruncSatF64S => {
                self.unary(|ins, x| ins.fcvt_to_sint_sat(I64, x))
            }
            Op::I64TruncSatF32U | Op::I64TruncSatF64U => {
                self.unary(|ins, x| ins.fcvt_to_uint_sat(I64, x))
            }
            Op::F32ConvertI32S | Op::F32ConvertI64S => {
                self.unary(|ins, x| ins.fcvt_from_sint(F32, x))
            }
            Op::F32ConvertI32U | Op::F32ConvertI64U => {
                self.unary(|ins, x| ins.fcvt_from_uint(F32, x))
            }
            Op::F64ConvertI32S | Op::F64ConvertI64S => {
                self.unary(|ins, x| ins.fcvt_from_sint(F64, x))
            }
            Op::F64ConvertI32U | Op::F64ConvertI64U => {
                self.unary(|ins, x| ins.fcvt_from_uint(F64, x))
            }
            Op::I32ReinterpretF32 => self.reinterpret(I32),
            Op::I64ReinterpretF64 => self.reinterpret(I64),
            Op::F32ReinterpretI32 => self.reinterpret(F32),
            Op::F64ReinterpretI64 => self.reinterpret(F64),

            ref vector => self.vector_operator(vector),
        }
        Ok(())
    }

    /// Translates an operator that cannot run: only its nesting matters, and no code is
    /// emitted for it.
    fn unreachable_operator(&mut self, operator: &Op<'_>) {
        match operator {
            Op::Block { .. }
            | Op::Loop { .. }
            | Op::If { .. }
            | Op::TryTable { .. }
            | Op::Try { .. } => self.dead_frame(),
            Op::Catch { tag_index } => self.catch(*tag_index),
            Op::CatchAll => self.catch_all(),
            Op::Delegate { relative_depth } => self.delegate(*relative_depth),
            Op::Else => self.else_(),
            Op::End => self.end(),
            _ => {}
        }
    }
}
