//! The translator's model of WebAssembly's operand stack and control stack: operands are
//! IR values, and control frames name the IR blocks to which branches go.

use super::translator::{FrameKind, Translator};
use cranelift_codegen::ir::{Block, BlockArg, Type, Value};

impl Translator<'_, '_> {
    pub(super) fn push(&mut self, value: Value) {
        self.stack.push(value);
    }

    pub(super) fn pop(&mut self) -> Value {
        self.stack.pop().expect("validated")
    }

    /// Pops two operands and returns them in the order in which they were pushed.
    pub(super) fn pop2(&mut self) -> (Value, Value) {
        let second = self.pop();
        (self.pop(), second)
    }

    /// Pops three operands and returns them in the order in which they were pushed.
    pub(super) fn pop3(&mut self) -> (Value, Value, Value) {
        let third = self.pop();
        let (first, second) = self.pop2();
        (first, second, third)
    }

    /// Pops `count` operands and returns them in the order in which they were pushed.
    pub(super) fn pop_many(&mut self, count: usize) -> Vec<Value> {
        let height = self.stack.len() - count;
        self.stack.split_off(height)
    }

    /// Returns the top `count` operands as arguments of a branch; they stay on the stack.
    pub(super) fn arguments(&self, count: usize) -> Vec<BlockArg> {
        let height = self.stack.len() - count;
        self.stack[height..].iter().map(|value| BlockArg::Value(*value)).collect()
    }

    /// Returns the index in `control` of the frame that label `depth` names.
    pub(super) fn frame_index(&self, depth: u32) -> usize {
        self.control.len() - 1 - depth as usize
    }

    /// Returns the block to which a branch to label `depth` goes.
    pub(super) fn destination(&mut self, depth: u32) -> Block {
        let index = self.frame_index(depth);
        if let FrameKind::Loop { header } = self.control[index].kind {
            return header;
        }
        if let Some(block) = self.control[index].next {
            return block;
        }
        let types = self.control[index].results.clone();
        let block = self.block_with_parameters(&types);
        self.control[index].next = Some(block);
        block
    }

    /// Returns a new block with parameters of these types.
    pub(super) fn block_with_parameters(&mut self, types: &[Type]) -> Block {
        let block = self.builder.create_block();
        for ty in types {
            self.builder.append_block_param(block, *ty);
        }
        block
    }

    /// Continues in `block`, whose predecessors are all known, and pushes its parameters as
    /// operands.
    pub(super) fn continue_in(&mut self, block: Block) {
        self.builder.switch_to_block(block);
        self.builder.seal_block(block);
        self.stack.extend_from_slice(self.builder.block_params(block));
        self.reachable = true;
    }
}
