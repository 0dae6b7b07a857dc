//! Counted loops: the comparison at a loop's end looks at the new counter.
//!
//! Where `j = i + 1` is the counter of the next round, Cranelift makes of
//! `j != n` a comparison of `i` with `n - 1`. Then both are needed at the branch,
//! and the new one has to be copied into the register of the old, in a block of
//! its own that ends with another branch. Comparing `j`, the increment happens
//! in place and one branch ends the loop. Cranelift does not see through the
//! counter extended to 64 bits, which costs nothing.

use crate::ir::values::{constant, definition, operands, sum_with_constant};
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    Block, BlockArg, BlockCall, Function, Inst, InstBuilder, InstructionData, Opcode, Value,
    ValueDef, types,
};

pub fn improve(function: &mut Function) {
    let blocks: Vec<Block> = function.layout.blocks().collect();
    for block in blocks {
        if let Some(branch) = function.layout.last_inst(block)
            && let Some(end) = loop_end(function, branch)
        {
            let mut cursor = FuncCursor::new(function).at_inst(branch);
            let counter = cursor.ins().uextend(types::I64, end.counter);
            let limit = cursor.ins().iconst(types::I64, i64::from(end.limit));
            let condition = cursor.ins().icmp(end.code, counter, limit);
            if let InstructionData::Brif { arg, .. } = &mut function.dfg.insts[branch] {
                *arg = condition;
            }
        }
    }
}

struct LoopEnd {
    code: IntCC,
    /// After its increment.
    counter: Value,
    limit: u32,
}

/// A branch on `counter == limit` or `!=`, where the counter is a parameter of
/// a block plus a constant and the branch leads to that block with it.
fn loop_end(function: &Function, branch: Inst) -> Option<LoopEnd> {
    let InstructionData::Brif { arg, blocks, .. } = function.dfg.insts[branch] else {
        return None;
    };
    let (code, counter, limit) = comparison(function, arg)?;
    // What an instruction can hold.
    i32::try_from(limit).ok()?;
    let (old, _) = sum_with_constant(function, counter)?;
    let ValueDef::Param(header, number) = function.dfg.value_def(old) else {
        return None;
    };
    let next = blocks.iter().find_map(|call| entered_with(function, *call, header, number))?;
    (function.dfg.resolve_aliases(next) == counter).then_some(LoopEnd { code, counter, limit })
}

/// An i32 compared with a constant.
fn comparison(function: &Function, condition: Value) -> Option<(IntCC, Value, u32)> {
    let compare = match operands(function, condition, Opcode::Uextend) {
        Some([compare]) => compare,
        None => condition,
    };
    let compare = definition(function, compare)?;
    let InstructionData::IntCompare { args, cond, .. } = function.dfg.insts[compare] else {
        return None;
    };
    let [counter, limit] = args.map(|value| function.dfg.resolve_aliases(value));
    let limit = constant(function, limit)? as u32;
    let of_equality = matches!(cond, IntCC::Equal | IntCC::NotEqual);
    let is_i32 = function.dfg.value_type(counter) == types::I32;
    (of_equality && is_i32).then_some((cond, counter, limit))
}

/// The header's parameter `number` where a branch leads to it, at once or by
/// way of a block that does nothing else.
fn entered_with(
    function: &Function,
    call: BlockCall,
    header: Block,
    number: usize,
) -> Option<Value> {
    let pool = &function.dfg.value_lists;
    let block = call.block(pool);
    let call = if block == header {
        call
    } else {
        let first = function.layout.first_inst(block)?;
        match function.dfg.insts[first] {
            InstructionData::Jump { destination, .. } if destination.block(pool) == header => {
                destination
            }
            _ => return None,
        }
    };
    match call.args(pool).nth(number)? {
        BlockArg::Value(value) => Some(value),
        _ => None,
    }
}
