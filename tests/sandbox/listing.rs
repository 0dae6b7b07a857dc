//! Tests positions in directories, of which a guest with a 32-bit `long` keeps one half.

use crate::guest::{build, host};
use quench_compiler::Target;
use quench_tests::{Limits, command, run};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The beginning of each guest: `$list` reads a buffer of entries at 65536, whose length is
/// then at 0; `$next` returns the address of the entry after one.
const HEAD: &str = r#"(module
  (import "wasi_snapshot_preview1" "fd_readdir" (func $readdir (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_unlink_file" (func $unlink (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 64)
  (func $must (param $errno i32)
    (if (local.get $errno) (then (call $exit (local.get $errno)))))
  (func $list (param $cookie i64) (param $length i32)
    (call $must (call $readdir (i32.const 3) (i32.const 0x10000) (local.get $length)
      (local.get $cookie) (i32.const 0))))
  (func $next (param $at i32) (result i32)
    (i32.add (i32.add (local.get $at) (i32.const 24)) (i32.load offset=16 (local.get $at))))
  (func $end (result i32) (i32.add (i32.const 0x10000) (i32.load (i32.const 0))))
  ;; Whether a whole entry is in the buffer.
  (func $is_whole (param $at i32) (result i32)
    (if (i32.gt_u (i32.add (local.get $at) (i32.const 24)) (call $end))
      (then (return (i32.const 0))))
    (i32.le_u (call $next (local.get $at)) (call $end)))
  ;; Whether the name begins with a dot.
  (func $is_dot (param $at i32) (result i32)
    (i32.eq (i32.load8_u offset=24 (local.get $at)) (i32.const 46)))
"#;

/// A guest that lists its directory, keeping the lower half of each cookie and the inode
/// number of the entry that it leads to, and goes back to them from the last to the first,
/// `STEP` at a time. Its status is 101 if half a cookie is negative, 102 if it leads to
/// another entry, 103 if not all entries are listed.
const BACK: &str = r#"
  (func (export "_start") (local $count i32) (local $cookie i32) (local $at i32)
    (loop $more
      (call $list (i64.extend_i32_u (local.get $cookie)) (i32.const 4096))
      (local.set $at (i32.const 0x10000))
      (block $cut
        (loop $another
          (br_if $cut (i32.eqz (call $is_whole (local.get $at))))
          (i32.store offset=0x20000 (i32.shl (local.get $count) (i32.const 4)) (local.get $cookie))
          (i64.store offset=0x20008 (i32.shl (local.get $count) (i32.const 4)) (i64.load offset=8 (local.get $at)))
          (local.set $count (i32.add (local.get $count) (i32.const 1)))
          (local.set $cookie (i32.load (local.get $at)))
          (if (i32.lt_s (local.get $cookie) (i32.const 0)) (then (call $exit (i32.const 101))))
          (local.set $at (call $next (local.get $at)))
          (br $another)))
      (br_if $more (i32.eq (i32.load (i32.const 0)) (i32.const 4096))))
    (if (i32.ne (local.get $count) (i32.const COUNT)) (then (call $exit (i32.const 103))))
    (loop $back
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (call $list (i64.load32_u offset=0x20000 (i32.shl (local.get $count) (i32.const 4))) (i32.const 300))
      (if (i64.ne (i64.load (i32.const 0x10008))
                  (i64.load offset=0x20008 (i32.shl (local.get $count) (i32.const 4))))
        (then (call $exit (i32.const 102))))
      (local.set $count (i32.sub (local.get $count) (i32.const STEP)))
      (br_if $back (i32.gt_s (local.get $count) (i32.const 0))))))"#;

/// A guest that removes each file as soon as it is listed, with a buffer for about ten.
const REMOVE: &str = r#"
  (func (export "_start") (local $cookie i32) (local $at i32)
    (loop $more
      (call $list (i64.extend_i32_u (local.get $cookie)) (i32.const 300))
      (local.set $at (i32.const 0x10000))
      (block $cut
        (loop $another
          (br_if $cut (i32.eqz (call $is_whole (local.get $at))))
          (if (i32.eqz (call $is_dot (local.get $at)))
            (then (call $must (call $unlink (i32.const 3)
              (i32.add (local.get $at) (i32.const 24)) (i32.load offset=16 (local.get $at))))))
          (local.set $cookie (i32.load (local.get $at)))
          (local.set $at (call $next (local.get $at)))
          (br $another)))
      (br_if $more (i32.eq (i32.load (i32.const 0)) (i32.const 300))))))"#;

/// A guest that keeps half the cookie of its 40th entry, removes the files before it, and
/// goes back to it.
const STAY: &str = r#"
  (func (export "_start") (local $count i32) (local $cookie i32) (local $at i32) (local $inode i64)
    (call $list (i64.const 0) (i32.const 65536))
    (local.set $at (i32.const 0x10000))
    (loop $another
      (if (i32.eqz (call $is_dot (local.get $at)))
        (then (call $must (call $unlink (i32.const 3)
          (i32.add (local.get $at) (i32.const 24)) (i32.load offset=16 (local.get $at))))))
      (local.set $cookie (i32.load (local.get $at)))
      (local.set $at (call $next (local.get $at)))
      (local.set $count (i32.add (local.get $count) (i32.const 1)))
      (br_if $another (i32.lt_u (local.get $count) (i32.const 40))))
    (local.set $inode (i64.load offset=8 (local.get $at)))
    (call $list (i64.const 0) (i32.const 300))
    (call $list (i64.extend_i32_u (local.get $cookie)) (i32.const 300))
    (if (i64.ne (i64.load (i32.const 0x10008)) (local.get $inode))
      (then (call $exit (i32.const 102))))))"#;

fn fill(folder: &Path, files: u32) {
    fs::create_dir(folder.join("full")).expect("a folder");
    for number in 0..files {
        fs::File::create(folder.join("full").join(number.to_string())).expect("a file");
    }
}

/// Runs a guest whose descriptor 3 is a directory.
#[track_caller]
fn assert_passes(folder: &Path, guest: &str, target: Target, directory: &str) {
    let text = format!("{HEAD}{guest}");
    let program = build(folder, "lists", &text, target, &["--dir", directory]);
    let mut runs: Command = command(&program, target);
    let finished = run(runs.current_dir(folder), &Limits::default()).expect("it ends");
    assert_eq!(finished.status, 0, "{target:?} {directory}: {}", finished.stderr());
}

#[test]
fn half_a_cookie_leads_back_to_each_of_100000_entries() {
    let scratch = quench_tests::scratch("back").expect("a scratch folder");
    fill(scratch.path(), 100_000);
    for target in Target::ALL {
        let step = if target == host() { "0" } else { "99" };
        let guest = BACK.replace("STEP", step).replace("COUNT", "100002");
        assert_passes(scratch.path(), &guest, target, "full");
    }
}

/// Other file systems have positions of other kinds.
#[test]
fn half_a_cookie_leads_back_on_other_file_systems() {
    for directory in ["/proc/self/attr", "/sys/kernel", "/dev"] {
        let Ok(entries) = fs::read_dir(directory) else { continue };
        let scratch = quench_tests::scratch("other").expect("a scratch folder");
        let count = (entries.count() + 2).to_string();
        let guest = BACK.replace("STEP", "0").replace("COUNT", &count);
        assert_passes(scratch.path(), &guest, host(), directory);
    }
}

#[test]
fn a_listing_goes_on_while_entries_go() {
    for target in Target::ALL {
        let scratch = quench_tests::scratch("remove").expect("a scratch folder");
        fill(scratch.path(), 2000);
        assert_passes(scratch.path(), REMOVE, target, "full");
        let left = fs::read_dir(scratch.path().join("full")).expect("a folder");
        assert_eq!(left.count(), 0, "{target:?}");
    }
}

#[test]
fn a_cookie_stays_valid_while_entries_go() {
    for target in Target::ALL {
        let scratch = quench_tests::scratch("stay").expect("a scratch folder");
        fill(scratch.path(), 100);
        assert_passes(scratch.path(), STAY, target, "full");
    }
}
