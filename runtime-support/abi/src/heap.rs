//! The heap of objects of garbage-collected types, in a program that has such types:
//! its addresses, the forms of references and objects, and the record of it.
//!
//! A reference to an object is the object's address, which is below 4 GiB and a multiple
//! of 8. In registers, globals, tables and element segments it has 8 bytes, of which the
//! upper 4 are 0; in fields and elements of objects it has 4. A reference of type `i31`
//! is the number shifted left by one, with bit 0 set, in 32 bits. Null is 0.
//!
//! An object begins with the number of its type, a u32. In a struct its fields follow in
//! their order, each at a multiple of its size, but vectors at one of 8; in an array, the
//! number of its elements, a u32, and from byte 8 on the elements. An object's size is a
//! multiple of 8.
//!
//! Numbers of types are those of [`FunctionHeader::type_id`](crate::FunctionHeader). They
//! are given so that a type's subtypes, and theirs, have the numbers that follow its own.

use crate::records::Text;

/// Address of the cards: a byte for each [`CARD_SIZE`] bytes of addresses below 4 GiB. Code
/// that stores a reference into an object sets the card of the object's address, or of the
/// element's if it is an array, to 1, unless it has just made the object. So a collection of
/// new objects finds the references to them that old objects have.
pub const CARDS: u64 = 0x1000_0000;

/// Logarithm of [`CARD_SIZE`].
pub const CARD_SIZE_LOG2: u32 = 9;

/// Bytes of addresses to which a card belongs.
pub const CARD_SIZE: u64 = 1 << CARD_SIZE_LOG2;

/// The first address that an object can have. What lies between the cards and it belongs to
/// the collector.
pub const HEAP_BASE: u64 = 0x2000_0000;

/// End of the addresses that objects can have.
pub const HEAP_END: u64 = 0xf000_0000;

/// Bytes of a block of small objects: none of them lies in two.
pub const BLOCK_SIZE: u64 = 1 << 15;

/// The most bytes of an object in a block. Larger ones are elsewhere, and are not constant.
pub const LARGEST_IN_BLOCK: u64 = 1 << 13;

/// Bytes of addresses of constant objects that belong to one word of
/// [`ConstantObjects::starts`](crate::ConstantObjects::starts).
pub const CONSTANTS_UNIT: u64 = 512;

/// The beginning of an array; its elements follow.
#[repr(C)]
pub struct ArrayHeader {
    /// Number of the array's type.
    pub ty: u32,
    /// Number of elements.
    pub length: u32,
}

/// Bytes of an array before its first element.
pub const ARRAY_HEADER_SIZE: u64 = size_of::<ArrayHeader>() as u64;

/// Numbers below this are not those of types of structs and arrays. In the heap, 0 and 1 are the first 4 bytes of an
/// [`Exception`](crate::Exception), [`HOST_BOX`] those of a reference of the host's.
pub const FIRST_OBJECT_TYPE: u32 = 4;

/// Number with which a [`HostBox`] begins.
pub const HOST_BOX: u32 = 2;

/// An object that holds a reference of the host's: a value of type `externref` that was
/// converted to `anyref`. References of the host's are 0 or at least 2^32, so that both fit into
/// an `externref`.
#[repr(C)]
pub struct HostBox {
    /// [`HOST_BOX`].
    pub ty: u32,
    /// Not defined.
    pub unused: u32,
    /// The reference.
    pub reference: u64,
}

/// The free bytes at which code makes objects, at the address [`HOLE`]. Code makes an object at
/// `next` if it ends no later than `limit`, and adds the object's size to `next`; otherwise it
/// calls [`RuntimeFunction::HeapRoom`](crate::RuntimeFunction::HeapRoom).
#[repr(C)]
pub struct Hole {
    /// Address at which the next object is made.
    pub next: u64,
    /// End of the free bytes from `next` on.
    pub limit: u64,
}

/// Address of the [`Hole`]. No object has the cards that would be there. It is a constant
/// because that costs code less than a symbol does.
pub const HOLE: u64 = CARDS;

/// The heap of a program, at symbol [`symbols::HEAP`](crate::symbols::HEAP); a program
/// without garbage-collected types has none.
#[repr(C)]
pub struct Heap {
    /// Types of structs and arrays, by their numbers, from `first_type` on.
    pub types: *const ObjectType,
    /// Number of `types`.
    pub type_count: u64,
    /// Number of the first type in `types`.
    pub first_type: u64,
    /// The lists of references of all types, one after the other.
    pub references: *const ReferenceField,
    /// Names of `types`, for messages: of each the length in 4 bytes, 0 if it has none, and the
    /// name.
    pub names: Text,
    /// What the collector does beside its work: bits of [`heap_mode`].
    pub mode: u64,
    /// Prepares the host functions before any guest code runs, or null.
    pub host_start: Option<unsafe extern "C" fn()>,
}

/// The type that a cast expects, if it is not one of a program's types; see
/// [`RuntimeFunction::CastFailure`](crate::RuntimeFunction::CastFailure).
pub mod expected_type {
    /// Any reference but null.
    pub const ANY: u32 = u32::MAX;
    /// `eq`: no reference of the host's.
    pub const EQ: u32 = u32::MAX - 1;
    /// `i31`.
    pub const I31: u32 = u32::MAX - 2;
    /// `struct`.
    pub const STRUCT: u32 = u32::MAX - 3;
    /// `array`.
    pub const ARRAY: u32 = u32::MAX - 4;
    /// `none` and its like: null.
    pub const NONE: u32 = u32::MAX - 5;
}

/// Bits of [`Heap::mode`].
pub mod heap_mode {
    /// Collect whenever code asks for room, and give it as little as possible; overwrite what
    /// is free, and check that references refer to objects.
    pub const STRESS: u64 = 1;
    /// Write a line to standard error about each collection.
    pub const LOG: u64 = 2;
    /// Set the other bits as the environment variable `QUENCH_GC` says.
    pub const FROM_ENVIRONMENT: u64 = 4;
    /// Never collect.
    pub const OFF: u64 = 8;
}

/// A type of structs or arrays, for the collector.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ObjectType {
    /// Bytes of a struct, of which there are a multiple of 8, or of an array's element.
    pub size: u32,
    /// 0: structs, 1: arrays.
    pub is_array: u32,
    /// Number of the first entry in [`Heap::references`].
    pub first_reference: u32,
    /// Number of references in a struct; in an array 1 if its elements are references that are followed.
    pub reference_count: u32,
}

/// A reference in an object: its offset in bytes, and bit 31 if it has 8 bytes: an exnref or externref.
/// An externref of which any of the upper 4 bytes is not 0 is the host's. Others have 4 bytes.
/// References to functions are not listed.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct ReferenceField(pub u32);

impl ReferenceField {
    /// Describes the reference at `offset` of 8 or 4 bytes.
    pub const fn new(offset: u32, is_wide: bool) -> ReferenceField {
        ReferenceField(offset | (is_wide as u32) << 31)
    }

    /// Returns the offset in the object, in bytes.
    pub const fn offset(self) -> u32 {
        self.0 & !(1 << 31)
    }

    /// Returns whether the reference has 8 bytes.
    pub const fn is_wide(self) -> bool {
        self.0 >> 31 != 0
    }
}
