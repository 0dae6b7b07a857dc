//! Passes arguments that are known when a program is built to a function of a guest: as core
//! values, or in the guest's memory.

use crate::description::{Description, Type};
use crate::lower::{Call, Store, Text};
use quench_abi::component::ValueKind;

/// The most core values that arguments are passed as.
pub(crate) const FLAT_MAX: usize = 16;

/// Core values, as bits.
pub(crate) struct Flat {
    pub(crate) values: [u64; FLAT_MAX],
    count: usize,
}

impl Flat {
    pub(crate) const NONE: Flat = Flat { values: [0; FLAT_MAX], count: 0 };

    fn push(&mut self, bits: u64) {
        if let Some(place) = self.values.get_mut(self.count) {
            *place = bits;
            self.count += 1;
        }
    }
}

/// Returns the core values of the arguments in `bytes`.
pub(crate) fn pass(call: &mut Call, types: Description, bytes: &'static [u8]) -> Flat {
    let mut flat = Flat::NONE;
    let Some(parameters) = types.parameters() else {
        return flat;
    };
    let mut arguments = Arguments { call, bytes };
    if parameters.flat() <= FLAT_MAX {
        arguments.flatten(parameters, &mut flat);
    } else {
        let address = arguments.call.allocate(parameters.size(), parameters.alignment());
        arguments.store(parameters, address);
        flat.push(address.into());
    }
    flat
}

/// The arguments that are left.
struct Arguments<'a> {
    call: &'a mut Call,
    bytes: &'static [u8],
}

impl Arguments<'_> {
    fn take(&mut self, length: usize) -> &'static [u8] {
        let (taken, rest) = self.bytes.split_at_checked(length).unwrap_or_default();
        self.bytes = rest;
        taken
    }

    /// Takes a number of at most 8 bytes.
    fn number(&mut self, length: u32) -> u64 {
        let mut bytes = [0; 8];
        for (place, byte) in bytes.iter_mut().zip(self.take(length as usize)) {
            *place = *byte;
        }
        u64::from_le_bytes(bytes)
    }

    /// Takes a value, and appends the core values that it is.
    fn flatten(&mut self, ty: Type, flat: &mut Flat) {
        match ty.kind() {
            Some(ValueKind::S8) => flat.push((self.number(1) as i8 as u32).into()),
            Some(ValueKind::S16) => flat.push((self.number(2) as i16 as u32).into()),
            Some(ValueKind::String | ValueKind::List | ValueKind::Map) => {
                let (address, length) = self.allocated(ty);
                flat.push(address.into());
                flat.push(length.into());
            }
            Some(ValueKind::Record | ValueKind::Tuple) => {
                ty.members().filter_map(|field| field.ty).for_each(|ty| self.flatten(ty, flat));
            }
            Some(ValueKind::FixedList) => {
                for _ in 0..ty.extra() {
                    ty.element().into_iter().for_each(|ty| self.flatten(ty, flat));
                }
            }
            Some(ValueKind::Variant | ValueKind::Option | ValueKind::Result) => {
                let end = flat.count + ty.flat();
                let case = self.number(4);
                flat.push(case);
                if let Some(payload) = ty.member(case as u32).ty {
                    self.flatten(payload, flat);
                }
                while flat.count < end.min(FLAT_MAX) {
                    flat.push(0);
                }
            }
            Some(ValueKind::Flags) => flat.push(self.number(4)),
            _ => flat.push(self.number(ty.size())),
        }
    }

    /// Takes a value, and writes it to an address that is inside the memory and aligned.
    fn store(&mut self, ty: Type, address: u32) {
        match ty.kind() {
            Some(ValueKind::String | ValueKind::List | ValueKind::Map) => {
                let (place, length) = self.allocated(ty);
                place.store(self.call, address);
                length.store(self.call, address + 4);
            }
            Some(ValueKind::Record | ValueKind::Tuple) => {
                for field in ty.members() {
                    field.ty.into_iter().for_each(|ty| self.store(ty, address + field.offset));
                }
            }
            Some(ValueKind::FixedList) => self.store_elements(ty, ty.extra(), address),
            Some(ValueKind::Variant | ValueKind::Option | ValueKind::Result) => {
                let case = self.number(4) as u32;
                let bytes = case.to_le_bytes();
                let size = ty.discriminant_size() as usize;
                self.call.write(address, bytes.get(..size).unwrap_or_default());
                if let Some(payload) = ty.member(case).ty {
                    self.store(payload, address + ty.extra());
                }
            }
            Some(ValueKind::Flags) => {
                let bytes = self.take(4);
                self.call.write(address, bytes.get(..ty.size() as usize).unwrap_or_default());
            }
            _ => {
                let bytes = self.take(ty.size() as usize);
                self.call.write(address, bytes);
            }
        }
    }

    /// Takes a string or a list, writes it to memory of the guest's, and returns its address
    /// and length.
    fn allocated(&mut self, ty: Type) -> (u32, u32) {
        let length = self.number(4) as u32;
        if ty.kind() == Some(ValueKind::String) {
            let text = self.take(length as usize);
            return Text(text).allocate(self.call);
        }
        let Some(element) = ty.element() else {
            return (0, 0);
        };
        let Some(size) = length.checked_mul(element.size()) else {
            crate::trap("a list is too long for the guest's memory");
        };
        let address = self.call.allocate(size, element.alignment());
        self.store_elements(ty, length, address);
        (address, length)
    }

    fn store_elements(&mut self, ty: Type, count: u32, address: u32) {
        if let Some(element) = ty.element() {
            for index in 0..count {
                self.store(element, address + index * element.size());
            }
        }
    }
}
