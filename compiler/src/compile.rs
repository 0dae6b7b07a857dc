//! One module, from bytes to an object or a listing. Functions are translated
//! and compiled in parallel; each goes to the result as soon as those before it
//! are there.

use crate::codegen::{self, CompiledFunction, Machine};
use crate::debug::Debug;
use crate::emit::{Code, Emitter, Source, Unit};
use crate::function_cache::{FunctionCache, Store};
use crate::in_order::in_order;
use crate::initialize::{Initialization, Step};
use crate::layout::Layout;
use crate::lines::dwarf::Dwarf;
use crate::lines::{self, FunctionLines, Locations};
use crate::module::{Body, Item, Module};
use crate::names;
use crate::observer::{Observer, Stage, Stopwatch};
use crate::optimize::survey::{self, Summary};
use crate::optimize::tables::Tables;
use crate::optimize::{self, Caller, Optimizer, Pass, profile_order};
use crate::profile::ModuleProfile;
use crate::profile::file::Counters;
use crate::profile::shape::Shape;
use crate::program::{Emit, ResolvedImports};
use crate::symbols::Symbol;
use crate::thunks::{self, Thunk};
use crate::translate::{self, Environment, Scratch};
use crate::validate::Proposals;
use crate::{Detail, Error, Options, Profile, object, parse};
use cranelift_codegen::Context;
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

pub struct Input<'a> {
    pub name: &'a str,
    pub module: &'a Module<'a>,
    pub imports: &'a ResolvedImports,
    pub layout: &'a Layout,
    pub type_ids: &'a [u32],
    /// Exports that need an entry point, with their functions.
    pub entry_points: &'a [(&'a str, u32)],
    pub emit: Emit,
    /// Grows with what the bodies use.
    pub proposals: &'a Proposals,
    pub observer: &'a dyn Observer,
    /// What the program did before.
    pub profile: Option<&'a Profile>,
    /// Where compiled functions are kept.
    pub store: Option<&'a dyn Store>,
}

/// See [`CompiledModule`](crate::CompiledModule).
pub struct Output {
    pub bytes: Vec<u8>,
    pub runtime_symbols: Vec<&'static str>,
    pub warnings: Vec<String>,
}

impl Output {
    fn text(bytes: Vec<u8>) -> Output {
        Output { bytes, runtime_symbols: Vec::new(), warnings: Vec::new() }
    }
}

pub fn compile(input: &Input<'_>, options: &Options, machine: &Machine) -> Result<Output, Error> {
    let mut plan = Initialization::plan(input.module, input.imports, input.layout);
    let passes = options.effective_passes();
    let summaries = survey::survey(input.module);
    let tables = match passes.contains(Pass::Tables) {
        true => Tables::new(input.module, &plan, &summaries, input.type_ids),
        false => Tables::default(),
    };
    let mut warnings = Vec::new();
    let shape = || Shape::new(input.module);
    let counters = options.instrument.then(|| Counters::new(input.name, shape()));
    let profile = input
        .profile
        .and_then(|profile| module_profile(profile, input.name, shape(), &mut warnings));
    let debug =
        options.debug_info.then(|| Debug::new(input.module, input.layout, options.cpu.target()));
    let environment = Environment {
        module: input.module,
        imports: input.imports,
        layout: input.layout,
        type_ids: input.type_ids,
        frontend: machine.isa().frontend_config(),
        marks_targets: options.cpu.marks_branch_targets(),
        passes,
        debug: debug.as_ref(),
        tables,
        counters,
        profile,
        has_fuel: options.fuel.is_some(),
        memory_checks: options.memory_checks,
    };
    let steps = std::mem::take(&mut plan.steps);
    let optimizer = Optimizer::new(&environment, &summaries);
    let cache = input
        .store
        .and_then(|store| FunctionCache::new(store, &environment, optimizer.plan(), machine));
    let worker = Worker {
        lines: match options.detail {
            Detail::Lines => Some(lines(input.module, &mut warnings)),
            Detail::Names | Detail::None => None,
        },
        with_names: options.detail != Detail::None,
        environment: &environment,
        optimizer: &optimizer,
        cache,
        spare: Mutex::new(Vec::new()),
        steps: &steps,
        break_function: options.break_function,
        longest_code: object::call_reach(options.cpu.target()) - ISLANDS,
        machine,
        reachable: survey::reachable(input.module, &summaries, input.module.start.into_iter()),
        proposals: input.proposals,
        observer: input.observer,
    };
    let mut sources = sources(input);
    if let Some(profile) = &environment.profile
        && passes.contains(Pass::ProfileOrder)
    {
        order(&mut sources, profile, &summaries, input.module);
    }
    let mut output = match input.emit {
        Emit::Object => {
            let unit = Unit {
                name: input.name,
                cpu: options.cpu,
                module: input.module,
                imports: input.imports,
                layout: input.layout,
                type_ids: input.type_ids,
                entry_points: input.entry_points,
                counters: environment.counters.as_ref(),
                debug: debug.as_ref(),
            };
            let mut emitter = Emitter::new(unit, &mut plan);
            compile_all(&worker, &sources, |code| emitter.add(code))?;
            emitter.finish()
        }
        Emit::Clif => listing(&worker, &sources).map(Output::text),
        Emit::Assembly => disassembly(&worker, &sources).map(Output::text),
    }?;
    output.warnings.splice(..0, warnings);
    Ok(output)
}

/// What is known of the module, and warnings of what is not.
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
    let mut sources: Vec<Source> =
        (module.imported_functions..module.functions.len() as u32).map(Source::Function).collect();
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

/// Puts the functions that ran before the others, as a profile says.
fn order(
    sources: &mut [Source],
    profile: &ModuleProfile,
    summaries: &[Summary],
    module: &Module<'_>,
) {
    let size = |index: u32| summaries[(index - module.imported_functions) as usize].size;
    let order = profile_order::order(profile, size);
    let places: HashMap<u32, usize> = order.into_iter().zip(0..).collect();
    sources.sort_by_key(|source| match source {
        Source::Function(index) => places.get(index).copied().unwrap_or(usize::MAX),
        Source::Thunk(_) => usize::MAX,
    });
}

/// What each thread shares.
struct Worker<'a> {
    environment: &'a Environment<'a>,
    /// Of instantiation.
    steps: &'a [Step],
    machine: &'a Machine,
    optimizer: &'a Optimizer<'a>,
    cache: Option<FunctionCache<'a>>,
    /// For bodies that are made while a function is.
    spare: Mutex<Vec<State>>,
    /// Of the module's functions, those that something can call.
    reachable: Vec<bool>,
    proposals: &'a Proposals,
    /// What tables of lines are made from, if they are wanted.
    lines: Option<lines::Source<'a>>,
    /// Whether messages name functions.
    with_names: bool,
    /// See [`Options::break_function`].
    break_function: Option<u32>,
    /// Bytes of one function's code, so that its calls reach what is behind it.
    longest_code: u64,
    observer: &'a dyn Observer,
}

/// Bytes behind a function for islands of its calls.
const ISLANDS: u64 = 8 << 20;

/// Bytes of a function's code from which the memory that compiling it took is
/// not kept for the next.
const LARGE: usize = 1 << 16;

/// What each thread reuses from function to function.
struct State {
    context: Context,
    allocation: regalloc2::Ctx,
    scratch: Scratch,
    /// Of the function in the context.
    locations: Locations,
}

impl State {
    fn new() -> State {
        State {
            context: Context::new(),
            allocation: regalloc2::Ctx::default(),
            scratch: Scratch::default(),
            locations: Locations::default(),
        }
    }

    fn clear(&mut self) {
        self.context.clear();
        // Cranelift forgets these: they would grow from function to function.
        self.context.func.dfg.exception_tables.clear();
        self.locations = Locations::default();
    }
}

/// Compiles `sources` but the functions that nothing can call, also those that
/// nothing calls any more once calls have been replaced: these are only
/// validated. Of the latter, those that are called after all come last.
fn compile_all(
    worker: &Worker<'_>,
    sources: &[Source],
    mut take: impl FnMut(Code) -> Result<(), Error> + Send,
) -> Result<(), Error> {
    let (mut waiting, mut ready): (Vec<Source>, Vec<Source>) =
        sources.iter().partition(|source| worker.optimizer.is_optional(**source));
    let mut called: HashSet<Symbol> = HashSet::new();
    while !ready.is_empty() {
        worker.observer.expect(ready.len());
        let compile = |state: &mut State, number: usize| worker.guarded(state, ready[number]);
        in_order(ready.len(), State::new, compile, |code| {
            let Some(code) = code else { return Ok(()) };
            let mut watch = Stopwatch::start(worker.observer);
            called.extend(code.function.symbols());
            take(code)?;
            watch.lap(Stage::Emit);
            worker.observer.spent(watch.times());
            Ok(())
        })?;
        (ready, waiting) = waiting.into_iter().partition(|source| match source {
            Source::Function(index) => called.contains(&Symbol::Function(*index)),
            Source::Thunk(_) => true,
        });
    }
    worker.validate_all(&waiting)
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

fn disassembly(worker: &Worker<'_>, sources: &[Source]) -> Result<Vec<u8>, Error> {
    let mut texts = String::new();
    compile_all(worker, sources, |code| {
        let text = codegen::disassemble(&code.function, worker.machine.isa());
        let text = text.map_err(|message| worker.internal(code.source, message))?;
        texts.push_str(&worker.titled(code.source, &text));
        Ok(())
    })?;
    Ok(texts.into_bytes())
}

impl Worker<'_> {
    /// A function to put in place of calls. What is wrong with it, is said when
    /// it is compiled.
    fn body_for_calls(&self, index: u32) -> Option<optimize::Body> {
        let body = self.optimizer.plan().body(index)?;
        let spare = || self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        let known = spare().pop();
        let mut state = known.unwrap_or_else(State::new);
        let made = self.translate(&mut state, Source::Function(index)).is_ok()
            && self.replace_calls(&mut state, body).is_ok();
        // The copy has no room to spare.
        let body = made.then(|| (state.context.func.clone(), state.locations.clone()));
        spare().push(state);
        body
    }

    fn replace_calls(&self, state: &mut State, caller: Caller) -> Result<(), String> {
        let (context, locations) = (&mut state.context, &mut state.locations);
        let make = |index: u32| self.body_for_calls(index);
        self.optimizer.inline(context, locations, caller, &make)
    }

    /// What [`Worker::compile`] returns; a panic there is an error of ours.
    fn guarded(&self, state: &mut State, source: Source) -> Result<Option<Code>, Error> {
        let mut watch = Stopwatch::start(self.observer);
        let compile = AssertUnwindSafe(|| self.compile(state, source, &mut watch));
        let code = catch_unwind(compile).unwrap_or_else(|payload| {
            // It may be half changed.
            *state = State::new();
            Err(Error::panicked(Some(self.describe(source)), &*payload))
        });
        self.observer.done(&|| self.describe(source), watch.times());
        code
    }

    /// `None` for a function that is not needed, if it is valid.
    fn compile(
        &self,
        state: &mut State,
        source: Source,
        watch: &mut Stopwatch<'_>,
    ) -> Result<Option<Code>, Error> {
        if let (Source::Function(index), Some(broken)) = (source, self.break_function) {
            assert!(index != broken, "this function was to fail");
        }
        if let Source::Function(index) = source
            && !self.reachable[index as usize]
        {
            self.validate(index)?;
            watch.lap(Stage::Translate);
            return Ok(None);
        }
        let mut function = match source {
            Source::Function(index) if let Some(cache) = &self.cache => {
                self.take_or_make(cache, state, index, watch)?
            }
            _ => self.make(state, source, watch)?,
        };
        self.check_length(source, function.code.len())?;
        let points = std::mem::take(&mut function.points);
        let lines = match (&self.lines, source) {
            (Some(lines), Source::Function(index)) => {
                lines.function(index, &points, &state.locations)
            }
            _ => FunctionLines::default(),
        };
        watch.lap(Stage::Lines);
        if function.code.len() > LARGE {
            *state = State::new();
        }
        let name = match source {
            Source::Function(index) if self.with_names => {
                self.environment.module.function_names.get(&index)
            }
            _ => None,
        };
        Ok(Some(Code {
            source,
            name: names::readable(name.unwrap_or(&"")).into_owned(),
            function,
            lines,
        }))
    }

    /// Takes a function's code from the cache, or puts it there. What is taken
    /// is validated all the same: whatever the store holds, no invalid module is
    /// compiled, and the proposals that it uses are known.
    fn take_or_make(
        &self,
        cache: &FunctionCache<'_>,
        state: &mut State,
        index: u32,
        watch: &mut Stopwatch<'_>,
    ) -> Result<CompiledFunction, Error> {
        let source = Source::Function(index);
        let Some(wanted) = cache.wanted(index) else {
            return self.make(state, source, watch);
        };
        let kept = cache.get(&wanted);
        watch.lap(Stage::Generate);
        if let Some((function, locations)) = kept {
            self.validate(index)?;
            watch.lap(Stage::Translate);
            state.locations = locations;
            return Ok(function);
        }
        let function = self.make(state, source, watch)?;
        cache.put(&wanted, &function, &state.locations);
        watch.lap(Stage::Generate);
        Ok(function)
    }

    /// From WebAssembly to code.
    fn make(
        &self,
        state: &mut State,
        source: Source,
        watch: &mut Stopwatch<'_>,
    ) -> Result<CompiledFunction, Error> {
        let internal = |message| self.internal(source, message);
        self.translate(state, source)?;
        watch.lap(Stage::Translate);
        if let Source::Function(index) = source {
            self.replace_calls(state, Caller::whole(index)).map_err(internal)?;
        }
        self.optimizer.finish(&mut state.context, source);
        watch.lap(Stage::Optimize);
        let size = self.body_size(source);
        let (context, allocation) = (&mut state.context, &mut state.allocation);
        let function = self.machine.compile(context, allocation, size);
        watch.lap(Stage::Generate);
        function.map_err(internal)
    }

    fn validate_all(&self, sources: &[Source]) -> Result<(), Error> {
        let functions = sources.par_iter().map(|source| match source {
            Source::Function(index) if !self.optimizer.is_valid(*index) => self.validate(*index),
            _ => Ok(()),
        });
        let first_error = functions.find_first(Result::is_err);
        first_error.unwrap_or(Ok(()))
    }

    fn validate(&self, index: u32) -> Result<(), Error> {
        let valid = self.proposals.validate(self.body(index));
        let name = || self.environment.module.display_name(index);
        valid.map_err(|e| parse::error(&e, Some(name())))
    }

    fn check_length(&self, source: Source, length: usize) -> Result<(), Error> {
        if length as u64 <= self.longest_code {
            return Ok(());
        }
        let most = self.longest_code >> 20;
        Err(Error::Unsupported {
            offset: match source {
                Source::Function(index) => self.body(index).body.range().start as usize,
                Source::Thunk(_) => 0,
            },
            place: Some(self.describe(source)),
            message: format!(
                "its code has {} MiB, and at most {most} MiB lie in reach of calls on this target; \
                 divide the function",
                length >> 20
            ),
        })
    }

    fn body(&self, index: u32) -> &Body<'_> {
        let module = self.environment.module;
        &module.bodies[(index - module.imported_functions) as usize]
    }

    /// Bytes of a function's body.
    fn body_size(&self, source: Source) -> usize {
        match source {
            Source::Function(index) => self.body(index).body.as_bytes().len(),
            Source::Thunk(_) => 0,
        }
    }

    fn titled(&self, source: Source, text: &str) -> String {
        format!(";; {}\n{text}\n", self.describe(source))
    }

    /// Leaves the IR in `state.context.func`.
    fn translate(&self, state: &mut State, source: Source) -> Result<(), Error> {
        state.clear();
        match source {
            Source::Function(index) => self
                .translate_function(state, index)
                .map_err(|e| e.within(self.environment.module.display_name(index))),
            Source::Thunk(thunk) => {
                thunks::build(
                    self.environment,
                    thunk,
                    self.steps,
                    &mut state.scratch,
                    &mut state.context.func,
                );
                Ok(())
            }
        }
    }

    /// Validates with the proposals that are known to be used; if that fails,
    /// with those that this body uses besides.
    fn translate_function(&self, state: &mut State, index: u32) -> Result<(), Error> {
        let body = self.body(index);
        let mut translate = |features| {
            let (scratch, function) = (&mut state.scratch, &mut state.context.func);
            translate::translate(self.environment, index, body, features, scratch, function)
                .inspect_err(|_| {
                    state.scratch = Scratch::default();
                    state.clear();
                })
        };
        translate(self.proposals.enabled()).or_else(|_| {
            match self.proposals.validate(body) {
                Ok(()) => translate(self.proposals.enabled()),
                // Says what is wrong beyond proposals that are not used yet.
                Err(_) => translate(parse::features()),
            }
        })
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
        Error::Internal { function: Some(self.describe(source)), message }
    }
}
