//! Locals and globals.

use super::facts::Fact;
use super::translator::{Local, Region, Translator};
use crate::debug::slot_key;
use crate::ir::types::ir_type;
use crate::module::StaticValue;
use crate::plan::layout::GlobalPlace;
use crate::symbols::Symbol;
use cranelift_codegen::ir::immediates::{Ieee32, Ieee64};
use cranelift_codegen::ir::{
    InstBuilder, MemFlagsData, StackSlot, StackSlotData, StackSlotKey, StackSlotKind, Type, Value,
    types,
};
use quench_abi::ValueType;

impl Translator<'_, '_> {
    /// Declares the next local, which begins as `value`.
    pub(super) fn declare_local(&mut self, ty: Type, value: Value) {
        let local = if self.places.is_in_frame(self.locals.len() as u32) {
            let slot = self.make_slot(ty);
            self.builder.ins().stack_store(types::I64, value, slot, 0);
            Local::Slot(slot, ty)
        } else {
            let variable = self.builder.declare_var(ty);
            self.builder.def_var(variable, value);
            Local::Variable(variable)
        };
        self.locals.push(local);
    }

    /// Returns the value of a local.
    fn local(&mut self, local: Local) -> Value {
        match local {
            Local::Variable(variable) => self.builder.use_var(variable),
            Local::Slot(slot, ty) => self.builder.ins().stack_load(types::I64, ty, slot, 0),
        }
    }

    /// Translates `local.get`.
    pub(super) fn local_get(&mut self, index: u32) {
        let value = self.local(self.locals[index as usize]);
        self.push(value);
    }

    /// Translates `local.set`.
    pub(super) fn local_set(&mut self, index: u32) {
        let value = self.pop();
        self.set_local(index, value);
    }

    /// Translates `local.tee`.
    pub(super) fn local_tee(&mut self, index: u32) {
        let value = *self.stack.last().expect("validated");
        self.set_local(index, value);
    }

    /// Sets a local, and its slot in the frame if it has one.
    fn set_local(&mut self, index: u32, value: Value) {
        match self.locals[index as usize] {
            Local::Variable(variable) => {
                self.builder.def_var(variable, value);
                if let Some(slot) = self.slots.get(&index) {
                    self.builder.ins().stack_store(types::I64, value, *slot, 0);
                }
            }
            Local::Slot(slot, _) => {
                self.builder.ins().stack_store(types::I64, value, slot, 0);
            }
        }
    }

    /// Makes a slot of the frame for a value of a type.
    fn make_slot(&mut self, ty: Type) -> StackSlot {
        let bytes = ty.bytes();
        self.builder.create_sized_stack_slot(StackSlotData::new(
            StackSlotKind::ExplicitSlot,
            bytes,
            bytes.trailing_zeros() as u8,
        ))
    }

    /// Gives the locals in `wanted` stack slots, which hold their values from here on. An index
    /// that is no local ends the list. The key of each slot names its local ([`slot_key`]).
    pub(super) fn make_slots(&mut self, wanted: &[u32]) {
        for index in wanted {
            let Some(local) = self.locals.get(*index as usize) else {
                return;
            };
            let slot = match *local {
                Local::Slot(slot, _) => slot,
                Local::Variable(variable) => {
                    let value = self.builder.use_var(variable);
                    let slot = self.make_slot(self.builder.func.dfg.value_type(value));
                    self.builder.ins().stack_store(types::I64, value, slot, 0);
                    self.slots.insert(*index, slot);
                    slot
                }
            };
            let slot = &mut self.builder.func.sized_stack_slots[slot];
            slot.key = Some(StackSlotKey::new(slot_key(*index, slot.size)));
        }
    }

    /// Translates `global.get`.
    pub(super) fn global_get(&mut self, index: u32) {
        let ty = self.environment.planned.module.globals[index as usize].ty;
        let value = match self.environment.planned.layout.globals[index as usize] {
            GlobalPlace::Constant(value) => {
                let known = self.static_value(ty.content, value);
                let object = self.environment.planned.constant_object_type(index as usize);
                if let Some(number) = object {
                    self.facts.establish(known, Fact::of_types(&(number..number + 1)));
                }
                known
            }
            GlobalPlace::Cell => {
                let mut flags = self.global_flags();
                // The initialiser writes it.
                if !ty.mutable && self.function_index.is_some() {
                    flags = flags.with_readonly().with_can_move();
                }
                let address = self.symbol(Symbol::Global(index), 0);
                self.builder.ins().load(ir_type(ty.content), flags, address, 0)
            }
        };
        self.push(value);
    }

    /// Translates `global.set`.
    pub(super) fn global_set(&mut self, index: u32) {
        let value = self.pop();
        self.store_global(index, value);
    }

    /// Emits a store of `value` to the cell of a global.
    pub(super) fn store_global(&mut self, index: u32, value: Value) {
        let flags = self.global_flags();
        let address = self.symbol(Symbol::Global(index), 0);
        self.builder.ins().store(flags, value, address, 0);
    }

    fn global_flags(&mut self) -> MemFlagsData {
        let region = self.region(Region::Globals);
        MemFlagsData::trusted().with_alias_region(Some(region))
    }

    /// Returns a value of type `ty` that is known at compile time.
    pub(super) fn static_value(&mut self, ty: ValueType, value: StaticValue) -> Value {
        let bits = match value {
            StaticValue::Function(index) => return self.function_reference(index),
            StaticValue::Vector(bytes) => return self.vector(bytes),
            StaticValue::Bits(bits) => bits,
        };
        if ty == ValueType::V128 {
            return self.vector([0; 16]);
        }
        let ins = self.builder.ins();
        match ty {
            ValueType::F32 => ins.f32const(Ieee32::with_bits(bits as u32)),
            ValueType::F64 => ins.f64const(Ieee64::with_bits(bits)),
            ValueType::I32 => ins.iconst(types::I32, bits as i64),
            _ => ins.iconst(types::I64, bits as i64),
        }
    }
}
