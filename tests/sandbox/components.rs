//! Hostile components: what each function of WASI does with handles that are none, texts and
//! lists that are not in memory or not valid, and allocators that lie; streams that are
//! dropped at once, tables that are full, resources whose parents are gone, and paths that
//! lead out of a directory. Nothing of that may be a fault of the host's code, which would end
//! the program without words.

use crate::command::component;
use crate::guest::{host, try_build};
use crate::script::Way;
use crate::world::{Options, function_of, short_name};
use quench_compiler::Target;
use quench_policy::{INTERFACE_FUNCTIONS, InterfaceFunction};
use quench_tests::wit::Type;
use quench_tests::{Finished, Limits, command, run};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

/// The status after a trap.
const TRAPPED: i32 = 134;

/// Builds a script, and runs it in a folder with a directory `box`.
fn outcome(
    script: &str,
    options: Options,
    target: Target,
    build_options: &[&str],
) -> Result<Finished, String> {
    let scratch = quench_tests::scratch("component").expect("a scratch folder");
    let folder = scratch.path();
    fs::create_dir_all(folder.join("box")).expect("a folder");
    fs::write(folder.join("box/file"), "content").expect("a file");
    let text = component(script, options);
    // Emulators have no second wall.
    let lockdown: &[&str] = if target == host() { &["--require-lockdown"] } else { &[] };
    let all = [&["--dir", "box"], lockdown, build_options].concat();
    let program = try_build(folder, "guest", &text, target, &all)
        .map_err(|said| format!("{said}\n{text}"))?;
    run(command(&program, target).current_dir(folder), &Limits::default())
        .map_err(|error| error.to_string())
}

/// Returns what is wrong with a script that has to trap with a message that begins so.
fn trap_of(
    script: &str,
    options: Options,
    target: Target,
    build_options: &[&str],
    message: &str,
) -> Result<(), String> {
    let finished = outcome(script, options, target, build_options)?;
    let said = finished.stderr();
    let first = said.lines().next().unwrap_or_default();
    if finished.status == TRAPPED && first.starts_with(&format!("trap: {message}")) {
        return Ok(());
    }
    Err(format!(
        "on {}, {options:?}:\n{script}: status {} in place of `{message}`: {said}",
        target.short_name(),
        finished.status
    ))
}

/// Fails unless a script traps on both machines.
#[track_caller]
fn assert_traps(script: &str, options: Options, message: &str) {
    for target in Target::ALL {
        trap_of(script, options, target, &[], message).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// Fails unless all lines of a script hold, in each way.
#[track_caller]
fn assert_plays(script: &str, version: u8, prepare: impl Fn(&Path), build_options: &[&str]) {
    for way in Way::ALL {
        for is_async in [false, true] {
            if is_async && version == 2 {
                continue;
            }
            let scratch = quench_tests::scratch("component").expect("a scratch folder");
            prepare(scratch.path());
            let text = component(script, Options { is_async, ..Options::version(version) });
            let program = try_build(scratch.path(), "guest", &text, way.target(), build_options);
            let program = program.unwrap_or_else(|said| panic!("{said}\n{text}"));
            let mut command = way.command(&program);
            let limits = Limits { input: b"input text", ..Limits::default() };
            let finished = run(command.current_dir(scratch.path()), &limits).expect("it ends");
            let line = usize::try_from(finished.status).unwrap_or(0).wrapping_sub(1);
            let line = script.trim().lines().nth(line).unwrap_or_default();
            let said = finished.stderr();
            assert_eq!(finished.status, 0, "{way:?}, async: {is_async}: `{line}`: {said}");
        }
    }
}

/// Returns a call with arguments that mean nothing, in which those of a kind are `replaced`.
fn call(row: &InterfaceFunction, replaced: impl Fn(&Type) -> Option<String>) -> String {
    let mut line = short_name(row);
    for ty in &function_of(row).parameters {
        let word = replaced(ty).unwrap_or_else(|| match ty {
            Type::Plain("string") | Type::List(_) => "0:0".to_string(),
            _ => "0".to_string(),
        });
        line += &format!(" {word}");
    }
    line
}

/// Checks all rows on all machines; `script` returns script and message for a row that it is
/// for.
fn assert_all(
    targets: &[Target],
    encoding: &'static str,
    script: impl Fn(&InterfaceFunction) -> Option<(String, String)> + Sync,
) {
    let mut cases = Vec::new();
    for row in &INTERFACE_FUNCTIONS {
        if let Some((script, message)) = script(row) {
            for &target in targets {
                for is_async in [false, true] {
                    if !is_async || function_of(row).is_async {
                        let options =
                            Options { is_async, encoding, ..Options::version(row.version) };
                        cases.push((script.clone(), options, target, message.clone()));
                    }
                }
            }
        }
    }
    assert!(cases.len() > 10, "{} cases", cases.len());
    let results = quench_tests::parallel(&cases, |(script, options, target, message)| {
        trap_of(script, *options, *target, &[], message)
    });
    let failures: Vec<String> =
        results.expect("threads").into_iter().filter_map(Result::err).collect();
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

fn is_borrow(ty: &Type) -> bool {
    matches!(ty, Type::Borrow(_))
}

/// Returns the type of resources of the first handle that a function takes.
fn first_borrowed(row: &InterfaceFunction) -> Option<String> {
    match function_of(row).parameters.first() {
        Some(Type::Borrow(name)) => Some(name.clone()),
        _ => None,
    }
}

#[test]
fn handles_that_are_none() {
    assert_all(&Target::ALL, "utf8", |row| {
        let name = first_borrowed(row)?;
        let script = call(row, |ty| is_borrow(ty).then(|| "99".to_string()));
        Some((script, format!("unknown handle index 99: there is no such {name}")))
    });
}

#[test]
fn handles_of_another_type() {
    assert_all(&[host()], "utf8", |row| {
        let name = first_borrowed(row)?;
        let (made, other) = match (row.version, name.as_str()) {
            (3, _) => ("other = new stream<u8>", "readable end of a stream"),
            (_, "network") => ("other = get-stdin", "input-stream"),
            _ => ("other = instance-network", "network"),
        };
        let line = call(row, |ty| is_borrow(ty).then(|| "other".to_string()));
        let message =
            format!("handle index 1 used with the wrong type: {other} in place of {name}");
        Some((format!("{made}\n{line}"), message))
    });
}

/// Returns lines that get a handle of a type, as `it`.
fn made(name: &str, version: u8) -> Option<&'static str> {
    Some(match (version, name) {
        (2, "pollable") => "it = subscribe-duration 1",
        (2, "input-stream") => "it = get-stdin",
        (2, "output-stream") => "it = get-stdout",
        (2, "network") => "it = instance-network",
        (_, "descriptor") => "it = get-directories",
        (2, "directory-entry-stream") => {
            "root = get-directories\nit = descriptor.read-directory root"
        }
        (2, "error") => {
            "root = get-directories\nfile = descriptor.open-at root 0 'file' 0 2
             ends = descriptor.write-via-stream file 9223372036854775807
             it = output-stream.write ends 'text' -> last-operation-failed"
        }
        _ => return None,
    })
}

#[test]
fn handles_that_are_dropped_twice_or_used_afterwards() {
    let kinds = [
        "pollable",
        "input-stream",
        "output-stream",
        "network",
        "descriptor",
        "directory-entry-stream",
        "error",
    ];
    for (version, name) in kinds.map(|name| (2, name)).into_iter().chain([(3, "descriptor")]) {
        let made = made(name, version).expect("there is a way");
        assert_traps(
            &format!("{made}\nclose it\nclose it"),
            Options::version(version),
            "unknown handle index ",
        );
    }
    assert_all(&[host()], "utf8", |row| {
        let name = first_borrowed(row)?;
        let made = made(&name, row.version)?;
        let line = call(row, |ty| is_borrow(ty).then(|| "it".to_string()));
        Some((format!("{made}\nclose it\n{line}"), "unknown handle index ".to_string()))
    });
}

/// Returns a call of a function that takes a text or a list of bytes, with valid handles and
/// this argument.
fn with_text(row: &InterfaceFunction, is_text: bool, argument: &str) -> Option<String> {
    let function = function_of(row);
    let is_one = |ty: &Type| match ty {
        Type::Plain("string") => is_text,
        Type::List(element) => !is_text && **element == Type::Plain("u8"),
        _ => false,
    };
    function.parameters.iter().find(|ty| is_one(ty))?;
    let made = first_borrowed(row).map(|name| made(&name, row.version).unwrap_or_default());
    let line = call(row, |ty| match ty {
        Type::Borrow(_) => Some("it".to_string()),
        _ if is_one(ty) => Some(argument.to_string()),
        _ => None,
    });
    Some(format!("{}\n{line}", made.unwrap_or_default()))
}

#[test]
fn texts_that_are_not_in_memory() {
    for argument in ["0x3fff0:17", "0xffffffff:2", "0:0x7fffffff"] {
        assert_all(&Target::ALL, "utf8", |row| {
            let script = with_text(row, true, argument)?;
            Some((script, "string pointer/length out of bounds of memory".to_string()))
        });
    }
}

#[test]
fn lists_that_are_not_in_memory() {
    for argument in ["0x3fff0:17", "0xffffffff:0xffffffff"] {
        let mut count = 0;
        for row in &INTERFACE_FUNCTIONS {
            if let Some(script) = with_text(row, false, argument) {
                count += 1;
                assert_traps(&script, Options::version(row.version), "pointer not inside memory");
            }
        }
        assert!(count > 2);
    }
}

#[test]
fn texts_that_are_not_valid() {
    let put = |code: &str| format!("({code} (i32.const 0x100) (i32.const 0xd800))\n");
    assert_all(&Target::ALL, "utf16", |row| {
        let script = put("i32.store16") + &with_text(row, true, "0x100:1")?;
        Some((script, "unpaired surrogate: invalid utf-16 encoding".to_string()))
    });
    assert_all(&[host()], "latin1+utf16", |row| {
        let script = put("i32.store16") + &with_text(row, true, "0x100:0x80000001")?;
        Some((script, "unpaired surrogate: invalid utf-16 encoding".to_string()))
    });
    assert_all(&[host()], "utf8", |row| {
        let script = put("i32.store16") + &with_text(row, true, "0x101:1")?;
        Some((script, "invalid utf-8 encoding".to_string()))
    });
    assert_all(&[host()], "utf16", |row| {
        let script = with_text(row, true, "0x101:1")?;
        Some((script, "unaligned pointer: 0x101 is no multiple of 2".to_string()))
    });
}

/// Scripts in which the host has to allocate.
const ALLOCATING: [(u8, &str); 9] = [
    (2, "get-arguments"),
    (2, "get-environment"),
    (2, "get-directories"),
    (2, "get-random-bytes 9"),
    (2, "pollable = subscribe-duration 0\nio/poll.poll [pollable]"),
    (3, "get-arguments"),
    (3, "get-environment"),
    (3, "get-directories"),
    (3, "get-random-bytes 9"),
];

#[test]
fn allocators_that_lie() {
    for (version, script) in ALLOCATING {
        let with = |realloc| Options { realloc, ..Options::version(version) };
        for (realloc, message) in [
            ("(i32.const 0x3fffd)", "realloc return: "),
            ("(i32.const 0x40000)", "realloc return: beyond end of memory: "),
            ("(i32.const 0xfffffff8)", "realloc return: beyond end of memory: "),
            ("(i32.const -1)", "realloc return: "),
            ("(drop (call $enter)) (i32.const 8)", "cannot leave component instance: "),
            ("(unreachable)", "unreachable executed"),
            (
                "(call $realloc (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))",
                "call stack exhausted",
            ),
            ("(i32.load (i32.const 0xfffffff0))", "out of bounds memory access"),
        ] {
            for target in Target::ALL {
                let options = ["--env", "A=BCDEFGHIJKLMNO"];
                trap_of(script, with(realloc), target, &options, message)
                    .unwrap_or_else(|error| panic!("{error}"));
            }
        }
    }
}

/// Memory that the host was given before may be given again, or grow: what comes of it is the
/// guest's own matter.
#[test]
fn allocators_that_give_the_same_again() {
    for realloc in ["(i32.const 0x400)", "(drop (memory.grow (i32.const 1))) (i32.const 0x40000)"] {
        for (version, script) in ALLOCATING.into_iter().filter(|(_, call)| !call.contains('\n')) {
            let options = Options { realloc, ..Options::version(version) };
            for target in Target::ALL {
                let finished = outcome(script, options, target, &["--env", "A=B"]);
                let finished = finished.unwrap_or_else(|error| panic!("{error}"));
                assert_eq!((finished.status, finished.stderr().as_str()), (0, ""), "{script}");
            }
        }
    }
}

#[test]
fn lists_of_pollables() {
    let version = Options::version(2);
    assert_traps("io/poll.poll 0:0", version, "empty poll list");
    let made = "it = subscribe-duration 0\n";
    let too_many = "a program can wait for 512 pollables at a time";
    for list in ["0:1000000", "0:0xffffffff", "0:513"] {
        assert_traps(&format!("{made}io/poll.poll {list}"), version, too_many);
    }
    let outside = "list pointer/length out of bounds of memory: ";
    assert_traps("io/poll.poll 0x40000:1", version, outside);
    assert_traps("io/poll.poll 0xfffffffc:2", version, outside);
    assert_traps("io/poll.poll 0x100:512", version, "unknown handle index 0");
    assert_traps("io/poll.poll 0x101:1", version, "unaligned pointer: 0x101");
}

/// Returns a script that does something again and again, which nothing may come of; names in
/// it are of functions with one handle as result.
fn repeated(times: u32, lines: &str) -> String {
    format!(
        "(local.set $n (i32.const {times}))\n(loop $again\n{lines}\n(local.set $n (i32.sub (local.get $n) (i32.const 1)))\n(br_if $again (local.get $n)))"
    )
}

/// An allocator that does not use up memory.
const GOES_ROUND: &str = "
    (global.set $next (i32.add (global.get $next) (i32.const 0x100)))
    (i32.or (i32.const 0x30000) (i32.and (global.get $next) (i32.const 0xff00)))";

#[test]
fn what_is_dropped_leaves_nothing_behind() {
    for (version, times, lines) in [
        (2, 300_000, "s = get-stdout\np = output-stream.subscribe s\nclose p\nclose s"),
        // A stream that its pollable outlives.
        (2, 300_000, "s = get-stdin\np = input-stream.subscribe s\nclose s\nclose p"),
        (2, 300_000, "p = subscribe-duration 0\npollable.block p\nclose p"),
        (2, 20_000, "r = get-directories\nclose r"),
        (
            2,
            3000,
            "r = get-directories\nf = descriptor.open-at r 0 'file' 0 1\nclose r\n\
             s = descriptor.read-via-stream f 0\nclose f\ninput-stream.blocking-read s 10\n\
             bytes @+4 'content'\nclose s",
        ),
        (
            2,
            3000,
            "r = get-directories\ne = descriptor.read-directory r\nclose r\n\
             directory-entry-stream.read-directory-entry e\nbyte @+4 1\nclose e",
        ),
        (3, 300_000, "s = new stream<u8>\nclose s\nclose s.end"),
        (3, 100_000, "s, d = stdin.read-via-stream\nclose s\nclose d"),
        (3, 100_000, "s, d = stdin.read-via-stream\nclose d\nclose s"),
        (
            3,
            100_000,
            "s = new stream<u8>\nd = stdout.write-via-stream s\nclose s.end\nread d\nclose d",
        ),
        (3, 100_000, "s = new stream<u8>\nd = stdout.write-via-stream s\nclose d\nclose s.end"),
        (
            3,
            3000,
            "r = get-directories\nf = descriptor.open-at r 0 'file' 0 1\nclose r\n\
             s, d = descriptor.read-via-stream f 0\nclose f\nread s 7\nclose s\nread d\nclose d",
        ),
        (
            3,
            3000,
            "r = get-directories\ne, d = descriptor.read-directory r\nclose r\nread e 1\nclose e\nclose d",
        ),
    ] {
        for target in Target::ALL {
            let times = if target == host() { times } else { times / 20 };
            let script = repeated(times, lines);
            let options = Options { realloc: GOES_ROUND, ..Options::version(version) };
            let finished = outcome(&script, options, target, &["--max-open-files", "16"]);
            let finished = finished.unwrap_or_else(|error| panic!("{error}"));
            let said = finished.stderr();
            assert_eq!(finished.status, 0, "{}: {lines}: {said}", target.short_name());
        }
    }
}

#[test]
fn tables_that_are_full() {
    let host_is_full = "too many streams, pollables and errors of the host";
    let instance_is_full = "too many handles: an instance can have 262143";
    for (version, lines, message) in [
        (2, "s = get-stdout", host_is_full),
        (2, "s = subscribe-duration 1", host_is_full),
        (2, "s = instance-network", instance_is_full),
        (3, "s = new stream<u8>", instance_is_full),
        (3, "s, d = stdin.read-via-stream", "too many streams"),
    ] {
        assert_traps(&repeated(1_000_000, lines), Options::version(version), message);
    }
    // Files are another matter: that there are no more is an error of the call.
    assert_plays(
        &("root = get-directories\n".to_string()
            + &"descriptor.open-at root 0 'file' 0 1\n".repeat(8)
            + "descriptor.open-at root 0 'file' 0 1 -> refused"),
        2,
        |folder| {
            fs::create_dir_all(folder.join("box")).expect("a folder");
            fs::write(folder.join("box/file"), "content").expect("a file");
        },
        &["--dir", "box", "--max-open-files", "12"],
    );
}

#[test]
fn functions_that_are_denied() {
    let rows: Vec<&InterfaceFunction> = INTERFACE_FUNCTIONS.iter().collect();
    let results = quench_tests::parallel(&rows, |row| {
        let script = call(row, |_| None);
        let message = format!("the program may not call {}", row.name);
        let options = Options::version(row.version);
        trap_of(&script, options, host(), &["--deny", row.name], &message)
    });
    let failures: Vec<String> =
        results.expect("threads").into_iter().filter_map(Result::err).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Makes a directory with links that lead out of it, a read-only one, and a secret beside
/// them.
fn prepare(folder: &Path) {
    for place in ["box", "fixed"] {
        let place = folder.join(place);
        fs::create_dir_all(place.join("sub")).expect("a folder");
        fs::write(place.join("file"), "content").expect("a file");
        for (target, link) in [
            ("../secret", "out"),
            ("..", "parent"),
            ("out", "to-out"),
            ("/etc/passwd", "absolute"),
            ("loop", "loop"),
        ] {
            symlink(target, place.join(link)).expect("a link");
        }
    }
    fs::write(folder.join("secret"), "secret").expect("a file");
}

#[test]
fn paths_that_lead_out() {
    for version in [2, 3] {
        let mut script = String::from("root = get-directories\n");
        for path in ["..", "../secret", "sub/../../secret", "/etc/passwd", "parent/secret", "/"] {
            script += &format!(
                "descriptor.open-at root 1 '{path}' 0 1 -> not-permitted
                 descriptor.open-at root 0 '{path}' 1 3 -> not-permitted
                 descriptor.stat-at root 1 '{path}' -> not-permitted
                 descriptor.metadata-hash-at root 1 '{path}' -> not-permitted
                 descriptor.set-times-at root 1 '{path}' 1 1 -> not-permitted
                 descriptor.readlink-at root '{path}' -> not-permitted
                 descriptor.unlink-file-at root '{path}' -> refused
                 descriptor.remove-directory-at root '{path}' -> refused
                 descriptor.create-directory-at root '{path}' -> refused
                 descriptor.symlink-at root 'file' '{path}' -> refused
                 descriptor.link-at root 0 'file' root '{path}' -> refused
                 descriptor.link-at root 0 '{path}' root 'new' -> refused
                 descriptor.rename-at root 'file' root '{path}' -> refused
                 descriptor.rename-at root '{path}' root 'new' -> refused\n",
            );
        }
        // A status has no room for more lines.
        let lines: Vec<&str> = script.lines().collect();
        for lines in lines[1..].chunks(100) {
            let script = format!("{}\n{}", script.lines().next().unwrap_or(""), lines.join("\n"));
            assert_plays(&script, version, prepare, &["--dir", "box"]);
        }
        assert_plays(
            "root = get-directories
             descriptor.open-at root 1 'out' 0 1 -> not-permitted
             descriptor.open-at root 1 'to-out' 0 1 -> not-permitted
             descriptor.open-at root 1 'absolute' 0 1 -> not-permitted
             descriptor.open-at root 0 'out' 0 1 -> loop
             descriptor.open-at root 1 'loop' 0 1 -> loop
             descriptor.open-at root 1 'out' 9 2 -> not-permitted
             descriptor.stat-at root 1 'to-out' -> not-permitted
             descriptor.stat-at root 0 'to-out'
             descriptor.open-at root 1 '' 0 1 -> no-entry
             sub = descriptor.open-at root 0 'sub' 2 33
             descriptor.open-at sub 1 '..' 2 1 -> not-permitted
             descriptor.open-at sub 1 '../file' 0 1 -> not-permitted
             descriptor.rename-at sub '../file' root 'x' -> not-permitted
             descriptor.symlink-at sub '/etc/passwd' 'x' -> not-permitted
             file = descriptor.open-at root 0 'file' 0 1
             descriptor.open-at file 1 'x' 0 1 -> not-directory
             descriptor.set-size file 0 -> refused
             descriptor.write file 'text' 0 -> refused"
                .lines()
                .filter(|line| version == 2 || !line.contains("descriptor.write "))
                .collect::<Vec<_>>()
                .join("\n")
                .as_str(),
            version,
            prepare,
            &["--dir", "box"],
        );
        assert_plays(
            "root = get-directories
             descriptor.open-at root 0 'file' 0 2 -> refused
             descriptor.open-at root 0 'new' 1 2 -> refused
             descriptor.open-at root 0 'file' 8 1 -> refused
             descriptor.unlink-file-at root 'file' -> refused
             descriptor.rename-at root 'file' root 'new' -> refused
             descriptor.create-directory-at root 'new' -> refused
             descriptor.remove-directory-at root 'sub' -> refused
             descriptor.link-at root 0 'file' root 'new' -> refused
             descriptor.symlink-at root 'file' 'new' -> refused
             descriptor.set-times-at root 0 'file' 1 1 -> refused
             descriptor.set-times root 1 1 -> refused
             file = descriptor.open-at root 0 'file' 0 1
             descriptor.set-times file 1 1 -> refused
             descriptor.set-size file 1 -> refused",
            version,
            prepare,
            &["--dir", "fixed:ro"],
        );
    }
}
