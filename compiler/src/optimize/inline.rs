//! Which calls are replaced by the callee's body, and with which body.
//! Cranelift puts it in place.
//!
//! Candidates are chosen by the size of their code as it stands in the module
//! and by how often they are called. A candidate's body is made when it is first
//! wanted, with its own calls replaced already, and then serves all functions of
//! the module. Each candidate has a level, and calls in its body are replaced by
//! bodies of lower levels only: so it makes no difference who wants it first.
//! Candidates that call each other in a circle keep those calls. So do calls in
//! the body of a `try`, where calls of host functions would have to be told
//! apart, tail calls, and calls in code that ends in a trap.
//!
//! An inlined function has no frame. Its instructions get source locations that
//! say which call they stand for (see `lines`).

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

/// Bytes of code, as it stands in the module, of a function that is put in
/// place of all its calls. The figures in this file are measured: twice as much
/// made code larger and no program faster.
const SMALL: usize = 100;

/// The same, where the call does not stand in a loop (see `estimate`). Most calls
/// of large programs are of that kind: it saves a tenth of the time to compile
/// them.
const BRIEF: usize = 40;

/// The same, of a function that is called from one place only. One with a loop
/// would gain nothing, and share its registers with the caller: an interpreter
/// in a loop took twice as long inside its caller.
const CALLED_ONCE: usize = 600;

/// Instructions of a body, with what was put into it.
const LARGEST_BODY: usize = 600;

/// Instructions that a function may grow by.
const MOST_GROWTH: usize = 4000;

/// Levels, at most: while a body is made, those that it wants are made on the
/// same stack.
const MOST_LEVELS: u32 = 50;

/// Above all levels: of functions as they are called.
const TOP: u32 = u32::MAX;

/// A function whose calls may be replaced, with the level of bodies that are not.
#[derive(Clone, Copy)]
pub struct Caller {
    pub function: u32,
    level: u32,
}

impl Caller {
    /// A function as it is called.
    pub fn whole(function: u32) -> Caller {
        Caller { function, level: TOP }
    }
}

/// Functions whose bodies may stand in place of calls.
#[derive(Default)]
pub struct InlinePlan {
    /// Of each candidate, above those of the candidates it calls.
    levels: FxHashMap<u32, u32>,
    /// Of the above, those whose code nothing can need but calls.
    unshared: BTreeSet<u32>,
    /// Those that are put in place also of calls that are not hot.
    usual: BTreeSet<u32>,
    /// Of these, those that are also put in place of rare calls ...
    brief: BTreeSet<u32>,
    /// ... and of calls that are never made.
    tiny: BTreeSet<u32>,
    estimate: Estimate,
}

impl InlinePlan {
    /// `summaries` are of the module's bodies, in order.
    pub fn new(module: &Module<'_>, summaries: &[Summary], heat: Option<&Calls<'_>>) -> InlinePlan {
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
            let limit = if once && !has_loop { CALLED_ONCE } else { limit };
            fits(index, limit)
        };
        let usual: BTreeSet<u32> = own.filter(|index| small(*index, SMALL)).collect();
        let hot = heat.into_iter().flat_map(Calls::hot_callees);
        let hot = hot.filter(|index| fits(*index, profile_inline::HOT));
        let hot: BTreeSet<u32> = hot.collect();
        let candidates: BTreeSet<u32> = usual.union(&hot).copied().collect();
        let levels =
            levels(&candidates, |index| summary(index).map_or(&[][..], |summary| &summary.calls));
        let unshared = candidates.difference(&kept).copied().collect();
        let tiny = |index: &u32| fits(*index, profile_inline::NEVER);
        InlinePlan {
            levels,
            unshared,
            tiny: usual.iter().copied().filter(tiny).collect(),
            brief: usual.iter().copied().filter(|index| small(*index, BRIEF)).collect(),
            usual,
            estimate: Estimate::new(summaries, kept.into_iter()),
        }
    }

    /// A candidate, to stand in place of calls.
    pub fn body(&self, function: u32) -> Option<Caller> {
        let level = *self.levels.get(&function)?;
        Some(Caller { function, level })
    }

    /// Whether calls of a function may be replaced.
    fn is_below(&self, function: u32, caller: Caller) -> bool {
        let level = self.levels.get(&function);
        level.is_some_and(|level| *level < caller.level)
    }

    /// Whether a function's body is put in place of calls that are made so often.
    fn wants(&self, function: u32, heat: Heat) -> bool {
        match heat {
            Heat::Never => self.tiny.contains(&function),
            Heat::Rare => self.brief.contains(&function),
            Heat::Warm => self.usual.contains(&function),
            Heat::Hot => true,
        }
    }

    /// Whether all of a function's calls count as made in a loop. A body may stand
    /// in one.
    fn is_repeated(&self, caller: Caller) -> bool {
        caller.level != TOP || self.estimate.is_repeated(caller.function)
    }

    /// How often the call that stands at an offset counts as made if there is no
    /// profile.
    fn estimate(&self, caller: Caller, offset: u32) -> Heat {
        match self.is_repeated(caller) || self.estimate.is_in_loop(offset) {
            true => Heat::Warm,
            false => Heat::Rare,
        }
    }

    /// What decides whether such calls are replaced besides both functions' bodies,
    /// if there is no profile; 0 if they never are.
    pub fn rule(&self, caller: Caller, callee: u32) -> u64 {
        if !self.is_below(callee, caller) {
            return 0;
        }
        1 + u64::from(self.is_repeated(caller)) + 2 * u64::from(self.brief.contains(&callee))
    }

    /// The function's code is needed only if something calls it after all.
    pub fn is_optional(&self, function: u32) -> bool {
        self.unshared.contains(&function)
    }
}

/// Whether a body of so many instructions is put in place of calls that are made so
/// often, in a function that has grown by `added`.
fn fits(instructions: usize, added: usize, heat: Heat) -> bool {
    let (body, growth) = match heat {
        Heat::Hot => (LARGEST_HOT_BODY, MOST_HOT_GROWTH),
        Heat::Warm | Heat::Rare | Heat::Never => (LARGEST_BODY, MOST_GROWTH),
    };
    instructions <= body && added + instructions <= growth
}

/// Functions that are needed whether they are called or not.
fn kept(module: &Module<'_>) -> BTreeSet<u32> {
    let functions = module.functions.iter().enumerate();
    let referenced = functions.filter(|(_, function)| function.referenced);
    let referenced = referenced.map(|(index, _)| index as u32);
    referenced.chain(module.start).collect()
}

/// Puts each above those it calls; those in a circle, or too high, are on top
/// together.
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

/// A function to put in place of calls, with its locations.
pub type Body = (Function, Locations);

/// Bodies to put in place of calls, each made when it is first wanted.
pub struct Bodies {
    functions: FxHashMap<u32, OnceLock<Option<Inlinable>>>,
    /// Instructions of a body that is kept.
    largest: usize,
}

struct Inlinable {
    function: Function,
    locations: Locations,
    instructions: usize,
}

impl Bodies {
    /// For calls that are known to be hot or not, or not.
    pub fn new(plan: &InlinePlan, heat_is_known: bool) -> Bodies {
        let candidates = plan.levels.keys();
        Bodies {
            functions: candidates.map(|index| (*index, OnceLock::new())).collect(),
            largest: if heat_is_known { LARGEST_HOT_BODY } else { LARGEST_BODY },
        }
    }

    /// There is a body, so the function passed validation.
    pub fn is_valid(&self, index: u32) -> bool {
        let body = self.functions.get(&index).and_then(OnceLock::get);
        body.is_some_and(Option::is_some)
    }

    /// `None` if `make` makes none, or one that is too large.
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

    /// Puts bodies in place of calls in the context's function, whose inlined
    /// instructions `locations` describes. `calls` are what a profile says; `make`
    /// makes bodies.
    pub fn inline(
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
            finish(&mut context.func, body, &place, locations);
        }
        Ok(())
    }
}

struct Policy<'a> {
    bodies: &'a Bodies,
    plan: &'a InlinePlan,
    caller: Caller,
    calls: Option<&'a Calls<'a>>,
    make: &'a dyn Fn(u32) -> Option<Body>,
    /// Instructions added so far.
    added: usize,
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

fn called_function(caller: &Function, callee: FuncRef) -> Option<u32> {
    let ExternalName::User(name) = caller.dfg.ext_funcs[callee].name else {
        return None;
    };
    match Symbol::from_external_name(&caller.params.user_named_funcs()[name]) {
        Some(Symbol::Function(index)) => Some(index),
        _ => None,
    }
}

/// Where a body was put: what of its caller is its own begins with these.
struct Place {
    function: u32,
    first_block: usize,
    first_global_value: usize,
    /// Where the call was.
    call: SourceLoc,
}

/// What Cranelift leaves undone: its copies of symbols have names in the
/// body's numbering, copied instructions have no source location.
fn finish(caller: &mut Function, inlined: &Inlinable, place: &Place, locations: &mut Locations) {
    let body = &inlined.function;
    rename_symbols(caller, body, place.first_global_value);
    for block in body.layout.blocks() {
        // Blocks and their instructions are in the body's order.
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
