//! Turns the command line's options into the compiler's.

use crate::args::CompileArgs;
use anyhow::{Context, Result, anyhow, ensure};
use quench_abi::heap_mode;
use quench_compiler::{Cpu, Detail, Options, Passes, Target};

/// Returns the processor to compile for.
///
/// # Errors
///
/// When several targets are named, when none is and this machine is not one, or when the
/// target has no processor of the given name.
pub fn cpu(compile: &CompileArgs) -> Result<Cpu> {
    let cpus = cpus(compile)?;
    ensure!(cpus.len() == 1, "only an image (--emit oci) can be for several machines");
    Ok(cpus[0])
}

/// Returns the processor of each target to compile for, of which there is at least one.
///
/// # Errors
///
/// When no target is named and this machine is not one, or when a target has no processor
/// of the given name.
pub fn cpus(compile: &CompileArgs) -> Result<Vec<Cpu>> {
    let mut targets = compile.target.clone();
    if targets.is_empty() {
        targets.push(target(None)?);
    }
    targets.sort_by_key(|target| target.short_name());
    targets.dedup();
    let cpu = |target| match &compile.cpu {
        None => Ok(Cpu::portable(target)),
        Some(text) => Cpu::parse(target, text).map_err(|error| anyhow!("--cpu: {error}")),
    };
    targets.into_iter().map(cpu).collect()
}

/// Returns the target that is named, or else this machine.
///
/// # Errors
///
/// When no target is named and this machine is not one.
pub fn target(named: Option<Target>) -> Result<Target> {
    let target = named.or_else(Target::host);
    target.context("this machine is not a target of quench; name one with --target")
}

/// Returns the compiler's options, for a program that is not profiled and has no
/// limit of instructions.
pub fn options(compile: &CompileArgs, cpu: Cpu, detail: Detail) -> Options {
    let disabled = compile.disable_pass.iter();
    Options {
        cpu,
        debug_info: false,
        passes: disabled.fold(Passes::ALL, |passes, pass| passes.without(*pass)),
        opt_level: compile.opt_level.into(),
        canonical_nans: compile.deterministic,
        detail,
        check_registers: compile.check_registers,
        break_function: compile.break_function,
        instrument: false,
        fuel: None,
        memory_checks: compile.memory_checks.into(),
        heap_mode: if compile.gc_debug { heap_mode::FROM_ENVIRONMENT } else { 0 },
    }
}
