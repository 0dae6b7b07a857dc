//! Damaged modules: valid ones with changed bytes, integers and sections.

use crate::rng::Rng;
use crate::sections;
use wasm_encoder::{CodeSection, Function, FunctionSection, Instruction, Module, TypeSection};
use wasmparser::Parser;

/// Size in bytes to which an input may grow.
const LARGEST: usize = 1 << 20;

/// Returns a module of the corpus, changed in a way that follows from the
/// generator.
pub(crate) fn mutate(corpus: &[Vec<u8>], rng: &mut Rng) -> Vec<u8> {
    if rng.once_in(500) {
        return nested(10_usize.pow(2 + rng.below(4) as u32), rng);
    }
    let mut wasm = rng.choose(corpus).clone();
    for _ in 0..rng.below(4) {
        change(&mut wasm, corpus, rng);
        wasm.truncate(LARGEST);
    }
    wasm
}

fn change(wasm: &mut Vec<u8>, corpus: &[Vec<u8>], rng: &mut Rng) {
    if wasm.is_empty() {
        return;
    }
    let at = rng.below(wasm.len());
    match rng.below(9) {
        0 => wasm[at] ^= 1 << rng.below(8),
        1 => wasm[at] = rng.next() as u8,
        2 => wasm[at] = wasm[at].wrapping_add(rng.below(5) as u8).wrapping_sub(2),
        3 => number(wasm, at, rng),
        4 => wasm.truncate(at),
        5 => {
            let end = (at + 1 + rng.below(8)).min(wasm.len());
            wasm.drain(at..end);
        }
        6 => {
            let end = (at + 1 + rng.below(16)).min(wasm.len());
            let part = wasm[at..end].repeat(1 + rng.below(4));
            wasm.splice(at..at, part);
        }
        7 => {
            let other = rng.choose(corpus);
            exchange_section(wasm, other, rng);
        }
        _ => {
            let other = rng.choose(corpus);
            let from = rng.below(other.len());
            let end = (from + rng.below(64)).min(other.len());
            wasm.splice(at..at, other[from..end].iter().copied());
        }
    }
}

/// Writes an integer at the edge of its type's range, in LEB128, over the byte
/// at an offset.
fn number(wasm: &mut Vec<u8>, at: usize, rng: &mut Rng) {
    const EDGES: [&[u8]; 7] = [
        &[0xff, 0xff, 0xff, 0xff, 0x0f],
        &[0xff, 0xff, 0xff, 0xff, 0x07],
        &[0x80, 0x80, 0x80, 0x80, 0x08],
        &[0xff, 0xff, 0x03],
        &[0x80, 0x80, 0x04],
        &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        &[0x80, 0x00],
    ];
    let end = wasm[at..].iter().position(|byte| byte & 0x80 == 0).map_or(at, |length| at + length);
    wasm.splice(at..=end, rng.choose(&EDGES).iter().copied());
}

/// Puts a section of another module among the sections of this one.
fn exchange_section(wasm: &mut Vec<u8>, other: &[u8], rng: &mut Rng) {
    let theirs = section_list(other);
    let ours = section_list(wasm);
    if theirs.is_empty() || ours.is_empty() {
        return;
    }
    let new = rng.choose(&theirs).clone();
    let mut old = rng.choose(&ours).clone();
    if rng.once_in(2) {
        old.end = old.start;
    }
    wasm.splice(old, other[new].iter().copied());
}

/// Returns the ranges of the sections with their headers, as far as the module
/// or component can be read.
fn section_list(wasm: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut list = Vec::new();
    let mut start = Module::HEADER.len();
    for payload in Parser::new(0).parse_all(wasm) {
        let Ok(payload) = payload else { break };
        if let Some((_, range)) = payload.as_section() {
            let range = sections::range_in_memory(range);
            // A custom section may claim more than there is.
            if range.end > wasm.len() {
                break;
            }
            // What is in a component's section is read too.
            if range.start < start {
                continue;
            }
            list.push(start..range.end);
            start = range.end;
        }
    }
    list
}

/// Returns a module with one valid function of nested blocks, loops or
/// conditions.
fn nested(depth: usize, rng: &mut Rng) -> Vec<u8> {
    let mut module = Module::new();
    let mut types = TypeSection::new();
    types.ty().function([], []);
    module.section(&types);
    let mut functions = FunctionSection::new();
    functions.function(0);
    module.section(&functions);
    let mut body = Function::new([]);
    let empty = wasm_encoder::BlockType::Empty;
    let kind = rng.below(3);
    for _ in 0..depth {
        match kind {
            0 => body.instruction(&Instruction::Block(empty)),
            1 => body.instruction(&Instruction::Loop(empty)),
            _ => {
                body.instruction(&Instruction::I32Const(1));
                body.instruction(&Instruction::If(empty))
            }
        };
    }
    for _ in 0..=depth {
        body.instruction(&Instruction::End);
    }
    let mut code = CodeSection::new();
    code.function(&body);
    module.section(&code);
    module.finish()
}
