//! Compiled functions by what they were compiled from, so that a build takes
//! those of an earlier one. Knows neither where they are kept nor WebAssembly.
//!
//! A key is a hash of the function's IR, after our passes, and of all else that
//! decides its code. What the IR calls or refers to stands in it by number, in
//! order of first mention; source locations likewise. So a function keeps its
//! key where indices and offsets in the module move, and an entry's numbers are
//! taken in the function that it is wanted for. Cranelift hashes IR in this way
//! for a cache of its own.

use crate::CRANELIFT_VERSION;
use crate::codegen::{CompiledFunction, Relocation, RelocationTarget};
use crate::symbols::Symbol;
use blake3::Hasher;
use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::ir::{Function, SourceLoc};
use cranelift_codegen::isa::TargetIsa;
use quench_abi::{HandlerEntry, Trap};
use std::collections::HashMap;
use std::hash::Hash;

/// Of an entry; equal keys are equal functions.
pub type Key = [u8; 16];

/// Where entries are kept. Used from all threads. Whatever goes wrong is the
/// store's to tell; it has the entry or it has not.
pub trait Store: Send + Sync {
    fn get(&self, key: &Key) -> Option<Vec<u8>>;
    fn put(&self, key: &Key, entry: &[u8]);
}

/// The files that decide what becomes of IR beside Cranelift, and what an entry
/// looks like.
const SOURCES: [&str; 4] = [
    include_str!("codegen.rs"),
    include_str!("function_cache.rs"),
    include_str!("placement.rs"),
    include_str!("traps.rs"),
];

/// Numbers of entries for kinds of relocations, which have none of their own;
/// what is not here is not kept.
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

const LIBRARY_CALLS: [&str; 4] = ["memcpy", "memset", "memmove", "memcmp"];

/// What keys of functions for one machine begin with.
pub struct Keys(Hasher);

impl Keys {
    pub fn new(isa: &dyn TargetIsa) -> Keys {
        let mut hasher = Hasher::new();
        let features: Vec<String> = isa.isa_flags().iter().map(|v| v.to_string()).collect();
        let machine = format!("{} {} {features:?}", isa.triple(), isa.flags());
        for part in SOURCES.iter().chain(&[CRANELIFT_VERSION, &machine]) {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        Keys(hasher)
    }

    pub fn of(&self, function: &mut Function) -> (Key, Numbers) {
        let mut hasher = Buffered {
            hasher: self.0.clone(),
            buffer: Vec::with_capacity(BUFFER),
        };
        let numbers = Numbers::new(function, &mut hasher);
        let locations = std::mem::take(&mut function.stencil.srclocs);
        function.stencil.hash(&mut hasher);
        function.stencil.srclocs = locations;
        (hasher.key(), numbers)
    }
}

/// The names in the function's IR are numbered already; this adds its source
/// locations, and the way back.
pub struct Numbers {
    locations: Vec<SourceLoc>,
    symbols: Vec<Option<Symbol>>,
}

impl Numbers {
    fn new(function: &Function, hasher: &mut Buffered) -> Numbers {
        let mut locations = Vec::new();
        let mut known: HashMap<SourceLoc, u32> = HashMap::new();
        let mut last = (SourceLoc::default(), 0);
        for block in function.layout.blocks() {
            for instruction in function.layout.block_insts(block) {
                let location = function.srcloc(instruction);
                if location != last.0 || locations.is_empty() {
                    let number = known.entry(location).or_insert_with(|| {
                        locations.push(location);
                        locations.len() as u32 - 1
                    });
                    last = (location, *number);
                }
                hasher.add(&last.1.to_le_bytes());
            }
        }
        let names = function.params.user_named_funcs().values();
        Numbers {
            locations,
            symbols: names.map(Symbol::from_external_name).collect(),
        }
    }
}

const BUFFER: usize = 1 << 16;

/// Collects the many small pieces that IR is hashed in.
struct Buffered {
    hasher: Hasher,
    buffer: Vec<u8>,
}

impl Buffered {
    fn add(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER {
            self.hasher.update(&self.buffer);
            self.buffer.clear();
        }
    }

    fn key(mut self) -> Key {
        self.hasher.update(&self.buffer);
        first_half(&self.hasher)
    }
}

impl std::hash::Hasher for Buffered {
    fn write(&mut self, bytes: &[u8]) {
        self.add(bytes);
    }

    /// Nobody asks for so short a hash.
    fn finish(&self) -> u64 {
        0
    }
}

fn first_half(hasher: &Hasher) -> Key {
    let mut key = Key::default();
    hasher.finalize_xof().fill(&mut key);
    key
}

/// Tells damaged entries, and those that are kept under a wrong key.
fn checksum(key: &Key, payload: &[u8]) -> Key {
    first_half(Hasher::new().update(key).update(payload))
}

/// An entry for `function`, if it has no part that entries cannot have.
pub fn encode(key: &Key, function: &CompiledFunction, numbers: &Numbers) -> Option<Vec<u8>> {
    let mut payload = Writer(Vec::with_capacity(function.code.len() + 128));
    payload.number(function.code.len() as u64);
    payload.0.extend_from_slice(&function.code);
    payload.number(function.phase.map_or(0, |phase| phase + 1));
    payload.number(function.relocations.len() as u64);
    for relocation in &function.relocations {
        let kind = RELOCATIONS
            .iter()
            .position(|kind| *kind == relocation.kind)?;
        let (target, value) = match relocation.target {
            RelocationTarget::Symbol(symbol) => {
                let mut symbols = numbers.symbols.iter();
                (0, symbols.position(|other| *other == Some(symbol))?)
            }
            RelocationTarget::LibraryCall(name) => {
                (1, LIBRARY_CALLS.iter().position(|other| *other == name)?)
            }
            RelocationTarget::Own(offset) => (2, offset as usize),
        };
        payload.number(u64::from(relocation.offset));
        payload.number(kind as u64);
        payload.number(target);
        payload.number(value as u64);
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
    let known = numbers.locations.iter().zip(0..);
    let known: HashMap<SourceLoc, u64> = known.map(|(at, number)| (*at, number)).collect();
    for (offset, location) in &function.points {
        payload.number(u64::from(*offset));
        payload.number(*known.get(location)?);
    }
    let mut entry = checksum(key, &payload.0).to_vec();
    entry.extend_from_slice(&payload.0);
    Some(entry)
}

/// `None` if the entry is damaged.
pub fn decode(key: &Key, entry: &[u8], numbers: &Numbers) -> Option<CompiledFunction> {
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
                (0, number) => RelocationTarget::Symbol((*numbers.symbols.get(number as usize)?)?),
                (1, number) => RelocationTarget::LibraryCall(LIBRARY_CALLS.get(number as usize)?),
                (2, offset) => RelocationTarget::Own(offset),
                _ => return None,
            },
            addend: reader.number()? as i64,
        })
    })?;
    let traps = reader.list(|reader| {
        let (offset, number) = (reader.u32()?, reader.number()?);
        let trap = Trap::ALL.into_iter().find(|trap| *trap as u64 == number);
        Some((offset, trap?))
    })?;
    let handlers = reader.list(|reader| {
        Some(HandlerEntry {
            return_offset: reader.u32()?,
            handler_offset: reader.u32()?,
            frame_size: reader.u32()?,
        })
    })?;
    let points = reader.list(|reader| {
        let (offset, number) = (reader.u32()?, reader.number()?);
        Some((offset, *numbers.locations.get(number as usize)?))
    })?;
    Some(CompiledFunction {
        origins: Vec::new(),
        slots: Vec::new(),
        code: code.to_vec(),
        phase,
        relocations,
        traps,
        handlers,
        points,
    })
}

struct Writer(Vec<u8>);

impl Writer {
    /// Unsigned LEB128.
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
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

    fn u32(&mut self) -> Option<u32> {
        self.number()?.try_into().ok()
    }

    fn list<T>(&mut self, item: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.number()?;
        (0..count).map(|_| item(self)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers() -> Numbers {
        Numbers {
            locations: vec![SourceLoc::default(), SourceLoc::new(70)],
            symbols: vec![Some(Symbol::Global(9)), Some(Symbol::Function(1))],
        }
    }

    fn function() -> CompiledFunction {
        CompiledFunction {
            origins: Vec::new(),
            slots: Vec::new(),
            code: vec![1, 2, 3],
            phase: Some(0),
            relocations: vec![Relocation {
                offset: 300,
                kind: Reloc::Arm64Call,
                target: RelocationTarget::Symbol(Symbol::Function(1)),
                addend: -4,
            }],
            traps: vec![(1, Trap::Unreachable)],
            handlers: Vec::new(),
            points: vec![(2, SourceLoc::new(70))],
        }
    }

    #[test]
    fn numbers_are_taken_where_an_entry_is_wanted() {
        let key = [7; 16];
        let entry = encode(&key, &function(), &numbers()).expect("an entry");
        let elsewhere = Numbers {
            locations: vec![SourceLoc::default(), SourceLoc::new(5000)],
            symbols: vec![Some(Symbol::Global(8)), Some(Symbol::Function(3))],
        };
        let decoded = decode(&key, &entry, &elsewhere).expect("a function");
        let mut expected = function();
        expected.relocations[0].target = RelocationTarget::Symbol(Symbol::Function(3));
        expected.points = vec![(2, SourceLoc::new(5000))];
        assert_eq!(format!("{decoded:?}"), format!("{expected:?}"));
    }

    #[test]
    fn damaged_and_misplaced_entries_are_none() {
        let key = [7; 16];
        let entry = encode(&key, &function(), &numbers()).expect("an entry");
        for length in 0..entry.len() {
            assert!(decode(&key, &entry[..length], &numbers()).is_none());
            let mut damaged = entry.clone();
            damaged[length] ^= 0x10;
            assert!(decode(&key, &damaged, &numbers()).is_none());
        }
        assert!(decode(&[8; 16], &entry, &numbers()).is_none());
    }
}
