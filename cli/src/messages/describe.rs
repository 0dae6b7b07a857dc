//! Puts types, counts, sizes and names into words, for people.

use quench_compiler::ExternType;
use std::borrow::Cow;
use std::fmt::Write;

/// Returns a type in words: `(i32, i32) -> i32`, `memory 1.. pages`,
/// `global mut i32`.
pub fn extern_type(ty: &ExternType) -> String {
    match ty {
        // Most imports and exports are functions, so the word is left out.
        ExternType::Function(ty) => ty.to_string(),
        other => other.to_string(),
    }
}

/// Returns a number with its noun: `1 function`, `2 functions`.
pub fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// The most things that a message lists.
const LISTED: usize = 20;

/// Returns the lines of a message for a list of imports, each indented and behind the end of a
/// line. Of a long list the first are shown, with the number of the others and where these are.
pub fn import_list(imports: &[String]) -> String {
    let shown = &imports[..imports.len().min(LISTED)];
    let mut list: String = shown.iter().map(|import| format!("\n  {import}")).collect();
    if imports.len() > LISTED {
        let _ = write!(
            list,
            "\n  … and {} more; `quench inspect FILE` lists all imports",
            imports.len() - LISTED
        );
    }
    list
}

/// Returns a text that can be printed on a terminal. The names in a message may
/// have any characters: those that control a terminal, or change the direction
/// of text, are written as escapes of Rust, but for ends of lines and tabs.
pub fn harmless(text: &str) -> Cow<'_, str> {
    let turns = |c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_harmful = |c: char| c.is_control() && !matches!(c, '\n' | '\t') || turns(c);
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_harmful(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Returns a number of bytes in the largest unit that fits: `64 KiB`.
pub fn display_size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    for (unit, name) in UNITS {
        if bytes >= unit {
            return if bytes.is_multiple_of(unit) {
                format!("{} {name}", bytes / unit)
            } else {
                format!("{:.1} {name}", bytes as f64 / unit as f64)
            };
        }
    }
    format!("{bytes} bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_for_people() {
        assert_eq!(display_size(0), "0 bytes");
        assert_eq!(display_size(1023), "1023 bytes");
        assert_eq!(display_size(65536), "64 KiB");
        assert_eq!(display_size(1536), "1.5 KiB");
        assert_eq!(display_size(4 << 30), "4 GiB");
    }
}
