//! Plays a fuzzer's programs and writes to standard output what they do. Does
//! not know what is right.
//!
//! # Safety
//!
//! The records are those that the harness wrote for this executable; nothing
//! else refers to them. One program runs at a time.
#![allow(unsafe_code, reason = "reads the cases, and memories and tables of their programs")]

use crate::cases::{Call, Case, Cases, Digest, Subject, SubjectKind, shown};
use quench_abi::{Memory, Table, Trap, Value};
use quench_runtime_support::{Line, catch, exit, modules, replace_program, slice};

unsafe extern "C" {
    safe static quench_cases: Cases;
}

/// Plays all cases and ends the process. It is the `host_start` of a program
/// that reserves the memories of all others, or of the only case's.
#[unsafe(no_mangle)]
extern "C" fn quench_play_cases() -> ! {
    // SAFETY: the harness wrote the array and its length.
    let cases = unsafe { slice(quench_cases.cases, quench_cases.case_count) };
    for case in cases {
        // SAFETY: the program before it has ended, and this one's memories
        // lie where any program's do.
        unsafe {
            if let Some(program) = case.program.as_ref() {
                replace_program(program);
            }
        }
        play(case);
    }
    exit(0)
}

fn play(case: &Case) {
    let mut output = Output::new();
    // SAFETY: `initialize` owns nothing, and the runtime is set up.
    let end = unsafe { catch(initialize, core::ptr::null_mut()) };
    output.end(end);
    write_subjects(case, &mut output);
    output.flush();
    // SAFETY: the harness wrote the array and its length.
    for call in unsafe { slice(case.calls, case.call_count) } {
        play_call(case, call, &mut output);
        output.flush();
    }
}

fn play_call(case: &Case, call: &Call, output: &mut Output) {
    if !case.fuel.is_null() {
        // SAFETY: the cell of a global of this program, which does not run.
        unsafe { case.fuel.write(case.fuel_amount as u32) };
    }
    let data = core::ptr::from_ref(call).cast_mut().cast();
    // SAFETY: `enter` owns nothing, and the runtime is set up.
    let end = unsafe { catch(enter, data) };
    output.end(end);
    if end.is_ok() {
        // SAFETY: there is a slot for each result, and the call has ended.
        let results = unsafe { slice(call.slots.cast_const(), call.result_count) };
        for result in results {
            output.value(result.bytes);
        }
    }
    write_subjects(case, output);
}

unsafe extern "C" fn initialize(_: *mut u8) {
    for module in modules() {
        if let Some(initialize) = module.initialize {
            // SAFETY: once for each module, in order.
            unsafe { initialize() };
        }
    }
}

unsafe extern "C" fn enter(call: *mut u8) {
    // SAFETY: `play_call` passes a call, whose slots are those that its entry
    // needs.
    unsafe {
        let call = &*call.cast::<Call>();
        (call.entry)(call.slots);
    }
}

fn write_subjects(case: &Case, output: &mut Output) {
    // SAFETY: the harness wrote the array and its length.
    for subject in unsafe { slice(case.subjects, case.subject_count) } {
        // SAFETY: what the address is of, the kind says; no guest code runs.
        output.value(unsafe { content(subject) });
    }
}

unsafe fn content(subject: &Subject) -> [u8; 16] {
    // SAFETY: the caller's promise.
    unsafe {
        match subject.kind {
            SubjectKind::Cell => {
                let mut value = [0; 16];
                let size = subject.size as usize;
                value.as_mut_ptr().copy_from_nonoverlapping(subject.address, size);
                value
            }
            SubjectKind::ReferenceCell => pair(shown(subject.address.cast::<u64>().read()), 0),
            SubjectKind::Memory => {
                let memory = &*subject.address.cast::<Memory>();
                let mut digest = Digest::default();
                digest.bytes(slice(memory.base, memory.length));
                pair(memory.length, digest.value())
            }
            SubjectKind::Table => {
                table_content(&*subject.address.cast::<Table>(), |element| element)
            }
            SubjectKind::ReferenceTable => table_content(&*subject.address.cast::<Table>(), shown),
        }
    }
}

unsafe fn table_content(table: &Table, seen: impl Fn(u64) -> u64) -> [u8; 16] {
    let mut digest = Digest::default();
    // SAFETY: the table's elements; no guest code runs.
    for &element in unsafe { slice(table.elements.cast_const(), table.length) } {
        digest.word(seen(element));
    }
    pair(table.length, digest.value())
}

fn pair(low: u64, high: u64) -> [u8; 16] {
    (u128::from(low) | u128::from(high) << 64).to_le_bytes()
}

/// A buffer for standard output, which is written after each call.
struct Output {
    bytes: [u8; Self::SIZE],
    length: usize,
}

impl Output {
    const SIZE: usize = 4096;

    fn new() -> Output {
        Output { bytes: [0; Self::SIZE], length: 0 }
    }

    fn end(&mut self, end: Result<(), Trap>) {
        let code = end.map_or_else(|trap| trap as u64, |()| 0);
        self.add(&code.to_le_bytes());
    }

    fn value(&mut self, value: [u8; size_of::<Value>()]) {
        self.add(&value);
    }

    fn add(&mut self, bytes: &[u8]) {
        if self.length + bytes.len() > Self::SIZE {
            self.flush();
        }
        if let Some(room) = self.bytes.get_mut(self.length..self.length + bytes.len()) {
            room.copy_from_slice(bytes);
            self.length += bytes.len();
        }
    }

    fn flush(&mut self) {
        let mut rest = self.bytes.get(..self.length).unwrap_or_default();
        while !rest.is_empty() {
            // SAFETY: nothing here closes standard output.
            #[allow(unused_unsafe, reason = "safe where another package enables rustix's `std`")]
            let stdout = unsafe { rustix::stdio::stdout() };
            match rustix::io::write(stdout, rest) {
                Ok(written) => rest = rest.get(written..).unwrap_or_default(),
                Err(rustix::io::Errno::INTR) => {}
                Err(_) => Line::new("error: cannot write what the cases do").fatal(),
            }
        }
        self.length = 0;
    }
}
