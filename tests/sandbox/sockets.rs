//! Tests listeners that the policy gives, and sockets that the caller leaves
//! open.

use crate::guest::{build, host};
use quench_tests::{Limits, run};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

/// A guest that accepts one connection on descriptor 3, after waiting for it,
/// sends back what it receives until the other side ends, and ends. The errno
/// of an error is its exit status.
const ECHO: &str = r#"(module
  (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_recv" (func $recv (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_send" (func $send (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_shutdown" (func $shutdown (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  ;; A subscription to reading from descriptor 3.
  (data (i32.const 264) "\01")
  (data (i32.const 272) "\03")
  (func $must (param $errno i32)
    (if (local.get $errno) (then (call $exit (local.get $errno)))))
  (func (export "_start") (local $connection i32)
    (call $must (call $poll (i32.const 256) (i32.const 512) (i32.const 1) (i32.const 0)))
    (call $must (i32.load16_u (i32.const 520)))
    (call $must (call $accept (i32.const 3) (i32.const 0) (i32.const 0)))
    (local.set $connection (i32.load (i32.const 0)))
    (loop $again
      (i32.store (i32.const 16) (i32.const 1024))
      (i32.store (i32.const 20) (i32.const 1000))
      (call $must (call $recv (local.get $connection) (i32.const 16) (i32.const 1) (i32.const 0) (i32.const 20) (i32.const 8)))
      (if (i32.load (i32.const 20))
        (then
          (call $must (call $send (local.get $connection) (i32.const 16) (i32.const 1) (i32.const 0) (i32.const 24)))
          (br $again))))
    (call $must (call $shutdown (local.get $connection) (i32.const 2)))))"#;

fn start(folder: &Path, options: &[&str], arguments: &[&str]) -> Child {
    let program = build(folder, "echo", ECHO, host(), options);
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command.spawn().expect("it starts")
}

fn strs(strings: &[String]) -> Vec<&str> {
    strings.iter().map(String::as_str).collect()
}

/// Tries to connect until the program listens.
fn connect<T>(mut connect: impl FnMut() -> std::io::Result<T>) -> T {
    for _ in 0..200 {
        match connect() {
            Ok(connection) => return connection,
            Err(_) => thread::sleep(Duration::from_millis(20)),
        }
    }
    connect().expect("it listens")
}

fn echo(connection: &mut (impl Read + Write), end: impl FnOnce()) -> String {
    connection.write_all(b"hello, ").expect("it receives");
    let mut said = vec![0; 7];
    connection.read_exact(&mut said).expect("it sends");
    connection.write_all(b"world").expect("it receives more");
    let mut five = vec![0; 5];
    connection.read_exact(&mut five).expect("it sends more");
    said.extend(five);
    said.resize(12, 0);
    end();
    String::from_utf8(said).expect("what was sent")
}

#[test]
fn a_port() {
    assert_echoes(|address| {
        let options = ["--listen", address].map(String::from);
        (options.to_vec(), Vec::new())
    });
}

#[test]
fn a_port_that_who_starts_it_gives() {
    assert_echoes(|address| {
        let options = ["--runtime-policy", "--require-lockdown"].map(String::from);
        let arguments = ["--listen", address, "--"].map(String::from);
        (options.to_vec(), arguments.to_vec())
    });
}

/// Fails unless a guest answers, with the options of the build and the
/// arguments that `listening` makes of an address.
fn assert_echoes(listening: impl Fn(&str) -> (Vec<String>, Vec<String>)) {
    let scratch = quench_tests::scratch("port").expect("a scratch folder");
    // A port that was free a moment ago.
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let address = free.expect("a port").to_string();
    let (options, arguments) = listening(&address);
    let mut program = start(scratch.path(), &strs(&options), &strs(&arguments));
    let mut connection = connect(|| TcpStream::connect(&address));
    let other = connection.try_clone().expect("the same connection");
    let said = echo(&mut connection, || other.shutdown(Shutdown::Write).expect("it is open"));
    assert_eq!(said, "hello, world");
    assert!(program.wait().expect("it ends").success());
}

#[test]
fn a_socket_in_the_file_system() {
    let scratch = quench_tests::scratch("socket").expect("a scratch folder");
    let mut program = start(scratch.path(), &["--listen", "unix:s", "--require-lockdown"], &[]);
    let place = scratch.path().join("s");
    let mut connection = connect(|| UnixStream::connect(&place));
    let other = connection.try_clone().expect("the same connection");
    let said = echo(&mut connection, || other.shutdown(Shutdown::Write).expect("it is open"));
    assert_eq!(said, "hello, world");
    assert!(program.wait().expect("it ends").success());
}

/// A socket that a program left behind is taken over, unless somebody listens on it or it
/// is none.
#[test]
fn a_socket_left_behind() {
    let scratch = quench_tests::scratch("socket").expect("a scratch folder");
    let place = scratch.path().join("s");
    drop(std::os::unix::net::UnixListener::bind(&place).expect("a new socket"));
    let mut program = start(scratch.path(), &["--listen", "unix:s"], &[]);
    let connection = loop {
        if let Ok(connection) = UnixStream::connect(&place) {
            break connection;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    };
    let second = start(scratch.path(), &["--listen", "unix:s"], &[]).wait().expect("it ends");
    assert!(!second.success(), "two programs listen on one socket");
    drop(connection);
    assert!(program.wait().expect("it ends").success());

    std::fs::remove_file(&place).expect("it is there");
    std::fs::write(&place, "a file").expect("a new file");
    let third = start(scratch.path(), &["--listen", "unix:s"], &[]).wait().expect("it ends");
    assert!(!third.success(), "a file was taken for a socket");
    assert_eq!(std::fs::read(&place).expect("it is there"), b"a file");
}

/// A guest that sends one byte on descriptor 3.
const SENDER: &str = r#"(module
  (import "wasi_snapshot_preview1" "sock_send" (func $send (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\01\00\00\00")
  (data (i32.const 16) "x")
  (func (export "_start")
    (call $exit (call $send (i32.const 3) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 8)))))"#;

#[test]
fn a_socket_of_the_caller() {
    let scratch = quench_tests::scratch("inherited").expect("a scratch folder");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    build(scratch.path(), "sender", SENDER, host(), &["--listen", "fd:7"]);
    let line = format!("exec 7<>/dev/tcp/127.0.0.1/{port}; ./sender");
    let mut shell = Command::new("bash");
    shell.args(["-c", &line]).current_dir(scratch.path());
    let finished = run(&mut shell, &Limits::default()).expect("it ends");
    assert_eq!(finished.status, 0, "{}", finished.stderr());
    let mut received = String::new();
    let (mut connection, _) = listener.accept().expect("the shell's connection");
    connection.read_to_string(&mut received).expect("it was closed");
    assert_eq!(received, "x");

    let mut without = Command::new(scratch.path().join("sender"));
    let refused = run(&mut without, &Limits::default()).expect("it ends");
    assert_eq!(refused.status, 126);
    assert!(refused.stderr().contains("did not leave it open"), "{}", refused.stderr());
}
