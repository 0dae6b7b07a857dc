//! Passes over IR: optimisations that the closed world allows beyond translating each
//! function by itself, and rewrites that help Cranelift's register allocator. This file is
//! the only place that says in which order they run.
//!
//! Each pass is a file, and is left out entirely where `--disable-pass` names it. The passes
//! that are choices of translation ([`Pass::ColdBlocks`], [`Pass::Tables`],
//! [`Pass::Bulk`], [`Pass::ProfileBlocks`], [`Pass::ProfileCalls`]) are in
//! `translate/`; [`Pass::ShortForms`] works on machine code, in `codegen/`;
//! [`Pass::ProfileOrder`] orders functions in the object, in `emit/`.

mod addresses;
mod arms;
mod estimate;
mod inline;
mod latches;
mod loop_ends;
mod moved;
mod objects;
mod offsets;
mod pointers;
mod profile_inline;
mod vectors;

pub(crate) use inline::{Body, Caller, InlinePlan};

use crate::code_unit::CodeUnit;
use crate::lines::Locations;
use crate::passes::{Pass, Passes};
use crate::plan::environment::Environment;
use crate::plan::survey::Summary;
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::{CodegenResult, Context};
use pointers::Extended;
use profile_inline::Calls;

/// The passes that run after [inlining](Optimizer::inline) and before Cranelift's mid-end,
/// in this order. They run on complete bodies, in which no operand is an alias.
const BEFORE_MID_END: &[(Pass, Improvement)] = &[
    (Pass::Objects, |_, context| objects::improve(context)),
    (Pass::Addresses, |optimizer, context| optimizer.addresses.improve(context)),
    (Pass::LoopEnds, |_, context| loop_ends::improve(&mut context.func)),
    (Pass::Vectors, |_, context| vectors::improve(&mut context.func)),
];

/// A pass of [`BEFORE_MID_END`].
type Improvement = fn(&Optimizer<'_>, &mut Context);

/// The steps between Cranelift's mid-end and its register allocator, in this order. A step
/// without a pass always runs.
const BEFORE_ALLOCATION: &[(Option<Pass>, Step)] = &[
    (Some(Pass::Latches), |work, isa| {
        if work.has_loop && latches::improve(work.context, work.passes) {
            work.context.eliminate_unreachable_code(isa)?;
            work.context.remove_constant_phis(isa)?;
        }
        Ok(())
    }),
    (Some(Pass::Pointers), |work, _| {
        work.extended = pointers::improve(&mut work.context.func);
        Ok(())
    }),
    (None, |work, _| {
        work.context.func.dfg.resolve_all_aliases();
        Ok(())
    }),
    (Some(Pass::Offsets), |work, _| {
        offsets::improve(&mut work.context.func);
        Ok(())
    }),
    (Some(Pass::Arms), |work, _| {
        if work.has_loop {
            arms::improve(work.context, &work.extended, work.passes);
        }
        Ok(())
    }),
];

/// A step of [`BEFORE_ALLOCATION`].
type Step = fn(&mut Work<'_>, &dyn TargetIsa) -> CodegenResult<()>;

/// A function before register allocation.
struct Work<'a> {
    context: &'a mut Context,
    passes: Passes,
    /// Whether the function has a loop; if so, `context` has its loop analysis.
    has_loop: bool,
    /// The values that [`Pass::Pointers`] has extended to 64 bits.
    extended: Extended,
}

/// The optimiser of a module's functions: plans and tables that all of them share.
pub(crate) struct Optimizer<'a> {
    /// The calls of a profile, if there is one and [`Pass::ProfileInline`] is on.
    calls: Option<Calls<'a>>,
    plan: InlinePlan,
    bodies: inline::Bodies,
    addresses: addresses::Addresses,
    passes: Passes,
}

impl<'a> Optimizer<'a> {
    /// Returns the optimiser of a module. `summaries` describe the module's bodies, in order.
    pub(crate) fn new(environment: &'a Environment<'a>, summaries: &[Summary]) -> Optimizer<'a> {
        let passes = environment.passes;
        let profile = environment.profile.as_ref();
        let profile = profile.filter(|_| passes.contains(Pass::ProfileInline));
        let calls = profile.map(Calls::new);
        let plan = if passes.contains(Pass::Inline) {
            InlinePlan::new(environment.planned.module, summaries, calls.as_ref())
        } else {
            InlinePlan::default()
        };
        Optimizer {
            passes,
            bodies: inline::Bodies::new(&plan, calls.is_some()),
            plan,
            calls,
            addresses: if passes.contains(Pass::Addresses) {
                addresses::Addresses::new(environment.planned.layout)
            } else {
                addresses::Addresses::default()
            },
        }
    }

    /// Returns the choice of functions that are inlined.
    pub(crate) fn plan(&self) -> &InlinePlan {
        &self.plan
    }

    /// Returns whether a unit's code is needed only if other code refers to it.
    pub(crate) fn is_optional(&self, unit: CodeUnit) -> bool {
        match unit {
            CodeUnit::Function(index) => self.plan.is_optional(index),
            CodeUnit::Thunk(_) => false,
        }
    }

    /// Returns whether the function is known to be valid because a body for inlining it has
    /// been made.
    pub(crate) fn is_valid(&self, index: u32) -> bool {
        self.bodies.is_valid(index)
    }

    /// Inlines callees into the function `caller`, whose IR is in `context`. `make` makes the
    /// body of a callee. Thunks are not passed to this method and stay as they are: they run
    /// once for each call from outside.
    ///
    /// # Errors
    ///
    /// The text of Cranelift's error.
    pub(crate) fn inline(
        &self,
        context: &mut Context,
        locations: &mut Locations,
        caller: Caller,
        make: &dyn Fn(u32) -> Option<Body>,
    ) -> Result<(), String> {
        self.bodies.inline(&self.plan, caller, self.calls.as_ref(), context, locations, make)
    }

    /// Runs the passes before Cranelift's mid-end on IR that is complete. The control-flow
    /// graph and dominator tree of `context` are valid afterwards.
    pub(crate) fn finish(&self, context: &mut Context, unit: CodeUnit) {
        context.flowgraph();
        let CodeUnit::Function(_) = unit else {
            return;
        };
        // Nested loops leave chains of aliases, which would be followed from each use.
        context.func.dfg.resolve_all_aliases();
        for (pass, improve) in BEFORE_MID_END {
            if self.passes.contains(*pass) {
                improve(self, context);
            }
        }
    }
}

/// Runs the passes between Cranelift's mid-end and its register allocator. No aliases are
/// left afterwards. With `debug_info`, instructions that the mid-end moved get the source
/// location of their new place. `has_loop` says whether the function has a loop.
///
/// # Errors
///
/// The errors of Cranelift's verifier, where it is on.
pub(crate) fn before_allocation(
    context: &mut Context,
    passes: Passes,
    debug_info: bool,
    has_loop: bool,
    isa: &dyn TargetIsa,
) -> CodegenResult<()> {
    if has_loop {
        context.compute_loop_analysis();
    }
    let mut work = Work { context, passes, has_loop, extended: Extended::default() };
    for (pass, step) in BEFORE_ALLOCATION {
        if pass.is_none_or(|pass| passes.contains(pass)) {
            step(&mut work, isa)?;
        }
    }
    if debug_info {
        moved::locate_moved(&mut context.func);
    }
    context.verify_if(isa)
}
