//! Tests a directory that becomes a symbolic link to outside, and back, while a
//! guest opens a file through it all the time.

use crate::guest::build;
use crate::script::Way;
use quench_tests::{Limits, run};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

/// Number of times that the guest opens a file: natively, and under an
/// emulator.
const ROUNDS: u32 = 200_000;
const ROUNDS_EMULATED: u32 = 5_000;

/// Factor by which the number of times may grow until the guest has seen the
/// directory both ways, if the other thread does not run.
const PATIENCE: u32 = 20;

/// A guest that opens `d/f` `ROUNDS` times, and up to `MOST` times until it has
/// both read something and failed. Exit status: 1 if it ever read `s`; 2 if it
/// never read `i`; 3 if it never failed.
const GUEST: &str = r#"(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "d/f")
  (data (i32.const 16) "\20\00\00\00\01\00\00\00")
  (func (export "_start") (local $round i32) (local $read i32) (local $failed i32)
    (loop $again
      (if (call $open (i32.const 3) (i32.const 1) (i32.const 0) (i32.const 3) (i32.const 0)
            (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 8))
        (then (local.set $failed (i32.const 1)))
        (else
          (drop (call $read (i32.load (i32.const 8)) (i32.const 16) (i32.const 1) (i32.const 12)))
          (drop (call $close (i32.load (i32.const 8))))
          (if (i32.eq (i32.load8_u (i32.const 32)) (i32.const 0x73))
            (then (call $exit (i32.const 1))))
          (local.set $read (i32.const 1))))
      (local.set $round (i32.add (local.get $round) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $round) (i32.const ROUNDS)))
      (br_if $again (i32.and
        (i32.eqz (i32.and (local.get $read) (local.get $failed)))
        (i32.lt_u (local.get $round) (i32.const MOST)))))
    (if (i32.eqz (local.get $read)) (then (call $exit (i32.const 2))))
    (if (i32.eqz (local.get $failed)) (then (call $exit (i32.const 3))))))"#;

#[test]
fn a_link_swapped_during_the_walk() {
    for way in Way::ALL {
        assert_never_outside(way);
    }
}

fn assert_never_outside(way: Way) {
    let scratch = quench_tests::scratch("race").expect("a scratch folder");
    let folder = scratch.path();
    for (place, content) in [("box/inside", "i"), ("outside", "s")] {
        fs::create_dir_all(folder.join(place)).expect("a folder");
        fs::write(folder.join(place).join("f"), content).expect("a file");
    }
    point(folder, "inside");
    // The kernel's own protection is not what is tested here.
    let options = ["--dir", "box", "--no-lockdown"];
    let rounds = match way {
        Way::Kernel => ROUNDS,
        Way::ByHand(_) => ROUNDS_EMULATED,
    };
    let most = rounds * PATIENCE;
    let guest = GUEST.replace("ROUNDS", &rounds.to_string()).replace("MOST", &most.to_string());
    let program = build(folder, "race", &guest, way.target(), &options);
    let ended = AtomicBool::new(false);
    let finished = thread::scope(|scope| {
        scope.spawn(|| {
            while !ended.load(Relaxed) {
                point(folder, "../outside");
                point(folder, "inside");
            }
        });
        let mut command = way.command(&program);
        let finished = run(command.current_dir(folder), &Limits::default());
        ended.store(true, Relaxed);
        finished
    });
    let finished = finished.expect("it ends");
    assert_eq!(finished.status, 0, "{way:?}: {}", finished.stderr());
}

/// Makes the link point elsewhere, in one step.
fn point(folder: &Path, target: &str) {
    let new = folder.join("box/new");
    symlink(target, &new).expect("a link can be made");
    fs::rename(&new, folder.join("box/d")).expect("and renamed");
}
