//! Values of component scripts as text in the syntax of WAVE. Floats look like core values
//! there.

use anyhow::{Result, bail};
use std::fmt::Display;
use wast::component::WastVal;
use wast::core::{NanPattern, WastArgCore, WastRetCore};
use wast::{WastArg, WastInvoke, WastRet};

/// Returns the text of a call.
///
/// # Errors
///
/// Fails when an argument is a core value.
pub(crate) fn call(invoke: &WastInvoke<'_>) -> Result<String> {
    let argument = |argument: &WastArg<'_>| match argument {
        WastArg::Component(value) => Ok(text(value)),
        WastArg::Core(WastArgCore::F32(value)) => Ok(text(&WastVal::F32(*value))),
        WastArg::Core(WastArgCore::F64(value)) => Ok(text(&WastVal::F64(*value))),
        _ => bail!("a core value as an argument of a component's function"),
    };
    let arguments: Result<Vec<String>> = invoke.args.iter().map(argument).collect();
    Ok(format!("{}({})", invoke.name, arguments?.join(", ")))
}

/// Returns the text of an expected result.
///
/// # Errors
///
/// Fails when it is not one value of a component.
pub(crate) fn result(results: &[WastRet<'_>]) -> Result<String> {
    Ok(match results {
        [] => "()".to_string(),
        [WastRet::Component(value)] => text(value),
        [WastRet::Core(WastRetCore::F32(NanPattern::Value(value)))] => text(&WastVal::F32(*value)),
        [WastRet::Core(WastRetCore::F64(NanPattern::Value(value)))] => text(&WastVal::F64(*value)),
        [WastRet::Core(WastRetCore::F32(_) | WastRetCore::F64(_))] => "nan".to_string(),
        _ => bail!("results that no component's function has"),
    })
}

/// Returns the text of a value.
pub(crate) fn text(value: &WastVal<'_>) -> String {
    match value {
        WastVal::Bool(value) => value.to_string(),
        WastVal::U8(value) => value.to_string(),
        WastVal::S8(value) => value.to_string(),
        WastVal::U16(value) => value.to_string(),
        WastVal::S16(value) => value.to_string(),
        WastVal::U32(value) => value.to_string(),
        WastVal::S32(value) => value.to_string(),
        WastVal::U64(value) => value.to_string(),
        WastVal::S64(value) => value.to_string(),
        WastVal::F32(value) => {
            let value = f32::from_bits(value.bits);
            float(value.is_nan(), value)
        }
        WastVal::F64(value) => {
            let value = f64::from_bits(value.bits);
            float(value.is_nan(), value)
        }
        WastVal::Char(value) => format!("'{}'", escaped(*value)),
        WastVal::String(value) => {
            format!("\"{}\"", value.chars().map(escaped).collect::<String>())
        }
        WastVal::List(values) => format!("[{}]", list(values)),
        WastVal::Tuple(values) => format!("({})", list(values)),
        WastVal::Map(entries) => {
            let entries = entries.iter();
            let entries: Vec<String> =
                entries.map(|(key, value)| format!("{}: {}", text(key), text(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        WastVal::Record(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(name, value)| format!("{name}: {}", text(value))).collect();
            format!("{{{}}}", fields.join(", "))
        }
        WastVal::Variant(name, payload) => with_payload(&label(name), payload.as_deref()),
        WastVal::Enum(name) => label(name),
        WastVal::Option(None) => "none".to_string(),
        WastVal::Option(payload) => with_payload("some", payload.as_deref()),
        WastVal::Result(Ok(payload)) => with_payload("ok", payload.as_deref()),
        WastVal::Result(Err(payload)) => with_payload("err", payload.as_deref()),
        WastVal::Flags(names) => format!("{{{}}}", names.join(", ")),
    }
}

fn float(is_nan: bool, value: impl Display) -> String {
    if is_nan { "nan".to_string() } else { value.to_string() }
}

fn list(values: &[WastVal<'_>]) -> String {
    values.iter().map(text).collect::<Vec<_>>().join(", ")
}

fn with_payload(name: &str, payload: Option<&WastVal<'_>>) -> String {
    match payload {
        Some(payload) => format!("{name}({})", text(payload)),
        None => name.to_string(),
    }
}

/// Returns a name, marked if it would be taken for something else.
fn label(name: &str) -> String {
    let keywords = ["true", "false", "some", "none", "ok", "err", "inf", "nan"];
    let mark = if keywords.contains(&name) { "%" } else { "" };
    format!("{mark}{name}")
}

fn escaped(character: char) -> String {
    match character {
        '\\' | '"' | '\'' => format!("\\{character}"),
        control if control.is_control() => control.escape_unicode().to_string(),
        other => other.to_string(),
    }
}
