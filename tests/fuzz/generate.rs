//! Valid modules that follow from a seed. Everything in them is exported,
//! except the tables of half of them, which nothing outside can then change.
//! None runs for ever, and no result depends on the bits of a NaN.

use crate::profiling::Profiling;
use crate::rng::Rng;
use crate::sections;
use crate::tame::tame;
use crate::tame_objects::shorten_initial;
use arbitrary::Unstructured;
use quench_compiler::{OptLevel, Passes};
use wasm_encoder::{ExportKind, ExportSection};
use wasm_smith::{Config, InstructionKind, InstructionKinds, MemoryOffsetChoices};
use wasmparser::{ExternalKind, Parser, Payload};

/// The exported global that says how many loops and calls a module may still
/// begin.
pub(crate) const FUEL: &str = "fuel";

/// Loops and calls that a call of the module may begin: few enough for the
/// stack and for an emulator.
pub(crate) const FUEL_AMOUNT: u32 = 2000;

/// Number of random bytes from which a module follows: more than most modules
/// need.
const ENTROPY: usize = 1 << 15;

/// Returns the module of a seed; `None` if the generator makes none of it.
pub(crate) fn module(seed: u64) -> Option<Vec<u8>> {
    module_of(seed, has_objects(seed))
}

/// Returns a seed's module with garbage-collected objects.
pub(crate) fn module_with_objects(seed: u64) -> Option<Vec<u8>> {
    module_of(seed, true)
}

fn module_of(seed: u64, objects: bool) -> Option<Vec<u8>> {
    let mut rng = Rng::new(seed);
    let mut config = config(&mut rng, objects);
    config.exceptions_enabled = throws(seed) || (objects && seed.is_multiple_of(3));
    let bytes = rng.bytes(ENTROPY);
    let mut module = wasm_smith::Module::new(config, &mut Unstructured::new(&bytes)).ok()?;
    let fuel = module.ensure_termination(FUEL_AMOUNT).ok()?;
    let mut wasm = exports(&module.to_bytes(), fuel, keeps_tables(seed))?;
    if objects {
        wasm = shorten_initial(&wasm)?;
    }
    if rng.once_in(4) {
        return Some(wasm);
    }
    tame(&wasm)
}

/// Returns whether a seed's module has exceptions.
fn throws(seed: u64) -> bool {
    seed % 16 == 7
}

/// Returns whether a seed's module has garbage-collected objects.
fn has_objects(seed: u64) -> bool {
    matches!(seed % 16, 9 | 13)
}

/// Returns whether a seed's module does not export its tables.
fn keeps_tables(seed: u64) -> bool {
    (seed / 8).is_multiple_of(2)
}

/// Returns the optimisation level for a seed.
pub(crate) fn opt_level(seed: u64) -> OptLevel {
    match seed % 8 {
        3 => OptLevel::None,
        5 => OptLevel::Size,
        _ => OptLevel::Speed,
    }
}

/// Returns the passes of the compiler that run for a seed.
pub(crate) fn passes(seed: u64) -> Passes {
    match seed % 8 {
        4 | 6 => Passes::NONE,
        0..=2 => Passes::ALL.eager(),
        _ => Passes::ALL,
    }
}

/// Returns whether a seed's module is compiled with debug information.
pub(crate) fn debug_info(seed: u64) -> bool {
    seed % 5 == 3
}

/// Returns what is done with profiles for a seed.
pub(crate) fn profiling(seed: u64) -> Profiling {
    match seed % 8 {
        1 | 2 | 5 => Profiling::Use(seed),
        3 | 7 => Profiling::Generate,
        _ => Profiling::None,
    }
}

/// Returns the generator's configuration: what the interpreter also supports,
/// and objects if they are wanted.
/// Each seed leaves something out, so that the rest occurs more often.
fn config(rng: &mut Rng, objects: bool) -> Config {
    const PAGE: u64 = 1 << 16;
    let floats = !rng.once_in(4);
    let functions = 1 + rng.below(8);
    Config {
        allowed_instructions: instructions(rng, objects),
        allow_floats: floats,
        canonicalize_nans: true,
        disallow_traps: false,
        simd_enabled: floats && !rng.once_in(3),
        tail_call_enabled: !rng.once_in(3),
        wide_arithmetic_enabled: rng.once_in(2),
        gc_enabled: objects,
        compact_imports_enabled: false,
        memory64_enabled: rng.once_in(3),
        custom_page_sizes_enabled: rng.once_in(4),
        relaxed_simd_enabled: false,
        threads_enabled: false,
        export_everything: true,
        max_type_size: 100_000,
        max_imports: 0,
        min_types: 3,
        max_types: if objects { 20 } else { 12 },
        min_funcs: functions,
        max_funcs: functions + 4,
        min_globals: rng.below(5),
        max_globals: 10,
        max_instructions: 10 << rng.below(6),
        min_memories: u32::from(!rng.once_in(4)),
        max_memories: if rng.once_in(4) { 3 } else { 1 },
        max_memory32_bytes: (1 + rng.below(3) as u64) * PAGE,
        max_memory64_bytes: (1 + rng.below(3) as u128) * u128::from(PAGE),
        memory_max_size_required: true,
        memory_offset_choices: MemoryOffsetChoices(97, 2, 1),
        min_tables: u32::from(!rng.once_in(3)),
        max_tables: if rng.once_in(3) { 3 } else { 1 },
        max_table_elements: 40,
        table_max_size_required: true,
        max_data_segments: 5,
        min_element_segments: rng.below(3),
        max_element_segments: 6,
        ..Config::default()
    }
}

fn instructions(rng: &mut Rng, objects: bool) -> InstructionKinds {
    let all = [
        InstructionKind::Numeric,
        InstructionKind::Vector,
        InstructionKind::Reference,
        InstructionKind::Parametric,
        InstructionKind::Variable,
        InstructionKind::Table,
        InstructionKind::Memory,
        InstructionKind::Control,
    ];
    let objects = objects.then_some(InstructionKind::Aggregate);
    let left_out = rng.below(all.len() + 4);
    let kept =
        all.into_iter().enumerate().filter(|(number, _)| *number != left_out).map(|(_, kind)| kind);
    InstructionKinds::new(&kept.chain(objects).collect::<Vec<_>>())
}

/// Returns the module with its fuel exported too, and with tables only if it
/// does not keep them; `None` if it has another export of the fuel's name.
fn exports(wasm: &[u8], fuel: u32, keeps_tables: bool) -> Option<Vec<u8>> {
    let mut section = ExportSection::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::ExportSection(exports) = payload.ok()? {
            for export in exports {
                let export = export.ok()?;
                if export.name == FUEL {
                    return None;
                }
                if keeps_tables && export.kind == ExternalKind::Table {
                    continue;
                }
                section.export(export.name, kind(export.kind)?, export.index);
            }
        }
    }
    section.export(FUEL, ExportKind::Global, fuel);
    sections::replace(wasm, &section)
}

fn kind(kind: ExternalKind) -> Option<ExportKind> {
    match kind {
        ExternalKind::Func => Some(ExportKind::Func),
        ExternalKind::Table => Some(ExportKind::Table),
        ExternalKind::Memory => Some(ExportKind::Memory),
        ExternalKind::Global => Some(ExportKind::Global),
        ExternalKind::Tag => Some(ExportKind::Tag),
        ExternalKind::FuncExact => None,
    }
}
