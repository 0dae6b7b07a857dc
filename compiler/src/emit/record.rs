//! Data with addresses in it, before it is placed in an object, and records of the
//! contract written by the names of their fields. Knows no record in particular.

use cranelift_module::{DataId, FuncId, FuncOrDataId};

/// The address of a symbol plus a number of bytes.
#[derive(Clone, Copy)]
pub(crate) struct Address {
    /// The symbol.
    pub symbol: FuncOrDataId,
    /// The number of bytes that is added.
    pub addend: i64,
}

impl Address {
    /// Makes an address `offset` bytes behind the start of a block of code.
    pub(crate) fn in_code(code: FuncId, offset: i64) -> Address {
        Address { symbol: FuncOrDataId::Func(code), addend: offset }
    }
}

impl From<FuncOrDataId> for Address {
    fn from(symbol: FuncOrDataId) -> Address {
        Address { symbol, addend: 0 }
    }
}

impl From<DataId> for Address {
    fn from(data: DataId) -> Address {
        FuncOrDataId::Data(data).into()
    }
}

impl From<FuncId> for Address {
    fn from(function: FuncId) -> Address {
        FuncOrDataId::Func(function).into()
    }
}

/// Data with addresses in it, before it is placed.
#[derive(Default)]
pub(crate) struct Record {
    /// The data, with zeros in place of addresses and distances.
    pub bytes: Vec<u8>,
    /// The addresses, of 8 bytes, with their offsets in `bytes`.
    pub addresses: Vec<(u64, Address)>,
    /// The distances, of 4 bytes, with their offsets in `bytes`: how far the address lies
    /// behind the field.
    pub distances: Vec<(u64, Address)>,
}

impl Record {
    /// Makes a record of zeros.
    pub(crate) fn zeros(size: usize) -> Record {
        Record { bytes: vec![0; size], ..Record::default() }
    }

    /// Returns the number of bytes.
    pub(crate) fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Appends a number of 8 bytes.
    pub(crate) fn u64(&mut self, value: u64) -> &mut Record {
        self.bytes(&value.to_le_bytes())
    }

    /// Appends bytes as they are.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> &mut Record {
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// Appends an address, in 8 bytes.
    pub(crate) fn address(&mut self, address: impl Into<Address>) -> &mut Record {
        self.addresses.push((self.size(), address.into()));
        self.u64(0)
    }

    /// Appends another record.
    pub(crate) fn append(&mut self, record: Record) {
        let start = self.size();
        let behind = |(at, address)| (start + at, address);
        self.addresses.extend(record.addresses.into_iter().map(behind));
        self.distances.extend(record.distances.into_iter().map(behind));
        self.bytes.extend(record.bytes);
    }

    /// Sets the field of `width` bytes at `offset`; see [`record!`].
    ///
    /// # Panics
    ///
    /// When the value has another width than the field.
    pub(crate) fn set(&mut self, offset: usize, width: usize, value: FieldValue) {
        let mut put = |bytes: &[u8]| {
            assert_eq!(bytes.len(), width, "width of the field at offset {offset}");
            self.bytes[offset..offset + width].copy_from_slice(bytes);
        };
        match value {
            FieldValue::U32(value) => put(&value.to_le_bytes()),
            FieldValue::U32Pair(values) => put(values.map(u32::to_le_bytes).as_flattened()),
            FieldValue::U64(value) => put(&value.to_le_bytes()),
            FieldValue::Address(address) => {
                put(&[0; 8]);
                self.addresses.push((offset as u64, address));
            }
            FieldValue::Distance(address) => {
                put(&[0; 4]);
                self.distances.push((offset as u64, address));
            }
            FieldValue::Text(bytes, length) => {
                put([0, length].map(u64::to_le_bytes).as_flattened());
                self.addresses.push((offset as u64, bytes));
            }
        }
    }
}

impl From<Vec<u8>> for Record {
    fn from(bytes: Vec<u8>) -> Record {
        Record { bytes, ..Record::default() }
    }
}

/// The value of a record's field.
#[derive(Clone, Copy)]
pub(crate) enum FieldValue {
    /// A number of 4 bytes.
    U32(u32),
    /// Two numbers of 4 bytes.
    U32Pair([u32; 2]),
    /// A number of 8 bytes.
    U64(u64),
    /// An address, in 8 bytes.
    Address(Address),
    /// A distance from the field to an address, in 4 bytes.
    Distance(Address),
    /// A [`quench_abi::Text`]: an address and a number of bytes.
    Text(Address, u64),
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

impl From<Address> for FieldValue {
    fn from(address: Address) -> FieldValue {
        FieldValue::Address(address)
    }
}

impl From<DataId> for FieldValue {
    fn from(data: DataId) -> FieldValue {
        FieldValue::Address(data.into())
    }
}

impl From<FuncId> for FieldValue {
    fn from(function: FuncId) -> FieldValue {
        FieldValue::Address(function.into())
    }
}

/// `None` is the null address.
impl<T: Into<Address>> From<Option<T>> for FieldValue {
    fn from(address: Option<T>) -> FieldValue {
        address.map_or(FieldValue::U64(0), |address| FieldValue::Address(address.into()))
    }
}

impl From<(DataId, u64)> for FieldValue {
    fn from((bytes, length): (DataId, u64)) -> FieldValue {
        FieldValue::Text(bytes.into(), length)
    }
}

/// Returns the bytes of the field that a function selects.
pub(crate) const fn width<Type, Field>(_: fn(&Type) -> &Field) -> usize {
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
    use super::{FieldValue, Record};

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
    fn appended_records_keep_their_addresses_and_distances() {
        let symbol = cranelift_module::DataId::from_u32(0);
        let mut list = Record::default();
        list.u64(7);
        list.append(record!(quench_abi::Tag {
            parameters: (symbol, 5_u64),
            description: (symbol, 9_u64),
        }));
        let global = FieldValue::Distance(symbol.into());
        list.append(record!(quench_abi::GlobalEntry { value: global, ty: 1_u32 }));
        let addresses: Vec<u64> = list.addresses.iter().map(|(offset, _)| *offset).collect();
        let distances: Vec<u64> = list.distances.iter().map(|(offset, _)| *offset).collect();
        assert_eq!((addresses, distances), (vec![8, 24], vec![40]));
        assert_eq!(list.size(), 48);
    }
}
