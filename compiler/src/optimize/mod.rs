//! What the closed world allows beyond translating one function after the
//! other. Each technique has a file and a [`Pass`], and can be switched off,
//! so that a miscompilation can be narrowed down to one of them.

mod addresses;
mod arms;
mod branches;
mod bulk;
mod estimate;
mod inline;
mod latches;
mod loop_ends;
mod offsets;
mod pointers;
mod profile_blocks;
pub mod profile_calls;
mod profile_inline;
pub mod profile_order;
pub mod short_forms;
pub mod survey;
pub mod tables;
pub mod values;
mod vectors;

use crate::emit::Source;
use crate::lines::Locations;
use crate::translate::Environment;
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::{CodegenResult, Context};

pub use branches::{has_loop, in_loops_without_calls};
pub use inline::{Body, Caller, Plan};

use pointers::Extended;
use profile_inline::Calls;
use std::fmt;
use std::str::FromStr;
use survey::Summary;

/// A technique that can be switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pass {
    /// Bodies of small functions in place of calls.
    Inline,
    /// Code that ends in a trap is placed behind the rest of its function.
    ColdBlocks,
    /// Direct calls in place of those through tables that nobody changes.
    Tables,
    /// Loads and stores in place of calls that copy or fill a few bytes.
    Bulk,
    /// One address for accesses near one another.
    Addresses,
    /// Loops end with a comparison of the new counter.
    LoopEnds,
    /// Vectors are loaded as what they are used as.
    Vectors,
    /// Short ends of loops in place of jumps to them.
    Latches,
    /// Addresses are extended where they are made.
    Pointers,
    /// Sums that are addresses with an offset are made once.
    Offsets,
    /// Arms of a switch in a loop have copies of what the loop carries.
    Arms,
    /// Jumps to near targets and small constants have one byte for that.
    ShortForms,
    /// Code that never ran is placed behind the rest of its function.
    ProfileBlocks,
    /// Bodies in place of calls that are made often, none where none was made.
    ProfileInline,
    /// Direct calls of what an indirect call usually reaches, after a check.
    ProfileCalls,
    /// Functions that call each other often lie near each other.
    ProfileOrder,
}

impl Pass {
    pub const ALL: [Pass; 16] = [
        Pass::Inline,
        Pass::ColdBlocks,
        Pass::Tables,
        Pass::Bulk,
        Pass::Addresses,
        Pass::LoopEnds,
        Pass::Vectors,
        Pass::Latches,
        Pass::Pointers,
        Pass::Offsets,
        Pass::Arms,
        Pass::ShortForms,
        Pass::ProfileBlocks,
        Pass::ProfileInline,
        Pass::ProfileCalls,
        Pass::ProfileOrder,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Pass::Inline => "inline",
            Pass::ColdBlocks => "cold-blocks",
            Pass::Tables => "tables",
            Pass::Bulk => "bulk",
            Pass::Addresses => "addresses",
            Pass::LoopEnds => "loop-ends",
            Pass::Vectors => "vectors",
            Pass::Latches => "latches",
            Pass::Pointers => "pointers",
            Pass::Offsets => "offsets",
            Pass::Arms => "arms",
            Pass::ShortForms => "short-forms",
            Pass::ProfileBlocks => "profile-blocks",
            Pass::ProfileInline => "profile-inline",
            Pass::ProfileCalls => "profile-calls",
            Pass::ProfileOrder => "profile-order",
        }
    }
}

impl fmt::Display for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Pass {
    type Err = String;

    fn from_str(name: &str) -> Result<Pass, String> {
        let pass = Pass::ALL.into_iter().find(|pass| pass.name() == name);
        pass.ok_or_else(|| {
            let names = Pass::ALL.map(Pass::name).join("`, `");
            format!("`{name}` is not a pass; there are `{names}`")
        })
    }
}

/// Which of the passes are to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Passes(u32);

impl Passes {
    pub const ALL: Passes = Passes((1 << Pass::ALL.len()) - 1);
    pub const NONE: Passes = Passes(0);
    const EAGER: u32 = 1 << 31;

    pub fn without(self, pass: Pass) -> Passes {
        Passes(self.0 & !(1 << pass as u32))
    }

    pub fn contains(self, pass: Pass) -> bool {
        self.0 & (1 << pass as u32) != 0
    }

    /// The same, where they can change something, not only where that is worth
    /// while: for tests, whose functions are small.
    pub fn eager(self) -> Passes {
        Passes(self.0 | Passes::EAGER)
    }

    fn are_eager(self) -> bool {
        self.0 & Passes::EAGER != 0
    }
}

/// What the functions of a module are optimised with.
pub struct Optimizer<'a> {
    /// What a profile says.
    calls: Option<Calls<'a>>,
    plan: Plan,
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
            true => Plan::new(environment.module, summaries, calls.as_ref()),
            false => Plan::default(),
        };
        Optimizer {
            passes,
            bodies: inline::Bodies::new(&plan, calls.is_some()),
            plan,
            calls,
            addresses: match passes.contains(Pass::Addresses) {
                true => addresses::Addresses::new(environment.layout),
                false => addresses::Addresses::default(),
            },
        }
    }

    /// The choice of bodies.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Whether code is needed only if something refers to it.
    pub fn is_optional(&self, source: Source) -> bool {
        match source {
            Source::Function(index) => self.plan.is_optional(index),
            Source::Thunk(_) => false,
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
    pub fn finish(&self, context: &mut Context, source: Source) {
        context.flowgraph();
        let Source::Function(_) = source else {
            return;
        };
        self.addresses.improve(context);
        if self.passes.contains(Pass::LoopEnds) {
            loop_ends::improve(&mut context.func);
        }
        if self.passes.contains(Pass::Vectors) {
            vectors::improve(&mut context.func);
        }
    }
}

/// Improves what Cranelift's mid-end left, for its register allocator. Leaves no
/// aliases.
///
/// # Errors
///
/// Cranelift's verifier's, where that is on.
pub fn prepare_allocation(
    context: &mut Context,
    passes: Passes,
    has_loop: bool,
    isa: &dyn TargetIsa,
) -> CodegenResult<()> {
    if has_loop {
        context.compute_loop_analysis();
        if passes.contains(Pass::Latches) && latches::improve(context, passes) {
            context.eliminate_unreachable_code(isa)?;
            context.remove_constant_phis(isa)?;
        }
    }
    let extended = match passes.contains(Pass::Pointers) {
        true => pointers::improve(&mut context.func),
        false => Extended::default(),
    };
    context.func.dfg.resolve_all_aliases();
    if passes.contains(Pass::Offsets) {
        offsets::improve(&mut context.func);
    }
    if passes.contains(Pass::Arms) && has_loop {
        arms::improve(context, &extended, passes);
    }
    context.verify_if(isa)
}
