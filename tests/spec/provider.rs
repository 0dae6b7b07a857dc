//! Compiles a module that has to be refused. All that it imports is provided,
//! so that it is not refused for its imports.

use quench_abi::ValueType;
use quench_compiler::{
    Emit, Error, ExternType, FunctionType, GlobalType, Import, ImportSource, Interface, MemoryType,
    ModuleInput, Options, Program, TableType,
};
use std::fmt::Write;

/// Compiles a module on its own.
///
/// # Errors
///
/// The compiler's errors.
pub(crate) fn compile(wasm: &[u8], options: Options) -> Result<(), Error> {
    let interface = Program::inspect(wasm)?;
    let mut program = Program::new(options)?;
    add(&mut program, PROVIDER, &provider(&interface), &|_, _| ImportSource::Host)?;
    let source = |_: usize, import: &Import| ImportSource::Module {
        module: PROVIDER.to_string(),
        export: export(&interface, import),
    };
    add(&mut program, "module", wasm, &source)
}

const PROVIDER: &str = "provider";

fn add(
    program: &mut Program,
    name: &str,
    wasm: &[u8],
    source: &dyn Fn(usize, &Import) -> ImportSource,
) -> Result<(), Error> {
    program.add_module(&ModuleInput {
        name,
        wasm,
        source,
        entry_points: &[],
        export_use: None,
        near_memory: true,
        emit: Emit::Object,
    })?;
    Ok(())
}

/// Returns the name under which an import is provided: its number, because one
/// name may be imported more than once, with different types.
fn export(interface: &Interface, import: &Import) -> String {
    let number = interface.imports.iter().position(|other| other == import);
    number.unwrap_or_default().to_string()
}

/// Returns a module that exports what another one imports.
fn provider(interface: &Interface) -> Vec<u8> {
    let mut text = "(module".to_string();
    for (number, import) in interface.imports.iter().enumerate() {
        let item = item(&format!("(export \"{number}\")"), &import.ty);
        write!(text, "\n  {item}").expect("writing to a string");
    }
    text.push(')');
    wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn item(export: &str, ty: &ExternType) -> String {
    match ty {
        ExternType::Function(FunctionType { parameters, results }) => format!(
            "(func {export} (param {}) (result {}) unreachable)",
            names(parameters),
            names(results)
        ),
        ExternType::Memory(MemoryType { minimum, maximum, page_size_log2, memory64, shared }) => {
            format!(
                "(memory {export} {} {} {} (pagesize {}))",
                index_type(*memory64),
                limits(*minimum, *maximum),
                if *shared { "shared" } else { "" },
                1u64 << page_size_log2
            )
        }
        ExternType::Table(TableType { element, minimum, maximum, table64 }) => format!(
            "(table {export} {} {} {})",
            index_type(*table64),
            limits(*minimum, *maximum),
            element.name()
        ),
        ExternType::Tag(FunctionType { parameters, .. }) => {
            format!("(tag {export} (param {}))", names(parameters))
        }
        ExternType::Global(GlobalType { content, mutable }) => {
            let name = content.name();
            let ty = if *mutable { format!("(mut {name})") } else { name.to_string() };
            format!("(global {export} {ty} ({}))", zero(*content))
        }
    }
}

fn names(types: &[ValueType]) -> String {
    let names: Vec<&str> = types.iter().copied().map(ValueType::name).collect();
    names.join(" ")
}

fn limits(minimum: u64, maximum: Option<u64>) -> String {
    match maximum {
        Some(maximum) => format!("{minimum} {maximum}"),
        None => minimum.to_string(),
    }
}

fn index_type(wide: bool) -> &'static str {
    if wide { "i64" } else { "i32" }
}

fn zero(ty: ValueType) -> &'static str {
    match ty {
        ValueType::I32 => "i32.const 0",
        ValueType::I64 => "i64.const 0",
        ValueType::F32 => "f32.const 0",
        ValueType::F64 => "f64.const 0",
        ValueType::V128 => "v128.const i64x2 0 0",
        ValueType::FuncRef => "ref.null func",
        ValueType::ExternRef => "ref.null extern",
        ValueType::ExnRef => "ref.null exn",
        ValueType::AnyRef => "ref.null any",
    }
}
