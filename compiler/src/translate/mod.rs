//! Translation of function bodies to Cranelift IR. All of it is methods of one type,
//! [`Translator`]; each family of operators is a file that adds methods to it. The
//! validator sees each operator before the translator does, so that translation itself
//! cannot fail.

mod arrays;
mod atomic;
mod bounds;
mod bulk;
mod call;
mod casts;
mod cold_runs;
mod control;
mod count;
mod exception;
mod facts;
mod fuel;
mod heap;
mod local_places;
mod memory;
mod numeric;
mod operators;
mod reference;
mod simd;
mod simd_operators;
mod stack;
mod structs;
pub(crate) mod thunks;
mod translator;
mod usual_callees;
mod variable;

pub(crate) use casts::type_of_null_cast;
pub(crate) use translator::Scratch;

use crate::error::Error;
use crate::module::{Body, ends_run};
use crate::passes::Pass;
use crate::plan::environment::Environment;
use cranelift_codegen::ir;
use local_places::LocalPlaces;
use translator::Translator;
use wasmparser::{FuncValidator, Operator, RefType, ValidatorResources, WasmFeatures};

/// Validates one function of the module with `features` and translates it into
/// `function`. `index` is the function's index in the module, `body` its code. Returns
/// whether the function is so hard to compile that little should be tried.
///
/// # Errors
///
/// [`Error`], if the function is invalid or uses what quench does not support.
pub(crate) fn translate(
    environment: &Environment<'_>,
    index: u32,
    body: &Body<'_>,
    features: WasmFeatures,
    scratch: &mut Scratch,
    function: &mut ir::Function,
) -> Result<bool, Error> {
    let ty = environment.planned.module.function_type(index);
    function.signature = call::internal_signature(ty);
    let mut validator = body.validator();
    validator.features = features;
    let mut validator = validator.into_validator(std::mem::take(&mut scratch.validator));
    let mut translator = Translator::new(environment, function, &mut scratch.builder);
    translator.function_index = Some(index);
    translator.places = LocalPlaces::of(body, environment.passes.contains(Pass::Variables));
    translator.enter(&ty.parameters, &ty.results);
    translator.take_fuel(body)?;
    translator.begin_run(body.body.range().start as u32);
    let wanted = environment.debug.map_or(&[][..], |debug| debug.locals(index));

    let mut reader = body.body.get_binary_reader();
    for _ in 0..reader.read_var_u32()? {
        let offset = reader.original_position();
        let count = reader.read_var_u32()?;
        let ty = reader.read()?;
        validator.define_locals(offset, count, ty)?;
        translator.declare_locals(count, environment.planned.module.value_type(ty));
    }
    translator.make_slots(wanted);
    reader.set_features(features);
    let mut operators = wasmparser::OperatorsReader::new(reader);
    while !operators.eof() {
        let (operator, offset) = operators.read_with_offset()?;
        translator.operand_type = tested_type(&operator, &validator);
        validator.op(offset, &operator)?;
        translator.builder.set_srcloc(ir::SourceLoc::new(offset as u32));
        translator.before_operator(&operator);
        translator.operator(&operator)?;
        translator.after_operator(&operator);
        if ends_run(&operator) && translator.reachable {
            translator.begin_run(offset as u32);
        }
    }
    operators.finish()?;
    scratch.validator = validator.into_allocations();
    let is_hard = translator.places.is_hard;
    translator.builder.finalize(environment.frontend);
    Ok(is_hard)
}

/// Returns the type of the reference that an operator tests or casts, if it does that and the
/// type is known.
fn tested_type(
    operator: &Operator<'_>,
    validator: &FuncValidator<ValidatorResources>,
) -> Option<RefType> {
    match operator {
        Operator::RefTestNonNull { .. }
        | Operator::RefTestNullable { .. }
        | Operator::RefCastNonNull { .. }
        | Operator::RefCastNullable { .. } => {
            validator.get_operand_type(0).flatten()?.as_reference_type()
        }
        _ => None,
    }
}
