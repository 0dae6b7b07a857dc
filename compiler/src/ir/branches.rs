//! Branches of Cranelift IR: their targets, and the arguments with which they enter blocks.
//! Knows nothing of the purpose of a query or change.

use cranelift_codegen::entity::{EntitySet, SecondaryMap};
use cranelift_codegen::ir::{Block, BlockArg, BlockCall, Function, Inst, Value};
use std::ops::Range;

/// Returns the destinations of a branch; none for an instruction that does not branch.
pub(crate) fn destinations(function: &Function, branch: Inst) -> &[BlockCall] {
    let dfg = &function.dfg;
    dfg.insts[branch].branch_destination(&dfg.jump_tables, &dfg.exception_tables)
}

/// Returns the block that a destination enters.
pub(crate) fn target(function: &Function, call: &BlockCall) -> Block {
    call.block(&function.dfg.value_lists)
}

/// A way into a block: a branch, and the number of one of its destinations.
pub(crate) type Way = (Inst, usize);

/// Returns the ways into each block, in the order of the layout.
pub(crate) fn ways(function: &Function) -> SecondaryMap<Block, Vec<Way>> {
    let mut ways: SecondaryMap<Block, Vec<Way>> = SecondaryMap::new();
    for block in function.layout.blocks() {
        if let Some(branch) = function.layout.last_inst(block) {
            for (number, call) in destinations(function, branch).iter().enumerate() {
                ways[target(function, call)].push((branch, number));
            }
        }
    }
    ways
}

/// Returns the values with which a way enters its block.
pub(crate) fn arguments(function: &Function, (branch, number): Way) -> Vec<BlockArg> {
    let call = destinations(function, branch)[number];
    call.args(&function.dfg.value_lists).collect()
}

/// Replaces the values with which a way enters its block.
pub(crate) fn set_arguments(function: &mut Function, way: Way, arguments: &[BlockArg]) {
    let (branch, number) = way;
    let to = target(function, &destinations(function, branch)[number]);
    let dfg = &mut function.dfg;
    let call = dfg.block_call(to, arguments);
    dfg.insts[branch].branch_destination_mut(&mut dfg.jump_tables, &mut dfg.exception_tables)
        [number] = call;
}

/// Returns whether a branch leads back in the order of the blocks. Where blocks are in
/// WebAssembly's order, every loop has such a branch.
pub(crate) fn has_loop(function: &Function) -> bool {
    let mut seen = EntitySet::new();
    function.layout.blocks().any(|block| {
        seen.insert(block);
        let last = function.layout.last_inst(block);
        let calls = last.map_or(&[][..], |branch| destinations(function, branch));
        calls.iter().any(|call| seen.contains(target(function, call)))
    })
}

/// Returns the number of instructions in loops that call nothing. A loop is here what lies
/// between a block and a branch that leads back to it, as in [`has_loop`].
pub(crate) fn in_loops_without_calls(function: &Function) -> usize {
    let mut starts: SecondaryMap<Block, Option<usize>> = SecondaryMap::new();
    let (mut count, mut last_call) = (0, 0);
    // The loops that are in no other loop, in order.
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

/// Replaces the values with which a branch enters blocks by those that `new` returns. `new`
/// gets the block, the number of the block's parameter, and the value, without aliases.
pub(crate) fn map_arguments(
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
