//! Operators on arrays.

use super::facts::Fact;
use super::heap::LARGEST_INLINE;
use super::translator::{Region, Translator};
use crate::ir::values;
use crate::plan::objects::{Field, ObjectLayout, Storage};
use crate::symbols::Symbol;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{BlockArg, InstBuilder, MemFlagsData, Value, types};
use quench_abi::{ARRAY_HEADER_SIZE, ArrayHeader, Bounds, RuntimeFunction, Trap, ValueType};
use std::mem::offset_of;

/// The most bytes of elements of an array that is made without a call.
const LARGEST_CLEARED: u32 = 256;

/// Distance of the number of elements from an array's start, in bytes.
const LENGTH: u32 = offset_of!(ArrayHeader, length) as u32;

impl Translator<'_, '_> {
    /// Returns the form of the elements of a type of arrays.
    fn element_storage(&self, type_index: u32) -> Storage {
        match self.environment.planned.object_layout(type_index) {
            ObjectLayout::Array(storage) => *storage,
            ObjectLayout::Struct { .. } => unreachable!("validated"),
        }
    }

    /// Emits the making of an array of `count` elements, an i32. They are zero or null if
    /// `cleared`, otherwise they are not defined. A small array is made without a call.
    fn new_array(&mut self, type_index: u32, count: Value, cleared: bool) -> Value {
        let storage = self.element_storage(type_index);
        let number = self.environment.planned.type_number(type_index);
        let done = self.block_with_parameters(&[types::I64]);
        let (small, call) = (self.builder.create_block(), self.builder.create_block());
        let most = i64::from(LARGEST_CLEARED / storage.width());
        let is_small = self.builder.ins().icmp_imm_u(IntCC::UnsignedLessThanOrEqual, count, most);
        self.builder.ins().brif(is_small, small, &[], call, &[]);
        self.start_block(small);
        let wide = self.extended(count);
        let bytes = self.byte_count(wide, storage);
        let rounded = self.builder.ins().iadd_imm_u(bytes, ARRAY_HEADER_SIZE as i64 + 7);
        let size = self.builder.ins().band_imm_s(rounded, -8);
        let array = self.take(size, call);
        self.set_type(array, number);
        let flags = self.object_flags(Region::ArrayLengths);
        self.builder.ins().store(flags, count, array, LENGTH as i32);
        if cleared {
            let words = self.builder.ins().ushr_imm_u(size, 3);
            let rest = self.builder.ins().iadd_imm_s(words, -1);
            let first = self.first_element(array);
            let flags = self.object_flags(Region::of_storage(storage));
            let zero = self.builder.ins().iconst(types::I64, 0);
            self.each(rest, |translator, index| {
                let offset = translator.builder.ins().ishl_imm_u(index, 3);
                let word = translator.builder.ins().iadd(first, offset);
                translator.builder.ins().store(flags, zero, word, 0);
            });
        }
        self.builder.ins().jump(done, &[BlockArg::Value(array)]);
        self.start_block(call);
        let array = self.array_of_runtime(number, count);
        self.builder.ins().jump(done, &[BlockArg::Value(array)]);
        self.start_block(done);
        let array = self.builder.block_params(done)[0];
        self.facts.establish(array, Fact::of_types(&(number..number + 1)));
        array
    }

    /// Emits a call of the runtime that makes an array of `count` elements, an i32, all zero or
    /// null.
    fn array_of_runtime(&mut self, type_number: u32, count: Value) -> Value {
        let number = self.builder.ins().iconst(types::I32, i64::from(type_number));
        self.call_runtime(RuntimeFunction::ArrayNew, &[number, count])[0]
    }

    /// Translates `array.new`.
    pub(super) fn array_new(&mut self, type_index: u32) {
        let (value, count) = self.pop2();
        let storage = self.element_storage(type_index);
        let is_cleared = values::constant(self.builder.func, value) == Some(0);
        let array = self.new_array(type_index, count, is_cleared);
        if !is_cleared {
            let (first, count) = (self.first_element(array), self.extended(count));
            self.fill_elements(first, count, storage, value);
        }
        self.push(array);
    }

    /// Translates `array.new_default`.
    pub(super) fn array_new_default(&mut self, type_index: u32) {
        let count = self.pop();
        let array = self.new_array(type_index, count, true);
        self.push(array);
    }

    /// Translates `array.new_fixed`.
    pub(super) fn array_new_fixed(&mut self, type_index: u32, count: u32) {
        let storage = self.element_storage(type_index);
        let values = self.pop_many(count as usize);
        // Validation limits the number of elements.
        let size = ARRAY_HEADER_SIZE as u32 + count * storage.width();
        let length = self.builder.ins().iconst(types::I32, i64::from(count));
        let number = self.environment.planned.type_number(type_index);
        let array = if size <= LARGEST_INLINE {
            let array = self.new_object(size.next_multiple_of(8), number);
            let flags = self.object_flags(Region::ArrayLengths);
            self.builder.ins().store(flags, length, array, LENGTH as i32);
            array
        } else {
            self.array_of_runtime(number, length)
        };
        let flags = self.object_flags(Region::of_storage(storage));
        for (number, value) in (0..).zip(values) {
            let offset = ARRAY_HEADER_SIZE as u32 + number * storage.width();
            self.store_field(array, Field { offset, storage }, flags, value);
        }
        self.push(array);
    }

    /// Translates `array.new_data`.
    pub(super) fn array_new_data(&mut self, type_index: u32, segment: u32) {
        let (source, count) = self.pop2();
        let storage = self.element_storage(type_index);
        let (from, bytes) = self.segment_bytes(segment, source, count, storage);
        let array = self.new_array(type_index, count, false);
        let to = self.first_element(array);
        self.call_runtime(RuntimeFunction::Memmove, &[to, from, bytes]);
        self.push(array);
    }

    /// Translates `array.new_elem`.
    pub(super) fn array_new_elem(&mut self, type_index: u32, segment: u32) {
        let (source, count) = self.pop2();
        let storage = self.element_storage(type_index);
        let items = self.segment_items(segment, source, count);
        let array = self.new_array(type_index, count, false);
        let (to, count) = (self.first_element(array), self.extended(count));
        self.copy_items(to, items, count, storage);
        self.push(array);
    }

    /// Translates `array.len`.
    pub(super) fn array_len(&mut self) {
        let array = self.pop();
        let length = self.array_length(array);
        self.push(length);
    }

    /// Returns the number of elements of an array, an i32; traps if the array is null.
    fn array_length(&mut self, array: Value) -> Value {
        let flags = self.checked_flags(array, LENGTH, Region::ArrayLengths, Trap::NullArray);
        self.builder.ins().load(types::I32, flags, array, LENGTH as i32)
    }

    /// Returns the address of an array's first element.
    fn first_element(&mut self, array: Value) -> Value {
        self.builder.ins().iadd_imm_u(array, ARRAY_HEADER_SIZE as i64)
    }

    /// Returns the address of an array from which its element `index`, an i64, is
    /// [`ARRAY_HEADER_SIZE`] bytes away.
    fn array_address(&mut self, array: Value, index: Value, storage: Storage) -> Value {
        let width = i64::from(storage.width().trailing_zeros());
        let offset = self.builder.ins().ishl_imm_u(index, width);
        self.builder.ins().iadd(array, offset)
    }

    /// Returns the address of [`Translator::array_address`] for the element that operand `index`
    /// selects; traps if there is none.
    fn checked_array_address(&mut self, array: Value, index: Value, storage: Storage) -> Value {
        let length = self.array_length(array);
        let outside = self.builder.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, index, length);
        self.report_if(outside, Trap::ArrayOutOfBounds, |translator| {
            let (start, limit) = (translator.extended(index), translator.extended(length));
            let one = translator.builder.ins().iconst(types::I64, 1);
            translator.out_of_bounds(start, one, limit, Bounds::Array);
        });
        let index = self.extended(index);
        self.array_address(array, index, storage)
    }

    /// Translates `array.get`, `array.get_s` and `array.get_u`.
    pub(super) fn array_get(&mut self, type_index: u32, is_signed: bool) {
        let (array, index) = self.pop2();
        let storage = self.element_storage(type_index);
        let address = self.checked_array_address(array, index, storage);
        let flags = self.object_flags(Region::of_storage(storage));
        let value = self.load_field(address, element(storage), flags, is_signed);
        self.push(value);
    }

    /// Translates `array.set`.
    pub(super) fn array_set(&mut self, type_index: u32) {
        let (array, index, value) = self.pop3();
        let storage = self.element_storage(type_index);
        let address = self.checked_array_address(array, index, storage);
        let flags = self.object_flags(Region::of_storage(storage));
        self.store_field(address, element(storage), flags, value);
        if self.wants_card(storage, value) {
            let address = self.first_element(address);
            self.mark_card(address);
        }
    }

    /// Returns the address of the first of `count` elements from operand `start` on, and `count`
    /// as an i64; traps if they are not all in the array.
    fn element_range(
        &mut self,
        array: Value,
        start: Value,
        count: Value,
        storage: Storage,
    ) -> (Value, Value) {
        let length = self.array_length(array);
        let (start, count) = (self.extended(start), self.extended(count));
        let limit = self.extended(length);
        self.check_range(start, count, limit, Bounds::Array);
        let address = self.array_address(array, start, storage);
        (self.first_element(address), count)
    }

    /// Translates `array.fill`.
    pub(super) fn array_fill(&mut self, type_index: u32) {
        let count = self.pop();
        let (array, start, value) = self.pop3();
        let storage = self.element_storage(type_index);
        let (first, count) = self.element_range(array, start, count, storage);
        self.fill_elements(first, count, storage, value);
        if self.wants_card(storage, value) {
            self.mark_cards(first, count, storage);
        }
    }

    /// Translates `array.copy`.
    pub(super) fn array_copy(&mut self, to: u32, from: u32) {
        let (source, source_start, count) = self.pop3();
        let (target, start) = self.pop2();
        let storage = self.element_storage(to);
        let (target, _) = self.element_range(target, start, count, storage);
        let from = self.element_storage(from);
        let (source, count) = self.element_range(source, source_start, count, from);
        let bytes = self.byte_count(count, storage);
        self.call_runtime(RuntimeFunction::Memmove, &[target, source, bytes]);
        if storage.is_followed() {
            self.mark_cards(target, count, storage);
        }
    }

    /// Translates `array.init_data`.
    pub(super) fn array_init_data(&mut self, type_index: u32, segment: u32) {
        let (start, source, count) = self.pop3();
        let array = self.pop();
        let storage = self.element_storage(type_index);
        let (to, _) = self.element_range(array, start, count, storage);
        let (from, bytes) = self.segment_bytes(segment, source, count, storage);
        self.call_runtime(RuntimeFunction::Memmove, &[to, from, bytes]);
    }

    /// Translates `array.init_elem`.
    pub(super) fn array_init_elem(&mut self, type_index: u32, segment: u32) {
        let (start, source, count) = self.pop3();
        let array = self.pop();
        let storage = self.element_storage(type_index);
        let (to, wide) = self.element_range(array, start, count, storage);
        let items = self.segment_items(segment, source, count);
        self.copy_items(to, items, wide, storage);
        if storage.is_followed() {
            self.mark_cards(to, wide, storage);
        }
    }

    /// Returns the number of bytes of `count` elements, both i64.
    fn byte_count(&mut self, count: Value, storage: Storage) -> Value {
        let width = i64::from(storage.width().trailing_zeros());
        self.builder.ins().ishl_imm_u(count, width)
    }

    /// Returns the address of byte `source` in a data segment and the number of bytes of `count`
    /// elements; traps if they are not all in the segment.
    fn segment_bytes(
        &mut self,
        segment: u32,
        source: Value,
        count: Value,
        storage: Storage,
    ) -> (Value, Value) {
        let (source, count) = (self.extended(source), self.extended(count));
        let bytes = self.byte_count(count, storage);
        let limit = self.segment_length(Symbol::DataLength(segment));
        self.check_range(source, bytes, limit, Bounds::DataSegment);
        let content = self.symbol(Symbol::Data(segment), 0);
        (self.builder.ins().iadd(content, source), bytes)
    }

    /// Returns the address of item `source` in an element segment; traps if `count` items from
    /// there on are not all in the segment.
    fn segment_items(&mut self, segment: u32, source: Value, count: Value) -> Value {
        let (source, count) = (self.extended(source), self.extended(count));
        let limit = self.segment_length(Symbol::ElementsLength(segment));
        self.check_range(source, count, limit, Bounds::ElementSegment);
        let items = self.symbol(Symbol::Elements(segment), 0);
        let offset = self.builder.ins().ishl_imm_u(source, 3);
        self.builder.ins().iadd(items, offset)
    }

    /// Emits a copy of `count` items of an element segment, an i64, to elements from the address
    /// `to` on.
    fn copy_items(&mut self, to: Value, items: Value, count: Value, storage: Storage) {
        if storage != Storage::Value(ValueType::AnyRef) {
            let bytes = self.byte_count(count, storage);
            self.call_runtime(RuntimeFunction::Memmove, &[to, items, bytes]);
            return;
        }
        let flags = self.object_flags(Region::of_storage(storage));
        self.each(count, |translator, index| {
            let offset = translator.builder.ins().ishl_imm_u(index, 3);
            let item = translator.builder.ins().iadd(items, offset);
            let value = translator.builder.ins().load(types::I64, MemFlagsData::trusted(), item, 0);
            let address = translator.array_address(to, index, storage);
            let field = Field { offset: 0, storage };
            translator.store_field(address, field, flags, value);
        });
    }

    /// Emits the store of `value` to `count` elements, an i64, from the address `first` on.
    fn fill_elements(&mut self, first: Value, count: Value, storage: Storage, value: Value) {
        if storage == Storage::I8 {
            self.call_runtime(RuntimeFunction::Memset, &[first, value, count]);
            return;
        }
        let flags = self.object_flags(Region::of_storage(storage));
        self.each(count, |translator, index| {
            let address = translator.array_address(first, index, storage);
            translator.store_field(address, Field { offset: 0, storage }, flags, value);
        });
    }

    /// Emits a loop that carries out `body` for each number from 0 to `count`, an i64, which is
    /// left out.
    fn each(&mut self, count: Value, body: impl FnOnce(&mut Self, Value)) {
        let header = self.block_with_parameters(&[types::I64]);
        let (inside, done) = (self.builder.create_block(), self.builder.create_block());
        let zero = self.builder.ins().iconst(types::I64, 0);
        self.builder.ins().jump(header, &[BlockArg::Value(zero)]);
        self.builder.switch_to_block(header);
        let index = self.builder.block_params(header)[0];
        let is_inside = self.builder.ins().icmp(IntCC::UnsignedLessThan, index, count);
        self.builder.ins().brif(is_inside, inside, &[], done, &[]);
        self.start_block(inside);
        body(self, index);
        let next = self.builder.ins().iadd_imm_u(index, 1);
        self.builder.ins().jump(header, &[BlockArg::Value(next)]);
        self.builder.seal_block(header);
        self.start_block(done);
    }

    /// Emits the marking of the cards of `count` elements, an i64, from the address `first` on.
    fn mark_cards(&mut self, first: Value, count: Value, storage: Storage) {
        let bytes = self.byte_count(count, storage);
        self.call_runtime(RuntimeFunction::HeapWritten, &[first, bytes]);
    }
}

/// Returns the element at an address of [`Translator::array_address`].
fn element(storage: Storage) -> Field {
    Field { offset: ARRAY_HEADER_SIZE as u32, storage }
}
