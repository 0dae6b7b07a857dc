//! Fuzzing that follows from seeds: compiled modules against an interpreter
//! (`run`) and those with objects against Wasmtime (`objects`), every operator on numbers (`operators`), values that components pass
//! on (`components`), and the compiler against damaged modules and components
//! (`compile`) and functions that are hard to compile (`shapes`).
//! Writes what it finds to `target/fuzz`.

mod arguments;
mod batch;
mod case;
mod compile;
mod components;
mod corpus;
mod echo;
mod encode;
mod expected;
mod generate;
mod mutate;
mod objects;
mod operands;
mod operators;
mod oracle;
mod profiling;
mod rng;
mod run;
mod sections;
mod shapes;
mod shrink;
mod tame;
mod tame_objects;
mod typed;

use anyhow::Result;
use arguments::{
    CompileArguments, ComponentsArguments, ObjectsArguments, OperatorArguments, RunArguments,
    ShapesArguments, ShapesWorkerArguments,
};
use clap::{Parser, Subcommand};
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
    /// Runs modules with garbage-collected objects and has Wasmtime run them
    Objects(ObjectsArguments),
    /// Compares every operator on numbers, with constant and equal operands too
    Operators(OperatorArguments),
    /// Compiles what is hardly a module
    Compile(CompileArguments),
    #[command(hide = true)]
    CompileWorker(CompileArguments),
    /// Calls functions of components that return what they get, with values of all types
    Components(ComponentsArguments),
    /// Measures what compiling functions of hard shapes costs
    Shapes(ShapesArguments),
    #[command(hide = true)]
    ShapesWorker(ShapesWorkerArguments),
}

fn main() -> Result<ExitCode> {
    let clean = match Arguments::parse().what {
        What::Run(arguments) => run::run(&arguments)?,
        What::Objects(arguments) => objects::run(&arguments)?,
        What::Operators(arguments) => operators::run(&arguments)?,
        What::Compile(arguments) => compile::run(&arguments)?,
        What::CompileWorker(arguments) => {
            compile::work(&arguments)?;
            true
        }
        What::Components(arguments) => components::run(&arguments)?,
        What::Shapes(arguments) => shapes::run_all(&arguments)?,
        What::ShapesWorker(arguments) => {
            shapes::work(&arguments)?;
            true
        }
    };
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
