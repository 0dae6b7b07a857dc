//! Cases: what is done with a module, and what is seen of it, by the
//! interpreter and by the compiled module alike.

use crate::generate::{self, FUEL};
use crate::profiling::Profiling;
use crate::rng::Rng;
use anyhow::Result;
use quench_abi::{Trap, ValueType};
use quench_compiler::{ExternType, GlobalType, Interface, OptLevel, Passes, Program};
use quench_player::cases::SubjectKind;
use std::fmt;
use wasmparser::{
    AbstractHeapType, CompositeInnerType, HeapType, Parser, Payload, Validator, WasmFeatures,
};

/// A module, calls of its functions in order, and what is looked at after its
/// instantiation and after each call.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) wasm: Vec<u8>,
    /// Whether the module has exceptions, which the interpreter does not
    /// support.
    pub(crate) throws: bool,
    /// Whether the module has types of objects or of functions' references,
    /// which the interpreter does not support either. Its externrefs may refer
    /// to objects.
    pub(crate) objects: bool,
    pub(crate) opt_level: OptLevel,
    pub(crate) passes: Passes,
    /// Whether it is compiled with debug information, as by `quench build -g`.
    pub(crate) debug_info: bool,
    pub(crate) profiling: Profiling,
    pub(crate) memories: usize,
    pub(crate) has_fuel: bool,
    pub(crate) calls: Vec<Call>,
    pub(crate) subjects: Vec<Subject>,
}

#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) export: String,
    pub(crate) parameters: Vec<ValueType>,
    pub(crate) arguments: Vec<u128>,
    pub(crate) results: Vec<ValueType>,
}

/// An exported global, memory or table.
#[derive(Clone)]
pub(crate) struct Subject {
    pub(crate) export: String,
    pub(crate) kind: SubjectKind,
    /// Size of a cell, in bytes.
    pub(crate) size: u32,
}

/// The observation of one instantiation or one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) end: End,
    /// The content of each subject afterwards.
    pub(crate) contents: Vec<u128>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Returned(Vec<u128>),
    Trapped(Traps),
}

/// A set of traps: several where the interpreter does not tell them apart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Traps(u32);

impl Traps {
    pub(crate) fn of(traps: &[Trap]) -> Traps {
        Traps(traps.iter().fold(0, |set, &trap| set | 1 << trap as u32))
    }

    fn share(self, other: Traps) -> bool {
        self.0 & other.0 != 0
    }
}

impl fmt::Debug for Traps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let traps = Trap::ALL.into_iter().filter(|trap| self.share(Traps::of(&[*trap])));
        f.debug_list().entries(traps).finish()
    }
}

/// Number of calls of each function, with different arguments.
const CALLS_EACH: usize = 3;
const MOST_CALLS: usize = 40;

impl Case {
    /// Makes the case that calls all functions of a module with arguments that
    /// follow from a seed.
    ///
    /// # Errors
    ///
    /// Fails when the compiler cannot even say what the module exports.
    pub(crate) fn new(wasm: Vec<u8>, seed: u64, opt_level: OptLevel) -> Result<Case> {
        let interface = Program::inspect(&wasm)?;
        let mut rng = Rng::new(!seed);
        let nulls = takes_no_extern(&wasm)?;
        let objects = needs(&wasm, WasmFeatures::GC | WasmFeatures::FUNCTION_REFERENCES);
        Ok(Case {
            throws: needs(&wasm, WasmFeatures::EXCEPTIONS),
            objects,
            opt_level,
            passes: generate::passes(seed),
            debug_info: generate::debug_info(seed),
            profiling: generate::profiling(seed),
            memories: interface.memories.len(),
            has_fuel: has_fuel(&interface),
            calls: calls(&interface, objects, nulls, &mut rng),
            subjects: subjects(&interface, objects),
            wasm,
        })
    }

    /// Returns whether values of a type may be addresses, which differ between
    /// runs.
    pub(crate) fn hides(&self, ty: ValueType) -> bool {
        hides(ty, self.objects)
    }

    /// Returns a name for an event of the case.
    pub(crate) fn describe(&self, event: usize) -> String {
        match event.checked_sub(1).and_then(|call| self.calls.get(call)) {
            None => "instantiation".to_string(),
            Some(call) => {
                let arguments: Vec<String> = call
                    .arguments
                    .iter()
                    .zip(&call.parameters)
                    .map(|(argument, ty)| format!("{ty:?}:{argument:#x}"))
                    .collect();
                format!("call {event} of {:?}({})", call.export, arguments.join(", "))
            }
        }
    }

    /// Describes how two accounts of the case differ, if they do.
    pub(crate) fn difference(&self, expected: &[Event], got: &[Event]) -> Option<String> {
        for (number, (expected, got)) in expected.iter().zip(got).enumerate() {
            let place = self.describe(number);
            if !expected.end.agrees(&got.end) {
                return Some(format!("{place}: expected {:x?}, got {:x?}", expected.end, got.end));
            }
            let contents = expected.contents.iter().zip(&got.contents);
            for (subject, (expected, got)) in self.subjects.iter().zip(contents) {
                if expected != got {
                    return Some(format!(
                        "{place}: {:?} of {:?}: expected {expected:#x}, got {got:#x}",
                        subject.kind, subject.export
                    ));
                }
            }
        }
        (expected.len() != got.len()).then(|| {
            format!(
                "expected {} events, got {}; the last: {}",
                expected.len(),
                got.len(),
                self.describe(got.len())
            )
        })
    }
}

impl End {
    fn agrees(&self, other: &End) -> bool {
        match (self, other) {
            (End::Trapped(one), End::Trapped(other)) => one.share(*other),
            _ => self == other,
        }
    }
}

fn hides(ty: ValueType, objects: bool) -> bool {
    match ty {
        ValueType::FuncRef | ValueType::ExnRef | ValueType::AnyRef => true,
        ValueType::ExternRef => objects,
        _ => false,
    }
}

/// Returns whether a module needs any of these features.
fn needs(wasm: &[u8], features: WasmFeatures) -> bool {
    let others = WasmFeatures::all().difference(features);
    Validator::new_with_features(others).validate_all(wasm).is_err()
}

fn has_fuel(interface: &Interface) -> bool {
    let fuel = ExternType::Global(GlobalType { content: ValueType::I32, mutable: true });
    interface.export(FUEL) == Some(&fuel)
}

/// Returns whether a function has a parameter that is a reference of the host's but always
/// null, which a [`ValueType`] does not tell.
fn takes_no_extern(wasm: &[u8]) -> Result<bool> {
    let mut types = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::TypeSection(section) = payload? {
            for group in section {
                types.extend(group?.into_types());
            }
        }
    }
    let mut parameters = types.iter().flat_map(|ty| match &ty.composite_type.inner {
        CompositeInnerType::Func(ty) => ty.params(),
        _ => &[],
    });
    Ok(parameters.any(|ty| {
        ty.as_reference_type().is_some_and(|ty| {
            matches!(ty.heap_type(), HeapType::Abstract { ty: AbstractHeapType::NoExtern, .. })
        })
    }))
}

/// Returns the calls. All references are null if `nulls`.
fn calls(interface: &Interface, objects: bool, nulls: bool, rng: &mut Rng) -> Vec<Call> {
    let mut calls = Vec::new();
    for _ in 0..CALLS_EACH {
        for export in &interface.exports {
            // There is no reference but null that all runs have.
            if let ExternType::Function(ty) = &export.ty
                && !export.takes_non_null
            {
                let argument = |&ty| match ty {
                    ValueType::ExternRef if nulls => 0,
                    _ => argument(ty, objects, rng),
                };
                calls.push(Call {
                    export: export.name.clone(),
                    parameters: ty.parameters.clone(),
                    arguments: ty.parameters.iter().map(argument).collect(),
                    results: ty.results.clone(),
                });
            }
        }
    }
    calls.truncate(MOST_CALLS);
    calls
}

fn argument(ty: ValueType, objects: bool, rng: &mut Rng) -> u128 {
    match ty {
        ValueType::I32 => integer(rng, 32).into(),
        ValueType::I64 => integer(rng, 64).into(),
        ValueType::F32 => f32(rng).into(),
        ValueType::F64 => f64(rng).into(),
        ValueType::V128 => u128::from(vector_half(rng)) | u128::from(vector_half(rng)) << 64,
        // Where there are objects, small numbers are references to them.
        ValueType::ExternRef => (rng.below(4) as u128) << if objects { 32 } else { 0 },
        // Null; there is nothing else that both sides have.
        _ => 0,
    }
}

/// Returns a random integer: often small, near a power of two, or near the end
/// of the range.
fn integer(rng: &mut Rng, bits: u32) -> u64 {
    let near = (rng.below(5) as u64).wrapping_sub(2);
    let value = match rng.below(4) {
        0 => near,
        1 => (1 << rng.below(bits as usize)) + near,
        2 => rng.next() >> rng.below(64),
        _ => rng.next(),
    };
    value & (u64::MAX >> (64 - bits))
}

fn f32(rng: &mut Rng) -> u32 {
    const EDGES: [f32; 12] = [
        0.0,
        1.0,
        0.5,
        1.5,
        f32::INFINITY,
        f32::NAN,
        f32::MAX,
        f32::MIN_POSITIVE,
        1e-45,
        2_147_483_648.0,
        4_294_967_296.0,
        9_223_372_036_854_775_808.0,
    ];
    let sign = (rng.next() as u32) << 31;
    match rng.below(3) {
        0 => rng.next() as u32,
        _ => rng.choose(&EDGES).to_bits() ^ sign,
    }
}

fn f64(rng: &mut Rng) -> u64 {
    const EDGES: [f64; 13] = [
        0.0,
        1.0,
        0.5,
        2.5,
        f64::INFINITY,
        f64::NAN,
        f64::MAX,
        f64::MIN_POSITIVE,
        5e-324,
        2_147_483_647.5,
        4_294_967_295.5,
        9_223_372_036_854_775_808.0,
        18_446_744_073_709_551_616.0,
    ];
    let sign = rng.next() << 63;
    match rng.below(3) {
        0 => rng.next(),
        _ => rng.choose(&EDGES).to_bits() ^ sign,
    }
}

fn vector_half(rng: &mut Rng) -> u64 {
    match rng.below(3) {
        0 => integer(rng, 64),
        1 => u64::from(f32(rng)) | u64::from(f32(rng)) << 32,
        _ => f64(rng),
    }
}

fn subjects(interface: &Interface, objects: bool) -> Vec<Subject> {
    let exports = interface.exports.iter();
    let subjects = exports.filter_map(|export| {
        let (kind, size) = match &export.ty {
            ExternType::Global(ty) if hides(ty.content, objects) => (SubjectKind::ReferenceCell, 8),
            ExternType::Global(ty) => (SubjectKind::Cell, size(ty.content)),
            ExternType::Memory(_) => (SubjectKind::Memory, 0),
            ExternType::Table(ty) if hides(ty.element, objects) => (SubjectKind::ReferenceTable, 0),
            ExternType::Table(_) => (SubjectKind::Table, 0),
            ExternType::Function(_) | ExternType::Tag(_) => return None,
        };
        Some(Subject { export: export.name.clone(), kind, size })
    });
    subjects.collect()
}

/// Returns the size of a value, in bytes.
fn size(ty: ValueType) -> u32 {
    match ty {
        ValueType::I32 | ValueType::F32 => 4,
        ValueType::V128 => 16,
        _ => 8,
    }
}
