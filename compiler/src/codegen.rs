//! Cranelift: settings for a target, and one function's IR to bytes with
//! relocations and traps. Knows nothing of WebAssembly.

use crate::optimize::{self, Pass, Passes, short_forms};
use crate::options::{OptLevel, Options, Target};
use crate::placement::{self, Blocks, FUNCTION_ALIGNMENT};
use crate::symbols::Symbol;
use crate::{Error, debug, traps};
use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::ir::SourceLoc;
use cranelift_codegen::isa::{OwnedTargetIsa, TargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_codegen::{
    CodegenResult, CompiledCode, Context, FinalizedMachExceptionHandler, FinalizedRelocTarget, ir,
};
use cranelift_control::ControlPlane;
use quench_abi::{HandlerEntry, Trap};

/// Machine code of one function.
#[derive(Clone, Debug, Default)]
pub struct CompiledFunction {
    pub code: Vec<u8>,
    /// See [`placement::phase`].
    pub phase: Option<u64>,
    pub relocations: Vec<Relocation>,
    /// Offsets of trapping instructions, ascending; without loads and stores
    /// of guarded memories.
    pub traps: Vec<(u32, Trap)>,
    /// Calls from which exceptions are caught, by ascending return address.
    pub handlers: Vec<HandlerEntry>,
    /// Offsets of instructions that can end the program or call, ascending,
    /// with their source locations; of calls, the last byte.
    pub points: Vec<(u32, SourceLoc)>,
    /// For debug information, if that is wanted: where the code of each source
    /// location begins, ascending.
    pub origins: Vec<(u32, SourceLoc)>,
    /// Likewise: slots with keys, and their distances from the frame pointer.
    pub slots: Vec<(u64, i32)>,
}

impl CompiledFunction {
    /// What the code refers to.
    pub fn symbols(&self) -> impl Iterator<Item = Symbol> {
        self.relocations.iter().filter_map(|relocation| match relocation.target {
            RelocationTarget::Symbol(symbol) => Some(symbol),
            _ => None,
        })
    }

    /// Lets every kind of branch arrive at the function. Cranelift lets only
    /// calls, which it makes of tail calls through references as little as of
    /// jumps; and what signs the return address counts as a mark for calls.
    fn mark_entry(&mut self) {
        const BTI_C: [u8; 4] = 0xd503_245f_u32.to_le_bytes();
        const BTI_JC: [u8; 4] = 0xd503_24df_u32.to_le_bytes();
        const SIZE: u32 = BTI_JC.len() as u32;
        if self.code.starts_with(&BTI_C) {
            self.code[..BTI_JC.len()].copy_from_slice(&BTI_JC);
            return;
        }
        self.code.splice(..0, BTI_JC);
        self.move_offsets(|offset| offset + SIZE);
    }

    /// Puts other offsets, in the same order, in place of all but the code's own.
    pub fn move_offsets(&mut self, new: impl Fn(u32) -> u32) {
        for relocation in &mut self.relocations {
            relocation.offset = new(relocation.offset);
            if let RelocationTarget::Own(offset) = &mut relocation.target {
                *offset = new(*offset);
            }
        }
        let points = self.points.iter_mut().map(|point| &mut point.0);
        let origins = self.origins.iter_mut().map(|origin| &mut origin.0);
        for offset in points.chain(origins) {
            *offset = new(*offset);
        }
        self.traps.iter_mut().for_each(|trap| trap.0 = new(trap.0));
        for handler in &mut self.handlers {
            handler.return_offset = new(handler.return_offset);
            handler.handler_offset = new(handler.handler_offset);
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Relocation {
    pub offset: u32,
    pub kind: Reloc,
    pub target: RelocationTarget,
    pub addend: i64,
}

#[derive(Clone, Copy, Debug)]
pub enum RelocationTarget {
    Symbol(Symbol),
    /// A C library function that Cranelift asks for.
    LibraryCall(&'static str),
    /// An offset in the function itself.
    Own(u32),
}

/// Bytes of a body above which code is made in a hurry: Cranelift's mid-end and
/// its usual register allocator can take time that grows with the square of a
/// function's size (80,000 nested `if`s: 46 s instead of 1). The largest bodies
/// of real programs that we met have less (442 KB, in a C compiler).
const LARGE_BODY: usize = 512 << 10;

/// Entries of a function's branch tables above which code is made in a hurry:
/// each gets a block of its own, and where loops are is found out in a time that
/// grows with the square of such blocks (260,000 entries: 16 s).
const LARGE_TABLES: usize = 20_000;

/// Instructions of a function above which the mid-end is left out, unless there
/// are vectors. It takes a fifth of the time and finds nothing that can be timed
/// in what LLVM has optimised, but in loops (numeric kernels took 1.25 times as
/// long without it); the loops of larger functions are as fast without.
const MID_END: usize = 500;

/// The same on aarch64 of a function with two fifths of its instructions in loops
/// that call nothing: its accesses take no sum and offset at once, so sums that stay
/// the same are worth taking out of loops (a SHA-256 executes 0.87 of the
/// instructions). Few functions are like that (sqlite compiles in 1.005 of the time).
/// On x86_64 the same programs are as fast without.
const MID_END_FOR_LOOPS: usize = 1000;

/// How much of Cranelift is used.
#[derive(Clone, Copy, PartialEq)]
enum Effort {
    Whole,
    NoMidEnd,
    /// Nor the usual register allocator, nor our passes.
    Hurried,
}

impl Effort {
    /// For a function's IR, from a body with so many bytes.
    fn of(function: &ir::Function, body: usize, has_loop: bool, target: Target) -> Effort {
        let tables = function.dfg.jump_tables.values();
        let entries: usize = tables.map(|table| table.all_branches().len()).sum();
        if Machine::is_large(body) || entries > LARGE_TABLES {
            return Effort::Hurried;
        }
        let count = function.dfg.num_insts();
        let is_small = match target {
            Target::X86_64 => count <= MID_END,
            Target::Aarch64 => count <= MID_END || is_mostly_loops(function, count),
        };
        match has_loop && (is_small || has_vectors(function)) {
            true => Effort::Whole,
            false => Effort::NoMidEnd,
        }
    }
}

/// Whether much of so many instructions is in loops that [`MID_END_FOR_LOOPS`] is for.
fn is_mostly_loops(function: &ir::Function, count: usize) -> bool {
    count <= MID_END_FOR_LOOPS && optimize::in_loops_without_calls(function) * 5 >= count * 2
}

fn has_vectors(function: &ir::Function) -> bool {
    let mut values = function.dfg.values();
    values.any(|value| function.dfg.value_type(value).is_vector())
}

/// The machine and the settings all code of a program is compiled with.
pub struct Machine {
    whole: Generator,
    no_mid_end: Generator,
    hurried: Generator,
    target: Target,
    /// Branches may arrive at marked instructions only (the feature `bti`).
    marks_targets: bool,
    debug_info: bool,
}

impl Machine {
    pub fn new(options: &Options) -> Result<Machine, Error> {
        Ok(Machine {
            whole: Generator::new(options, Effort::Whole)?,
            no_mid_end: Generator::new(options, Effort::NoMidEnd)?,
            hurried: Generator::new(options, Effort::Hurried)?,
            target: options.cpu.target(),
            marks_targets: options.cpu.marks_branch_targets(),
            debug_info: options.debug_info,
        })
    }

    /// What holds for all functions.
    pub fn isa(&self) -> &dyn TargetIsa {
        &*self.whole.isa
    }

    /// All that decides what becomes of IR, as a text.
    pub fn description(&self) -> String {
        let describe = |isa: &dyn TargetIsa| {
            let features: Vec<String> = isa.isa_flags().iter().map(|v| v.to_string()).collect();
            format!("{} {} {features:?}", isa.triple(), isa.flags())
        };
        let (whole, hurried) = (describe(&*self.whole.isa), describe(&*self.hurried.isa));
        format!("{whole} {hurried} {}", self.marks_targets)
    }

    /// Whether code of a body with so many bytes is made in a hurry.
    pub fn is_large(body: usize) -> bool {
        body > LARGE_BODY
    }

    /// Compiles what `context.func` holds, of a body with so many bytes. `context` has
    /// its blocks as `flowgraph` leaves them. `allocation` is room for the register
    /// allocator, used again and again.
    pub fn compile(
        &self,
        context: &mut Context,
        allocation: &mut regalloc2::Ctx,
        body: usize,
    ) -> Result<CompiledFunction, String> {
        let has_loop = optimize::has_loop(&context.func);
        let generator = match Effort::of(&context.func, body, has_loop, self.target) {
            Effort::Whole => &self.whole,
            Effort::NoMidEnd => &self.no_mid_end,
            Effort::Hurried => &self.hurried,
        };
        let compiled = generator.compile(context, allocation, has_loop, self.debug_info)?;
        let mut function = finished(&compiled, &context.func, self.debug_info)?;
        let mut blocks = Blocks::of(compiled);
        if self.target == Target::X86_64 && generator.passes.contains(Pass::ShortForms) {
            short_forms::improve(&mut function, &mut blocks);
        }
        function.phase = placement::phase(&blocks);
        if self.marks_targets {
            function.mark_entry();
        }
        Ok(function)
    }
}

struct Generator {
    isa: OwnedTargetIsa,
    has_mid_end: bool,
    /// Those that come between Cranelift's mid-end and its register allocator.
    passes: Passes,
}

impl Generator {
    fn new(options: &Options, effort: Effort) -> Result<Generator, Error> {
        Ok(Generator {
            isa: isa(options, effort)?,
            has_mid_end: effort == Effort::Whole,
            passes: match effort {
                Effort::Hurried => Passes::NONE,
                Effort::Whole | Effort::NoMidEnd => options.effective_passes(),
            },
        })
    }

    /// What [`Context::compile`] does, with our passes in between, and without
    /// finding out again what is known.
    fn compile(
        &self,
        context: &mut Context,
        allocation: &mut regalloc2::Ctx,
        has_loop: bool,
        debug_info: bool,
    ) -> Result<CompiledCode, String> {
        let (isa, mut control) = (&*self.isa, ControlPlane::default());
        context.verify_if(isa).map_err(|e| e.to_string())?;
        match self.has_mid_end {
            true => context.optimize(isa, &mut control),
            false => clean_up(context, has_loop, isa),
        }
        .map_err(|e| e.to_string())?;
        if self.passes == Passes::NONE {
            context.func.dfg.resolve_all_aliases();
        } else {
            optimize::prepare_allocation(context, self.passes, has_loop, isa)
                .map_err(|e| e.to_string())?;
            if debug_info {
                debug::locate_moved(&mut context.func);
            }
        }
        let (function, order) = (&context.func, &context.domtree);
        let code = isa
            .compile_function(function, order, allocation, false, &mut control)
            .map_err(|e| e.to_string())?;
        Ok(code.apply_params(&function.params))
    }
}

/// What [`Context::optimize`] does besides the mid-end. Aliases stay where there is no
/// loop: what looks at loops takes values as they stand.
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

fn isa(options: &Options, effort: Effort) -> Result<OwnedTargetIsa, Error> {
    let fail = |message: String| Error::Internal { function: None, message };
    let target = options.cpu.target();
    let mut shared = settings::builder();
    let probe = quench_abi::STACK_PROBE_SIZE.trailing_zeros().to_string();
    let opt_level = match options.opt_level {
        _ if effort != Effort::Whole => "none",
        OptLevel::None => "none",
        OptLevel::Speed => "speed",
        OptLevel::Size => "speed_and_size",
    };
    let allocator = match (effort, options.opt_level) {
        (Effort::Hurried, _) | (_, OptLevel::None) => "single_pass",
        (_, OptLevel::Speed | OptLevel::Size) => "backtracking",
    };
    let flag = |on: bool| if on { "true" } else { "false" };
    for (name, value) in [
        ("opt_level", opt_level),
        ("regalloc_algorithm", allocator),
        // All symbols are near, in one file: addresses are made from the
        // program counter without this, and would go through a GOT with it.
        ("is_pic", "false"),
        ("use_colocated_libcalls", "true"),
        ("enable_nan_canonicalization", flag(options.canonical_nans)),
        // The guard below the stack catches overflow; large frames must not
        // step over it (see quench_abi::STACK_GUARD_SIZE).
        ("enable_probestack", "true"),
        ("probestack_strategy", "inline"),
        ("probestack_size_log2", &probe),
        // More results than registers go through memory.
        ("enable_multi_ret_implicit_sret", "true"),
        ("unwind_info", "false"),
        // Tail calls need it on x86_64, where every function has a frame anyway;
        // aarch64 can leave it out of leaf functions, unless variables are to
        // be found by it.
        ("preserve_frame_pointers", flag(options.debug_info || target == Target::X86_64)),
        // Holds the base of the first memory; x86_64 folds the constant into
        // displacements instead. Or what is left of the program's fuel.
        ("enable_pinned_reg", flag(target == Target::Aarch64 || options.fuel.is_some())),
        // Tells where loops are.
        ("machine_code_cfg_info", flag(effort != Effort::Hurried)),
        ("enable_verifier", flag(cfg!(debug_assertions))),
    ] {
        shared.set(name, value).map_err(|e| fail(format!("setting {name}: {e}")))?;
    }
    let mut builder = cranelift_codegen::isa::lookup(target.triple())
        .map_err(|e| fail(format!("target {}: {e}", target)))?;
    for setting in options.cpu.settings() {
        builder.enable(&setting).map_err(|e| fail(format!("setting {setting}: {e}")))?;
    }
    builder.finish(settings::Flags::new(shared)).map_err(|e| fail(e.to_string()))
}

/// What is needed of a function's code.
fn finished(
    compiled: &CompiledCode,
    function: &ir::Function,
    debug_info: bool,
) -> Result<CompiledFunction, String> {
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
    let (origins, slots) = match debug_info {
        true => (origins(compiled), slots(compiled)),
        false => Default::default(),
    };
    Ok(CompiledFunction {
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

fn origins(compiled: &CompiledCode) -> Vec<(u32, SourceLoc)> {
    let ranges = compiled.buffer.get_srclocs_sorted().iter();
    let known = ranges.filter(|range| !range.loc.is_default());
    known.map(|range| (range.start, range.loc)).collect()
}

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

/// With the features of [`Cpu::portable`](crate::Cpu::portable) Cranelift has
/// instructions for the rest.
fn library_call(call: ir::LibCall) -> Option<&'static str> {
    match call {
        ir::LibCall::Memcpy => Some("memcpy"),
        ir::LibCall::Memset => Some("memset"),
        ir::LibCall::Memmove => Some("memmove"),
        ir::LibCall::Memcmp => Some("memcmp"),
        _ => None,
    }
}

/// The disassembly of compiled code.
pub fn disassemble(function: &CompiledFunction, isa: &dyn TargetIsa) -> Result<String, String> {
    use std::fmt::Write;
    let capstone = isa.to_capstone().map_err(|e| e.to_string())?;
    let instructions = capstone.disasm_all(&function.code, 0).map_err(|e| e.to_string())?;
    let mut text = String::new();
    for instruction in instructions.iter() {
        let start = instruction.address() as u32;
        let end = start + instruction.len() as u32;
        let mnemonic = instruction.mnemonic().unwrap_or("?");
        let operands = instruction.op_str().unwrap_or("");
        write!(text, "{start:8x}: {mnemonic} {operands}").expect("writing to a string");
        for relocation in &function.relocations {
            if (start..end).contains(&relocation.offset) {
                write!(text, "  ; {:?}", relocation.target).expect("writing to a string");
                if relocation.addend != 0 {
                    write!(text, " {:+}", relocation.addend).expect("writing to a string");
                }
            }
        }
        for (offset, trap) in &function.traps {
            if (start..end).contains(offset) {
                write!(text, "  ; trap {trap:?}").expect("writing to a string");
            }
        }
        text.push('\n');
    }
    Ok(text)
}
