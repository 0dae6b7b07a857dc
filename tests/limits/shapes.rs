//! Functions of shapes for which code generators take time or memory that grows with the
//! square of the function, or worse: each of a quarter of a megabyte compiles, optimised,
//! within bounds that a square would miss by far.

use crate::modules::{one_function, one_type};
use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use quench_compiler::Target;
use quench_tests::{Limits, run};
use std::process::Command;
use std::time::Duration;
use wasm_encoder::{BlockType, Function, InstructionSink, ValType};

/// Kilobytes of address space that a compilation may use, with two threads.
const MEMORY: u32 = 1_500_000;
/// The longest time of a compilation, on a machine that is busy with other tests. All of
/// them take less than two seconds alone.
const TIME: Duration = Duration::from_secs(60);

/// A shape, the number of locals of its functions besides the parameter, and of its parts.
struct Shape {
    name: &'static str,
    locals: u32,
    count: u32,
    write: fn(&mut InstructionSink<'_>, count: u32),
}

const SHAPES: &[Shape] = &[
    Shape { name: "nested ifs", locals: 0, count: 50_000, write: nested_ifs },
    Shape { name: "nested ifs with values", locals: 0, count: 30_000, write: nested_values },
    Shape { name: "nested ifs that change many locals", locals: 200, count: 2_000, write: changes },
    Shape { name: "nested ifs with calls", locals: 0, count: 25_000, write: nested_calls },
    Shape { name: "nested loops", locals: 0, count: 18_000, write: nested_loops },
    Shape { name: "nested loops over locals", locals: 50, count: 8_000, write: nested_counters },
    Shape { name: "branches out of blocks", locals: 0, count: 17_000, write: branches },
    Shape { name: "handlers around calls", locals: 0, count: 10_000, write: handlers },
    Shape { name: "ifs one after the other", locals: 0, count: 20_000, write: ifs },
    Shape { name: "branch tables", locals: 0, count: 8_000, write: tables },
    Shape { name: "a chain of selects", locals: 0, count: 35_000, write: selects },
    Shape { name: "locals over a call", locals: 15_000, count: 15_000, write: over_calls },
    Shape { name: "locals around a loop", locals: 11_000, count: 11_000, write: around_loop },
    Shape { name: "calls", locals: 0, count: 90_000, write: calls },
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
    let module = folder.path().join("m.wasm");
    let mut function = Function::new([(shape.locals, ValType::I32)]);
    let mut code = function.instructions();
    (shape.write)(&mut code, shape.count);
    code.local_get(0).end();
    let wasm = one_function(&one_type(1, 1), &function);
    ensure!(wasm.len() < 600_000, "{} bytes are not small", wasm.len());
    std::fs::write(&module, wasm)?;
    let mut build = Command::new("bash");
    build
        .args(["-c", "ulimit -v \"$0\" && exec \"$@\"", &MEMORY.to_string()])
        .arg(quench_tests::quench()?)
        .args(["build", "--quiet", "--no-cache", "--jobs", "2", "--emit", "obj"])
        .args(["--target", target.short_name(), "-o"])
        .args([folder.path().join("m.o"), module]);
    let built = run(&mut build, &Limits { time: TIME, ..Limits::default() })?;
    ensure!(built.status == 0, "{}: {}", built.status, built.stderr());
    Ok(())
}

/// Adds one to a local.
fn increment(code: &mut InstructionSink<'_>, local: u32) {
    code.local_get(local).i32_const(1).i32_add().local_set(local);
}

fn ends(code: &mut InstructionSink<'_>, count: u32) {
    (0..count).for_each(|_| _ = code.end());
}

fn nested_ifs(code: &mut InstructionSink<'_>, count: u32) {
    (0..count).for_each(|_| _ = code.local_get(0).if_(BlockType::Empty));
    increment(code, 0);
    ends(code, count);
}

fn nested_values(code: &mut InstructionSink<'_>, count: u32) {
    (0..count).for_each(|_| _ = code.local_get(0).if_(BlockType::Result(ValType::I32)));
    code.i32_const(7);
    (0..count).for_each(|_| _ = code.else_().local_get(0).end());
    code.local_set(0);
}

fn changes(code: &mut InstructionSink<'_>, count: u32) {
    for number in 0..count {
        code.local_get(0).if_(BlockType::Empty);
        increment(code, 1 + number % 200);
    }
    ends(code, count);
    (1..=200).for_each(|local| _ = code.local_get(0).local_get(local).i32_xor().local_set(0));
}

fn nested_calls(code: &mut InstructionSink<'_>, count: u32) {
    for _ in 0..count {
        code.local_get(0).if_(BlockType::Empty).i32_const(1).call(0).drop();
    }
    increment(code, 0);
    ends(code, count);
}

fn nested_loops(code: &mut InstructionSink<'_>, count: u32) {
    for _ in 0..count {
        code.loop_(BlockType::Empty);
        increment(code, 0);
    }
    (0..count).for_each(|_| _ = code.local_get(0).br_if(0).end());
}

fn nested_counters(code: &mut InstructionSink<'_>, count: u32) {
    for number in 0..count {
        code.loop_(BlockType::Empty);
        increment(code, 1 + number % 50);
    }
    (0..count).for_each(|_| _ = code.local_get(0).br_if(0).end());
}

fn branches(code: &mut InstructionSink<'_>, count: u32) {
    (0..count).for_each(|_| _ = code.block(BlockType::Empty));
    for number in 0..count {
        increment(code, 0);
        code.local_get(0).br_if(number);
    }
    ends(code, count);
}

fn handlers(code: &mut InstructionSink<'_>, count: u32) {
    for _ in 0..count {
        code.block(BlockType::Empty);
        code.try_table(BlockType::Empty, [wasm_encoder::Catch::All { label: 0 }]);
        code.i32_const(1).call(0).local_set(0);
    }
    for _ in 0..count {
        code.end();
        increment(code, 0);
        code.end();
    }
}

fn ifs(code: &mut InstructionSink<'_>, count: u32) {
    for _ in 0..count {
        code.local_get(0).if_(BlockType::Empty);
        increment(code, 0);
        code.end();
    }
}

fn tables(code: &mut InstructionSink<'_>, count: u32) {
    for _ in 0..count {
        (0..3).for_each(|_| _ = code.block(BlockType::Empty));
        code.local_get(0).br_table([0, 1], 2).end();
        increment(code, 0);
        code.end();
        increment(code, 0);
        code.end();
    }
}

fn selects(code: &mut InstructionSink<'_>, count: u32) {
    code.local_get(0);
    for number in 0..count {
        code.i32_const(number as i32).local_get(0).select();
    }
    code.local_set(0);
}

/// Gives each local a value of its own.
fn define(code: &mut InstructionSink<'_>, count: u32) {
    for local in 1..=count {
        code.local_get(0).i32_const(local as i32).i32_add().local_set(local);
    }
}

/// Uses each local.
fn sum(code: &mut InstructionSink<'_>, count: u32) {
    code.local_get(0);
    (1..=count).for_each(|local| _ = code.local_get(local).i32_xor());
    code.local_set(0);
}

fn over_calls(code: &mut InstructionSink<'_>, count: u32) {
    define(code, count);
    for _ in 0..200 {
        code.local_get(0).if_(BlockType::Empty).i32_const(1).call(0).drop().end();
    }
    sum(code, count);
}

fn around_loop(code: &mut InstructionSink<'_>, count: u32) {
    define(code, count);
    code.loop_(BlockType::Empty);
    (1..=count).for_each(|local| increment(code, local));
    code.i32_const(1).call(0).local_tee(0).br_if(0).end();
    sum(code, count);
}

fn calls(code: &mut InstructionSink<'_>, count: u32) {
    (0..count).for_each(|_| _ = code.local_get(0).call(0).local_set(0));
}
