//! Making of objects in the heap of garbage-collected objects, and accesses to their fields and
//! elements; see [`quench_abi::Heap`] for the forms. The operators are in `structs.rs`,
//! `arrays.rs` and `casts.rs`.
//!
//! An access to an object needs no check that the object is there: a reference that is not null
//! refers to one, because the collector keeps what a register, the stack, a global, a table or
//! another object refers to, and validation knows the types. Null is 0: an access to its first
//! bytes faults, and the runtime turns the fault into the trap that the instruction has in the
//! table of traps.
//!
//! Between the making of an object and the last store of its content nothing is called, so that
//! no collection finds it half made. These stores need no card, because a collection of new
//! objects looks at all of a new one.

use super::facts::Fact;
use super::translator::{Region, Translator};
use crate::ir::types::ir_type;
use crate::ir::values;
use crate::plan::objects::{Field, Storage};
use crate::traps;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, BlockArg, InstBuilder, MemFlagsData, Value, types};
use quench_abi::{CARD_SIZE_LOG2, CARDS, HOLE, Hole, RuntimeFunction, Trap, ValueType};
use std::mem::offset_of;

/// The largest offset in an object at which an access to null is sure to fault, in bytes.
const LARGEST_FAULTING_OFFSET: u32 = 4096 - 16;

/// The largest size of an object that is made without a call, in bytes.
pub(super) const LARGEST_INLINE: u32 = 4096;

impl Translator<'_, '_> {
    /// Emits the making of an object of `size` bytes, a multiple of 8, and returns its address.
    /// Its bytes are not defined, but for the type's number.
    pub(super) fn new_object(&mut self, size: u32, type_number: u32) -> Value {
        let object = self.room(size);
        self.set_type(object, type_number);
        self.facts.establish(object, Fact::of_types(&(type_number..type_number + 1)));
        object
    }

    /// Emits the store of the number of a new object's type.
    pub(super) fn set_type(&mut self, object: Value, type_number: u32) {
        let flags = self.object_flags(Region::ObjectTypes);
        let number = self.builder.ins().iconst(types::I32, i64::from(type_number));
        self.builder.ins().store(flags, number, object, 0);
    }

    /// Returns the address of `size` free bytes.
    fn room(&mut self, size: u32) -> Value {
        if size > LARGEST_INLINE {
            return self.room_of_runtime(size);
        }
        let full = self.builder.create_block();
        let done = self.block_with_parameters(&[types::I64]);
        let bytes = self.builder.ins().iconst(types::I64, i64::from(size));
        let object = self.take(bytes, full);
        self.builder.ins().jump(done, &[BlockArg::Value(object)]);
        self.start_block(full);
        self.mark_cold();
        let object = self.room_of_runtime(size);
        self.builder.ins().jump(done, &[BlockArg::Value(object)]);
        self.start_block(done);
        self.builder.block_params(done)[0]
    }

    /// Takes `size` bytes, an i64, of the hole in use, and returns their address. Continues in
    /// `full` if there are not as many.
    pub(super) fn take(&mut self, size: Value, full: Block) -> Value {
        let flags = self.object_flags(Region::Heap);
        let hole = self.builder.ins().iconst(types::I64, HOLE as i64);
        let next = offset_of!(Hole, next) as i32;
        let limit = offset_of!(Hole, limit) as i32;
        let object = self.builder.ins().load(types::I64, flags, hole, next);
        let end = self.builder.ins().iadd(object, size);
        let limit = self.builder.ins().load(types::I64, flags, hole, limit);
        let is_full = self.builder.ins().icmp(IntCC::UnsignedGreaterThan, end, limit);
        let free = self.builder.create_block();
        self.builder.ins().brif(is_full, full, &[], free, &[]);
        self.start_block(free);
        self.builder.ins().store(flags, end, hole, next);
        object
    }

    /// Emits a call of the runtime that makes room for an object, and returns its address.
    fn room_of_runtime(&mut self, size: u32) -> Value {
        let size = self.builder.ins().iconst(types::I64, i64::from(size));
        self.call_runtime(RuntimeFunction::HeapRoom, &[size])[0]
    }

    /// Returns the flags of an access that cannot fault to a part of the heap.
    pub(super) fn object_flags(&mut self, region: Region) -> MemFlagsData {
        let region = self.region(region);
        MemFlagsData::trusted().with_alias_region(Some(region))
    }

    /// Returns the flags of an access to `offset` in the object that `reference` refers to, or
    /// that traps if that is null.
    pub(super) fn checked_flags(
        &mut self,
        reference: Value,
        offset: u32,
        region: Region,
        trap: Trap,
    ) -> MemFlagsData {
        let code = traps::code(trap);
        let flags = self.object_flags(region);
        if self.facts.is_not_null(reference) {
            return flags;
        }
        self.facts.establish(reference, Fact::NOT_NULL);
        if offset > LARGEST_FAULTING_OFFSET {
            self.builder.ins().trapz(reference, code);
            return flags;
        }
        let checked = MemFlagsData::new().with_aligned().with_trap_code(Some(code));
        checked.with_alias_region(flags.alias_region())
    }

    /// Emits the load of a field. `is_signed` says how an integer of less than 32 bits is
    /// extended.
    pub(super) fn load_field(
        &mut self,
        object: Value,
        field: Field,
        flags: MemFlagsData,
        is_signed: bool,
    ) -> Value {
        let offset = field.offset as i32;
        let flags = unaligned(flags, field.storage);
        let ins = self.builder.ins();
        match (field.storage, is_signed) {
            (Storage::I8, false) => ins.uload8(types::I32, flags, object, offset),
            (Storage::I8, true) => ins.sload8(types::I32, flags, object, offset),
            (Storage::I16, false) => ins.uload16(types::I32, flags, object, offset),
            (Storage::I16, true) => ins.sload16(types::I32, flags, object, offset),
            (Storage::Value(ValueType::AnyRef), _) => ins.uload32(flags, object, offset),
            (Storage::Value(ty), _) => ins.load(ir_type(ty), flags, object, offset),
        }
    }

    /// Emits the store of a field.
    pub(super) fn store_field(
        &mut self,
        object: Value,
        field: Field,
        flags: MemFlagsData,
        value: Value,
    ) {
        let offset = field.offset as i32;
        let flags = unaligned(flags, field.storage);
        let ins = self.builder.ins();
        match field.storage {
            Storage::I8 => ins.istore8(flags, value, object, offset),
            Storage::I16 => ins.istore16(flags, value, object, offset),
            Storage::Value(ValueType::AnyRef) => ins.istore32(flags, value, object, offset),
            Storage::Value(_) => ins.store(flags, value, object, offset),
        };
    }

    /// Returns the default value of a field: zero or null.
    pub(super) fn default_field(&mut self, storage: Storage) -> Value {
        match storage {
            Storage::I8 | Storage::I16 => self.default_value(ValueType::I32),
            Storage::Value(ty) => self.default_value(ty),
        }
    }

    /// Returns whether the collector has to know that `value` was stored: not a constant, which
    /// is null or an `i31`.
    pub(super) fn wants_card(&self, storage: Storage, value: Value) -> bool {
        storage.is_followed() && values::constant(self.builder.func, value).is_none()
    }

    /// Emits the store to the card of `address`.
    pub(super) fn mark_card(&mut self, address: Value) {
        let flags = self.object_flags(Region::Cards);
        let card = self.builder.ins().ushr_imm_u(address, i64::from(CARD_SIZE_LOG2));
        let one = self.builder.ins().iconst(types::I32, 1);
        self.builder.ins().istore8(flags, one, card, CARDS as i32);
    }
}

/// Returns the flags of an access to a value in this form: vectors are not aligned.
fn unaligned(flags: MemFlagsData, storage: Storage) -> MemFlagsData {
    match storage {
        Storage::Value(ValueType::V128) => {
            let unaligned = MemFlagsData::new().with_trap_code(flags.trap_code());
            unaligned.with_alias_region(flags.alias_region())
        }
        _ => flags,
    }
}

impl Region {
    /// Returns the region of fields and elements in this form. Two of different forms never
    /// overlap, because an object keeps its type.
    pub(super) fn of_storage(storage: Storage) -> Region {
        Region::Fields(match storage {
            Storage::I8 => 0,
            Storage::I16 => 1,
            Storage::Value(ty) => 1 + ty as u32,
        })
    }
}
