//! The values of an object's fields, in place of the object.
//!
//! At the start of a block, a field's value is what it was at the end of the block before; where
//! several blocks come before, it is a new parameter, if the field is read later. All
//! uses of an object come after the place where it is made, so each way back from a use
//! ends there.

use super::uses::{Object, Use};
use crate::ir::branches;
use crate::ir::values::replace_by;
use cranelift_codegen::Context;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::entity::SecondaryMap;
use cranelift_codegen::ir::{
    Block, BlockArg, ConstantData, Function, Inst, InstBuilder, InstructionData, Opcode, Type,
    Value, types,
};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// The largest number of pairs of a field and a block through which its value goes, in one
/// function. The limit keeps the time linear in the size of the function.
const MOST_PASSAGES: usize = 20_000;

/// A field of an object, by the number of the object and the offset.
type Field = (u32, i32);

/// The values of fields where the rewriting is.
#[derive(Default)]
struct Values {
    /// The fields whose value has to be known at the start of each block, in order.
    wanted: SecondaryMap<Block, Vec<Field>>,
    /// The type of each field.
    types: BTreeMap<Field, Type>,
    /// What is done with each use of an object.
    uses: FxHashMap<Inst, (u32, Use)>,
    /// The values at the ends of blocks.
    ends: FxHashMap<(Block, Field), Value>,
}

/// Replaces objects that do not escape by the values of their fields. Returns whether there
/// were any.
pub(super) fn replace(context: &mut Context, objects: Vec<Object<'_>>) -> bool {
    let mut values = Values::default();
    let mut starts: SecondaryMap<Block, Option<u32>> = SecondaryMap::new();
    let mut left = MOST_PASSAGES;
    let mut count = 0;
    for object in objects {
        let Some(wanted) = passages(context, &object, &mut left) else {
            continue;
        };
        for (block, offset) in wanted {
            values.wanted[block].push((count, offset));
        }
        values.types.extend(object.fields.iter().map(|(offset, ty)| ((count, *offset), *ty)));
        values
            .uses
            .extend(object.uses.iter().map(|(instruction, it)| (*instruction, (count, *it))));
        starts[object.site.done] = Some(count);
        forget_room(&mut context.func, &object);
        count += 1;
    }
    if count == 0 {
        return false;
    }
    let function = &mut context.func;
    let ways = branches::ways(function);
    for block in context.domtree.cfg_rpo().copied() {
        let before: Vec<Block> = context.cfg.pred_iter(block).map(|before| before.block).collect();
        let mut present: FxHashMap<Field, Value> = FxHashMap::default();
        for field in &values.wanted[block] {
            let value = match before[..] {
                [before] => values.ends[&(before, *field)],
                _ => function.dfg.append_block_param(block, values.types[field]),
            };
            present.insert(*field, value);
        }
        values.rewrite(function, block, &mut present);
        if let Some(object) = starts[block] {
            values.start(function, block, object, &mut present);
        }
        values.ends.extend(present.into_iter().map(|(field, value)| ((block, field), value)));
    }
    for block in context.domtree.cfg_rpo().copied() {
        let is_parameter = context.cfg.pred_iter(block).nth(1).is_some();
        if !is_parameter || values.wanted[block].is_empty() {
            continue;
        }
        for way in &ways[block] {
            let from = function.layout.inst_block(way.0).expect("a branch in the layout");
            let mut arguments = branches::arguments(function, *way);
            let new = values.wanted[block].iter().map(|field| values.ends[&(from, *field)]);
            arguments.extend(new.map(BlockArg::Value));
            branches::set_arguments(function, *way, &arguments);
        }
    }
    function.dfg.resolve_all_aliases();
    true
}

impl Values {
    /// Rewrites the uses of objects in a block. `present` are the values of fields at its start,
    /// and afterwards those at its end.
    fn rewrite(
        &self,
        function: &mut Function,
        block: Block,
        present: &mut FxHashMap<Field, Value>,
    ) {
        for instruction in function.layout.block_insts(block).collect::<Vec<Inst>>() {
            match self.uses.get(&instruction) {
                None => {}
                Some((object, Use::Store(offset))) => {
                    let value = function.dfg.inst_args(instruction)[0];
                    present.insert((*object, *offset), function.dfg.resolve_aliases(value));
                    function.layout.remove_inst(instruction);
                }
                Some((object, Use::Load(offset))) => {
                    let field = (*object, *offset);
                    let mut cursor = FuncCursor::new(function).at_inst(instruction);
                    let value = match present.get(&field) {
                        Some(value) => *value,
                        None => zero(&mut cursor, self.types[&field]),
                    };
                    let value = extended(&mut cursor, instruction, value);
                    replace_by(function, instruction, value);
                }
                Some((_, Use::Test(result))) => {
                    let ty = function.dfg.value_type(function.dfg.first_result(instruction));
                    function.replace(instruction).iconst(ty, i64::from(*result));
                }
                Some((_, Use::Nothing)) => {
                    function.layout.remove_inst(instruction);
                }
            }
        }
    }

    /// Adds the fields of an object, at the end of the block in which it is made, that have not
    /// been stored: they are not defined.
    fn start(
        &self,
        function: &mut Function,
        block: Block,
        object: u32,
        present: &mut FxHashMap<Field, Value>,
    ) {
        let end = function.layout.last_inst(block).expect("a block ends with a branch");
        let mut cursor = FuncCursor::new(function).at_inst(end);
        for (field, ty) in self.types.range((object, i32::MIN)..=(object, i32::MAX)) {
            present.entry(*field).or_insert_with(|| zero(&mut cursor, *ty));
        }
    }
}

/// Emits a zero of a type.
fn zero(cursor: &mut FuncCursor<'_>, ty: Type) -> Value {
    match ty {
        types::F32 => cursor.ins().f32const(0.0),
        types::F64 => cursor.ins().f64const(0.0),
        ty if ty.is_vector() => {
            let zeros = ConstantData::from(&[0; 16][..]);
            let constant = cursor.func.dfg.constants.insert(zeros);
            cursor.ins().vconst(ty, constant)
        }
        ty => cursor.ins().iconst(ty, 0),
    }
}

/// Emits what the load of a field does to the value that was stored there: those of 8 and 16 bits
/// are stored without the upper bits of an i32.
fn extended(cursor: &mut FuncCursor<'_>, load: Inst, value: Value) -> Value {
    let InstructionData::Load { opcode, .. } = cursor.func.dfg.insts[load] else {
        return value;
    };
    match opcode {
        Opcode::Uload8 => cursor.ins().band_imm_u(value, 0xff),
        Opcode::Uload16 => cursor.ins().band_imm_u(value, 0xffff),
        Opcode::Sload8 => {
            let narrow = cursor.ins().ireduce(types::I8, value);
            cursor.ins().sextend(types::I32, narrow)
        }
        Opcode::Sload16 => {
            let narrow = cursor.ins().ireduce(types::I16, value);
            cursor.ins().sextend(types::I32, narrow)
        }
        _ => value,
    }
}

/// Replaces the branch that asks for room for an object by a jump to where the object is there.
fn forget_room(function: &mut Function, object: &Object<'_>) {
    let site = object.site;
    let mut cursor = FuncCursor::new(function).at_inst(site.branch);
    let nothing = cursor.ins().iconst(types::I64, 0);
    function.replace(site.branch).jump(site.done, &[BlockArg::Value(nothing)]);
    for instruction in site.taking {
        function.layout.remove_inst(instruction);
    }
}

/// Returns the blocks at whose start the values of an object's fields have to be known, with the
/// offsets of the fields. Returns none, if there are more than `left`, which is then as before;
/// otherwise they are subtracted from it.
fn passages(context: &Context, object: &Object<'_>, left: &mut usize) -> Option<Vec<(Block, i32)>> {
    let layout = &context.func.layout;
    let mut stored: FxHashSet<(Block, i32)> = FxHashSet::default();
    let mut wanted: Vec<(Block, i32)> = Vec::new();
    let mut known: FxHashSet<(Block, i32)> = FxHashSet::default();
    for (instruction, found) in &object.uses {
        let block = layout.inst_block(*instruction).expect("a use in the layout");
        match found {
            Use::Store(offset) => _ = stored.insert((block, *offset)),
            Use::Load(offset) => {
                let place = (block, *offset);
                let is_start = block == object.site.done || stored.contains(&place);
                if !is_start && known.insert(place) {
                    wanted.push(place);
                }
            }
            _ => {}
        }
    }
    let mut next = 0;
    while let Some((block, offset)) = wanted.get(next).copied() {
        if wanted.len() > *left {
            return None;
        }
        next += 1;
        for before in context.cfg.pred_iter(block) {
            let place = (before.block, offset);
            let is_start = before.block == object.site.done || stored.contains(&place);
            if !is_start && known.insert(place) {
                wanted.push(place);
            }
        }
    }
    *left -= wanted.len();
    Some(wanted)
}
