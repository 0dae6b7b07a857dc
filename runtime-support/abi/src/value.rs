//! Values that cross between host and guest.

use crate::enumeration;

enumeration! {
    /// The type of a value that crosses between host and guest through [`Value`]
    /// slots. Its name is the text format's.
    #[repr(u8)]
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum ValueType {
        /// A 32-bit integer.
        I32 = 1 => "i32",
        /// A 64-bit integer.
        I64 = 2 => "i64",
        /// A 32-bit float.
        F32 = 3 => "f32",
        /// A 64-bit float.
        F64 = 4 => "f64",
        /// A vector of 128 bits.
        V128 = 5 => "v128",
        /// A reference to a function: the address of a
        /// [`FunctionHeader`](crate::FunctionHeader), or 0.
        FuncRef = 6 => "funcref",
        /// A reference of the host's: a number that it chose, or 0.
        ExternRef = 7 => "externref",
        /// A reference to an [`Exception`](crate::Exception): its address, or 0.
        ExnRef = 8 => "exnref",
        /// A reference to a garbage-collected object, or an `i31`; see
        /// [`Heap`](crate::Heap). All types below `any` are this one.
        AnyRef = 9 => "anyref",
    }
}

impl ValueType {
    /// Returns whether a value of this type may be a reference to an object of a
    /// [`Heap`](crate::Heap), in a program that has one.
    pub const fn may_refer_to_object(self) -> bool {
        matches!(self, ValueType::AnyRef | ValueType::ExternRef | ValueType::ExnRef)
    }
}

/// A slot for one value of any type, in its low bytes. The bytes above the value
/// are not defined.
#[repr(C, align(16))]
#[derive(Clone, Copy)]
pub struct Value {
    /// The value, little-endian.
    pub bytes: [u8; 16],
}

/// Calls an exported function: reads its parameters from the slots and leaves
/// its results there, both from slot 0. There are as many slots as the
/// function has parameters or results, whichever are more.
pub type EntryPoint = unsafe extern "C" fn(values: *mut Value);
