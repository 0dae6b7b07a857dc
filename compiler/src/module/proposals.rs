//! Validation of a whole module without compiling it, and the proposals without which it would
//! not be valid.

use super::index_spaces::Body;
use super::interface::Interface;
use super::parse::parse;
use crate::error::Error;
use crate::features::{features, names_of};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};
use wasmparser::{FunctionBody, Parser, Validator, WasmFeatures};

/// The features that every module may use.
const MVP: WasmFeatures = WasmFeatures::FLOATS.union(WasmFeatures::GC_TYPES);

/// Validates all of a module, and sets [`Interface::proposals`]. A module uses a proposal if it
/// is not valid without it.
///
/// # Errors
///
/// [`Error`] if the module is not valid, or needs something that quench does not compile.
pub(crate) fn validate(wasm: &[u8]) -> Result<Interface, Error> {
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

/// The proposals that a module is known to use: at first those of its sections, in the end also
/// those of its function bodies.
pub(crate) struct Proposals {
    /// Bits of the [`WasmFeatures`] that are used, with the MVP's.
    enabled: AtomicU64,
}

impl Proposals {
    /// Finds the proposals that a module uses outside of function bodies. The sections have to
    /// be valid.
    pub(crate) fn of_sections(wasm: &[u8]) -> Proposals {
        let proposals = Proposals { enabled: AtomicU64::new(MVP.bits()) };
        // If the search fails, bodies may use all features.
        if proposals.learn(|enabled| sections(wasm, enabled)).is_err() {
            proposals.add(features());
        }
        proposals
    }

    /// Returns the features that are known to be used, with the MVP's.
    pub(crate) fn enabled(&self) -> WasmFeatures {
        WasmFeatures::from_bits_retain(self.enabled.load(Ordering::Relaxed))
    }

    /// Returns the names of the proposals, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        names_of(whole_proposals(self.enabled() - MVP))
    }

    /// Validates a function body, and adds the proposals that it uses.
    ///
    /// # Errors
    ///
    /// The validator's, if the body is not valid with all features that quench compiles.
    pub(crate) fn validate(&self, body: &Body<'_>) -> wasmparser::Result<()> {
        self.learn(|enabled| validate_body(body, enabled))
    }

    /// Adds the features that `valid` needs to succeed.
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

    /// Adds features.
    fn add(&self, features: WasmFeatures) {
        self.enabled.fetch_or(features.bits(), Ordering::Relaxed);
    }
}

/// Replaces the parts of two proposals that the validator knows by names of their own by the
/// whole proposals.
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

/// Validates everything but function bodies.
fn sections(wasm: &[u8], enabled: WasmFeatures) -> wasmparser::Result<()> {
    let mut validator = Validator::new_with_features(enabled);
    let mut parser = Parser::new(0);
    parser.set_features(enabled);
    for payload in parser.parse_all(wasm) {
        validator.payload(&payload?)?;
    }
    Ok(())
}

/// Validates a function body with these features.
fn validate_body(body: &Body<'_>, enabled: WasmFeatures) -> wasmparser::Result<()> {
    let mut function = body.validator();
    function.features = enabled;
    // They decide about the encoding too.
    let mut reader = body.body.get_binary_reader();
    reader.set_features(enabled);
    function.into_validator(Default::default()).validate(&FunctionBody::new(reader))
}

/// Returns a feature with which validation would succeed, or fail at a later offset or for want
/// of another feature.
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
    // Not all errors name a feature.
    candidates.iter().find(|candidate| match valid(enabled | *candidate) {
        Ok(()) => true,
        Err(next) => {
            let wants = next.missing_wasm_feature().unwrap_or(WasmFeatures::empty());
            next.offset() > error.offset() || wants.intersects(candidates - *candidate)
        }
    })
}
