//! What functions of the host that a component imports get and give: arguments in a guest's
//! memory, and results that are written there, in the layout of the canonical ABI.
//!
//! # Safety
//!
//! The records are the compiler's. A guest's memory is borrowed from a [`Call`], and a guest
//! is called, to allocate, only by a function that needs the whole `Call`; so no borrow of
//! memory lives while a guest runs. While a guest allocates it may not call out, so no
//! function of the host is entered during another one.
#![allow(unsafe_code, reason = "see Safety")]

use crate::handles::{require_may_leave, without_leaving};
use crate::strings::valid;
use crate::transcode;
use crate::trap::{trap, trap_line};
use quench_abi::component::{ComponentInstance, Lowering};
use quench_runtime_support::{GuestMemory, Line, memory_of};

/// The values of [`Lowering::encoding`]; greater ones are Latin-1 or UTF-16.
pub(crate) const UTF8: u64 = 0;
pub(crate) const UTF16: u64 = 1;

/// The bit in the length of a string in the third encoding that says that it is UTF-16.
pub(crate) const UTF16_TAG: u32 = 1 << 31;

/// One call of a function of the host.
pub struct Call {
    lowering: &'static Lowering,
}

impl Call {
    /// Begins a call. Traps if the caller may not call out.
    pub fn new(lowering: &'static Lowering) -> Call {
        let call = Call { lowering };
        require_may_leave(call.instance());
        call
    }

    /// Goes on with what an earlier call began.
    pub(crate) fn again(lowering: &'static Lowering) -> Call {
        Call { lowering }
    }

    /// Begins a call that the host makes of a guest's function, whose options these are.
    pub(crate) fn of_host(options: &'static Lowering) -> Call {
        Call { lowering: options }
    }

    /// Returns the component instance that makes the call.
    pub fn instance(&self) -> &'static ComponentInstance {
        // SAFETY: see the head of this file.
        unsafe { &*self.lowering.instance }
    }

    /// Returns the memory of the caller; one without bytes if the call has none.
    pub fn memory(&mut self) -> GuestMemory<'_> {
        // SAFETY: it is borrowed from the call.
        unsafe { memory_of(self.lowering.memory) }
    }

    /// Returns `length` bytes of the caller's memory. Traps if they are not inside it.
    pub fn bytes<'a>(memory: &'a GuestMemory<'_>, address: u32, length: u32) -> &'a [u8] {
        match memory.bytes(address.into(), length.into()) {
            Some(bytes) => bytes,
            None => outside(address, length, memory.length()),
        }
    }

    /// Copies text of the caller's, as UTF-8, to `buffer`, and returns it; `None` if it does
    /// not fit. `length` is that of the canonical ABI. Traps if the text is not inside the
    /// caller's memory, or not valid in the caller's encoding.
    pub fn text<'b>(
        &mut self,
        address: u32,
        length: u32,
        buffer: &'b mut [u8],
    ) -> Option<&'b [u8]> {
        let encoding = self.encoding(length);
        let memory = self.memory();
        let bytes = Call::string(&memory, encoding, address, length);
        let (read, written) = match encoding {
            Encoding::Utf16 => valid(transcode::utf16_to_utf8(bytes, buffer)),
            Encoding::Utf8 => {
                let fits = buffer.get_mut(..bytes.len())?;
                valid(transcode::copy_utf8(bytes, fits));
                (bytes.len(), bytes.len())
            }
            Encoding::Latin1 => transcode::latin1_to_utf8(bytes, buffer),
        };
        let length = encoding.units(length);
        (read == length as usize).then(|| buffer.get(..written)).flatten()
    }

    /// Returns the encoding of a string with a length of the canonical ABI.
    pub(crate) fn encoding(&self, length: u32) -> Encoding {
        match self.lowering.encoding {
            UTF8 => Encoding::Utf8,
            UTF16 => Encoding::Utf16,
            _ if length & UTF16_TAG != 0 => Encoding::Utf16,
            _ => Encoding::Latin1,
        }
    }

    /// Returns the bytes of a string. Traps if they are not inside the memory or not aligned.
    pub(crate) fn string<'a>(
        memory: &'a GuestMemory<'_>,
        encoding: Encoding,
        address: u32,
        length: u32,
    ) -> &'a [u8] {
        let units = encoding.units(length);
        let (size, alignment) = match encoding {
            Encoding::Utf8 => (units, 1),
            Encoding::Utf16 => (units.saturating_mul(2), 2),
            // It may have been UTF-16.
            Encoding::Latin1 => (units, 2),
        };
        check_alignment(address, alignment);
        memory.bytes(address.into(), size.into()).unwrap_or_else(|| {
            let line = &mut Line::new("trap: string pointer/length out of bounds of memory: ");
            trap_line(line.decimal(size.into()).text(" bytes at ").hexadecimal(address.into()))
        })
    }

    /// Allocates memory of the caller's, and returns its address. Traps if the guest gives
    /// what is not inside its memory.
    pub fn allocate(&mut self, size: u32, alignment: u32) -> u32 {
        let Some(realloc) = self.lowering.realloc else {
            trap(
                "a function of the host has to allocate memory, and the component gives it no `realloc`",
            );
        };
        let address = without_leaving(self.instance(), || {
            // SAFETY: it is the guest's function of this type; see the head of this file.
            unsafe { realloc(0, 0, alignment, size) }
        });
        if !address.is_multiple_of(alignment) {
            let line = &mut Line::new("trap: realloc return: result not aligned: ");
            trap_line(line.hexadecimal(address.into()));
        }
        let memory = self.memory();
        if memory.bytes(address.into(), size.into()).is_none() {
            let line = &mut Line::new("trap: realloc return: beyond end of memory: ");
            line.decimal(size.into()).text(" bytes at ").hexadecimal(address.into());
            trap_line(line);
        }
        address
    }

    /// Writes a result to the address that the caller gave for it. Traps if that is not
    /// inside its memory, or not aligned.
    pub fn give<T: Store>(&mut self, address: u32, value: T) {
        let Layout { size, alignment } = T::LAYOUT;
        self.check(address, size, alignment);
        value.store(self, address);
    }

    /// Traps unless a place is inside the memory and aligned.
    pub(crate) fn check(&mut self, address: u32, size: u32, alignment: u32) {
        check_alignment(address, alignment);
        let length = self.memory().length();
        if u64::from(address) + u64::from(size) > length {
            outside(address, size, length);
        }
    }

    /// Traps unless the elements of a list are inside the memory and aligned.
    pub fn check_list(&mut self, address: u32, length: u32, size: u32, alignment: u32) {
        check_alignment(address, alignment);
        let memory = self.memory().length();
        let bytes = u64::from(length) * u64::from(size);
        if u64::from(address) + bytes > memory {
            let line = &mut Line::new("trap: list pointer/length out of bounds of memory: ");
            trap_line(line.decimal(bytes).text(" bytes at ").hexadecimal(address.into()));
        }
    }

    /// Writes bytes to a place that was checked before.
    pub(crate) fn write(&mut self, address: u32, bytes: &[u8]) {
        if self.memory().store(address.into(), bytes).is_none() {
            let length = self.memory().length();
            outside(address, bytes.len() as u32, length);
        }
    }
}

/// How a string is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf16,
    Latin1,
}

impl Encoding {
    /// Returns the number of units of a string with a length of the canonical ABI, which
    /// says for some encodings which one it is.
    fn units(self, length: u32) -> u32 {
        match self {
            Encoding::Utf8 => length,
            Encoding::Utf16 | Encoding::Latin1 => length & !UTF16_TAG,
        }
    }
}

fn check_alignment(address: u32, alignment: u32) {
    if !address.is_multiple_of(alignment) {
        let line = &mut Line::new("trap: unaligned pointer: ");
        line.hexadecimal(address.into()).text(" is no multiple of ");
        trap_line(line.decimal(alignment.into()));
    }
}

#[cold]
fn outside(address: u32, size: u32, length: u64) -> ! {
    let line = &mut Line::new("trap: pointer not inside memory: ");
    line.decimal(size.into()).text(" bytes at ").hexadecimal(address.into());
    trap_line(line.text(", memory is ").decimal(length).text(" bytes"))
}

/// Size and alignment of a type in memory, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Number of bytes.
    pub size: u32,
    /// The power of 2 that addresses are a multiple of.
    pub alignment: u32,
}

impl Layout {
    /// Returns the layout of a type without values to store.
    pub const EMPTY: Layout = Layout { size: 0, alignment: 1 };

    /// Returns the layout of a number of `size` bytes.
    pub const fn number(size: u32) -> Layout {
        Layout { size, alignment: size }
    }

    /// Returns the layout of a record, given those of its fields.
    pub const fn record(fields: &[Layout]) -> Layout {
        let mut record = Layout::EMPTY;
        let mut index = 0;
        while index < fields.len() {
            record.alignment = max(record.alignment, fields[index].alignment);
            record.size =
                record.size.next_multiple_of(fields[index].alignment) + fields[index].size;
            index += 1;
        }
        record.size = record.size.next_multiple_of(record.alignment);
        record
    }

    /// Returns the layout of a variant of at most 256 cases, given those of two payloads.
    pub const fn variant(one: Layout, other: Layout) -> Layout {
        let alignment = max(one.alignment, other.alignment);
        let payload = Layout { size: max(one.size, other.size), alignment };
        Layout::record(&[Layout::number(1), payload])
    }

    /// Returns the offset of the payload in a variant of this layout.
    const fn payload(self) -> u32 {
        self.alignment
    }
}

const fn max(one: u32, other: u32) -> u32 {
    if one > other { one } else { other }
}

/// A type of values that are written to a guest's memory.
pub trait Store: Sized {
    /// The layout of the type.
    const LAYOUT: Layout;

    /// Writes the value to an address that is inside the memory and aligned.
    fn store(self, call: &mut Call, address: u32);
}

macro_rules! numbers {
    ($($Type:ty)*) => {$(
        impl Store for $Type {
            const LAYOUT: Layout = Layout::number(size_of::<$Type>() as u32);

            fn store(self, call: &mut Call, address: u32) {
                call.write(address, &self.to_le_bytes());
            }
        }
    )*};
}

numbers! { u8 u16 u32 u64 i32 i64 }

impl Store for () {
    const LAYOUT: Layout = Layout::EMPTY;

    fn store(self, _: &mut Call, _: u32) {}
}

impl Store for bool {
    const LAYOUT: Layout = Layout::number(1);

    fn store(self, call: &mut Call, address: u32) {
        u8::from(self).store(call, address);
    }
}

impl<T: Store> Store for Option<T> {
    const LAYOUT: Layout = Layout::variant(Layout::EMPTY, T::LAYOUT);

    fn store(self, call: &mut Call, address: u32) {
        u8::from(self.is_some()).store(call, address);
        if let Some(value) = self {
            value.store(call, address + Self::LAYOUT.payload());
        }
    }
}

impl<T: Store, E: Store> Store for Result<T, E> {
    const LAYOUT: Layout = Layout::variant(T::LAYOUT, E::LAYOUT);

    fn store(self, call: &mut Call, address: u32) {
        u8::from(self.is_err()).store(call, address);
        let payload = address + Self::LAYOUT.payload();
        match self {
            Ok(value) => value.store(call, payload),
            Err(error) => error.store(call, payload),
        }
    }
}

macro_rules! tuples {
    ($(($($Type:ident $field:tt),*))*) => {$(
        /// A tuple, or a record with these fields.
        impl<$($Type: Store),*> Store for ($($Type,)*) {
            const LAYOUT: Layout = Layout::record(&[$($Type::LAYOUT),*]);

            fn store(self, call: &mut Call, address: u32) {
                let mut place = address;
                $(
                    place = place.next_multiple_of($Type::LAYOUT.alignment);
                    self.$field.store(call, place);
                    place += $Type::LAYOUT.size;
                )*
                let _ = place;
            }
        }
    )*};
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
}

const ADDRESS_AND_LENGTH: Layout = Layout { size: 8, alignment: 4 };

/// A list of as many elements as `count` says, which an iterator gives.
pub struct List<I> {
    /// Number of elements.
    pub count: u32,
    /// The elements.
    pub elements: I,
}

impl<T: Store, I: Iterator<Item = T>> Store for List<I> {
    const LAYOUT: Layout = ADDRESS_AND_LENGTH;

    fn store(self, call: &mut Call, address: u32) {
        let Layout { size, alignment } = T::LAYOUT;
        let Some(bytes) = self.count.checked_mul(size) else {
            trap("a list is too long for the guest's memory");
        };
        let list = call.allocate(bytes, alignment);
        for (place, element) in (0..self.count).zip(self.elements) {
            element.store(call, list + place * size);
        }
        list.store(call, address);
        self.count.store(call, address + 4);
    }
}

/// Bytes, a list of `u8`, copied at once.
pub struct Bytes<'a>(pub &'a [u8]);

impl Store for Bytes<'_> {
    const LAYOUT: Layout = ADDRESS_AND_LENGTH;

    fn store(self, call: &mut Call, address: u32) {
        let length = self.0.len() as u32;
        let place = call.allocate(length, 1);
        call.write(place, self.0);
        place.store(call, address);
        length.store(call, address + 4);
    }
}

/// Text of the host's. It is written in the guest's encoding; what is not UTF-8 becomes
/// U+FFFD.
pub struct Text<'a>(pub &'a [u8]);

impl Text<'_> {
    fn characters(&self) -> impl Iterator<Item = char> {
        self.0.utf8_chunks().flat_map(|chunk| {
            let replacement = (!chunk.invalid().is_empty()).then_some(char::REPLACEMENT_CHARACTER);
            chunk.valid().chars().chain(replacement)
        })
    }
}

impl Text<'_> {
    /// Writes the text to memory of the guest's, and returns its address and length.
    pub(crate) fn allocate(&self, call: &mut Call) -> (u32, u32) {
        let encoding = call.lowering.encoding;
        if encoding == UTF8 {
            let length = self.characters().map(char::len_utf8).sum::<usize>() as u32;
            let address = call.allocate(length, 1);
            let mut place = address;
            for character in self.characters() {
                let mut bytes = [0; 4];
                let bytes = character.encode_utf8(&mut bytes).as_bytes();
                call.write(place, bytes);
                place += bytes.len() as u32;
            }
            (address, length)
        } else if encoding != UTF16 && self.characters().all(|one| u8::try_from(one).is_ok()) {
            let length = self.characters().count() as u32;
            let address = call.allocate(length, 2);
            for (place, character) in (address..).zip(self.characters()) {
                call.write(place, &[character as u32 as u8]);
            }
            (address, length)
        } else {
            let units = self.characters().map(char::len_utf16).sum::<usize>() as u32;
            let address = call.allocate(units * 2, 2);
            let mut place = address;
            for character in self.characters() {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    call.write(place, &unit.to_le_bytes());
                    place += 2;
                }
            }
            (address, if encoding == UTF16 { units } else { units | UTF16_TAG })
        }
    }
}

impl Store for Text<'_> {
    const LAYOUT: Layout = ADDRESS_AND_LENGTH;

    fn store(self, call: &mut Call, address: u32) {
        let (place, length) = self.allocate(call);
        place.store(call, address);
        length.store(call, address + 4);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Layouts of the canonical ABI, worked out by hand.
    #[test]
    fn layouts() {
        assert_eq!(<Option<u64>>::LAYOUT, Layout { size: 16, alignment: 8 });
        assert_eq!(<Option<()>>::LAYOUT, Layout { size: 1, alignment: 1 });
        assert_eq!(<Result<u32, u8>>::LAYOUT, Layout { size: 8, alignment: 4 });
        assert_eq!(<(u8, u64, u8)>::LAYOUT, Layout { size: 24, alignment: 8 });
        assert_eq!(<(u32, Text<'_>)>::LAYOUT, Layout { size: 12, alignment: 4 });
        assert_eq!(<Result<Bytes<'_>, (u8, u32)>>::LAYOUT, Layout { size: 12, alignment: 4 });
    }
}
