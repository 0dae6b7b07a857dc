//! Thunks, functions that the module does not contain: those by which the host calls
//! exports, those that stand for imported host functions to which there are references, and
//! the initialiser.

use super::call;
use super::translator::{Scratch, Translator};
use crate::code_unit::Thunk;
use crate::ir::types::ir_types;
use crate::module::FunctionType;
use crate::module::{ConstantExpression, ConstantOperator, Item, SegmentMode};
use crate::options::PinnedRegister;
use crate::plan::environment::Environment;
use crate::plan::instantiation::Step;
use crate::symbols::Symbol;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    self, AbiParam, InstBuilder, MemFlagsData, Signature, StackSlot, StackSlotData, StackSlotKind,
    Value, types,
};
use cranelift_codegen::isa::CallConv;
use quench_abi::{RuntimeFunction, Trap};

/// Bytes from one [`quench_abi::Value`] to the next.
const SLOT: i32 = size_of::<quench_abi::Value>() as i32;

/// The most steps that one function takes. The time that compiling it takes grows with the
/// square of their number.
const STEPS_AT_ONCE: usize = 500;

/// Returns the number of functions that the steps of an initialiser are taken in, beside
/// [`Thunk::Initialize`], which calls them.
pub(crate) fn initializer_parts(steps: &[Step]) -> u32 {
    if steps.len() <= STEPS_AT_ONCE { 0 } else { steps.chunks(STEPS_AT_ONCE).len() as u32 }
}

/// Builds the IR of a thunk in `function`. `steps` are those of the module's initialiser.
pub(crate) fn build(
    environment: &Environment<'_>,
    thunk: Thunk,
    steps: &[Step],
    scratch: &mut Scratch,
    function: &mut ir::Function,
) {
    let module = environment.planned.module;
    function.signature = match thunk {
        Thunk::HostExport(index) => call::host_signature(module.function_type(index)),
        Thunk::EntryPoint(_) => {
            let mut signature = Signature::new(CallConv::SystemV);
            signature.params.push(AbiParam::new(types::I64));
            signature
        }
        Thunk::Import(index) => call::internal_signature(module.function_type(index)),
        Thunk::Initialize | Thunk::InitializePart(_) => Signature::new(CallConv::SystemV),
    };
    let mut translator = Translator::new(environment, function, scratch.builder());
    let parameters = translator.start();
    let saved = match thunk {
        Thunk::HostExport(_) | Thunk::EntryPoint(_) | Thunk::Initialize => {
            translator.enter_from_host()
        }
        Thunk::Import(_) | Thunk::InitializePart(_) => None,
    };
    translator.take_base_register();
    let results = match thunk {
        Thunk::HostExport(index) => translator.host_export(index, &parameters),
        Thunk::EntryPoint(index) => translator.entry_point(index, parameters[0]),
        Thunk::Import(index) => translator.call_function(index, &parameters),
        Thunk::Initialize => {
            match initializer_parts(steps) {
                0 => translator.steps(steps),
                parts => (0..parts).for_each(|part| translator.initialize_part(part)),
            }
            Vec::new()
        }
        Thunk::InitializePart(part) => {
            let part = steps.chunks(STEPS_AT_ONCE).nth(part as usize).expect("a part");
            translator.steps(part);
            Vec::new()
        }
    };
    if let Some(slot) = saved {
        translator.leave_to_host(slot);
    }
    translator.builder.ins().return_(&results);
    translator.builder.finalize(environment.frontend);
}

impl Translator<'_, '_> {
    /// Emits the entry from the host: sets the pinned register, in which the host has a value
    /// of its own. Returns the slot in which that value is saved, if the register is used.
    fn enter_from_host(&mut self) -> Option<StackSlot> {
        let owner = self.environment.pinned_register;
        if owner == PinnedRegister::Unused {
            return None;
        }
        let slot = StackSlotData::new(StackSlotKind::ExplicitSlot, 8, 3);
        let slot = self.builder.create_sized_stack_slot(slot);
        let before = self.builder.ins().get_pinned_reg(types::I64);
        self.builder.ins().stack_store(types::I64, before, slot, 0);
        if owner == PinnedRegister::Fuel {
            self.fuel_from_memory();
        } else {
            let base = quench_abi::MEMORY_BASE as i64;
            let base = self.builder.ins().iconst(types::I64, base);
            self.builder.ins().set_pinned_reg(base);
        }
        Some(slot)
    }

    /// Emits the return to the host: gives the pinned register its saved value back.
    fn leave_to_host(&mut self, slot: StackSlot) {
        self.fuel_to_memory();
        let before = self.builder.ins().stack_load(types::I64, types::I64, slot, 0);
        self.builder.ins().set_pinned_reg(before);
    }

    /// Emits the body of an export that the host calls in the convention of C, and returns its
    /// results. Two results or more are stored to the array that the last parameter points to.
    fn host_export(&mut self, index: u32, parameters: &[Value]) -> Vec<Value> {
        let ty: &FunctionType = self.environment.planned.module.function_type(index);
        let count = ty.parameters.len();
        let results = self.call_function(index, &parameters[..count]);
        if results.len() < 2 {
            return results;
        }
        let (offsets, _) = call::result_slots(ty);
        for (result, offset) in results.into_iter().zip(offsets) {
            self.builder.ins().store(MemFlagsData::trusted(), result, parameters[count], offset);
        }
        Vec::new()
    }

    /// Emits the body of an entry point, whose arguments and results are in an array of
    /// [`quench_abi::Value`]s at `slots`.
    fn entry_point(&mut self, index: u32, slots: Value) -> Vec<Value> {
        let ty: &FunctionType = self.environment.planned.module.function_type(index);
        let mut arguments = Vec::with_capacity(ty.parameters.len());
        for (number, ty) in ir_types(&ty.parameters).into_iter().enumerate() {
            let offset = number as i32 * SLOT;
            arguments.push(self.builder.ins().load(ty, MemFlagsData::trusted(), slots, offset));
        }
        let results = self.call_function(index, &arguments);
        for (number, result) in results.into_iter().enumerate() {
            let offset = number as i32 * SLOT;
            self.builder.ins().store(MemFlagsData::trusted(), result, slots, offset);
        }
        Vec::new()
    }

    /// Emits steps of the initialiser.
    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            self.step(*step);
        }
    }

    /// Emits one step of the initialiser.
    fn step(&mut self, step: Step) {
        let module = self.environment.planned.module;
        match step {
            Step::CheckMinimum(number) => self.check_minimum(number),
            Step::Global(index) => {
                let initial = module.globals[index as usize].initial.as_ref().expect("a step");
                let value = self.evaluate(initial);
                self.store_global(index, value);
            }
            Step::Table(index) => {
                let initial = module.tables[index as usize].initial.as_ref().expect("a step");
                self.i32_const(0);
                let value = self.evaluate(initial);
                self.push(value);
                self.table_size(index);
                self.table_fill(index);
            }
            Step::Item { segment, item } => {
                let value = self.evaluate(&module.elements[segment as usize].items[item as usize]);
                let items = self.symbol(Symbol::Elements(segment), 0);
                self.builder.ins().store(MemFlagsData::trusted(), value, items, item as i32 * 8);
            }
            Step::Elements(number) => {
                let segment = &module.elements[number as usize];
                if let SegmentMode::Active { index, offset } = &segment.mode {
                    self.push_segment_operands(offset, segment.items.len());
                    self.table_init(*index, number);
                    self.drop_segment(Symbol::ElementsLength(number));
                }
            }
            Step::Data(number) => {
                let segment = &module.data[number as usize];
                if let SegmentMode::Active { index, offset } = &segment.mode {
                    let place = self.evaluate(offset);
                    self.copy_segment(*index, place, number);
                    self.drop_segment(Symbol::DataLength(number));
                }
            }
            Step::Start(function) => {
                self.call_function(function, &[]);
            }
        }
    }

    /// Pushes the operands of `table.init` for a whole segment.
    fn push_segment_operands(&mut self, offset: &ConstantExpression, length: usize) {
        let offset = self.evaluate(offset);
        self.push(offset);
        self.i32_const(0);
        self.i32_const(length as i32);
    }

    /// Emits a trap that is taken if an imported memory or table is smaller than its import
    /// demands.
    fn check_minimum(&mut self, number: u32) {
        let check = &self.environment.planned.imports.minimum_checks[number as usize];
        let actual = match check.item {
            Item::Memory(index) => self.memory_pages(index),
            Item::Table(index) => self.table_length(index),
            Item::Function(_) | Item::Global(_) | Item::Tag(_) => return,
        };
        let minimum = self.builder.ins().iconst(types::I64, check.minimum as i64);
        let small = self.builder.ins().icmp(IntCC::UnsignedLessThan, actual, minimum);
        self.report_if(small, Trap::IncompatibleImport, |translator| {
            let text = translator.symbol(Symbol::MinimumText(number), 0);
            let length = translator.builder.ins().iconst(types::I64, check.text.len() as i64);
            translator.call_runtime(RuntimeFunction::IncompatibleImport, &[text, length, actual]);
        });
    }

    /// Emits a constant expression and returns its value.
    fn evaluate(&mut self, expression: &ConstantExpression) -> Value {
        for operator in &expression.operators {
            match *operator {
                ConstantOperator::I32(value) => self.i32_const(value),
                ConstantOperator::I64(value) => self.i64_const(value),
                ConstantOperator::F32(bits) => self.f32_const(bits),
                ConstantOperator::F64(bits) => self.f64_const(bits),
                ConstantOperator::V128(bytes) => {
                    let value = self.vector(bytes);
                    self.push(value);
                }
                ConstantOperator::NullReference => self.ref_null(),
                ConstantOperator::Function(index) => self.ref_func(index),
                ConstantOperator::Global(index) => self.global_get(index),
                ConstantOperator::I31 => self.ref_i31(),
                ConstantOperator::StructNew(ty) => self.struct_new(ty),
                ConstantOperator::StructNewDefault(ty) => self.struct_new_default(ty),
                ConstantOperator::ArrayNew(ty) => self.array_new(ty),
                ConstantOperator::ArrayNewDefault(ty) => self.array_new_default(ty),
                ConstantOperator::ArrayNewFixed(ty, count) => self.array_new_fixed(ty, count),
                ConstantOperator::AnyConvertExtern => self.any_convert_extern(),
                ConstantOperator::ExternConvertAny => self.extern_convert_any(),
                ConstantOperator::I32Add | ConstantOperator::I64Add => {
                    self.binary(|ins, x, y| ins.iadd(x, y))
                }
                ConstantOperator::I32Sub | ConstantOperator::I64Sub => {
                    self.binary(|ins, x, y| ins.isub(x, y))
                }
                ConstantOperator::I32Mul | ConstantOperator::I64Mul => {
                    self.binary(|ins, x, y| ins.imul(x, y))
                }
            }
        }
        self.pop()
    }
}
