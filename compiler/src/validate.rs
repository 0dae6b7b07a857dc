//! A whole module without compiling it: whether it is valid, and which
//! proposals it needs to be.

use crate::module::Module;
use crate::parse::{self, features};
use crate::{Error, Interface};
use rayon::prelude::*;
use wasmparser::{FuncToValidate, FunctionBody, Parser, ValidPayload, Validator, WasmFeatures};

/// What every module may use.
const MVP: WasmFeatures = WasmFeatures::FLOATS.union(WasmFeatures::GC_TYPES);

/// Validates everything; fills in [`Interface::proposals`]. A proposal is used
/// if without it the module is not valid.
pub fn validate(wasm: &[u8]) -> Result<Interface, Error> {
    let (module, mut interface) = parse::parse(wasm)?;
    let mut enabled = MVP;
    while let Err(error) = validate_with(wasm, enabled) {
        match missing(wasm, &error, enabled) {
            Some(feature) => enabled |= feature,
            None => return Err(parse::error(&error, function_at(&module, error.offset()))),
        }
    }
    interface.proposals = parse::names_of(whole_proposals(enabled - MVP));
    Ok(interface)
}

/// The validator knows parts of two proposals by names of their own.
fn whole_proposals(mut features: WasmFeatures) -> WasmFeatures {
    let parts = [
        (WasmFeatures::BULK_MEMORY_OPT, WasmFeatures::BULK_MEMORY),
        (
            WasmFeatures::CALL_INDIRECT_OVERLONG,
            WasmFeatures::REFERENCE_TYPES,
        ),
    ];
    for (part, whole) in parts {
        if features.contains(part) {
            features = (features - part) | whole;
        }
    }
    features
}

fn validate_with(wasm: &[u8], enabled: WasmFeatures) -> Result<(), wasmparser::Error> {
    let mut validator = Validator::new_with_features(enabled);
    let mut parser = Parser::new(0);
    parser.set_features(enabled);
    let mut bodies: Vec<(FuncToValidate<_>, FunctionBody<'_>)> = Vec::new();
    for payload in parser.parse_all(wasm) {
        if let ValidPayload::Func(function, body) = validator.payload(&payload?)? {
            bodies.push((function, body));
        }
    }
    let first_error = bodies
        .into_par_iter()
        .map(|(function, body)| function.into_validator(Default::default()).validate(&body))
        .find_first(Result::is_err);
    first_error.unwrap_or(Ok(()))
}

/// The proposal that would make validation succeed or come further.
fn missing(wasm: &[u8], error: &wasmparser::Error, enabled: WasmFeatures) -> Option<WasmFeatures> {
    let candidates = features() - enabled;
    let named = error
        .missing_wasm_feature()
        .unwrap_or(WasmFeatures::empty())
        & candidates;
    if !named.is_empty() {
        return Some(named);
    }
    // Not all errors name one.
    candidates.iter().find(
        |candidate| match validate_with(wasm, enabled | *candidate) {
            Ok(()) => true,
            Err(next) => next.offset() > error.offset(),
        },
    )
}

fn function_at(module: &Module<'_>, offset: u64) -> Option<String> {
    let body = module
        .bodies
        .iter()
        .position(|body| body.body.range().contains(&offset))?;
    Some(module.display_name(module.imported_functions + body as u32))
}
