//! Names of functions as people write them, for messages of the executable. Symbols keep the
//! names that the module has, because debuggers read those.

use std::borrow::Cow;
use std::fmt::{self, Write};

/// The largest number of bytes of a demangled name: a short mangled name can stand for a huge
/// one.
const LONGEST: usize = 1000;

/// Returns a function's name as its language writes it, if it is mangled in the way of Rust or
/// C++; any other name as it is.
pub fn readable(name: &str) -> Cow<'_, str> {
    rust(name).or_else(|| cpp(name)).map_or(Cow::Borrowed(name), Cow::Owned)
}

/// Demangles a name of Rust.
fn rust(name: &str) -> Option<String> {
    let name = rustc_demangle::try_demangle(name).ok()?;
    let mut readable = Bounded(String::new());
    write!(readable, "{name:#}").ok()?;
    Some(readable.0)
}

/// Demangles a name of C++.
fn cpp(name: &str) -> Option<String> {
    // The library accepts more than what compilers write, such as `i` for `int`.
    let symbol = name.starts_with("_Z").then(|| cpp_demangle::Symbol::new(name))?;
    let mut readable = Bounded(String::new());
    let options = cpp_demangle::DemangleOptions::new();
    symbol.ok()?.structured_demangle(&mut readable, &options).ok()?;
    Some(readable.0)
}

/// A text that refuses to become longer than [`LONGEST`].
struct Bounded(String);

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len() + text.len() > LONGEST {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn languages() {
        let rust = "_ZN4core3fmt9Formatter3pad17h0123456789abcdefE";
        assert_eq!(readable(rust), "core::fmt::Formatter::pad");
        assert_eq!(readable("_RNvC5crate4main"), "crate::main");
        assert_eq!(readable("_ZN3foo3barEi"), "foo::bar(int)");
        for plain in ["main", "_start", "i", "_Z", "_ZN", "", "a b"] {
            assert_eq!(readable(plain), plain);
        }
    }

    #[test]
    fn a_name_that_grows_stays_mangled() {
        // Each `S_` and each number stand for all that came before them.
        let mut name = "_Z1fI1aE".to_string();
        for i in 0..24 {
            name.push_str(&format!("N1b{}IS{i}_S{i}_EE", "x".repeat(i % 7)));
        }
        assert!(readable(&name).len() <= super::LONGEST.max(name.len()));
    }
}
