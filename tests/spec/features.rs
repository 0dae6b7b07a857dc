//! Finds the proposals that a module needs. Does not know what quench compiles.

use anyhow::{Result, anyhow};
use wasmparser::{Validator, WasmFeatures};

/// A proposal that `--skip` may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Feature {
    pub(crate) name: &'static str,
    flags: WasmFeatures,
}

macro_rules! features {
    ($($name:literal => $($flag:ident)|+,)+) => {
        &[$(Feature { name: $name, flags: WasmFeatures::empty()$(.union(WasmFeatures::$flag))+ },)+]
    };
}

const FEATURES: &[Feature] = features! {
    "bulk-memory" => BULK_MEMORY,
    "custom-descriptors" => CUSTOM_DESCRIPTORS,
    "custom-page-sizes" => CUSTOM_PAGE_SIZES,
    "exceptions" => EXCEPTIONS | LEGACY_EXCEPTIONS,
    "extended-const" => EXTENDED_CONST,
    "function-references" => FUNCTION_REFERENCES | GC,
    "gc" => GC,
    "memory64" => MEMORY64,
    "multi-memory" => MULTI_MEMORY,
    "multi-value" => MULTI_VALUE,
    "reference-types" => REFERENCE_TYPES,
    "relaxed-simd" => RELAXED_SIMD,
    "simd" => SIMD,
    "stack-switching" => STACK_SWITCHING,
    "tail-call" => TAIL_CALL,
    "threads" => THREADS,
    "wide-arithmetic" => WIDE_ARITHMETIC,
};

/// Features that WebAssembly 3.0 added. Scripts for an earlier version may call
/// invalid what these made valid.
const LATER: &[&str] = &[
    "exceptions",
    "extended-const",
    "function-references",
    "gc",
    "memory64",
    "multi-memory",
    "relaxed-simd",
    "tail-call",
];

/// Returns whether a module is valid, and was not before WebAssembly 3.0.
pub(crate) fn became_valid(wasm: &[u8]) -> bool {
    let later = FEATURES.iter().filter(|feature| LATER.contains(&feature.name));
    let later: Vec<Feature> = later.copied().collect();
    needed(wasm, &later).is_some()
}

/// Returns the feature with a name.
///
/// # Errors
///
/// Fails when a name is not one of theirs.
pub(crate) fn parse(name: &str) -> Result<Feature> {
    let known = FEATURES.iter().find(|feature| feature.name == name);
    known.copied().ok_or_else(|| {
        let names: Vec<&str> = FEATURES.iter().map(|feature| feature.name).collect();
        anyhow!("`{name}` is not a feature; choose from {}", names.join(", "))
    })
}

/// Returns the first of the features without which the module is not valid, if
/// it is valid with all features.
pub(crate) fn needed(wasm: &[u8], features: &[Feature]) -> Option<&'static str> {
    if features.is_empty() || !is_valid(wasm, WasmFeatures::all()) {
        return None;
    }
    let needed = features
        .iter()
        .find(|feature| !is_valid(wasm, WasmFeatures::all().difference(feature.flags)));
    needed.map(|feature| feature.name)
}

fn is_valid(wasm: &[u8], features: WasmFeatures) -> bool {
    Validator::new_with_features(features).validate_all(wasm).is_ok()
}
