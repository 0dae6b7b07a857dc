//! Traps: why guest code stopped, and how compiled code says what it compared.

use crate::enumeration;

enumeration! {
    /// The reason for which guest code stopped. Its name is what messages say;
    /// it begins with the words of the specification's test scripts where they
    /// have any.
    #[repr(u8)]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Trap {
        /// `unreachable` was executed.
        Unreachable = 1 => "unreachable executed",
        /// An access left its memory, or a range its memory or data segment.
        MemoryOutOfBounds = 2 => "out of bounds memory access",
        /// An access left its table, or a range its table or element segment.
        TableOutOfBounds = 3 => "out of bounds table access",
        /// `call_indirect` with an index past the end of its table.
        UndefinedElement = 4 => "undefined element: indirect call past the end of a table",
        /// `call_indirect` of a null entry.
        UninitializedElement = 5 => "uninitialized element: indirect call of a null reference",
        /// `call_indirect` of a function of another type.
        IndirectCallTypeMismatch = 6 => "indirect call type mismatch",
        /// The result of an integer division or a conversion has no
        /// representation.
        IntegerOverflow = 7 => "integer overflow",
        /// An integer was divided by zero.
        IntegerDivideByZero = 8 => "integer divide by zero",
        /// A NaN was converted to an integer.
        InvalidConversionToInteger = 9 => "invalid conversion to integer",
        /// The guest's stack is used up.
        StackExhausted = 10 => "call stack exhausted",
        /// An operator that needs a reference got null.
        NullReference = 11 => "null reference",
        /// An import that the program was built without (`--stub-imports`) was
        /// called.
        MissingImport = 12 => "missing import",
        /// A memory or table given to an importing module was smaller than the
        /// import asks for when the module was instantiated.
        IncompatibleImport = 13 => "incompatible import",
        /// An exception was thrown that nobody catches.
        UncaughtException = 14 => "uncaught exception",
        /// The address of an atomic access is no multiple of its width.
        UnalignedAtomic = 15 => "unaligned atomic",
        /// A wait on a memory that no other thread sees.
        ExpectedSharedMemory = 16 => "expected shared memory",
        /// A field of null was read or written.
        NullStructure = 17 => "null structure reference",
        /// An element or the length of null was read or written.
        NullArray = 18 => "null array reference",
        /// The number in null was read.
        NullI31 = 19 => "null i31 reference",
        /// An element or a range is not in its array.
        ArrayOutOfBounds = 20 => "out of bounds array access",
        /// `ref.cast` of a reference to an object of another type, or of null.
        CastFailure = 21 => "cast failure",
        /// There is no memory for an object, or the limit of memory has no room for it.
        OutOfMemory = 22 => "out of memory",
    }
}

enumeration! {
    /// The thing whose length an index or a range was compared with; see
    /// [`RuntimeFunction::OutOfBounds`](crate::RuntimeFunction::OutOfBounds).
    #[repr(u32)]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Bounds {
        /// A memory.
        Memory = 0 => "memory",
        /// A data segment.
        DataSegment = 1 => "data segment",
        /// A table.
        Table = 2 => "table",
        /// An element segment.
        ElementSegment = 3 => "element segment",
        /// An array.
        Array = 4 => "array",
    }
}

impl Bounds {
    /// Returns the trap of a comparison that fails.
    pub fn trap(self) -> Trap {
        match self {
            Bounds::Memory | Bounds::DataSegment => Trap::MemoryOutOfBounds,
            Bounds::Table | Bounds::ElementSegment => Trap::TableOutOfBounds,
            Bounds::Array => Trap::ArrayOutOfBounds,
        }
    }
}

/// What an instruction does with the bytes that it accesses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessKind {
    /// It reads them.
    Load,
    /// It writes them.
    Store,
    /// It does both, in one step.
    Atomic,
}

/// An access that compiled code compared with a memory's length and found out of
/// bounds. The code says so by a store of the access's end, a u64, to the address
/// that is the [`number`](FailedAccess::number): nothing is mapped there, and the
/// signal handler knows the rest. That is two instructions where a call would be
/// six.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailedAccess {
    /// What the access would have done.
    pub kind: AccessKind,
    /// Bytes; a power of 2, at most 16.
    pub width: u8,
    /// The memory by its number in the program: those that a module defines
    /// follow those of the modules before it. `None` if the number is too large.
    pub memory: Option<u16>,
}

impl FailedAccess {
    /// All numbers are below this, and no address that a program maps is (Linux's
    /// `vm.mmap_min_addr`).
    pub const NUMBERS: u64 = 1 << 16;

    const UNKNOWN_MEMORY: u16 = (1 << 11) - 1;

    /// Returns the number that stands for the access: the kind in bits 0 and 1,
    /// the logarithm of the width in bits 2 to 4, the memory in bits 5 to 15.
    pub fn number(self) -> u16 {
        let kind = match self.kind {
            AccessKind::Load => 0,
            AccessKind::Store => 1,
            AccessKind::Atomic => 2,
        };
        let known = self.memory.unwrap_or(Self::UNKNOWN_MEMORY);
        let memory = known.min(Self::UNKNOWN_MEMORY);
        kind | (self.width.trailing_zeros() as u16) << 2 | memory << 5
    }

    /// Returns the access that a number stands for.
    pub fn of_number(number: u16) -> FailedAccess {
        let memory = number >> 5;
        FailedAccess {
            kind: match number & 3 {
                0 => AccessKind::Load,
                1 => AccessKind::Store,
                _ => AccessKind::Atomic,
            },
            width: 1 << (number >> 2 & 7),
            memory: (memory != Self::UNKNOWN_MEMORY).then_some(memory),
        }
    }
}
