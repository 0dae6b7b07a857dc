//! Sums that are addresses with an offset: made once, on aarch64.
//!
//! Its loads and stores take a sum of two registers, one of them extended, or a
//! register and an offset. Cranelift prefers the sum, unless the offset is one
//! that all accesses of that width take: it adds the offset to one part with
//! instructions of its own, at each access, where `addresses` left a negative
//! one, or one that is no multiple of the width. Here such an access gets the sum
//! under another name, through which Cranelift does not see it: its register and the
//! offset are one instruction then. The name is no instruction, and the address
//! is the same.

use crate::ir::values::{accessed, constant, instructions, operands, redirect};
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::{
    Function, Inst, InstBuilder, MemFlagsData, Opcode, Value, ValueDef, types,
};
use rustc_hash::FxHashMap;

/// Offsets of any multiple, up to this one, that accesses take: 9 bits.
const LARGEST_UNSCALED: i32 = 255;

/// The least of them.
const LEAST_UNSCALED: i32 = -256;

/// Offsets that are multiples of the width take 12 bits, in widths.
const SCALED: u32 = 1 << 12;

/// Whether an access takes an offset.
pub fn fits(offset: i32, function: &Function, access: Inst) -> bool {
    let width = width(function, access);
    match u32::try_from(offset) {
        Ok(offset) if offset.is_multiple_of(width) => offset / width < SCALED,
        _ => (LEAST_UNSCALED..=LARGEST_UNSCALED).contains(&offset),
    }
}

pub fn improve(function: &mut Function) {
    let mut names: FxHashMap<Value, Value> = FxHashMap::default();
    for (instruction, address, offset) in accesses(function) {
        let name = match names.get(&address) {
            Some(name) => *name,
            None => {
                let Some(name) = name(function, address) else {
                    continue;
                };
                names.insert(address, name);
                name
            }
        };
        redirect(function, instruction, name, offset);
    }
}

/// Those that are to change, with their addresses and offsets, in order.
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

/// Of two values that only running tells.
fn is_sum(function: &Function, address: Value) -> bool {
    let parts = operands::<2>(function, address, Opcode::Iadd);
    parts.is_some_and(|parts| parts.iter().all(|part| constant(function, *part).is_none()))
}

/// Bytes that are loaded or stored.
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

/// Another value for a sum, behind it.
fn name(function: &mut Function, sum: Value) -> Option<Value> {
    let ValueDef::Result(instruction, _) = function.dfg.value_def(sum) else {
        return None;
    };
    let mut cursor = FuncCursor::new(function).after_inst(instruction);
    Some(cursor.ins().bitcast(types::I64, MemFlagsData::new(), sum))
}
