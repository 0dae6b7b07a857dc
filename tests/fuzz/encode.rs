//! Cases as an object file, in the layout that the player reads, and values as
//! it writes them.

use crate::case::{Call, Case, Subject};
use crate::generate::{FUEL, FUEL_AMOUNT};
use anyhow::Result;
use quench_abi::{Program, VERSION, ValueType};
use quench_compiler::{Target, entry_point, export_symbol, module_record};
use quench_player::cases as layout;
use quench_tests::Records;
use std::mem::offset_of;

/// Returns the name that the module of the case with this number has in the
/// executable.
pub(crate) fn module_name(number: usize) -> String {
    format!("m{number}")
}

/// Returns the object that defines [`layout::CASES_SYMBOL`].
///
/// # Errors
///
/// Fails when the cases do not fit an object file.
pub(crate) fn encode(cases: &[(usize, &Case)], target: Target) -> Result<Vec<u8>> {
    let mut data = Records::new(target);
    let all = data.record(size_of::<layout::Cases>());
    let list = data.record(cases.len() * size_of::<layout::Case>());
    data.pointer(all + offset_of!(layout::Cases, cases), list)?;
    data.number(all + offset_of!(layout::Cases, case_count), cases.len() as u64);
    for (position, (number, case)) in cases.iter().enumerate() {
        let at = list + position * size_of::<layout::Case>();
        write_case(&mut data, at, &module_name(*number), case)?;
    }
    data.finish(layout::CASES_SYMBOL, all)
}

fn write_case(data: &mut Records, at: usize, module: &str, case: &Case) -> Result<()> {
    if !case.objects {
        let program = write_program(data, module)?;
        data.pointer(at + offset_of!(layout::Case, program), program)?;
    }
    if case.has_fuel {
        let symbol = export_symbol(module, FUEL);
        data.external(at + offset_of!(layout::Case, fuel), symbol)?;
        data.number(at + offset_of!(layout::Case, fuel_amount), FUEL_AMOUNT.into());
    }
    let calls = data.record(case.calls.len() * size_of::<layout::Call>());
    data.pointer(at + offset_of!(layout::Case, calls), calls)?;
    data.number(at + offset_of!(layout::Case, call_count), case.calls.len() as u64);
    for (number, call) in case.calls.iter().enumerate() {
        write_call(data, calls + number * size_of::<layout::Call>(), module, call)?;
    }
    let subjects = data.record(case.subjects.len() * size_of::<layout::Subject>());
    data.pointer(at + offset_of!(layout::Case, subjects), subjects)?;
    data.number(at + offset_of!(layout::Case, subject_count), case.subjects.len() as u64);
    for (number, subject) in case.subjects.iter().enumerate() {
        let at = subjects + number * size_of::<layout::Subject>();
        write_subject(data, at, module, subject)?;
    }
    Ok(())
}

/// Writes a [`Program`] that has a module and nothing else.
fn write_program(data: &mut Records, module: &str) -> Result<usize> {
    let modules = data.record(size_of::<u64>());
    data.external(modules, module_record(module))?;
    let program = data.record(size_of::<Program>());
    data.write(program + offset_of!(Program, version), &VERSION.to_le_bytes());
    data.pointer(program + offset_of!(Program, modules), modules)?;
    data.number(program + offset_of!(Program, module_count), 1);
    Ok(program)
}

fn write_call(data: &mut Records, at: usize, module: &str, call: &Call) -> Result<()> {
    let entry = entry_point(module, &call.export);
    data.external(at + offset_of!(layout::Call, entry), entry)?;
    let mut slots = call.arguments.clone();
    slots.resize(slots.len().max(call.results.len()), 0);
    let slots = data.values(&slots);
    data.pointer(at + offset_of!(layout::Call, slots), slots)?;
    data.number(at + offset_of!(layout::Call, result_count), call.results.len() as u64);
    Ok(())
}

fn write_subject(data: &mut Records, at: usize, module: &str, subject: &Subject) -> Result<()> {
    data.write(at + offset_of!(layout::Subject, kind), &(subject.kind as u32).to_le_bytes());
    data.write(at + offset_of!(layout::Subject, size), &subject.size.to_le_bytes());
    let symbol = export_symbol(module, &subject.export);
    data.external(at + offset_of!(layout::Subject, address), symbol)
}

/// Returns a result of a case without the undefined bits above its type's
/// bytes, or what is shown of a reference whose address may differ.
pub(crate) fn low(value: u128, ty: ValueType, case: &Case) -> u128 {
    match ty {
        ty if case.hides(ty) => layout::shown(value as u64).into(),
        ValueType::I32 | ValueType::F32 => value & u128::from(u32::MAX),
        ValueType::V128 => value,
        _ => value & u128::from(u64::MAX),
    }
}
