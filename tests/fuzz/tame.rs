//! Fewer traps in a generated module, so that more of it runs: memories have a
//! page, addresses of loads and stores are small, divisors odd.

use crate::sections::{self, bodies};
use std::ops::Range;
use wasm_encoder::{CodeSection, Encode, InstructionSink, MemorySection, MemoryType};
use wasmparser::{BinaryReader, FunctionBody, Operator, Parser, Payload};

/// Below the end of any memory that has a page.
const MASK: i32 = 0x7fff;

/// Scratch locals for values to be stored, in the order of [`Access::Store`]:
/// i32, i64, f32, f64, v128, one each.
const SCRATCH: [u8; 10] = [1, 0x7f, 1, 0x7e, 1, 0x7d, 1, 0x7c, 1, 0x7b];

/// The module with such functions; none if it cannot be taken apart.
pub fn tame(wasm: &[u8]) -> Option<Vec<u8>> {
    let mut code = CodeSection::new();
    for (body, parameters) in bodies(wasm)?.into_iter().zip(parameters(wasm)?) {
        code.raw(&tame_body(wasm, body, parameters)?);
    }
    let wasm = sections::replace(wasm, &code)?;
    match memories(&wasm)? {
        memories if memories.is_empty() => Some(wasm),
        memories => sections::replace(&wasm, &memories),
    }
}

/// The memories, each with a page at least.
fn memories(wasm: &[u8]) -> Option<MemorySection> {
    let mut memories = MemorySection::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::MemorySection(section) = payload.ok()? {
            for memory in section {
                let memory = memory.ok()?;
                memories.memory(MemoryType {
                    minimum: memory.initial.max(1),
                    maximum: memory.maximum.map(|maximum| maximum.max(1)),
                    memory64: memory.memory64,
                    shared: memory.shared,
                    page_size_log2: memory.page_size_log2,
                });
            }
        }
    }
    Some(memories)
}

/// How many parameters each function has.
fn parameters(wasm: &[u8]) -> Option<Vec<u32>> {
    let mut types = Vec::new();
    let mut functions = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.ok()? {
            Payload::TypeSection(section) => {
                for ty in section.into_iter_err_on_gc_types() {
                    types.push(ty.ok()?.params().len() as u32);
                }
            }
            Payload::FunctionSection(section) => {
                for ty in section {
                    functions.push(*types.get(ty.ok()? as usize)?);
                }
            }
            _ => {}
        }
    }
    Some(functions)
}

fn tame_body(wasm: &[u8], body: Range<usize>, parameters: u32) -> Option<Vec<u8>> {
    let start = body.start as u64;
    let body = FunctionBody::new(BinaryReader::new(wasm.get(body)?, start));
    let mut locals = body.get_locals_reader().ok()?;
    let groups = locals.get_count();
    let first_group = locals.original_position() as usize;
    let mut scratch = parameters;
    for _ in 0..groups {
        scratch += locals.read().ok()?.0;
    }
    let mut operators = body.get_operators_reader().ok()?;
    let mut bytes = Vec::new();
    (groups + SCRATCH.len() as u32 / 2).encode(&mut bytes);
    bytes.extend(wasm.get(first_group..operators.original_position() as usize)?);
    bytes.extend(SCRATCH);
    while !operators.eof() {
        let from = operators.original_position() as usize;
        prepare(&operators.read().ok()?, scratch, &mut bytes);
        let to = operators.original_position() as usize;
        bytes.extend(wasm.get(from..to)?);
    }
    Some(bytes)
}

/// What goes before an instruction.
fn prepare(operator: &Operator<'_>, scratch: u32, bytes: &mut Vec<u8>) {
    let mut code = InstructionSink::new(bytes);
    match access(operator) {
        Some(Access::Load) => {
            code.i32_const(MASK).i32_and();
        }
        Some(Access::Store(value)) => {
            let local = scratch + value;
            code.local_set(local);
            code.i32_const(MASK).i32_and().local_get(local);
        }
        None => {}
    }
    match operator {
        Operator::I32DivS | Operator::I32DivU | Operator::I32RemS | Operator::I32RemU => {
            code.i32_const(1).i32_or();
        }
        Operator::I64DivS | Operator::I64DivU | Operator::I64RemS | Operator::I64RemU => {
            code.i64_const(1).i64_or();
        }
        _ => {}
    }
}

/// How a memory is used.
enum Access {
    Load,
    /// Of a value, for which there is this scratch local.
    Store(u32),
}

/// Lanes are left as they are.
fn access(operator: &Operator<'_>) -> Option<Access> {
    use Operator as O;
    match operator {
        O::I32Load { .. }
        | O::I32Load8S { .. }
        | O::I32Load8U { .. }
        | O::I32Load16S { .. }
        | O::I32Load16U { .. }
        | O::I64Load { .. }
        | O::I64Load8S { .. }
        | O::I64Load8U { .. }
        | O::I64Load16S { .. }
        | O::I64Load16U { .. }
        | O::I64Load32S { .. }
        | O::I64Load32U { .. }
        | O::F32Load { .. }
        | O::F64Load { .. }
        | O::V128Load { .. }
        | O::V128Load8x8S { .. }
        | O::V128Load8x8U { .. }
        | O::V128Load16x4S { .. }
        | O::V128Load16x4U { .. }
        | O::V128Load32x2S { .. }
        | O::V128Load32x2U { .. }
        | O::V128Load8Splat { .. }
        | O::V128Load16Splat { .. }
        | O::V128Load32Splat { .. }
        | O::V128Load64Splat { .. }
        | O::V128Load32Zero { .. }
        | O::V128Load64Zero { .. } => Some(Access::Load),
        O::I32Store { .. } | O::I32Store8 { .. } | O::I32Store16 { .. } => Some(Access::Store(0)),
        O::I64Store { .. } | O::I64Store8 { .. } | O::I64Store16 { .. } | O::I64Store32 { .. } => {
            Some(Access::Store(1))
        }
        O::F32Store { .. } => Some(Access::Store(2)),
        O::F64Store { .. } => Some(Access::Store(3)),
        O::V128Store { .. } => Some(Access::Store(4)),
        _ => None,
    }
}
