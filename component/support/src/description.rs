//! Reads the description of a function's types, whose form is that of [`ValueKind`]. Knows
//! no values.

use quench_abi::component::{NO_TYPE, ValueKind};

/// Number of words of a type before its members, and of each member.
const TYPE_WORDS: usize = 6;
const MEMBER_WORDS: usize = 4;

/// The types of a function.
#[derive(Clone, Copy)]
pub(crate) struct Description {
    bytes: &'static [u8],
}

/// A type.
#[derive(Clone, Copy)]
pub(crate) struct Type {
    description: Description,
    index: usize,
}

/// A field of a record, a case of a variant, a flag, or the element of a list.
#[derive(Clone, Copy)]
pub(crate) struct Member {
    /// Its name, if it has one.
    pub(crate) name: &'static [u8],
    /// Its type, if it has one.
    pub(crate) ty: Option<Type>,
    /// Its offset in a record.
    pub(crate) offset: u32,
}

impl Description {
    pub(crate) fn new(bytes: &'static [u8]) -> Description {
        Description { bytes }
    }

    /// Returns the tuple that stands for the parameters.
    pub(crate) fn parameters(self) -> Option<Type> {
        self.ty(self.word(1))
    }

    /// Returns the type of the result.
    pub(crate) fn result(self) -> Option<Type> {
        self.ty(self.word(2))
    }

    fn word(self, index: usize) -> u32 {
        let bytes = self.bytes.get(index * 4..).and_then(|bytes| bytes.first_chunk());
        bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }

    fn ty(self, index: u32) -> Option<Type> {
        (index != NO_TYPE).then_some(Type { description: self, index: index as usize })
    }
}

impl Type {
    fn word(self, number: usize) -> u32 {
        self.description.word(self.index + number)
    }

    /// Returns the kind of the type.
    pub(crate) fn kind(self) -> Option<ValueKind> {
        ValueKind::from_number(self.word(0).into())
    }

    /// Returns the size in a memory.
    pub(crate) fn size(self) -> u32 {
        self.word(1)
    }

    /// Returns the alignment in a memory.
    pub(crate) fn alignment(self) -> u32 {
        self.word(2).max(1)
    }

    /// Returns the number of core values that a value is.
    pub(crate) fn flat(self) -> usize {
        self.word(3) as usize
    }

    /// Returns the number of members.
    pub(crate) fn count(self) -> u32 {
        self.word(4)
    }

    /// Returns the offset of a variant's payload, the number of a handle's table, or the
    /// length of a list of fixed length.
    pub(crate) fn extra(self) -> u32 {
        self.word(5)
    }

    /// Returns the size of the number of a variant's case.
    pub(crate) fn discriminant_size(self) -> u32 {
        match self.count() {
            0..=0x100 => 1,
            0x101..=0x1_0000 => 2,
            _ => 4,
        }
    }

    /// Returns a member.
    pub(crate) fn member(self, number: u32) -> Member {
        let at = TYPE_WORDS + number as usize * MEMBER_WORDS;
        let names = self.description.word(0) as usize;
        let (start, length) = (names + self.word(at) as usize, self.word(at + 1) as usize);
        Member {
            name: self.description.bytes.get(start..start + length).unwrap_or_default(),
            ty: self.description.ty(self.word(at + 2)),
            offset: self.word(at + 3),
        }
    }

    /// Returns the members.
    pub(crate) fn members(self) -> impl Iterator<Item = Member> {
        (0..self.count()).map(move |number| self.member(number))
    }

    /// Returns the type of a list's elements.
    pub(crate) fn element(self) -> Option<Type> {
        self.member(0).ty
    }
}
