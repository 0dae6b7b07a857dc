//! Validation by the newest rules: the translator's validator is that of an older release,
//! which takes what is refused now.

use crate::error::Error;
use wasmparser::{Parser, ValidPayload, Validator, WasmFeatures};

/// What is done with the bodies of functions in core modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bodies {
    /// They are validated too.
    Checked,
    /// They are left to whoever compiles them.
    Unchecked,
}

/// Validates a component in the binary format.
///
/// # Errors
///
/// When it is malformed or invalid.
pub fn validate(bytes: &[u8], bodies: Bodies) -> Result<(), Error> {
    let mut validator = Validator::new_with_features(features());
    let mut allocations = wasmparser::FuncValidatorAllocations::default();
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = validator.payload(&payload.map_err(invalid)?).map_err(invalid)?;
        if let (ValidPayload::Func(function, body), Bodies::Checked) = (payload, bodies) {
            let mut function = function.into_validator(std::mem::take(&mut allocations));
            function.validate(&body).map_err(invalid)?;
            allocations = function.into_allocations();
        }
    }
    Ok(())
}

/// Returns the features that the translator knows too, see `translate`.
fn features() -> WasmFeatures {
    WasmFeatures::default()
        | WasmFeatures::CM_ASYNC
        | WasmFeatures::CM_MORE_ASYNC_BUILTINS
        | WasmFeatures::CM_ASYNC_STACKFUL
        | WasmFeatures::CM_ERROR_CONTEXT
        | WasmFeatures::CM_THREADING
        | WasmFeatures::CM_FIXED_LENGTH_LISTS
        | WasmFeatures::CM_IMPLEMENTS
        | WasmFeatures::CM_MAP
}

fn invalid(error: wasmparser::BinaryReaderError) -> Error {
    Error::Invalid { offset: error.offset() as usize, message: error.message().to_string() }
}
