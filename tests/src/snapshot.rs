//! Compares texts with files of expected text, line by line. With `BLESS=1` in
//! the environment, the text becomes what is expected.

use anyhow::{Context, Result, bail, ensure};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// The mark that stands for any text in an expected line.
const ANYTHING: &str = "[..]";

/// Compares `got` with the text in a file.
///
/// # Errors
///
/// Fails when it differs; the message shows how.
pub fn compare(file: &Path, got: &str) -> Result<()> {
    let expected = fs::read_to_string(file).unwrap_or_default();
    if matches(&expected, got) {
        return Ok(());
    }
    let name = file.display();
    if std::env::var_os("BLESS").is_some_and(|bless| bless == "1") {
        println!("blessed {name}");
        let text = keep_matching(&expected, got);
        return fs::write(file, text).with_context(|| format!("writing {name}"));
    }
    ensure!(file.exists(), "{name} does not exist; `make bless` writes it");
    bail!(
        "not as in {name}; if it is right now, `make bless` takes it over\n{}",
        difference(&expected, got)
    );
}

fn matches(expected: &str, got: &str) -> bool {
    expected.lines().count() == got.lines().count()
        && expected.lines().zip(got.lines()).all(|(expected, got)| line_matches(expected, got))
}

fn line_matches(expected: &str, got: &str) -> bool {
    let Some((start, rest)) = expected.split_once(ANYTHING) else {
        return expected == got;
    };
    let Some(got) = got.strip_prefix(start) else {
        return false;
    };
    let ends = got.char_indices().map(|(end, _)| end).chain([got.len()]);
    ends.into_iter().any(|end| line_matches(rest, &got[end..]))
}

/// Returns the new text, but with those old lines that still match.
fn keep_matching(expected: &str, got: &str) -> String {
    let mut old = expected.lines();
    got.lines().fold(String::new(), |mut text, line| {
        let kept = old.clone().position(|old| line_matches(old, line));
        let line = kept.and_then(|skipped| old.nth(skipped)).unwrap_or(line);
        text.push_str(line);
        text.push('\n');
        text
    })
}

/// Returns the lines around the first difference.
fn difference(expected: &str, got: &str) -> String {
    const BEFORE: usize = 3;
    const AFTER: usize = 12;
    let same = expected
        .lines()
        .zip(got.lines())
        .take_while(|(expected, got)| line_matches(expected, got))
        .count();
    let start = same.saturating_sub(BEFORE);
    let mut text = format!("from line {}:\n", same + 1);
    for line in got.lines().skip(start).take(same - start) {
        writeln!(text, "  {line}").expect("writing to a string");
    }
    for line in expected.lines().skip(same).take(AFTER) {
        writeln!(text, "- {line}").expect("writing to a string");
    }
    for line in got.lines().skip(same).take(AFTER) {
        writeln!(text, "+ {line}").expect("writing to a string");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_stand_for_any_text() {
        assert!(line_matches("a [..] c", "a b c"));
        assert!(line_matches("a[..]", "abc"));
        assert!(line_matches("[..]c", "abc"));
        assert!(line_matches("abc", "abc"));
        assert!(!line_matches("a[..]c", "abcd"));
        assert!(!line_matches("ab", "abc"));
        assert!(!line_matches("a [..] c", "a b d"));
    }

    #[test]
    fn lines_that_match_stay_as_they_are() {
        assert_eq!(keep_matching("a\nb [..]\nc\n", "a\nb 2\nd\n"), "a\nb [..]\nd\n");
    }
}
