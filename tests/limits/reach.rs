//! A module with more code than a call reaches over on aarch64 (128 MiB), run:
//! its functions call each other from one end to the other and back, directly
//! and through a table.

use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use object::{Object, ObjectSection};
use quench_compiler::Target;
use quench_tests::{Limits, run};
use std::process::Command;
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, ElementSection, Elements, ExportKind, ExportSection,
    Function, FunctionSection, Module, RefType, TableSection, TableType, TypeSection, ValType,
};

const REACH: u64 = 128 << 20;
/// Number of entries of a function's `br_table`, which become 4 bytes of code
/// each and cost a compiler little.
const ENTRIES: u32 = 200_000;
const FUNCTIONS: u32 = 200;

pub(crate) fn trial() -> Trial {
    Trial::test("150 MiB of code, runs on aarch64", || Ok(play()?))
}

fn play() -> Result<()> {
    let target = Target::Aarch64;
    let folder = quench_tests::scratch("reach-")?;
    let executable = folder.path().join("m");
    std::fs::write(folder.path().join("m.wasm"), module())?;
    let mut build = Command::new(quench_tests::quench()?);
    build
        .current_dir(&folder)
        .args(["build", "-O0", "m.wasm", "--invoke", "f"])
        .args(["--target", target.short_name()]);
    let built = run(&mut build, &Limits::default())?;
    ensure!(built.status == 0, "{}", built.stderr());
    let bytes = std::fs::read(&executable)?;
    let file = object::File::parse(&*bytes)?;
    let text = file.section_by_name(".text").map_or(0, |text| text.size());
    ensure!(text > REACH + (16 << 20), "only {text} bytes of code");
    for argument in [0, 1, 5] {
        let mut call = quench_tests::command(&executable, target);
        let called = run(call.arg(argument.to_string()), &Limits::default())?;
        let expected = expected(argument).to_string();
        ensure!(called.stdout().trim() == expected, "f({argument}) is not {expected}: {called:?}");
    }
    Ok(())
}

/// Returns the result of the first function: each function adds 1, 2 or 3 and
/// calls the next with a larger argument.
fn expected(argument: u32) -> u32 {
    (argument..argument + FUNCTIONS).map(|n| 1 + n % 3).sum()
}

/// Returns the function that a function calls: the order is the first, the
/// last, the second, the last but one, and so on to the middle.
fn next(function: u32) -> Option<u32> {
    let last = FUNCTIONS - 1;
    let next = if function < FUNCTIONS / 2 { last - function } else { last - function + 1 };
    (next != function).then_some(next)
}

fn module() -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32], [ValType::I32]);
    let mut functions = FunctionSection::new();
    let mut code = CodeSection::new();
    for function in 0..FUNCTIONS {
        functions.function(0);
        code.function(&body(function));
    }
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: u64::from(FUNCTIONS),
        maximum: None,
        shared: false,
    });
    let mut elements = ElementSection::new();
    let all: Vec<u32> = (0..FUNCTIONS).collect();
    let start = ConstExpr::i32_const(0);
    elements.active(None, &start, Elements::Functions(all.into()));
    let mut exports = ExportSection::new();
    exports.export("f", ExportKind::Func, 0);
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&tables);
    module.section(&exports).section(&elements).section(&code);
    module.finish()
}

/// Returns a body that calls the next function: directly if the argument is a
/// multiple of 3, else through the table.
fn body(function: u32) -> Function {
    let mut body = Function::new([]);
    let mut code = body.instructions();
    for _ in 0..3 {
        code.block(BlockType::Empty);
    }
    let targets: Vec<u32> = (0..ENTRIES).map(|entry| entry % 3).collect();
    code.local_get(0).br_table(targets, 2).end();
    for amount in 1..=3 {
        code.i32_const(amount);
        if let Some(next) = next(function) {
            code.local_get(0).i32_const(1).i32_add();
            match amount {
                1 => code.call(next),
                _ => code.i32_const(next.cast_signed()).call_indirect(0, 0),
            };
            code.i32_add();
        }
        code.return_();
        if amount < 3 {
            code.end();
        }
    }
    code.end();
    body
}
