//! Debug information that refers to itself, is nested without end or claims to
//! be longer than it is, translated by `-g`.

use crate::modules::{LINES, Outcome, compile, module_of, nothing};
use libtest_mimic::Trial;
use quench_compiler::{CompiledModule, Error};
use std::borrow::Cow;
use std::time::{Duration, Instant};
use wasm_encoder::CustomSection;

/// Time for a module of some kilobytes, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(20);

/// Two zeros, which end a list of attributes.
const END: [u8; 2] = [0, 0];

/// Abbreviations: 1, a unit with the range of the function; 2, a subprogram
/// there with children; 3, a type that is a type; 4, the same with children.
const ABBREVIATIONS: &[&[u8]] = &[
    &[1, 0x11, 1, 0x11, 1, 0x12, 6],
    &END,
    &[2, 0x2e, 1, 0x11, 1, 0x12, 6, 0x40, 0x18],
    &END,
    &[3, 0x16, 0, 0x49, 0x13],
    &END,
    &[4, 0x13, 1],
    &END,
    &[5, 0x0f, 0, 0x49, 0x13],
    &END,
    &[6, 0x05, 0, 0x49, 0x13, 0x02, 0x18, 0x31, 0x13],
    &END,
    &[0],
];

/// Size of the header of a unit, in bytes.
const HEADER: usize = 11;

/// Offset of the function's body from the beginning of the code section's
/// content, in bytes.
const BODY: u32 = 2;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("DWARF: types that are themselves", || {
            // A name for itself, a pointer to itself, and a parameter that is
            // its own origin.
            translated(&entries(|made| {
                let this = (HEADER + made.len()) as u32;
                made.push(3);
                made.extend(this.to_le_bytes());
                made.push(5);
                made.extend((this + 5).to_le_bytes());
                made.push(6);
                made.extend((this + 10).to_le_bytes());
                made.extend([2, 0x91, 0]);
                made.extend((this + 10).to_le_bytes());
            }))
        }),
        Trial::test("DWARF: 100000 nested entries", || {
            left_out(&entries(|made| made.extend([4; 100_000])))
        }),
        Trial::test("DWARF: a frame base of a frame base", || {
            translated(&unit(|made| {
                subprogram(made, &[0x91, 0]);
                made.push(0);
            }))
        }),
        Trial::test("DWARF: locations of 4 GiB", || {
            left_out(&unit(|made| {
                made.push(2);
                made.extend(BODY.to_le_bytes());
                made.extend(2u32.to_le_bytes());
                made.extend([0xff, 0xff, 0xff, 0xff, 0x0f]);
            }))
        }),
        Trial::test("DWARF: a unit of 4 GiB", || {
            let mut info = unit(|_| {});
            info[..4].copy_from_slice(&0xffff_ffefu32.to_le_bytes());
            left_out(&info)
        }),
        Trial::test("DWARF: every byte changed twice", every_byte),
    ]
}

/// Returns a unit whose one subprogram contains what `content` adds.
fn entries(content: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    unit(|made| {
        subprogram(made, &[0xed, 0, 0, 0x9f]);
        // References count from the unit's header.
        content(made);
    })
}

fn subprogram(made: &mut Vec<u8>, frame_base: &[u8]) {
    made.push(2);
    made.extend(BODY.to_le_bytes());
    made.extend(2u32.to_le_bytes());
    made.push(frame_base.len() as u8);
    made.extend(frame_base);
}

fn unit(content: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut made = vec![1];
    made.extend(0u32.to_le_bytes());
    made.extend(100u32.to_le_bytes());
    content(&mut made);
    let mut info = ((made.len() + HEADER - 4) as u32).to_le_bytes().to_vec();
    info.extend([4, 0, 0, 0, 0, 0, 4]);
    info.extend(made);
    info
}

/// Fails unless the module's DWARF becomes debug information of the object.
fn translated(info: &[u8]) -> Outcome {
    let object = compile_soon(&module(info))?;
    let has = |text: &[u8]| object.bytes.windows(text.len()).any(|bytes| bytes == text);
    match (has(b".debug_info"), object.warnings.first()) {
        (true, None) => Ok(()),
        (made, warning) => Err(format!("made: {made}, {warning:?}").into()),
    }
}

/// Fails unless the module's DWARF is left out with a warning.
fn left_out(info: &[u8]) -> Outcome {
    if compile_soon(&module(info))?.warnings.is_empty() {
        Err("nothing is said about it".into())
    } else {
        Ok(())
    }
}

fn module(info: &[u8]) -> Vec<u8> {
    let abbreviations = ABBREVIATIONS.concat();
    module_of(&nothing(), |module| {
        for (name, data) in [(".debug_info", info), (".debug_abbrev", &abbreviations)] {
            module.section(&CustomSection { name: Cow::Borrowed(name), data: Cow::Borrowed(data) });
        }
    })
}

fn compile_soon(wasm: &[u8]) -> Result<CompiledModule, libtest_mimic::Failed> {
    let start = Instant::now();
    let compiled = compile(wasm, true).map_err(|error| error.to_string())?;
    match start.elapsed() {
        time if time > PATIENCE => Err(format!("it takes {time:?}").into()),
        _ => Ok(compiled),
    }
}

/// Changes every byte of the sections with DWARF, two bytes at a time, so that
/// one change can repair what the other would end.
fn every_byte() -> Outcome {
    let name = b".debug_";
    let first = LINES.windows(name.len()).position(|bytes| bytes == name);
    let first = first.ok_or("the fixture has no DWARF")? + 16;
    for at in first..LINES.len() {
        let mut module = LINES.to_vec();
        module[at] = module[at].wrapping_add(at as u8 | 1);
        let other = first + (at * 7919) % (LINES.len() - first);
        module[other] ^= 0x55;
        // What has become of the frame of sections does not matter here.
        let start = Instant::now();
        if let Err(Error::Internal { message, .. }) = compile(&module, true) {
            return Err(format!("byte {at}: {message}").into());
        }
        if start.elapsed() > PATIENCE {
            return Err(format!("byte {at} takes {:?}", start.elapsed()).into());
        }
    }
    Ok(())
}
