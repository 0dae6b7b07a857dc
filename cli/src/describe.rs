//! Types and counts in words, for messages and `quench inspect`.

use crate::values::display_size;
use quench_compiler::value_type_name;
use quench_compiler::{ExternType, FunctionType, GlobalType, MemoryType, TableType};

/// `(i32, i32) -> i32`, `memory 64 KiB to 1 MiB`, `table of funcref, 10 elements`,
/// `mutable global i32`.
pub fn extern_type(ty: &ExternType) -> String {
    match ty {
        ExternType::Function(ty) => function_type(ty),
        ExternType::Memory(ty) => format!("memory {}", memory_size(ty)),
        ExternType::Table(ty) => table_type(ty),
        ExternType::Global(GlobalType { content, mutable }) => {
            let mutable = if *mutable { "mutable " } else { "" };
            format!("{mutable}global {}", value_type_name(*content))
        }
    }
}

/// `(i32, i32) -> i32`; several results in parentheses.
pub fn function_type(ty: &FunctionType) -> String {
    let list = |types: &[_]| {
        let names: Vec<&str> = types.iter().copied().map(value_type_name).collect();
        names.join(", ")
    };
    let parameters = list(&ty.parameters);
    match ty.results.as_slice() {
        [result] => format!("({parameters}) -> {}", value_type_name(*result)),
        results => format!("({parameters}) -> ({})", list(results)),
    }
}

/// `64 KiB to 1 MiB`, or `64 KiB or more`.
pub fn memory_size(ty: &MemoryType) -> String {
    let size = |pages: u64| {
        let bytes = pages
            .checked_shl(ty.page_size_log2)
            .filter(|bytes| bytes >> ty.page_size_log2 == pages);
        bytes.map_or_else(|| format!("{pages} pages"), display_size)
    };
    let limits = limits(ty.minimum, ty.maximum, size);
    let shared = if ty.shared { ", shared" } else { "" };
    let wide = if ty.memory64 {
        ", 64-bit addresses"
    } else {
        ""
    };
    format!("{limits}{shared}{wide}")
}

fn table_type(ty: &TableType) -> String {
    let element = value_type_name(ty.element);
    let limits = limits(ty.minimum, ty.maximum, |count| count.to_string());
    format!("table of {element}, {limits} elements")
}

fn limits(minimum: u64, maximum: Option<u64>, display: impl Fn(u64) -> String) -> String {
    match maximum {
        Some(maximum) if maximum == minimum => display(minimum),
        Some(maximum) => format!("{} to {}", display(minimum), display(maximum)),
        None => format!("{} or more", display(minimum)),
    }
}

/// `1 function`, `2 functions`.
pub fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}
