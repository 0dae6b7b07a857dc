//! One module, from bytes to an object or a listing. Functions are translated
//! and compiled in parallel; their order in the result is the module's.

use crate::codegen::{self, CompiledFunction};
use crate::emit::{self, Source, Unit};
use crate::initialize::Initialization;
use crate::layout::Layout;
use crate::lines::dwarf::Dwarf;
use crate::lines::{self, Locations};
use crate::module::{Item, Module};
use crate::optimize::survey::{Summary, survey};
use crate::optimize::tables::Tables;
use crate::optimize::{Optimizer, Pass, Passes};
use crate::program::{Emit, ResolvedImports};
use crate::symbols::Symbol;
use crate::thunks::{self, Thunk};
use crate::translate::{self, Environment, Scratch};
use crate::{Detail, Error, Options};
use cranelift_codegen::Context;
use cranelift_codegen::ir::Function;
use cranelift_codegen::isa::TargetIsa;
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};

pub struct Input<'a> {
    pub name: &'a str,
    pub module: &'a Module<'a>,
    pub imports: &'a ResolvedImports,
    pub layout: &'a Layout,
    pub type_ids: &'a [u32],
    /// Exports that need an entry point, with their functions.
    pub entry_points: &'a [(&'a str, u32)],
    pub emit: Emit,
}

/// See [`CompiledModule`](crate::CompiledModule).
pub struct Output {
    pub bytes: Vec<u8>,
    pub runtime_symbols: Vec<&'static str>,
    pub warnings: Vec<String>,
}

impl Output {
    fn text(bytes: Vec<u8>) -> Output {
        Output {
            bytes,
            runtime_symbols: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

pub fn compile(input: &Input<'_>, options: &Options, isa: &dyn TargetIsa) -> Result<Output, Error> {
    let plan = Initialization::plan(input.module, input.imports, input.layout);
    let passes = options.effective_passes();
    let summaries = match passes {
        Passes::NONE => Vec::new(),
        _ => survey(input.module),
    };
    let tables = match passes.contains(Pass::Tables) {
        true => Tables::new(input.module, &plan, &summaries, input.type_ids),
        false => Tables::default(),
    };
    let environment = Environment {
        module: input.module,
        imports: input.imports,
        layout: input.layout,
        type_ids: input.type_ids,
        frontend: isa.frontend_config(),
        passes,
        tables,
    };
    let mut warnings = Vec::new();
    let worker = Worker {
        lines: match options.detail {
            Detail::Lines => Some(lines(input.module, &mut warnings)),
            Detail::Names | Detail::None => None,
        },
        environment: &environment,
        summaries: &summaries,
        plan: &plan,
        isa,
    };
    let sources = sources(input);
    let mut output = match input.emit {
        Emit::Object => {
            let code = compile_all(&worker, &sources)?;
            let unit = Unit {
                name: input.name,
                target: options.cpu.target(),
                module: input.module,
                imports: input.imports,
                layout: input.layout,
                type_ids: input.type_ids,
                entry_points: input.entry_points,
                code,
                with_names: options.detail != Detail::None,
            };
            emit::emit(&unit, plan)
        }
        Emit::Clif => listing(&worker, &sources).map(Output::text),
        Emit::Assembly => disassembly(&worker, compile_all(&worker, &sources)?).map(Output::text),
    }?;
    output.warnings = warnings;
    Ok(output)
}

/// Where the module's code comes from, as far as it says.
fn lines<'a>(module: &'a Module<'a>, warnings: &mut Vec<String>) -> lines::Source<'a> {
    let dwarf = Dwarf::new(&module.debug_sections, module.code_start);
    lines::Source {
        dwarf: dwarf.unwrap_or_else(|error| {
            warnings.push(format!(
                "the module's DWARF cannot be read ({error}); backtraces have no source lines"
            ));
            None
        }),
        names: &module.function_names,
    }
}

/// All code the module gets.
fn sources(input: &Input<'_>) -> Vec<Source> {
    let module = input.module;
    let mut sources: Vec<Source> = (module.imported_functions..module.functions.len() as u32)
        .map(Source::Function)
        .collect();
    let mut thunks: Vec<Thunk> = Vec::new();
    for index in 0..module.imported_functions {
        let native = !input.imports.is_module_function(index);
        if native && module.functions[index as usize].referenced {
            thunks.push(Thunk::Import(index));
        }
    }
    let mut exported: Vec<u32> = Vec::new();
    for export in &module.exports {
        if let Item::Function(index) = export.item {
            exported.push(index);
        }
    }
    exported.sort_unstable();
    exported.dedup();
    thunks.extend(exported.into_iter().map(Thunk::HostExport));
    let mut entries: Vec<u32> = input.entry_points.iter().map(|(_, index)| *index).collect();
    entries.sort_unstable();
    entries.dedup();
    thunks.extend(entries.into_iter().map(Thunk::EntryPoint));
    thunks.push(Thunk::Initialize);
    sources.extend(thunks.into_iter().map(Source::Thunk));
    sources
}

/// What each thread shares.
struct Worker<'a> {
    environment: &'a Environment<'a>,
    plan: &'a Initialization,
    isa: &'a dyn TargetIsa,
    /// Of the module's bodies.
    summaries: &'a [Summary],
    /// What tables of lines are made from, if they are wanted.
    lines: Option<lines::Source<'a>>,
}

/// What each thread reuses from function to function.
struct State {
    context: Context,
    scratch: Scratch,
    /// Of the function in the context.
    locations: Locations,
}

impl State {
    fn new() -> State {
        State {
            context: Context::new(),
            scratch: Scratch::default(),
            locations: Locations::default(),
        }
    }
}

/// Compiles `sources`, and leaves out the functions that nothing calls any more
/// once calls have been replaced.
fn compile_all(
    worker: &Worker<'_>,
    sources: &[Source],
) -> Result<Vec<(Source, CompiledFunction)>, Error> {
    let optimizer = worker.optimizer();
    let (mut waiting, mut ready): (Vec<Source>, Vec<Source>) = sources
        .iter()
        .partition(|source| optimizer.is_optional(**source));
    let mut all = Vec::new();
    while !ready.is_empty() {
        let compiled = compile_some(worker, &optimizer, &ready)?;
        let called: HashSet<Symbol> = compiled
            .iter()
            .flat_map(|(_, function)| function.symbols())
            .collect();
        all.extend(compiled);
        (ready, waiting) = waiting.into_iter().partition(|source| match source {
            Source::Function(index) => called.contains(&Symbol::Function(*index)),
            Source::Thunk(_) => true,
        });
    }
    let order: HashMap<Source, usize> = sources.iter().copied().zip(0..).collect();
    all.sort_by_key(|(source, _)| order[source]);
    Ok(all)
}

fn compile_some(
    worker: &Worker<'_>,
    optimizer: &Optimizer,
    sources: &[Source],
) -> Result<Vec<(Source, CompiledFunction)>, Error> {
    let results: Vec<Result<(Source, CompiledFunction), Error>> = sources
        .par_iter()
        .map_init(State::new, |state, source| {
            let internal = |message| worker.internal(*source, message);
            worker.translate(state, *source)?;
            optimizer
                .optimize(&mut state.context, &mut state.locations, *source)
                .map_err(internal)?;
            let mut function =
                codegen::compile(&mut state.context, worker.isa).map_err(internal)?;
            let points = std::mem::take(&mut function.points);
            if let (Some(lines), Source::Function(index)) = (&worker.lines, source) {
                function.lines = lines.function(*index, &points, &state.locations);
            }
            Ok((*source, function))
        })
        .collect();
    // The first error in the module's order, whichever thread met one first.
    results.into_iter().collect()
}

/// The IR of all functions, as translated.
fn listing(worker: &Worker<'_>, sources: &[Source]) -> Result<Vec<u8>, Error> {
    let texts: Vec<Result<String, Error>> = sources
        .par_iter()
        .map_init(State::new, |state, source| {
            worker.translate(state, *source)?;
            Ok(worker.titled(*source, &state.context.func.display().to_string()))
        })
        .collect();
    let texts = texts.into_iter().collect::<Result<String, Error>>()?;
    Ok(texts.into_bytes())
}

fn disassembly(
    worker: &Worker<'_>,
    code: Vec<(Source, CompiledFunction)>,
) -> Result<Vec<u8>, Error> {
    let texts: Vec<Result<String, Error>> = code
        .par_iter()
        .map(|(source, function)| {
            let text = codegen::disassemble(function, worker.isa);
            let text = text.map_err(|message| worker.internal(*source, message))?;
            Ok(worker.titled(*source, &text))
        })
        .collect();
    let texts = texts.into_iter().collect::<Result<String, Error>>()?;
    Ok(texts.into_bytes())
}

impl Worker<'_> {
    /// Prepares what functions are optimised with.
    fn optimizer(&self) -> Optimizer {
        let mut optimizer = Optimizer::new(self.environment, self.summaries);
        for group in optimizer.inlining_groups() {
            let bodies: Vec<(u32, Option<(Function, Locations)>)> = group
                .par_iter()
                .map_init(State::new, |state, index| {
                    // What is wrong with it, is said when it is compiled.
                    let source = Source::Function(*index);
                    let made = self.translate(state, source).is_ok()
                        && optimizer
                            .optimize(&mut state.context, &mut state.locations, source)
                            .is_ok();
                    let function = std::mem::replace(&mut state.context.func, Function::new());
                    let locations = std::mem::take(&mut state.locations);
                    (*index, made.then_some((function, locations)))
                })
                .collect();
            for (index, body) in bodies {
                optimizer.add_body(index, body);
            }
        }
        optimizer
    }

    fn titled(&self, source: Source, text: &str) -> String {
        format!(";; {}\n{text}\n", self.describe(source))
    }

    /// Leaves the IR in `state.context.func`.
    fn translate(&self, state: &mut State, source: Source) -> Result<(), Error> {
        let module = self.environment.module;
        state.context.clear();
        state.locations = Locations::default();
        let function = &mut state.context.func;
        match source {
            Source::Function(index) => {
                let body = &module.bodies[(index - module.imported_functions) as usize];
                translate::translate(self.environment, index, body, &mut state.scratch, function)
                    .map_err(|e| e.within(module.display_name(index)))
                    .inspect_err(|_| state.scratch = Scratch::default())
            }
            Source::Thunk(thunk) => {
                thunks::build(
                    self.environment,
                    thunk,
                    &self.plan.steps,
                    &mut state.scratch,
                    function,
                );
                Ok(())
            }
        }
    }

    fn describe(&self, source: Source) -> String {
        let module = self.environment.module;
        match source {
            Source::Function(index) => module.display_name(index),
            Source::Thunk(Thunk::HostExport(index)) => {
                format!("export of {}", module.display_name(index))
            }
            Source::Thunk(Thunk::EntryPoint(index)) => {
                format!("entry point of {}", module.display_name(index))
            }
            Source::Thunk(Thunk::Import(index)) => format!("import {}", module.display_name(index)),
            Source::Thunk(Thunk::Initialize) => "initialisation".to_string(),
        }
    }

    fn internal(&self, source: Source, message: String) -> Error {
        Error::Internal {
            function: Some(self.describe(source)),
            message,
        }
    }
}
