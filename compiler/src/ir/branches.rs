//! Where branches lead and what they enter blocks with. Knows nothing of why
//! that is looked at or changed.

use cranelift_codegen::entity::{EntitySet, SecondaryMap};
use cranelift_codegen::ir::{Block, BlockArg, BlockCall, Function, Inst, Value};
use std::ops::Range;

/// None of an instruction that does not branch.
pub fn destinations(function: &Function, branch: Inst) -> &[BlockCall] {
    let dfg = &function.dfg;
    dfg.insts[branch].branch_destination(&dfg.jump_tables, &dfg.exception_tables)
}

pub fn target(function: &Function, call: &BlockCall) -> Block {
    call.block(&function.dfg.value_lists)
}

/// Whether a branch leads back in the order that blocks are in: with blocks in
/// the order of WebAssembly's, every loop has one.
pub fn has_loop(function: &Function) -> bool {
    let mut seen = EntitySet::new();
    function.layout.blocks().any(|block| {
        seen.insert(block);
        let last = function.layout.last_inst(block);
        let calls = last.map_or(&[][..], |branch| destinations(function, branch));
        calls.iter().any(|call| seen.contains(target(function, call)))
    })
}

/// Instructions in loops that call nothing, with loops as above: from where a branch
/// leads back to up to the branch.
pub fn in_loops_without_calls(function: &Function) -> usize {
    let mut starts: SecondaryMap<Block, Option<usize>> = SecondaryMap::new();
    let (mut count, mut last_call) = (0, 0);
    // Those loops that are in no other, in order.
    let mut loops: Vec<Range<usize>> = Vec::new();
    for block in function.layout.blocks() {
        starts[block] = Some(count);
        let mut last = None;
        for instruction in function.layout.block_insts(block) {
            count += 1;
            if function.dfg.insts[instruction].opcode().is_call() {
                last_call = count;
            }
            last = Some(instruction);
        }
        let calls = last.map_or(&[][..], |branch| destinations(function, branch));
        let targets = calls.iter().map(|call| target(function, call));
        let start = targets.filter_map(|block| starts[block]).min();
        if let Some(start) = start.filter(|start| last_call <= *start) {
            loops.truncate(loops.partition_point(|inner| inner.start < start));
            loops.push(start..count);
        }
    }
    loops.iter().map(|range| range.len()).sum()
}

/// Puts other values in place of those that a branch enters blocks with: by the
/// block, the number of its parameter and the value.
pub fn map_arguments(
    function: &mut Function,
    branch: Inst,
    mut new: impl FnMut(&mut Function, Block, usize, Value) -> Value,
) {
    let mut arguments = Vec::new();
    for call in destinations(function, branch).to_vec() {
        let block = target(function, &call);
        let old: Vec<BlockArg> = call.args(&function.dfg.value_lists).collect();
        for (number, argument) in old.into_iter().enumerate() {
            arguments.push(match argument {
                BlockArg::Value(value) => {
                    let value = function.dfg.resolve_aliases(value);
                    BlockArg::Value(new(function, block, number, value))
                }
                other => other,
            });
        }
    }
    let mut arguments = arguments.into_iter();
    let dfg = &mut function.dfg;
    let calls =
        dfg.insts[branch].branch_destination_mut(&mut dfg.jump_tables, &mut dfg.exception_tables);
    for call in calls {
        call.update_args(&mut dfg.value_lists, |old| arguments.next().unwrap_or(old));
    }
}
