//! Locals and globals.

use super::translator::{Region, Translator};
use crate::debug::slot_key;
use crate::ir::types::ir_type;
use crate::module::StaticValue;
use crate::plan::layout::GlobalPlace;
use crate::symbols::Symbol;
use cranelift_codegen::ir::immediates::{Ieee32, Ieee64};
use cranelift_codegen::ir::{
    InstBuilder, MemFlagsData, StackSlotData, StackSlotKey, StackSlotKind, Value, types,
};
use quench_abi::ValueType;

impl Translator<'_, '_> {
    /// Translates `local.get`.
    pub(super) fn local_get(&mut self, index: u32) {
        let value = self.builder.use_var(self.locals[index as usize]);
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
        self.builder.def_var(self.locals[index as usize], value);
        if let Some(slot) = self.slots.get(&index) {
            self.builder.ins().stack_store(types::I64, value, *slot, 0);
        }
    }

    /// Gives the locals in `wanted` stack slots, which hold their values from here on. An index
    /// that is no local ends the list. The key of each slot names its local ([`slot_key`]).
    pub(super) fn make_slots(&mut self, wanted: &[u32]) {
        for index in wanted {
            let Some(local) = self.locals.get(*index as usize) else {
                return;
            };
            let value = self.builder.use_var(*local);
            let bytes = self.builder.func.dfg.value_type(value).bytes();
            let slot = self.builder.create_sized_stack_slot(StackSlotData::new_with_key(
                StackSlotKind::ExplicitSlot,
                bytes,
                bytes.trailing_zeros() as u8,
                StackSlotKey::new(slot_key(*index, bytes)),
            ));
            self.builder.ins().stack_store(types::I64, value, slot, 0);
            self.slots.insert(*index, slot);
        }
    }

    /// Translates `global.get`.
    pub(super) fn global_get(&mut self, index: u32) {
        let ty = self.environment.planned.module.globals[index as usize].ty;
        let value = match self.environment.planned.layout.globals[index as usize] {
            GlobalPlace::Constant(value) => self.static_value(ty.content, value),
            GlobalPlace::Cell => {
                let mut flags = self.global_flags();
                if !ty.mutable {
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
