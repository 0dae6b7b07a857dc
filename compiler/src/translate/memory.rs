//! Loads, stores, sizes, and copies and fills of linear memories.

use super::bounds::Address;
use super::translator::{Region, Translator};
use crate::options::MemoryChecks;
use crate::symbols::Symbol;
use cranelift_codegen::ir::{Inst, InstBuilder, MemFlagsData, Type, Value, types};
use cranelift_frontend::FuncInstBuilder;
use quench_abi::{AccessKind, Bounds, Memory, RuntimeFunction};
use std::mem::offset_of;
use wasmparser::MemArg;

impl Translator<'_, '_> {
    /// Translates a load of a value of type `ty`.
    pub(super) fn load(&mut self, ty: Type, memarg: &MemArg) {
        let index = self.pop();
        let address = self.address(memarg, index, AccessKind::Load);
        let value = self.builder.ins().load(ty, address.flags, address.base, address.offset);
        self.push(value);
    }

    /// Translates a load that extends, by the Cranelift instruction that `make` emits.
    pub(super) fn load_by(
        &mut self,
        memarg: &MemArg,
        make: impl FnOnce(FuncInstBuilder<'_, '_>, &Address) -> Value,
    ) {
        let index = self.pop();
        let address = self.address(memarg, index, AccessKind::Load);
        let value = make(self.builder.ins(), &address);
        self.push(value);
    }

    /// Translates a store of a whole operand.
    pub(super) fn store(&mut self, memarg: &MemArg) {
        let (index, value) = self.pop2();
        let address = self.address(memarg, index, AccessKind::Store);
        self.builder.ins().store(address.flags, value, address.base, address.offset);
    }

    /// Translates a store of the low bits, by the Cranelift instruction that `make` emits.
    pub(super) fn store_by(
        &mut self,
        memarg: &MemArg,
        make: impl FnOnce(FuncInstBuilder<'_, '_>, Value, &Address) -> Inst,
    ) {
        let (index, value) = self.pop2();
        let address = self.address(memarg, index, AccessKind::Store);
        make(self.builder.ins(), value, &address);
    }

    /// Returns the length of a memory in bytes, as an i64.
    pub(super) fn memory_length(&mut self, memory: u32) -> Value {
        let region = self.region(Region::MemoryRecords);
        let flags = MemFlagsData::trusted().with_alias_region(Some(region));
        let record = self.symbol(Symbol::Memory(memory), 0);
        self.builder.ins().load(types::I64, flags, record, offset_of!(Memory, length) as i32)
    }

    /// Translates `memory.size`, whose result is in pages.
    pub(super) fn memory_size(&mut self, memory: u32) {
        let pages = self.memory_pages(memory);
        self.push_address(memory, pages);
    }

    /// Returns a memory's length in pages, an i64.
    pub(super) fn memory_pages(&mut self, memory: u32) -> Value {
        let length = self.memory_length(memory);
        let log2 = self.environment.planned.module.memories[memory as usize].page_size_log2;
        self.builder.ins().ushr_imm_u(length, i64::from(log2))
    }

    /// Translates `memory.grow`, whose operand and result are in pages.
    pub(super) fn memory_grow(&mut self, memory: u32) {
        let delta = self.pop_extended();
        let record = self.symbol(Symbol::Memory(memory), 0);
        let grow = match self.environment.memory_checks {
            MemoryChecks::Guard => RuntimeFunction::MemoryGrow,
            MemoryChecks::Explicit => RuntimeFunction::MemoryGrowExplicit,
        };
        let before = self.call_runtime(grow, &[record, delta]);
        self.push_address(memory, before[0]);
    }

    /// Pushes an i64 as the type of the memory's addresses.
    fn push_address(&mut self, memory: u32, value: Value) {
        let wide = self.environment.planned.module.memories[memory as usize].memory64;
        self.push_narrowed(value, wide);
    }

    /// Pushes an i64, as an i32 unless `wide`.
    pub(super) fn push_narrowed(&mut self, value: Value, wide: bool) {
        let value = if wide { value } else { self.builder.ins().ireduce(types::I32, value) };
        self.push(value);
    }

    /// Returns the native address of byte `index`, an i64, of a memory.
    pub(super) fn native_address(&mut self, memory: u32, index: Value) -> Value {
        let place = self.environment.planned.layout.memories[memory as usize];
        match self.base_register.filter(|_| place.in_register) {
            Some(register) => self.builder.ins().iadd(index, register),
            None => self.builder.ins().iadd_imm_u(index, place.base as i64),
        }
    }

    /// Pops an address or count and returns it as an i64.
    pub(super) fn pop_extended(&mut self) -> Value {
        let value = self.pop();
        self.extended(value)
    }

    /// Translates `memory.fill`.
    pub(super) fn memory_fill(&mut self, memory: u32) {
        let length = self.pop();
        let few = self.small_constant_length(length);
        let length = self.extended(length);
        let byte = self.pop();
        let start = self.pop_extended();
        self.check_memory_range(memory, start, length);
        let start = self.native_address(memory, start);
        if let Some(bytes) = few {
            let region = self.region(Region::Memory(memory));
            return self.fill_bytes((start, region), byte, bytes);
        }
        self.call_runtime(RuntimeFunction::Memset, &[start, byte, length]);
    }

    /// Translates `memory.copy`.
    pub(super) fn memory_copy(&mut self, to: u32, from: u32) {
        let length = self.pop();
        let few = self.small_constant_length(length);
        let length = self.extended(length);
        let source = self.pop_extended();
        let destination = self.pop_extended();
        let limit = self.memory_length(from);
        self.check_range(source, length, limit, Bounds::Memory);
        let limit = if from == to { limit } else { self.memory_length(to) };
        self.check_range(destination, length, limit, Bounds::Memory);
        let source = self.native_address(from, source);
        let destination = self.native_address(to, destination);
        if let Some(bytes) = few {
            let to = self.region(Region::Memory(to));
            let from = self.region(Region::Memory(from));
            return self.copy_bytes((destination, to), (source, from), bytes);
        }
        self.call_runtime(RuntimeFunction::Memmove, &[destination, source, length]);
    }

    /// Translates `memory.init`.
    pub(super) fn memory_init(&mut self, memory: u32, segment: u32) {
        let length = self.pop_extended();
        let source = self.pop_extended();
        let destination = self.pop_extended();
        let limit = self.segment_length(Symbol::DataLength(segment));
        self.check_range(source, length, limit, Bounds::DataSegment);
        self.check_memory_range(memory, destination, length);
        let bytes = self.symbol(Symbol::Data(segment), 0);
        let source = self.builder.ins().iadd(bytes, source);
        let destination = self.native_address(memory, destination);
        self.call_runtime(RuntimeFunction::Memmove, &[destination, source, length]);
    }

    /// Emits the copy of a whole data segment, which has not been dropped, to `destination`.
    pub(super) fn copy_segment(&mut self, memory: u32, destination: Value, segment: u32) {
        let length = self.environment.planned.module.data[segment as usize].bytes.len();
        let length = self.builder.ins().iconst(types::I64, length as i64);
        let destination = self.extended(destination);
        self.check_memory_range(memory, destination, length);
        let source = self.symbol(Symbol::Data(segment), 0);
        let destination = self.native_address(memory, destination);
        self.call_runtime(RuntimeFunction::Memmove, &[destination, source, length]);
    }

    /// Returns the length of a data segment in bytes, or of an element segment in elements, as
    /// an i64; it is 0 once the segment has been dropped. `symbol` is where it is stored.
    pub(super) fn segment_length(&mut self, symbol: Symbol) -> Value {
        let region = self.region(Region::Segments);
        let flags = MemFlagsData::trusted().with_alias_region(Some(region));
        let cell = self.symbol(symbol, 0);
        self.builder.ins().load(types::I64, flags, cell, 0)
    }

    /// Translates `data.drop` or `elem.drop`; `symbol` is where the segment's length is stored.
    pub(super) fn drop_segment(&mut self, symbol: Symbol) {
        let region = self.region(Region::Segments);
        let flags = MemFlagsData::trusted().with_alias_region(Some(region));
        let cell = self.symbol(symbol, 0);
        let zero = self.builder.ins().iconst(types::I64, 0);
        self.builder.ins().store(flags, zero, cell, 0);
    }
}
