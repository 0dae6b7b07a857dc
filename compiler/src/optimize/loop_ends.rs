//! Counted loops: the comparison at the end of a loop is made to use the new counter.
//!
//! Where `j = i + 1` is the counter of the next iteration, Cranelift turns `j != n` into a
//! comparison of `i` with `n - 1`. Then both counters are needed at the branch, and the new
//! one has to be copied into the register of the old one, in a block of its own that ends
//! with another branch. If the comparison uses `j`, the increment happens in place and one
//! branch ends the loop. This pass compares the counter extended to 64 bits, which costs
//! nothing and which Cranelift does not see through.

use crate::ir::values::{constant, definition, operands, sum_with_constant};
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    Block, BlockArg, BlockCall, Function, Inst, InstBuilder, InstructionData, Opcode, Value,
    ValueDef, types,
};

/// Runs the pass on a function.
pub(super) fn improve(function: &mut Function) {
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

/// A branch at the end of a counted loop: it compares `counter` with `limit`.
struct LoopEnd {
    code: IntCC,
    /// The counter after its increment.
    counter: Value,
    limit: u32,
}

/// Returns the end of a counted loop that a branch is: it branches on `counter == limit` or
/// `!=`, where the counter is a parameter of a block plus a constant, and the branch leads to
/// that block with the counter.
fn loop_end(function: &Function, branch: Inst) -> Option<LoopEnd> {
    let InstructionData::Brif { arg, blocks, .. } = function.dfg.insts[branch] else {
        return None;
    };
    let (code, counter, limit) = comparison(function, arg)?;
    // An instruction holds a constant of 32 bits, signed.
    i32::try_from(limit).ok()?;
    let (old, _) = sum_with_constant(function, counter)?;
    let ValueDef::Param(header, number) = function.dfg.value_def(old) else {
        return None;
    };
    let next = blocks.iter().find_map(|call| entered_with(function, *call, header, number))?;
    (function.dfg.resolve_aliases(next) == counter).then_some(LoopEnd { code, counter, limit })
}

/// Returns the comparison that a condition is, if it is one of an i32 with a constant, for
/// equality or inequality.
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

/// Returns the value of the header's parameter `number`, if `call` leads to the header,
/// directly or through a block that only jumps there.
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
