//! The declaration of a module: its types, which decide about the numbers of all types of a
//! program, read before any module is compiled.

use crate::error::Error;
use crate::features::features;
use wasmparser::{
    CompositeInnerType, ElementItems, Operator, OperatorsReader, Parser, Payload, RecGroup,
    SubType, TableInit, Validator,
};

/// The bytes of `any.convert_extern`.
const ANY_CONVERT_EXTERN: &[u8] = &[0xfb, 0x1a];

/// The part of a module that decides about the types of a program.
pub(crate) struct Declaration {
    /// The recursion groups of its types.
    pub groups: Vec<RecGroup>,
    /// Whether the module needs the heap although it has no types of structs or arrays: it
    /// makes references to objects of references of the host's.
    pub converts: bool,
}

/// Reads the declaration of a module.
///
/// # Errors
///
/// [`Error`] if the bytes are not a module, or its types are not valid. What comes behind the
/// types is not looked at.
pub(crate) fn declaration(wasm: &[u8]) -> Result<Declaration, Error> {
    let mut validator = Validator::new_with_features(features());
    let mut parser = Parser::new(0);
    parser.set_features(features());
    let mut groups: Vec<RecGroup> = Vec::new();
    for payload in parser.parse_all(wasm) {
        let payload = payload?;
        match &payload {
            Payload::Version { .. } => {}
            Payload::TypeSection(types) => {
                groups = types.clone().into_iter().collect::<wasmparser::Result<_>>()?;
            }
            Payload::CustomSection(_) => continue,
            _ => break,
        }
        validator.payload(&payload)?;
    }
    let is_object = |ty: &SubType| {
        let structure = &ty.composite_type.inner;
        matches!(structure, CompositeInnerType::Struct(_) | CompositeInnerType::Array(_))
    };
    let has_objects = groups.iter().any(|group| group.types().any(is_object));
    // The search is quick, and hardly ever finds anything.
    let mut pairs = wasm.windows(ANY_CONVERT_EXTERN.len());
    let converts = !has_objects && pairs.any(|pair| pair == ANY_CONVERT_EXTERN) && converts(wasm)?;
    Ok(Declaration { groups, converts })
}

/// Returns whether one of a module's operators is `any.convert_extern`.
fn converts(wasm: &[u8]) -> wasmparser::Result<bool> {
    fn any(operators: OperatorsReader<'_>) -> wasmparser::Result<bool> {
        for operator in operators {
            if matches!(operator?, Operator::AnyConvertExtern) {
                return Ok(true);
            }
        }
        Ok(false)
    }
    let mut parser = Parser::new(0);
    parser.set_features(features());
    let mut found = false;
    for payload in parser.parse_all(wasm) {
        match payload? {
            Payload::TableSection(tables) => {
                for table in tables {
                    if let TableInit::Expr(expression) = table?.init {
                        found |= any(expression.get_operators_reader())?;
                    }
                }
            }
            Payload::GlobalSection(globals) => {
                for global in globals {
                    found |= any(global?.init_expr.get_operators_reader())?;
                }
            }
            Payload::ElementSection(elements) => {
                for element in elements {
                    if let ElementItems::Expressions(_, expressions) = element?.items {
                        for expression in expressions {
                            found |= any(expression?.get_operators_reader())?;
                        }
                    }
                }
            }
            Payload::CodeSectionEntry(body) => found |= any(body.get_operators_reader()?)?,
            _ => {}
        }
    }
    Ok(found)
}
