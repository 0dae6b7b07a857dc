//! Operators on structs.

use super::translator::{Region, Translator};
use crate::plan::objects::{Field, ObjectLayout};
use cranelift_codegen::ir::Value;
use quench_abi::Trap;

impl<'a> Translator<'a, '_> {
    /// Returns the fields of a type of structs, and the size of its objects in bytes.
    fn struct_layout(&self, type_index: u32) -> (&'a [Field], u32) {
        match self.environment.planned.object_layout(type_index) {
            ObjectLayout::Struct { fields, size } => (fields, *size),
            ObjectLayout::Array(_) => unreachable!("validated"),
        }
    }

    /// Translates `struct.new`.
    pub(super) fn struct_new(&mut self, type_index: u32) {
        let count = self.struct_layout(type_index).0.len();
        let values = self.pop_many(count);
        self.new_struct(type_index, &values);
    }

    /// Translates `struct.new_default`.
    pub(super) fn struct_new_default(&mut self, type_index: u32) {
        let (fields, _) = self.struct_layout(type_index);
        let values: Vec<Value> =
            fields.iter().map(|field| self.default_field(field.storage)).collect();
        self.new_struct(type_index, &values);
    }

    /// Emits the making of a struct with these values, and pushes the reference to it.
    fn new_struct(&mut self, type_index: u32, values: &[Value]) {
        let (fields, size) = self.struct_layout(type_index);
        let object = self.new_object(size, self.environment.planned.type_number(type_index));
        for (field, value) in fields.iter().zip(values) {
            let flags = self.object_flags(Region::of_storage(field.storage));
            self.store_field(object, *field, flags, *value);
        }
        self.push(object);
    }

    /// Translates `struct.get`, `struct.get_s` and `struct.get_u`.
    pub(super) fn struct_get(&mut self, type_index: u32, field: u32, is_signed: bool) {
        let object = self.pop();
        let field = self.struct_layout(type_index).0[field as usize];
        let region = Region::of_storage(field.storage);
        let flags = self.checked_flags(object, field.offset, region, Trap::NullStructure);
        let value = self.load_field(object, field, flags, is_signed);
        self.push(value);
    }

    /// Translates `struct.set`.
    pub(super) fn struct_set(&mut self, type_index: u32, field: u32) {
        let (object, value) = self.pop2();
        let field = self.struct_layout(type_index).0[field as usize];
        let region = Region::of_storage(field.storage);
        let flags = self.checked_flags(object, field.offset, region, Trap::NullStructure);
        self.store_field(object, field, flags, value);
        if self.wants_card(field.storage, value) {
            self.mark_card(object);
        }
    }
}
