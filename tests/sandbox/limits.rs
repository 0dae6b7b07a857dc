//! Limits of time in everything that a program can wait for.

use crate::build;
use crate::script::{Way, compile};
use quench_compiler::Target;
use quench_tests::{Limits, command, run};
use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Ways to wait for ever: reading from a pipe, a clock, a connection, and who
/// opens the other end of a pipe in the file system.
const WAITS: [&str; 5] = [
    "fd_read 0 [9] @",
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
    command
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(stderr);
    let begin = Instant::now();
    let mut child = command.spawn().expect("it starts");
    // Its input stays open, and nothing comes.
    let stdin = child.stdin.take();
    let status = child.wait().expect("it ends");
    drop(stdin);
    let said = std::fs::read_to_string(folder.join("stderr")).expect("it is there");
    assert_eq!(status.code(), Some(124), "{way:?} {wait}: {said}");
    let expected = "error: the program ran for 1 seconds, its limit (timeout)\n";
    assert_eq!(said, expected);
    let took = begin.elapsed();
    assert!(took > Duration::from_millis(900), "{took:?}");
    assert!(took < Duration::from_secs(60), "{took:?}");
}

/// Code that never ends: in a loop, in a long instruction again and again, in
/// frames that come and go, and waiting in a shared memory.
const SPINS: [&str; 4] = [
    r#"(module (func (export "_start") (loop $again (br $again))))"#,
    r#"(module (memory (export "memory") 1000)
      (func (export "_start")
        (loop $again
          (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x3e80000))
          (br $again))))"#,
    r#"(module (func $next (return_call $next)) (func (export "_start") (call $next)))"#,
    r#"(module (memory (export "memory") 1 1 shared)
      (func (export "_start")
        (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))"#,
];

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
