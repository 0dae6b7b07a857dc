//! Functions as large as they may be, run on both machines.

use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use quench_compiler::Target;
use quench_tests::{Limits, run};
use std::fmt::Write;
use std::process::Command;

/// A module's text, the export to call, and arguments with the results they
/// give.
struct Example {
    name: &'static str,
    text: fn() -> String,
    calls: &'static [(&'static str, &'static str)],
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "br_table with 300000 entries",
        text: br_table,
        calls: &[
            ("0", "10"),
            ("1", "11"),
            ("131071", "11"),
            ("262145", "12"),
            ("299999", "12"),
            ("300000", "13"),
            ("-1", "13"),
        ],
    },
    Example {
        name: "50000 locals, all in use",
        text: locals,
        // 1 + 2 + … + 49,999, and the parameter.
        calls: &[("0", "1249975000"), ("-5", "1249974995")],
    },
    Example {
        name: "1000 parameters and 1000 results",
        text: parameters,
        // The argument - (999 - (998 - … (2 - 1))).
        calls: &[("0", "-500"), ("7", "-493")],
    },
];

pub(crate) fn trials() -> Vec<Trial> {
    let trial = |example: &'static Example, target: Target| {
        let name = format!("{}, runs on {}", example.name, target.short_name());
        Trial::test(name, move || Ok(play(example, target)?))
    };
    let examples = EXAMPLES.iter();
    examples.flat_map(|example| Target::ALL.map(|target| trial(example, target))).collect()
}

fn play(example: &Example, target: Target) -> Result<()> {
    let folder = quench_tests::scratch("limits-")?;
    let executable = folder.path().join("m");
    std::fs::write(folder.path().join("m.wat"), (example.text)())?;
    let mut build = Command::new(quench_tests::quench()?);
    build
        .current_dir(&folder)
        .args(["build", "m.wat", "--invoke", "f"])
        .args(["--target", target.short_name()]);
    let built = run(&mut build, &Limits::default())?;
    ensure!(built.status == 0, "{}", built.stderr());
    for (argument, expected) in example.calls {
        let mut call = quench_tests::command(&executable, target);
        let called = run(call.arg(argument), &Limits::default())?;
        ensure!(called.stdout().trim() == *expected, "f({argument}): {called:?}");
    }
    Ok(())
}

/// Returns a module with a large `br_table`: entry n leads to the block that
/// gives 10 + n % 3, the default to the one that gives 13.
fn br_table() -> String {
    let entries: Vec<String> = (0..300_000).map(|n: u32| (n % 3).to_string()).collect();
    format!(
        "(module (func (export \"f\") (param i32) (result i32)
           (block (block (block (block (br_table {} 3 (local.get 0)))
             (return (i32.const 10)))
             (return (i32.const 11)))
             (return (i32.const 12)))
           (i32.const 13)))",
        entries.join(" ")
    )
}

/// Returns a module with many locals: each is set before the first is read.
fn locals() -> String {
    let mut code = String::new();
    for local in 1..50_000 {
        write!(code, "(local.set {local} (i64.const {local}))").expect("a string");
    }
    code.push_str("(call $nothing) (i64.extend_i32_s (local.get 0))");
    for local in 1..50_000 {
        write!(code, "(i64.add (local.get {local}))").expect("a string");
    }
    format!(
        "(module (func $nothing)
           (func (export \"f\") (param i32) (result i64) (local {}) {code}))",
        "i64 ".repeat(49_999)
    )
}

/// Returns a module with a function that reverses its parameters, called with 1
/// to 999 and the argument.
fn parameters() -> String {
    let reversed: String = (0..1000).rev().map(|n| format!("local.get {n} ")).collect();
    let numbers: String = (1..1000).map(|n| format!("i32.const {n} ")).collect();
    format!(
        "(module
           (func $reverse (param {types}) (result {types}) {reversed})
           (func (export \"f\") (param i32) (result i32)
             {numbers} local.get 0 call $reverse {differences}))",
        types = "i32 ".repeat(1000),
        differences = "i32.sub ".repeat(999)
    )
}
