//! Exceptions. A call in the body of a `try` is one that has a handler, its
//! *landing*: a block that gets the exception and decides what it is meant
//! for, by comparing the address of its tag. What nobody here is meant for
//! goes on to the next landing outwards, or is thrown again to the callers.
//! The runtime finds landings by return addresses; a call that returns pays
//! nothing.
//!
//! Legacy `try` has its `catch`es inline; `try_table` branches to labels.

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

/// Bytes from an exception to its first value, and from value to value.
const VALUES: i32 = size_of::<Exception>() as i32;
const VALUE: i32 = size_of::<quench_abi::Value>() as i32;

impl Translator<'_, '_> {
    /// Where an exception thrown here goes, if to this function.
    pub fn landing(&mut self) -> Option<Block> {
        if self.tries == 0 {
            return None;
        }
        self.landing_from(self.control.len() - 1)
    }

    /// The landing of the innermost `try` body among the frames up to `index`.
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

    pub fn try_call(
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

    pub fn try_call_indirect(
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

    fn results_in(&mut self, block: Block) -> Vec<Value> {
        self.builder.switch_to_block(block);
        self.builder.seal_block(block);
        self.builder.block_params(block).to_vec()
    }

    pub fn try_table(&mut self, table: &TryTable) {
        let (parameters, results) = self.block_types(table.ty);
        let kind = FrameKind::TryTable { landing: None, catches: table.catches.clone() };
        self.push_frame(kind, parameters, results);
        self.tries += 1;
    }

    pub fn try_(&mut self, ty: BlockType) {
        let (parameters, results) = self.block_types(ty);
        self.push_frame(FrameKind::Try { landing: None }, parameters, results);
        self.tries += 1;
    }

    /// What an exception carries, in order.
    fn exception_values(&mut self, tag: u32, exception: Value) -> Vec<Value> {
        let module = self.environment.planned.module;
        let parameters = &module.types[module.tags[tag as usize] as usize].parameters;
        let mut values = Vec::with_capacity(parameters.len());
        for (number, ty) in ir_types(parameters).into_iter().enumerate() {
            let offset = VALUES + number as i32 * VALUE;
            values.push(self.builder.ins().load(ty, MemFlagsData::trusted(), exception, offset));
        }
        values
    }

    pub fn throw(&mut self, tag: u32) {
        let module = self.environment.planned.module;
        let count = module.types[module.tags[tag as usize] as usize].parameters.len();
        let values = self.pop_many(count);
        let identity = self.symbol(Symbol::Tag(tag), 0);
        let exception = self.call_runtime(RuntimeFunction::ExceptionNew, &[identity])[0];
        for (number, value) in values.into_iter().enumerate() {
            let offset = VALUES + number as i32 * VALUE;
            self.builder.ins().store(MemFlagsData::trusted(), value, exception, offset);
        }
        let landing = self.landing();
        self.throw_to(landing, exception);
    }

    pub fn throw_ref(&mut self) {
        let exception = self.pop();
        self.builder.ins().trapz(exception, traps::code(Trap::NullReference));
        let landing = self.landing();
        self.throw_to(landing, exception);
    }

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

    /// From now on a reference to the exception may exist.
    fn share(&mut self, exception: Value) {
        let one = self.builder.ins().iconst(types::I64, 1);
        let offset = offset_of!(Exception, shared) as i32;
        self.builder.ins().store(MemFlagsData::trusted(), one, exception, offset);
    }

    /// Continues in a block of its own if the exception has this tag, and
    /// leaves the block for those that have another.
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

    /// Before the end of frame `index` is translated: what its landing does.
    pub fn end_try(&mut self, index: usize) {
        match &mut self.control[index].kind {
            FrameKind::TryTable { landing, catches } => {
                let (landing, catches) = (landing.take(), std::mem::take(catches));
                self.leave_try(index);
                if let Some(landing) = landing {
                    self.land(index, landing, &catches);
                }
            }
            FrameKind::Try { landing } => {
                // Without a catch: passed on.
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

    /// The frame's body is over; exceptions from here on are not its own.
    fn leave_try(&mut self, index: usize) {
        self.tries -= 1;
        self.control[index].kind = FrameKind::Block;
    }

    /// The body's results go to the frame's end, so that other code can
    /// follow before it.
    fn finish_body(&mut self, index: usize) {
        if self.reachable {
            self.jump_to_end();
        }
        self.stack.truncate(self.control[index].height);
        self.reachable = false;
    }

    fn enter_landing(&mut self, landing: Block) -> Value {
        self.builder.switch_to_block(landing);
        self.builder.seal_block(landing);
        self.mark_cold();
        self.load_thrown_fuel();
        self.builder.block_params(landing)[0]
    }

    fn throw_outwards(&mut self, index: usize, exception: Value) {
        let landing = match (self.tries, index.checked_sub(1)) {
            (0, _) | (_, None) => None,
            (_, Some(outer)) => self.landing_from(outer),
        };
        self.throw_to(landing, exception);
    }

    /// Catches of a `try_table`, whose labels count from outside of it.
    fn land(&mut self, index: usize, landing: Block, catches: &[Catch]) {
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
                self.share(exception);
                values.push(exception);
            } else {
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

    pub fn catch(&mut self, tag: u32) {
        self.next_catch(Some(tag));
    }

    pub fn catch_all(&mut self) {
        self.next_catch(None);
    }

    fn next_catch(&mut self, tag: Option<u32>) {
        let index = self.control.len() - 1;
        if !self.control[index].live {
            return;
        }
        self.finish_body(index);
        let exception = match &mut self.control[index].kind {
            FrameKind::Try { landing } => {
                let landing = landing.take();
                self.leave_try(index);
                landing.map(|landing| {
                    let exception = self.enter_landing(landing);
                    // `rethrow` may need it again, at any time.
                    self.share(exception);
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

    pub fn rethrow(&mut self, depth: u32) {
        let FrameKind::Catch { exception, .. } = self.control[self.frame_index(depth)].kind else {
            unreachable!("validated");
        };
        let exception = exception.expect("a catch that is reached has an exception");
        let landing = self.landing();
        self.throw_to(landing, exception);
    }

    /// Ends a legacy `try`: its exceptions are those of the frame at `depth`.
    pub fn delegate(&mut self, depth: u32) {
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
