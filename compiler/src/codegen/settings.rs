//! Cranelift's settings, with the reason for each that needs one.

use super::effort::Effort;
use crate::error::Error;
use crate::options::{OptLevel, Options, PinnedRegister};
use crate::target::Target;
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::settings::{self, Configurable};

/// Makes Cranelift's code generator with the settings for an effort.
///
/// # Errors
///
/// When Cranelift does not know a setting or the target.
pub(super) fn isa(options: &Options, effort: Effort) -> Result<OwnedTargetIsa, Error> {
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
        // All symbols are near, in one file: without this, addresses are computed
        // from the program counter; with it they would be loaded from a GOT.
        ("is_pic", "false"),
        ("use_colocated_libcalls", "true"),
        ("enable_nan_canonicalization", flag(options.canonical_nans)),
        // The guard below the stack catches overflow; large frames must not
        // step over it (see `quench_abi::STACK_GUARD_SIZE`).
        ("enable_probestack", "true"),
        ("probestack_strategy", "inline"),
        ("probestack_size_log2", &probe),
        // Results for which there are no registers are returned through memory.
        ("enable_multi_ret_implicit_sret", "true"),
        ("unwind_info", "false"),
        // Tail calls need the frame pointer on x86_64, where every function has a
        // frame anyway; on aarch64 leaf functions can do without it, unless a
        // debugger finds variables by it.
        ("preserve_frame_pointers", flag(options.debug_info || target == Target::X86_64)),
        ("enable_pinned_reg", flag(options.pinned_register() != PinnedRegister::Unused)),
        // `alignment` and `short_forms` need the blocks of the machine code.
        ("machine_code_cfg_info", flag(effort != Effort::Hurried)),
        ("regalloc_checker", flag(cfg!(debug_assertions) || options.check_registers)),
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
