//! Tests that limits hold in everything that a program can wait for, and in all
//! that WASI does for it.

use crate::guest::{build, host};
use crate::script::{Way, compile};
use quench_compiler::Target;
use quench_tests::{Limits, command, run};
use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Calls that wait for ever: reading from a pipe, writing to one that nobody
/// reads, a clock, a connection, and a pipe in the file system whose other end
/// nobody opens.
const WAITS: [&str; 6] = [
    "fd_read 0 [9] @",
    "fd_write 1 [70000] @",
    r"put 0x30008 '\01'
        poll_oneoff 0x30000 @ 1 @+100",
    r"put 0x30018 '\ff\ff\ff\ff\ff\ff\ff\7f'
        poll_oneoff 0x30000 @ 1 @+100",
    "sock_accept 4 0 @",
    "open 3 'pipe' r",
];

#[test]
fn time_ends_every_wait() {
    std::thread::scope(|scope| {
        for way in Way::ALL {
            for wait in WAITS {
                scope.spawn(move || ends(wait, way));
            }
        }
    });
}

fn ends(wait: &str, way: Way) {
    let options = ["--dir", ".", "--listen", "unix:s", "--timeout", "1"];
    let scratch = quench_tests::scratch("waits").expect("a scratch folder");
    let folder = scratch.path();
    make_pipe(&folder.join("pipe"));
    let program = compile(folder, wait, way, &options);
    let stderr = File::create(folder.join("stderr")).expect("a file");
    let mut command = way.command(&program);
    command.current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(stderr);
    let begin = Instant::now();
    let mut child = command.spawn().expect("it starts");
    // Its input and output stay open; nothing comes, and nobody reads.
    let pipes = (child.stdin.take(), child.stdout.take());
    let status = child.wait().expect("it ends");
    drop(pipes);
    let said = std::fs::read_to_string(folder.join("stderr")).expect("it is there");
    assert_eq!(status.code(), Some(124), "{way:?} {wait}: {said}");
    let expected = "error: the program ran for 1 s, its limit (timeout)\n";
    assert_eq!(said, expected);
    let took = begin.elapsed();
    assert!(took > Duration::from_millis(900), "{took:?}");
    assert!(took < Duration::from_secs(60), "{took:?}");
}

/// Guests that never end: in a loop, in a long instruction again and again, in
/// short calls of WASI, in frames that come and go, and waiting in a shared
/// memory.
const SPINS: [&str; 5] = [
    r#"(module (func (export "_start") (loop $again (br $again))))"#,
    r#"(module (memory (export "memory") 1000)
      (func (export "_start")
        (loop $again
          (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x3e80000))
          (br $again))))"#,
    CALLS,
    r#"(module (func $next (return_call $next)) (func (export "_start") (call $next)))"#,
    r#"(module (memory (export "memory") 1 1 shared)
      (func (export "_start")
        (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))"#,
];

/// A guest that asks for a clock for ever, without waiting.
const CALLS: &str = r#"(module
    (import "wasi_snapshot_preview1" "poll_oneoff"
      (func $poll (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "_start")
      (loop $again
        (drop (call $poll (i32.const 0) (i32.const 100) (i32.const 1) (i32.const 200)))
        (br $again))))"#;

#[test]
fn fuel_ends_what_only_calls_wasi() {
    for target in Target::ALL {
        let scratch = quench_tests::scratch("fuel").expect("a scratch folder");
        let program = build(scratch.path(), "calls", CALLS, target, &["--fuel", "7000"]);
        let finished = run(&mut command(&program, target), &Limits::default()).expect("it ends");
        let said = finished.stderr();
        assert_eq!(finished.status, 125, "{said}");
        assert!(said.contains("used up its fuel, 7000 (fuel)"), "{said}");
    }
}

/// A guest that gives the largest lists and lengths to the functions that take
/// them. It ends in a trap if one of them fails otherwise than by an errno, or
/// if memory grows.
const GREEDY: &str = r#"(module
    (import "wasi_snapshot_preview1" "poll_oneoff"
      (func $poll (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write"
      (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_readdir"
      (func $readdir (param i32 i32 i32 i64 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "_start")
      (drop (call $poll (i32.const 0) (i32.const 32768) (i32.const 1000) (i32.const 8)))
      (drop (call $poll (i32.const 0) (i32.const 0) (i32.const -1) (i32.const 8)))
      (drop (call $random (i32.const 0) (i32.const -1)))
      (drop (call $random (i32.const 0) (i32.const 65536)))
      (drop (call $write (i32.const 1) (i32.const 0) (i32.const -1) (i32.const 8)))
      (drop (call $read (i32.const 0) (i32.const 0) (i32.const 8192) (i32.const 8)))
      (drop (call $readdir (i32.const 3) (i32.const 0) (i32.const 65536) (i64.const 0) (i32.const 8)))
      (drop (call $readdir (i32.const 3) (i32.const 0) (i32.const -1) (i64.const 0) (i32.const 8)))
      (if (i32.ne (memory.size) (i32.const 1)) (then unreachable))
      (if (i32.ne (memory.grow (i32.const 1)) (i32.const -1)) (then unreachable))))"#;

#[test]
fn no_call_of_wasi_takes_memory() {
    let options =
        ["--dir", ".", "--max-memory", "64K", "--max-stack", "64K", "--memory-checks", "explicit"];
    for target in Target::ALL {
        let scratch = quench_tests::scratch("greedy").expect("a scratch folder");
        build(scratch.path(), "greedy", GREEDY, target, &options);
        // An emulator has memory of its own.
        let start = if target == host() {
            "ulimit -v 1500; exec ./greedy".to_string()
        } else {
            format!("exec qemu-{} ./greedy", target.short_name())
        };
        let mut shell = std::process::Command::new("bash");
        shell.current_dir(scratch.path()).args(["-c", &start]);
        let finished = run(&mut shell, &Limits::default()).expect("it ends");
        assert_eq!(finished.status, 0, "{}", finished.stderr());
    }
}

#[test]
fn time_ends_all_code() {
    std::thread::scope(|scope| {
        for target in Target::ALL {
            for (place, spin) in SPINS.into_iter().enumerate() {
                scope.spawn(move || stops(spin, target, "--timeout", 124));
                // Who waits does not use the processor.
                if place + 1 < SPINS.len() {
                    scope.spawn(move || stops(spin, target, "--cpu-timeout", 152));
                }
            }
        }
    });
}

fn stops(spin: &str, target: Target, limit: &str, status: i32) {
    let scratch = quench_tests::scratch("spins").expect("a scratch folder");
    let program = build(scratch.path(), "spins", spin, target, &[limit, "1"]);
    let finished = run(&mut command(&program, target), &Limits::default());
    let finished = finished.expect("it ends");
    let said = finished.stderr();
    assert_eq!(finished.status, status, "{target:?} {spin}: {said}");
    assert!(said.contains(&format!("({})", &limit[2..])), "{said}");
}

fn make_pipe(place: &Path) {
    let mut command = std::process::Command::new("mkfifo");
    let status = command.arg(place).status().expect("`mkfifo` is there");
    assert!(status.success());
}
