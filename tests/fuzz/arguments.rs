//! The options of each kind of fuzzing, as clap reads them.

use anyhow::Result;
use quench_compiler::{Cpu, Options, Target};
use std::path::PathBuf;

/// The modules that are generated and run.
#[derive(clap::Args)]
pub(crate) struct Generated {
    /// How many modules
    #[arg(long, default_value_t = 1000)]
    pub(crate) count: u64,
    /// Where the modules' seeds begin
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Machine to compile for; another machine's programs run under qemu
    #[arg(long, default_value_t = Target::host().unwrap_or(Target::X86_64))]
    pub(crate) target: Target,
}

#[derive(clap::Args)]
pub(crate) struct RunArguments {
    /// The modules, and the machine.
    #[command(flatten)]
    pub(crate) generated: Generated,
    /// Processor to compile for, as `quench build` takes it
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) cpu: Option<String>,
    /// Count what programs do, as `quench build --fuel` does
    #[arg(long)]
    pub(crate) fuel: bool,
    /// Check each access to memory, as `quench build --memory-checks explicit`
    /// does
    #[arg(long)]
    pub(crate) explicit: bool,
    /// Generate only modules with garbage-collected objects
    #[arg(long)]
    pub(crate) objects: bool,
    /// A module instead of generated ones
    #[arg(long, value_name = "FILE")]
    pub(crate) module: Option<PathBuf>,
}

#[derive(clap::Args)]
pub(crate) struct ObjectsArguments {
    /// The modules, and the machine.
    #[command(flatten)]
    pub(crate) generated: Generated,
    /// The command of Wasmtime
    #[arg(long, value_name = "FILE", default_value = "wasmtime")]
    pub(crate) wasmtime: PathBuf,
}

#[derive(clap::Args)]
pub(crate) struct OperatorArguments {
    /// Machine to compile for; another machine's programs run under qemu
    #[arg(long, default_value_t = Target::host().unwrap_or(Target::X86_64))]
    pub(crate) target: Target,
    /// Processor to compile for, as `quench build` takes it
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) cpu: Option<String>,
}

#[derive(clap::Args)]
pub(crate) struct CompileArguments {
    /// How many inputs
    #[arg(long, default_value_t = 20_000)]
    pub(crate) count: u64,
    /// Where the inputs' seeds begin
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Machine to compile for
    #[arg(long, default_value_t = Target::host().unwrap_or(Target::X86_64))]
    pub(crate) target: Target,
}

#[derive(clap::Args)]
pub(crate) struct ComponentsArguments {
    /// How many components
    #[arg(long, default_value_t = 300)]
    pub(crate) count: u64,
    /// Where the components' seeds begin
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Machine to compile for; another machine's programs run under qemu
    #[arg(long, default_value_t = Target::host().unwrap_or(Target::X86_64))]
    pub(crate) target: Target,
}

#[derive(clap::Args)]
pub(crate) struct ShapesArguments {
    /// How many modules
    #[arg(long, default_value_t = 300)]
    pub(crate) count: u64,
    /// Where the modules' seeds begin
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Machine to compile for
    #[arg(long, default_value_t = Target::host().unwrap_or(Target::X86_64))]
    pub(crate) target: Target,
}

#[derive(clap::Args)]
pub(crate) struct ShapesWorkerArguments {
    /// The module
    pub(crate) module: PathBuf,
    /// The seed from which options follow
    #[arg(long)]
    pub(crate) seed: u64,
    /// Machine to compile for
    #[arg(long)]
    pub(crate) target: Target,
}

/// Returns the options for code of a target, and of a processor if one is named.
///
/// # Errors
///
/// When the target has no such processor.
pub(crate) fn options(target: Target, cpu: Option<&str>) -> Result<Options> {
    let mut options = Options::new(target);
    if let Some(cpu) = cpu {
        options.cpu = Cpu::parse(target, cpu).map_err(anyhow::Error::msg)?;
    }
    Ok(options)
}
