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
    let mut validator = Validator::new_with_features(component_features!(WasmFeatures));
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

/// The features that a component may use: those of WebAssembly 3.0, and those of the component
/// model that are released or that the plan can name when it refuses them. A macro, because
/// the translator has a type of its own for them.
macro_rules! component_features {
    ($Features:ty) => {
        <$Features>::default()
            | <$Features>::CM_ASYNC
            | <$Features>::CM_MORE_ASYNC_BUILTINS
            | <$Features>::CM_ASYNC_STACKFUL
            | <$Features>::CM_ERROR_CONTEXT
            | <$Features>::CM_THREADING
            | <$Features>::CM_FIXED_LENGTH_LISTS
            | <$Features>::CM_IMPLEMENTS
            | <$Features>::CM_MAP
    };
}
pub(crate) use component_features;

fn invalid(error: wasmparser::BinaryReaderError) -> Error {
    Error::Invalid { offset: error.offset() as usize, message: error.message().to_string() }
}
