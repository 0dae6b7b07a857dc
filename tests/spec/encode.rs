//! A script's commands as an object file, in the layout that the player
//! reads.

use crate::script::{Action, Command, Outcome};
use crate::values::Expectation;
use anyhow::Result;
use quench_compiler::Target;
use quench_player::script::{self as layout, Pattern};
use quench_tests::Records;
use std::mem::{offset_of, size_of};

/// Returns the object that defines [`layout::SCRIPT_SYMBOL`].
///
/// # Errors
///
/// Fails when the commands do not fit an object file.
pub(crate) fn encode(commands: &[Command], target: Target) -> Result<Vec<u8>> {
    let mut data = Records::new(target);
    let script = data.record(size_of::<layout::Script>());
    let list = data.record(commands.len() * size_of::<layout::Command>());
    data.pointer(script + offset_of!(layout::Script, commands), list)?;
    data.number(script + offset_of!(layout::Script, command_count), commands.len() as u64);
    for (number, command) in commands.iter().enumerate() {
        let at = list + number * size_of::<layout::Command>();
        write_command(&mut data, at, command)?;
    }
    data.finish(layout::SCRIPT_SYMBOL, script)
}

fn write_command(data: &mut Records, at: usize, command: &Command) -> Result<()> {
    data.text(at + offset_of!(layout::Command, place), &command.place)?;
    match &command.action {
        Action::Instantiate(module) => {
            let symbol = quench_compiler::module_record(module);
            data.external(at + offset_of!(layout::Command, module), symbol)?;
        }
        Action::Invoke { module, export, slots } => {
            let symbol = quench_compiler::entry_point(module, export);
            data.external(at + offset_of!(layout::Command, entry), symbol)?;
            let array = data.values(slots);
            data.pointer(at + offset_of!(layout::Command, slots), array)?;
        }
    }
    let outcome = match &command.outcome {
        Outcome::Returns => layout::Outcome::Returns,
        Outcome::Results(results) => {
            write_results(data, at, results)?;
            layout::Outcome::Results
        }
        Outcome::Traps(traps, message) => {
            data.write(at + offset_of!(layout::Command, traps), &traps.to_le_bytes());
            data.text(at + offset_of!(layout::Command, message), message)?;
            layout::Outcome::Traps
        }
    };
    let outcome = (outcome as u32).to_le_bytes();
    data.write(at + offset_of!(layout::Command, outcome), &outcome);
    Ok(())
}

fn write_results(data: &mut Records, command: usize, results: &[Expectation]) -> Result<()> {
    let array = data.record(results.len() * size_of::<layout::Expectation>());
    data.pointer(command + offset_of!(layout::Command, results), array)?;
    data.number(command + offset_of!(layout::Command, result_count), results.len() as u64);
    for (number, result) in results.iter().enumerate() {
        let at = array + number * size_of::<layout::Expectation>();
        data.text(at + offset_of!(layout::Expectation, description), &result.description)?;
        data.number(at + offset_of!(layout::Expectation, size), result.size);
        write_patterns(data, at, &result.patterns)?;
    }
    Ok(())
}

fn write_patterns(data: &mut Records, expectation: usize, patterns: &[Pattern]) -> Result<()> {
    let array = data.record(std::mem::size_of_val(patterns));
    data.pointer(expectation + offset_of!(layout::Expectation, patterns), array)?;
    data.number(
        expectation + offset_of!(layout::Expectation, pattern_count),
        patterns.len() as u64,
    );
    for (number, pattern) in patterns.iter().enumerate() {
        let at = array + number * size_of::<Pattern>();
        data.write(at + offset_of!(Pattern, mask), &pattern.mask);
        data.write(at + offset_of!(Pattern, bits), &pattern.bits);
        data.number(at + offset_of!(Pattern, kind), pattern.kind);
    }
    Ok(())
}
