//! Tests the second wall with a guest that can make any system call, as it
//! could if the first wall broke. The same guest succeeds without the second
//! wall, so these tests can fail.

use crate::guest::host;
use linux_raw_sys::general::*;
use object::write::{Object, Symbol, SymbolSection};
use object::{
    Architecture, BinaryFormat, Endianness, SectionKind, SymbolFlags, SymbolKind, SymbolScope,
};
use quench::args::values::{parse_directory, parse_functions};
use quench::link::runtime_object::{self, World};
use quench::link::{Input, Symbols, link};
use quench::policy::Policy;
use quench_compiler::{
    Emit, Import, ImportSource, ModuleInput, Options, Program, ProgramPlan, Target,
};
use quench_policy::{Functions, Lockdown, RuntimeFunctions};
use quench_tests::{Limits, run};
use std::ffi::OsStr;
use std::fs;
use std::process::Command;

/// An attack: the guest makes a system call with these arguments.
struct Attack {
    number: u32,
    arguments: [i64; 5],
    /// Functions of WASI that the program imports.
    imports: &'static [&'static str],
    /// `--dir` options, in order from descriptor 3.
    directories: &'static [&'static str],
}

/// Exit statuses of the guest: the call succeeded, failed, or ended the process
/// (SIGSYS by the filter, SIGKILL by the strict mode).
const DONE: i32 = 0;
const REFUSED: i32 = 100;
const KILLED: i32 = 128 + 31;
const KILLED_AT_ONCE: i32 = 128 + 9;

/// Addresses of texts in the guest's memory that the kernel is given.
const PASSWD: i64 = quench_abi::MEMORY_BASE as i64 + 1024;
const TRUE: i64 = PASSWD + 64;
const FILE: i64 = PASSWD + 128;

const GUEST: &str = r#"
    (memory (export "memory") 1)
    (data (i32.const 1024) "/etc/passwd\00")
    (data (i32.const 1088) "/bin/true\00")
    (data (i32.const 1152) "file\00")
"#;

#[track_caller]
fn assert_stopped(attack: &Attack, expected: i32) {
    assert_eq!(outcome(attack, Lockdown::Off), DONE, "without the wall");
    assert_eq!(outcome(attack, Lockdown::Required), expected);
    assert_eq!(outcome(attack, Lockdown::BestEffort), expected);
}

fn outcome(attack: &Attack, lockdown: Lockdown) -> i32 {
    let scratch = quench_tests::scratch("hole").expect("a scratch folder");
    fs::create_dir(scratch.path().join("box")).expect("a folder");
    fs::write(scratch.path().join("box/file"), "content").expect("a file");
    let program = scratch.path().join("program");
    fs::write(&program, executable(attack, lockdown)).expect("the executable is written");
    let mut command = Command::new("sh");
    command.args(["-c", "chmod +x program && exec ./program"]).current_dir(scratch.path());
    let finished = run(&mut command, &Limits::default()).expect("it ends");
    assert_eq!(finished.stderr(), "", "it says nothing");
    finished.status
}

fn executable(attack: &Attack, lockdown: Lockdown) -> Vec<u8> {
    let target = host();
    let functions = attack.imports.iter().chain(&["proc_exit"]);
    let functions = functions
        .map(|name| parse_functions(name).expect("a function").functions)
        .fold(Functions::NONE, Functions::with);
    let directories = attack.directories.iter();
    let policy = Policy {
        directories: directories
            .map(|text| parse_directory(OsStr::new(text)).expect("a directory"))
            .collect(),
        lockdown,
        ..Policy::default()
    };
    let mut program = Program::new(Options::new(target)).expect("options");
    let module = program.add_module(&ModuleInput {
        name: "main",
        wasm: &wat::parse_str(guest(attack)).expect("a module"),
        source: &|_, _: &Import| ImportSource::Host,
        entry_points: &[],
        export_use: None,
        near_memory: true,
        emit: Emit::Object,
    });
    let record = program.finish(&ProgramPlan {
        preparation_count: 0,
        entries: vec![("main".to_string(), "_start".to_string())],
        invocation: None,
        memory: Some(("main".to_string(), "memory".to_string())),
        stack_size: 1 << 20,
        host_start: Some(policy.start_symbol(functions, false).to_string()),
        policy: policy.encode(functions, RuntimeFunctions::NONE).expect("a small policy"),
        data: Vec::new(),
        dump_core: false,
        profile: None,
    });
    let inputs = vec![
        Input::new("main.o", module.expect("it compiles").bytes),
        Input::new("program.o", record.expect("a program")),
        Input::new("runtime.o", runtime_object::embedded(target, World::Modules)),
        Input::new("hole.o", hole(target)),
    ];
    link(target, inputs, Symbols::None).expect("it links")
}

fn guest(attack: &Attack) -> String {
    let numbers = [i64::from(attack.number)].into_iter().chain(attack.arguments);
    let constants: Vec<String> = numbers.map(|number| format!("(i64.const {number})")).collect();
    format!(
        r#"(module
            (import "hole" "call" (func $call (param i64 i64 i64 i64 i64 i64) (result i64)))
            (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            {GUEST}
            (func (export "_start")
                (call $exit (select (i32.const {REFUSED}) (i32.const {DONE})
                    (i64.lt_s (call $call {}) (i64.const 0))))))"#,
        constants.join(" ")
    )
}

/// Returns an object with the function `hole.call(number, arguments...)`, in
/// C's convention.
pub(crate) fn hole(target: Target) -> Vec<u8> {
    let (architecture, code): (_, &[u8]) = match target {
        Target::X86_64 => (
            Architecture::X86_64,
            &[
                0x48, 0x89, 0xf8, // mov rax, rdi
                0x48, 0x89, 0xf7, // mov rdi, rsi
                0x48, 0x89, 0xd6, // mov rsi, rdx
                0x48, 0x89, 0xca, // mov rdx, rcx
                0x4d, 0x89, 0xc2, // mov r10, r8
                0x4d, 0x89, 0xc8, // mov r8, r9
                0x45, 0x31, 0xc9, // xor r9d, r9d
                0x0f, 0x05, // syscall
                0xc3, // ret
            ],
        ),
        Target::Aarch64 => (
            Architecture::Aarch64,
            &[
                0xe8, 0x03, 0x00, 0xaa, // mov x8, x0
                0xe0, 0x03, 0x01, 0xaa, // mov x0, x1
                0xe1, 0x03, 0x02, 0xaa, // mov x1, x2
                0xe2, 0x03, 0x03, 0xaa, // mov x2, x3
                0xe3, 0x03, 0x04, 0xaa, // mov x3, x4
                0xe4, 0x03, 0x05, 0xaa, // mov x4, x5
                0x05, 0x00, 0x80, 0xd2, // mov x5, #0
                0x01, 0x00, 0x00, 0xd4, // svc #0
                0xc0, 0x03, 0x5f, 0xd6, // ret
            ],
        ),
    };
    let mut object = Object::new(BinaryFormat::Elf, architecture, Endianness::Little);
    let section = object.add_section(Vec::new(), b".text.hole".to_vec(), SectionKind::Text);
    let value = object.append_section_data(section, code, 16);
    object.add_symbol(Symbol {
        name: b"hole.call".to_vec(),
        value,
        size: code.len() as u64,
        kind: SymbolKind::Text,
        scope: SymbolScope::Linkage,
        weak: false,
        section: SymbolSection::Section(section),
        flags: SymbolFlags::None,
    });
    object.write().expect("a small object")
}

const CURRENT: i64 = AT_FDCWD as i64;
const ANYTHING: i64 = (PROT_READ | PROT_WRITE | PROT_EXEC) as i64;

#[test]
fn opening_a_file_without_an_import_that_opens() {
    let attack = Attack {
        number: __NR_openat,
        arguments: [CURRENT, PASSWD, 0, 0, 0],
        imports: &["clock_res_get", "fd_write"],
        directories: &[],
    };
    assert_stopped(&attack, KILLED);
    let strict = Attack { imports: &["fd_write"], ..attack };
    assert_stopped(&strict, KILLED_AT_ONCE);
}

#[test]
fn opening_from_the_working_directory() {
    let attack = Attack {
        number: __NR_openat,
        arguments: [CURRENT, PASSWD, 0, 0, 0],
        imports: &["path_open"],
        directories: &["box"],
    };
    assert_stopped(&attack, KILLED);
}

#[test]
fn opening_outside_the_directories() {
    let attack = Attack {
        number: __NR_openat,
        arguments: [3, PASSWD, 0, 0, 0],
        imports: &["path_open"],
        directories: &["box"],
    };
    assert_stopped(&attack, REFUSED);
}

#[test]
fn writing_where_only_reading_is_allowed() {
    let attack = Attack {
        number: __NR_openat,
        arguments: [3, FILE, i64::from(O_WRONLY), 0, 0],
        imports: &["path_open"],
        directories: &["box:ro"],
    };
    assert_stopped(&attack, REFUSED);
    let reading = Attack { arguments: [3, FILE, 0, 0, 0], ..attack };
    assert_eq!(outcome(&reading, Lockdown::Required), DONE);
}

#[test]
fn starting_a_program() {
    let attack = Attack {
        number: __NR_execve,
        arguments: [TRUE, 0, 0, 0, 0],
        imports: &["path_open", "fd_read", "fd_write"],
        directories: &["box"],
    };
    assert_stopped(&attack, KILLED);
}

#[test]
fn starting_a_process() {
    const SIGCHLD: i64 = 17;
    let attack = Attack {
        number: __NR_clone,
        arguments: [SIGCHLD, 0, 0, 0, 0],
        imports: &["clock_res_get"],
        directories: &[],
    };
    assert_stopped(&attack, KILLED);
}

#[test]
fn making_a_socket() {
    const INTERNET: i64 = 2;
    const STREAM: i64 = 1;
    let attack = Attack {
        number: __NR_socket,
        arguments: [INTERNET, STREAM, 0, 0, 0],
        imports: &["sock_accept", "sock_send", "sock_recv"],
        directories: &[],
    };
    assert_stopped(&attack, KILLED);
}

/// Checks that at most one question is allowed; this one would change the
/// caller's pipe.
#[test]
fn controlling_what_it_writes_to() {
    let attack = Attack {
        number: __NR_ioctl,
        arguments: [1, i64::from(linux_raw_sys::ioctl::FIONBIO), PASSWD, 0, 0],
        imports: &["fd_write", "fd_fdstat_get", "poll_oneoff"],
        directories: &[],
    };
    assert_stopped(&attack, KILLED);
}

/// Checks that at most one signal is allowed; this one tells the runtime of traps.
#[test]
fn taking_a_signal() {
    let attack = Attack {
        number: __NR_rt_sigaction,
        arguments: [i64::from(SIGSEGV), 0, 0, 8, 0],
        imports: &["fd_write", "clock_res_get"],
        directories: &[],
    };
    assert_stopped(&attack, KILLED);
    let pipe = Attack { arguments: [i64::from(SIGPIPE), 0, 0, 8, 0], ..attack };
    assert_eq!(outcome(&pipe, Lockdown::Required), DONE);
}

#[test]
fn executing_data() {
    let memory = quench_abi::MEMORY_BASE as i64;
    let attack = Attack {
        number: __NR_mprotect,
        arguments: [memory, 4096, ANYTHING, 0, 0],
        imports: &["clock_res_get"],
        directories: &[],
    };
    assert_stopped(&attack, KILLED);
    let new = Attack {
        number: __NR_mmap,
        arguments: [0, 4096, ANYTHING, (MAP_PRIVATE | MAP_ANONYMOUS) as i64, -1],
        ..attack
    };
    assert_stopped(&new, KILLED);
    let discard = Attack {
        number: __NR_madvise,
        arguments: [memory, 4096, MADV_DONTNEED.into(), 0, 0],
        ..attack
    };
    assert_stopped(&discard, KILLED);
}
