//! Tests what every program meets: terminals, pipes that end early, signals,
//! full disks, large files and directories, unusual times.

use crate::guest::build;
use crate::script::{Way, assert_passed, compile, play};
use quench_compiler::Target;
use quench_tests::{Limits, command, run};
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, SystemTime};

/// Time that is long enough for a program to begin to wait.
const MOMENT: Duration = Duration::from_millis(300);

/// An option of `env`. A shell that runs the tests in the background ignores
/// some of these signals, and programs inherit that.
const SIGNALS_AS_USUAL: &str = "--default-signal=INT,TERM,HUP";

fn start(folder: &Path, script: &str, way: Way, options: &[&str]) -> Child {
    let program = compile(folder, script, way, options);
    let program = way.command(&program);
    let mut command = Command::new("env");
    command
        .arg(SIGNALS_AS_USUAL)
        .arg(program.get_program())
        .args(program.get_args())
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().expect("it starts")
}

/// Waits until the program has said something.
fn ready(child: &mut Child) {
    let mut said = [0; 5];
    let stdout = child.stdout.as_mut().expect("a pipe");
    stdout.read_exact(&mut said).expect("it says something");
}

fn send(child: &Child, signal: Signal) {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    kill_process(pid.expect("a process"), signal).expect("it is there");
}

/// Ends the program's input; returns how the program ended, and what it wrote.
fn finish(mut child: Child) -> (String, String) {
    drop(child.stdin.take());
    let output = child.wait_with_output().expect("it ends");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.to_string(), stderr)
}

/// Fails unless a program that is stopped and continued while it waits goes on
/// waiting.
fn assert_waits_on(script: &str, options: &[&str], then: impl Fn(&Path, &mut Child)) {
    for way in Way::ALL {
        let scratch = quench_tests::scratch("waits").expect("a scratch folder");
        let mut child = start(scratch.path(), script, way, options);
        ready(&mut child);
        for _ in 0..3 {
            thread::sleep(MOMENT / 6);
            send(&child, Signal::STOP);
            thread::sleep(MOMENT / 6);
            send(&child, Signal::CONT);
        }
        then(scratch.path(), &mut child);
        let (status, stderr) = finish(child);
        assert_eq!(status, "exit status: 0", "{way:?} {script}: {stderr}");
    }
}

fn say(text: &str) -> impl Fn(&Path, &mut Child) {
    move |_, child| {
        let stdin = child.stdin.as_mut().expect("a pipe");
        stdin.write_all(text.as_bytes()).expect("it reads");
    }
}

#[test]
fn interrupted_while_reading() {
    let script = "
        fd_write 1 ['ready'] @
        fd_read 0 [9] @
        word @ 4
        text 'text'
    ";
    assert_waits_on(script, &[], say("text"));
}

#[test]
fn interrupted_while_polling() {
    // Reading from descriptor 0, and a second.
    let script = r"
        fd_write 1 ['ready'] @
        put 0x30008 '\01'
        put 0x30040 '\01'
        put 0x30048 '\00\ca\9a\3b'
        poll_oneoff 0x30000 @ 2 @+100
        word @+100 1
        byte @+10 1
        fd_read 0 [9] @
        text 'text'
        poll_oneoff 0x30030 @ 1 @+100
        word @+100 1
        byte @+10 0
    ";
    assert_waits_on(script, &[], say("text"));
}

#[test]
fn interrupted_while_accepting_and_receiving() {
    let script = "
        fd_write 1 ['ready'] @
        connection = sock_accept 3 0 @
        sock_recv connection [9] 0 @ @+8
        word @ 4
        text 'text'
    ";
    assert_waits_on(script, &["--listen", "unix:s"], |folder, child| {
        let mut socket = UnixStream::connect(folder.join("s")).expect("it listens");
        thread::sleep(MOMENT / 6);
        send(child, Signal::STOP);
        send(child, Signal::CONT);
        socket.write_all(b"text").expect("it receives");
    });
}

/// Makes each system call that can wait fail with EINTR every other time. Runs
/// without lockdown, whose filter ends a program that a tracer keeps from a
/// call.
#[test]
fn each_call_is_interrupted() {
    let script = r"
        put 0x30040 '\01'
        put 0x30048 '\80\96\98'
        file = open 3 'file' rwc
        fd_write file ['text'] @
        word @ 4
        fd_pwrite file ['more'] 4 @
        word @ 4
        fd_allocate file 0 8
        fd_filestat_set_size file 8
        fd_sync file
        fd_datasync file
        fd_pread file [8] 0 @
        text 'textmore'
        fd_read 0 [9] @
        text 'text'
        fd_write 1 ['ready'] @
        random_get @ 16
        poll_oneoff 0x30030 @ 1 @+100
        word @+100 1
        byte @+10 0
    ";
    const CALLS: &str = "read,readv,pread64,preadv,write,writev,pwrite64,pwritev,openat,openat2,\
        fallocate,ftruncate,fsync,fdatasync,getrandom,ppoll,clock_nanosleep";
    let way = Way::Kernel;
    let scratch = quench_tests::scratch("interrupted").expect("a scratch folder");
    let options = ["--dir", ".::/", "--no-lockdown"];
    let program = compile(scratch.path(), script, way, &options);
    let mut strace = Command::new("strace");
    strace
        .args(["-q", "-o", "calls", "-e", &format!("trace={CALLS}")])
        .args(["-e", &format!("inject={CALLS}:error=EINTR:when=1+2")])
        .arg(program)
        .current_dir(scratch.path());
    let limits = Limits { input: b"text", ..Limits::default() };
    let finished = run(&mut strace, &limits).expect("`strace` is there");
    assert_passed(script, way, &finished);
    let calls = fs::read_to_string(scratch.path().join("calls")).expect("what strace wrote");
    let interrupted = calls.matches("EINTR").count();
    assert!(interrupted > 8, "{calls}");
}

#[test]
fn signals_end_it_quietly() {
    let script = "
        fd_write 1 ['ready'] @
        fd_read 0 [9] @
    ";
    for way in Way::ALL {
        for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
            assert_eq!(ended_by(script, way, signal), "", "{way:?} {signal:?}");
        }
    }
}

/// A signal that stands for an exception of the processor, which the runtime handles as a
/// trap, is no trap if somebody sent it.
#[test]
fn signals_of_exceptions_end_it() {
    let script = "
        fd_write 1 ['ready'] @
        fd_read 0 [9] @
    ";
    for way in Way::ALL {
        for signal in [Signal::SEGV, Signal::BUS, Signal::ILL, Signal::FPE, Signal::TRAP] {
            // The emulator of x86_64 has no exception that the kernel reports so.
            if way == Way::ByHand(Target::X86_64) && signal == Signal::BUS {
                continue;
            }
            // Emulators say that the signal was not caught.
            let said = ended_by(script, way, signal);
            assert!(!said.contains("internal"), "{way:?} {signal:?} {said}");
        }
    }
}

/// Sends a signal to a program that waits, and fails unless that ends it; returns what it
/// wrote to standard error.
fn ended_by(script: &str, way: Way, signal: Signal) -> String {
    let scratch = quench_tests::scratch("signal").expect("a scratch folder");
    let mut child = start(scratch.path(), script, way, &[]);
    ready(&mut child);
    send(&child, signal);
    let output = child.wait_with_output().expect("it ends");
    let ended_by = std::os::unix::process::ExitStatusExt::signal(&output.status);
    assert_eq!(ended_by, Some(signal.as_raw()), "{way:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A guest that says whether it is on a terminal, and waits. The shell around
/// it shows the terminal's settings before and after, and the status after
/// control-C.
#[test]
fn a_terminal() {
    let script = "
        fd_fdstat_get 0 @
        byte @ 2
        fd_fdstat_get 1 @
        byte @ 2
        fd_fdstat_get 2 @
        byte @ 2
        fd_filestat_get 1 @
        byte @+16 2
        fd_seek 1 0 1 @ -> spipe
        fd_write 1 ['ready'] @
        fd_read 0 [9] @
    ";
    let scratch = quench_tests::scratch("terminal").expect("a scratch folder");
    compile(scratch.path(), script, Way::Kernel, &[]);
    let line = r#"bash -c 'trap : INT; stty -g; ./script; echo " $?"; stty -g'"#;
    let mut terminal = Command::new("env");
    terminal
        .args([SIGNALS_AS_USUAL, "script", "-q", "-e", "-c", line, "/dev/null"])
        .current_dir(scratch.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = terminal.spawn().expect("the command `script` is there");
    let mut said = String::new();
    let mut stdout = child.stdout.take().expect("a pipe");
    while !said.ends_with("ready") {
        let mut byte = [0];
        stdout.read_exact(&mut byte).expect("it says more");
        said.push(char::from(byte[0]));
    }
    let stdin = child.stdin.as_mut().expect("a pipe");
    stdin.write_all(b"\x03").expect("a terminal");
    stdout.read_to_string(&mut said).expect("it ends");
    child.wait().expect("it ends");
    let lines: Vec<&str> = said.lines().collect();
    let [before, program, after] = lines.as_slice() else {
        panic!("{said}");
    };
    assert_eq!(before, after, "the terminal's settings");
    assert_eq!(*program, "ready^C 130");
}

#[test]
fn input_at_its_end() {
    // The last is a subscription to reading: ready, with nothing to read.
    let script = r"
        fd_read 0 [9] @
        word @ 4
        fd_read 0 [9] @
        word @ 0
        fd_read 0 [9] @
        word @ 0
        put 0x30008 '\01'
        poll_oneoff 0x30000 @ 1 @+100
        word @+8 0x10000
        long @+16 0
        byte @+24 1
    ";
    for way in Way::ALL {
        let scratch = quench_tests::scratch("end").expect("a scratch folder");
        let mut child = start(scratch.path(), script, way, &[]);
        say("text")(scratch.path(), &mut child);
        let (status, stderr) = finish(child);
        assert_eq!(status, "exit status: 0", "{way:?}: {stderr}");
    }
}

/// Checks that what the program opens does not become a stream that the caller
/// closed.
#[test]
fn streams_that_are_closed() {
    let script = "
        fd_read 0 [9] @
        word @ 0
        fd_write 1 ['lost'] @
        file = open 3 'file' rwc
        fd_write 2 ['lost_too'] @
        fd_write file ['kept'] @
    ";
    let scratch = quench_tests::scratch("closed").expect("a scratch folder");
    compile(scratch.path(), script, Way::Kernel, &["--dir", "."]);
    let mut shell = Command::new("bash");
    shell.args(["-c", "exec ./script <&- >&- 2>&-"]).current_dir(scratch.path());
    let finished = run(&mut shell, &Limits::default()).expect("it ends");
    assert_passed(script, Way::Kernel, &finished);
    let file = fs::read_to_string(scratch.path().join("file"));
    assert_eq!(file.expect("it is there"), "kept");
}

/// A guest that writes a line for ever; the errno of an error is its status.
const YES: &str = r#"(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\04\00\00\00")
  (data (i32.const 16) "yes\n")
  (func (export "_start") (local $errno i32)
    (loop $again
      (local.set $errno (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
      (br_if $again (i32.eqz (local.get $errno))))
    (call $exit (local.get $errno))))"#;

#[test]
fn a_pipe_that_ends_early() {
    an_early_end_of_a_pipe(&[]);
}

/// Fails unless a program that is built with `options` ends as its caller wants when the
/// reader of its standard output goes away.
pub(crate) fn an_early_end_of_a_pipe(options: &[&str]) {
    for target in Target::ALL {
        let scratch = quench_tests::scratch("pipe").expect("a scratch folder");
        let program = build(scratch.path(), "yes", YES, target, options);
        let runs = command(&program, target);
        let words = [runs.get_program()].into_iter().chain(runs.get_args());
        let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
        for (line, expected) in [
            // SIGPIPE, as everybody else.
            ("START | head -n 1; echo ${PIPESTATUS[0]}", "yes\n141\n"),
            // The errno, where the caller ignores the signal.
            ("trap '' PIPE; START | head -n 1; echo ${PIPESTATUS[0]}", "yes\n64\n"),
        ] {
            let mut shell = Command::new("bash");
            shell.args(["-c", &line.replace("START", &words.join(" "))]);
            let finished = run(shell.current_dir(scratch.path()), &Limits::default());
            let finished = finished.expect("it ends");
            assert_eq!(finished.stdout(), expected, "{target:?}");
            assert_eq!(finished.stderr(), "", "{target:?}");
        }
    }
}

#[test]
fn a_full_device() {
    let script = "
        full = open 3 'full' w
        fd_write full ['x'] @ -> nospc
        null = open 3 'null' rw
        fd_write null ['x'] @
        fd_read null [9] @
        word @ 0
    ";
    play(script, &["--dir", "/dev"], |_| {}, |_| {});
}

/// Runs only on a kernel that lets everybody mount in a namespace of their own.
#[test]
fn a_full_disk() {
    let script = "
        file = open 3 'file' rwc
        fd_allocate file 0 1000000 -> nospc
        fd_filestat_get file @
        long @+32 0
        # What fits is written, then nothing more.
        fd_write file [0:131072] @
        word @ 65536
        fd_write file ['x'] @ -> nospc
        fd_pwrite file ['x'] 1000000 @ -> nospc
        fd_filestat_get file @
        long @+32 65536
        fd_sync file
        other = open 3 'other' wc
        fd_write other ['x'] @ -> nospc
        path_create_directory 3 'some' -> nospc
        fd_filestat_set_size file 0
        fd_write other ['x'] @
    ";
    for way in Way::ALL {
        let scratch = quench_tests::scratch("full").expect("a scratch folder");
        fs::create_dir(scratch.path().join("box")).expect("a folder");
        let program = compile(scratch.path(), script, way, &["--dir", "box"]);
        let inner = way.command(&program);
        let words = [inner.get_program()].into_iter().chain(inner.get_args());
        let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
        let mount = "mount -t tmpfs -o size=64k,nr_inodes=3 tmpfs box";
        let mut unshare = Command::new("unshare");
        unshare
            .args(["--map-root-user", "--mount", "bash", "-c"])
            .arg(format!("{mount} && exec {}", words.join(" ")))
            .current_dir(scratch.path());
        let finished = run(&mut unshare, &Limits::default()).expect("it ends");
        assert_passed(script, way, &finished);
    }
}

#[test]
fn a_large_file() {
    let script = "
        file = open 3 'file' rwc
        fd_seek file 5000000000 0 @
        long @ 5000000000
        fd_write file ['far'] @
        fd_tell file @
        long @ 5000000003
        fd_filestat_get file @
        long @+32 5000000003
        path_filestat_get 3 0 'file' @
        long @+32 5000000003
        fd_pread file [9] 4999999999 @
        word @ 4
        text '\\00far'
        fd_pwrite file ['near'] 0x100000000 @
        fd_seek file 0x100000000 0 @
        fd_read file [4] @
        text 'near'
        fd_seek file -1 2 @
        long @ 5000000002
        fd_seek file -6000000000 1 @ -> inval
        fd_seek file 0x7fffffffffffffff 1 @ -> refused
        fd_tell file @
        long @ 5000000002
        fd_filestat_set_size file 6000000000
        fd_filestat_get file @
        long @+32 6000000000
        fd_pread file [9] 5999999999 @
        word @ 1
        fd_pread file [9] 6000000000 @
        word @ 0
        fd_pread file [9] 0x7fffffffffffffff @ -> inval
        fd_pread file [9] -1 @ -> inval
        fd_pwrite file ['x'] -1 @ -> inval
        fd_filestat_set_size file -1 -> inval
        fd_advise file 0x100000000 0x100000000 3
        fd_allocate file -1 1 -> inval
        fd_allocate file 0 0 -> inval
        fd_allocate file 0x7fffffffffffffff 1 -> fbig
    ";
    play(script, &["--dir", "."], |_| {}, |_| {});
}

/// Tests what the older module of WASI numbers and lays out differently.
#[test]
fn the_older_module() {
    let script = r"# unstable
        file = open 3 'file' rwc
        fd_write file ['12345'] @
        fd_seek file 2 2 @
        long @ 2
        fd_seek file 1 0 @
        long @ 3
        fd_seek file -1 1 @
        long @ 4
        fd_seek file 0 3 @ -> inval
        path_filestat_get 3 0 'file' @
        byte @+16 4
        word @+20 1
        long @+24 5
        # Two subscriptions of 56 bytes: a clock, 1 second and 1 millisecond.
        put 0x30020 '\00\ca\9a\3b'
        put 0x30038 '\07'
        put 0x30058 '\40\42\0f'
        poll_oneoff 0x30000 @ 2 @+100
        word @+100 1
        long @ 7
    ";
    play(script, &["--dir", "."], |_| {}, |_| {});
}

#[test]
fn times_before_1970_and_far_away() {
    let before = SystemTime::UNIX_EPOCH - Duration::from_secs(3_000_000_000);
    let prepare = move |folder: &Path| {
        let file = fs::File::create(folder.join("old")).expect("a file");
        file.set_modified(before).expect("an old file");
    };
    // What WASI cannot say is the nearest that it can.
    let script = "
        path_filestat_get 3 0 'old' @
        long @+48 0
        path_filestat_set_times 3 0 'old' 0 1000000001 5
        path_filestat_get 3 0 'old' @
        long @+40 0
        long @+48 1000000001
        # Years 2262 and 2554: file systems keep what they can.
        path_filestat_set_times 3 0 'old' 0x7fffffffffffffff -1 5
        path_filestat_get 3 0 'old' @
        file = open 3 'old' r
        fd_filestat_set_times file -1 -1 5
        fd_filestat_set_times file 7 7 15 -> inval
        fd_filestat_set_times file 7 7 0
        clock_time_get 0 -1 @
        clock_time_get 4 0 @ -> inval
        clock_res_get -1 @ -> inval
        # An absolute time that is long ago is over; none lasts for ever.
        poll_oneoff 0x30000 @ 1 @+100
        word @+100 1
    ";
    play(script, &["--dir", "."], prepare, |_| {});
}

/// A guest that counts the entries of its directory, a buffer at a time. Its
/// status is 0 if there are 100,002, else an errno or 100.
const COUNT: &str = r#"(module
  (import "wasi_snapshot_preview1" "fd_readdir" (func $list (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (local $count i32) (local $cookie i64) (local $at i32) (local $end i32) (local $errno i32)
    (loop $more
      (local.set $errno (call $list (i32.const 3) (i32.const 16) (i32.const 4096) (local.get $cookie) (i32.const 0)))
      (if (local.get $errno) (then (call $exit (local.get $errno))))
      (local.set $at (i32.const 16))
      (local.set $end (i32.add (i32.const 16) (i32.load (i32.const 0))))
      (block $cut
        (loop $next
          (br_if $cut (i32.gt_u (i32.add (local.get $at) (i32.const 24)) (local.get $end)))
          (br_if $cut (i32.gt_u
            (i32.add (i32.add (local.get $at) (i32.const 24)) (i32.load offset=16 (local.get $at)))
            (local.get $end)))
          (local.set $count (i32.add (local.get $count) (i32.const 1)))
          (local.set $cookie (i64.load (local.get $at)))
          (local.set $at (i32.add (i32.add (local.get $at) (i32.const 24)) (i32.load offset=16 (local.get $at))))
          (br $next)))
      (br_if $more (i32.eq (i32.load (i32.const 0)) (i32.const 4096))))
    (call $exit (select (i32.const 0) (i32.const 100) (i32.eq (local.get $count) (i32.const 100002))))))"#;

#[test]
fn a_directory_with_100000_entries() {
    let scratch = quench_tests::scratch("many").expect("a scratch folder");
    let full = scratch.path().join("full");
    fs::create_dir(&full).expect("a folder");
    for number in 0..100_000 {
        fs::File::create(full.join(number.to_string())).expect("a file");
    }
    for target in Target::ALL {
        let program = build(scratch.path(), "count", COUNT, target, &["--dir", "full"]);
        let mut command = command(&program, target);
        let finished = run(command.current_dir(scratch.path()), &Limits::default());
        let finished = finished.expect("it ends");
        assert_eq!(finished.status, 0, "{target:?}: {}", finished.stderr());
    }
}
