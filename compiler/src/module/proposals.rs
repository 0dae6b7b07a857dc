//! A whole module without compiling it: whether it is valid, and which
//! proposals it needs to be.

use super::index_spaces::Body;
use super::interface::Interface;
use super::parse::parse;
use crate::error::Error;
use crate::features::{features, names_of};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};
use wasmparser::{Parser, Validator, WasmFeatures};

/// What every module may use.
const MVP: WasmFeatures = WasmFeatures::FLOATS.union(WasmFeatures::GC_TYPES);

/// Validates everything; fills in [`Interface::proposals`]. A proposal is used
/// if without it the module is not valid.
pub fn validate(wasm: &[u8]) -> Result<Interface, Error> {
    let (module, mut interface) = parse(wasm)?;
    let proposals = Proposals::of_sections(wasm);
    let bodies = module.bodies.par_iter().enumerate();
    let first_error = bodies
        .map(|(number, body)| {
            let function = module.imported_functions + number as u32;
            let valid = proposals.validate(body);
            valid.map_err(|e| Error::of_validator(&e, Some(module.display_name(function))))
        })
        .find_first(Result::is_err);
    first_error.unwrap_or(Ok(()))?;
    interface.proposals = proposals.names();
    Ok(interface)
}

/// The proposals that a module is known to use: at first those of its sections,
/// in the end those of its bodies too.
pub struct Proposals {
    /// Bits of [`WasmFeatures`].
    enabled: AtomicU64,
}

impl Proposals {
    /// Without the bodies of functions. The sections are valid.
    pub fn of_sections(wasm: &[u8]) -> Proposals {
        let proposals = Proposals { enabled: AtomicU64::new(MVP.bits()) };
        // What it does not find, all bodies may use.
        if proposals.learn(|enabled| sections(wasm, enabled)).is_err() {
            proposals.add(features());
        }
        proposals
    }

    pub fn enabled(&self) -> WasmFeatures {
        WasmFeatures::from_bits_retain(self.enabled.load(Ordering::Relaxed))
    }

    /// Returns the names of the proposals, sorted.
    pub fn names(&self) -> Vec<String> {
        names_of(whole_proposals(self.enabled() - MVP))
    }

    pub fn validate(&self, body: &Body<'_>) -> wasmparser::Result<()> {
        self.learn(|enabled| validate_body(body, enabled))
    }

    /// Adds what `valid` needs to succeed.
    fn learn(
        &self,
        valid: impl Fn(WasmFeatures) -> wasmparser::Result<()>,
    ) -> wasmparser::Result<()> {
        let mut enabled = self.enabled();
        if valid(enabled).is_ok() {
            return Ok(());
        }
        valid(features())?;
        while let Err(error) = valid(enabled)
            && let Some(feature) = missing(&error, enabled, &valid)
        {
            enabled |= feature;
        }
        self.add(enabled);
        Ok(())
    }

    fn add(&self, features: WasmFeatures) {
        self.enabled.fetch_or(features.bits(), Ordering::Relaxed);
    }
}

/// The validator knows parts of two proposals by names of their own.
fn whole_proposals(mut features: WasmFeatures) -> WasmFeatures {
    let parts = [
        (WasmFeatures::BULK_MEMORY_OPT, WasmFeatures::BULK_MEMORY),
        (WasmFeatures::CALL_INDIRECT_OVERLONG, WasmFeatures::REFERENCE_TYPES),
    ];
    for (part, whole) in parts {
        if features.contains(part) {
            features = (features - part) | whole;
        }
    }
    features
}

fn sections(wasm: &[u8], enabled: WasmFeatures) -> wasmparser::Result<()> {
    let mut validator = Validator::new_with_features(enabled);
    let mut parser = Parser::new(0);
    parser.set_features(enabled);
    for payload in parser.parse_all(wasm) {
        validator.payload(&payload?)?;
    }
    Ok(())
}

fn validate_body(body: &Body<'_>, enabled: WasmFeatures) -> wasmparser::Result<()> {
    let mut function = body.validator();
    function.features = enabled;
    function.into_validator(Default::default()).validate(&body.body)
}

/// The proposal that would make validation succeed or come further.
fn missing(
    error: &wasmparser::Error,
    enabled: WasmFeatures,
    valid: impl Fn(WasmFeatures) -> wasmparser::Result<()>,
) -> Option<WasmFeatures> {
    let candidates = features() - enabled;
    let named = error.missing_wasm_feature().unwrap_or(WasmFeatures::empty()) & candidates;
    if !named.is_empty() {
        return Some(named);
    }
    // Not all errors name one.
    candidates.iter().find(|candidate| match valid(enabled | *candidate) {
        Ok(()) => true,
        Err(next) => next.offset() > error.offset(),
    })
}
