//! Types and counts in words, for messages and `quench inspect`.

use crate::values::display_size;
use quench_compiler::{ExternType, MemoryType};

/// `(i32, i32) -> i32`, `memory 1.. pages`, `global mut i32`.
pub fn extern_type(ty: &ExternType) -> String {
    match ty {
        // Functions are what one expects, so it need not be said.
        ExternType::Function(ty) => ty.to_string(),
        other => other.to_string(),
    }
}

/// `64 KiB to 1 MiB`, or `64 KiB or more`.
pub fn memory_size(ty: &MemoryType) -> String {
    let size = |pages: u64| match pages.checked_mul(1 << ty.page_size_log2) {
        Some(bytes) => display_size(bytes),
        None => format!("{pages} pages"),
    };
    let minimum = size(ty.minimum);
    let limits = match ty.maximum {
        Some(maximum) if maximum == ty.minimum => minimum,
        Some(maximum) => format!("{minimum} to {}", size(maximum)),
        None => format!("{minimum} or more"),
    };
    let shared = if ty.shared { ", shared" } else { "" };
    let wide = if ty.memory64 {
        ", 64-bit addresses"
    } else {
        ""
    };
    format!("{limits}{shared}{wide}")
}

/// `1 function`, `2 functions`.
pub fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}
