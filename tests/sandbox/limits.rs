//! Limits of time in everything that a program can wait for.

use crate::script::{Way, compile};
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

fn make_pipe(place: &Path) {
    let mut command = std::process::Command::new("mkfifo");
    let status = command.arg(place).status().expect("`mkfifo` is there");
    assert!(status.success());
}
