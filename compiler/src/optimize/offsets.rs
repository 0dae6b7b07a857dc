//! Addresses that are sums, accessed with an offset: on aarch64, the sum is made once.
//!
//! Loads and stores of aarch64 take a sum of two registers, one of them extended, or a
//! register and an offset. Cranelift prefers the sum, unless the offset is one that all
//! accesses of that width take. Where `addresses` left an offset that is negative, or no
//! multiple of the width, Cranelift adds the offset to one part of the sum with instructions
//! of their own, at each access. This pass gives such an access an opaque copy of the sum: a
//! bitcast, through which Cranelift does not see. Then the sum's register and the offset are
//! part of one instruction. The copy itself is no instruction, and the address is the same.

use crate::ir::values::{accessed, constant, instructions, operands, redirect};
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::{
    Function, Inst, InstBuilder, MemFlagsData, Opcode, Value, ValueDef, types,
};
use rustc_hash::FxHashMap;

/// The largest offset that an access takes even if it is no multiple of the width: 9 bits,
/// signed.
const LARGEST_UNSCALED: i32 = 255;

/// The least offset that an access takes even if it is no multiple of the width.
const LEAST_UNSCALED: i32 = -256;

/// The limit of offsets that are multiples of the width, in widths: they have 12 bits.
const SCALED: u32 = 1 << 12;

/// Returns whether the instruction of an access can hold an offset, in bytes.
pub(super) fn fits(offset: i32, function: &Function, access: Inst) -> bool {
    let width = width(function, access);
    match u32::try_from(offset) {
        Ok(offset) if offset.is_multiple_of(width) => offset / width < SCALED,
        _ => (LEAST_UNSCALED..=LARGEST_UNSCALED).contains(&offset),
    }
}

/// Runs the pass on a function.
pub(super) fn improve(function: &mut Function) {
    let mut copies: FxHashMap<Value, Value> = FxHashMap::default();
    for (instruction, address, offset) in accesses(function) {
        let copy = match copies.get(&address) {
            Some(copy) => *copy,
            None => {
                let Some(copy) = opaque_copy(function, address) else {
                    continue;
                };
                copies.insert(address, copy);
                copy
            }
        };
        redirect(function, instruction, copy, offset);
    }
}

/// Returns the accesses to change, with their addresses and offsets, in order.
fn accesses(function: &Function) -> Vec<(Inst, Value, i32)> {
    let accesses = instructions(function).filter_map(|instruction| {
        let (address, offset) = accessed(function, instruction)?;
        let is_scaled = (offset as u32).is_multiple_of(width(function, instruction));
        let is_costly = offset < 0 || offset <= LARGEST_UNSCALED && !is_scaled;
        let address = function.dfg.resolve_aliases(address);
        (is_costly && is_sum(function, address)).then_some((instruction, address, offset))
    });
    accesses.collect()
}

/// Returns whether an address is the sum of two values neither of which is constant.
fn is_sum(function: &Function, address: Value) -> bool {
    let parts = operands::<2>(function, address, Opcode::Iadd);
    parts.is_some_and(|parts| parts.iter().all(|part| constant(function, *part).is_none()))
}

/// Returns the number of bytes that an instruction loads or stores.
fn width(function: &Function, instruction: Inst) -> u32 {
    let dfg = &function.dfg;
    match dfg.insts[instruction].opcode() {
        Opcode::Load => dfg.value_type(dfg.first_result(instruction)).bytes(),
        Opcode::Store => dfg.value_type(dfg.inst_args(instruction)[0]).bytes(),
        Opcode::Uload8 | Opcode::Sload8 | Opcode::Istore8 => 1,
        Opcode::Uload16 | Opcode::Sload16 | Opcode::Istore16 => 2,
        Opcode::Uload32 | Opcode::Sload32 | Opcode::Istore32 => 4,
        _ => 8,
    }
}

/// Emits an opaque copy of a sum right after it, and returns the copy.
fn opaque_copy(function: &mut Function, sum: Value) -> Option<Value> {
    let ValueDef::Result(instruction, _) = function.dfg.value_def(sum) else {
        return None;
    };
    let mut cursor = FuncCursor::new(function).after_inst(instruction);
    Some(cursor.ins().bitcast(types::I64, MemFlagsData::new(), sum))
}
