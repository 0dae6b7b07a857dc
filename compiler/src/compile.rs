//! One module, from bytes to an object or a listing. Functions are translated
//! and compiled in parallel; their order in the result is the module's.

use crate::codegen::{self, CompiledFunction};
use crate::emit::{self, Source, Unit};
use crate::initialize::Initialization;
use crate::layout::Layout;
use crate::module::{Item, Module};
use crate::program::{Emit, ResolvedImports};
use crate::thunks::{self, Thunk};
use crate::translate::{self, Environment, Scratch};
use crate::{Error, Options};
use cranelift_codegen::Context;
use cranelift_codegen::isa::TargetIsa;
use rayon::prelude::*;
use std::fmt::Write;

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
}

impl Output {
    fn text(bytes: Vec<u8>) -> Output {
        Output {
            bytes,
            runtime_symbols: Vec::new(),
        }
    }
}

pub fn compile(input: &Input<'_>, options: &Options, isa: &dyn TargetIsa) -> Result<Output, Error> {
    let plan = Initialization::plan(input.module, input.imports, input.layout);
    let environment = Environment {
        module: input.module,
        imports: input.imports,
        layout: input.layout,
        type_ids: input.type_ids,
        frontend: isa.frontend_config(),
    };
    let worker = Worker {
        environment: &environment,
        plan: &plan,
        isa,
    };
    let sources = sources(input);
    match input.emit {
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
            };
            emit::emit(&unit, plan)
        }
        Emit::Clif => listing(&worker, &sources, |_, state, _| {
            Ok(state.context.func.display().to_string())
        })
        .map(Output::text),
        Emit::Assembly => listing(&worker, &sources, |worker, state, source| {
            let internal = |message| worker.internal(source, message);
            let function = codegen::compile(&mut state.context, worker.isa).map_err(internal)?;
            codegen::disassemble(&function, worker.isa).map_err(internal)
        })
        .map(Output::text),
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
}

/// What each thread reuses from function to function.
struct State {
    context: Context,
    scratch: Scratch,
}

impl State {
    fn new() -> State {
        State {
            context: Context::new(),
            scratch: Scratch::default(),
        }
    }
}

fn compile_all(
    worker: &Worker<'_>,
    sources: &[Source],
) -> Result<Vec<(Source, CompiledFunction)>, Error> {
    let results: Vec<Result<(Source, CompiledFunction), Error>> = sources
        .par_iter()
        .map_init(State::new, |state, source| {
            worker.translate(state, *source)?;
            let function = codegen::compile(&mut state.context, worker.isa)
                .map_err(|message| worker.internal(*source, message))?;
            Ok((*source, function))
        })
        .collect();
    // The first error in the module's order, whichever thread met one first.
    results.into_iter().collect()
}

fn listing(
    worker: &Worker<'_>,
    sources: &[Source],
    show: impl Fn(&Worker<'_>, &mut State, Source) -> Result<String, Error> + Sync,
) -> Result<Vec<u8>, Error> {
    let texts: Vec<Result<String, Error>> = sources
        .par_iter()
        .map_init(State::new, |state, source| {
            worker.translate(state, *source)?;
            let mut text = String::new();
            writeln!(text, ";; {}", worker.describe(*source)).expect("writing to a string");
            text.push_str(&show(worker, state, *source)?);
            text.push('\n');
            Ok(text)
        })
        .collect();
    let mut all = String::new();
    for text in texts {
        all.push_str(&text?);
    }
    Ok(all.into_bytes())
}

impl Worker<'_> {
    /// Leaves the IR in `state.context.func`.
    fn translate(&self, state: &mut State, source: Source) -> Result<(), Error> {
        let module = self.environment.module;
        state.context.clear();
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
