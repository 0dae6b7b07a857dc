//! Functions of shapes for which code generators take time or memory that grows with the
//! square of the function, or worse: each of a quarter of a megabyte or more compiles,
//! optimised, within bounds that a square would miss by far.

use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use quench_compiler::Target;
use quench_tests::shapes::{Body, Each, Part, Stretch, module};
use quench_tests::{Limits, run};
use std::process::Command;
use std::time::Duration;

/// Kilobytes of address space that a compilation may use, with two threads.
const MEMORY: u32 = 1_500_000;
/// The longest time of a compilation, on a machine that is busy with other tests. All of
/// them take less than two seconds alone.
const TIME: Duration = Duration::from_secs(60);

/// A shape: a function with one stretch.
struct Shape {
    name: &'static str,
    locals: u32,
    uses_all: bool,
    stretch: Stretch,
}

/// Makes a shape of constructs inside each other.
const fn nested(name: &'static str, locals: u32, part: Part, count: u32, each: Each) -> Shape {
    Shape { name, locals, uses_all: locals > 50, stretch: Stretch::new(part, count, true, each) }
}

/// Makes a shape of constructs one after the other.
const fn in_turn(name: &'static str, locals: u32, part: Part, count: u32, each: Each) -> Shape {
    Shape { name, locals, uses_all: locals > 0, stretch: Stretch::new(part, count, false, each) }
}

const SHAPES: &[Shape] = &[
    nested("nested ifs", 0, Part::If, 50_000, Each::Nothing),
    nested("nested ifs with values", 0, Part::Value, 30_000, Each::Nothing),
    nested("nested ifs that change many locals", 200, Part::If, 2_000, Each::Adds),
    nested("nested ifs with calls", 0, Part::If, 25_000, Each::Calls),
    nested("nested loops", 0, Part::Loop, 18_000, Each::Adds),
    nested("nested loops over locals", 50, Part::Loop, 8_000, Each::Adds),
    nested("branches out of blocks", 0, Part::Block, 17_000, Each::Nothing),
    nested("handlers around calls", 0, Part::TryTable, 10_000, Each::Nothing),
    in_turn("ifs one after the other", 0, Part::If, 20_000, Each::Nothing),
    in_turn("branch tables", 0, Part::Table, 8_000, Each::Nothing),
    nested("a chain of selects", 0, Part::Select, 35_000, Each::Nothing),
    in_turn("locals over a call", 15_000, Part::If, 200, Each::Calls),
    in_turn("locals around a loop", 11_000, Part::LoopOverAll, 1, Each::Nothing),
    in_turn("ifs over many locals", 1_000, Part::If, 36_000, Each::Nothing),
    nested("more nested loops over locals", 50, Part::Loop, 16_000, Each::Adds),
    nested("nested loops with calls", 0, Part::Loop, 17_000, Each::Calls),
    nested("more handlers around calls", 0, Part::TryTable, 25_000, Each::Nothing),
    nested("nested ifs with values that change locals", 77, Part::Value, 390, Each::Adds),
    in_turn("calls", 0, Part::Call, 90_000, Each::Nothing),
];

pub(crate) fn trials() -> Vec<Trial> {
    let trial = |shape: &'static Shape, target: Target| {
        let name = format!("{}, {}", shape.name, target.short_name());
        Trial::test(name, move || Ok(compile(shape, target)?))
    };
    SHAPES.iter().flat_map(|shape| Target::ALL.map(|target| trial(shape, target))).collect()
}

fn compile(shape: &Shape, target: Target) -> Result<()> {
    let folder = quench_tests::scratch("shape-")?;
    let file = folder.path().join("m.wasm");
    let Shape { locals, uses_all, ref stretch, .. } = *shape;
    let wasm = module(&[Body { locals, uses_all, stretches: vec![stretch.clone()] }]);
    ensure!(wasm.len() < 600_000, "{} bytes are not small", wasm.len());
    std::fs::write(&file, wasm)?;
    let mut build = Command::new("bash");
    build
        .args(["-c", "ulimit -v \"$0\" && exec \"$@\"", &MEMORY.to_string()])
        .arg(quench_tests::quench()?)
        .args(["build", "--quiet", "--no-cache", "--jobs", "2", "--emit", "obj"])
        .args(["--target", target.short_name(), "-o"])
        .args([folder.path().join("m.o"), file]);
    let built = run(&mut build, &Limits { time: TIME, ..Limits::default() })?;
    ensure!(built.status == 0, "{}: {}", built.status, built.stderr());
    Ok(())
}
