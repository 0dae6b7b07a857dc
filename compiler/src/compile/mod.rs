//! The compilation of one module, from its plan to an object or a listing: the order of
//! its steps, and what they share.

mod queue;
mod worker;

use crate::code_unit::{CodeUnit, Thunk};
use crate::codegen::Machine;
use crate::debug::Debug;
use crate::emit::emitter::Emitter;
use crate::emit::{self, ModuleObject, elf};
use crate::error::Error;
use crate::function_cache::{FunctionCache, Store};
use crate::lines;
use crate::lines::dwarf::Dwarf;
use crate::module::{Item, Module, Proposals};
use crate::observer::Observer;
use crate::optimize::Optimizer;
use crate::options::{Detail, Emit, Options};
use crate::passes::Pass;
use crate::plan::environment::Environment;
use crate::plan::instantiation::{Instantiation, Step};
use crate::plan::known_tables::KnownTables;
use crate::plan::resolve::{MinimumCheck, PlannedModule};
use crate::plan::survey::{self, Summary};
use crate::profile::file::Counters;
use crate::profile::shape::Shape;
use crate::profile::{ModuleProfile, Profile};
use crate::translate::thunks;
use std::collections::HashMap;
use std::sync::Mutex;
use worker::{ISLANDS, Worker};

/// A module to compile, with all that its compilation depends on besides the options.
pub(crate) struct Input<'a> {
    /// The module with what has been decided about it.
    pub planned: &'a PlannedModule<'a>,
    /// What a look at the module's bodies tells, in order.
    pub summaries: &'a [Summary],
    /// The form of the result.
    pub emit: Emit,
    /// The proposals that are known to be used. It grows by those that bodies use.
    pub proposals: &'a Proposals,
    /// The observer that is told about the progress.
    pub observer: &'a dyn Observer,
    /// The profile that an earlier run of the program wrote.
    pub profile: Option<&'a Profile>,
    /// The store of compiled functions.
    pub store: Option<&'a dyn Store>,
}

/// Compiles a module.
///
/// # Errors
///
/// When a function is invalid, or uses something that quench does not compile.
pub(crate) fn compile(
    input: &Input<'_>,
    options: &Options,
    machine: &Machine,
) -> Result<ModuleObject, Error> {
    let planned = input.planned;
    let module = planned.module;
    let mut instantiation = Instantiation::plan(module, planned.imports, planned.layout);
    let passes = options.effective_passes();
    let summaries = input.summaries;
    let tables = if passes.contains(Pass::Tables) {
        KnownTables::new(planned, &instantiation, summaries)
    } else {
        KnownTables::default()
    };
    let checks = planned.imports.minimum_checks.iter();
    let mut warnings: Vec<String> = checks.map(MinimumCheck::warning).collect();
    let shape = || Shape::new(module);
    let counters = options.instrument.then(|| Counters::new(planned.name, shape()));
    let profile = input
        .profile
        .and_then(|profile| module_profile(profile, planned.name, shape(), &mut warnings));
    let memory_base = planned.layout.memories.first().map_or(0, |memory| memory.base);
    let debug = options.debug_info.then(|| Debug::new(module, memory_base, options.cpu.target()));
    let environment = Environment {
        planned,
        frontend: machine.isa().frontend_config(),
        marks_targets: options.cpu.marks_branch_targets(),
        passes,
        debug: debug.as_ref(),
        tables,
        counters,
        profile,
        pinned_register: options.pinned_register(),
        memory_checks: options.memory_checks,
    };
    let steps = std::mem::take(&mut instantiation.steps);
    let optimizer = Optimizer::new(&environment, summaries);
    let cache = input
        .store
        .and_then(|store| FunctionCache::new(store, &environment, optimizer.plan(), machine));
    let worker = Worker {
        lines: match options.detail {
            Detail::Lines => Some(lines(module, &mut warnings)),
            Detail::Names | Detail::None => None,
        },
        with_names: options.detail != Detail::None,
        environment: &environment,
        optimizer: &optimizer,
        cache,
        spare: Mutex::new(Vec::new()),
        steps: &steps,
        break_function: options.break_function,
        longest_code: elf::call_reach(options.cpu.target()) - ISLANDS,
        machine,
        reachable: survey::reachable(module, summaries, module.start.into_iter()),
        proposals: input.proposals,
        observer: input.observer,
    };
    let mut units = units(planned, &steps);
    if let Some(profile) = &environment.profile
        && passes.contains(Pass::ProfileOrder)
    {
        order(&mut units, profile, summaries, module);
    }
    let mut object = match input.emit {
        Emit::Object => {
            let (counters, debug) = (environment.counters.as_ref(), debug.as_ref());
            let isa = machine.shared_isa();
            let mut emitter =
                Emitter::new(planned, options.cpu, isa, counters, debug, &mut instantiation)?;
            queue::compile_all(&worker, &units, |code| emitter.add(code))?;
            emitter.finish()
        }
        Emit::Clif => queue::listing(&worker, &units).map(ModuleObject::text),
        Emit::Assembly => queue::disassembly(&worker, &units).map(ModuleObject::text),
    }?;
    object.warnings.splice(..0, warnings);
    Ok(object)
}

/// Finds the part of a profile that is about the module, and warns if there is none or
/// if functions have changed since.
fn module_profile(
    profile: &Profile,
    name: &str,
    shape: Shape,
    warnings: &mut Vec<String>,
) -> Option<ModuleProfile> {
    let Some(known) = profile.of_module(name, shape) else {
        warnings.push("the profile says nothing of it".to_string());
        return None;
    };
    match known.coverage() {
        (_, 0) => {}
        (all, unknown) => warnings.push(format!(
            "the profile is of another version: of {all} functions, {unknown} have changed and \
             are compiled without it"
        )),
    }
    Some(known)
}

/// Finds the source of tables of lines: the module's DWARF, if it has some that can be
/// read, and the names of its functions.
fn lines<'a>(module: &'a Module<'a>, warnings: &mut Vec<String>) -> lines::LineSource<'a> {
    let dwarf = Dwarf::new(&module.debug_sections, module.code_start);
    lines::LineSource {
        dwarf: dwarf.unwrap_or_else(|error| {
            warnings.push(format!(
                "the module's DWARF cannot be read ({error}); backtraces have no source lines"
            ));
            None
        }),
        names: &module.function_names,
    }
}

/// Lists all units of code of a module: its functions, then its thunks. Some modules have
/// nothing to initialise.
fn units(planned: &PlannedModule<'_>, steps: &[Step]) -> Vec<CodeUnit> {
    let module = planned.module;
    let mut units: Vec<CodeUnit> = (module.imported_functions..module.functions.len() as u32)
        .map(CodeUnit::Function)
        .collect();
    let mut thunks: Vec<Thunk> = Vec::new();
    for index in 0..module.imported_functions {
        let native = !planned.imports.is_module_function(index);
        if native && module.functions[index as usize].referenced {
            thunks.push(Thunk::Import(index));
        }
    }
    let mut exported: Vec<u32> = Vec::new();
    for export in &module.exports {
        if let Item::Function(index) = export.item
            && export.is_native
        {
            exported.push(index);
        }
    }
    exported.sort_unstable();
    exported.dedup();
    thunks.extend(exported.into_iter().map(Thunk::HostExport));
    let mut entries: Vec<u32> = planned.entry_points.iter().map(|(_, index)| *index).collect();
    entries.sort_unstable();
    entries.dedup();
    thunks.extend(entries.into_iter().map(Thunk::EntryPoint));
    thunks.extend((0..thunks::initializer_parts(steps)).map(Thunk::InitializePart));
    thunks.extend((!steps.is_empty()).then_some(Thunk::Initialize));
    units.extend(thunks.into_iter().map(CodeUnit::Thunk));
    units
}

/// Puts the functions that ran according to a profile before all other units.
fn order(
    units: &mut [CodeUnit],
    profile: &ModuleProfile,
    summaries: &[Summary],
    module: &Module<'_>,
) {
    let size = |index: u32| summaries[(index - module.imported_functions) as usize].size;
    let order = emit::order::order(profile, size);
    let places: HashMap<u32, usize> = order.into_iter().zip(0..).collect();
    units.sort_by_key(|unit| match unit {
        CodeUnit::Function(index) => places.get(index).copied().unwrap_or(usize::MAX),
        CodeUnit::Thunk(_) => usize::MAX,
    });
}
