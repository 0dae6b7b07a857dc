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
        name: "locals in the frame",
        text: in_the_frame,
        // Twice 0 + 1 + … + 2,999, 5 of the handler, and the argument.
        calls: &[("0", "5"), ("-1", "8997004"), ("1", "4497006")],
    },
    Example {
        name: "1000 parameters and 1000 results",
        text: parameters,
        // The argument - (999 - (998 - … (2 - 1))).
        calls: &[("0", "-500"), ("7", "-493")],
    },
    Example {
        name: "30000 globals that code initialises",
        text: globals,
        // 0 + 1 + … + 29,999, and the argument.
        calls: &[("0", "449985000"), ("7", "449985007")],
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

/// Returns a module whose function has too many locals and blocks for variables: locals of
/// each type, of which one changes in each of many `if`s in a loop that runs twice, and one
/// before an exception.
fn in_the_frame() -> String {
    const TYPES: [&str; 4] = ["i32", "i64", "f32", "f64"];
    let local = |number: usize| (2 + number, TYPES[number % 4]);
    let (mut types, mut ifs, mut sum) = (String::new(), String::new(), String::new());
    for number in 0..1_000 {
        let (local, ty) = local(number);
        write!(types, "{ty} ").expect("a string");
        let convert = match ty {
            "i32" => "i64.extend_i32_s",
            "i64" => "i64.add (i64.const 0)",
            "f32" => "i64.trunc_f32_s",
            _ => "i64.trunc_f64_s",
        };
        write!(sum, "(i64.add ({convert} (local.get {local})))").expect("a string");
    }
    for number in 0..3_000 {
        let (local, ty) = local(number % 1_000);
        let add = format!("({ty}.add (local.get {local}) ({ty}.const {number}))");
        let bit = 1 << (number % 2);
        write!(
            ifs,
            "(if (i32.and (local.get 0) (i32.const {bit})) (then (local.set {local} {add})))"
        )
        .expect("a string");
    }
    format!(
        "(module
           (tag $tag)
           (func $throws (throw $tag))
           (func (export \"f\") (param i32) (result i64) (local i32 {types} v128 i64)
             (local.set 1002 (i32x4.splat (local.get 0)))
             (loop
               {ifs}
               (local.set 1 (i32.add (local.get 1) (i32.const 1)))
               (br_if 0 (i32.lt_u (local.get 1) (i32.const 2))))
             (block
               (try_table (catch_all 0) (local.set 1003 (i64.const 5)) (call $throws))
               (local.set 1003 (i64.const 6)))
             (local.get 1003)
             (i64.add (i64.extend_i32_s (i32x4.extract_lane 3 (local.get 1002))))
             {sum}))"
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

/// Returns a module of which each global is a new object that refers to that of the global
/// before, with a function that adds all their numbers.
fn globals() -> String {
    let mut globals =
        "(global (ref $object) (struct.new $object (i32.const 0) (ref.null $object)))".to_string();
    for number in 1..30_000 {
        let before = number - 1;
        write!(
            globals,
            "(global (ref $object) (struct.new $object (i32.const {number}) (global.get {before})))"
        )
        .expect("a string");
    }
    format!(
        "(module
           (type $object (struct (field $number i32) (field $before (ref null $object))))
           {globals}
           (func (export \"f\") (param $sum i32) (result i32)
             (local $at (ref null $object))
             (local.set $at (global.get 29999))
             (loop
               (local.set $sum (i32.add (local.get $sum) (struct.get $object $number (local.get $at))))
               (local.set $at (struct.get $object $before (local.get $at)))
               (br_if 0 (i32.eqz (ref.is_null (local.get $at)))))
             (local.get $sum)))"
    )
}
