//! Which objects escape, and what is done with those that do not. Some escape only as long as
//! other steps of the pass have not been taken.

use super::sites::Site;
use crate::ir::branches;
use crate::ir::values::constant;
use cranelift_codegen::Context;
use cranelift_codegen::entity::SecondaryMap;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    BlockArg, Function, Inst, InstructionData, Opcode, Type, Value, types,
};
use quench_abi::{CARD_SIZE_LOG2, CARDS};
use std::collections::BTreeMap;

/// An object that does not escape.
pub(super) struct Object<'a> {
    pub site: &'a Site,
    /// All that is done with the reference, in an order in which blocks come after those that
    /// dominate them.
    pub uses: Vec<(Inst, Use)>,
    /// The types of the values in its fields, by offset.
    pub fields: BTreeMap<i32, Type>,
}

/// What an instruction does with an object that does not escape.
#[derive(Clone, Copy)]
pub(super) enum Use {
    /// It loads the field at this offset.
    Load(i32),
    /// It stores the field at this offset.
    Store(i32),
    /// It tests the reference, with this result.
    Test(bool),
    /// It has to do with the object's card, or traps if the reference is null.
    Nothing,
}

/// Whether an object escapes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Escape {
    No,
    /// Only by being passed to a block, or by being stored in another new object.
    Perhaps,
    Yes,
}

/// The part of a value in what is known of objects, which are named by their numbers.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Role {
    #[default]
    None,
    Object(usize),
    /// The number of an object's card.
    Card(usize),
    /// A parameter that may be the object.
    Passed(usize),
}

/// The objects of a function that do not escape.
pub(super) struct Private<'a> {
    pub objects: Vec<Object<'a>>,
    /// Whether there are others that may turn out not to escape.
    pub may_be_more: bool,
}

/// Returns the objects that do not escape from the function of `context`.
pub(super) fn private_objects<'a>(context: &Context, sites: &'a [Site]) -> Private<'a> {
    let mut roles: SecondaryMap<Value, Role> = SecondaryMap::new();
    for (number, site) in sites.iter().enumerate() {
        roles[site.object] = Role::Object(number);
    }
    let escapes = escapes(context, sites.len(), &mut roles);
    Private {
        objects: if escapes.contains(&Escape::No) {
            objects(context, sites, &escapes, &roles)
        } else {
            Vec::new()
        },
        may_be_more: escapes.contains(&Escape::Perhaps),
    }
}

/// Returns the instructions in an order in which what defines a value comes before what uses it,
/// but for parameters of loops.
fn instructions(context: &Context) -> impl Iterator<Item = Inst> {
    let blocks = context.domtree.cfg_rpo().copied();
    blocks.flat_map(|block| context.func.layout.block_insts(block))
}

/// Finds out which of `count` objects escape. Adds the roles of other values to those of the
/// objects.
fn escapes(context: &Context, count: usize, roles: &mut SecondaryMap<Value, Role>) -> Vec<Escape> {
    let function = &context.func;
    let mut escapes = vec![Escape::No; count];
    for instruction in instructions(context) {
        for value in function.dfg.inst_values(instruction) {
            let role = roles[value];
            let (Role::Object(number) | Role::Card(number) | Role::Passed(number)) = role else {
                continue;
            };
            if escapes[number] == Escape::Yes {
                continue;
            }
            if found(function, instruction, value, role).is_some() {
                if matches!(role, Role::Object(_))
                    && let Some(card) = card(function, instruction)
                {
                    roles[card] = Role::Card(number);
                }
            } else if may_stay(function, instruction, value, roles) {
                escapes[number] = Escape::Perhaps;
            } else {
                escapes[number] = Escape::Yes;
            }
        }
    }
    escapes
}

/// Returns the objects that do not escape, with all their uses.
fn objects<'a>(
    context: &Context,
    sites: &'a [Site],
    escapes: &[Escape],
    roles: &SecondaryMap<Value, Role>,
) -> Vec<Object<'a>> {
    let function = &context.func;
    let mut fields: Vec<Fields> = sites.iter().map(|_| Fields::default()).collect();
    for instruction in instructions(context) {
        for value in function.dfg.inst_values(instruction) {
            let role = roles[value];
            if let Role::Object(number) | Role::Card(number) = role
                && escapes[number] == Escape::No
                && let Some(found) = found(function, instruction, value, role)
            {
                let fields = &mut fields[number];
                fields.uses.push((instruction, found));
                if let Use::Load(offset) | Use::Store(offset) = found {
                    fields.add(offset, accessed(function, instruction));
                }
            }
        }
    }
    let all = sites.iter().zip(fields).zip(escapes);
    let private = all.filter(|((_, fields), escape)| **escape == Escape::No && fields.are_known());
    private
        .map(|((site, Fields { uses, types, .. }), _)| Object { site, uses, fields: types })
        .collect()
}

/// The fields of an object, as far as they are accessed, and the uses of the object.
#[derive(Default)]
struct Fields {
    uses: Vec<(Inst, Use)>,
    /// The type of the value of each field, by offset.
    types: BTreeMap<i32, Type>,
    /// The number of bytes of each field, by offset.
    sizes: BTreeMap<i32, u32>,
    /// Whether a field has been accessed in two ways, or in one that is not expected.
    are_mixed: bool,
}

impl Fields {
    /// Adds an access to the field at an offset, as a value of a type, and a number of bytes.
    fn add(&mut self, offset: i32, (ty, size): (Type, u32)) {
        self.are_mixed |= *self.types.entry(offset).or_insert(ty) != ty;
        self.are_mixed |= *self.sizes.entry(offset).or_insert(size) != size;
        // Fields of 8 and 16 bits hold the lower bits of an i32.
        self.are_mixed |= size < 4 && ty != types::I32;
    }

    /// Returns whether each access to a field is of the same form, and no two fields overlap.
    fn are_known(&self) -> bool {
        let ends = self.sizes.iter().map(|(offset, size)| i64::from(*offset) + i64::from(*size));
        let next = self.sizes.keys().skip(1);
        !self.are_mixed && ends.zip(next).all(|(end, next)| end <= i64::from(*next))
    }
}

/// Returns the use that an instruction makes of a value with this role, if the object does not
/// escape by it.
fn found(function: &Function, instruction: Inst, value: Value, role: Role) -> Option<Use> {
    match role {
        Role::Card(_) => store_of_card(function, instruction, value),
        _ => access(function, instruction, value).or_else(|| test(function, instruction, value)),
    }
}

/// Returns whether an object that an instruction passes on may turn out not to escape. Notes the
/// parameters to which it is passed.
fn may_stay(
    function: &Function,
    instruction: Inst,
    object: Value,
    roles: &mut SecondaryMap<Value, Role>,
) -> bool {
    let role = roles[object];
    match (function.dfg.insts[instruction], role) {
        (InstructionData::Store { args: [value, address], .. }, _) => {
            value == object && address != object && matches!(roles[address], Role::Object(_))
        }
        (
            InstructionData::Jump { .. } | InstructionData::Brif { .. },
            Role::Object(number) | Role::Passed(number),
        ) => {
            for call in branches::destinations(function, instruction) {
                let parameters = function.dfg.block_params(branches::target(function, call));
                let arguments = call.args(&function.dfg.value_lists);
                for (parameter, argument) in parameters.iter().zip(arguments) {
                    if argument == BlockArg::Value(object) && roles[*parameter] == Role::None {
                        roles[*parameter] = Role::Passed(number);
                    }
                }
            }
            true
        }
        _ => false,
    }
}

/// Returns the result of an instruction that computes the number of a card.
fn card(function: &Function, instruction: Inst) -> Option<Value> {
    match function.dfg.insts[instruction] {
        InstructionData::Binary { opcode: Opcode::Ushr, args: [_, amount] }
            if constant(function, amount) == Some(i64::from(CARD_SIZE_LOG2)) =>
        {
            Some(function.dfg.first_result(instruction))
        }
        _ => None,
    }
}

/// Returns the use that an instruction makes of an object if it is an access to a field.
fn access(function: &Function, instruction: Inst, object: Value) -> Option<Use> {
    use Opcode::{
        Istore8, Istore16, Istore32, Load, Sload8, Sload16, Store, Uload8, Uload16, Uload32,
    };
    let (opcode, found) = match function.dfg.insts[instruction] {
        InstructionData::Load { opcode, arg, offset, .. } if arg == object => {
            (opcode, Use::Load(offset.into()))
        }
        InstructionData::Store { opcode, args: [value, address], offset, .. }
            if address == object && value != object =>
        {
            (opcode, Use::Store(offset.into()))
        }
        _ => return None,
    };
    let is_known = matches!(
        opcode,
        Load | Store
            | Istore8
            | Uload8
            | Sload8
            | Istore16
            | Uload16
            | Sload16
            | Istore32
            | Uload32
    );
    is_known.then_some(found)
}

/// Returns the type of the value that a load or store makes or takes, and the number of bytes that
/// it accesses.
fn accessed(function: &Function, access: Inst) -> (Type, u32) {
    let value = match function.dfg.inst_results(access) {
        [loaded] => *loaded,
        _ => function.dfg.inst_args(access)[0],
    };
    let ty = function.dfg.value_type(value);
    let size = match function.dfg.insts[access].opcode() {
        Opcode::Uload8 | Opcode::Sload8 | Opcode::Istore8 => 1,
        Opcode::Uload16 | Opcode::Sload16 | Opcode::Istore16 => 2,
        // A reference: the upper half is zero.
        Opcode::Uload32 | Opcode::Istore32 => 4,
        _ => ty.bytes(),
    };
    (ty, size)
}

/// Returns the use of the number of a card if it is the store to the card.
fn store_of_card(function: &Function, instruction: Inst, card: Value) -> Option<Use> {
    match function.dfg.insts[instruction] {
        InstructionData::Store { opcode: Opcode::Istore8, args: [value, to], offset, .. }
            if to == card && value != card && i32::from(offset) == CARDS as i32 =>
        {
            Some(Use::Nothing)
        }
        _ => None,
    }
}

/// Returns the use that an instruction makes of an object if it is a test, or the number of its
/// card.
fn test(function: &Function, instruction: Inst, object: Value) -> Option<Use> {
    match function.dfg.insts[instruction] {
        InstructionData::IntCompare { args: [left, right], cond, .. } => match cond {
            IntCC::Equal => Some(Use::Test(left == right)),
            IntCC::NotEqual => Some(Use::Test(left != right)),
            _ => None,
        },
        InstructionData::Binary { opcode: Opcode::Band, args: [left, right] }
            if left == object && constant(function, right) == Some(1) =>
        {
            Some(Use::Test(false))
        }
        InstructionData::CondTrap { opcode: Opcode::Trapz, .. } => Some(Use::Nothing),
        _ => card(function, instruction).map(|_| Use::Nothing),
    }
}
