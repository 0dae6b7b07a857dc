//! Copies of loop-carried values in the arms of a switch in a loop, as interpreters have
//! them: a value that the loop carries is copied at the beginning of each arm that uses it
//! more than once.
//!
//! regalloc2 splits the live range of a value at most twice and then loads it from the frame
//! for each use. In a loop with many arms this happens to all values that the loop carries,
//! though each arm by itself has enough registers. A copy is a value of its own, with a live
//! range of its own, and is loaded from the frame once. The copy is an extension to 64 bits,
//! which the allocator does not see through, and which an address needs anyway. After a call
//! an arm uses the old value again: there a copy would only be one more value to keep in the
//! frame.
//!
//! A copy is equal to the value that it copies, and is made before everything that uses it:
//! the blocks of an arm are those that its first block dominates.

use super::pointers::{Extended, operand};
use crate::ir::branches::{destinations, map_arguments, target};
use crate::ir::values::{constant, replace_by};
use crate::passes::Passes;
use cranelift_codegen::Context;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::{Block, Function, Inst, InstBuilder, Opcode, Value, ValueDef, types};
use rustc_hash::{FxHashMap, FxHashSet};

/// The least number of blocks of a function that the pass changes: with fewer, the allocator
/// does well by itself.
const BLOCKS: usize = 100;

/// The least number of destinations of a switch.
const DESTINATIONS: usize = 8;

/// The least number of uses in an arm that make a copy worthwhile.
const USES: usize = 2;

/// Runs the pass on the function of `context`, whose control-flow graph, dominator tree and
/// loop analysis have to be valid. `extended` is the result of [`super::pointers`]. Leaves no
/// aliases if it changes anything.
pub(super) fn improve(context: &mut Context, extended: &Extended, passes: Passes) {
    let (blocks, least_destinations, uses) =
        if passes.are_eager() { (0, 1, 1) } else { (BLOCKS, DESTINATIONS, USES) };
    if context.func.dfg.jump_tables.is_empty() || context.domtree.cfg_postorder().len() < blocks {
        return;
    }
    let lows: FxHashMap<Value, Value> = extended.iter().map(|(low, wide)| (wide, low)).collect();
    for arm in arms(context, least_destinations) {
        let live = arm.uses(&context.func, &lows, uses);
        if !live.is_empty() {
            arm.copy(&mut context.func, &lows, &live);
        }
    }
    context.func.dfg.resolve_all_aliases();
}

/// An arm: a part of a function that is entered only by a switch.
struct Arm {
    first: Block,
    /// The blocks that `first` dominates, itself included.
    blocks: Vec<Block>,
    /// `blocks`, as a set.
    members: FxHashSet<Block>,
    /// The blocks of the arm that can be entered after a call in the arm.
    after_call: FxHashSet<Block>,
}

/// Returns the arms in loops, of switches with at least so many destinations, that contain no
/// loop themselves. Of arms within arms, only the outer ones are returned.
fn arms(context: &Context, least_destinations: usize) -> Vec<Arm> {
    let (function, loops) = (&context.func, &context.loop_analysis);
    let mut taken: FxHashSet<Block> = FxHashSet::default();
    let mut arms = Vec::new();
    for &first in context.domtree.cfg_rpo() {
        let mut branches = context.cfg.pred_iter(first);
        let (Some(branch), None) = (branches.next(), branches.next()) else {
            continue;
        };
        let is_arm = function.dfg.insts[branch.inst].opcode() == Opcode::BrTable
            && destinations(function, branch.inst).len() >= least_destinations
            && loops.innermost_loop(first).is_some()
            && !taken.contains(&first);
        if !is_arm {
            continue;
        }
        let mut blocks = vec![first];
        let mut next = 0;
        while let Some(block) = blocks.get(next) {
            blocks.extend(context.domtree.children(*block));
            next += 1;
        }
        taken.extend(&blocks);
        if blocks.iter().any(|block| loops.is_loop_header(*block).is_some()) {
            continue;
        }
        let mut arm = Arm {
            first,
            members: blocks.iter().copied().collect(),
            blocks,
            after_call: FxHashSet::default(),
        };
        arm.find_after_call(context);
        arms.push(arm);
    }
    arms
}

impl Arm {
    /// Finds the blocks that can be entered after a call in the arm.
    fn find_after_call(&mut self, context: &Context) {
        let function = &context.func;
        let calls = |block: &Block| {
            let mut instructions = function.layout.block_insts(*block);
            instructions.any(|instruction| function.dfg.insts[instruction].opcode().is_call())
        };
        let mut blocks: Vec<Block> = self.blocks.iter().copied().filter(calls).collect();
        while let Some(block) = blocks.pop() {
            for next in context.cfg.succ_iter(block) {
                if next != self.first
                    && self.members.contains(&next)
                    && self.after_call.insert(next)
                {
                    blocks.push(next);
                }
            }
        }
    }

    /// Returns the arm's instructions that no call in the arm comes before, in order.
    fn instructions(&self, function: &Function) -> Vec<Inst> {
        let mut all = Vec::new();
        for block in &self.blocks {
            if self.after_call.contains(block) {
                continue;
            }
            for instruction in function.layout.block_insts(*block) {
                all.push(instruction);
                if function.dfg.insts[instruction].opcode().is_call() {
                    break;
                }
            }
        }
        all
    }

    /// Returns whether a branch to `block` from within the arm stays in the arm.
    fn keeps(&self, block: Block) -> bool {
        block != self.first && self.members.contains(&block)
    }

    /// Returns the i32 values from outside of the arm that it uses at least `least` times, in
    /// the order of their first uses. A use of an extended value is one of its low half.
    fn uses(
        &self,
        function: &Function,
        lows: &FxHashMap<Value, Value>,
        least: usize,
    ) -> Vec<Value> {
        let mut order = Vec::new();
        let mut counts: FxHashMap<Value, usize> = FxHashMap::default();
        let mut count = |value: Value| {
            let value = function.dfg.resolve_aliases(value);
            let value = lows.get(&value).copied().unwrap_or(value);
            if function.dfg.value_type(value) == types::I32 && self.is_live_in(function, value) {
                let count = counts.entry(value).or_default();
                if *count == 0 {
                    order.push(value);
                }
                *count += 1;
            }
        };
        for instruction in self.instructions(function) {
            function.dfg.inst_args(instruction).iter().copied().for_each(&mut count);
            for call in destinations(function, instruction) {
                if self.keeps(target(function, call)) {
                    let arguments = call.args(&function.dfg.value_lists);
                    arguments.filter_map(|argument| argument.as_value()).for_each(&mut count);
                }
            }
        }
        order.retain(|value| counts[value] >= least);
        order
    }

    /// Returns whether a value is made outside of the arm and is not constant.
    fn is_live_in(&self, function: &Function, value: Value) -> bool {
        let block = match function.dfg.value_def(value) {
            ValueDef::Result(instruction, _) => function.layout.inst_block(instruction),
            ValueDef::Param(block, _) => Some(block),
            ValueDef::Union(..) => None,
        };
        block.is_some_and(|block| !self.members.contains(&block))
            && constant(function, value).is_none()
    }

    /// Copies `values` at the beginning of the arm and uses the copies in their place.
    fn copy(&self, function: &mut Function, lows: &FxHashMap<Value, Value>, values: &[Value]) {
        let instructions = self.instructions(function);
        let mut low: FxHashMap<Value, Value> = FxHashMap::default();
        let mut wide: FxHashMap<Value, Value> = FxHashMap::default();
        let mut cursor = FuncCursor::new(function).at_first_insertion_point(self.first);
        for value in values {
            let copy = cursor.ins().uextend(types::I64, *value);
            low.insert(*value, cursor.ins().ireduce(types::I32, copy));
            wide.insert(*value, copy);
        }
        let replace = |value: Value| {
            let of_wide = || wide.get(lows.get(&value)?);
            low.get(&value).or_else(of_wide).copied().unwrap_or(value)
        };
        for instruction in instructions {
            let extended = operand(function, instruction);
            if let Some(copy) = extended.and_then(|value| wide.get(&value)) {
                replace_by(function, instruction, *copy);
                continue;
            }
            for number in 0..function.dfg.inst_args(instruction).len() {
                let old = function.dfg.inst_args(instruction)[number];
                let new = replace(function.dfg.resolve_aliases(old));
                function.dfg.inst_args_mut(instruction)[number] = new;
            }
            map_arguments(function, instruction, |_, block, _, value| {
                if self.keeps(block) { replace(value) } else { value }
            });
        }
    }
}
