//! Modules that no compiler makes: each compiles, or is refused with an error
//! that blames the module, in the time and memory that its size allows.
//! `quench-fuzz compile` tries random ones.

mod components;
mod dwarf;
mod modules;

use libtest_mimic::{Arguments, Trial};
use modules::{LINES, Outcome, compile, module_of, nothing};
use quench_compiler::Error;
use std::borrow::Cow;
use wasm_encoder::{
    CodeSection, CustomSection, ExportKind, ExportSection, Function, FunctionSection, Module,
    NameMap, NameSection, TypeSection,
};

fn main() {
    let trials = vec![
        Trial::test("every byte changed", every_byte_changed),
        Trial::test("every length cut off", every_length),
        Trial::test("100000 nested blocks", nested_blocks),
        Trial::test("names that nobody would choose", names),
        Trial::test("one name for all", one_name),
        Trial::test("sections that claim 4 GiB", claims),
    ];
    let trials = trials.into_iter().chain(dwarf::trials()).chain(components::trials()).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// Fails if the compiler reports an error of its own rather than the module's.
fn expect_theirs(wasm: &[u8], what: &str) -> Outcome {
    match compile(wasm, true) {
        Err(Error::Internal { message, .. }) => Err(format!("{what}: {message}").into()),
        _ => Ok(()),
    }
}

fn every_byte_changed() -> Outcome {
    for at in 0..LINES.len() {
        for change in [0x01, 0x80, 0xff] {
            let mut module = LINES.to_vec();
            module[at] ^= change;
            expect_theirs(&module, &format!("byte {at} ^ {change:#x}"))?;
        }
    }
    Ok(())
}

/// Cuts the module off at every length; the parts that are valid end where a
/// section does.
fn every_length() -> Outcome {
    for length in 0..LINES.len() {
        expect_theirs(&LINES[..length], &format!("{length} bytes"))?;
    }
    let empty = compile(&LINES[..4], false).err();
    let said = empty.map(|error| error.to_string()).unwrap_or_default();
    if said.contains("unexpected end") {
        Ok(())
    } else {
        Err(format!("a cut off header: `{said}`").into())
    }
}

fn nested_blocks() -> Outcome {
    const DEPTH: usize = 100_000;
    let mut function = Function::new([]);
    let mut instructions = function.instructions();
    for _ in 0..DEPTH {
        instructions.block(wasm_encoder::BlockType::Empty);
    }
    for _ in 0..=DEPTH {
        instructions.end();
    }
    expect_compiles(&module_of(&function, |_| {}))
}

fn expect_compiles(wasm: &[u8]) -> Outcome {
    match compile(wasm, true) {
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string().into()),
    }
}

/// Names that nobody would choose; they appear in symbol tables, messages and
/// debug information.
const NAMES: &[&str] = &[
    "",
    "\0",
    "a\0b",
    "\"quoted\"",
    "'",
    "back\\slash",
    "\u{1b}[31mred",
    "new\nline",
    "%25@plt",
    "\u{202e}backwards",
    "_ZN",
    "_RNvC",
    "é\u{301}",
];

fn with_name(name: &str) -> Vec<u8> {
    module_of(&nothing(), |module| {
        let mut functions = NameMap::new();
        functions.append(0, name);
        let mut names = NameSection::new();
        names.module(name);
        names.functions(&functions);
        module.section(&names);
    })
}

fn names() -> Outcome {
    for name in NAMES {
        expect_compiles(&with_name(name))?;
    }
    expect_compiles(&with_name(&"long".repeat(1 << 20)))
}

fn one_name() -> Outcome {
    let mut module = Module::new();
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    let (mut exports, mut map) = (ExportSection::new(), NameMap::new());
    for index in 0..1000 {
        functions.function(0);
        code.function(&nothing());
        exports.export(&index.to_string(), ExportKind::Func, index);
        map.append(index, "same");
    }
    let mut names = NameSection::new();
    names.functions(&map);
    module.section(&types).section(&functions);
    module.section(&exports).section(&code).section(&names);
    expect_compiles(&module.finish())
}

fn claims() -> Outcome {
    let valid = module_of(&nothing(), |_| {});
    // A section's number, and a size of 4 GiB less one byte.
    for section in [0, 1, 10, 11] {
        let mut module = valid.clone();
        module.extend([section, 0xff, 0xff, 0xff, 0xff, 0x0f, 4, b'n']);
        match compile(&module, true) {
            Err(Error::Invalid { .. }) => {}
            Err(error) => return Err(format!("section {section}: {error}").into()),
            Ok(_) => return Err(format!("section {section} compiles").into()),
        }
    }
    // The same of a name inside a section, where names do not matter.
    expect_compiles(&module_of(&nothing(), |module| {
        module.section(&CustomSection {
            name: Cow::Borrowed("name"),
            data: Cow::Borrowed(&[1, 6, 0xff, 0xff, 0xff, 0xff, 0x0f, 0]),
        });
    }))
}
