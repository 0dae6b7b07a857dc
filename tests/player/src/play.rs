//! Carries out a script's commands and judges how they end. Does not know which
//! module or function they are about.
//!
//! # Safety
//!
//! The script's records are those that the harness wrote for this program;
//! nothing else refers to them.
#![allow(unsafe_code, reason = "reads the script and the slots of its values")]

use crate::script::{Command, Expectation, Outcome, Pattern, Script};
use quench_abi::{Text, Trap, Value};
use quench_runtime_support::{Line, catch, slice, text};

unsafe extern "C" {
    safe static quench_script: Script;
}

/// Plays the script and ends the program: with status 0 if all commands ended
/// as expected. It is the program's `host_start`, so the modules are not
/// instantiated yet.
#[unsafe(no_mangle)]
extern "C" fn quench_play_script() -> ! {
    // SAFETY: the harness wrote the array and its length.
    let commands = unsafe { slice(quench_script.commands, quench_script.command_count) };
    let mut passed = 0;
    for command in commands {
        match play(command) {
            Ok(()) => passed += 1,
            Err(mut complaint) => complaint.print(),
        }
    }
    let failed = commands.len() as u64 - passed;
    Line::new("")
        .decimal(passed)
        .text(" passed, ")
        .decimal(failed)
        .text(" failed")
        .exit(i32::from(failed != 0))
}

fn play(command: &Command) -> Result<(), Line> {
    let data = core::ptr::from_ref(command).cast_mut().cast();
    // SAFETY: `act` owns nothing, and the runtime is set up.
    let end = unsafe { catch(act, data) };
    match (command.outcome, end) {
        (Outcome::Returns, Ok(())) => Ok(()),
        (Outcome::Results, Ok(())) => compare(command),
        (Outcome::Traps, Err(trap)) if command.traps >> trap as u32 & 1 == 1 => Ok(()),
        (Outcome::Returns | Outcome::Results, Err(trap)) => {
            let mut line = complaint(command);
            got_trap(line.text("a return"), trap);
            Err(line)
        }
        (Outcome::Traps, Ok(())) => {
            let mut line = complaint(command);
            add(line.text("the trap `"), &command.message).text("`, got a return");
            Err(line)
        }
        (Outcome::Traps, Err(trap)) => {
            let mut line = complaint(command);
            got_trap(add(line.text("the trap `"), &command.message).text("`"), trap);
            Err(line)
        }
    }
}

/// Carries out a command on the guest stack.
unsafe extern "C" fn act(command: *mut u8) {
    // SAFETY: `play` passes a command. Its module is null or the record of a
    // module of this program, its slots are those that its entry needs.
    unsafe {
        let command = &*command.cast::<Command>();
        if let Some(module) = command.module.as_ref() {
            if let Some(initialize) = module.initialize {
                initialize();
            }
        } else if let Some(entry) = command.entry {
            entry(command.slots);
        }
    }
}

fn compare(command: &Command) -> Result<(), Line> {
    // SAFETY: the harness wrote the array and its length.
    let results = unsafe { slice(command.results, command.result_count) };
    // SAFETY: there is a slot for each result, and the call has ended.
    let values = unsafe { slice(command.slots.cast_const(), command.result_count) };
    for (result, value) in results.iter().zip(values) {
        if !matches(result, value) {
            let mut line = complaint(command);
            add(&mut line, &result.description).text(", got");
            hexadecimal(&mut line, value, result.size);
            return Err(line);
        }
    }
    Ok(())
}

fn matches(result: &Expectation, value: &Value) -> bool {
    // SAFETY: the harness wrote the array and its length.
    let patterns = unsafe { slice(result.patterns, result.pattern_count) };
    let value = u128::from_le_bytes(value.bytes);
    // Only the low bytes of a slot are the value.
    let is_zero = value as u64 == 0;
    patterns.iter().any(|&Pattern { mask, bits, kind }| {
        let equal = value & u128::from_le_bytes(mask) == u128::from_le_bytes(bits);
        match kind {
            Pattern::OTHER => !equal,
            Pattern::NOT_ZERO => equal && !is_zero,
            _ => equal,
        }
    })
}

fn complaint(command: &Command) -> Line {
    let mut line = Line::new("");
    add(&mut line, &command.place).text(": expected ");
    line
}

fn got_trap(line: &mut Line, trap: Trap) {
    line.text(", got the trap `").text(trap.name()).text("`");
}

fn add<'a>(line: &'a mut Line, words: &Text) -> &'a mut Line {
    // SAFETY: the harness wrote the text and its length.
    line.bytes(unsafe { text(words) })
}

/// Adds the low `size` bytes of a value to the line, as at most two numbers,
/// the higher first.
fn hexadecimal(line: &mut Line, value: &Value, size: u64) {
    let bits = u128::from_le_bytes(value.bytes);
    let low = bits as u64;
    match size {
        4 => line.text(" ").hexadecimal(low & 0xffff_ffff),
        8 => line.text(" ").hexadecimal(low),
        _ => line.text(" ").hexadecimal((bits >> 64) as u64).text(" ").hexadecimal(low),
    };
}
