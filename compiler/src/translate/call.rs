//! Calls: direct calls, calls through tables, calls of the host and calls of the runtime.
//!
//! Compiled functions call each other in Cranelift's `Tail` convention, with no arguments
//! besides WebAssembly's. The host and the runtime are called in the convention of C.

use super::translator::Translator;
use crate::ir::types::{ir_type, ir_types};
use crate::module::FunctionType;
use crate::plan::known_tables::{Reach, Span};
use crate::plan::resolve::FunctionSource;
use crate::symbols::Symbol;
use crate::traps;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    AbiParam, Block, BlockArg, ExtFuncData, FuncRef, InstBuilder, MemFlagsData, SigRef, Signature,
    StackSlotData, StackSlotKind, Value, types,
};
use cranelift_codegen::isa::CallConv;
use quench_abi::{FUNCTION_HEADER_SIZE, MachineType, RuntimeFunction, Trap};
use std::ops::Range;

/// Returns the signature by which compiled functions call a function of this type.
pub(super) fn internal_signature(ty: &FunctionType) -> Signature {
    let mut signature = Signature::new(CallConv::Tail);
    signature.params.extend(ir_types(&ty.parameters).into_iter().map(AbiParam::new));
    signature.returns.extend(ir_types(&ty.results).into_iter().map(AbiParam::new));
    signature
}

/// Returns the signature of host functions of this type, and of exports that the host calls;
/// see [`quench_abi::symbols`].
pub(super) fn host_signature(ty: &FunctionType) -> Signature {
    let mut signature = Signature::new(CallConv::SystemV);
    signature.params.extend(ir_types(&ty.parameters).into_iter().map(AbiParam::new));
    match ty.results.as_slice() {
        [] => {}
        [single] => signature.returns.push(AbiParam::new(ir_type(*single))),
        _ => signature.params.push(AbiParam::new(types::I64)),
    }
    signature
}

/// Returns the offset of each result in the array by which a host function returns several
/// of them, and the size of that array, all in bytes.
pub(super) fn result_slots(ty: &FunctionType) -> (Vec<i32>, u32) {
    let mut offset = 0u32;
    let mut offsets = Vec::new();
    for result in &ty.results {
        let size = ir_type(*result).bytes().max(8);
        offset = offset.next_multiple_of(size);
        offsets.push(offset as i32);
        offset += size;
    }
    (offsets, offset)
}

/// Returns the signature of a function of the runtime.
fn runtime_signature(function: RuntimeFunction) -> Signature {
    let parameter = |ty: &MachineType| {
        AbiParam::new(match ty {
            MachineType::I32 => types::I32,
            MachineType::I64 => types::I64,
        })
    };
    let mut signature = Signature::new(CallConv::SystemV);
    signature.params.extend(function.parameters().iter().map(parameter));
    signature.returns.extend(function.results().iter().map(parameter));
    signature
}

/// The check that a reference needs before the function that it refers to is called.
#[derive(Clone, Copy)]
enum Check {
    /// No check: the validator or the table guarantees that the reference has the type and is
    /// not null.
    Nothing,
    /// Trap if the reference is null.
    Null,
    /// Trap unless the reference is non-null and of the expected type.
    Type,
}

impl Translator<'_, '_> {
    /// Returns the IR's reference to a function. The function is colocated, because the whole
    /// program is linked into one file.
    fn function(&mut self, symbol: Symbol, signature: impl FnOnce() -> Signature) -> FuncRef {
        if let Some(function) = self.functions.get(&symbol) {
            return *function;
        }
        let signature = self.builder.import_signature(signature());
        let name = self.builder.func.declare_imported_user_function(symbol.external_name());
        let function = self.builder.import_function(ExtFuncData {
            name: cranelift_codegen::ir::ExternalName::user(name),
            signature,
            colocated: true,
            patchable: false,
        });
        self.functions.insert(symbol, function);
        function
    }

    /// Returns the IR's reference to the signature of indirect calls of a type.
    fn indirect_signature(&mut self, type_index: u32) -> SigRef {
        if let Some(signature) = self.signatures.get(&type_index) {
            return *signature;
        }
        let signature = internal_signature(self.environment.planned.module.signature(type_index));
        let signature = self.builder.import_signature(signature);
        self.signatures.insert(type_index, signature);
        signature
    }

    /// Emits a call of a function of the runtime and returns its results.
    pub(super) fn call_runtime(
        &mut self,
        function: RuntimeFunction,
        arguments: &[Value],
    ) -> Vec<Value> {
        let function = self.function(Symbol::Runtime(function), || runtime_signature(function));
        let call = self.builder.ins().call(function, arguments);
        self.builder.inst_results(call).to_vec()
    }

    /// Emits the call of a part of the initialiser.
    pub(super) fn initialize_part(&mut self, part: u32) {
        let signature = || Signature::new(CallConv::SystemV);
        let function = self.function(Symbol::InitializePart(part), signature);
        self.builder.ins().call(function, &[]);
    }

    /// Translates `call`.
    pub(super) fn call(&mut self, index: u32) {
        let environment = self.environment;
        let ty = environment.planned.module.function_type(index);
        let arguments = self.pop_many(ty.parameters.len());
        let results = self.call_function(index, &arguments);
        self.stack.extend(results);
    }

    /// Emits a call of the function with this index in the module and returns its results. An
    /// imported function may be the host's, another module's, or missing.
    pub(super) fn call_function(&mut self, index: u32, arguments: &[Value]) -> Vec<Value> {
        let environment = self.environment;
        let ty = environment.planned.module.function_type(index);
        match environment.planned.imports.functions.get(index as usize) {
            Some(FunctionSource::Host { context, .. }) => {
                self.call_host(index, ty, context.is_some(), arguments)
            }
            Some(FunctionSource::Stub) => self.call_stub(index, ty),
            Some(FunctionSource::Module { .. }) | None => {
                let function = self.function(Symbol::Function(index), || internal_signature(ty));
                match self.landing() {
                    None => {
                        let call = self.builder.ins().call(function, arguments);
                        self.builder.inst_results(call).to_vec()
                    }
                    Some(landing) => self.try_call(function, arguments, landing),
                }
            }
        }
    }

    /// Emits a call of the host function that import `index` is, and returns its results.
    fn call_host(
        &mut self,
        index: u32,
        ty: &FunctionType,
        has_context: bool,
        arguments: &[Value],
    ) -> Vec<Value> {
        let function = self.function(Symbol::HostFunction(index), || {
            let mut signature = host_signature(ty);
            if has_context {
                signature.params.insert(0, AbiParam::new(types::I64));
            }
            signature
        });
        let context = has_context.then(|| self.symbol(Symbol::Context(index), 0));
        let arguments: Vec<Value> = context.into_iter().chain(arguments.iter().copied()).collect();
        self.fuel_to_memory();
        if ty.results.len() < 2 {
            let call = self.builder.ins().call(function, &arguments);
            self.fuel_from_memory();
            return self.builder.inst_results(call).to_vec();
        }
        let (offsets, size) = result_slots(ty);
        let slot = StackSlotData::new(StackSlotKind::ExplicitSlot, size, 4);
        let slot = self.builder.create_sized_stack_slot(slot);
        let address = self.builder.ins().stack_addr(types::I64, slot, 0);
        let arguments: Vec<Value> = arguments.into_iter().chain([address]).collect();
        self.builder.ins().call(function, &arguments);
        self.fuel_from_memory();
        let types = ir_types(&ty.results);
        let mut results = Vec::with_capacity(types.len());
        for (ty, offset) in types.into_iter().zip(offsets) {
            results.push(self.builder.ins().load(ty, MemFlagsData::trusted(), address, offset));
        }
        results
    }

    /// Emits the call of the runtime that names the missing import `index` and ends the
    /// program; returns operands for the code that follows, which cannot run.
    fn call_stub(&mut self, index: u32, ty: &FunctionType) -> Vec<Value> {
        let text = self.symbol(Symbol::ImportText(index), 0);
        let length =
            self.environment.planned.imports.text(self.environment.planned.module, index).len();
        let length = self.builder.ins().iconst(types::I64, length as i64);
        self.call_runtime(RuntimeFunction::MissingImport, &[text, length]);
        self.trap(Trap::MissingImport);
        // The code that follows cannot run, but needs operands.
        let next = self.builder.create_block();
        self.builder.switch_to_block(next);
        self.builder.seal_block(next);
        ty.results.iter().map(|ty| self.default_value(*ty)).collect()
    }

    /// Translates `call_indirect`.
    pub(super) fn call_indirect(&mut self, table: u32, type_index: u32) {
        self.call_element(table, type_index, false);
    }

    /// Translates `call_indirect`, or `return_call_indirect` if `is_tail`: calls the function
    /// that the index operand selects.
    fn call_element(&mut self, table: u32, type_index: u32, is_tail: bool) {
        let index = self.pop();
        let types = self.environment.planned.type_range(type_index);
        let (reference, check) = match self.environment.tables.reach(table, types) {
            Some(Reach::Few(targets)) => {
                return self.call_one_of(&targets, table, index, type_index, is_tail);
            }
            Some(Reach::Near(span)) => {
                let reference = self.member(span, table, index, type_index);
                (reference, Check::Nothing)
            }
            None => {
                let reference = self.load_element(table, index, Trap::UndefinedElement);
                (reference, Check::Type)
            }
        };
        self.call_reference(reference, check, type_index, is_tail);
    }

    /// Emits a call of the function that `reference` refers to. Functions that it usually is
    /// are compared with it and called directly.
    fn call_reference(&mut self, reference: Value, check: Check, type_index: u32, is_tail: bool) {
        let usual = self.usual_callees(type_index);
        let environment = self.environment;
        let ty = environment.planned.module.signature(type_index);
        let arguments = self.pop_many(ty.parameters.len());
        let joins = !is_tail && !usual.functions.is_empty();
        let done = joins.then(|| self.block_with_parameters(&ir_types(&ty.results)));
        for function in usual.functions {
            let known = self.function_reference(function);
            let same = self.builder.ins().icmp(IntCC::Equal, reference, known);
            self.call_if(same, function, &arguments, done);
        }
        if usual.are_all {
            self.mark_cold();
        }
        let code = self.code(reference, check, type_index);
        // The checks end blocks.
        if usual.are_all {
            self.mark_cold();
        }
        self.count_callee(reference);
        if is_tail {
            let signature = self.indirect_signature(type_index);
            { self.builder.ins() }.return_call_indirect(signature, code, &arguments);
            self.reachable = false;
            return;
        }
        let results = self.call_code(code, type_index, &arguments);
        match done {
            None => self.stack.extend(results),
            Some(done) => {
                self.jump_with(done, results);
                self.continue_in(done);
            }
        }
    }

    /// Ends the current block with a jump to `block`, whose parameters are `values`.
    fn jump_with(&mut self, block: Block, values: Vec<Value>) {
        let values: Vec<BlockArg> = values.into_iter().map(BlockArg::Value).collect();
        self.builder.ins().jump(block, &values);
    }

    /// Emits a direct call of `function` that runs where `same` holds and continues in `done`
    /// with the results; without `done` it is a tail call.
    fn call_if(&mut self, same: Value, function: u32, arguments: &[Value], done: Option<Block>) {
        let (direct, next) = (self.builder.create_block(), self.builder.create_block());
        self.builder.ins().brif(same, direct, &[], next, &[]);
        self.start_block(direct);
        match done {
            Some(done) => {
                let results = self.call_function(function, arguments);
                self.jump_with(done, results);
            }
            None => self.return_call_function(function, arguments),
        }
        self.start_block(next);
    }

    /// Returns the element that operand `index` selects, if it is one of `span`, whose
    /// elements have the type; traps otherwise.
    fn member(&mut self, span: Span, table: u32, index: Value, type_index: u32) -> Value {
        let index = self.extended(index);
        let place = match span.first {
            0 => index,
            first => self.builder.ins().iadd_imm_s(index, -(first as i64)),
        };
        let (outside, inside) = (self.builder.create_block(), self.builder.create_block());
        let is_near =
            self.builder.ins().icmp_imm_u(IntCC::UnsignedLessThan, place, span.length as i64);
        if span.has_all() {
            self.builder.ins().brif(is_near, inside, &[], outside, &[]);
        } else {
            let near = self.builder.create_block();
            self.builder.ins().brif(is_near, near, &[], outside, &[]);
            self.start_block(near);
            let members = self.builder.ins().iconst(types::I64, span.members as i64);
            let bits = self.builder.ins().ushr(members, place);
            let is_member = self.builder.ins().band_imm_u(bits, 1);
            { self.builder.ins() }.brif(is_member, inside, &[], outside, &[]);
        }
        self.start_block(outside);
        self.trap_outside(table, index, type_index);
        self.start_block(inside);
        self.element(table, index)
    }

    /// Ends the current block with the trap of a call of this type whose index operand selects
    /// no function that the call can reach.
    fn trap_outside(&mut self, table: u32, index: Value, type_index: u32) {
        self.mark_cold();
        let reference = self.load_element(table, index, Trap::UndefinedElement);
        self.mark_cold();
        self.check_type(reference, type_index);
        self.trap(Trap::IndirectCallTypeMismatch);
    }

    /// Emits a direct call of the one of `targets` (element, function) whose element `index`
    /// is; any other index traps.
    fn call_one_of(
        &mut self,
        targets: &[(u64, u32)],
        table: u32,
        index: Value,
        type_index: u32,
        is_tail: bool,
    ) {
        let environment = self.environment;
        let ty = environment.planned.module.signature(type_index);
        let arguments = self.pop_many(ty.parameters.len());
        let joins = !is_tail && !targets.is_empty();
        let done = joins.then(|| self.block_with_parameters(&ir_types(&ty.results)));
        for (element, function) in targets {
            let same = self.builder.ins().icmp_imm_u(IntCC::Equal, index, *element as i64);
            self.call_if(same, *function, &arguments, done);
        }
        self.trap_outside(table, index, type_index);
        match done {
            Some(done) => self.continue_in(done),
            None => self.reachable = false,
        }
    }

    /// Continues in `block`, whose predecessors are all known.
    pub(super) fn start_block(&mut self, block: Block) {
        self.builder.switch_to_block(block);
        self.builder.seal_block(block);
    }

    /// Emits a branch to `block` that is taken if `condition` is not zero.
    pub(super) fn leave_if(&mut self, condition: Value, block: Block, arguments: &[BlockArg]) {
        let next = self.builder.create_block();
        self.builder.ins().brif(condition, block, arguments, next, &[]);
        self.start_block(next);
    }

    /// Emits an indirect call of `code`, a function of this type, and returns its results.
    fn call_code(&mut self, code: Value, type_index: u32, arguments: &[Value]) -> Vec<Value> {
        let signature = self.indirect_signature(type_index);
        match self.landing() {
            None => {
                let call = self.builder.ins().call_indirect(signature, code, arguments);
                self.builder.inst_results(call).to_vec()
            }
            Some(landing) => self.try_call_indirect(signature, code, arguments, landing),
        }
    }

    /// Translates `return_call`.
    pub(super) fn return_call(&mut self, index: u32) {
        let ty = self.environment.planned.module.function_type(index);
        let arguments = self.pop_many(ty.parameters.len());
        self.return_call_function(index, &arguments);
        self.reachable = false;
    }

    /// Ends the current block with a tail call of the function with this index in the module.
    fn return_call_function(&mut self, index: u32, arguments: &[Value]) {
        let environment = self.environment;
        let ty = environment.planned.module.function_type(index);
        match environment.planned.imports.functions.get(index as usize) {
            Some(FunctionSource::Host { .. } | FunctionSource::Stub) => {
                // The host makes no tail calls into the program, so this frame does not
                // make a chain of tail calls grow the stack.
                let results = self.call_function(index, arguments);
                self.builder.ins().return_(&results);
            }
            Some(FunctionSource::Module { .. }) | None => {
                let function = self.function(Symbol::Function(index), || internal_signature(ty));
                self.builder.ins().return_call(function, arguments);
            }
        }
    }

    /// Translates `return_call_indirect`.
    pub(super) fn return_call_indirect(&mut self, table: u32, type_index: u32) {
        self.call_element(table, type_index, true);
    }

    /// Returns the address of the code of the function that `reference` refers to, after
    /// `check`.
    fn code(&mut self, reference: Value, check: Check, type_index: u32) -> Value {
        match check {
            Check::Nothing => {}
            Check::Null => self.trap_if_null(reference),
            Check::Type => self.check_type(reference, type_index),
        }
        self.builder.ins().iadd_imm_u(reference, FUNCTION_HEADER_SIZE as i64)
    }

    /// Translates `call_ref`.
    pub(super) fn call_ref(&mut self, type_index: u32) {
        let reference = self.pop();
        self.call_reference(reference, Check::Null, type_index, false);
    }

    /// Translates `return_call_ref`.
    pub(super) fn return_call_ref(&mut self, type_index: u32) {
        let reference = self.pop();
        self.call_reference(reference, Check::Null, type_index, true);
    }

    /// Returns a condition that holds if `number`, an i32, is in none of `range`.
    pub(super) fn is_outside(&mut self, number: Value, range: &Range<u32>) -> Value {
        let first = i64::from(range.start);
        if range.len() == 1 {
            return self.builder.ins().icmp_imm_u(IntCC::NotEqual, number, first);
        }
        let place = self.builder.ins().iadd_imm_s(number, -first);
        let count = range.len() as i64;
        self.builder.ins().icmp_imm_u(IntCC::UnsignedGreaterThanOrEqual, place, count)
    }

    /// Traps unless the function that `reference` refers to has the given type. A null
    /// reference faults when its type is read, at address 0, where nothing is ever mapped;
    /// the runtime turns that fault into [`Trap::UninitializedElement`].
    fn check_type(&mut self, reference: Value, type_index: u32) {
        let flags = MemFlagsData::new()
            .with_aligned()
            .with_readonly()
            .with_trap_code(Some(traps::code(Trap::UninitializedElement)));
        let actual = self.builder.ins().load(types::I32, flags, reference, 0);
        let expected = self.environment.planned.type_range(type_index);
        let differs = self.is_outside(actual, &expected);
        self.report_if(differs, Trap::IndirectCallTypeMismatch, |translator| {
            let expected = translator.builder.ins().iconst(types::I32, i64::from(expected.start));
            translator.call_runtime(RuntimeFunction::TypeMismatch, &[reference, expected]);
        });
    }
}
