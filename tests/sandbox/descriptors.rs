//! Tests descriptors of every kind moved to the numbers of every other kind,
//! and the limit of their number.

use crate::script::{Way, assert_passed, compile, play};
use quench_tests::{Limits, run};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

fn prepare(folder: &Path) {
    for place in ["box/tree", "fixed"] {
        fs::create_dir_all(folder.join(place)).expect("a folder");
    }
    fs::write(folder.join("fixed/file"), "fixed").expect("a file");
}

const OPENING: &str = "
    file = open 3 'file' rwc
    tree = open 3 'tree' rd
    ";

/// Open descriptors by number, with the type that `fdstat` gives: standard
/// streams that are pipes, directory, listener, and what [`OPENING`] opens.
const OPEN: [(u32, u8); 7] = [(0, 0), (1, 0), (2, 0), (3, 3), (4, 6), (5, 4), (6, 3)];

#[test]
fn every_descriptor_to_every_number() {
    let options = ["--dir", "box", "--listen", "unix:s"];
    for (first, file_type) in OPEN {
        let mut script = OPENING.trim_start().to_string();
        for closed in [7, 4095, 4096, u32::MAX] {
            let _ = write!(
                script,
                "fd_renumber {first} {closed} -> badf
                 fd_renumber {closed} {first} -> badf
                 fd_renumber {closed} {closed} -> badf
                 fd_renumber {first} {first}
                 "
            );
        }
        // It goes around, and takes the place of each.
        let mut from = first;
        for (to, _) in OPEN.into_iter().filter(|&(number, _)| number != first) {
            let _ = write!(
                script,
                "fd_renumber {from} {to}
                 fd_fdstat_get {from} @ -> badf
                 fd_renumber {from} {to} -> badf
                 fd_fdstat_get {to} @
                 byte @ {file_type}
                 "
            );
            from = to;
        }
        script += &format!("fd_close {from}\nfd_close {from} -> badf");
        play(&script, &options, prepare, |_| {});
    }
}

#[test]
fn rights_and_names_move_along() {
    let script = "
        fd_renumber 4 3
        path_create_directory 3 'new' -> perm
        open 3 'file' w -> perm
        file = open 3 'file' r
        fd_read file [9] @
        text 'fixed'
        fd_prestat_get 3 @
        word @+4 5
        fd_prestat_get 4 @ -> badf
    ";
    let options = ["--dir", "box", "--dir", "fixed:ro"];
    play(script, &options, prepare, |_| {});
}

/// The host's streams stay what they are, whatever numbers mean to the guest.
#[test]
fn standard_streams_moved_and_closed() {
    let script = "
        file = open 3 'file' rwc
        fd_renumber file 1
        fd_write 1 ['to_the_file'] @
        fd_renumber 2 1
        fd_write 1 ['to_standard_error'] @
        fd_close 1
        fd_close 0
        other = open 3 'file' r
        third = open 3 'file' r
        fd_write other ['x'] @ -> badf
    ";
    for way in Way::ALL {
        let scratch = quench_tests::scratch("streams").expect("a scratch folder");
        prepare(scratch.path());
        let program = compile(scratch.path(), script, way, &["--dir", "box"]);
        let mut command = way.command(&program);
        let finished = run(command.current_dir(scratch.path()), &Limits::default());
        let finished = finished.expect("it ends");
        assert_passed(script, way, &finished);
        assert_eq!(finished.stdout(), "");
        assert_eq!(finished.stderr(), "to_standard_error");
        let file = fs::read_to_string(scratch.path().join("box/file"));
        assert_eq!(file.expect("it is there"), "to_the_file");
    }
}

const UNTIL_NONE_IS_LEFT: &str = "
    open 3 'file' rwc
    open 3 'file' r
    open 3 'tree' rd
    last = open 3 'file' r
    open 3 'file' r -> mfile
    open 3 'made' rwc -> mfile
    open 3 'tree/.' rd -> mfile
    fd_close last
    again = open 3 'file' r
    open 3 'file' r -> mfile
    fd_renumber again 3
    open 3 'file' r -> notdir
    ";

#[test]
fn none_left_by_the_policy() {
    let options = ["--dir", "box", "--max-open-files", "8"];
    play(UNTIL_NONE_IS_LEFT, &options, prepare, |_| {});
}

/// Runs natively only, because the emulators have open files of their own.
#[test]
fn none_left_by_the_system() {
    let scratch = quench_tests::scratch("exhausted").expect("a scratch folder");
    prepare(scratch.path());
    let script = UNTIL_NONE_IS_LEFT;
    compile(scratch.path(), script, Way::Kernel, &["--dir", "box"]);
    let mut shell = Command::new("bash");
    shell.args(["-c", "ulimit -n 8; exec ./script"]).current_dir(scratch.path());
    let finished = run(&mut shell, &Limits::default()).expect("it ends");
    assert_passed(script, Way::Kernel, &finished);
}

/// A guest that opens files until that fails, closes all, and opens as many
/// again. Its status is 0 if it failed at the same number, with `mfile`.
const ALL: &str = r#"(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) ".")
  (func $fill (result i32) (local $errno i32)
    (loop $more
      (local.set $errno (call $open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 1)
        (i32.const 2) (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 0)))
      (br_if $more (i32.eqz (local.get $errno))))
    (if (i32.ne (local.get $errno) (i32.const 33)) (then (call $exit (local.get $errno))))
    (i32.load (i32.const 0)))
  (func (export "_start") (local $last i32) (local $fd i32)
    (local.set $last (call $fill))
    (local.set $fd (local.get $last))
    (loop $next
      (if (call $close (local.get $fd)) (then (call $exit (i32.const 200))))
      (local.set $fd (i32.sub (local.get $fd) (i32.const 1)))
      (br_if $next (i32.gt_u (local.get $fd) (i32.const 3))))
    (if (i32.ne (call $fill) (local.get $last)) (then (call $exit (i32.const 201))))
    (if (i32.gt_u (local.get $last) (i32.const 4095)) (then (call $exit (i32.const 202))))))"#;

#[test]
fn all_there_are() {
    let scratch = quench_tests::scratch("all").expect("a scratch folder");
    let program =
        crate::guest::build(scratch.path(), "all", ALL, crate::guest::host(), &["--dir", "."]);
    for limit in ["50", "$(ulimit -H -n)"] {
        let mut shell = Command::new("bash");
        shell
            .arg("-c")
            .arg(format!("ulimit -n {limit}; exec {}", program.display()))
            .current_dir(scratch.path());
        let finished = run(&mut shell, &Limits::default()).expect("it ends");
        assert_eq!(finished.status, 0, "{limit}: {}", finished.stderr());
    }
}
