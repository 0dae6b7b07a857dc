//! Tests what the other side does to a guest: peers that leave, pipes that break, files that
//! may not grow, and streams, listeners and connections that do not wait.

use crate::everyday::an_early_end_of_a_pipe;
use crate::guest::{build, host};
use crate::script::{Way, assert_passed, compile, play};
use quench_tests::{Finished, Limits, run};
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

/// Time that is long enough for a program to begin to wait.
const MOMENT: Duration = Duration::from_millis(300);

const LISTEN: [&str; 2] = ["--listen", "unix:s"];

/// Runs a script that listens in each way; `client` does the rest.
#[track_caller]
fn serve(script: &str, options: &[&str], client: impl Fn(UnixStream, &Path)) {
    for way in Way::ALL {
        let scratch = quench_tests::scratch("serve").expect("a scratch folder");
        let program = compile(scratch.path(), script, way, options);
        let child = spawn(way.command(&program).current_dir(scratch.path()).stdin(Stdio::null()));
        let place = scratch.path().join("s");
        client(connect(&place), &place);
        assert_passed(script, way, &finish(child));
    }
}

fn spawn(command: &mut Command) -> Child {
    command.stderr(Stdio::piped()).spawn().expect("it starts")
}

fn finish(child: Child) -> Finished {
    let output = child.wait_with_output().expect("it ends");
    let status = output.status.code();
    let status = status.or(output.status.signal().map(|signal| 128 + signal));
    let (stdout, stderr) = (output.stdout, output.stderr);
    Finished { status: status.unwrap_or(-1), stdout, stderr }
}

/// Connects as soon as the program listens.
fn connect(place: &Path) -> UnixStream {
    for _ in 0..200 {
        if let Ok(connection) = UnixStream::connect(place) {
            return connection;
        }
        thread::sleep(Duration::from_millis(20));
    }
    UnixStream::connect(place).expect("it listens")
}

#[test]
fn a_peer_that_leaves_is_an_errno() {
    let script = "
        connection = sock_accept 3 0 @
        fd_read connection [9] @
        word @ 0
        fd_write connection ['x'] @ -> pipe
        sock_send connection ['x'] 0 @ -> pipe
        fd_write connection ['x'] @ -> pipe
        again = sock_accept 3 0 @
        fd_read again [9] @
        word @ 4
        text 'text'
    ";
    serve(script, &LISTEN, |first, place| {
        drop(first);
        connect(place).write_all(b"text").expect("it is still there");
    });
}

/// Bytes that were sent and not read make the other side end the connection at once.
#[test]
fn a_peer_that_breaks_off_is_an_errno() {
    let script = "
        connection = sock_accept 3 0 @
        fd_write connection ['x'] @
        fd_read connection [9] @ -> connreset
        fd_write connection ['x'] @ -> pipe
    ";
    serve(script, &LISTEN, |first, _| {
        thread::sleep(MOMENT);
        drop(first);
    });
}

#[test]
fn a_pipe_in_a_directory_that_breaks_is_an_errno() {
    let script = "
        reader = open 3 'pipe' rn
        writer = open 3 'pipe' w
        fd_write writer ['x'] @
        fd_close reader
        fd_write writer ['x'] @ -> pipe
        fd_write writer ['x'] @ -> pipe
    ";
    play(script, &["--dir", "."], make_pipe, |_| {});
}

fn make_pipe(folder: &Path) {
    let made = Command::new("mkfifo").arg(folder.join("pipe")).status();
    assert!(made.expect("`mkfifo` is there").success());
}

/// The same as `everyday::a_pipe_that_ends_early`, for a program that ignores the signal on
/// everything else.
#[test]
fn a_pipe_on_standard_output_ends_it_all_the_same() {
    an_early_end_of_a_pipe(&["--dir", "."]);
}

#[test]
fn a_file_that_may_not_grow_is_an_errno() {
    let script = "
        file = open 3 'file' rwc
        fd_write file [0:4096] @
        word @ 1024
        fd_write file ['x'] @ -> fbig
        fd_pwrite file ['x'] 5000 @ -> fbig
        fd_filestat_set_size file 5000 -> fbig
        fd_filestat_get file @
        long @+32 1024
    ";
    for way in Way::ALL {
        let scratch = quench_tests::scratch("size").expect("a scratch folder");
        let program = compile(scratch.path(), script, way, &["--dir", "."]);
        let runs = way.command(&program);
        let words = [runs.get_program()].into_iter().chain(runs.get_args());
        let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
        let mut shell = Command::new("bash");
        shell.args(["-c", &format!("ulimit -f 1; exec {}", words.join(" "))]);
        let finished = run(shell.current_dir(scratch.path()), &Limits::default());
        assert_passed(script, way, &finished.expect("it ends"));
    }
}

/// Returns two ends of a connection, of which the second does not wait.
fn without_waiting() -> (UnixStream, OwnedFd) {
    let (ours, theirs) = UnixStream::pair().expect("a pair of sockets");
    theirs.set_nonblocking(true).expect("a flag");
    (ours, OwnedFd::from(theirs))
}

/// The first script makes only calls of the kernel's strict mode, the second others too.
#[test]
fn standard_input_is_waited_for() {
    for more in ["", "clock_time_get 0 0 @"] {
        let script = format!(
            "
            fd_fdstat_get 0 @
            byte @+2 0
            fd_read 0 [9] @
            word @ 4
            text 'text'
            fd_read 0 [9] @
            word @ 0
            {more}
            "
        );
        for way in Way::ALL {
            let scratch = quench_tests::scratch("input").expect("a scratch folder");
            let program = compile(scratch.path(), &script, way, &[]);
            let (mut ours, theirs) = without_waiting();
            let child = spawn(way.command(&program).stdin(theirs));
            thread::sleep(MOMENT);
            ours.write_all(b"text").expect("it reads");
            drop(ours);
            assert_passed(&script, way, &finish(child));
        }
    }
}

#[test]
fn standard_output_is_waited_for() {
    for more in ["", "clock_time_get 0 0 @"] {
        let script = format!("{}{more}", "fd_write 1 [0:131072] @\n".repeat(20));
        for way in Way::ALL {
            let scratch = quench_tests::scratch("output").expect("a scratch folder");
            let program = compile(scratch.path(), &script, way, &[]);
            let (mut ours, theirs) = without_waiting();
            let mut starts = way.command(&program);
            let child = spawn(starts.stdin(Stdio::null()).stdout(theirs));
            // The command has the other end too.
            drop(starts);
            thread::sleep(MOMENT);
            let mut received = Vec::new();
            ours.read_to_end(&mut received).expect("it writes");
            assert!(received.len() > 500_000, "{}", received.len());
            assert_passed(&script, way, &finish(child));
        }
    }
}

#[test]
fn a_listener_does_not_wait_if_the_guest_knows() {
    let script = "
        fd_fdstat_get 3 @
        byte @ 6
        byte @+2 4
        sock_accept 3 0 @ -> again
    ";
    play(script, &LISTEN, |_| {}, |_| {});
    let script = "
        fd_fdstat_set_flags 3 4
        sock_accept 3 0 @ -> again
    ";
    play(script, &LISTEN, |_| {}, |_| {});
}

#[test]
fn connections_wait_as_the_guest_says() {
    let script = "
        first = sock_accept 3 0 @
        fd_fdstat_get first @
        byte @+2 0
        second = sock_accept 3 4 @
        fd_fdstat_get second @
        byte @+2 4
        fd_read second [9] @ -> again
        sock_recv second [9] 0 @ @+8 -> again
        fd_fdstat_set_flags first 4
        fd_fdstat_get first @
        byte @+2 4
        fd_read first [9] @ -> again
        fd_fdstat_set_flags first 0
        fd_fdstat_get first @
        byte @+2 0
        fd_write first ['ready'] @
        fd_read first [9] @
        text 'text'
        third = sock_accept 3 4 @
        fd_read third [9] @ -> again
        fd_fdstat_set_flags third 0
        fd_write third ['ready'] @
        sock_recv third [9] 0 @ @+8
        text 'more'
    ";
    let answer = |mut connection: &UnixStream, text: &[u8]| {
        connection.read_exact(&mut [0; 5]).expect("it says something");
        thread::sleep(MOMENT);
        connection.write_all(text).expect("it reads");
    };
    serve(script, &LISTEN, |first, place| {
        let _second = connect(place);
        answer(&first, b"text");
        answer(&connect(place), b"more");
    });
}

/// A listener that the caller leaves open, as a service manager does.
#[test]
fn a_listener_of_the_caller() {
    for (script, connects) in [
        ("fd_fdstat_get 3 @\nbyte @+2 4\nsock_accept 3 0 @ -> again", false),
        ("connection = sock_accept 3 0 @\nfd_fdstat_get connection @\nbyte @+2 0", true),
    ] {
        let scratch = quench_tests::scratch("listener").expect("a scratch folder");
        let way = Way::Kernel;
        compile(scratch.path(), script, way, &["--listen", "fd:7"]);
        let place = scratch.path().join("s");
        let listener = UnixListener::bind(&place).expect("a socket");
        let mut shell = Command::new("bash");
        shell.args(["-c", "exec ./script 7<&0 </dev/null"]).current_dir(scratch.path());
        let child = spawn(shell.stdin(OwnedFd::from(listener)));
        thread::sleep(MOMENT);
        let _connection = connects.then(|| connect(&place));
        assert_passed(script, way, &finish(child));
    }
}

#[test]
fn a_connection_that_there_is_no_number_for_stays_in_the_queue() {
    let script = "
        sock_accept 3 0 @ -> mfile
        fd_close 0
        connection = sock_accept 3 0 @
        fd_write connection ['text'] @
    ";
    let options = ["--listen", "unix:s", "--max-open-files", "4"];
    serve(script, &options, |mut connection, _| {
        let mut received = String::new();
        connection.read_to_string(&mut received).expect("it writes");
        assert_eq!(received, "text");
    });
}

/// More bytes than a guest's `ssize_t` holds are not transferred by one call.
#[test]
fn counts_of_bytes_are_positive() {
    let scratch = quench_tests::scratch("counts").expect("a scratch folder");
    let program = build(scratch.path(), "many", MANY, host(), &["--dir", "/dev"]);
    let finished = run(&mut Command::new(program), &Limits::default()).expect("it ends");
    assert_eq!(finished.status, 0, "{}", finished.stderr());
}

/// A guest that writes 64 buffers of 63 MiB, all the same one, to `/dev/null`. Its status is
/// 0 if the count is positive, else the errno or 100.
const MANY: &str = r#"(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1025)
  (data (i32.const 16) "null")
  (func (export "_start") (local $at i32) (local $errno i32)
    (local.set $errno (call $open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 4)
      (i32.const 0) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 0)))
    (if (local.get $errno) (then (call $exit (local.get $errno))))
    (loop $next
      (i32.store offset=1024 (local.get $at) (i32.const 65536))
      (i32.store offset=1028 (local.get $at) (i32.const 0x3f00000))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 512))))
    (local.set $errno
      (call $write (i32.load (i32.const 0)) (i32.const 1024) (i32.const 64) (i32.const 8)))
    (if (local.get $errno) (then (call $exit (local.get $errno))))
    (call $exit (select (i32.const 0) (i32.const 100)
      (i32.gt_s (i32.load (i32.const 8)) (i32.const 0))))))"#;
