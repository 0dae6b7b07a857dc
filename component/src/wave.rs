//! Calls of exported functions as text, in the syntax of WAVE: `name(argument, …)`. Finds the
//! function, and turns the arguments into the bytes that the host reads.

use crate::plan::{Call, Component, Export, ExportKind, Lifted};
use crate::types::{FunctionType, Shape, Type};
use std::sync::Arc;
use wasm_wave::parser::ParserError;
use wasm_wave::untyped::UntypedFuncCall;
use wasm_wave::value::{Type as WaveType, Value};
use wasm_wave::wasm::{WasmTypeKind, WasmValue};

/// Reads a call of one of a component's exports.
///
/// The function is named by itself, if only one of the exported interfaces has one of that
/// name, or with its interface: `wasi:cli/run.run@0.2.0` or `wasi:cli/run@0.2.0#run`, where
/// the version can be left out too. Without parentheses there are no arguments.
///
/// # Errors
///
/// When there is no such function, when it cannot be called, and when the arguments do not
/// fit it. The error is a message for whoever wrote the text.
pub fn parse_call(component: &Component<'_>, text: &str) -> Result<Call, String> {
    let text = text.trim();
    let (name, arguments) = text.split_at(text.find('(').unwrap_or(text.len()));
    let name = name.trim_end();
    let (export, function) = find(component, name)?;
    let ty = &function.ty;
    let complain = |message: String| format!("`{name}` is {}: {message}", export.ty);
    if let Some(part) = unwritable(ty) {
        return Err(complain(format!("no value of the type `{part}` can be written")));
    }
    let types: Option<Vec<WaveType>> = ty.parameters.iter().map(|(_, ty)| wave_type(ty)).collect();
    let types = types.ok_or_else(|| complain("its arguments cannot be written".to_string()))?;
    // The syntax of names is ours, so another one stands for it.
    let source = format!("f{}", if arguments.is_empty() { "()" } else { arguments });
    let explain = |error: ParserError| complain(explain(&source, &error));
    let call = UntypedFuncCall::parse(&source).map_err(explain)?;
    let values: Vec<Value> = call.to_wasm_params(&types).map_err(explain)?;
    let mut arguments = Vec::new();
    for ((_, ty), value) in ty.parameters.iter().zip(&values) {
        encode(ty, value, &mut arguments).map_err(complain)?;
    }
    Ok(Call { function: function.clone(), arguments })
}

/// Returns the text of a value as a program prints it: another text of the same value gives
/// the same.
///
/// # Errors
///
/// When the text is none of a value of the type.
pub fn canonical_text(ty: &Type, text: &str) -> Result<String, String> {
    let wave = wave_type(ty).ok_or("no value of the type can be written")?;
    let value: Value = wasm_wave::from_str(&wave, text).map_err(|error| error.to_string())?;
    wasm_wave::to_string(&value).map_err(|error| error.to_string())
}

/// Returns a message about what is wrong in a text.
fn explain(source: &str, error: &ParserError) -> String {
    let what = match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    };
    match source.get(error.span()) {
        Some(place) if !place.is_empty() && place != source => format!("{what}: `{place}`"),
        _ => what,
    }
}

/// Returns the exported function that a name means.
fn find<'a>(component: &'a Component<'_>, name: &str) -> Result<(&'a Export, &'a Lifted), String> {
    let functions = component.exports.iter().filter_map(|export| match &export.kind {
        ExportKind::Function(function) => Some((export, &**function)),
        ExportKind::Type | ExportKind::Module => None,
    });
    let list = |functions: &mut dyn Iterator<Item = &Export>| {
        let lines = functions.map(|export| format!("\n  {}: {}", export.path.join("#"), export.ty));
        lines.collect::<String>()
    };
    let meant: Vec<_> =
        functions.clone().filter(|(export, _)| is_meant(&export.path, name)).collect();
    let direct = meant.iter().find(|(export, _)| export.path.len() == 1);
    match (direct, meant.as_slice()) {
        (Some(found), _) | (None, [found]) => Ok(*found),
        (None, []) => Err(match list(&mut functions.map(|(export, _)| export)) {
            none if none.is_empty() => {
                format!("the component exports no function `{name}`; it exports no functions")
            }
            all => format!(
                "the component exports no function `{name}`; it exports the functions:{all}"
            ),
        }),
        (None, several) => Err(format!(
            "`{name}` is exported by several interfaces; choose one of:{}",
            list(&mut several.iter().map(|(export, _)| *export))
        )),
    }
}

/// Returns whether a name means the export with a path.
fn is_meant(path: &[String], name: &str) -> bool {
    let Some((last, instances)) = path.split_last() else {
        return false;
    };
    if last == name {
        return true;
    }
    let interface = instances.join("#");
    let (base, version) = match interface.split_once('@') {
        Some((base, version)) => (base, Some(version)),
        None => (interface.as_str(), None),
    };
    name == format!("{interface}#{last}")
        || name == format!("{base}#{last}")
        || name == format!("{base}.{last}")
        || version.is_some_and(|version| name == format!("{base}.{last}@{version}"))
}

/// Returns the name of a type in a function's type of which no value can be written.
fn unwritable(ty: &FunctionType) -> Option<&'static str> {
    let parameters = ty.parameters.iter().find_map(|(_, ty)| without_text(ty, true));
    parameters.or_else(|| ty.result.as_ref().and_then(|ty| without_text(ty, false)))
}

/// Returns the name of a type in another one of which no value can be written: handles as
/// arguments, and what only a program itself can have.
fn without_text(ty: &Arc<Type>, is_argument: bool) -> Option<&'static str> {
    let inner = |ty: &Arc<Type>| without_text(ty, is_argument);
    match &ty.shape {
        Shape::Own(_) if is_argument => Some("own"),
        Shape::Borrow(_) => Some("borrow"),
        Shape::Stream(_) if is_argument => Some("stream"),
        Shape::Future(_) if is_argument => Some("future"),
        Shape::ErrorContext(_) if is_argument => Some("error-context"),
        Shape::List(element)
        | Shape::FixedList(element, _)
        | Shape::Map(element)
        | Shape::Option(element) => inner(element),
        Shape::Record(fields) => fields.iter().find_map(|(_, ty)| inner(ty)),
        Shape::Tuple(fields) => fields.iter().find_map(inner),
        Shape::Variant(cases) => cases.iter().find_map(|(_, ty)| ty.as_ref().and_then(inner)),
        Shape::Result(ok, err) => [ok, err].into_iter().flatten().find_map(inner),
        _ => None,
    }
}

fn wave_type(ty: &Type) -> Option<WaveType> {
    let inner = |ty: &Arc<Type>| wave_type(ty);
    let optional = |ty: &Option<Arc<Type>>| match ty {
        Some(ty) => wave_type(ty).map(Some),
        None => Some(None),
    };
    match &ty.shape {
        Shape::Bool => Some(WaveType::BOOL),
        Shape::S8 => Some(WaveType::S8),
        Shape::U8 => Some(WaveType::U8),
        Shape::S16 => Some(WaveType::S16),
        Shape::U16 => Some(WaveType::U16),
        Shape::S32 => Some(WaveType::S32),
        Shape::U32 => Some(WaveType::U32),
        Shape::S64 => Some(WaveType::S64),
        Shape::U64 => Some(WaveType::U64),
        Shape::F32 => Some(WaveType::F32),
        Shape::F64 => Some(WaveType::F64),
        Shape::Char => Some(WaveType::CHAR),
        Shape::String => Some(WaveType::STRING),
        // There are no values of lists of fixed length; `encode` looks at the length.
        Shape::List(element) | Shape::FixedList(element, _) => {
            Some(WaveType::list(inner(element)?))
        }
        Shape::Map(entry) => {
            let (key, value) = key_and_value(entry)?;
            WaveType::map(inner(key)?, inner(value)?)
        }
        Shape::Record(fields) => {
            let fields = fields.iter().map(|(name, ty)| Some((name.as_str(), inner(ty)?)));
            WaveType::record(fields.collect::<Option<Vec<_>>>()?)
        }
        Shape::Tuple(fields) => {
            WaveType::tuple(fields.iter().map(inner).collect::<Option<Vec<_>>>()?)
        }
        Shape::Variant(cases) => {
            let cases = cases.iter().map(|(name, ty)| Some((name.as_str(), optional(ty)?)));
            WaveType::variant(cases.collect::<Option<Vec<_>>>()?)
        }
        Shape::Enum(names) => WaveType::enum_ty(names.iter().map(String::as_str)),
        Shape::Option(some) => Some(WaveType::option(inner(some)?)),
        Shape::Result(ok, err) => Some(WaveType::result(optional(ok)?, optional(err)?)),
        Shape::Flags(names) => WaveType::flags(names.iter().map(String::as_str)),
        Shape::Own(_)
        | Shape::Borrow(_)
        | Shape::Stream(_)
        | Shape::Future(_)
        | Shape::ErrorContext(_) => None,
    }
}

/// Returns the types of a map's keys and values.
fn key_and_value(entry: &Type) -> Option<(&Arc<Type>, &Arc<Type>)> {
    match &entry.shape {
        Shape::Tuple(fields) => fields.first().zip(fields.get(1)),
        _ => None,
    }
}

/// Appends a value of a type in the form of
/// [`Invocation::arguments`](quench_abi::component::Invocation::arguments).
fn encode(ty: &Type, value: &Value, bytes: &mut Vec<u8>) -> Result<(), String> {
    match value.kind() {
        WasmTypeKind::Bool => bytes.push(value.unwrap_bool().into()),
        WasmTypeKind::S8 => bytes.extend(value.unwrap_s8().to_le_bytes()),
        WasmTypeKind::U8 => bytes.extend(value.unwrap_u8().to_le_bytes()),
        WasmTypeKind::S16 => bytes.extend(value.unwrap_s16().to_le_bytes()),
        WasmTypeKind::U16 => bytes.extend(value.unwrap_u16().to_le_bytes()),
        WasmTypeKind::S32 => bytes.extend(value.unwrap_s32().to_le_bytes()),
        WasmTypeKind::U32 => bytes.extend(value.unwrap_u32().to_le_bytes()),
        WasmTypeKind::S64 => bytes.extend(value.unwrap_s64().to_le_bytes()),
        WasmTypeKind::U64 => bytes.extend(value.unwrap_u64().to_le_bytes()),
        WasmTypeKind::F32 => bytes.extend(value.unwrap_f32().to_bits().to_le_bytes()),
        WasmTypeKind::F64 => bytes.extend(value.unwrap_f64().to_bits().to_le_bytes()),
        WasmTypeKind::Char => number(value.unwrap_char() as usize, bytes),
        WasmTypeKind::String => {
            let text = value.unwrap_string();
            number(text.len(), bytes);
            bytes.extend(text.as_bytes());
        }
        _ => encode_compound(ty, value, bytes)?,
    }
    Ok(())
}

fn encode_compound(ty: &Type, value: &Value, bytes: &mut Vec<u8>) -> Result<(), String> {
    let mut case = |index: usize, ty: Option<&Arc<Type>>, payload: Option<&Value>| {
        number(index, bytes);
        match (ty, payload) {
            (Some(ty), Some(payload)) => encode(ty, payload, bytes),
            _ => Ok(()),
        }
    };
    match &ty.shape {
        Shape::Option(some) => {
            let payload = value.unwrap_option();
            case(payload.is_some().into(), Some(some), payload.as_deref())
        }
        Shape::Result(ok, err) => match value.unwrap_result() {
            Ok(payload) => case(0, ok.as_ref(), payload.as_deref()),
            Err(payload) => case(1, err.as_ref(), payload.as_deref()),
        },
        Shape::Variant(cases) => {
            let (name, payload) = value.unwrap_variant();
            let index = cases.iter().position(|(case, _)| *case == name).unwrap_or_default();
            let ty = cases.get(index).and_then(|(_, ty)| ty.as_ref());
            case(index, ty, payload.as_deref())
        }
        Shape::Enum(names) => {
            let name = value.unwrap_enum();
            case(names.iter().position(|case| *case == name).unwrap_or_default(), None, None)
        }
        Shape::Flags(names) => {
            let index = |flag| names.iter().position(|name| *name == flag).unwrap_or_default();
            number(value.unwrap_flags().fold(0, |set, flag| set | 1 << index(flag)), bytes);
            Ok(())
        }
        Shape::List(element) => {
            number(value.unwrap_list().count(), bytes);
            value.unwrap_list().try_for_each(|one| encode(element, &one, bytes))
        }
        Shape::FixedList(element, length) => {
            let given = value.unwrap_list().count();
            if given != *length as usize {
                return Err(format!("a list has {given} elements in place of {length}"));
            }
            value.unwrap_list().try_for_each(|one| encode(element, &one, bytes))
        }
        Shape::Map(entry) => {
            number(value.unwrap_map().count(), bytes);
            let Some((key_type, value_type)) = key_and_value(entry) else {
                return Ok(());
            };
            value.unwrap_map().try_for_each(|(key, value)| {
                encode(key_type, &key, bytes)?;
                encode(value_type, &value, bytes)
            })
        }
        Shape::Record(fields) => {
            let mut fields = fields.iter().zip(value.unwrap_record());
            fields.try_for_each(|((_, ty), (_, value))| encode(ty, &value, bytes))
        }
        Shape::Tuple(fields) => {
            let mut fields = fields.iter().zip(value.unwrap_tuple());
            fields.try_for_each(|(ty, value)| encode(ty, &value, bytes))
        }
        _ => Ok(()),
    }
}

fn number(number: usize, bytes: &mut Vec<u8>) {
    bytes.extend((number as u32).to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let path = ["my:pkg/face@1.0.0".to_string(), "f".to_string()];
        for name in
            ["f", "my:pkg/face@1.0.0#f", "my:pkg/face#f", "my:pkg/face.f", "my:pkg/face.f@1.0.0"]
        {
            assert!(is_meant(&path, name), "{name}");
        }
        for name in ["g", "face.f", "my:pkg/face.f@1.0.1", "my:pkg/face@1.1.0#f", ""] {
            assert!(!is_meant(&path, name), "{name}");
        }
    }
}
