//! Objects of the heap: their sizes and the references in them, by their types. Knows
//! nothing of where they are and who needs them.
//!
//! # Safety
//!
//! Objects are as `quench_abi::Heap` describes them, of types that are in the record.
#![allow(unsafe_code, reason = "see Safety")]

use super::record;
use super::tables::at;
use crate::exception;
use core::ops::Range;
use quench_abi::{
    ARRAY_HEADER_SIZE, ArrayHeader, Exception, FIRST_OBJECT_TYPE, HOST_BOX, Heap, HostBox,
    ObjectType, ReferenceField, Value, ValueType,
};

/// What free bytes begin with that are behind the last object of a hole; the number of them
/// follows, a u32.
const FILLER: u32 = 3;

/// The types of structs and arrays of the program.
#[derive(Clone, Copy)]
pub(super) struct Types {
    types: *const ObjectType,
    references: *const ReferenceField,
    /// The number of the first type of `types`, and that behind the last.
    first: u32,
    end: u32,
}

/// What an object is, as far as the collector has to know.
pub(super) enum Kind<'a> {
    Struct(&'a ObjectType),
    Array(&'a ObjectType),
    Exception,
    /// A box of the host's reference, which refers to no object.
    HostBox,
    /// Free bytes.
    Filler,
}

impl Kind<'_> {
    /// Returns whether there is no object but free bytes.
    pub(super) fn is_filler(&self) -> bool {
        matches!(self, Kind::Filler)
    }

    /// Returns whether the object is an array.
    pub(super) fn is_array(&self) -> bool {
        matches!(self, Kind::Array(_))
    }

    /// Returns whether an object of this kind can have references.
    pub(super) fn has_references(&self) -> bool {
        match self {
            Kind::Struct(ty) | Kind::Array(ty) => ty.reference_count != 0,
            Kind::Exception => true,
            Kind::HostBox | Kind::Filler => false,
        }
    }
}

impl Types {
    pub(super) fn of_program() -> Types {
        // SAFETY: there is one thread.
        let Heap { types, references, first_type, type_count, .. } = unsafe { &*record::heap() };
        Types {
            types: *types,
            references: *references,
            // A program may have exceptions and boxes only.
            first: (*first_type as u32).max(FIRST_OBJECT_TYPE),
            end: (*first_type + *type_count) as u32,
        }
    }

    /// Returns the type with a number.
    pub(super) unsafe fn of_number(&self, number: u32) -> &ObjectType {
        // SAFETY: the caller gives the number of a type.
        unsafe { &*self.types.add((number - self.first) as usize) }
    }

    /// Returns whether an object can begin with a number.
    pub(super) fn is_known(&self, number: u32) -> bool {
        number <= HOST_BOX || (self.first..self.end).contains(&number)
    }

    /// Returns what the object at an address is.
    #[inline(always)]
    pub(super) unsafe fn kind(&self, object: usize) -> Kind<'_> {
        // SAFETY: see the head of this file.
        let number = unsafe { at::<u32>(object).read() };
        if number >= self.first {
            // SAFETY: as above.
            let ty = unsafe { self.of_number(number) };
            return if ty.is_array == 0 { Kind::Struct(ty) } else { Kind::Array(ty) };
        }
        match number {
            HOST_BOX => Kind::HostBox,
            FILLER => Kind::Filler,
            _ => Kind::Exception,
        }
    }

    /// Returns the bytes of an object whose kind is known.
    #[inline(always)]
    pub(super) unsafe fn size(&self, object: usize, kind: &Kind<'_>) -> usize {
        match kind {
            Kind::Struct(ty) => ty.size as usize,
            // SAFETY: an array has a length.
            Kind::Array(ty) => unsafe {
                array_size(ty, (*at::<ArrayHeader>(object)).length) as usize
            },
            Kind::Exception => {
                // SAFETY: an exception has a tag.
                let tag = unsafe { &*(*at::<Exception>(object)).tag };
                exception_size(tag.parameters.length as usize)
            }
            Kind::HostBox => size_of::<HostBox>(),
            // SAFETY: a filler has its size.
            Kind::Filler => unsafe { at::<u32>(object).add(1).read() as usize },
        }
    }

    /// Visits the references in an object, other than to functions: all of a struct or an
    /// exception, those of an array that are in `part`, a range of addresses.
    #[inline(always)]
    pub(super) unsafe fn each_reference(
        &self,
        object: usize,
        kind: &Kind<'_>,
        part: &Range<usize>,
        mut visit: impl FnMut(u32),
    ) {
        match kind {
            Kind::Struct(ty) => {
                for field in self.references(ty) {
                    // SAFETY: the struct has this field.
                    unsafe { load(object + field.offset() as usize, field.is_wide(), &mut visit) };
                }
            }
            Kind::Array(ty) => {
                let Some(element) = self.references(ty).first() else {
                    return;
                };
                let (size, is_wide) = (ty.size as usize, element.is_wide());
                let first = object + ARRAY_HEADER_SIZE as usize;
                // SAFETY: an array has a length, and as many elements.
                unsafe {
                    let length = (*at::<ArrayHeader>(object)).length as usize;
                    let end = (first + length * size).min(part.end);
                    let mut place = first.max(part.start);
                    while place < end {
                        load(place, is_wide, &mut visit);
                        place += size;
                    }
                }
            }
            // SAFETY: see the head of this file.
            Kind::Exception => unsafe {
                exception::each_value(at(object), ValueType::may_refer_to_object, |value| {
                    load(value.addr(), true, &mut visit);
                });
            },
            Kind::HostBox | Kind::Filler => {}
        }
    }

    /// Returns the references of a struct, or the one of an array that stands for all its
    /// elements.
    #[inline(always)]
    fn references(&self, ty: &ObjectType) -> &[ReferenceField] {
        let count = ty.reference_count as usize;
        if count == 0 {
            return &[];
        }
        // SAFETY: the compiler wrote the list.
        unsafe {
            core::slice::from_raw_parts(self.references.add(ty.first_reference as usize), count)
        }
    }
}

/// Visits the reference at a place, if it is not the host's.
#[inline(always)]
unsafe fn load(place: usize, is_wide: bool, visit: &mut impl FnMut(u32)) {
    // SAFETY: the caller's promise: there is a reference of 8 or 4 bytes.
    unsafe {
        if !is_wide {
            visit(at::<u32>(place).read());
        } else if let Ok(reference) = u32::try_from(at::<u64>(place).read()) {
            visit(reference);
        }
    }
}

/// Returns the bytes of an array.
pub(super) fn array_size(ty: &ObjectType, length: u32) -> u64 {
    (ARRAY_HEADER_SIZE + u64::from(length) * u64::from(ty.size)).next_multiple_of(8)
}

/// Returns the bytes of an exception with `values` values.
pub(super) const fn exception_size(values: usize) -> usize {
    size_of::<Exception>() + values * size_of::<Value>()
}

/// Makes free bytes look like an object, so that whoever goes from object to object
/// passes them.
///
/// # Safety
///
/// The bytes are free; there is a multiple of 8 of them.
pub(super) unsafe fn fill(start: usize, end: usize) {
    if start < end {
        // SAFETY: the caller's promise.
        unsafe {
            at::<u32>(start).write(FILLER);
            at::<u32>(start).add(1).write((end - start) as u32);
        }
    }
}
