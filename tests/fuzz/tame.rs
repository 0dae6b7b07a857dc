//! Makes a generated module trap less, so that more of it runs: memories have
//! 64 KiB, addresses of loads and stores are small, divisors odd, copies and
//! fills of memories short, which also makes their lengths constants, and those of
//! tables and arrays at least short. `tame_objects` does the rest for objects.

use crate::sections::{self, bodies};
use crate::tame_objects::{Objects, Types};
use std::ops::Range;
use wasm_encoder::{CodeSection, Encode, InstructionSink, MemorySection, MemoryType};
use wasmparser::{
    BinaryReader, FunctionBody, MemArg, MemArgTarget, Operator, OperatorsReader, Parser, Payload,
};

/// Binary logarithm of the number of bytes that each memory has at least.
const LENGTH_LOG2: u32 = 16;

/// Mask for addresses: they are then below the end of any memory.
const MASK: i32 = 0x7fff;

/// Scratch locals for values to be stored, in the order of [`Access::Store`]:
/// i32, i64, f32, f64, v128, one each.
const SCRATCH: [u8; 10] = [1, 0x7f, 1, 0x7e, 1, 0x7d, 1, 0x7c, 1, 0x7b];

/// Returns the module with such functions and memories; `None` if it cannot be
/// parsed.
pub(crate) fn tame(wasm: &[u8]) -> Option<Vec<u8>> {
    let memories = memories(wasm)?;
    let types = Types::read(wasm)?;
    let mut code = CodeSection::new();
    for (body, parameters) in bodies(wasm)?.into_iter().zip(parameters(wasm, &types)?) {
        code.raw(&tame_body(wasm, body, parameters, &memories, &types)?);
    }
    let wasm = sections::replace(wasm, &code)?;
    if memories.is_empty() {
        return Some(wasm);
    }
    let mut section = MemorySection::new();
    memories.iter().for_each(|memory| {
        section.memory(*memory);
    });
    sections::replace(&wasm, &section)
}

/// Returns the types of the memories, each large enough.
fn memories(wasm: &[u8]) -> Option<Vec<MemoryType>> {
    let mut memories = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::MemorySection(section) = payload.ok()? {
            for memory in section {
                let memory = memory.ok()?;
                let least = 1 << (LENGTH_LOG2 - memory.page_size_log2.unwrap_or(LENGTH_LOG2));
                memories.push(MemoryType {
                    minimum: memory.initial.max(least),
                    maximum: memory.maximum.map(|maximum| maximum.max(least)),
                    memory64: memory.memory64,
                    shared: memory.shared,
                    page_size_log2: memory.page_size_log2,
                });
            }
        }
    }
    Some(memories)
}

/// Returns the number of parameters of each function.
fn parameters(wasm: &[u8], types: &Types) -> Option<Vec<u32>> {
    let mut functions = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::FunctionSection(section) = payload.ok()? {
            for ty in section {
                functions.push(types.parameter_count(ty.ok()?)?);
            }
        }
    }
    Some(functions)
}

fn tame_body(
    wasm: &[u8],
    body: Range<usize>,
    parameters: u32,
    memories: &[MemoryType],
    types: &Types,
) -> Option<Vec<u8>> {
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
    let ours = SCRATCH.len() as u32 / 2;
    let declared = wasm.get(first_group..operators.original_position() as usize)?;
    let mut objects = Objects::new(types, scratch + ours);
    let mut code = Vec::new();
    while !operators.eof() {
        let from = operators.original_position() as usize;
        let operator = operators.read().ok()?;
        prepare(&operator, scratch, memories, &mut code);
        shorten(&operator, from, scratch, memories, &mut code);
        if costs_its_length(&operator, operators.clone()) {
            let most = if from.is_multiple_of(16) { MOST_ELEMENTS } else { FEW_ELEMENTS };
            InstructionSink::new(&mut code).i32_const(most).i32_and();
        }
        objects.prepare(&operator, &mut code);
        let to = operators.original_position() as usize;
        code.extend(wasm.get(from..to)?);
        objects.follow(&operator, from, &mut code);
    }
    let mut bytes = Vec::new();
    (groups + ours + objects.locals().len() as u32).encode(&mut bytes);
    bytes.extend(declared);
    bytes.extend(SCRATCH);
    for ty in objects.locals() {
        bytes.push(1);
        ty.encode(&mut bytes);
    }
    bytes.extend(code);
    Some(bytes)
}

/// Writes the instructions that go before an instruction.
fn prepare(operator: &Operator<'_>, scratch: u32, memories: &[MemoryType], bytes: &mut Vec<u8>) {
    let mut code = InstructionSink::new(bytes);
    let has_64_bits = |memory: u32| memories.get(memory as usize).is_some_and(|ty| ty.memory64);
    match access(operator) {
        Some((Access::Load, memory)) => mask(has_64_bits(memory), &mut code),
        Some((Access::Store(value), memory)) => {
            let local = scratch + value;
            code.local_set(local);
            mask(has_64_bits(memory), &mut code);
            code.local_get(local);
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

/// Masks for the number of elements of tables and arrays that an instruction
/// makes, copies or fills. All of them have to be less than the fuel.
const FEW_ELEMENTS: i32 = 31;
const MOST_ELEMENTS: i32 = 1023;

/// Returns whether an instruction begins the generator's comparison of a length
/// with the fuel that is left.
fn costs_its_length(operator: &Operator<'_>, mut next: OperatorsReader<'_>) -> bool {
    let Operator::LocalTee { local_index: length } = *operator else {
        return false;
    };
    let next = [next.read(), next.read(), next.read()];
    matches!(
        next,
        [Ok(Operator::LocalGet { local_index }), Ok(Operator::GlobalGet { .. }), Ok(Operator::I32GeU)]
            if local_index == length
    )
}

/// Limit of the number of bytes that are copied or filled.
const MOST_BYTES: usize = 200;

/// Makes the operands of a copy or fill small; the length follows from its
/// offset in the module.
fn shorten(
    operator: &Operator<'_>,
    place: usize,
    scratch: u32,
    memories: &[MemoryType],
    bytes: &mut Vec<u8>,
) {
    let mut code = InstructionSink::new(bytes);
    let has_64_bits = |memory: u32| memories.get(memory as usize).is_some_and(|ty| ty.memory64);
    // The length and what is below it go away, the destination stays.
    let has_64_bit_length = match *operator {
        Operator::MemoryFill { mem } => {
            code.drop().local_set(scratch);
            mask(has_64_bits(mem), &mut code);
            code.local_get(scratch);
            has_64_bits(mem)
        }
        Operator::MemoryCopy { dst_mem, src_mem } => {
            let wide = has_64_bits(src_mem);
            let source = scratch + u32::from(wide);
            code.drop().local_set(source);
            mask(has_64_bits(dst_mem), &mut code);
            code.local_get(source);
            mask(wide, &mut code);
            wide && has_64_bits(dst_mem)
        }
        _ => return,
    };
    let length = place % MOST_BYTES;
    if has_64_bit_length {
        code.i64_const(length as i64)
    } else {
        code.i32_const(length as i32)
    };
}

fn mask(has_64_bits: bool, code: &mut InstructionSink<'_>) {
    if has_64_bits {
        code.i64_const(MASK.into()).i64_and()
    } else {
        code.i32_const(MASK).i32_and()
    };
}

/// The way in which an operator uses a memory.
enum Access {
    Load,
    /// A store of a value, which this scratch local can hold.
    Store(u32),
}

fn memory(memarg: &MemArg) -> u32 {
    match memarg.target {
        MemArgTarget::Memory(memory) | MemArgTarget::Array(memory) => memory,
    }
}

/// Returns how an operator uses memory, and which memory. Operators on lanes
/// are left as they are.
fn access(operator: &Operator<'_>) -> Option<(Access, u32)> {
    use Operator as O;
    match operator {
        O::I32Load { memarg }
        | O::I32Load8S { memarg }
        | O::I32Load8U { memarg }
        | O::I32Load16S { memarg }
        | O::I32Load16U { memarg }
        | O::I64Load { memarg }
        | O::I64Load8S { memarg }
        | O::I64Load8U { memarg }
        | O::I64Load16S { memarg }
        | O::I64Load16U { memarg }
        | O::I64Load32S { memarg }
        | O::I64Load32U { memarg }
        | O::F32Load { memarg }
        | O::F64Load { memarg }
        | O::V128Load { memarg }
        | O::V128Load8x8S { memarg }
        | O::V128Load8x8U { memarg }
        | O::V128Load16x4S { memarg }
        | O::V128Load16x4U { memarg }
        | O::V128Load32x2S { memarg }
        | O::V128Load32x2U { memarg }
        | O::V128Load8Splat { memarg }
        | O::V128Load16Splat { memarg }
        | O::V128Load32Splat { memarg }
        | O::V128Load64Splat { memarg }
        | O::V128Load32Zero { memarg }
        | O::V128Load64Zero { memarg } => Some((Access::Load, memory(memarg))),
        O::I32Store { memarg } | O::I32Store8 { memarg } | O::I32Store16 { memarg } => {
            Some((Access::Store(0), memory(memarg)))
        }
        O::I64Store { memarg }
        | O::I64Store8 { memarg }
        | O::I64Store16 { memarg }
        | O::I64Store32 { memarg } => Some((Access::Store(1), memory(memarg))),
        O::F32Store { memarg } => Some((Access::Store(2), memory(memarg))),
        O::F64Store { memarg } => Some((Access::Store(3), memory(memarg))),
        O::V128Store { memarg } => Some((Access::Store(4), memory(memarg))),
        _ => None,
    }
}
