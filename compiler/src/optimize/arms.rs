//! Arms of a switch in a loop, as interpreters have them: what the loop carries
//! is copied at the begin of an arm that uses it more than once.
//!
//! regalloc2 splits the range of a value at most twice and then takes it from the
//! frame for each use. Where a loop has many arms, that is what becomes of all it
//! carries, though an arm alone has registers enough. A copy is a value of its
//! own, with a range of its own: it is taken from the frame once. It is made by
//! extending to 64 bits, which the allocator does not see through, and which an
//! address needs anyway. Behind a call an arm has the old value again: there a
//! copy would only be one more thing to keep in the frame.
//!
//! A copy is equal to what it copies, and made before all that uses it: the
//! blocks of an arm are those that its first one dominates.

use super::pointers::{Extended, operand};
use crate::ir::branches::{destinations, map_arguments, target};
use crate::ir::values::{constant, replace_by};
use crate::passes::Passes;
use cranelift_codegen::Context;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::{Block, Function, Inst, InstBuilder, Opcode, Value, ValueDef, types};
use rustc_hash::{FxHashMap, FxHashSet};

/// Blocks of a function below which the allocator does well alone.
const BLOCKS: usize = 100;

/// Ways that a switch leads.
const WAYS: usize = 8;

/// Uses for which a copy is worth while.
const USES: usize = 2;

/// `extended` is what [`super::pointers`] made of the function.
pub fn improve(context: &mut Context, extended: &Extended, passes: Passes) {
    let (blocks, ways, uses) = match passes.are_eager() {
        true => (0, 1, 1),
        false => (BLOCKS, WAYS, USES),
    };
    if context.func.dfg.jump_tables.is_empty() || context.domtree.cfg_postorder().len() < blocks {
        return;
    }
    let lows: FxHashMap<Value, Value> = extended.iter().map(|(low, wide)| (wide, low)).collect();
    for arm in arms(context, ways) {
        let live = arm.uses(&context.func, &lows, uses);
        if !live.is_empty() {
            arm.copy(&mut context.func, &lows, &live);
        }
    }
    context.func.dfg.resolve_all_aliases();
}

/// Part of a function that is entered by a switch alone.
struct Arm {
    first: Block,
    blocks: Vec<Block>,
    members: FxHashSet<Block>,
    /// Those of them that are entered behind a call.
    called: FxHashSet<Block>,
}

/// Those without loops. Of arms within arms, only the outer ones.
fn arms(context: &Context, ways: usize) -> Vec<Arm> {
    let (function, loops) = (&context.func, &context.loop_analysis);
    let mut taken: FxHashSet<Block> = FxHashSet::default();
    let mut arms = Vec::new();
    for &first in context.domtree.cfg_rpo() {
        let mut branches = context.cfg.pred_iter(first);
        let (Some(branch), None) = (branches.next(), branches.next()) else {
            continue;
        };
        let is_arm = function.dfg.insts[branch.inst].opcode() == Opcode::BrTable
            && destinations(function, branch.inst).len() >= ways
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
            called: FxHashSet::default(),
        };
        arm.find_called(context);
        arms.push(arm);
    }
    arms
}

impl Arm {
    fn find_called(&mut self, context: &Context) {
        let function = &context.func;
        let calls = |block: &Block| {
            let mut instructions = function.layout.block_insts(*block);
            instructions.any(|instruction| function.dfg.insts[instruction].opcode().is_call())
        };
        let mut blocks: Vec<Block> = self.blocks.iter().copied().filter(calls).collect();
        while let Some(block) = blocks.pop() {
            for next in context.cfg.succ_iter(block) {
                if next != self.first && self.members.contains(&next) && self.called.insert(next) {
                    blocks.push(next);
                }
            }
        }
    }

    /// The instructions that no call comes before.
    fn instructions(&self, function: &Function) -> Vec<Inst> {
        let mut all = Vec::new();
        for block in &self.blocks {
            if self.called.contains(block) {
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

    /// Whether a branch stays in the arm.
    fn has(&self, block: Block) -> bool {
        block != self.first && self.members.contains(&block)
    }

    /// What is used so often, in order of the first time, by its i32.
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
                if self.has(target(function, call)) {
                    let arguments = call.args(&function.dfg.value_lists);
                    arguments.filter_map(|argument| argument.as_value()).for_each(&mut count);
                }
            }
        }
        order.retain(|value| counts[value] >= least);
        order
    }

    fn is_live_in(&self, function: &Function, value: Value) -> bool {
        let block = match function.dfg.value_def(value) {
            ValueDef::Result(instruction, _) => function.layout.inst_block(instruction),
            ValueDef::Param(block, _) => Some(block),
            ValueDef::Union(..) => None,
        };
        block.is_some_and(|block| !self.members.contains(&block))
            && constant(function, value).is_none()
    }

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
            map_arguments(function, instruction, |_, block, _, value| match self.has(block) {
                true => replace(value),
                false => value,
            });
        }
    }
}
