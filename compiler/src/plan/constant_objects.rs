//! The objects that constant expressions of globals make. They are part of the executable,
//! and are at addresses that are known here when the program starts, so that such a global is a
//! number like any other. Where an expression makes something else, code does it.
//!
//! Nothing frees these objects, because code knows their addresses.

use super::objects::{ObjectLayout, ObjectTypes, Storage};
use crate::module::{ConstantExpression, ConstantOperator, Module, StaticValue};
use quench_abi::{ARRAY_HEADER_SIZE, BLOCK_SIZE, CONSTANTS_UNIT, LARGEST_IN_BLOCK, ValueType};

/// The most bytes of objects of a module. What is beyond is left to code: the objects take
/// memory from the start on.
const MOST_BYTES: usize = 16 << 20;

/// The constant objects of a module.
#[derive(Default)]
pub(crate) struct ConstantObjects {
    /// Address of the first byte, a multiple of [`CONSTANTS_UNIT`].
    pub start: u64,
    /// The objects, with 0 in place of references to functions.
    pub bytes: Vec<u8>,
    /// The offsets of references to functions, with the indices of these.
    pub functions: Vec<(u32, u32)>,
    /// A bit for each 8 bytes, set where an object begins.
    pub starts: Vec<u64>,
}

impl ConstantObjects {
    /// Makes the objects of the globals that a module defines, from address `start` on, a multiple
    /// of [`CONSTANTS_UNIT`], and gives the globals their values. `type_ids` are the
    /// identities of the module's types.
    pub(crate) fn make(
        module: &mut Module<'_>,
        objects: &ObjectTypes,
        type_ids: &[u32],
        start: u64,
    ) -> ConstantObjects {
        let mut made = ConstantObjects { start, ..ConstantObjects::default() };
        for index in module.imported_globals as usize..module.globals.len() {
            let global = &module.globals[index];
            let Some(initial) = global.initial.as_ref().filter(|_| global.value.is_none()) else {
                continue;
            };
            let before = (made.bytes.len(), made.functions.len());
            let mut maker = Maker { made: &mut made, module, objects, type_ids, stack: Vec::new() };
            let value = maker.evaluate(initial);
            if value.is_none() {
                made.forget(before);
            }
            module.globals[index].value = value;
        }
        made.bytes.resize(made.bytes.len().next_multiple_of(CONSTANTS_UNIT as usize), 0);
        made.starts.resize(made.bytes.len() / CONSTANTS_UNIT as usize, 0);
        made
    }

    /// Returns the address behind the last byte.
    pub(crate) fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }

    /// Returns the number of the type of the object at an address, if one begins there.
    pub(crate) fn type_number(&self, address: u64) -> Option<u32> {
        let offset = address.checked_sub(self.start)? as usize;
        let word = self.starts.get(offset / CONSTANTS_UNIT as usize)?;
        let begins = offset.is_multiple_of(8) && word >> (offset / 8 % 64) & 1 != 0;
        let number = self.bytes.get(offset..offset + 4)?;
        begins.then(|| u32::from_le_bytes(number.try_into().expect("4 bytes")))
    }

    /// Removes what was made since there were so many bytes and references to functions.
    fn forget(&mut self, (bytes, functions): (usize, usize)) {
        for offset in (bytes.next_multiple_of(8)..self.bytes.len()).step_by(8) {
            if let Some(word) = self.starts.get_mut(offset / CONSTANTS_UNIT as usize) {
                *word &= !(1 << (offset / 8 % 64));
            }
        }
        self.bytes.truncate(bytes);
        self.functions.truncate(functions);
    }

    /// Adds an object of `size` bytes, a multiple of 8, that are 0 but for the number of its type.
    /// Returns its offset; none if it cannot be here.
    fn add(&mut self, size: u64, type_number: u32) -> Option<usize> {
        if size > LARGEST_IN_BLOCK {
            return None;
        }
        let place = self.start + self.bytes.len() as u64;
        let room = place.next_multiple_of(BLOCK_SIZE) - place;
        if size > room && room != 0 {
            self.bytes.resize(self.bytes.len() + room as usize, 0);
        }
        let offset = self.bytes.len();
        let end = offset + size as usize;
        if end > MOST_BYTES {
            return None;
        }
        self.bytes.resize(end, 0);
        self.bytes[offset..offset + 4].copy_from_slice(&type_number.to_le_bytes());
        let unit = offset / CONSTANTS_UNIT as usize;
        self.starts.resize(self.starts.len().max(unit + 1), 0);
        self.starts[unit] |= 1 << (offset / 8 % 64);
        Some(offset)
    }

    /// Stores a value in a field at an offset. Returns none if the value is not one of the field's
    /// type, which cannot be in a valid module.
    fn store(&mut self, offset: usize, storage: Storage, value: StaticValue) -> Option<()> {
        let width = storage.width() as usize;
        let field = self.bytes.get_mut(offset..offset + width)?;
        match (value, storage) {
            (StaticValue::Bits(bits), _) if width <= 8 => {
                field.copy_from_slice(&bits.to_le_bytes()[..width]);
            }
            (StaticValue::Vector(bytes), Storage::Value(ValueType::V128)) => {
                field.copy_from_slice(&bytes);
            }
            (StaticValue::Function(function), Storage::Value(ValueType::FuncRef)) => {
                self.functions.push((offset as u32, function));
            }
            _ => return None,
        }
        Some(())
    }
}

/// The evaluation of an expression.
struct Maker<'m, 'a> {
    made: &'m mut ConstantObjects,
    module: &'m Module<'a>,
    objects: &'m ObjectTypes,
    type_ids: &'m [u32],
    stack: Vec<StaticValue>,
}

impl Maker<'_, '_> {
    /// Returns the expression's value, if it is known or an object that can be made here.
    fn evaluate(&mut self, expression: &ConstantExpression) -> Option<StaticValue> {
        for operator in &expression.operators {
            match *operator {
                ConstantOperator::StructNew(ty) => self.make_struct(ty, true)?,
                ConstantOperator::StructNewDefault(ty) => self.make_struct(ty, false)?,
                ConstantOperator::ArrayNew(ty) => {
                    let count = self.stack.pop()?.bits()? as u32;
                    let value = self.stack.pop()?;
                    self.make_array(ty, count, |_| Some(value))?;
                }
                ConstantOperator::ArrayNewDefault(ty) => {
                    let count = self.stack.pop()?.bits()? as u32;
                    self.make_array(ty, count, |_| None)?;
                }
                ConstantOperator::ArrayNewFixed(ty, count) => {
                    let first = self.stack.len().checked_sub(count as usize)?;
                    let values = self.stack.split_off(first);
                    self.make_array(ty, count, |index| Some(values[index]))?;
                }
                // The same bits, but for a box of the host's reference, which is never here.
                ConstantOperator::ExternConvertAny => {}
                simple => {
                    let value = simple.evaluate(&mut self.stack, &|index| {
                        self.module.globals[index as usize].value
                    })?;
                    self.stack.push(value);
                }
            }
        }
        self.stack.pop()
    }

    /// Makes a struct, of values from the stack if `has_values`, and pushes its address.
    fn make_struct(&mut self, ty: u32, has_values: bool) -> Option<()> {
        let identity = self.type_ids[ty as usize];
        let ObjectLayout::Struct { fields, size } = self.objects.layout(identity) else {
            return None;
        };
        let offset = self.made.add((*size).into(), self.objects.numbers.range(identity).start)?;
        if has_values {
            let first = self.stack.len().checked_sub(fields.len())?;
            for (field, value) in fields.iter().zip(self.stack.split_off(first)) {
                self.made.store(offset + field.offset as usize, field.storage, value)?;
            }
        }
        self.push(offset);
        Some(())
    }

    /// Makes an array whose elements have the values that `value` returns, or are zero or null, and
    /// pushes its address.
    fn make_array(
        &mut self,
        ty: u32,
        count: u32,
        value: impl Fn(usize) -> Option<StaticValue>,
    ) -> Option<()> {
        let identity = self.type_ids[ty as usize];
        let ObjectLayout::Array(storage) = *self.objects.layout(identity) else {
            return None;
        };
        let width = u64::from(storage.width());
        let size = (ARRAY_HEADER_SIZE + u64::from(count) * width).next_multiple_of(8);
        let offset = self.made.add(size, self.objects.numbers.range(identity).start)?;
        self.made.bytes[offset + 4..offset + 8].copy_from_slice(&count.to_le_bytes());
        let first = offset + ARRAY_HEADER_SIZE as usize;
        for index in 0..count as usize {
            if let Some(value) = value(index) {
                self.made.store(first + index * width as usize, storage, value)?;
            }
        }
        self.push(offset);
        Some(())
    }

    /// Pushes the address of the object at an offset.
    fn push(&mut self, offset: usize) {
        self.stack.push(StaticValue::Bits(self.made.start + offset as u64));
    }
}
