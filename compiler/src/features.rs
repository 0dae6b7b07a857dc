//! The WebAssembly proposals that quench compiles, and the names of proposals.

use wasmparser::WasmFeatures;

/// Returns exactly the features of the validator that quench compiles.
pub(crate) fn features() -> WasmFeatures {
    WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::REFERENCE_TYPES
        | WasmFeatures::GC_TYPES
        | WasmFeatures::FLOATS
        | WasmFeatures::EXTENDED_CONST
        | WasmFeatures::MULTI_MEMORY
        | WasmFeatures::CUSTOM_PAGE_SIZES
        | WasmFeatures::MEMORY64
        | WasmFeatures::THREADS
        | WasmFeatures::WIDE_ARITHMETIC
        | WasmFeatures::TAIL_CALL
        | WasmFeatures::SIMD
        | WasmFeatures::RELAXED_SIMD
        | WasmFeatures::EXCEPTIONS
        | WasmFeatures::LEGACY_EXCEPTIONS
        | WasmFeatures::FUNCTION_REFERENCES
        | WasmFeatures::GC
}

/// Returns the names of features, such as `bulk-memory`, sorted.
pub(crate) fn names_of(features: WasmFeatures) -> Vec<String> {
    let names = features.iter_names();
    let mut names: Vec<String> =
        names.map(|(name, _)| name.to_lowercase().replace('_', "-")).collect();
    names.sort();
    names
}
