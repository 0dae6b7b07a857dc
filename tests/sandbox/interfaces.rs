//! Calls every function of WASI 0.2 and 0.3, each in a program of its own that imports as
//! few others as it can, so that the filter of system calls is the narrowest with which the
//! function must work. A function whose row lacks a system call ends with SIGSYS here.

use crate::command::component;
use crate::guest::{host, try_build};
use crate::world::{ENCODINGS, Options, short_name};
use quench_compiler::Target;
use quench_policy::INTERFACE_FUNCTIONS;
use quench_tests::{Finished, Limits, command, run};
use std::collections::BTreeSet;
use std::fs;

/// The scripts: under the version and the name of a function, one that calls it. Each may end
/// with `=> STATUS` and `=> 'OUTPUT'`.
const SCRIPTS: &str = include_str!("interfaces.txt");

/// A script of [`SCRIPTS`].
struct Case<'a> {
    version: u8,
    name: &'a str,
    script: String,
    status: i32,
    output: String,
}

fn cases() -> Vec<Case<'static>> {
    let mut cases: Vec<Case<'_>> = Vec::new();
    for line in SCRIPTS.lines() {
        let header = line.strip_prefix("## 0.").and_then(|header| header.split_once(' '));
        match (header, cases.last_mut()) {
            (Some((version, name)), _) => cases.push(Case {
                version: version.parse().expect("a version"),
                name,
                script: String::new(),
                status: 0,
                output: String::new(),
            }),
            (None, Some(case)) => match line.strip_prefix("=> ") {
                Some(text) if text.starts_with('\'') => {
                    case.output = text.trim_matches('\'').to_string();
                }
                Some(status) => case.status = status.parse().expect("a status"),
                None => case.script += &format!("{line}\n"),
            },
            // What stands before the first of them.
            (None, None) => {}
        }
    }
    cases
}

/// Fails unless a case does what it says, with a way to lower functions and an encoding.
fn check(case: &Case<'_>, number: usize, target: Target, is_async: bool) -> Result<(), String> {
    let given = ["--dir", "box::/box"];
    let finished = outcome(case, number, target, is_async, &given)?;
    let line = usize::try_from(finished.status).unwrap_or(0).wrapping_sub(1);
    let line = case.script.trim().lines().nth(line).unwrap_or_default();
    if (finished.status, finished.stdout()) != (case.status, case.output.clone()) {
        return Err(format!(
            "0.{} {} on {} ({}, async: {is_async}): status {}, perhaps of `{line}`; {}{}",
            case.version,
            case.name,
            target.short_name(),
            ENCODINGS[number % ENCODINGS.len()],
            finished.status,
            finished.stdout(),
            finished.stderr(),
        ));
    }
    if !case.script.contains("get-directories") {
        return Ok(());
    }
    // Files in the program are what they are in a directory for reading only, which not all
    // lines may hold for; and no system call is lacking.
    let beside = outcome(case, number, target, is_async, &["--dir", "box::/box:ro"])?;
    let inside = outcome(case, number, target, is_async, &["--embed", "box::/box"])?;
    let said = |finished: &Finished| (finished.status, finished.stdout(), finished.stderr());
    if said(&beside) == said(&inside) {
        return Ok(());
    }
    Err(format!(
        "0.{} {} on {}: {:?} with --embed, {:?} with :ro",
        case.version,
        case.name,
        target.short_name(),
        said(&inside),
        said(&beside)
    ))
}

/// Runs a case in a program with this directory, if it asks for directories.
fn outcome(
    case: &Case<'_>,
    number: usize,
    target: Target,
    is_async: bool,
    given: &[&str],
) -> Result<Finished, String> {
    let options = Options {
        encoding: ENCODINGS[number % ENCODINGS.len()],
        is_async,
        ..Options::version(case.version)
    };
    let scratch = quench_tests::scratch("interface").expect("a scratch folder");
    let folder = scratch.path();
    fs::create_dir_all(folder.join("box/folder")).expect("a folder");
    fs::write(folder.join("box/file"), "content").expect("a file");
    std::os::unix::fs::symlink("file", folder.join("box/link")).expect("a link");
    // Emulators have no second wall.
    let lockdown: &[&str] = if target == host() { &["--require-lockdown"] } else { &[] };
    let build_options = if case.script.contains("get-directories") {
        [given, lockdown].concat()
    } else if case.name.contains("environment") {
        [&["--env", "A=é"], lockdown].concat()
    } else {
        lockdown.to_vec()
    };
    let component = component(&case.script, options);
    let program = try_build(folder, "guest", &component, target, &build_options)
        .map_err(|said| format!("0.{} {}: {said}\n{component}", case.version, case.name))?;
    let limits = Limits { input: b"input text", ..Limits::default() };
    let mut command = command(&program, target);
    run(command.arg("one").current_dir(folder), &limits).map_err(|error| error.to_string())
}

fn check_all(target: Target) {
    let cases = cases();
    let ways: Vec<(usize, bool)> = (0..cases.len())
        .flat_map(|place| {
            let ways: &[bool] = if cases[place].version == 3 { &[false, true] } else { &[false] };
            ways.iter().map(move |is_async| (place, *is_async))
        })
        .collect();
    let results = quench_tests::parallel(&ways, |&(place, is_async)| {
        check(&cases[place], place, target, is_async)
    });
    let results = results.expect("threads");
    let failures: Vec<String> = results.into_iter().filter_map(Result::err).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_function_of_interfaces_works_under_the_narrowest_filter() {
    check_all(host());
}

#[test]
fn every_function_of_interfaces_works_on_the_other_machine() {
    for target in Target::ALL {
        if target != host() {
            check_all(target);
        }
    }
}

#[test]
fn every_function_of_interfaces_is_called() {
    let cases = cases();
    let called: Vec<(u8, String)> =
        cases.iter().map(|case| (case.version, case.name.to_string())).collect();
    let rows: Vec<(u8, String)> =
        INTERFACE_FUNCTIONS.iter().map(|row| (row.version, short_name(row))).collect();
    let missing: Vec<_> = rows.iter().filter(|row| !called.contains(row)).collect();
    assert!(missing.is_empty(), "without a script: {missing:?}");
    let unknown: Vec<_> = called.iter().filter(|name| !rows.contains(name)).collect();
    assert!(unknown.is_empty(), "no function has this name: {unknown:?}");
    let once: BTreeSet<&(u8, String)> = called.iter().collect();
    assert!(once.len() <= called.len());
    for case in &cases {
        let words: Vec<&str> = case.script.split_whitespace().collect();
        let is_called = words.iter().any(|word| {
            case.name == *word
                || case.name.ends_with(&format!("/{word}"))
                || case.name.ends_with(&format!(".{word}"))
        });
        assert!(is_called, "{} is not called in its script", case.name);
    }
}
