//! Tests core dumps: what a tool that reads them finds there, under each kind
//! of confinement. Whoever asks for a core dump must be able to write it; the
//! program's own directories have nothing to do with it.

use crate::guest::{build, host};
use quench_compiler::Target;
use quench_tests::{Finished, Limits, command, run};
use std::path::Path;
use wasmparser::{
    ConstExpr, CoreDumpInstancesSection, CoreDumpModulesSection, CoreDumpSection,
    CoreDumpStackSection, DataKind, KnownCustom, Operator, Parser, Payload, Validator,
};

/// A guest that grows its memory, writes to it and to a global, and traps in a
/// function that is called by another.
const TRAPS: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 16) "before")
    (global $constant i64 (i64.const -5))
    (global $count (mut i32) (i32.const 1))
    (global $ratio (mut f64) (f64.const 0.5))
    (func $fail (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
    (func $caller (param i32) (result i32) (i32.add (call $fail (local.get 0)) (i32.const 1)))
    (func (export "_start")
        (drop (memory.grow (i32.const 4)))
        (i32.store (i32.const 300000) (i32.const 0x04030201))
        (global.set $count (i32.const 77))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0)))
        (drop (call $caller (i32.const 0)))))"#;

/// A guest with objects that a global, a table and a register or the stack refer to, and
/// one that nothing does.
const HEAP: &str = r#"(module
    (type $Ship (struct (field $crew (mut i32))))
    (type $Pier (struct (field $ship (ref null $Ship)) (field $depth i64)))
    (type $Piers (array (mut (ref null $Pier))))
    (memory (export "memory") 1)
    (global $count (mut i32) (i32.const 1))
    (global $kept (mut anyref) (ref.null none))
    (table $table 2 anyref)
    (func $fail (param $ship (ref null $Ship)) (result i32)
        (i32.add
            (i32.div_u (i32.const 1) (struct.get $Ship $crew (local.get $ship)))
            (struct.get $Ship $crew (local.get $ship))))
    (func (export "_start")
        (global.set $kept
            (struct.new $Pier (struct.new $Ship (i32.const 0x77)) (i64.const 0x99)))
        (table.set $table (i32.const 1) (array.new_default $Piers (i32.const 3)))
        (drop (array.new_default $Piers (i32.const 10000)))
        (drop (call $fail (struct.new $Ship (i32.const 0))))))"#;

fn dump(folder: &Path, target: Target, options: &[&str], file: &Path) -> Finished {
    dump_of(TRAPS, folder, target, options, file)
}

fn dump_of(guest: &str, folder: &Path, target: Target, options: &[&str], file: &Path) -> Finished {
    let executable = build(folder, "traps", guest, target, options);
    let mut program = command(&executable, target);
    program.current_dir(folder).env("QUENCH_COREDUMP", file);
    run(&mut program, &Limits::default()).expect("it ends")
}

#[derive(Default)]
struct Found {
    pages: Vec<u64>,
    globals: Vec<String>,
    instance_globals: Vec<u32>,
    segments: Vec<(i32, Vec<u8>)>,
    functions: Vec<(u32, u32)>,
    sections: Vec<&'static str>,
    heap: String,
}

fn read(bytes: &[u8]) -> Found {
    Validator::new().validate_all(bytes).expect("a module");
    let mut found = Found::default();
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.expect("a section") {
            Payload::MemorySection(memories) => {
                let sizes = memories.into_iter();
                found.pages = sizes.map(|memory| memory.expect("one").initial).collect();
            }
            Payload::GlobalSection(globals) => {
                let values = globals.into_iter();
                let values = values.map(|global| value(&global.expect("one").init_expr));
                found.globals = values.collect();
            }
            Payload::DataSection(segments) => {
                for segment in segments {
                    let segment = segment.expect("one");
                    // wasmgdb knows no other kind.
                    assert_eq!(bytes[segment.range.start as usize], 0, "without a memory's index");
                    let DataKind::Active { offset_expr, .. } = segment.kind else {
                        panic!("a passive segment");
                    };
                    let Ok(Operator::I32Const { value }) =
                        offset_expr.get_operators_reader().read()
                    else {
                        panic!("another offset");
                    };
                    found.segments.push((value, segment.data.to_vec()));
                }
            }
            Payload::CustomSection(section) => match section.as_known() {
                KnownCustom::CoreDump(CoreDumpSection { name }) => {
                    assert!(name.ends_with("traps"), "{name}");
                    found.sections.push("core");
                }
                KnownCustom::CoreDumpModules(CoreDumpModulesSection { modules }) => {
                    assert_eq!(modules.len(), 1);
                    found.sections.push("modules");
                }
                KnownCustom::CoreDumpInstances(CoreDumpInstancesSection { instances }) => {
                    assert_eq!(instances.len(), 1);
                    assert_eq!(instances[0].memories, [0]);
                    found.instance_globals = instances[0].globals.clone();
                    found.sections.push("instances");
                }
                KnownCustom::CoreDumpStack(CoreDumpStackSection { frames, .. }) => {
                    let functions = frames.iter();
                    let functions = functions.map(|frame| (frame.instanceidx, frame.funcidx));
                    found.functions = functions.collect();
                    found.sections.push("stack");
                }
                _ => {
                    assert_eq!(section.name(), "quench.heap");
                    found.heap = String::from_utf8(section.data().to_vec()).expect("text");
                }
            },
            _ => {}
        }
    }
    found
}

fn value(expression: &ConstExpr<'_>) -> String {
    match expression.get_operators_reader().read().expect("a value") {
        Operator::I32Const { value } => value.to_string(),
        Operator::I64Const { value } => value.to_string(),
        Operator::F64Const { value } => f64::from_bits(value.bits()).to_string(),
        other => format!("{other:?}"),
    }
}

fn check(target: Target, options: &[&str]) {
    let scratch = quench_tests::scratch("dump").expect("a scratch folder");
    let file = scratch.path().join("core");
    let finished = dump(scratch.path(), target, options, &file);
    assert_eq!(finished.status, 134, "{}", finished.stderr());
    assert!(finished.stderr().contains("integer divide by zero"));

    let found = read(&std::fs::read(file).expect("it was written"));
    assert_eq!(found.sections, ["core", "modules", "instances", "stack"]);
    assert_eq!(found.instance_globals, [0, 1, 2]);
    assert_eq!(found.heap, "");
    assert_eq!(found.pages, [5]);
    assert_eq!(found.globals, ["-5", "77", "0.5"]);
    // Those that were inlined too.
    assert_eq!(found.functions, [(0, 1), (0, 2), (0, 3)]);
    let byte = |address: usize| {
        let segments = found.segments.iter();
        let mut found = segments
            .filter_map(|(start, bytes)| bytes.get(address.checked_sub(*start as usize)?).copied());
        found.next()
    };
    assert_eq!([16, 21, 300_000, 300_003].map(byte), [b'b', b'e', 1, 4].map(Some));
    // What is zero is left out.
    assert_eq!(byte(100_000), None);
}

#[test]
fn strictly_confined() {
    for target in Target::ALL {
        check(target, &["--core-dump"]);
    }
}

#[test]
fn confined_by_a_filter() {
    for target in Target::ALL {
        check(target, &["--core-dump", "--dir", ".", "--max-stack", "64K"]);
    }
}

#[test]
fn not_confined_and_not_inlined() {
    for target in Target::ALL {
        check(target, &["--core-dump", "--no-lockdown", "--disable-pass", "inline"]);
    }
}

#[test]
fn a_heap() {
    for target in Target::ALL {
        let scratch = quench_tests::scratch("dump").expect("a scratch folder");
        let file = scratch.path().join("core");
        // Inlined, `$fail` would need no object.
        let options = ["--core-dump", "--disable-pass", "inline"];
        let finished = dump_of(HEAP, scratch.path(), target, &options, &file);
        assert_eq!(finished.status, 134, "{}", finished.stderr());
        let heap = read(&std::fs::read(file).expect("it was written")).heap;
        let lines: Vec<&str> = heap.lines().collect();
        let end = |start: &str, number: usize| {
            let found = lines.iter().filter_map(|line| line.strip_prefix(start)).nth(number);
            found.unwrap_or_else(|| panic!("no `{start}` in:\n{heap}"))
        };
        assert_eq!(end("heap ", 0), "5 objects, 40064 bytes");
        assert_eq!(end("type `Piers` ", 0), "2 objects, 40032 bytes");
        assert_eq!(end("type `Pier` ", 0), "1 objects, 16 bytes");
        assert_eq!(end("type `Ship` ", 0), "2 objects, 16 bytes");
        let (pier, _) = end("global 1 ", 0).split_once(" `Pier`").expect("its type");
        let (piers, _) = end("table ", 0).split_once(" `Piers`").expect("its type");
        assert!(lines.iter().any(|line| {
            (line.starts_with("stack ") || line.starts_with("register "))
                && line.ends_with("`Ship`")
        }));
        let words = end(&format!("object {pier} `Pier` 16 bytes: "), 0);
        let [_, ship, "0x99", "0x0"] = words.split(' ').collect::<Vec<_>>()[..] else {
            panic!("other fields: {words}");
        };
        assert!(end(&format!("object {ship} `Ship` 8 bytes: "), 0).ends_with(" 0x77"));
        let words = end(&format!("object {piers} `Piers` 24 bytes: "), 0);
        assert!(words.ends_with(" 0x3 0x0 0x0 0x0 0x0"), "{words}");
    }
}

#[test]
fn out_of_fuel() {
    for target in Target::ALL {
        let scratch = quench_tests::scratch("dump").expect("a scratch folder");
        let file = scratch.path().join("core");
        // Up to the call of `$caller`, which looks.
        let options = ["--core-dump", "--fuel", "15", "--disable-pass", "inline"];
        let finished = dump(scratch.path(), target, &options, &file);
        assert_eq!(finished.status, 125, "{}", finished.stderr());
        let found = read(&std::fs::read(file).expect("it was written"));
        assert_eq!(found.pages, [5]);
        assert_eq!(found.globals, ["-5", "77", "0.5"]);
        assert_eq!(found.functions, [(0, 2), (0, 3)]);
    }
}

#[test]
fn no_place_for_it() {
    let scratch = quench_tests::scratch("dump").expect("a scratch folder");
    let file = scratch.path().join("no/such/folder");
    let finished = dump(scratch.path(), host(), &["--core-dump"], &file);
    assert_eq!(finished.status, 126);
    assert!(finished.stderr().contains("where QUENCH_COREDUMP asks for"));
}

#[test]
fn no_room_for_it() {
    for target in Target::ALL {
        let scratch = quench_tests::scratch("dump").expect("a scratch folder");
        let full = Path::new("/dev/full");
        let finished = dump(scratch.path(), target, &["--core-dump"], full);
        assert_eq!(finished.status, 134);
        let said = finished.stderr();
        let lines: Vec<&str> = said.lines().take(2).collect();
        assert!(lines[0].starts_with("trap: integer divide by zero"), "{said}");
        // The number of ENOSPC.
        assert_eq!(lines[1], "warning: the core dump is not whole: it cannot be written, error 28");
    }
}

#[test]
fn built_without() {
    let scratch = quench_tests::scratch("dump").expect("a scratch folder");
    let file = scratch.path().join("core");
    let finished = dump(scratch.path(), host(), &[], &file);
    assert_eq!(finished.status, 134, "{}", finished.stderr());
    assert!(!file.exists());
}
