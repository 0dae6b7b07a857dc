//! Passes over IR: what the closed world allows beyond translating one function after
//! the other, and what helps Cranelift's register allocator. This file is the one
//! place that says in which order they run.
//!
//! A pass is a file, and is left out wholly where `--disable-pass` names it. The
//! passes that are choices of translation ([`Pass::ColdBlocks`], [`Pass::Tables`],
//! [`Pass::Bulk`], [`Pass::ProfileBlocks`], [`Pass::ProfileCalls`]) are in
//! `translate/`; [`Pass::ShortForms`] works on machine code, in `codegen/`;
//! [`Pass::ProfileOrder`] is a matter of the object, in `emit/`.

mod addresses;
mod arms;
mod estimate;
mod inline;
mod latches;
mod loop_ends;
mod moved;
mod offsets;
mod pointers;
mod profile_inline;
mod vectors;

pub use inline::{Body, Caller, InlinePlan};

use crate::code_unit::CodeUnit;
use crate::lines::Locations;
use crate::passes::{Pass, Passes};
use crate::plan::environment::Environment;
use crate::plan::survey::Summary;
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::{CodegenResult, Context};
use pointers::Extended;
use profile_inline::Calls;

/// What runs after [inlining](Optimizer::inline) and before Cranelift's mid-end, in
/// this order: on complete bodies that still have aliases.
const BEFORE_MID_END: &[(Pass, Improvement)] = &[
    (Pass::Addresses, |optimizer, context| optimizer.addresses.improve(context)),
    (Pass::LoopEnds, |_, context| loop_ends::improve(&mut context.func)),
    (Pass::Vectors, |_, context| vectors::improve(&mut context.func)),
];

/// A pass of [`BEFORE_MID_END`].
type Improvement = fn(&Optimizer<'_>, &mut Context);

/// What runs between Cranelift's mid-end and its register allocator, in this order; a
/// step without a pass always runs.
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
    /// Whether the function has a loop; its loops are known then.
    has_loop: bool,
    /// What [`Pass::Pointers`] found out.
    extended: Extended,
}

/// What the functions of a module are optimised with.
pub struct Optimizer<'a> {
    /// What a profile says.
    calls: Option<Calls<'a>>,
    plan: InlinePlan,
    bodies: inline::Bodies,
    addresses: addresses::Addresses,
    passes: Passes,
}

impl<'a> Optimizer<'a> {
    /// `summaries` are of the module's bodies, in order.
    pub fn new(environment: &'a Environment<'a>, summaries: &[Summary]) -> Optimizer<'a> {
        let passes = environment.passes;
        let profile = environment.profile.as_ref();
        let profile = profile.filter(|_| passes.contains(Pass::ProfileInline));
        let calls = profile.map(Calls::new);
        let plan = match passes.contains(Pass::Inline) {
            true => InlinePlan::new(environment.planned.module, summaries, calls.as_ref()),
            false => InlinePlan::default(),
        };
        Optimizer {
            passes,
            bodies: inline::Bodies::new(&plan, calls.is_some()),
            plan,
            calls,
            addresses: match passes.contains(Pass::Addresses) {
                true => addresses::Addresses::new(environment.planned.layout),
                false => addresses::Addresses::default(),
            },
        }
    }

    /// The choice of bodies.
    pub fn plan(&self) -> &InlinePlan {
        &self.plan
    }

    /// Whether code is needed only if something refers to it.
    pub fn is_optional(&self, unit: CodeUnit) -> bool {
        match unit {
            CodeUnit::Function(index) => self.plan.is_optional(index),
            CodeUnit::Thunk(_) => false,
        }
    }

    /// Whether the function was found valid because it has a body to put in place
    /// of calls.
    pub fn is_valid(&self, index: u32) -> bool {
        self.bodies.is_valid(index)
    }

    /// Puts bodies, which `make` makes, in place of calls of a function's code.
    /// Thunks stay as they are: they run once for each call from outside.
    pub fn inline(
        &self,
        context: &mut Context,
        locations: &mut Locations,
        caller: Caller,
        make: &dyn Fn(u32) -> Option<Body>,
    ) -> Result<(), String> {
        self.bodies.inline(&self.plan, caller, self.calls.as_ref(), context, locations, make)
    }

    /// Improves code that is complete. Leaves what `context` knows of its blocks.
    pub fn finish(&self, context: &mut Context, unit: CodeUnit) {
        context.flowgraph();
        let CodeUnit::Function(_) = unit else {
            return;
        };
        for (pass, improve) in BEFORE_MID_END {
            if self.passes.contains(*pass) {
                improve(self, context);
            }
        }
    }
}

/// Improves what Cranelift's mid-end left, for its register allocator. Leaves no
/// aliases. With debug information, what the mid-end moved gets the source location of
/// its new place.
///
/// # Errors
///
/// Cranelift's verifier's, where that is on.
pub fn before_allocation(
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
