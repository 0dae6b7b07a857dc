//! Fuzzing, as far as it follows from seeds: compiled modules against an
//! interpreter (`run`), every operator on numbers (`operators`), and the
//! compiler against modules that are hardly any (`compile`). What is found is written to `target/fuzz`.

mod batch;
mod case;
mod compile;
mod corpus;
mod encode;
mod generate;
mod mutate;
mod operands;
mod operators;
mod oracle;
mod rng;
mod run;
mod sections;
mod shrink;
mod tame;

use anyhow::Result;
use clap::{Parser, Subcommand};
use quench_compiler::{Cpu, Options, Target};
use std::path::PathBuf;
use std::process::ExitCode;

/// Looks for modules that quench gets wrong.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Runs valid modules, compiled and in an interpreter, and compares what
    /// they do
    Run(RunArguments),
    /// Compares every operator on numbers, with constant and equal operands too
    Operators(OperatorArguments),
    /// Compiles what is hardly a module
    Compile(CompileArguments),
    #[command(hide = true)]
    CompileWorker(CompileArguments),
}

#[derive(clap::Args)]
pub struct RunArguments {
    /// How many modules
    #[arg(long, default_value_t = 1000)]
    count: u64,
    /// Where the modules' seeds begin
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Machine to compile for; another machine's programs run under qemu
    #[arg(long, default_value_t = Target::host().unwrap_or(Target::X86_64))]
    target: Target,
    /// Processor to compile for, as `quench build` takes it
    #[arg(long, allow_hyphen_values = true)]
    cpu: Option<String>,
    /// Count what programs do, as `quench build --fuel` does
    #[arg(long)]
    fuel: bool,
    /// Check each access to memory, as `quench build --memory-checks explicit`
    /// does
    #[arg(long)]
    explicit: bool,
    /// A module instead of generated ones
    #[arg(long, value_name = "FILE")]
    module: Option<PathBuf>,
}

#[derive(clap::Args)]
pub struct OperatorArguments {
    /// Machine to compile for; another machine's programs run under qemu
    #[arg(long, default_value_t = Target::host().unwrap_or(Target::X86_64))]
    target: Target,
    /// Processor to compile for, as `quench build` takes it
    #[arg(long, allow_hyphen_values = true)]
    cpu: Option<String>,
}

#[derive(clap::Args)]
pub struct CompileArguments {
    /// How many inputs
    #[arg(long, default_value_t = 20_000)]
    count: u64,
    /// Where the inputs' seeds begin
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Machine to compile for
    #[arg(long, default_value_t = Target::host().unwrap_or(Target::X86_64))]
    target: Target,
}

/// Options for code of a target, and of a processor if one is named.
fn options(target: Target, cpu: Option<&str>) -> Result<Options> {
    let mut options = Options::new(target);
    if let Some(cpu) = cpu {
        options.cpu = Cpu::parse(target, cpu).map_err(anyhow::Error::msg)?;
    }
    Ok(options)
}

fn main() -> Result<ExitCode> {
    let clean = match Arguments::parse().what {
        What::Run(arguments) => run::run(&arguments)?,
        What::Operators(arguments) => operators::run(&arguments)?,
        What::Compile(arguments) => compile::run(&arguments)?,
        What::CompileWorker(arguments) => {
            compile::work(&arguments)?;
            true
        }
    };
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
