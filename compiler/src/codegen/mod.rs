//! The code generator: from one function's IR to machine code with relocations and
//! traps. It knows nothing of WebAssembly, and of the passes only when they run.

pub(crate) mod alignment;
mod allocation;
mod disassemble;
mod effort;
mod settings;
mod short_forms;

pub(crate) use disassemble::disassemble;
pub(crate) use effort::{Traits, is_large};

use crate::error::Error;
use crate::ir::branches;
use crate::machine_code::{MachineCode, Relocation, RelocationTarget};
use crate::options::Options;
use crate::passes::{Pass, Passes};
use crate::symbols::Symbol;
use crate::target::Target;
use crate::traps;
use alignment::{Blocks, FUNCTION_ALIGNMENT};
use cranelift_codegen::ir::SourceLoc;
use cranelift_codegen::isa::{OwnedTargetIsa, TargetIsa};
use cranelift_codegen::{
    CodegenResult, CompiledCode, Context, FinalizedMachExceptionHandler, FinalizedRelocTarget, ir,
};
use cranelift_control::ControlPlane;
use effort::Effort;
use quench_abi::HandlerEntry;

/// A step between Cranelift's mid-end and its register allocator, which leaves no
/// aliases in the function. Its second argument says whether the function has a loop.
pub(crate) type BeforeAllocation<'a> =
    &'a dyn Fn(&mut Context, bool, &dyn TargetIsa) -> CodegenResult<()>;

/// The target machine and the settings with which all code of a program is compiled.
pub(crate) struct Machine {
    whole: Generator,
    no_mid_end: Generator,
    hurried: Generator,
    target: Target,
    /// Whether indirect branches may arrive only at marked instructions (the feature
    /// `bti` of aarch64).
    marks_targets: bool,
    /// Whether debug information is wanted.
    debug_info: bool,
}

impl Machine {
    /// Makes the code generators that the options ask for.
    ///
    /// # Errors
    ///
    /// When Cranelift does not know a setting or the target.
    pub(crate) fn new(options: &Options) -> Result<Machine, Error> {
        Ok(Machine {
            whole: Generator::new(options, Effort::Whole)?,
            no_mid_end: Generator::new(options, Effort::NoMidEnd)?,
            hurried: Generator::new(options, Effort::Hurried)?,
            target: options.cpu.target(),
            marks_targets: options.cpu.marks_branch_targets(),
            debug_info: options.debug_info,
        })
    }

    /// Returns Cranelift's description of the target, for questions whose answer is
    /// the same for all functions.
    pub(crate) fn isa(&self) -> &dyn TargetIsa {
        &*self.whole.isa
    }

    /// Returns [`Machine::isa`] to be kept.
    pub(crate) fn shared_isa(&self) -> OwnedTargetIsa {
        self.whole.isa.clone()
    }

    /// Describes as text all settings on which the machine code of given IR depends.
    pub(crate) fn description(&self) -> String {
        let describe = |isa: &dyn TargetIsa| {
            let features: Vec<String> = isa.isa_flags().iter().map(|v| v.to_string()).collect();
            format!("{} {} {features:?}", isa.triple(), isa.flags())
        };
        let (whole, hurried) = (describe(&*self.whole.isa), describe(&*self.hurried.isa));
        format!("{whole} {hurried} {}", self.marks_targets)
    }

    /// Compiles the function in `context.func`. `context` has its control flow graph and
    /// dominator tree as [`Context::flowgraph`] leaves them. `allocation` is the register
    /// allocator's memory, which is reused from function to function.
    ///
    /// # Errors
    ///
    /// When Cranelift cannot compile the function, or its code has a relocation, trap or
    /// alignment that we do not know. Both are faults of the compiler.
    pub(crate) fn compile(
        &self,
        context: &mut Context,
        allocation: &mut allocator::Ctx,
        traits: Traits,
        before_allocation: BeforeAllocation<'_>,
    ) -> Result<MachineCode, String> {
        let has_loop = branches::has_loop(&context.func);
        let generator = match Effort::of(&context.func, traits, has_loop, self.target) {
            Effort::Whole => &self.whole,
            Effort::NoMidEnd => &self.no_mid_end,
            Effort::Hurried => &self.hurried,
        };
        let compiled = generator.compile(context, allocation, has_loop, before_allocation)?;
        let mut function = finished(&compiled, &context.func, self.debug_info)?;
        let mut blocks = Blocks::of(compiled);
        if generator.has_short_forms {
            short_forms::improve(&mut function, &mut blocks);
        }
        function.phase = alignment::phase(&blocks);
        if self.marks_targets {
            function.mark_entry();
        }
        Ok(function)
    }
}

/// Cranelift with the settings for one effort.
struct Generator {
    isa: OwnedTargetIsa,
    has_mid_end: bool,
    /// Whether passes run before the register allocator.
    has_passes: bool,
    /// Whether moves that the register allocator made are left as they are.
    keeps_moves: bool,
    /// Whether instructions are shortened afterwards.
    has_short_forms: bool,
}

impl Generator {
    fn new(options: &Options, effort: Effort) -> Result<Generator, Error> {
        let passes = match effort {
            Effort::Hurried => Passes::NONE,
            Effort::Whole | Effort::NoMidEnd => options.effective_passes(),
        };
        Ok(Generator {
            isa: settings::isa(options, effort)?,
            has_mid_end: effort == Effort::Whole,
            has_passes: passes.without(Pass::Variables) != Passes::NONE,
            keeps_moves: !passes.contains(Pass::Moves),
            has_short_forms: passes.contains(Pass::ShortForms),
        })
    }

    /// Compiles a function as [`Context::compile`] does, but with our passes in between
    /// and without computing the control flow graph and dominator tree once more.
    fn compile(
        &self,
        context: &mut Context,
        allocation: &mut allocator::Ctx,
        has_loop: bool,
        before_allocation: BeforeAllocation<'_>,
    ) -> Result<CompiledCode, String> {
        let (isa, mut control) = (&*self.isa, ControlPlane::default());
        context.verify_if(isa).map_err(|e| e.to_string())?;
        let optimized = if self.has_mid_end {
            context.optimize(isa, &mut control)
        } else {
            clean_up(context, has_loop, isa)
        };
        optimized.map_err(|e| e.to_string())?;
        if self.has_passes {
            before_allocation(context, has_loop, isa).map_err(|e| e.to_string())?;
        } else {
            context.func.dfg.resolve_all_aliases();
        }
        allocation.is_plain = self.keeps_moves;
        let (function, order) = (&context.func, &context.domtree);
        let code = isa
            .compile_function(function, order, allocation, false, &mut control)
            .map_err(|e| e.to_string())?;
        Ok(code.apply_params(&function.params))
    }
}

/// Does what [`Context::optimize`] does besides the mid-end. Aliases are left in
/// functions without a loop: only the passes that look at loops need them resolved.
fn clean_up(context: &mut Context, has_loop: bool, isa: &dyn TargetIsa) -> CodegenResult<()> {
    if isa.flags().enable_nan_canonicalization() {
        context.canonicalize_nans(isa)?;
    }
    context.eliminate_unreachable_code(isa)?;
    context.remove_constant_phis(isa)?;
    if has_loop {
        context.func.dfg.resolve_all_aliases();
    }
    Ok(())
}

/// Takes out of Cranelift's result what is needed of a function's code.
fn finished(
    compiled: &CompiledCode,
    function: &ir::Function,
    debug_info: bool,
) -> Result<MachineCode, String> {
    let buffer = &compiled.buffer;
    if u64::from(buffer.alignment) > FUNCTION_ALIGNMENT {
        return Err(format!("code to be aligned to {}", buffer.alignment));
    }
    let mut relocations = Vec::with_capacity(buffer.relocs().len());
    for relocation in buffer.relocs() {
        relocations.push(Relocation {
            offset: relocation.offset,
            kind: relocation.kind,
            target: target(&relocation.target, function)?,
            addend: relocation.addend,
        });
    }
    let mut traps = Vec::new();
    for trap in buffer.traps() {
        if trap.code == traps::GUARDED_ACCESS {
            continue;
        }
        match traps::trap(trap.code) {
            Some(known) => traps.push((trap.offset, known)),
            None => return Err(format!("unknown trap code {}", trap.code)),
        }
    }
    let mut handlers = Vec::new();
    for call in buffer.call_sites() {
        for handler in call.exception_handlers {
            let FinalizedMachExceptionHandler::Default(handler_offset) = *handler else {
                return Err("an exception handler with a tag".to_string());
            };
            handlers.push(HandlerEntry {
                return_offset: call.ret_addr,
                handler_offset,
                frame_size: call.frame_offset.ok_or("a call site without frame")?,
            });
        }
    }
    let (origins, slots) =
        if debug_info { (origins(compiled), slots(compiled)) } else { Default::default() };
    Ok(MachineCode {
        points: points(compiled),
        origins,
        slots,
        handlers,
        code: buffer.data().to_vec(),
        phase: None,
        relocations,
        traps,
    })
}

/// Finds [`MachineCode::points`].
fn points(compiled: &CompiledCode) -> Vec<(u32, SourceLoc)> {
    let buffer = &compiled.buffer;
    let traps = buffer.traps().iter().map(|trap| trap.offset);
    let calls = buffer.call_sites().map(|call| call.ret_addr - 1);
    let mut offsets: Vec<u32> = traps.chain(calls).collect();
    offsets.sort_unstable();
    let ranges = buffer.get_srclocs_sorted();
    let mut points = Vec::with_capacity(offsets.len());
    for offset in offsets {
        let next = ranges.partition_point(|range| range.start <= offset);
        if let Some(range) = ranges[..next].last()
            && offset < range.end
            && !range.loc.is_default()
        {
            points.push((offset, range.loc));
        }
    }
    points
}

/// Finds [`MachineCode::origins`].
fn origins(compiled: &CompiledCode) -> Vec<(u32, SourceLoc)> {
    let ranges = compiled.buffer.get_srclocs_sorted().iter();
    let known = ranges.filter(|range| !range.loc.is_default());
    known.map(|range| (range.start, range.loc)).collect()
}

/// Finds [`MachineCode::slots`].
fn slots(compiled: &CompiledCode) -> Vec<(u64, i32)> {
    let Some(layout) = compiled.buffer.frame_layout() else {
        return Vec::new();
    };
    let slots = layout.stackslots.values();
    slots
        .filter_map(|slot| {
            let distance = i64::from(slot.offset) - i64::from(layout.frame_to_fp_offset);
            Some((slot.key?.bits(), i32::try_from(distance).ok()?))
        })
        .collect()
}

/// Translates the target of one of Cranelift's relocations.
fn target(
    target: &FinalizedRelocTarget,
    function: &ir::Function,
) -> Result<RelocationTarget, String> {
    Ok(match target {
        FinalizedRelocTarget::ExternalName(ir::ExternalName::User(reference)) => {
            let name = &function.params.user_named_funcs()[*reference];
            let symbol =
                Symbol::from_external_name(name).ok_or_else(|| format!("unknown symbol {name}"))?;
            RelocationTarget::Symbol(symbol)
        }
        FinalizedRelocTarget::ExternalName(ir::ExternalName::LibCall(call)) => {
            let name = library_call(*call).ok_or_else(|| format!("no library call {call}"))?;
            RelocationTarget::LibraryCall(name)
        }
        FinalizedRelocTarget::ExternalName(other) => {
            return Err(format!("cannot refer to {other:?}"));
        }
        FinalizedRelocTarget::Func(offset) => RelocationTarget::Own(*offset),
    })
}

/// Returns the name of the library function that Cranelift calls. Only the runtime's
/// functions for memory are known: with the features of
/// [`Cpu::portable`](crate::Cpu::portable) Cranelift has instructions for all others.
fn library_call(call: ir::LibCall) -> Option<&'static str> {
    match call {
        ir::LibCall::Memcpy => Some("memcpy"),
        ir::LibCall::Memset => Some("memset"),
        ir::LibCall::Memmove => Some("memmove"),
        ir::LibCall::Memcmp => Some("memcmp"),
        _ => None,
    }
}
