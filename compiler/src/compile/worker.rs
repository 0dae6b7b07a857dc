//! The work on one unit of code, on any thread: translation, inlining, passes and code
//! generation. Instead of all this, a function's code may come from the cache.

use crate::code_unit::{CodeUnit, Thunk};
use crate::codegen::{Machine, Traits, is_large};
use crate::emit::emitter::Code;
use crate::error::Error;
use crate::features::features;
use crate::function_cache::FunctionCache;
use crate::lines::{self, FunctionLines, Locations};
use crate::machine_code::MachineCode;
use crate::module::{self, Body, Proposals};
use crate::observer::{Observer, Stage, Stopwatch};
use crate::optimize::{self, Caller, Optimizer};
use crate::plan::environment::Environment;
use crate::plan::instantiation::Step;
use crate::translate::{self, Scratch, thunks};
use cranelift_codegen::Context;
use cranelift_codegen::ir::SourceLoc;
use cranelift_codegen::isa::TargetIsa;
use quench_abi::Trap;
use rayon::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

/// The compilation of a module, as all threads that work on it share it.
pub(super) struct Worker<'a> {
    /// The knowledge about the module that translation and passes use.
    pub environment: &'a Environment<'a>,
    /// The steps of instantiation that the thunk [`Thunk::Initialize`] takes.
    pub steps: &'a [Step],
    /// The code generator.
    pub machine: &'a Machine,
    /// The plan of inlining, and the passes.
    pub optimizer: &'a Optimizer<'a>,
    /// The cache of compiled functions, if one is in use.
    pub cache: Option<FunctionCache<'a>>,
    /// States for the translation of bodies to inline, which begins while another
    /// function is being compiled.
    pub spare: Mutex<Vec<State>>,
    /// For each of the module's functions, whether something can call it.
    pub reachable: Vec<bool>,
    /// The proposals that are known to be used.
    pub proposals: &'a Proposals,
    /// The source of tables of lines, if they are wanted.
    pub lines: Option<lines::LineSource<'a>>,
    /// Whether the runtime's messages name functions.
    pub with_names: bool,
    /// The function that is to fail: see [`break_function`](crate::options::Options::break_function).
    pub break_function: Option<u32>,
    /// The most bytes that one function's code may have, so that its calls reach the
    /// islands behind it.
    pub longest_code: u64,
    /// The observer that is told about the progress.
    pub observer: &'a dyn Observer,
}

/// Bytes behind a function that are reserved for the islands of its calls.
pub(super) const ISLANDS: u64 = 8 << 20;

/// Size in bytes of a function's code above which the memory that compiling it took is
/// freed, not kept for the next function.
const LARGE: usize = 1 << 16;

/// The memory that a thread reuses from function to function.
pub(super) struct State {
    /// Cranelift's context, with the IR of the present function.
    pub context: Context,
    /// The register allocator's memory.
    allocation: allocator::Ctx,
    /// The translator's memory.
    scratch: Scratch,
    /// Source locations of the function in the context.
    locations: Locations,
    /// Whether the function in the context is hard to compile.
    is_hard: bool,
}

impl State {
    /// Makes a state that nothing has been compiled with.
    pub(super) fn new() -> State {
        State {
            context: Context::new(),
            allocation: allocator::Ctx::default(),
            scratch: Scratch::default(),
            locations: Locations::default(),
            is_hard: false,
        }
    }

    /// Removes the present function, and keeps the memory.
    fn clear(&mut self) {
        self.context.clear();
        // `Context::clear` leaves these: they would grow from function to function.
        self.context.func.dfg.exception_tables.clear();
        self.locations = Locations::default();
        self.is_hard = false;
    }
}

impl Worker<'_> {
    /// Translates a function's body to put it in place of calls. Returns none if that
    /// fails: the error is reported when the function itself is compiled.
    fn body_for_calls(&self, index: u32) -> Option<optimize::Body> {
        let body = self.optimizer.plan().body(index)?;
        let spare = || self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        let known = spare().pop();
        let mut state = known.unwrap_or_else(State::new);
        let made = self.translate(&mut state, CodeUnit::Function(index)).is_ok()
            && self.replace_calls(&mut state, body).is_ok();
        // A copy, because it has no unused capacity.
        let body = made.then(|| (state.context.func.clone(), state.locations.clone()));
        spare().push(state);
        body
    }

    /// Puts bodies in place of calls in the function that `state` holds.
    fn replace_calls(&self, state: &mut State, caller: Caller) -> Result<(), String> {
        let (context, locations) = (&mut state.context, &mut state.locations);
        let make = |index: u32| self.body_for_calls(index);
        self.optimizer.inline(context, locations, caller, &make)
    }

    /// Compiles a unit; returns none for a function that is valid but not needed. A panic
    /// of the compiler becomes an [`Error::Internal`].
    ///
    /// # Errors
    ///
    /// When a function is invalid or cannot be compiled.
    pub(super) fn guarded(&self, state: &mut State, unit: CodeUnit) -> Result<Option<Code>, Error> {
        let mut watch = Stopwatch::start(self.observer);
        let compile = AssertUnwindSafe(|| self.compile(state, unit, &mut watch));
        let code = catch_unwind(compile).unwrap_or_else(|payload| {
            // The panic may have left it half changed.
            *state = State::new();
            Err(Error::panicked(Some(self.describe(unit)), &*payload))
        });
        self.observer.done(&|| self.describe(unit), watch.times());
        code
    }

    /// Compiles a unit, or returns none for a function that is valid but not needed.
    fn compile(
        &self,
        state: &mut State,
        unit: CodeUnit,
        watch: &mut Stopwatch<'_>,
    ) -> Result<Option<Code>, Error> {
        if let (CodeUnit::Function(index), Some(broken)) = (unit, self.break_function) {
            assert!(index != broken, "this function was to fail");
        }
        if let CodeUnit::Function(index) = unit
            && !self.reachable[index as usize]
        {
            self.validate(index)?;
            watch.lap(Stage::Translate);
            return Ok(None);
        }
        let mut function = match unit {
            CodeUnit::Function(index) if let Some(cache) = &self.cache => {
                self.take_or_make(cache, state, index, watch)?
            }
            _ => self.make(state, unit, watch)?,
        };
        self.check_length(unit, function.code.len())?;
        let points = std::mem::take(&mut function.points);
        let lines = match (&self.lines, unit) {
            (Some(lines), CodeUnit::Function(index)) => {
                lines.function(index, &points, &state.locations)
            }
            _ => FunctionLines::default(),
        };
        let casts = match unit {
            CodeUnit::Function(index) => {
                self.casts(index, &function.traps, &points, &state.locations)
            }
            CodeUnit::Thunk(_) => Vec::new(),
        };
        watch.lap(Stage::Lines);
        if function.code.len() > LARGE {
            *state = State::new();
        }
        let name = match unit {
            CodeUnit::Function(index) if self.with_names => {
                self.environment.planned.module.function_names.get(&index)
            }
            _ => None,
        };
        Ok(Some(Code {
            unit,
            name: module::readable(name.unwrap_or(&"")).into_owned(),
            function,
            lines,
            casts,
        }))
    }

    /// Finds the types that casts of null expect among `traps`, those of the function `index`, and
    /// returns them with the offsets of the traps. `points` and `locations` say from which operators
    /// the instructions come.
    fn casts(
        &self,
        index: u32,
        traps: &[(u32, Trap)],
        points: &[(u32, SourceLoc)],
        locations: &Locations,
    ) -> Vec<(u32, u32)> {
        let expected = |offset: u32| {
            let point = points.binary_search_by_key(&offset, |(offset, _)| *offset).ok()?;
            let location = points[point].1;
            let inlined = locations.get(location);
            let (function, at) =
                inlined.map_or((index, location.bits()), |it| (it.function, it.at));
            let mut reader = self.body(function).body.get_binary_reader();
            let before = u64::from(at).checked_sub(reader.original_position())?;
            reader.read_bytes(before as usize).ok()?;
            translate::type_of_null_cast(self.environment.planned, reader)
        };
        let casts = traps.iter().filter(|(_, trap)| *trap == Trap::CastFailure);
        casts.filter_map(|(offset, _)| Some((*offset, expected(*offset)?))).collect()
    }

    /// Takes a function's code from the cache, or makes it and puts it there. A function
    /// whose code is taken is validated all the same: whatever the store holds, no
    /// invalid module is compiled, and the proposals that the module uses are known.
    fn take_or_make(
        &self,
        cache: &FunctionCache<'_>,
        state: &mut State,
        index: u32,
        watch: &mut Stopwatch<'_>,
    ) -> Result<MachineCode, Error> {
        let unit = CodeUnit::Function(index);
        let Some(wanted) = cache.wanted(index) else {
            return self.make(state, unit, watch);
        };
        let kept = cache.get(&wanted);
        watch.lap(Stage::Generate);
        if let Some((function, locations)) = kept {
            self.validate(index)?;
            watch.lap(Stage::Translate);
            state.locations = locations;
            return Ok(function);
        }
        let function = self.make(state, unit, watch)?;
        cache.put(&wanted, &function, &state.locations);
        watch.lap(Stage::Generate);
        Ok(function)
    }

    /// Makes the machine code of a unit from WebAssembly.
    fn make(
        &self,
        state: &mut State,
        unit: CodeUnit,
        watch: &mut Stopwatch<'_>,
    ) -> Result<MachineCode, Error> {
        let internal = |message| self.internal(unit, message);
        self.translate(state, unit)?;
        watch.lap(Stage::Translate);
        if let CodeUnit::Function(index) = unit {
            self.replace_calls(state, Caller::whole(index)).map_err(internal)?;
        }
        self.optimizer.finish(&mut state.context, unit);
        watch.lap(Stage::Optimize);
        let traits = Traits {
            is_hard: state.is_hard || is_large(self.body_size(unit)),
            has_objects: self.environment.planned.objects.has_heap,
        };
        let (context, allocation) = (&mut state.context, &mut state.allocation);
        let Environment { passes, debug, .. } = self.environment;
        let before_allocation = |context: &mut Context, has_loop: bool, isa: &dyn TargetIsa| {
            optimize::before_allocation(context, *passes, debug.is_some(), has_loop, isa)
        };
        let function = self.machine.compile(context, allocation, traits, &before_allocation);
        watch.lap(Stage::Generate);
        function.map_err(internal)
    }

    /// Validates the functions among `units` that have not been found valid before.
    ///
    /// # Errors
    ///
    /// When one is invalid; of several the first is reported.
    pub(super) fn validate_all(&self, units: &[CodeUnit]) -> Result<(), Error> {
        let functions = units.par_iter().map(|unit| match unit {
            CodeUnit::Function(index) if !self.optimizer.is_valid(*index) => self.validate(*index),
            _ => Ok(()),
        });
        let first_error = functions.find_first(Result::is_err);
        first_error.unwrap_or(Ok(()))
    }

    /// Validates a function, and takes note of the proposals that it uses.
    fn validate(&self, index: u32) -> Result<(), Error> {
        let valid = self.proposals.validate(self.body(index));
        let name = || self.environment.planned.module.display_name(index);
        valid.map_err(|e| Error::of_validator(&e, Some(name())))
    }

    /// Checks that calls reach from one end of a unit's code of `length` bytes to
    /// islands behind the other.
    fn check_length(&self, unit: CodeUnit, length: usize) -> Result<(), Error> {
        if length as u64 <= self.longest_code {
            return Ok(());
        }
        let most = self.longest_code >> 20;
        Err(Error::Unsupported {
            offset: match unit {
                CodeUnit::Function(index) => self.body(index).body.range().start as usize,
                CodeUnit::Thunk(_) => 0,
            },
            place: Some(self.describe(unit)),
            message: format!(
                "its code has {} MiB, and at most {most} MiB lie in reach of calls on this target; \
                 divide the function",
                length >> 20
            ),
        })
    }

    /// Returns the body of a function that the module defines.
    fn body(&self, index: u32) -> &Body<'_> {
        let module = self.environment.planned.module;
        &module.bodies[(index - module.imported_functions) as usize]
    }

    /// Returns the size in bytes of a function's body, and 0 for a thunk.
    fn body_size(&self, unit: CodeUnit) -> usize {
        match unit {
            CodeUnit::Function(index) => self.body(index).body.as_bytes().len(),
            CodeUnit::Thunk(_) => 0,
        }
    }

    /// Writes a unit's listing with a line before it that says what it is.
    pub(super) fn titled(&self, unit: CodeUnit, text: &str) -> String {
        format!(";; {}\n{text}\n", self.describe(unit))
    }

    /// Translates a unit to IR, and leaves that in `state.context.func`.
    ///
    /// # Errors
    ///
    /// When a function is invalid, or uses something that quench does not compile.
    pub(super) fn translate(&self, state: &mut State, unit: CodeUnit) -> Result<(), Error> {
        state.clear();
        match unit {
            CodeUnit::Function(index) => {
                state.is_hard = self
                    .translate_function(state, index)
                    .map_err(|e| e.within(self.environment.planned.module.display_name(index)))?;
                Ok(())
            }
            CodeUnit::Thunk(thunk) => {
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

    /// Translates a function, which validates it: with the proposals that are known to
    /// be used, and if that fails, with those that this body uses besides. Returns whether
    /// it is hard to compile.
    fn translate_function(&self, state: &mut State, index: u32) -> Result<bool, Error> {
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
                // The search for the proposals may not have found all of them.
                Ok(()) => translate(self.proposals.enabled()).or_else(|_| translate(features())),
                // With all features, so that the error is not about a proposal that
                // merely has not been used so far.
                Err(_) => translate(features()),
            }
        })
    }

    /// Describes a unit for messages.
    fn describe(&self, unit: CodeUnit) -> String {
        let module = self.environment.planned.module;
        match unit {
            CodeUnit::Function(index) => module.display_name(index),
            CodeUnit::Thunk(Thunk::HostExport(index)) => {
                format!("export of {}", module.display_name(index))
            }
            CodeUnit::Thunk(Thunk::EntryPoint(index)) => {
                format!("entry point of {}", module.display_name(index))
            }
            CodeUnit::Thunk(Thunk::Import(index)) => {
                format!("import {}", module.display_name(index))
            }
            CodeUnit::Thunk(Thunk::Initialize | Thunk::InitializePart(_)) => {
                "initialisation".to_string()
            }
        }
    }

    /// Makes the error of a fault in the compiler that showed with this unit.
    pub(super) fn internal(&self, unit: CodeUnit, message: String) -> Error {
        Error::Internal { function: Some(self.describe(unit)), message }
    }
}
