//! Inlining: the choice of calls that are replaced by the callee's body, and of the body.
//! Cranelift does the replacement.
//!
//! Candidates are chosen by the size of their code in the module and by how often they are
//! called. A candidate's body is made when it is first needed, with its own calls inlined
//! already, and then serves all functions of the module. Each candidate has a level, and
//! calls in its body are replaced by bodies of lower levels only: so it makes no difference
//! which function needs it first. Candidates that call each other in a circle keep those
//! calls. Also kept are calls in the body of a `try`, where calls of host functions would
//! have to be told apart; tail calls; and calls in code that ends in a trap.
//!
//! An inlined function has no frame. Its instructions get source locations that say which
//! call they stand for (see `lines`).

use super::estimate::Estimate;
use super::profile_inline::{self, Calls, Heat, LARGEST_HOT_BODY, MOST_HOT_GROWTH};
use crate::lines::Locations;
use crate::module::Module;
use crate::plan::survey::Summary;
use crate::symbols::Symbol;
use cranelift_codegen::Context;
use cranelift_codegen::inline::{Inline, InlineCommand};
use cranelift_codegen::ir::{
    Block, ExternalName, FuncRef, Function, GlobalValue, GlobalValueData, Inst, Opcode, SourceLoc,
    Value,
};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// The largest code, in bytes in the module, of a function that is inlined into all its
/// callers. The figures in this file are measured: twice as much made code larger and no
/// program faster.
const USUAL_SIZE: usize = 100;

/// The largest code, in bytes in the module, of a function that is inlined where the call is
/// not in a loop (see `estimate`). Most calls of large programs are of that kind: the smaller
/// limit saves a tenth of the time to compile them.
const BRIEF_SIZE: usize = 40;

/// The largest code, in bytes in the module, of a function that is inlined because it is
/// called from one place only and has no loop. A function with a loop would gain nothing, and
/// would share its registers with the caller: an interpreter's loop took twice as long inside
/// its caller.
const CALLED_ONCE_SIZE: usize = 600;

/// The largest number of instructions of a body, including the bodies inlined into it.
const LARGEST_BODY: usize = 600;

/// The largest number of instructions by which a function may grow.
const MOST_GROWTH: usize = 4000;

/// The largest number of levels. The limit bounds the depth of the stack: while a body is
/// made, the bodies that it needs are made on the same stack.
const MOST_LEVELS: u32 = 50;

/// A level above those of all bodies, for functions as they are called.
const TOP: u32 = u32::MAX;

/// A function into which callees may be inlined, and the level that their bodies have to be
/// below.
#[derive(Clone, Copy)]
pub(crate) struct Caller {
    pub function: u32,
    level: u32,
}

impl Caller {
    /// Returns `function` as it is called, rather than as a body to inline.
    pub(crate) fn whole(function: u32) -> Caller {
        Caller { function, level: TOP }
    }
}

/// The choice of functions that may be inlined.
#[derive(Default)]
pub(crate) struct InlinePlan {
    /// The level of each candidate, above those of the candidates it calls.
    levels: FxHashMap<u32, u32>,
    /// The candidates whose code is needed only where a call of them is kept.
    unshared: BTreeSet<u32>,
    /// The candidates that are inlined also where the call is not hot.
    usual: BTreeSet<u32>,
    /// The functions of `usual` that are inlined also where the call is rare.
    brief: BTreeSet<u32>,
    /// The functions of `usual` that are inlined also where the call is never made.
    tiny: BTreeSet<u32>,
    estimate: Estimate,
}

impl InlinePlan {
    /// Returns the choice for a module. `summaries` describe its bodies, in order; `heat` is a
    /// profile's calls.
    pub(crate) fn new(
        module: &Module<'_>,
        summaries: &[Summary],
        heat: Option<&Calls<'_>>,
    ) -> InlinePlan {
        let mut calls = vec![0u32; module.functions.len()];
        for callee in summaries.iter().flat_map(|summary| &summary.calls) {
            if let Some(count) = calls.get_mut(*callee as usize) {
                *count += 1;
            }
        }
        let body = |index: u32| index.checked_sub(module.imported_functions);
        let summary = |index: u32| body(index).and_then(|body| summaries.get(body as usize));
        let kept = kept(module);
        let own = module.imported_functions..module.functions.len() as u32;
        let fits = |index: u32, limit: usize| {
            summary(index).is_some_and(|it| it.can_be_inlined && it.size <= limit)
        };
        let small = |index: u32, limit: usize| {
            let once = calls[index as usize] == 1 && !kept.contains(&index);
            let has_loop = summary(index).is_some_and(|summary| summary.has_loop);
            let limit = if once && !has_loop { CALLED_ONCE_SIZE } else { limit };
            fits(index, limit)
        };
        let usual: BTreeSet<u32> = own.filter(|index| small(*index, USUAL_SIZE)).collect();
        let hot = heat.into_iter().flat_map(Calls::hot_callees);
        let hot = hot.filter(|index| fits(*index, profile_inline::HOT_SIZE));
        let hot: BTreeSet<u32> = hot.collect();
        let candidates: BTreeSet<u32> = usual.union(&hot).copied().collect();
        let levels =
            levels(&candidates, |index| summary(index).map_or(&[][..], |summary| &summary.calls));
        let unshared = candidates.difference(&kept).copied().collect();
        let tiny = |index: &u32| fits(*index, profile_inline::TINY_SIZE);
        InlinePlan {
            levels,
            unshared,
            tiny: usual.iter().copied().filter(tiny).collect(),
            brief: usual.iter().copied().filter(|index| small(*index, BRIEF_SIZE)).collect(),
            usual,
            estimate: Estimate::new(summaries, kept.into_iter()),
        }
    }

    /// Returns `function` as a body to inline, if it is a candidate.
    pub(crate) fn body(&self, function: u32) -> Option<Caller> {
        let level = *self.levels.get(&function)?;
        Some(Caller { function, level })
    }

    /// Returns whether `function` is a candidate whose level is below the caller's.
    fn is_below(&self, function: u32, caller: Caller) -> bool {
        let level = self.levels.get(&function);
        level.is_some_and(|level| *level < caller.level)
    }

    /// Returns whether a candidate is inlined where calls are made as often as `heat` says.
    fn wants(&self, function: u32, heat: Heat) -> bool {
        match heat {
            Heat::Never => self.tiny.contains(&function),
            Heat::Rare => self.brief.contains(&function),
            Heat::Warm => self.usual.contains(&function),
            Heat::Hot => true,
        }
    }

    /// Returns whether all calls in a function count as made in a loop. Those in a body do,
    /// because it may be inlined into a loop.
    fn is_repeated(&self, caller: Caller) -> bool {
        caller.level != TOP || self.estimate.is_repeated(caller.function)
    }

    /// Returns how often the call at an offset in the module counts as made if there is no
    /// profile.
    fn estimate(&self, caller: Caller, offset: u32) -> Heat {
        if self.is_repeated(caller) || self.estimate.is_in_loop(offset) {
            Heat::Warm
        } else {
            Heat::Rare
        }
    }

    /// Returns a number for everything that decides, besides both functions' bodies, whether
    /// calls of `callee` in `caller` are inlined if there is no profile; 0 if they never are.
    pub(crate) fn rule(&self, caller: Caller, callee: u32) -> u64 {
        if !self.is_below(callee, caller) {
            return 0;
        }
        1 + u64::from(self.is_repeated(caller)) + 2 * u64::from(self.brief.contains(&callee))
    }

    /// Returns whether the function's code is needed only where a call of it is kept.
    pub(crate) fn is_optional(&self, function: u32) -> bool {
        self.unshared.contains(&function)
    }
}

/// Returns whether a body of so many instructions is inlined where calls are made as often as
/// `heat` says, in a function that has grown by `added` instructions.
fn fits(instructions: usize, added: usize, heat: Heat) -> bool {
    let (body, growth) = match heat {
        Heat::Hot => (LARGEST_HOT_BODY, MOST_HOT_GROWTH),
        Heat::Warm | Heat::Rare | Heat::Never => (LARGEST_BODY, MOST_GROWTH),
    };
    instructions <= body && added + instructions <= growth
}

/// Returns the functions that are needed whether they are called or not.
fn kept(module: &Module<'_>) -> BTreeSet<u32> {
    let functions = module.functions.iter().enumerate();
    let referenced = functions.filter(|(_, function)| function.referenced);
    let referenced = referenced.map(|(index, _)| index as u32);
    referenced.chain(module.start).collect()
}

/// Returns a level for each candidate, above those of the candidates it calls. Candidates in
/// a circle, or above too many others, all get the highest level, [`MOST_LEVELS`].
fn levels<'a>(candidates: &BTreeSet<u32>, calls: impl Fn(u32) -> &'a [u32]) -> FxHashMap<u32, u32> {
    let callees = |index: u32| -> BTreeSet<u32> {
        let calls = calls(index).iter().copied();
        calls.filter(|callee| candidates.contains(callee)).collect()
    };
    let mut callers: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    let mut missing: FxHashMap<u32, usize> = FxHashMap::default();
    let mut ready = Vec::new();
    for index in candidates {
        let callees = callees(*index);
        match callees.len() {
            0 => ready.push(*index),
            count => _ = missing.insert(*index, count),
        }
        for callee in callees {
            callers.entry(callee).or_default().push(*index);
        }
    }
    let mut levels = FxHashMap::default();
    for level in 0..MOST_LEVELS {
        for index in std::mem::take(&mut ready) {
            levels.insert(index, level);
            for caller in callers.remove(&index).into_iter().flatten() {
                let count = missing.get_mut(&caller).expect("it has a callee");
                *count -= 1;
                if *count == 0 {
                    ready.push(caller);
                }
            }
        }
    }
    for index in candidates {
        levels.entry(*index).or_insert(MOST_LEVELS);
    }
    levels
}

/// The IR of a function to inline, and the locations that its instructions name.
pub(crate) type Body = (Function, Locations);

/// The bodies to inline, each made when it is first needed.
pub(super) struct Bodies {
    /// The body of each candidate; `None` if it cannot be made or is too large.
    functions: FxHashMap<u32, OnceLock<Option<Inlinable>>>,
    /// The largest number of instructions of a body that is kept.
    largest: usize,
}

/// A body to inline.
struct Inlinable {
    function: Function,
    locations: Locations,
    /// Number of its instructions.
    instructions: usize,
}

impl Bodies {
    /// Returns the bodies of a plan's candidates, none of which is made yet. `heat_is_known` says
    /// whether a profile tells which calls are hot.
    pub(super) fn new(plan: &InlinePlan, heat_is_known: bool) -> Bodies {
        let candidates = plan.levels.keys();
        Bodies {
            functions: candidates.map(|index| (*index, OnceLock::new())).collect(),
            largest: if heat_is_known { LARGEST_HOT_BODY } else { LARGEST_BODY },
        }
    }

    /// Returns whether the function has a body, so that it has passed validation.
    pub(super) fn is_valid(&self, index: u32) -> bool {
        let body = self.functions.get(&index).and_then(OnceLock::get);
        body.is_some_and(Option::is_some)
    }

    /// Returns the body of a candidate, or `None` if `make` makes none or one that is too large.
    fn get(&self, index: u32, make: &dyn Fn(u32) -> Option<Body>) -> Option<&Inlinable> {
        let made = || {
            let (function, locations) = make(index)?;
            let instructions = function.dfg.num_insts();
            (instructions <= self.largest).then_some(Inlinable {
                function,
                locations,
                instructions,
            })
        };
        self.functions.get(&index)?.get_or_init(made).as_ref()
    }

    /// Inlines callees into the function of `context`. `locations` describes its inlined
    /// instructions, `calls` are a profile's calls, and `make` makes the body of a callee.
    ///
    /// # Errors
    ///
    /// The text of Cranelift's error.
    pub(super) fn inline(
        &self,
        plan: &InlinePlan,
        caller: Caller,
        calls: Option<&Calls<'_>>,
        context: &mut Context,
        locations: &mut Locations,
        make: &dyn Fn(u32) -> Option<Body>,
    ) -> Result<(), String> {
        if self.functions.is_empty() {
            return Ok(());
        }
        let mut policy =
            Policy { bodies: self, plan, caller, calls, make, added: 0, placed: Vec::new() };
        context.inline(&mut policy).map_err(|e| e.to_string())?;
        for (body, place) in policy.placed {
            fix_copy(&mut context.func, body, &place, locations);
        }
        Ok(())
    }
}

/// The answers to Cranelift's questions which calls to inline in one function.
struct Policy<'a> {
    bodies: &'a Bodies,
    plan: &'a InlinePlan,
    caller: Caller,
    calls: Option<&'a Calls<'a>>,
    make: &'a dyn Fn(u32) -> Option<Body>,
    /// Number of instructions that inlining has added so far.
    added: usize,
    /// The bodies that have been inlined, and where.
    placed: Vec<(&'a Inlinable, Place)>,
}

impl Inline for Policy<'_> {
    fn inline(
        &mut self,
        caller: &Function,
        call: Inst,
        opcode: Opcode,
        callee: FuncRef,
        _: &[Value],
    ) -> InlineCommand<'_> {
        let block = caller.layout.inst_block(call).expect("a call in the layout");
        if opcode != Opcode::Call || caller.layout.is_cold(block) {
            return InlineCommand::KeepCall;
        }
        let Some(index) = called_function(caller, callee) else {
            return InlineCommand::KeepCall;
        };
        if !self.plan.is_below(index, self.caller) {
            return InlineCommand::KeepCall;
        }
        let offset = caller.srcloc(call).bits();
        let heat = match self.calls {
            Some(calls) => calls.heat(self.caller.function, offset),
            None => self.plan.estimate(self.caller, offset),
        };
        if !self.plan.wants(index, heat) {
            return InlineCommand::KeepCall;
        }
        let Some(body) = self.bodies.get(index, self.make) else {
            return InlineCommand::KeepCall;
        };
        if !fits(body.instructions, self.added, heat) {
            return InlineCommand::KeepCall;
        }
        self.added += body.instructions;
        let place = Place {
            function: index,
            first_block: caller.dfg.num_blocks(),
            first_global_value: caller.global_values.len(),
            call: caller.srcloc(call),
        };
        self.placed.push((body, place));
        InlineCommand::Inline { callee: Cow::Borrowed(&body.function), visit_callee: false }
    }
}

/// Returns the index of the called function, if it is defined in this module or another one
/// of the program.
fn called_function(caller: &Function, callee: FuncRef) -> Option<u32> {
    let ExternalName::User(name) = caller.dfg.ext_funcs[callee].name else {
        return None;
    };
    match Symbol::from_external_name(&caller.params.user_named_funcs()[name]) {
        Some(Symbol::Function(index)) => Some(index),
        _ => None,
    }
}

/// The place of an inlined body in its caller.
struct Place {
    /// Index of the inlined function.
    function: u32,
    /// Number of the caller's first block that is a copy of the body's.
    first_block: usize,
    /// Number of the caller's first global value that is a copy of the body's.
    first_global_value: usize,
    /// Source location of the call.
    call: SourceLoc,
}

/// Completes Cranelift's copy of a body: Cranelift leaves the names of copied symbols in the
/// body's numbering, and copied instructions without a source location.
fn fix_copy(caller: &mut Function, inlined: &Inlinable, place: &Place, locations: &mut Locations) {
    let body = &inlined.function;
    rename_symbols(caller, body, place.first_global_value);
    for block in body.layout.blocks() {
        // Copied blocks and their instructions are in the same order as the body's.
        let copied = Block::from_u32(place.first_block as u32 + block.as_u32());
        if !caller.layout.is_block_inserted(copied) {
            continue;
        }
        let mut next = caller.layout.first_inst(copied);
        for instruction in body.layout.block_insts(block) {
            let Some(copy) = next else { break };
            next = caller.layout.next_inst(copy);
            let location = body.srcloc(instruction);
            if !location.is_default() {
                let location =
                    locations.place(location, &inlined.locations, place.function, place.call);
                caller.set_srcloc(copy, location);
            }
        }
    }
}

/// Gives copied symbols their names in the caller.
fn rename_symbols(caller: &mut Function, body: &Function, first: usize) {
    for (value, data) in body.global_values.iter() {
        let copy = GlobalValue::from_u32(first as u32 + value.as_u32());
        if let GlobalValueData::Symbol { name: ExternalName::User(name), .. } = data {
            let symbol = body.params.user_named_funcs()[*name].clone();
            let symbol = caller.declare_imported_user_function(symbol);
            if let GlobalValueData::Symbol { name, .. } = &mut caller.global_values[copy] {
                *name = ExternalName::user(symbol);
            }
        }
    }
}
