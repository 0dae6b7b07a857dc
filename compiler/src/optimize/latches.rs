//! Duplication of latches: a short block to which many blocks jump, and which only begins
//! the next iteration of a loop, is copied in place of each of those jumps.
//!
//! Loops around a switch end in such a latch: each arm jumps there with all values that the
//! loop carries, most of them unchanged. Where the latch has many parameters, the register
//! allocator gives them places of their own, and each arm copies all values there and from
//! there to the loop's parameters. An arm that branches back directly copies only the values
//! it changed.
//!
//! The code that runs is the same, instruction for instruction, so there is nothing to
//! prove.

use crate::ir::branches::{self, destinations, target};
use crate::passes::Passes;
use cranelift_codegen::Context;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::{
    Block, BlockArg, Function, Inst, InstBuilder, InstructionData, Opcode, Value,
};
use rustc_hash::FxHashMap;

/// The least number of branches to a latch that make copies of it worthwhile.
const JUMPS: usize = 8;

/// The largest number of instructions of a latch, besides its jump.
const LENGTH: usize = 8;

/// The largest number of times the pass is repeated: once a latch is gone, the block before
/// it may have become one.
const ROUNDS: usize = 4;

/// Runs the pass on the function of `context`, whose control-flow graph, dominator tree and
/// loop analysis have to be valid and are so afterwards. Returns whether blocks changed.
pub(super) fn improve(context: &mut Context, passes: Passes) -> bool {
    let jumps = if passes.are_eager() { 1 } else { JUMPS };
    for round in 0..ROUNDS {
        let mut changed = false;
        for latch in latches(context, jumps) {
            let branches = context.cfg.pred_iter(latch).map(|branch| branch.inst);
            for branch in branches.collect::<Vec<_>>() {
                changed |= copy_in_place(&mut context.func, latch, branch);
            }
        }
        if !changed {
            return round > 0;
        }
        context.flowgraph();
        context.compute_loop_analysis();
    }
    true
}

/// Returns the latches: short blocks that only lead to the header of the loop that they are
/// in, and that at least `jumps` branches enter.
fn latches(context: &Context, jumps: usize) -> Vec<Block> {
    let (function, loops) = (&context.func, &context.loop_analysis);
    let is_call = |instruction| function.dfg.insts[instruction].opcode().is_call();
    let is_latch = |block: &Block| {
        let Some(last) = function.layout.last_inst(*block) else {
            return false;
        };
        let InstructionData::Jump { destination, .. } = function.dfg.insts[last] else {
            return false;
        };
        let header = destination.block(&function.dfg.value_lists);
        let is_end =
            loops.is_loop_header(header).is_some_and(|whole| loops.is_in_loop(*block, whole));
        let instructions: Vec<Inst> =
            function.layout.block_insts(*block).take(LENGTH + 2).collect();
        is_end
            && loops.is_loop_header(*block).is_none()
            && context.cfg.pred_iter(*block).nth(jumps - 1).is_some()
            // It dominates no other block, so nothing else uses the values it makes.
            && context.domtree.children(*block).next().is_none()
            && instructions.len() <= LENGTH + 1
            && !instructions.iter().any(|instruction| is_call(*instruction))
    };
    let blocks = context.domtree.cfg_rpo().copied();
    blocks.filter(is_latch).collect()
}

/// Copies a latch in place of a jump to it, by `branch`, and returns whether that was
/// possible.
fn copy_in_place(function: &mut Function, latch: Block, branch: Inst) -> bool {
    let Some(jump) = jump_to(function, latch, branch) else {
        return false;
    };
    let InstructionData::Jump { destination, .. } = function.dfg.insts[jump] else {
        return false;
    };
    let mut values: FxHashMap<Value, Value> = FxHashMap::default();
    let arguments = destination.args(&function.dfg.value_lists);
    for (parameter, argument) in function.dfg.block_params(latch).iter().zip(arguments) {
        let BlockArg::Value(argument) = argument else {
            return false;
        };
        values.insert(*parameter, function.dfg.resolve_aliases(argument));
    }
    for instruction in function.layout.block_insts(latch).collect::<Vec<_>>() {
        let copy = function.dfg.clone_inst(instruction);
        let dfg = &mut function.dfg;
        for (old, new) in dfg.inst_results(instruction).iter().zip(dfg.inst_results(copy)) {
            values.insert(*old, *new);
        }
        dfg.insts[copy].map_values(
            &mut dfg.value_lists,
            &mut dfg.jump_tables,
            &mut dfg.exception_tables,
            |value| values.get(&value).copied().unwrap_or(value),
        );
        function.layout.insert_inst(copy, jump);
        function.set_srcloc(copy, function.srcloc(instruction));
    }
    function.layout.remove_inst(jump);
    true
}

/// Returns the jump by which `branch` enters `latch`. For a conditional branch, that is a
/// jump in a new block on the edge between them.
fn jump_to(function: &mut Function, latch: Block, branch: Inst) -> Option<Inst> {
    match function.dfg.insts[branch].opcode() {
        Opcode::Jump => return Some(branch),
        Opcode::Brif => {}
        _ => return None,
    }
    let calls = destinations(function, branch);
    let number = calls.iter().position(|call| target(function, call) == latch)?;
    let arguments = branches::arguments(function, (branch, number));
    let stencil = &mut function.stencil;
    let (dfg, layout) = (&mut stencil.dfg, &mut stencil.layout);
    let edge = dfg.make_block();
    layout.insert_block_after(edge, layout.inst_block(branch)?);
    let call = dfg.block_call(edge, &[]);
    dfg.insts[branch].branch_destination_mut(&mut dfg.jump_tables, &mut dfg.exception_tables)
        [number] = call;
    let location = function.srcloc(branch);
    let mut cursor = FuncCursor::new(function).at_bottom(edge);
    cursor.set_srcloc(location);
    Some(cursor.ins().jump(latch, &arguments))
}
