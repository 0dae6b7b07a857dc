//! Elements of streams and futures that go from one guest to another: from the memory of one
//! to that of the other, with the handles in them from the tables of one to those of the
//! other. The types of both describe the same values, and differ in the numbers of tables.
//!
//! # Safety
//!
//! The records are the compiler's, and stay as they are while the program runs. Two guests
//! may have one memory, so no borrow of one's memory lives while the other's is written.
#![allow(unsafe_code, reason = "see Safety")]

use crate::description::{Description, Type};
use crate::ends;
use crate::error_context;
use crate::lower::{Call, Encoding, UTF8, UTF16, UTF16_TAG};
use crate::resources;
use crate::tables;
use crate::trap::trap;
use crate::values;
use crate::waitable::Kind;
use quench_abi::component::{ChannelUse, HandleTables, Lowering, ValueKind};
use quench_runtime_support::{memory_of, text};

/// Copies bytes as if there was a buffer between the memories. Both places were checked.
pub(crate) fn copy(from: &Lowering, to: &Lowering, source: u32, target: u32, length: u64) {
    // SAFETY: no borrow is left when the bytes are copied, and the memories may be one.
    unsafe {
        let source = memory_of(from.memory).bytes(source.into(), length).map(<[u8]>::as_ptr);
        let mut memory = memory_of(to.memory);
        let target = memory.bytes_mut(target.into(), length).map(<[u8]>::as_mut_ptr);
        if let (Some(source), Some(target)) = (source, target) {
            source.copy_to(target, length as usize);
        }
    }
}

/// Passes elements that are not plain. Both places were checked.
pub(crate) fn pass(
    from: &'static ChannelUse,
    to: &'static ChannelUse,
    source: u32,
    target: u32,
    count: u32,
) {
    // SAFETY: see the head of this file.
    let (old, new, tables) = unsafe { (&*from.ty, &*to.ty, (*to.ty).tables.as_ref()) };
    let types = [old, new].map(|ty| {
        // SAFETY: the same.
        Description::new(unsafe { text(&ty.element) }).result()
    });
    let (&[Some(old), Some(new)], Some(tables)) = (&types, tables) else {
        return;
    };
    let [from_call, to_call] = [&from.lowering, &to.lowering].map(Call::again);
    let sides = [&from.lowering, &to.lowering];
    Passage { from: from_call, to: to_call, sides, tables }.elements(
        [old, new],
        source,
        target,
        count,
    );
}

/// The way from one guest to another.
struct Passage {
    from: Call,
    to: Call,
    sides: [&'static Lowering; 2],
    tables: &'static HandleTables,
}

impl Passage {
    /// Passes values that lie one behind the other.
    fn elements(&mut self, types: [Type; 2], source: u32, target: u32, count: u32) {
        let size = types[0].size();
        if types[0].kind().is_some_and(is_number) {
            let [from, to] = self.sides;
            return copy(from, to, source, target, u64::from(size) * u64::from(count));
        }
        for index in 0..count {
            let offset = index.wrapping_mul(size);
            self.value(types, source.wrapping_add(offset), target.wrapping_add(offset));
        }
    }

    /// Passes a value. Types nest only as deep as the validator allows.
    fn value(&mut self, types: [Type; 2], source: u32, target: u32) {
        let [old, new] = types;
        let Some(kind) = old.kind() else {
            return;
        };
        match kind {
            ValueKind::Bool => {
                let value = values::number(&mut self.from, source, 1) != 0;
                self.to.write(target, &[value.into()]);
            }
            ValueKind::Char => {
                let value = values::character(values::number(&mut self.from, source, 4) as u32);
                self.put(target, value.into(), 4);
            }
            ValueKind::String => {
                let (address, length) = self.address_and_length(source);
                let string = self.string(address, length);
                self.put_address_and_length(target, string);
            }
            ValueKind::List | ValueKind::Map => {
                let (address, length) = self.address_and_length(source);
                let list = self.list(types, address, length);
                self.put_address_and_length(target, (list, length));
            }
            ValueKind::FixedList => {
                if let (Some(old), Some(element)) = (old.element(), new.element()) {
                    self.elements([old, element], source, target, new.extra());
                }
            }
            ValueKind::Record | ValueKind::Tuple => {
                for (old, new) in old.members().zip(new.members()) {
                    if let (Some(from), Some(to)) = (old.ty, new.ty) {
                        let offset = new.offset;
                        self.value([from, to], source + offset, target + offset);
                    }
                }
            }
            ValueKind::Variant | ValueKind::Option | ValueKind::Result => {
                let size = old.discriminant_size();
                let case = values::number(&mut self.from, source, size) as u32;
                let case = values::case(old, case);
                self.put(target, case.into(), size);
                if let (Some(from), Some(to)) = (old.member(case).ty, new.member(case).ty) {
                    let offset = new.extra();
                    self.value([from, to], source + offset, target + offset);
                }
            }
            ValueKind::Flags => {
                let size = old.size();
                let flags = values::number(&mut self.from, source, size);
                let known = (1u64 << old.count().min(63)) - 1;
                self.put(target, flags & known, size);
            }
            ValueKind::Own | ValueKind::Stream | ValueKind::Future | ValueKind::ErrorContext => {
                let handle = values::number(&mut self.from, source, 4) as u32;
                let numbers = [old.extra(), new.extra()];
                let handle = self.handle(kind, handle, numbers);
                self.put(target, handle.into(), 4);
            }
            _ => self.elements(types, source, target, 1),
        }
    }

    /// Moves what a handle stands for from one table to another; returns the handle there.
    fn handle(&mut self, kind: ValueKind, handle: u32, [from, to]: [u32; 2]) -> u32 {
        let tables = self.tables;
        let kind = match kind {
            ValueKind::Own => {
                let [from, to] = [from, to].map(|number| tables::resource(tables, number));
                return resources::transfer(from, to, handle);
            }
            ValueKind::ErrorContext => {
                let [from, to] = [from, to].map(|number| tables::error_context(tables, number));
                return error_context::transfer(from, to, handle);
            }
            ValueKind::Future => Kind::FutureRead,
            _ => Kind::StreamRead,
        };
        let [from, to] = [from, to].map(|number| tables::channel(tables, kind.is_future(), number));
        ends::transfer(from, to, kind, handle)
    }

    /// Passes a list; returns its address.
    fn list(&mut self, [old, new]: [Type; 2], address: u32, length: u32) -> u32 {
        let (Some(old), Some(new)) = (old.element(), new.element()) else {
            return 0;
        };
        self.from.check_list(address, length, old.size(), old.alignment());
        let Some(bytes) = length.checked_mul(new.size()) else {
            trap("a list is too long for the guest's memory");
        };
        let list = self.to.allocate(bytes, new.alignment());
        self.elements([old, new], address, list, length);
        list
    }

    /// Passes a string; returns its address and length.
    fn string(&mut self, address: u32, length: u32) -> (u32, u32) {
        let (mut bytes, mut units, mut count, mut is_latin1) = (0u64, 0u64, 0u32, true);
        values::characters(&mut self.from, address, length, |character| {
            bytes += character.len_utf8() as u64;
            units += character.len_utf16() as u64;
            count += 1;
            is_latin1 &= u32::from(character) <= 0xff;
        });
        let encoding = match self.sides[1].encoding {
            UTF8 => Encoding::Utf8,
            UTF16 => Encoding::Utf16,
            _ if is_latin1 => Encoding::Latin1,
            _ => Encoding::Utf16,
        };
        let (size, alignment) = match encoding {
            Encoding::Utf8 => (bytes, 1),
            Encoding::Utf16 => (units * 2, 2),
            Encoding::Latin1 => (count.into(), 2),
        };
        let size = match u32::try_from(size) {
            Ok(size) if size < UTF16_TAG => size,
            _ => trap("a string is too long for the guest's memory"),
        };
        let target = self.to.allocate(size, alignment);
        let source = self.from.encoding(length);
        if source == encoding {
            let [from, to] = self.sides;
            copy(from, to, address, target, size.into());
        } else {
            self.characters((address, source), (target, encoding), count);
        }
        let length = match encoding {
            Encoding::Utf16 if self.sides[1].encoding != UTF16 => (size / 2) | UTF16_TAG,
            Encoding::Utf16 => size / 2,
            Encoding::Utf8 | Encoding::Latin1 => size,
        };
        (target, length)
    }

    /// Writes characters in another encoding.
    fn characters(&mut self, source: (u32, Encoding), target: (u32, Encoding), count: u32) {
        let (mut from, encoding) = source;
        let mut to = target.0;
        for _ in 0..count {
            let (character, next) = values::character_at(&mut self.from, encoding, from);
            from = next;
            let mut bytes = [0; 4];
            let bytes = match target.1 {
                Encoding::Utf8 => character.encode_utf8(&mut bytes).as_bytes(),
                Encoding::Latin1 => {
                    bytes[0] = u32::from(character) as u8;
                    &bytes[..1]
                }
                Encoding::Utf16 => {
                    let units = character.encode_utf16(&mut [0; 2]).len();
                    for (place, unit) in
                        bytes.chunks_exact_mut(2).zip(character.encode_utf16(&mut [0; 2]).iter())
                    {
                        place.copy_from_slice(&unit.to_le_bytes());
                    }
                    &bytes[..units * 2]
                }
            };
            self.to.write(to, bytes);
            to = to.wrapping_add(bytes.len() as u32);
        }
    }

    fn put(&mut self, target: u32, value: u64, size: u32) {
        let bytes = value.to_le_bytes();
        self.to.write(target, bytes.get(..size as usize).unwrap_or_default());
    }

    fn address_and_length(&mut self, source: u32) -> (u32, u32) {
        let pair = values::number(&mut self.from, source, 8);
        (pair as u32, (pair >> 32) as u32)
    }

    fn put_address_and_length(&mut self, target: u32, (address, length): (u32, u32)) {
        self.put(target, u64::from(address) | u64::from(length) << 32, 8);
    }
}

/// Returns whether all bytes are values of a kind.
fn is_number(kind: ValueKind) -> bool {
    use ValueKind::{F32, F64, S8, S16, S32, S64, U8, U16, U32, U64};
    matches!(kind, S8 | U8 | S16 | U16 | S32 | U32 | S64 | U64 | F32 | F64)
}
