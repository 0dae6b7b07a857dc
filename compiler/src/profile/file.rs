//! The file that an instrumented program writes. It consists of a part for each of the
//! program's modules. The executable contains each part in its final form, except for the
//! counters, which are zero; the program maps the part from the file and counts there. So the
//! file is complete however the program ends.
//!
//! All numbers are little-endian. A part is [`MAGIC`], its size in bytes, the hash of the
//! module's shape, the length of the module's name and the number of its bodies, in 8 bytes
//! each; the name, padded to a multiple of 8; for each body its hash (8 bytes), the number of
//! its runs (4) and the number of its indirect calls (4); then the counters: 8 bytes for each
//! run, and [`ProfileTarget`](quench_abi::ProfileTarget)s for each indirect call.

use super::shape::Shape;
use quench_abi::{PAGE_SIZE, PROFILE_TARGETS, ProfileTarget};
use std::collections::BTreeMap;

/// The first bytes of a part.
const MAGIC: [u8; 8] = *b"quenchP1";

/// Size in bytes of the counters of an indirect call.
const SITE_SIZE: u64 = (PROFILE_TARGETS * size_of::<ProfileTarget>()) as u64;

/// The part of an instrumented module, and the places of the counters in it.
pub(crate) struct Counters {
    /// The runs and calls that are counted.
    shape: Shape,
    /// For each body, the offsets in the part of the counters of its first run and of its first
    /// indirect call.
    places: Vec<(u64, u64)>,
    /// The part's bytes before the counters.
    head: Vec<u8>,
    /// Size of the part in bytes, a multiple of the page size.
    size: u64,
}

impl Counters {
    /// Makes the part of the module called `name`.
    pub(crate) fn new(name: &str, shape: Shape) -> Counters {
        let name_size = name.len().next_multiple_of(8);
        let head_size = 5 * 8 + name_size + shape.functions.len() * 16;
        let mut at = head_size as u64;
        let mut places = Vec::with_capacity(shape.functions.len());
        for function in &shape.functions {
            places.push((at, 0));
            at += function.runs.len() as u64 * 8;
        }
        for (function, place) in shape.functions.iter().zip(&mut places) {
            place.1 = at;
            at += function.sites.len() as u64 * SITE_SIZE;
        }
        let size = at.next_multiple_of(PAGE_SIZE);
        let mut head = Vec::with_capacity(head_size);
        head.extend(MAGIC);
        for number in [size, shape.hash, name.len() as u64, shape.functions.len() as u64] {
            head.extend(number.to_le_bytes());
        }
        head.extend(name.as_bytes());
        head.resize(5 * 8 + name_size, 0);
        for function in &shape.functions {
            head.extend(function.hash.to_le_bytes());
            head.extend((function.runs.len() as u32).to_le_bytes());
            head.extend((function.sites.len() as u32).to_le_bytes());
        }
        Counters { shape, places, head, size }
    }

    /// Returns the part with all counters zero.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.head.clone();
        bytes.resize(self.size as usize, 0);
        bytes
    }

    /// Returns the offset in the part, in bytes, of the counter of a run. The run begins behind
    /// the operator at `offset` in the module, in the function with index `function`.
    pub(crate) fn run(&self, function: u32, offset: u32) -> Option<u64> {
        let body = self.body(function)?;
        let run = self.shape.functions[body].runs.binary_search(&offset).ok()?;
        Some(self.places[body].0 + run as u64 * 8)
    }

    /// Returns the offset in the part, in bytes, of the counters of the indirect call at
    /// `offset` in the module.
    pub(crate) fn site(&self, function: u32, offset: u32) -> Option<u64> {
        let body = self.body(function)?;
        let site = self.shape.functions[body].sites.binary_search(&offset).ok()?;
        Some(self.places[body].1 + site as u64 * SITE_SIZE)
    }

    /// Returns the number of a function's body, if the module defines the function.
    fn body(&self, function: u32) -> Option<usize> {
        let body = function.checked_sub(self.shape.imported)? as usize;
        (body < self.places.len()).then_some(body)
    }

    /// Returns the numbers by which a [`ProfileTarget`] knows a function. They are in the
    /// function's header.
    pub(crate) fn identity(&self, function: u32) -> [u32; 2] {
        identity(function, self.shape.hash)
    }
}

/// Returns the numbers by which a [`ProfileTarget`] knows a function of a module whose shape
/// has this hash. The second number tells functions of different modules apart.
fn identity(function: u32, hash: u64) -> [u32; 2] {
    [function.wrapping_add(1), hash as u32]
}

/// The counts of a module.
#[derive(Clone, Debug)]
pub(crate) struct Counts {
    /// Name of the module.
    pub name: String,
    /// Hash of the module's shape.
    pub hash: u64,
    /// Counts of the module's bodies, in order.
    pub functions: Vec<FunctionCounts>,
}

/// The counts of a function.
#[derive(Clone, Debug)]
pub(crate) struct FunctionCounts {
    /// Hash of the function's body.
    pub hash: u64,
    /// Number of times that each run began.
    pub runs: Vec<u64>,
    /// For each indirect call, the functions of the same module that it reached, with the
    /// number of times.
    pub sites: Vec<BTreeMap<u32, u64>>,
}

impl Counts {
    /// Returns whether both were counted in the same module.
    pub(crate) fn is_of_same(&self, other: &Counts) -> bool {
        let shapes = self.functions.iter().zip(&other.functions);
        self.hash == other.hash && self.functions.len() == other.functions.len() && { shapes }.all(
            |(one, other)| {
                one.runs.len() == other.runs.len() && one.sites.len() == other.sites.len()
            },
        )
    }

    /// Adds other counts of the same module.
    pub(crate) fn add(&mut self, other: Counts) {
        for (function, other) in self.functions.iter_mut().zip(other.functions) {
            for (count, more) in function.runs.iter_mut().zip(other.runs) {
                *count = count.saturating_add(more);
            }
            for (site, other) in function.sites.iter_mut().zip(other.sites) {
                for (callee, more) in other {
                    let count = site.entry(callee).or_default();
                    *count = count.saturating_add(more);
                }
            }
        }
    }
}

/// Reads the parts of a file.
///
/// # Errors
///
/// A description of the fault, if the bytes are not such a file or are damaged.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Counts>, String> {
    let mut parts = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() || parts.is_empty() {
        let size = part_size(rest)?;
        let (part, next) = rest
            .split_at_checked(size)
            .ok_or("it is shorter than it says; was it copied while the program ran?")?;
        parts.push(part_counts(part).ok_or("it is damaged")?);
        rest = next;
    }
    Ok(parts)
}

/// Returns the size in bytes of the part that begins here.
fn part_size(bytes: &[u8]) -> Result<usize, String> {
    let mut reader = Reader(bytes);
    if reader.take::<8>() != Some(MAGIC) {
        return Err("it is not what a program built with --profile-generate writes".to_string());
    }
    let size = reader.u64().and_then(|size| usize::try_from(size).ok());
    size.filter(|size| *size > 0).ok_or_else(|| "it is damaged".to_string())
}

/// Reads the counts of a part; `None` if it is damaged.
fn part_counts(part: &[u8]) -> Option<Counts> {
    let mut reader = Reader(part.get(16..)?);
    let hash = reader.u64()?;
    let name_length = usize::try_from(reader.u64()?).ok()?;
    let count = usize::try_from(reader.u64()?).ok()?;
    let name = reader.bytes(name_length.checked_next_multiple_of(8)?)?;
    let name = String::from_utf8(name.get(..name_length)?.to_vec()).ok()?;
    let mut shapes = Reader(reader.bytes(count.checked_mul(16)?)?);
    let mut functions = Vec::with_capacity(count);
    let mut sites = Vec::with_capacity(count);
    for _ in 0..count {
        let hash = shapes.u64()?;
        let (runs, calls) = (shapes.u32()? as usize, shapes.u32()? as usize);
        let mut counters = Reader(reader.bytes(runs.checked_mul(8)?)?);
        let runs = (0..runs).map(|_| counters.u64()).collect::<Option<_>>()?;
        functions.push(FunctionCounts { hash, runs, sites: Vec::new() });
        sites.push(calls);
    }
    for (function, calls) in functions.iter_mut().zip(sites) {
        let mut counters = Reader(reader.bytes(calls.checked_mul(SITE_SIZE as usize)?)?);
        let sites = (0..calls).map(|_| site_counts(&mut counters, hash));
        function.sites = sites.collect::<Option<_>>()?;
    }
    Some(Counts { name, hash, functions })
}

/// Reads the counts of an indirect call, without callees in other modules. `hash` is that of
/// the module's shape.
fn site_counts(reader: &mut Reader<'_>, hash: u64) -> Option<BTreeMap<u32, u64>> {
    let mut callees = BTreeMap::new();
    for _ in 0..PROFILE_TARGETS {
        let (number, module, count) = (reader.u32()?, reader.u32()?, reader.u64()?);
        if let Some(function) = number.checked_sub(1)
            && identity(function, hash) == [number, module]
        {
            callees.insert(function, count);
        }
    }
    Some(callees)
}

/// The bytes that are left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Takes `count` bytes, if so many are left.
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// Takes an array of bytes, if so many are left.
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.try_into().ok()
    }

    /// Takes a number of 4 bytes.
    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take()?))
    }

    /// Takes a number of 8 bytes.
    fn u64(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.take()?))
    }
}
