//! Ends of loops: a short block that many jump to, only to begin the next
//! round, in place of their jumps.
//!
//! Loops around a switch end in such a block: each arm jumps there with all that
//! the loop carries, most of it unchanged. The register allocator gives the
//! block's parameters places of their own where they are many, and each arm
//! copies everything there and from there to the loop's parameters. An arm that
//! goes back at once copies only what it changed.
//!
//! The code that runs is the same, instruction for instruction, so there is
//! nothing to prove.

use crate::ir::branches::{destinations, target};
use crate::passes::Passes;
use cranelift_codegen::Context;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::{
    Block, BlockArg, Function, Inst, InstBuilder, InstructionData, Opcode, Value,
};
use rustc_hash::FxHashMap;

/// Jumps to a block for which it is worth while.
const JUMPS: usize = 8;

/// Instructions, beside the jump, that are put in place of each.
const LENGTH: usize = 8;

/// Blocks behind one another that each are the end then.
const ROUNDS: usize = 4;

/// Returns whether there are other blocks then. Knows the function's blocks, and
/// leaves what `context` knows of them as it is after a change.
pub fn improve(context: &mut Context, passes: Passes) -> bool {
    let jumps = if passes.are_eager() { 1 } else { JUMPS };
    for round in 0..ROUNDS {
        let mut changed = false;
        for latch in latches(context, jumps) {
            let branches = context.cfg.pred_iter(latch).map(|branch| branch.inst);
            for branch in branches.collect::<Vec<_>>() {
                changed |= put_in_place(&mut context.func, latch, branch);
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

/// Blocks that only lead to the begin of the loop that they are in.
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
            // So that nothing else uses what is made in it.
            && context.domtree.children(*block).next().is_none()
            && instructions.len() <= LENGTH + 1
            && !instructions.iter().any(|instruction| is_call(*instruction))
    };
    let blocks = context.domtree.cfg_rpo().copied();
    blocks.filter(is_latch).collect()
}

/// Whether that was possible.
fn put_in_place(function: &mut Function, latch: Block, branch: Inst) -> bool {
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

/// The jump by which a branch gets to a block; of a conditional one, in a new
/// block on the way.
fn jump_to(function: &mut Function, latch: Block, branch: Inst) -> Option<Inst> {
    match function.dfg.insts[branch].opcode() {
        Opcode::Jump => return Some(branch),
        Opcode::Brif => {}
        _ => return None,
    }
    let calls = destinations(function, branch);
    let number = calls.iter().position(|call| target(function, call) == latch)?;
    let arguments: Vec<BlockArg> = calls[number].args(&function.dfg.value_lists).collect();
    let stencil = &mut function.stencil;
    let (dfg, layout) = (&mut stencil.dfg, &mut stencil.layout);
    let way = dfg.make_block();
    layout.insert_block_after(way, layout.inst_block(branch)?);
    let call = dfg.block_call(way, &[]);
    dfg.insts[branch].branch_destination_mut(&mut dfg.jump_tables, &mut dfg.exception_tables)
        [number] = call;
    let location = function.srcloc(branch);
    let mut cursor = FuncCursor::new(function).at_bottom(way);
    cursor.set_srcloc(location);
    Some(cursor.ins().jump(latch, &arguments))
}
