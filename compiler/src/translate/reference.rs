//! References and tables. A reference is an address of 64 bits, and 0 is null.

use super::facts::Fact;
use super::translator::{Region, Translator};
use crate::plan::layout::TablePlace;
use crate::symbols::Symbol;
use crate::traps;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};
use quench_abi::{Bounds, FUNCTION_HEADER_SIZE, RuntimeFunction, Table, Trap};
use std::mem::offset_of;

/// Size of a table element in bytes, as a power of two.
const ELEMENT_SIZE_LOG2: i64 = 3;

impl Translator<'_, '_> {
    /// Translates `ref.null`.
    pub(super) fn ref_null(&mut self) {
        let value = self.builder.ins().iconst(types::I64, 0);
        self.push(value);
    }

    /// Translates `ref.is_null`.
    pub(super) fn ref_is_null(&mut self) {
        let reference = self.pop();
        let is_null = self.builder.ins().icmp_imm_u(IntCC::Equal, reference, 0);
        let result = self.push_condition(is_null);
        self.facts.note_test(result, reference, None, Some(Fact::NOT_NULL));
    }

    /// Translates `ref.as_non_null`.
    pub(super) fn ref_as_non_null(&mut self) {
        let reference = *self.stack.last().expect("validated");
        self.trap_if_null(reference);
    }

    /// Emits a trap that is taken if `reference` is null.
    pub(super) fn trap_if_null(&mut self, reference: Value) {
        if !self.facts.is_not_null(reference) {
            self.builder.ins().trapz(reference, traps::code(Trap::NullReference));
            self.facts.establish(reference, Fact::NOT_NULL);
        }
    }

    /// Translates `br_on_null`.
    pub(super) fn br_on_null(&mut self, depth: u32) {
        let reference = self.pop();
        let is_null = self.builder.ins().icmp_imm_u(IntCC::Equal, reference, 0);
        self.branch_if(is_null, depth);
        self.facts.establish(reference, Fact::NOT_NULL);
        self.push(reference);
    }

    /// Translates `br_on_non_null`.
    pub(super) fn br_on_non_null(&mut self, depth: u32) {
        let reference = *self.stack.last().expect("validated");
        self.branch_if(reference, depth);
        self.pop();
    }

    /// Translates `ref.func`.
    pub(super) fn ref_func(&mut self, function: u32) {
        let value = self.function_reference(function);
        self.push(value);
    }

    /// Returns a reference to a function: the address of the header before its code.
    pub(super) fn function_reference(&mut self, function: u32) -> Value {
        self.symbol(Symbol::Function(function), -(FUNCTION_HEADER_SIZE as i64))
    }

    /// Returns the length of a table in elements, as an i64.
    pub(super) fn table_length(&mut self, table: u32) -> Value {
        match self.environment.planned.layout.tables[table as usize] {
            TablePlace::Fixed { length } => self.builder.ins().iconst(types::I64, length as i64),
            TablePlace::Record => self.load_table_record(table, offset_of!(Table, length)),
        }
    }

    /// Returns the address of a table's first element.
    fn table_elements(&mut self, table: u32) -> Value {
        match self.environment.planned.layout.tables[table as usize] {
            TablePlace::Fixed { .. } => self.symbol(Symbol::TableElements(table), 0),
            TablePlace::Record => self.load_table_record(table, offset_of!(Table, elements)),
        }
    }

    /// Returns the 64-bit field at `offset` of a table's record.
    fn load_table_record(&mut self, table: u32, offset: usize) -> Value {
        let region = self.region(Region::TableRecords);
        let flags = MemFlagsData::trusted().with_alias_region(Some(region));
        let record = self.symbol(Symbol::Table(table), 0);
        self.builder.ins().load(types::I64, flags, record, offset as i32)
    }

    fn element_flags(&mut self) -> MemFlagsData {
        let region = self.region(Region::TableElements);
        MemFlagsData::trusted().with_alias_region(Some(region))
    }

    /// Returns the address of element `index`, an i64, which is not checked.
    fn element_address(&mut self, table: u32, index: Value) -> Value {
        let elements = self.table_elements(table);
        let offset = self.builder.ins().ishl_imm_u(index, ELEMENT_SIZE_LOG2);
        self.builder.ins().iadd(elements, offset)
    }

    /// Returns the element that operand `index` selects; traps if there is none.
    pub(super) fn load_element(&mut self, table: u32, index: Value, trap: Trap) -> Value {
        let address = self.checked_element(table, index, trap);
        let flags = self.element_flags();
        self.builder.ins().load(types::I64, flags, address, 0)
    }

    /// Returns element `index`, an i64 that is known to be in the table.
    pub(super) fn element(&mut self, table: u32, index: Value) -> Value {
        let address = self.element_address(table, index);
        let flags = self.element_flags();
        self.builder.ins().load(types::I64, flags, address, 0)
    }

    /// Returns the address of the element that operand `index` selects; traps if there is
    /// none.
    fn checked_element(&mut self, table: u32, index: Value, trap: Trap) -> Value {
        let index = self.extended(index);
        let length = self.table_length(table);
        let outside = self.builder.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, index, length);
        self.report_if(outside, trap, |translator| {
            // The length is made again here, so that a constant that only the message
            // needs is not made before the check.
            let length = translator.table_length(table);
            if trap == Trap::UndefinedElement {
                translator.call_runtime(RuntimeFunction::UndefinedElement, &[index, length]);
            } else {
                let one = translator.builder.ins().iconst(types::I64, 1);
                translator.out_of_bounds(index, one, length, Bounds::Table);
            }
        });
        self.element_address(table, index)
    }

    /// Translates `table.get`.
    pub(super) fn table_get(&mut self, table: u32) {
        let index = self.pop();
        let value = self.load_element(table, index, Trap::TableOutOfBounds);
        self.push(value);
    }

    /// Translates `table.set`.
    pub(super) fn table_set(&mut self, table: u32) {
        let (index, value) = self.pop2();
        let address = self.checked_element(table, index, Trap::TableOutOfBounds);
        let flags = self.element_flags();
        self.builder.ins().store(flags, value, address, 0);
    }

    /// Translates `table.size`.
    pub(super) fn table_size(&mut self, table: u32) {
        let length = self.table_length(table);
        self.push_index(table, length);
    }

    /// Pushes an i64 as the type of the table's indices.
    fn push_index(&mut self, table: u32, value: Value) {
        let wide = self.environment.planned.module.tables[table as usize].ty.table64;
        self.push_narrowed(value, wide);
    }

    /// Translates `table.grow`.
    pub(super) fn table_grow(&mut self, table: u32) {
        let count = self.pop_extended();
        let value = self.pop();
        let record = self.symbol(Symbol::Table(table), 0);
        let before = self.call_runtime(RuntimeFunction::TableGrow, &[record, count, value]);
        self.push_index(table, before[0]);
    }

    /// Translates `table.fill`.
    pub(super) fn table_fill(&mut self, table: u32) {
        let count = self.pop_extended();
        let value = self.pop();
        let start = self.pop_extended();
        let limit = self.table_length(table);
        self.check_range(start, count, limit, Bounds::Table);
        let address = self.element_address(table, start);
        self.call_runtime(RuntimeFunction::TableFill, &[address, value, count]);
    }

    /// Pops the operands of a copy and returns destination, source and count, each an i64.
    fn pop_copy_operands(&mut self) -> (Value, Value, Value) {
        let count = self.pop_extended();
        let source = self.pop_extended();
        (self.pop_extended(), source, count)
    }

    /// Emits a copy of `count` elements between native addresses.
    fn move_elements(&mut self, destination: Value, source: Value, count: Value) {
        let bytes = self.builder.ins().ishl_imm_u(count, ELEMENT_SIZE_LOG2);
        self.call_runtime(RuntimeFunction::Memmove, &[destination, source, bytes]);
    }

    /// Translates `table.copy`.
    pub(super) fn table_copy(&mut self, to: u32, from: u32) {
        let (destination, source, count) = self.pop_copy_operands();
        let limit = self.table_length(from);
        self.check_range(source, count, limit, Bounds::Table);
        let limit = self.table_length(to);
        self.check_range(destination, count, limit, Bounds::Table);
        let source = self.element_address(from, source);
        let destination = self.element_address(to, destination);
        self.move_elements(destination, source, count);
    }

    /// Translates `table.init`.
    pub(super) fn table_init(&mut self, table: u32, segment: u32) {
        let (destination, source, count) = self.pop_copy_operands();
        let limit = self.segment_length(Symbol::ElementsLength(segment));
        self.check_range(source, count, limit, Bounds::ElementSegment);
        let limit = self.table_length(table);
        self.check_range(destination, count, limit, Bounds::Table);
        let items = self.symbol(Symbol::Elements(segment), 0);
        let offset = self.builder.ins().ishl_imm_u(source, ELEMENT_SIZE_LOG2);
        let source = self.builder.ins().iadd(items, offset);
        let destination = self.element_address(table, destination);
        self.move_elements(destination, source, count);
    }
}
