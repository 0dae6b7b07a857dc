//! Types and counts in words, for people.

use quench_compiler::ExternType;

/// `(i32, i32) -> i32`, `memory 1.. pages`, `global mut i32`.
pub fn extern_type(ty: &ExternType) -> String {
    match ty {
        // Functions are what one expects, so it need not be said.
        ExternType::Function(ty) => ty.to_string(),
        other => other.to_string(),
    }
}

/// `1 function`, `2 functions`.
pub fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}
