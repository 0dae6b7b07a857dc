//! Blocks, branches and returns.

use super::translator::Translator;
use super::translator::{Frame, FrameKind};
use crate::ir::types::{ir_type, ir_types};
use cranelift_codegen::ir::{self, BlockArg, InstBuilder, JumpTableData, Type, Value};
use quench_abi::Trap;
use wasmparser::{BlockType, BrTable};

impl Translator<'_, '_> {
    /// Returns the types of a block's parameters and of its results.
    pub(super) fn block_types(&self, ty: BlockType) -> (Vec<Type>, Vec<Type>) {
        match ty {
            BlockType::Empty => (Vec::new(), Vec::new()),
            BlockType::Type(ty) => {
                (Vec::new(), vec![ir_type(self.environment.planned.module.value_type(ty))])
            }
            BlockType::FuncType(index) => {
                let ty = self.environment.planned.module.signature(index);
                (ir_types(&ty.parameters), ir_types(&ty.results))
            }
        }
    }

    /// Pushes a control frame, whose parameters are on the operand stack if the code can run.
    pub(super) fn push_frame(
        &mut self,
        kind: FrameKind,
        parameters: Vec<Type>,
        results: Vec<Type>,
    ) {
        let height =
            if self.reachable { self.stack.len() - parameters.len() } else { self.stack.len() };
        let live = self.reachable;
        let facts = self.facts.count();
        let condition = None;
        self.control.push(Frame {
            kind,
            parameters,
            results,
            height,
            next: None,
            live,
            facts,
            condition,
        });
    }

    /// Translates `block`.
    pub(super) fn block(&mut self, ty: BlockType) {
        let (parameters, results) = self.block_types(ty);
        self.push_frame(FrameKind::Block, parameters, results);
    }

    /// Translates `loop`: its header stays unsealed until the `end`.
    pub(super) fn loop_(&mut self, ty: BlockType) {
        let (parameters, results) = self.block_types(ty);
        let header = self.block_with_parameters(&parameters);
        let arguments = self.arguments(parameters.len());
        self.builder.ins().jump(header, &arguments);
        let height = self.stack.len() - parameters.len();
        self.push_frame(FrameKind::Loop { header }, parameters, results);
        self.stack.truncate(height);
        self.builder.switch_to_block(header);
        self.stack.extend_from_slice(self.builder.block_params(header));
    }

    /// Translates `if`.
    pub(super) fn if_(&mut self, ty: BlockType) {
        let condition = self.pop();
        let (parameters, results) = self.block_types(ty);
        let then = self.builder.create_block();
        let otherwise = self.builder.create_block();
        self.builder.ins().brif(condition, then, &[], otherwise, &[]);
        self.builder.seal_block(then);
        self.builder.seal_block(otherwise);
        let saved = self.stack[self.stack.len() - parameters.len()..].to_vec();
        self.push_frame(FrameKind::If { otherwise: Some(otherwise), saved }, parameters, results);
        self.control.last_mut().expect("pushed").condition = Some(condition);
        self.builder.switch_to_block(then);
        self.facts.establish_condition(condition, true);
    }

    /// Pushes the control frame of a block, loop, `if` or `try` in code that cannot run.
    pub(super) fn dead_frame(&mut self) {
        self.push_frame(FrameKind::Block, Vec::new(), Vec::new());
    }

    /// Translates `else`, also where the `if` has none: then at its `end`.
    pub(super) fn else_(&mut self) {
        let last = self.control.len() - 1;
        if !self.control[last].live {
            return;
        }
        if self.reachable {
            self.jump_to_end();
        }
        let frame = &mut self.control[last];
        let FrameKind::If { otherwise, saved } = &mut frame.kind else {
            unreachable!("validated");
        };
        let block = otherwise.take().expect("validated");
        let saved = std::mem::take(saved);
        let (facts, condition) = (frame.facts, frame.condition);
        self.stack.truncate(frame.height);
        self.stack.extend(saved);
        self.builder.switch_to_block(block);
        self.reachable = true;
        self.facts.forget(facts);
        if let Some(condition) = condition {
            self.facts.establish_condition(condition, false);
        }
    }

    /// Ends the current block with a jump to the end of the innermost frame, with the frame's
    /// results.
    pub(super) fn jump_to_end(&mut self) {
        let index = self.control.len() - 1;
        let count = self.control[index].results.len();
        let arguments = self.arguments(count);
        let block = match self.control[index].next {
            Some(block) => block,
            None => {
                let results = self.control[index].results.clone();
                let block = self.block_with_parameters(&results);
                self.control[index].next = Some(block);
                block
            }
        };
        self.builder.ins().jump(block, &arguments);
    }

    /// Translates `end`; the last one of a function returns.
    pub(super) fn end(&mut self) {
        let last = self.control.len() - 1;
        if !self.control[last].live {
            self.control.pop();
            return;
        }
        if let FrameKind::If { otherwise: Some(_), .. } = self.control[last].kind {
            // An absent `else` arm passes the parameters on as results.
            self.else_();
        }
        if let FrameKind::Loop { header } = self.control[last].kind {
            self.builder.seal_block(header);
        }
        self.end_try(last);
        if self.control[last].next.is_none() {
            // Nothing branches to the end: if code reaches it, it falls through with the
            // results on the stack.
            let frame = self.control.pop().expect("validated");
            if self.reachable {
                let results = self.pop_many(frame.results.len());
                self.stack.truncate(frame.height);
                self.stack.extend(results);
            } else {
                self.stack.truncate(frame.height);
            }
        } else {
            if self.reachable {
                self.jump_to_end();
            }
            let frame = self.control.pop().expect("validated");
            self.stack.truncate(frame.height);
            self.facts.forget(frame.facts);
            self.continue_in(frame.next.expect("checked above"));
        }
        if self.control.is_empty() && self.reachable {
            self.fuel_to_register();
            let results = std::mem::take(&mut self.stack);
            self.builder.ins().return_(&results);
            self.reachable = false;
        }
    }

    /// Translates `unreachable`.
    pub(super) fn unreachable(&mut self) {
        self.trap(Trap::Unreachable);
        self.reachable = false;
    }

    /// Ends the current block with a return of `results`.
    fn return_values(&mut self, results: &[Value]) {
        self.fuel_to_register();
        self.builder.ins().return_(results);
        self.reachable = false;
    }

    /// Translates `return`.
    pub(super) fn return_(&mut self) {
        let count = self.control[0].results.len();
        let results = self.pop_many(count);
        self.return_values(&results);
    }

    /// Translates `br`.
    pub(super) fn br(&mut self, depth: u32) {
        let index = self.frame_index(depth);
        let count = self.control[index].label_types().len();
        if index == 0 {
            let results = self.pop_many(count);
            return self.return_values(&results);
        }
        let arguments = self.arguments(count);
        let block = self.destination(depth);
        self.builder.ins().jump(block, &arguments);
        self.reachable = false;
    }

    /// Returns whether a branch to label `depth` begins another iteration of a loop.
    pub(super) fn is_loop(&self, depth: u32) -> bool {
        let frame = &self.control[self.control.len() - 1 - depth as usize];
        matches!(frame.kind, FrameKind::Loop { .. })
    }

    /// Translates `br_if`.
    pub(super) fn br_if(&mut self, depth: u32) {
        let condition = self.pop();
        self.branch_if(condition, depth);
    }

    /// Emits a branch to label `depth` that is taken if `condition` is not zero; the operands
    /// stay on the stack.
    pub(super) fn branch_if(&mut self, condition: Value, depth: u32) {
        let index = self.frame_index(depth);
        let count = self.control[index].label_types().len();
        let arguments = self.arguments(count);
        let block = self.destination(depth);
        self.leave_if(condition, block, &arguments);
        self.facts.establish_condition(condition, false);
    }

    /// Translates `br_table`.
    ///
    /// # Errors
    ///
    /// The decoder's, if the table's bytes are malformed.
    pub(super) fn br_table(&mut self, table: &BrTable<'_>) -> Result<(), wasmparser::Error> {
        let selector = self.pop();
        let index = self.frame_index(table.default());
        let count = self.control[index].label_types().len();
        let arguments: Vec<BlockArg> = self.arguments(count);
        let default = self.destination(table.default());
        let mut blocks = Vec::with_capacity(table.len() as usize);
        for depth in table.targets() {
            blocks.push(self.destination(depth?));
        }
        self.reachable = false;
        if blocks.iter().all(|block| *block == default) {
            self.builder.ins().jump(default, &arguments);
            return Ok(());
        }
        if self.environment.marks_targets {
            // Cranelift 0.135 reads the address of the default from the table too, but marks
            // only the targets that the table's entries name as targets of indirect jumps.
            blocks.push(default);
        }
        let pool = &mut self.builder.func.dfg.value_lists;
        let default = ir::BlockCall::new(default, arguments.iter().copied(), pool);
        let calls: Vec<ir::BlockCall> = blocks
            .into_iter()
            .map(|block| ir::BlockCall::new(block, arguments.iter().copied(), pool))
            .collect();
        let table = self.builder.create_jump_table(JumpTableData::new(default, &calls));
        self.builder.ins().br_table(selector, table);
        Ok(())
    }

    /// Translates `select`.
    pub(super) fn select(&mut self) {
        let (first, second, condition) = self.pop3();
        let value = self.builder.ins().select(condition, first, second);
        self.push(value);
    }
}
