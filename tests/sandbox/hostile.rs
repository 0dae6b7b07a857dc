//! Tests a guest that calls each function of WASI with whatever it likes: every
//! argument at an edge of memory, of its type, or of the descriptors that there
//! are. The host must answer each time with an errno of the specification, and
//! must not trap, panic or end.

use crate::guest::{build, host, type_name};
use quench_abi::ValueType;
use quench_compiler::Target;
use quench_policy::{FUNCTIONS, Function};
use quench_tests::{Limits, command, run};
use std::fmt::Write;

/// Number of calls of each function.
const ROUNDS: u32 = 2000;
const ROUNDS_EMULATED: u32 = 200;

/// Directories that the guest has: one beside the program, and one in it.
const GIVEN: [&str; 2] = ["--dir", "box"];
const EMBEDDED: [&str; 2] = ["--embed", "box"];

/// Address of the values to choose from, 16 of each type. It is above what most
/// functions write to, and the values are put back before each call.
const WORDS: u32 = 0x8000;
const LONGS: u32 = 0x8100;

/// Addresses and lengths at the edges of one page of memory, small numbers
/// for descriptors, counts and flags.
const WORD_VALUES: [u32; 16] = [
    0,
    1,
    2,
    3,
    4,
    8,
    0x4000,
    0x8100,
    0xffff,
    0x1_0000,
    0x1_0001,
    0x7fff_ffff,
    0x8000_0000,
    0x2000_0001,
    0xffff_fff8,
    0xffff_ffff,
];

const LONG_VALUES: [u64; 16] = [
    0,
    1,
    2,
    7,
    0xffff,
    0x1_0000,
    0xffff_ffff,
    1 << 62,
    i64::MAX as u64,
    1 << 63,
    u64::MAX,
    u64::MAX - 1,
    1 << 6,
    (1 << 30) - 1,
    1 << 13,
    1 << 20,
];

/// Returns all functions except `proc_exit`; those that take descriptors away
/// are last.
fn functions() -> impl Iterator<Item = &'static Function> {
    let last = ["fd_renumber", "fd_close"];
    let is_last = move |function: &&Function| last.contains(&function.name);
    let ordinary = FUNCTIONS.iter().filter(|function| function.name != "proc_exit");
    ordinary.clone().filter(move |function| !is_last(function)).chain(ordinary.filter(is_last))
}

fn guest(rounds: u32) -> String {
    let mut imports = String::new();
    let mut calls = String::new();
    for function in functions() {
        let Function { name, parameters, .. } = function;
        let types: Vec<&str> = parameters.iter().map(type_name).collect();
        let arguments: Vec<&str> = parameters.iter().map(argument).collect();
        let _ = writeln!(
            imports,
            r#"(import "wasi_snapshot_preview1" "{name}" (func ${name} (param {}) (result i32)))"#,
            types.join(" ")
        );
        let _ = writeln!(
            calls,
            "(local.set $round (i32.const {rounds}))
             (loop $again
               (call $reset)
               (call $check (call ${name} {}))
               (local.set $round (i32.sub (local.get $round) (i32.const 1)))
               (br_if $again (local.get $round)))",
            arguments.join(" ")
        );
    }
    format!(
        r#"(module {imports}
  (memory (export "memory") 1)
  (data $words "{}")
  (data $longs "{}")
  (global $state (mut i64) (i64.const 0x2545f4914f6cdd1d))
  (func $random (result i32)
    (global.set $state (i64.xor (global.get $state) (i64.shl (global.get $state) (i64.const 13))))
    (global.set $state (i64.xor (global.get $state) (i64.shr_u (global.get $state) (i64.const 7))))
    (global.set $state (i64.xor (global.get $state) (i64.shl (global.get $state) (i64.const 17))))
    (i32.and (i32.wrap_i64 (i64.shr_u (global.get $state) (i64.const 33))) (i32.const 15)))
  (func $word (result i32)
    (i32.load (i32.add (i32.const {WORDS}) (i32.shl (call $random) (i32.const 2)))))
  (func $long (result i64)
    (i64.load (i32.add (i32.const {LONGS}) (i32.shl (call $random) (i32.const 3)))))
  ;; Zeros, with a name of a file at the last byte and the values to choose from.
  (func $reset
    (memory.fill (i32.const 0) (i32.const 0) (i32.const 0x10000))
    (memory.init $words (i32.const {WORDS}) (i32.const 0) (i32.const 64))
    (memory.init $longs (i32.const {LONGS}) (i32.const 0) (i32.const 128))
    (i32.store8 (i32.const 0xffff) (i32.const 0x78)))
  (func $check (param $errno i32)
    (if (i32.gt_u (local.get $errno) (i32.const 76)) (then unreachable)))
  (func (export "_start") (local $round i32)
    {calls}))"#,
        bytes(WORD_VALUES.iter().flat_map(|value| value.to_le_bytes())),
        bytes(LONG_VALUES.iter().flat_map(|value| value.to_le_bytes())),
    )
}

fn argument(ty: &ValueType) -> &'static str {
    if *ty == ValueType::I64 { "(call $long)" } else { "(call $word)" }
}

fn bytes(bytes: impl Iterator<Item = u8>) -> String {
    bytes.map(|byte| format!("\\{byte:02x}")).collect()
}

/// Calls the functions with a directory `given` to the program: its option and its folder.
fn check(target: Target, rounds: u32, given: &[&str]) {
    let scratch = quench_tests::scratch("hostile").expect("a scratch folder");
    let folder = scratch.path();
    std::fs::create_dir_all(folder.join("box")).expect("a folder");
    std::fs::write(folder.join("secret"), "secret").expect("a file");
    if given == EMBEDDED {
        // The name that is in the guest's memory.
        std::fs::write(folder.join("box/x"), "content").expect("a file");
    }
    let options = [given, &["--env", "A=B"]].concat();
    let program = build(folder, "hostile", &guest(rounds), target, &options);
    let mut command = command(&program, target);
    let finished = run(command.current_dir(folder), &Limits::default()).expect("it ends");
    assert_eq!(finished.status, 0, "{}", finished.stderr());
    let secret = std::fs::read_to_string(folder.join("secret"));
    assert_eq!(secret.expect("it is still there"), "secret");
    let beside = std::fs::read_dir(folder).expect("the folder").count();
    assert_eq!(beside, 4, "the module, the program, the box and the secret");
}

#[test]
fn every_function_with_any_arguments() {
    check(host(), ROUNDS, &GIVEN);
    check(host(), ROUNDS, &EMBEDDED);
}

#[test]
fn every_function_with_any_arguments_on_the_other_machine() {
    for target in Target::ALL {
        if target != host() {
            check(target, ROUNDS_EMULATED, &GIVEN);
            check(target, ROUNDS_EMULATED, &EMBEDDED);
        }
    }
}
