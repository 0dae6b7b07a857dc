//! Entries of the cache: the code of a function with its tables. An entry has numbers in
//! place of the indices of items that the code refers to and comes from, and distances from
//! the beginning of a function's body in place of offsets in the module.

use super::hash::{Key, first_half};
use super::key::Numbers;
use super::outline::Mention;
use crate::lines::{Inlined, Locations};
use crate::machine_code::{MachineCode, Relocation, RelocationTarget};
use crate::module::Module;
use crate::symbols::Symbol;
use blake3::Hasher;
use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::ir::{SourceLoc, UserExternalName};
use quench_abi::{HandlerEntry, Trap};
use rustc_hash::FxHashMap;

/// The kinds of relocations that entries can have. Cranelift gives them no numbers, so an
/// entry has their indices here. A function with another kind is not kept.
const RELOCATIONS: [Reloc; 9] = [
    Reloc::Abs8,
    Reloc::X86PCRel4,
    Reloc::X86CallPCRel4,
    Reloc::X86GOTPCRel4,
    Reloc::Arm64Call,
    Reloc::Aarch64AdrPrelPgHi21,
    Reloc::Aarch64AddAbsLo12Nc,
    Reloc::Aarch64AdrGotPage21,
    Reloc::Aarch64Ld64GotLo12Nc,
];

/// The C library functions that entries can refer to, which they do by the index here.
const LIBRARY_CALLS: [&str; 4] = ["memcpy", "memset", "memmove", "memcmp"];

/// Returns the checksum of an entry, by which damaged entries are recognised, and those that
/// are kept under a wrong key.
fn checksum(key: &Key, payload: &[u8]) -> Key {
    first_half(Hasher::new().update(key).update(payload))
}

/// Encodes a function as an entry with the key `key`. `locations` are the origins of its
/// inlined instructions, and `numbers` the numbers of what it mentions. Returns none if the
/// function has a part that entries cannot have.
pub(super) fn encode(
    key: &Key,
    function: &MachineCode,
    locations: &Locations,
    numbers: &Numbers,
    module: &Module<'_>,
) -> Option<Vec<u8>> {
    let mut payload = EntryWriter(Vec::with_capacity(function.code.len() + 128));
    payload.number(function.code.len() as u64);
    payload.0.extend_from_slice(&function.code);
    payload.number(function.phase.map_or(0, |phase| phase + 1));
    payload.number(function.relocations.len() as u64);
    for relocation in &function.relocations {
        let kind = RELOCATIONS.iter().position(|kind| *kind == relocation.kind)?;
        let (target, value) = match relocation.target {
            RelocationTarget::Symbol(symbol) => {
                let name = symbol.external_name();
                let number = match mention(symbol) {
                    Some(mention) => numbers.of(mention)?,
                    None => name.index,
                };
                (SYMBOLS + u64::from(name.namespace), number)
            }
            RelocationTarget::LibraryCall(name) => {
                let number = LIBRARY_CALLS.iter().position(|other| *other == name)?;
                (LIBRARY, number as u32)
            }
            RelocationTarget::Own(offset) => (OWN, offset),
        };
        payload.number(u64::from(relocation.offset));
        payload.number(kind as u64);
        payload.number(target);
        payload.number(u64::from(value));
        payload.number(relocation.addend as u64);
    }
    payload.number(function.traps.len() as u64);
    for (offset, trap) in &function.traps {
        payload.number(u64::from(*offset));
        payload.number(*trap as u64);
    }
    payload.number(function.handlers.len() as u64);
    for handler in &function.handlers {
        payload.number(u64::from(handler.return_offset));
        payload.number(u64::from(handler.handler_offset));
        payload.number(u64::from(handler.frame_size));
    }
    payload.number(function.points.len() as u64);
    let mut places = Places {
        locations,
        numbers,
        module,
        known: FxHashMap::default(),
        written: EntryWriter(Vec::new()),
    };
    for (offset, location) in &function.points {
        let place = places.number(*location)?;
        payload.number(u64::from(*offset));
        payload.number(place);
    }
    payload.number(places.known.len() as u64);
    payload.0.extend_from_slice(&places.written.0);
    let mut entry = checksum(key, &payload.0).to_vec();
    entry.extend_from_slice(&payload.0);
    Some(entry)
}

/// Decodes an entry for the function of `module` that has the key `key` and the numbers
/// `numbers`. Returns none if the entry is damaged.
pub(super) fn decode(
    key: &Key,
    entry: &[u8],
    numbers: &Numbers,
    module: &Module<'_>,
) -> Option<(MachineCode, Locations)> {
    let (sum, payload) = entry.split_at_checked(size_of::<Key>())?;
    if sum != checksum(key, payload) {
        return None;
    }
    let mut reader = Reader(payload);
    let size = reader.number()? as usize;
    let (code, rest) = reader.0.split_at_checked(size)?;
    reader.0 = rest;
    let phase = reader.number()?.checked_sub(1);
    let relocations = reader.list(|reader| {
        Some(Relocation {
            offset: reader.u32()?,
            kind: *RELOCATIONS.get(reader.number()? as usize)?,
            target: match (reader.number()?, reader.u32()?) {
                (OWN, offset) => RelocationTarget::Own(offset),
                (LIBRARY, number) => {
                    RelocationTarget::LibraryCall(LIBRARY_CALLS.get(number as usize)?)
                }
                (kind, number) => {
                    let namespace = u32::try_from(kind - SYMBOLS).ok()?;
                    RelocationTarget::Symbol(symbol(namespace, number, numbers)?)
                }
            },
            addend: reader.number()? as i64,
        })
    })?;
    let traps = reader.list(|reader| {
        let (offset, number) = (reader.u32()?, reader.number()?);
        Some((offset, Trap::from_number(number)?))
    })?;
    let handlers = reader.list(|reader| {
        Some(HandlerEntry {
            return_offset: reader.u32()?,
            handler_offset: reader.u32()?,
            frame_size: reader.u32()?,
        })
    })?;
    let points = reader.list(|reader| Some((reader.u32()?, reader.number()?)))?;
    let mut locations = Locations::default();
    let mut places: Vec<SourceLoc> = Vec::new();
    for _ in 0..reader.number()? {
        let place = read_place(&mut reader, &places, &mut locations, numbers, module)?;
        places.push(place);
    }
    let place = |(offset, number): (u32, u64)| Some((offset, *places.get(number as usize)?));
    let points = points.into_iter().map(place).collect::<Option<_>>()?;
    let function = MachineCode {
        origins: Vec::new(),
        slots: Vec::new(),
        code: code.to_vec(),
        phase,
        relocations,
        traps,
        handlers,
        points,
    };
    Some((function, locations))
}

/// The kind of a relocation's target that is an offset in the function itself.
const OWN: u64 = 0;

/// The kind of a relocation's target that is one of [`LIBRARY_CALLS`].
const LIBRARY: u64 = 1;

/// The first kind of targets that are symbols. A symbol's kind is this number plus the
/// namespace of its [external name](Symbol::external_name).
const SYMBOLS: u64 = 2;

/// Returns the item that a symbol belongs to, if entries have a number in place of its index.
fn mention(symbol: Symbol) -> Option<Mention> {
    Some(match symbol {
        Symbol::Function(index)
        | Symbol::HostFunction(index)
        | Symbol::ImportText(index)
        | Symbol::Context(index) => Mention::Function(index),
        Symbol::Global(index) => Mention::Global(index),
        Symbol::Table(index) | Symbol::TableElements(index) => Mention::Table(index),
        Symbol::Data(index) | Symbol::DataLength(index) => Mention::Data(index),
        Symbol::Elements(index) | Symbol::ElementsLength(index) => Mention::Elements(index),
        Symbol::Tag(index) => Mention::Tag(index),
        Symbol::Memory(_)
        | Symbol::MinimumText(_)
        | Symbol::Counters
        | Symbol::Fuel
        | Symbol::InitializePart(_)
        | Symbol::Runtime(_) => return None,
    })
}

/// Returns the symbol that an entry names by a namespace and a number.
fn symbol(namespace: u32, number: u32, numbers: &Numbers) -> Option<Symbol> {
    let named = |index| Symbol::from_external_name(&UserExternalName::new(namespace, index));
    let symbol = named(number)?;
    if mention(symbol).is_none() {
        return Some(symbol);
    }
    let mentioned = numbers.mention(number)?;
    let symbol = named(mentioned.index())?;
    (mention(symbol) == Some(mentioned)).then_some(symbol)
}

/// The source locations of an entry while it is being encoded. Each has three numbers: the
/// number of the call's location plus 1 if the instruction was inlined, otherwise 0; then
/// the number of the inlined function, 0 for the entry's own; then the distance from the
/// beginning of the function's body. A call's location comes before those that refer to it.
struct Places<'a> {
    /// The origins of inlined instructions.
    locations: &'a Locations,
    /// The numbers of what the function mentions.
    numbers: &'a Numbers,
    /// The module of the function.
    module: &'a Module<'a>,
    /// The numbers of the source locations.
    known: FxHashMap<SourceLoc, u64>,
    /// The source locations as they are encoded.
    written: EntryWriter,
}

impl Places<'_> {
    /// Returns the number of a source location, and encodes the location if it is new.
    /// Returns none if entries cannot have it.
    fn number(&mut self, location: SourceLoc) -> Option<u64> {
        if location.is_default() {
            return None;
        }
        if let Some(number) = self.known.get(&location) {
            return Some(*number);
        }
        let (function, at, caller) = match self.locations.get(location) {
            None => (self.numbers.own(), location.bits(), 0),
            Some(inlined) => {
                let caller = self.number(inlined.caller)? + 1;
                (inlined.function, inlined.at, caller)
            }
        };
        let distance = at.checked_sub(start(self.module, function)?)?;
        let function = match caller {
            0 => 0,
            _ => self.numbers.of(Mention::Function(function))?,
        };
        for part in [caller, u64::from(function), u64::from(distance)] {
            self.written.number(part);
        }
        let number = self.known.len() as u64;
        self.known.insert(location, number);
        Some(number)
    }
}

/// Decodes a source location. `places` are those before it.
fn read_place(
    reader: &mut Reader<'_>,
    places: &[SourceLoc],
    locations: &mut Locations,
    numbers: &Numbers,
    module: &Module<'_>,
) -> Option<SourceLoc> {
    let (caller, function, distance) = (reader.number()?, reader.u32()?, reader.u32()?);
    let at = |function| start(module, function)?.checked_add(distance);
    let Some(caller) = caller.checked_sub(1) else {
        return Some(SourceLoc::new(at(numbers.own())?));
    };
    let Mention::Function(function) = numbers.mention(function)? else {
        return None;
    };
    Some(locations.add(Inlined {
        function,
        at: at(function)?,
        caller: *places.get(caller as usize)?,
    }))
}

/// Returns the offset in the module at which a function's body begins.
fn start(module: &Module<'_>, function: u32) -> Option<u32> {
    let body = function.checked_sub(module.imported_functions)?;
    let range = module.bodies.get(body as usize)?.body.range();
    range.start.try_into().ok()
}

/// A writer of an entry's numbers, with the bytes that have been written.
struct EntryWriter(Vec<u8>);

impl EntryWriter {
    /// Appends a number as unsigned LEB128.
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }
}

/// A reader of an entry's numbers, with the bytes that have not been read yet. Its methods
/// return none if the entry is malformed.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    /// Reads a number in unsigned LEB128.
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// Reads a number of at most 32 bits.
    fn u32(&mut self) -> Option<u32> {
        self.number()?.try_into().ok()
    }

    /// Reads the number of items of a list, then each with `item`.
    fn list<T>(&mut self, item: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.number()?;
        (0..count).map(|_| item(self)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module;

    const KEY: Key = [7; 16];

    /// Returns a module of two functions, which are farther from its beginning the longer
    /// `name` is.
    fn module(name: &str) -> Vec<u8> {
        let mut wasm = b"\0asm\x01\0\0\0\0".to_vec();
        wasm.extend([name.len() as u8 + 1, name.len() as u8]);
        wasm.extend_from_slice(name.as_bytes());
        wasm.extend_from_slice(b"\x01\x04\x01\x60\0\0\x03\x03\x02\0\0");
        wasm.extend_from_slice(b"\x0a\x07\x02\x02\0\x0b\x02\0\x0b");
        wasm
    }

    /// Returns the code of the function `own`, which refers to `symbol`, with a trap that was
    /// inlined from `inlined`.
    fn compiled(
        symbol: Symbol,
        own: u32,
        inlined: u32,
        module: &Module<'_>,
    ) -> (MachineCode, Locations) {
        let at = |function| start(module, function).expect("a body") + 1;
        let mut locations = Locations::default();
        let trap = locations.add(Inlined {
            function: inlined,
            at: at(inlined),
            caller: SourceLoc::new(at(own)),
        });
        let function = MachineCode {
            origins: Vec::new(),
            slots: Vec::new(),
            code: vec![1, 2, 3],
            phase: Some(0),
            relocations: vec![Relocation {
                offset: 300,
                kind: Reloc::Arm64Call,
                target: RelocationTarget::Symbol(symbol),
                addend: -4,
            }],
            traps: vec![(1, Trap::Unreachable)],
            handlers: Vec::new(),
            points: vec![(2, trap)],
        };
        (function, locations)
    }

    #[test]
    fn numbers_are_taken_where_an_entry_is_wanted() {
        let (wasm, other_wasm) = (module("x"), module("longer"));
        let module = module::parse(&wasm).expect("a module").0;
        let other = module::parse(&other_wasm).expect("a module").0;
        let numbers = Numbers::new(0, &[Mention::Table(9), Mention::Function(1)]);
        let elsewhere = Numbers::new(1, &[Mention::Table(8), Mention::Function(0)]);

        let (function, locations) = compiled(Symbol::TableElements(9), 0, 1, &module);
        let entry = encode(&KEY, &function, &locations, &numbers, &module).expect("an entry");
        let (decoded, places) = decode(&KEY, &entry, &elsewhere, &other).expect("a function");
        let (expected, same) = compiled(Symbol::TableElements(8), 1, 0, &other);
        assert_eq!(format!("{decoded:?}"), format!("{expected:?}"));
        let place = expected.points[0].1;
        assert!(places.get(place) == same.get(place) && places.get(place).is_some());
        let wrong = Numbers::new(1, &[Mention::Global(8), Mention::Function(0)]);
        assert!(decode(&KEY, &entry, &wrong, &other).is_none());
    }

    #[test]
    fn damaged_and_misplaced_entries_are_none() {
        let wasm = module("x");
        let module = module::parse(&wasm).expect("a module").0;
        let numbers = Numbers::new(0, &[Mention::Function(1)]);
        let (function, locations) = compiled(Symbol::Function(1), 0, 1, &module);
        let entry = encode(&KEY, &function, &locations, &numbers, &module).expect("an entry");
        let is_read = |key, entry: &[u8]| decode(key, entry, &numbers, &module).is_some();
        assert!(is_read(&KEY, &entry));
        for length in 0..entry.len() {
            assert!(!is_read(&KEY, &entry[..length]));
            let mut damaged = entry.clone();
            damaged[length] ^= 0x10;
            assert!(!is_read(&KEY, &damaged));
        }
        assert!(!is_read(&[8; 16], &entry));
    }
}
