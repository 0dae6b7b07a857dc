//! Compares modules with garbage-collected objects with Wasmtime: it plays a script
//! that expects of each call what the compiled module did. Our interpreter does not
//! have these objects.

use crate::arguments::{self, Generated, ObjectsArguments};
use crate::batch::{self, Account};
use crate::case::{Call, Case, End, Event, Traps};
use crate::generate::{self, FUEL, FUEL_AMOUNT};
use crate::run::Count;
use anyhow::{Context, Result};
use quench_abi::{Trap, ValueType, heap_mode};
use quench_compiler::{ExternType, Options, Program};
use quench_player::cases::SubjectKind;
use quench_tests::Limits;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Time for one script.
const PATIENCE: Duration = Duration::from_secs(60);

/// Compares as many modules as asked for. Returns whether all did the same.
///
/// # Errors
///
/// Fails when modules cannot be run at all.
pub(crate) fn run(arguments: &ObjectsArguments) -> Result<bool> {
    let mut options = arguments::options(arguments.generated.target, None)?;
    options.heap_mode = heap_mode::STRESS;
    let folder = quench_tests::scratch("fuzz-")?;
    let Generated { count, seed, target } = arguments.generated;
    let seeds: Vec<u64> = (seed..seed + count).collect();
    let counts = quench_tests::parallel(&seeds, |&seed| {
        let file = folder.path().join(format!("objects-{seed}"));
        let result = compare(seed, options, &arguments.wasmtime, &file);
        for file in [&file, &file.with_extension("wast")] {
            // What is not there need not be removed.
            let _ = fs::remove_file(file);
        }
        result.with_context(|| format!("seed {seed}"))
    })?;
    let mut total = Count::default();
    for count in counts {
        total.add(&count?);
    }
    println!(
        "{}: {} modules, {} calls, {} of them trapped; {} differ from Wasmtime",
        target.short_name(),
        total.modules,
        total.events,
        total.traps,
        total.differences,
    );
    Ok(total.differences == 0)
}

fn compare(seed: u64, options: Options, wasmtime: &Path, file: &Path) -> Result<Count> {
    let mut count = Count::default();
    let Some(wasm) = generate::module_with_objects(seed) else {
        return Ok(count);
    };
    let mut case = Case::new(wasm, seed, generate::opt_level(seed))?;
    case.calls.retain(is_writable);
    count.modules = 1;
    let account = batch::play(std::slice::from_ref(&case), options, file)?.pop();
    let difference = match account.context("it was played")? {
        Account::Played(events) => {
            count.events = events.len() - 1;
            let trapped = |event: &&Event| matches!(event.end, End::Trapped(_));
            count.traps = events.iter().filter(trapped).count();
            let script = file.with_extension("wast");
            fs::write(&script, self::script(&case, &events)?)?;
            play(wasmtime, &script)?
        }
        Account::Crashed(events, said) => {
            Some(format!("{}: the process ended, {said}", case.describe(events.len())))
        }
        Account::NotCompiled(message) => Some(format!("not compiled: {message}")),
    };
    if let Some(difference) = difference {
        count.differences = 1;
        let folder = quench_tests::repository().join("target/fuzz");
        fs::create_dir_all(&folder)?;
        let name = folder.join(format!("objects-{}-{seed}", options.cpu.target().short_name()));
        fs::write(name.with_extension("wasm"), &case.wasm)?;
        // There is none if the process ended.
        let _ = fs::copy(file.with_extension("wast"), name.with_extension("wast"));
        println!("{}: {difference}", name.display());
    }
    Ok(count)
}

/// Returns whether scripts for Wasmtime can have the call.
fn is_writable(call: &Call) -> bool {
    let mut types = call.parameters.iter().chain(&call.results);
    types.all(|ty| *ty != ValueType::ExnRef)
}

/// Returns what Wasmtime says of a script, if it fails.
fn play(wasmtime: &Path, script: &Path) -> Result<Option<String>> {
    let mut command = Command::new(wasmtime);
    command.args(["wast", "-W", "all-proposals=y"]).arg(script);
    let limits = Limits { time: PATIENCE, ..Limits::default() };
    let finished = quench_tests::run(&mut command, &limits)?;
    let said = finished.stderr();
    // Its stack is smaller than ours.
    if said.contains("call stack exhausted") {
        return Ok(None);
    }
    let lines: Vec<&str> =
        said.lines().take_while(|line| !line.starts_with("Stack backtrace")).collect();
    Ok((finished.status != 0).then(|| lines.join("\n")))
}

/// Returns the script that expects these events.
fn script(case: &Case, events: &[Event]) -> Result<String> {
    let mut text = String::new();
    let module = format!("(module $m binary {})", quoted(&case.wasm));
    let (first, calls) = events.split_first().context("it is instantiated")?;
    if ends_memory(first) {
        return Ok("(module)".to_string());
    }
    if let End::Trapped(traps) = first.end {
        writeln!(text, "(assert_trap {module} {})", message(traps))?;
        return Ok(text);
    }
    writeln!(text, "{module}\n(register \"m\" $m)")?;
    if case.has_fuel {
        writeln!(
            text,
            "(module $fuel (import \"m\" \"{FUEL}\" (global $fuel (mut i32)))
            (func (export \"refill\") (global.set $fuel (i32.const {FUEL_AMOUNT}))))"
        )?;
    }
    let interface = Program::inspect(&case.wasm)?;
    for (call, event) in case.calls.iter().zip(calls) {
        if ends_memory(event) {
            break;
        }
        if case.has_fuel {
            writeln!(text, "(invoke $fuel \"refill\")")?;
        }
        let arguments = call.arguments.iter().zip(&call.parameters);
        let arguments: String =
            arguments.map(|(&bits, &ty)| format!(" {}", argument(bits, ty))).collect();
        let invoke = format!("(invoke $m {}{arguments})", quoted(call.export.as_bytes()));
        match &event.end {
            End::Returned(values) => {
                let results = values.iter().zip(&call.results);
                let results: String =
                    results.map(|(&bits, &ty)| format!(" {}", result(bits, ty))).collect();
                writeln!(text, "(assert_return {invoke}{results})")?;
            }
            End::Trapped(traps) => writeln!(text, "(assert_trap {invoke} {})", message(*traps))?,
        }
        for (subject, &content) in case.subjects.iter().zip(&event.contents) {
            let export = interface.export(&subject.export);
            if let (SubjectKind::Cell | SubjectKind::ReferenceCell, Some(ExternType::Global(ty))) =
                (subject.kind, export)
                && ty.content != ValueType::ExnRef
            {
                let name = quoted(subject.export.as_bytes());
                let content = result(content, ty.content);
                writeln!(text, "(assert_return (get $m {name}) {content})")?;
            }
        }
    }
    Ok(text)
}

/// Returns whether there was no memory for an object: Wasmtime has other limits.
fn ends_memory(event: &Event) -> bool {
    matches!(event.end, End::Trapped(traps) if traps == Traps::of(&[Trap::OutOfMemory]))
}

/// Returns words that are in Wasmtime's message about a trap, in quotes.
fn message(traps: Traps) -> String {
    let trap = Trap::ALL.into_iter().find(|trap| traps == Traps::of(&[*trap]));
    let words = match trap {
        Some(Trap::Unreachable) => "unreachable",
        Some(Trap::UndefinedElement) => "undefined element",
        Some(Trap::UninitializedElement) => "uninitialized element",
        Some(Trap::NullStructure | Trap::NullArray | Trap::NullI31) => "null reference",
        Some(Trap::UncaughtException) => "thrown Wasm exception",
        Some(trap) => trap.name(),
        None => "one of several traps",
    };
    format!("\"{words}\"")
}

/// Returns an argument as scripts have it. References are null, but for the host's.
fn argument(bits: u128, ty: ValueType) -> String {
    match ty {
        ValueType::ExternRef if bits == 0 => "(ref.null extern)".to_string(),
        ValueType::ExternRef => format!("(ref.extern {})", bits >> 32),
        ValueType::FuncRef => "(ref.null func)".to_string(),
        ValueType::AnyRef => "(ref.null any)".to_string(),
        _ => number(bits, ty),
    }
}

/// Returns a result as scripts have it, from what is shown of it.
fn result(bits: u128, ty: ValueType) -> String {
    match ty {
        ValueType::ExternRef | ValueType::FuncRef | ValueType::AnyRef if bits == 0 => "(ref.null)",
        ValueType::ExternRef => "(ref.extern)",
        ValueType::FuncRef => "(ref.func)",
        ValueType::AnyRef if bits & 1 == 1 => "(ref.i31)",
        ValueType::AnyRef => "(ref.any)",
        _ => return number(bits, ty),
    }
    .to_string()
}

fn number(bits: u128, ty: ValueType) -> String {
    match ty {
        ValueType::I32 => format!("(i32.const {})", bits as u32),
        ValueType::I64 => format!("(i64.const {})", bits as u64),
        ValueType::F32 => {
            let value = f32::from_bits(bits as u32);
            let payload = bits & 0x7f_ffff;
            format!("(f32.const {})", float(value.into(), value.to_string(), payload))
        }
        ValueType::F64 => {
            let value = f64::from_bits(bits as u64);
            let payload = bits & 0xf_ffff_ffff_ffff;
            format!("(f64.const {})", float(value, value.to_string(), payload))
        }
        _ => format!("(v128.const i64x2 {} {})", bits as u64, (bits >> 64) as u64),
    }
}

/// Returns a float as scripts have it; `digits` are those of one that is a number.
fn float(value: f64, digits: String, payload: u128) -> String {
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value.is_nan() { format!("{sign}nan:{payload:#x}") } else { digits }
}

/// Returns bytes as a string of scripts.
fn quoted(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("\\{byte:02x}")).collect();
    format!("\"{digits}\"")
}
