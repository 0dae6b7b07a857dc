//! Pointers of 32 bits: they are extended to 64 bits where they are made, instead of where
//! they are used.
//!
//! An address is an i32 that is extended with zeros. Cranelift does that before each access
//! with an instruction of its own, even on the way from one element of a linked list to the
//! next. This pass turns a load of such a number into one that extends, which is the same
//! instruction, and extends the arguments with which a block is entered before the branch.
//! This concerns x86_64: accesses of aarch64 extend addresses themselves. The i32 becomes the
//! low half of the extended number, which costs no instruction either. So each use has the
//! value that it had.

use crate::ir::branches::{destinations, map_arguments, target};
use crate::ir::values::{extended_constant, replace_by};
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::{
    Block, BlockArg, BlockCall, Function, Inst, InstBuilder, InstructionData, Opcode, Value,
    ValueDef, types,
};
use rustc_hash::{FxHashMap, FxHashSet};

/// Extended i64 values, by the i32 values that are their low halves.
#[derive(Default)]
pub(super) struct Extended(FxHashMap<Value, Value>);

impl Extended {
    /// Returns all pairs of a low half and its extended value.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Value, Value)> {
        self.0.iter().map(|(low, extended)| (*low, *extended))
    }
}

/// Runs the pass on a function, in which it leaves aliases, and returns the extended values.
pub(super) fn improve(function: &mut Function) -> Extended {
    let mut extended = Extended::default();
    let mut parameters = Vec::new();
    for value in extended_values(function) {
        match function.dfg.value_def(value) {
            ValueDef::Result(instruction, _) => {
                extend_load(function, instruction, value, &mut extended);
            }
            ValueDef::Param(block, number) if Some(block) != function.layout.entry_block() => {
                parameters.push((block, number));
            }
            _ => {}
        }
    }
    extend_parameters(function, &parameters, &mut extended);
    if !extended.0.is_empty() {
        use_extended(function, &extended);
    }
    extended
}

/// Returns each i32 that is extended somewhere, in the order of the first extensions, but no
/// constants: extensions of constants are replaced by constants here. They come with inlined
/// bodies, on which the mid-end may not have run.
fn extended_values(function: &mut Function) -> Vec<Value> {
    let mut known = FxHashSet::default();
    let mut values = Vec::new();
    let mut cursor = FuncCursor::new(function);
    while cursor.next_block().is_some() {
        while let Some(instruction) = cursor.next_inst() {
            let Some(value) = operand(cursor.func, instruction) else {
                continue;
            };
            if let Some(number) = extended_constant(cursor.func, value) {
                cursor.func.replace(instruction).iconst(types::I64, number);
            } else if known.insert(value) {
                values.push(value);
            }
        }
    }
    values
}

/// Returns the i32 that an instruction extends to 64 bits, if it does that.
pub(super) fn operand(function: &Function, instruction: Inst) -> Option<Value> {
    let dfg = &function.dfg;
    let InstructionData::Unary { opcode: Opcode::Uextend, arg } = dfg.insts[instruction] else {
        return None;
    };
    let is_wide = dfg.value_type(dfg.first_result(instruction)) == types::I64;
    let arg = dfg.resolve_aliases(arg);
    (is_wide && dfg.value_type(arg) == types::I32).then_some(arg)
}

/// Turns an instruction that is a load of `value` into a load that extends.
fn extend_load(function: &mut Function, instruction: Inst, value: Value, extended: &mut Extended) {
    let data = function.dfg.insts[instruction];
    let InstructionData::Load { opcode: Opcode::Load, arg, offset, .. } = data else {
        return;
    };
    let Some(flags) = data.memflags_data(&function.dfg) else {
        return;
    };
    let location = function.srcloc(instruction);
    function.dfg.clear_results(instruction);
    let mut cursor = FuncCursor::new(function).at_inst(instruction);
    cursor.set_srcloc(location);
    let wide = cursor.ins().uload32(flags, arg, offset);
    let low = cursor.ins().ireduce(types::I32, wide);
    function.dfg.change_to_alias(value, low);
    function.layout.remove_inst(instruction);
    extended.0.insert(low, wide);
}

/// Extends parameters of blocks (block and number), if all their values come from branches.
fn extend_parameters(
    function: &mut Function,
    parameters: &[(Block, usize)],
    extended: &mut Extended,
) {
    let mut changed: FxHashMap<Block, Vec<usize>> = FxHashMap::default();
    for (block, number) in parameters {
        changed.entry(*block).or_default().push(*number);
    }
    let branches: Vec<(Inst, Vec<BlockCall>)> = function
        .layout
        .blocks()
        .filter_map(|block| {
            let branch = function.layout.last_inst(block)?;
            let calls = destinations(function, branch);
            let known = |call: &BlockCall| changed.contains_key(&target(function, call));
            calls.iter().any(known).then(|| (branch, calls.to_vec()))
        })
        .collect();
    for (_, calls) in &branches {
        for call in calls {
            let arguments: Vec<BlockArg> = call.args(&function.dfg.value_lists).collect();
            if let Some(numbers) = changed.get_mut(&target(function, call)) {
                numbers.retain(|number| matches!(arguments[*number], BlockArg::Value(_)));
            }
        }
    }
    for (block, number) in parameters {
        let is_changed = changed.get(block).is_some_and(|numbers| numbers.contains(number));
        if let (true, Some(first)) = (is_changed, function.layout.first_inst(*block)) {
            let parameter = function.dfg.block_params(*block)[*number];
            let wide = function.dfg.replace_block_param(parameter, types::I64);
            let low = FuncCursor::new(function).at_inst(first).ins().ireduce(types::I32, wide);
            function.dfg.change_to_alias(parameter, low);
            extended.0.insert(low, wide);
        }
    }
    for (branch, _) in branches {
        extend_arguments(function, branch, &changed, extended);
    }
}

/// Extends the arguments of a branch for the `changed` parameters of blocks, each value once.
fn extend_arguments(
    function: &mut Function,
    branch: Inst,
    changed: &FxHashMap<Block, Vec<usize>>,
    extended: &Extended,
) {
    let mut made: FxHashMap<Value, Value> = FxHashMap::default();
    map_arguments(function, branch, |function, block, number, value| {
        let numbers = changed.get(&block);
        if !numbers.is_some_and(|numbers| numbers.contains(&number)) {
            return value;
        }
        let value = function.dfg.resolve_aliases(value);
        if let Some(wide) = extended.0.get(&value) {
            return *wide;
        }
        *made.entry(value).or_insert_with(|| extend(function, branch, value))
    });
}

/// Emits the extension of an i32 before an instruction and returns the extended value.
fn extend(function: &mut Function, before: Inst, value: Value) -> Value {
    let number = extended_constant(function, value);
    let mut cursor = FuncCursor::new(function).at_inst(before);
    match number {
        Some(number) => cursor.ins().iconst(types::I64, number),
        None => cursor.ins().uextend(types::I64, value),
    }
}

/// Uses the extended value in place of each further extension of the same i32.
fn use_extended(function: &mut Function, extended: &Extended) {
    let mut block = function.layout.entry_block();
    while let Some(current) = block {
        let mut next = function.layout.first_inst(current);
        while let Some(instruction) = next {
            next = function.layout.next_inst(instruction);
            let value = operand(function, instruction);
            if let Some(wide) = value.and_then(|value| extended.0.get(&value)) {
                replace_by(function, instruction, *wide);
            }
        }
        block = function.layout.next_block(current);
    }
}
