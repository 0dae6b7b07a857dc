//! Data with addresses in it, before it is placed in an object, and records of the
//! contract written by the names of their fields. Knows no record in particular.

use object::write::SymbolId;

/// Data with addresses in it, before it is placed.
#[derive(Default)]
pub struct Record {
    /// The data, with zeros in place of the addresses.
    pub bytes: Vec<u8>,
    /// Offsets of the addresses in `bytes`, with the symbol and the addend of each.
    addresses: Vec<(u64, SymbolId, i64)>,
}

impl Record {
    /// Makes a record of zeros.
    pub fn zeros(size: usize) -> Record {
        Record { bytes: vec![0; size], addresses: Vec::new() }
    }

    /// Returns the addresses: offset in the record, symbol, and addend.
    pub fn addresses(&self) -> &[(u64, SymbolId, i64)] {
        &self.addresses
    }

    /// Returns the number of bytes.
    pub fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Appends a number of 8 bytes.
    pub fn u64(&mut self, value: u64) -> &mut Record {
        self.bytes(&value.to_le_bytes())
    }

    /// Appends bytes as they are.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Record {
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// Appends the address of `symbol` plus `addend`, in 8 bytes.
    pub fn address(&mut self, symbol: SymbolId, addend: i64) -> &mut Record {
        self.addresses.push((self.size(), symbol, addend));
        self.u64(0)
    }

    /// Appends another record.
    pub fn append(&mut self, record: Record) {
        let start = self.size();
        let moved = record.addresses.into_iter();
        self.addresses.extend(moved.map(|(at, symbol, addend)| (start + at, symbol, addend)));
        self.bytes.extend(record.bytes);
    }

    /// Sets the field of `width` bytes at `offset`; see [`record!`].
    ///
    /// # Panics
    ///
    /// When the value has another width than the field.
    pub fn set(&mut self, offset: usize, width: usize, value: FieldValue) {
        let mut put = |bytes: &[u8]| {
            assert_eq!(bytes.len(), width, "width of the field at offset {offset}");
            self.bytes[offset..offset + width].copy_from_slice(bytes);
        };
        match value {
            FieldValue::U32(value) => put(&value.to_le_bytes()),
            FieldValue::U32Pair(values) => put(values.map(u32::to_le_bytes).as_flattened()),
            FieldValue::U64(value) => put(&value.to_le_bytes()),
            FieldValue::Address(_) => put(&[0; 8]),
            FieldValue::Text(_, length) => put([0, length].map(u64::to_le_bytes).as_flattened()),
        }
        if let FieldValue::Address(symbol) | FieldValue::Text(symbol, _) = value {
            self.addresses.push((offset as u64, symbol, 0));
        }
    }
}

/// The value of a record's field.
#[derive(Clone, Copy)]
pub enum FieldValue {
    /// A number of 4 bytes.
    U32(u32),
    /// Two numbers of 4 bytes.
    U32Pair([u32; 2]),
    /// A number of 8 bytes.
    U64(u64),
    /// The address of a symbol, in 8 bytes.
    Address(SymbolId),
    /// A [`quench_abi::Text`]: the address of a symbol and a number of bytes.
    Text(SymbolId, u64),
}

impl From<u32> for FieldValue {
    fn from(value: u32) -> FieldValue {
        FieldValue::U32(value)
    }
}

impl From<[u32; 2]> for FieldValue {
    fn from(values: [u32; 2]) -> FieldValue {
        FieldValue::U32Pair(values)
    }
}

impl From<u64> for FieldValue {
    fn from(value: u64) -> FieldValue {
        FieldValue::U64(value)
    }
}

impl From<usize> for FieldValue {
    fn from(value: usize) -> FieldValue {
        FieldValue::U64(value as u64)
    }
}

impl From<SymbolId> for FieldValue {
    fn from(symbol: SymbolId) -> FieldValue {
        FieldValue::Address(symbol)
    }
}

/// `None` is the null address.
impl From<Option<SymbolId>> for FieldValue {
    fn from(symbol: Option<SymbolId>) -> FieldValue {
        symbol.map_or(FieldValue::U64(0), FieldValue::Address)
    }
}

impl From<(SymbolId, u64)> for FieldValue {
    fn from((symbol, length): (SymbolId, u64)) -> FieldValue {
        FieldValue::Text(symbol, length)
    }
}

/// Returns the bytes of the field that a function selects.
pub const fn width<Type, Field>(_: fn(&Type) -> &Field) -> usize {
    size_of::<Field>()
}

/// Makes the [`Record`] that a `#[repr(C)]` struct of the contract is in memory, from
/// values for its fields: `record!(quench_abi::TrapEntry { offset: 7, code: 1 })`.
///
/// Offsets and widths are the struct's own. A field that is missing, or set twice, is
/// an error of compilation, and so is a struct with padding; a value of another width
/// than its field is refused when the record is made.
macro_rules! record {
    ($Type:path { $( $field:ident: $value:expr ),+ $(,)? }) => {{
        // Only to be checked: it names each field once.
        let _ = |record: &$Type| {
            let $Type { $( $field: _, )+ } = record;
        };
        const FIELDS: usize = 0 $( + $crate::emit::record::width(|record: &$Type| &record.$field) )+;
        const { assert!(FIELDS == size_of::<$Type>(), "a record with padding") };
        let mut record = $crate::emit::record::Record::zeros(size_of::<$Type>());
        $(
            let offset = std::mem::offset_of!($Type, $field);
            let width = const { $crate::emit::record::width(|record: &$Type| &record.$field) };
            record.set(offset, width, $crate::emit::record::FieldValue::from($value));
        )+
        record
    }};
}

pub(crate) use record;

#[cfg(test)]
mod tests {
    use super::Record;

    #[test]
    fn fields_are_written_where_the_struct_has_them() {
        let entry = record!(quench_abi::HandlerEntry {
            frame_size: 3_u32,
            return_offset: 1_u32,
            handler_offset: 2_u32,
        });
        assert_eq!(entry.bytes, [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]);
    }

    #[test]
    #[should_panic(expected = "width of the field at offset 4")]
    fn a_value_of_another_width_is_refused() {
        record!(quench_abi::TrapEntry { offset: 1_u32, code: 1_u64 });
    }

    #[test]
    fn appended_records_keep_their_addresses() {
        let mut object = object::write::Object::new(
            object::BinaryFormat::Elf,
            object::Architecture::X86_64,
            object::Endianness::Little,
        );
        let data = object.section_id(object::write::StandardSection::Data);
        let symbol = object.section_symbol(data);
        let mut list = Record::default();
        list.u64(7);
        let text = record!(quench_abi::Tag { parameters: (symbol, 5), description: (symbol, 9) });
        list.append(text);
        let offsets: Vec<u64> = list.addresses().iter().map(|(offset, ..)| *offset).collect();
        assert_eq!(offsets, [8, 24]);
        assert_eq!(list.size(), 40);
    }
}
