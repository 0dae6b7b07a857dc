//! Tests the executable as a file: what it tells the kernel to protect.

use crate::guest::build;
use object::elf::{
    DF_1_NOW, DF_1_PIE, DF_BIND_NOW, DT_FLAGS, DT_FLAGS_1, DT_NEEDED, DT_NULL, DT_TEXTREL, ET_DYN,
    FileHeader64, PF_W, PF_X, PT_DYNAMIC, PT_GNU_RELRO, PT_GNU_STACK, PT_INTERP, PT_LOAD,
    ProgramHeader64,
};
use object::read::elf::{Dyn, FileHeader, ProgramHeader};
use object::{
    Architecture, BinaryFormat, Endianness, SectionKind, SymbolFlags, SymbolKind, SymbolScope,
    write,
};
use object::{LittleEndian, Object, ObjectSegment, ObjectSymbol, elf};
use quench::link::runtime_object::{self, World};
use quench::link::{Input, Symbols, link};
use quench_compiler::{
    Cpu, Emit, ImportSource, ModuleInput, Options, Program, ProgramPlan, Target,
};
use quench_tests::{Limits, command, run};
use std::os::unix::fs::PermissionsExt;

const HELLO: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "_start")
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0)))))"#;

type Header = FileHeader64<LittleEndian>;
type Segment = ProgramHeader64<LittleEndian>;
const LITTLE: LittleEndian = LittleEndian;

fn check(target: Target) {
    check_with(target, &[]);
    check_with(target, &["--embed", "hello.wat"]);
}

fn check_with(target: Target, options: &[&str]) {
    let scratch = quench_tests::scratch("hardening").expect("a scratch folder");
    let file = build(scratch.path(), "hello", HELLO, target, options);
    let bytes = std::fs::read(file).expect("it is there");
    let header = Header::parse(&*bytes).expect("an ELF file");
    let segments = header.program_headers(LITTLE, &*bytes).expect("segments");
    let of_kind = |kind| move |segment: &&Segment| segment.p_type(LITTLE) == kind;
    let find = |kind| segments.iter().find(of_kind(kind));

    assert_eq!(header.e_type(LITTLE), ET_DYN, "it can be loaded anywhere");
    assert!(find(PT_INTERP).is_none(), "nothing else is loaded with it");
    for segment in segments.iter().filter(of_kind(PT_LOAD)) {
        let both = PF_W | PF_X;
        let flags = segment.p_flags(LITTLE);
        assert_ne!(flags & both, both, "a segment writable and executable");
    }
    check_order(segments);
    let stack = find(PT_GNU_STACK).expect("it says how the stack is to be");
    assert_eq!(stack.p_flags(LITTLE) & PF_X, 0, "the stack is not executable");
    check_dynamic(find(PT_DYNAMIC).expect("it is relocatable"), &bytes);
    check_relro(segments);
}

/// Fails unless all addresses are known at start, none of them in code, and
/// none of another file.
fn check_dynamic(segment: &Segment, bytes: &[u8]) {
    let entries: &[elf::Dyn64<LittleEndian>] =
        segment.dynamic(LITTLE, bytes).expect("it is whole").expect("it is dynamic");
    let entries = entries.iter().take_while(|entry| entry.tag(LITTLE) != DT_NULL);
    let entries: Vec<(i64, u64)> =
        entries.map(|entry| (entry.tag(LITTLE), entry.val(LITTLE))).collect();
    let value = |tag| entries.iter().find(|entry| entry.0 == tag).map(|entry| entry.1);
    assert_eq!(value(DT_TEXTREL), None, "code is never written to");
    assert_eq!(value(DT_NEEDED), None, "it needs no library");
    let now = value(DT_FLAGS).unwrap_or(0) & u64::from(DF_BIND_NOW)
        | value(DT_FLAGS_1).unwrap_or(0) & u64::from(DF_1_NOW);
    assert_ne!(now, 0, "relocated as a whole at start");
    assert_ne!(value(DT_FLAGS_1).unwrap_or(0) & u64::from(DF_1_PIE), 0);
}

/// Fails unless what is relocated, at least the dynamic section, is read-only
/// afterwards.
fn check_relro(segments: &[Segment]) {
    let range = |kind| {
        let segment = segments.iter().find(|segment| segment.p_type(LITTLE) == kind);
        let segment = segment.expect("it has such a segment");
        let start = segment.p_vaddr(LITTLE);
        start..start + segment.p_memsz(LITTLE)
    };
    let (relro, dynamic) = (range(PT_GNU_RELRO), range(PT_DYNAMIC));
    assert!(relro.start <= dynamic.start && dynamic.end <= relro.end);
}

/// Fails unless segments that are loaded are in the order of their addresses and do not
/// overlap, and each lies in the file where it does in memory, within a page.
fn check_order(segments: &[Segment]) {
    let loaded = segments.iter().filter(|segment| segment.p_type(LITTLE) == PT_LOAD);
    let mut end = 0;
    for segment in loaded {
        let start = segment.p_vaddr(LITTLE);
        assert!(start >= end, "{start:#x} after {end:#x}");
        let page = segment.p_align(LITTLE);
        assert_eq!(start % page, segment.p_offset(LITTLE) % page);
        end = start + segment.p_memsz(LITTLE);
    }
}

#[test]
fn x86_64() {
    check(Target::X86_64);
}

#[test]
fn aarch64() {
    check(Target::Aarch64);
}

/// A guest with a chain of frames, partly replaced by tail calls, that an
/// exception leaves.
const FRAMES: &str = r#"(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (tag $tag (param i32))
  (type $f (func (param i32) (result i32)))
  (table 2 funcref)
  (elem (i32.const 0) $throws $deep)
  (func $throws (type $f) (throw $tag (i32.add (local.get 0) (i32.const 2))))
  (func $deep (type $f)
    (if (i32.eqz (local.get 0))
      (then (return_call_indirect (type $f) (i32.const 40) (i32.const 0))))
    (return_call $between (i32.sub (local.get 0) (i32.const 1))))
  (func $between (type $f)
    (i32.add (call_indirect (type $f) (local.get 0) (i32.const 1)) (i32.const 100)))
  (func (export "_start")
    (block $caught (result i32)
      (try_table (catch $tag $caught) (drop (call $deep (i32.const 5))))
      (i32.const 1))
    (call $exit)))"#;

#[test]
fn frames_are_left_where_branches_are_guarded() {
    for cpu in ["bti", "bti,pauth"] {
        let scratch = quench_tests::scratch("guarded").expect("a scratch folder");
        let target = Target::Aarch64;
        let file = build(scratch.path(), "frames", FRAMES, target, &["--cpu", cpu]);
        let bytes = std::fs::read(&file).expect("it is there");
        assert_eq!(first_instruction(&bytes, "throws"), BTI_JC, "{cpu}");
        let finished = run(&mut command(&file, target), &Limits::default());
        assert_eq!(finished.expect("it ends").status, 42, "{cpu}");
    }
}

/// Attacks by a function of the host that branches into the middle of the
/// function that called it, behind the call.
#[test]
fn branches_into_functions_are_stopped_where_they_are_guarded() {
    for (cpu, status) in [("armv8-a", 0), ("bti", 134), ("bti,pauth", 134)] {
        let scratch = quench_tests::scratch("branch").expect("a scratch folder");
        let file = scratch.path().join("program");
        std::fs::write(&file, branching(cpu)).expect("it is written");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).expect("ours");
        let finished = run(&mut command(&file, Target::Aarch64), &Limits::default());
        let finished = finished.expect("it ends");
        assert_eq!(finished.status, status, "{cpu}");
        let is_stopped = finished.stderr().contains("unexpected SIGILL");
        assert_eq!(is_stopped, status != 0, "{cpu}: {}", finished.stderr());
    }
}

fn branching(cpu: &str) -> Vec<u8> {
    let target = Target::Aarch64;
    let guest = r#"(module (import "host" "branch" (func $branch))
        (func (export "_start") (call $branch)))"#;
    let mut program = Program::new(Options {
        cpu: Cpu::parse(target, cpu).expect("a processor"),
        ..Options::new(target)
    })
    .expect("options");
    let module = program.add_module(&ModuleInput {
        name: "main",
        wasm: &wat::parse_str(guest).expect("a module"),
        source: &|_, _| ImportSource::Host,
        entry_points: &[],
        export_use: None,
        near_memory: true,
        emit: Emit::Object,
    });
    let record = program.finish(&ProgramPlan {
        preparation_count: 0,
        dump_core: false,
        profile: None,
        entries: vec![("main".to_string(), "_start".to_string())],
        invocation: None,
        memory: None,
        stack_size: 1 << 20,
        host_start: None,
        policy: Vec::new(),
        data: Vec::new(),
    });
    let inputs = vec![
        Input::new("main.o", module.expect("it compiles").bytes),
        Input::new("program.o", record.expect("a program")),
        Input::new("runtime.o", runtime_object::embedded(target, World::Modules)),
        Input::new("branch.o", branch()),
    ];
    link(target, inputs, Symbols::None).expect("it links")
}

/// Code of `host.branch`, which does what a return does, but by a branch.
fn branch() -> Vec<u8> {
    const BR_X30: u32 = 0xd61f_03c0;
    let mut object =
        write::Object::new(BinaryFormat::Elf, Architecture::Aarch64, Endianness::Little);
    let section = object.add_section(Vec::new(), b".text.branch".to_vec(), SectionKind::Text);
    object.append_section_data(section, &BR_X30.to_le_bytes(), 4);
    object.add_symbol(write::Symbol {
        name: b"host.branch".to_vec(),
        value: 0,
        size: 4,
        kind: SymbolKind::Text,
        scope: SymbolScope::Linkage,
        weak: false,
        section: write::SymbolSection::Section(section),
        flags: SymbolFlags::None,
    });
    object.write().expect("a small object")
}

/// The instruction `bti jc`, at which calls and branches may arrive.
const BTI_JC: u32 = 0xd503_24df;

/// The instructions `paciaz` and `paciasp`: a function with a frame begins with
/// one of them.
const SIGNS: [u32; 2] = [0xd503_231f, 0xd503_233f];

#[test]
fn return_addresses_are_signed_where_asked_for() {
    for (cpu, signed) in [("armv8-a", false), ("pauth", true)] {
        let scratch = quench_tests::scratch("signed").expect("a scratch folder");
        let options = ["--cpu", cpu];
        let target = Target::Aarch64;
        let file = build(scratch.path(), "frames", FRAMES, target, &options);
        let bytes = std::fs::read(&file).expect("it is there");
        for function in ["throws", "between"] {
            let first = first_instruction(&bytes, function);
            assert_eq!(SIGNS.contains(&first), signed, "{cpu} {function}");
        }
        // The emulator has all features unless told otherwise.
        let finished = run(&mut command(&file, target), &Limits::default());
        assert_eq!(finished.expect("it ends").status, 42, "{cpu}");
    }
}

fn first_instruction(bytes: &[u8], function: &str) -> u32 {
    let file = object::File::parse(bytes).expect("an ELF file");
    let mut symbols = file.symbols();
    let symbol = symbols.find(|symbol| symbol.name() == Ok(function));
    let address = symbol.expect("its name is kept").address();
    let code = file.segments().find_map(|segment| segment.data_range(address, 4).ok().flatten());
    let code = code.and_then(|code| code.first_chunk());
    u32::from_le_bytes(*code.expect("it is in the file"))
}
