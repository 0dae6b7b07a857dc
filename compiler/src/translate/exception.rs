//! Exceptions. A call in the body of a `try` has a handler, its *landing pad*: a block that
//! gets the exception and decides which `catch` it is meant for, by comparing the address of
//! its tag. An exception that no `catch` here matches goes on to the next landing pad
//! outwards, or is thrown again to the callers. The runtime finds landing pads by return
//! addresses; a call that returns normally pays nothing.
//!
//! A legacy `try` has its `catch`es inline; `try_table` branches to labels.

use super::translator::FrameKind;
use super::translator::Translator;
use crate::ir::types::ir_types;
use crate::symbols::Symbol;
use crate::traps;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    Block, BlockArg, BlockCall, ExceptionTableData, ExceptionTableItem, FuncRef, InstBuilder,
    MemFlagsData, SigRef, Value, types,
};
use quench_abi::{Exception, RuntimeFunction, Trap};
use std::mem::offset_of;
use wasmparser::{BlockType, Catch, TryTable};

/// Offset of an exception's first value, in bytes.
const VALUES: i32 = size_of::<Exception>() as i32;

/// Bytes from one value of an exception to the next.
const VALUE: i32 = size_of::<quench_abi::Value>() as i32;

impl Translator<'_, '_> {
    /// Returns the landing pad of an exception that is thrown here, if this function has one.
    pub(super) fn landing(&mut self) -> Option<Block> {
        if self.tries == 0 {
            return None;
        }
        self.landing_from(self.control.len() - 1)
    }

    /// Returns the landing pad of the innermost `try` body among the frames up to `index`.
    fn landing_from(&mut self, index: usize) -> Option<Block> {
        let frames = &mut self.control[..=index];
        let landing = frames.iter_mut().rev().find_map(|frame| match &mut frame.kind {
            FrameKind::TryTable { landing, .. } | FrameKind::Try { landing } if frame.live => {
                Some(landing)
            }
            _ => None,
        })?;
        if landing.is_none() {
            let block = self.builder.create_block();
            self.builder.append_block_param(block, types::I64);
            *landing = Some(block);
        }
        *landing
    }

    /// Emits a direct call with a landing pad and returns its results.
    pub(super) fn try_call(
        &mut self,
        function: FuncRef,
        arguments: &[Value],
        landing: Block,
    ) -> Vec<Value> {
        let signature = self.builder.func.dfg.ext_funcs[function].signature;
        let (table, next) = self.exception_table(signature, landing);
        self.builder.ins().try_call(function, arguments, table);
        self.results_in(next)
    }

    /// Emits an indirect call with a landing pad and returns its results.
    pub(super) fn try_call_indirect(
        &mut self,
        signature: SigRef,
        code: Value,
        arguments: &[Value],
        landing: Block,
    ) -> Vec<Value> {
        let (table, next) = self.exception_table(signature, landing);
        self.builder.ins().try_call_indirect(code, arguments, table);
        self.results_in(next)
    }

    /// Returns the exception table of a call, and the block in which its results arrive.
    fn exception_table(
        &mut self,
        signature: SigRef,
        landing: Block,
    ) -> (cranelift_codegen::ir::ExceptionTable, Block) {
        let returns: Vec<_> = self.builder.func.dfg.signatures[signature]
            .returns
            .iter()
            .map(|result| result.value_type)
            .collect();
        let next = self.block_with_parameters(&returns);
        let pool = &mut self.builder.func.dfg.value_lists;
        let results = (0..returns.len() as u32).map(BlockArg::TryCallRet);
        let normal = BlockCall::new(next, results, pool);
        let exceptional = BlockCall::new(landing, [BlockArg::TryCallExn(0)], pool);
        let data =
            ExceptionTableData::new(signature, normal, [ExceptionTableItem::Default(exceptional)]);
        (self.builder.func.dfg.exception_tables.push(data), next)
    }

    /// Continues in `block` and returns its parameters.
    fn results_in(&mut self, block: Block) -> Vec<Value> {
        self.builder.switch_to_block(block);
        self.builder.seal_block(block);
        self.builder.block_params(block).to_vec()
    }

    /// Translates `try_table`.
    pub(super) fn try_table(&mut self, table: &TryTable) {
        let (parameters, results) = self.block_types(table.ty);
        let kind = FrameKind::TryTable { landing: None, catches: table.catches.clone() };
        self.push_frame(kind, parameters, results);
        self.tries += 1;
    }

    /// Translates a legacy `try`.
    pub(super) fn try_(&mut self, ty: BlockType) {
        let (parameters, results) = self.block_types(ty);
        self.push_frame(FrameKind::Try { landing: None }, parameters, results);
        self.tries += 1;
    }

    /// Returns the values that an exception with this tag carries, in order.
    fn exception_values(&mut self, tag: u32, exception: Value) -> Vec<Value> {
        let module = self.environment.planned.module;
        let parameters = &module.tag_type(tag).parameters;
        let mut values = Vec::with_capacity(parameters.len());
        for (number, ty) in ir_types(parameters).into_iter().enumerate() {
            let offset = VALUES + number as i32 * VALUE;
            values.push(self.builder.ins().load(ty, MemFlagsData::trusted(), exception, offset));
        }
        values
    }

    /// Translates `throw`.
    pub(super) fn throw(&mut self, tag: u32) {
        let module = self.environment.planned.module;
        let count = module.tag_type(tag).parameters.len();
        let values = self.pop_many(count);
        let identity = self.symbol(Symbol::Tag(tag), 0);
        let function = if self.environment.planned.objects.has_heap {
            RuntimeFunction::HeapExceptionNew
        } else {
            RuntimeFunction::ExceptionNew
        };
        let exception = self.call_runtime(function, &[identity])[0];
        for (number, value) in values.into_iter().enumerate() {
            let offset = VALUES + number as i32 * VALUE;
            self.builder.ins().store(MemFlagsData::trusted(), value, exception, offset);
        }
        let landing = self.landing();
        self.throw_to(landing, exception);
    }

    /// Translates `throw_ref`.
    pub(super) fn throw_ref(&mut self) {
        let exception = self.pop();
        self.builder.ins().trapz(exception, traps::code(Trap::NullReference));
        let landing = self.landing();
        self.throw_to(landing, exception);
    }

    /// Ends the current block: the exception goes to a landing pad of this function, or to
    /// the callers.
    fn throw_to(&mut self, landing: Option<Block>, exception: Value) {
        match landing {
            Some(block) => {
                self.builder.ins().jump(block, &[BlockArg::Value(exception)]);
            }
            None => {
                self.call_runtime(RuntimeFunction::Throw, &[exception]);
                self.trap(Trap::UncaughtException);
            }
        }
        self.reachable = false;
    }

    /// Emits a store to the exception which says that a reference to it may exist from now on.
    fn mark_shared(&mut self, exception: Value) {
        let one = self.builder.ins().iconst(types::I64, 1);
        let offset = offset_of!(Exception, shared) as i32;
        self.builder.ins().store(MemFlagsData::trusted(), one, exception, offset);
    }

    /// Emits a comparison of the exception's tag and continues in a new block for exceptions
    /// that have this tag. Returns the block for those that have another.
    fn enter_if_tagged(&mut self, tag: u32, exception: Value) -> Block {
        let offset = offset_of!(Exception, tag) as i32;
        let actual =
            self.builder.ins().load(types::I64, MemFlagsData::trusted(), exception, offset);
        let expected = self.symbol(Symbol::Tag(tag), 0);
        let matches = self.builder.ins().icmp(IntCC::Equal, actual, expected);
        let (yes, no) = (self.builder.create_block(), self.builder.create_block());
        self.builder.ins().brif(matches, yes, &[], no, &[]);
        self.builder.seal_block(yes);
        self.builder.seal_block(no);
        self.builder.switch_to_block(yes);
        no
    }

    /// Emits the landing pad of frame `index`, if it has one, before the frame's end is
    /// translated.
    pub(super) fn end_try(&mut self, index: usize) {
        match &mut self.control[index].kind {
            FrameKind::TryTable { landing, catches } => {
                let (landing, catches) = (landing.take(), std::mem::take(catches));
                self.leave_try(index);
                if let Some(landing) = landing {
                    self.emit_landing(index, landing, &catches);
                }
            }
            FrameKind::Try { landing } => {
                // A `try` without a `catch` passes exceptions on.
                let landing = landing.take();
                self.leave_try(index);
                if let Some(landing) = landing {
                    self.finish_body(index);
                    let exception = self.enter_landing(landing);
                    self.throw_outwards(index, exception);
                }
            }
            FrameKind::Catch { exception, others } => {
                let (exception, others) = (*exception, others.take());
                if let (Some(exception), Some(others)) = (exception, others) {
                    self.finish_body(index);
                    self.builder.switch_to_block(others);
                    self.throw_outwards(index, exception);
                }
            }
            _ => {}
        }
    }

    /// Ends the body of a `try`: exceptions from here on do not go to its landing pad.
    fn leave_try(&mut self, index: usize) {
        self.tries -= 1;
        self.control[index].kind = FrameKind::Block;
    }

    /// Ends the current block with a jump to the frame's end, with the results, so that other
    /// code can be emitted before the end.
    fn finish_body(&mut self, index: usize) {
        if self.reachable {
            self.jump_to_end();
        }
        self.stack.truncate(self.control[index].height);
        self.reachable = false;
    }

    /// Continues in a landing pad and returns the exception.
    fn enter_landing(&mut self, landing: Block) -> Value {
        self.builder.switch_to_block(landing);
        self.builder.seal_block(landing);
        self.mark_cold();
        self.fuel_from_throw();
        self.builder.block_params(landing)[0]
    }

    /// Ends the current block: the exception goes to the next landing pad outside of frame
    /// `index`, or to the callers.
    fn throw_outwards(&mut self, index: usize, exception: Value) {
        let landing = match (self.tries, index.checked_sub(1)) {
            (0, _) | (_, None) => None,
            (_, Some(outer)) => self.landing_from(outer),
        };
        self.throw_to(landing, exception);
    }

    /// Emits the landing pad of a `try_table`, whose labels count from outside of it.
    fn emit_landing(&mut self, index: usize, landing: Block, catches: &[Catch]) {
        self.finish_body(index);
        let exception = self.enter_landing(landing);
        let mut all = false;
        for catch in catches {
            let (tag, label, by_reference) = match *catch {
                Catch::One { tag, label } => (Some(tag), label, false),
                Catch::OneRef { tag, label } => (Some(tag), label, true),
                Catch::All { label } => (None, label, false),
                Catch::AllRef { label } => (None, label, true),
            };
            let others = tag.map(|tag| self.enter_if_tagged(tag, exception));
            let mut values = tag.map_or(Vec::new(), |tag| self.exception_values(tag, exception));
            if by_reference {
                self.mark_shared(exception);
                values.push(exception);
            } else if !self.environment.planned.objects.has_heap {
                self.call_runtime(RuntimeFunction::ExceptionFree, &[exception]);
            }
            let arguments: Vec<BlockArg> = values.into_iter().map(BlockArg::Value).collect();
            let block = self.destination(label + 1);
            self.builder.ins().jump(block, &arguments);
            match others {
                Some(others) => self.builder.switch_to_block(others),
                None => {
                    all = true;
                    break;
                }
            }
        }
        if !all {
            self.throw_outwards(index, exception);
        }
    }

    /// Translates a legacy `catch`.
    pub(super) fn catch(&mut self, tag: u32) {
        self.next_catch(Some(tag));
    }

    /// Translates a legacy `catch_all`.
    pub(super) fn catch_all(&mut self) {
        self.next_catch(None);
    }

    /// Ends the body or the previous `catch` of a legacy `try` and begins a `catch` of `tag`, or
    /// of all tags.
    fn next_catch(&mut self, tag: Option<u32>) {
        let index = self.control.len() - 1;
        if !self.control[index].live {
            return;
        }
        self.finish_body(index);
        self.facts.forget(self.control[index].facts);
        let exception = match &mut self.control[index].kind {
            FrameKind::Try { landing } => {
                let landing = landing.take();
                self.leave_try(index);
                landing.map(|landing| {
                    let exception = self.enter_landing(landing);
                    // A `rethrow` may need the exception again at any time.
                    self.mark_shared(exception);
                    exception
                })
            }
            FrameKind::Catch { exception, others } => {
                let (exception, others) = (*exception, others.take());
                if let Some(others) = others {
                    self.builder.switch_to_block(others);
                }
                exception.filter(|_| others.is_some())
            }
            _ => unreachable!("validated"),
        };
        let mut others = None;
        if let Some(exception) = exception {
            others = tag.map(|tag| self.enter_if_tagged(tag, exception));
            let values = tag.map_or(Vec::new(), |tag| self.exception_values(tag, exception));
            self.stack.extend(values);
            self.reachable = true;
        }
        self.control[index].kind = FrameKind::Catch { exception, others };
    }

    /// Translates a legacy `rethrow`.
    pub(super) fn rethrow(&mut self, depth: u32) {
        let FrameKind::Catch { exception, .. } = self.control[self.frame_index(depth)].kind else {
            unreachable!("validated");
        };
        let exception = exception.expect("a catch that is reached has an exception");
        let landing = self.landing();
        self.throw_to(landing, exception);
    }

    /// Translates a legacy `delegate`, which ends its `try`: exceptions go to the landing pad
    /// that they would have in the frame at `depth`.
    pub(super) fn delegate(&mut self, depth: u32) {
        let index = self.control.len() - 1;
        if !self.control[index].live {
            self.control.pop();
            return;
        }
        let landing = match &mut self.control[index].kind {
            FrameKind::Try { landing } => landing.take(),
            _ => unreachable!("validated"),
        };
        self.leave_try(index);
        if let Some(landing) = landing {
            self.finish_body(index);
            let exception = self.enter_landing(landing);
            // Labels count from outside of the `try`; frame 0 is the function.
            let target = index - 1 - depth as usize;
            let outer = if self.tries == 0 { None } else { self.landing_from(target) };
            self.throw_to(outer, exception);
        }
        self.end();
    }
}
