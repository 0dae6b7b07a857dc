//! The functions of WASI's interfaces, as components import them: which there are, in which
//! versions, and their types.

use quench_policy::{
    INTERFACE_FUNCTIONS, INTERFACE_RESOURCES, INTERFACE_RESOURCES_3, InterfaceFunction,
    NAMED_TYPES, NAMED_TYPES_3,
};

/// The newest of each version of WASI whose interfaces are known: older ones are the same with
/// fewer functions.
const NEWEST: [Version; 2] = [Version { minor: 2, patch: 12 }, Version { minor: 3, patch: 2 }];

/// A version of WASI, without the leading zero that all of them have. Newer ones are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    minor: u8,
    patch: u64,
}

impl Version {
    /// Reads what stands behind the `@` of an interface; returns `None` if it is no version of
    /// three numbers whose first is zero.
    pub fn parse(text: &str) -> Option<Version> {
        let (minor, patch) = text.strip_prefix("0.")?.split_once('.')?;
        Some(Version { minor: minor.parse().ok()?, patch: patch.parse().ok()? })
    }
}

/// Returns the function of WASI that a component imports from an interface, with its
/// version, under a name.
pub fn function(interface: &str, name: &str) -> Option<&'static InterfaceFunction> {
    let (interface, version) = parse(interface)?;
    INTERFACE_FUNCTIONS.iter().filter(|function| function.version == version).find(|function| {
        let rest = function.name.strip_prefix(interface);
        rest.and_then(|rest| rest.strip_prefix('.')) == Some(name)
    })
}

/// Returns whether a function cannot be called: it works on a resource that no function of
/// the host makes. Sockets are not for programs yet.
pub fn is_out_of_reach(interface: &str, name: &str) -> bool {
    parse(interface).is_some_and(|(interface, _)| interface.starts_with("wasi:sockets/"))
        && name.starts_with("[method]")
}

/// Returns the symbol of the host's function or type of resources with a name in an
/// interface of WASI, whether the host has it or not. A function that `is_async` returns
/// before it is done.
pub fn symbol(interface: &str, name: &str, is_async: bool) -> Option<String> {
    let (interface, version) = parse(interface)?;
    let interface = interface.strip_prefix("wasi:")?;
    let lowering = if is_async { "[async]" } else { "" };
    Some(format!("wasi-0.{version}:{interface}.{lowering}{name}"))
}

/// Returns whether the host has a type of resources with a name in an interface.
pub fn has_resource(interface: &str, name: &str) -> bool {
    let Some((interface, version)) = parse(interface) else {
        return false;
    };
    let own = |known: &&str| {
        let rest = known.strip_prefix(interface);
        rest.and_then(|rest| rest.strip_prefix('.')) == Some(name)
    };
    match version {
        2 => INTERFACE_RESOURCES.iter().any(own),
        _ => INTERFACE_RESOURCES_3.iter().any(own),
    }
}

/// Returns the name of an interface of WASI without its version, and the second number of
/// that: `wasi:io/poll` and 2 of `wasi:io/poll@0.2.6`. A version is served by the host if it
/// is not newer than the host's.
fn parse(interface: &str) -> Option<(&str, u8)> {
    let (name, version) = interface.split_once('@')?;
    let Version { minor, patch } = Version::parse(version)?;
    let is_known = NEWEST.iter().any(|newest| newest.minor == minor && patch <= newest.patch);
    (is_known && name.starts_with("wasi:")).then_some((name, minor))
}

/// Returns the type of a function with all of its named types written out.
pub fn written_out(function: &InterfaceFunction) -> String {
    let mut ty = function.ty.to_string();
    let names = if function.version == 2 { &NAMED_TYPES[..] } else { &NAMED_TYPES_3 };
    for (name, definition) in names {
        ty = replace_name(&ty, name, definition);
    }
    ty
}

/// Replaces a name wherever it is not part of another one, nor that of a field.
fn replace_name(text: &str, name: &str, definition: &str) -> String {
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '-';
    let mut result = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(name) {
        let (before, behind) = rest.split_at(at);
        let behind = &behind[name.len()..];
        let ends = !before.ends_with(is_part) && !behind.starts_with(is_part);
        result.push_str(before);
        result.push_str(if ends && !behind.starts_with(':') { definition } else { name });
        rest = behind;
    }
    result + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_versions_are_greater() {
        let versions = ["wasi", "0.2.0-rc", "0.2.6", "0.2.12", "0.3.0"].map(Version::parse);
        assert!(versions.is_sorted(), "{versions:?}");
    }

    #[test]
    fn versions() {
        let name = |interface, name| function(interface, name).map(|function| function.name);
        assert_eq!(name("wasi:io/poll@0.2.0", "poll"), Some("wasi:io/poll.poll"));
        assert_eq!(name("wasi:io/poll@0.2.12", "poll"), Some("wasi:io/poll.poll"));
        for interface in
            ["wasi:io/poll@0.2.13", "wasi:io/poll@0.3.0", "wasi:io/poll", "a:io/poll@0.2.0"]
        {
            assert_eq!(name(interface, "poll"), None, "{interface}");
        }
        let clock = |version| function(&format!("wasi:clocks/monotonic-clock@{version}"), "now");
        let version = |version| clock(version).map(|function| function.version);
        assert_eq!(
            (version("0.2.3"), version("0.3.0"), version("0.4.0")),
            (Some(2), Some(3), None)
        );
        assert_eq!(name("wasi:io/poll@0.2.0", "pol"), None);
    }

    #[test]
    fn types() {
        let read = function(
            "wasi:filesystem/types@0.2.0",
            "[method]directory-entry-stream.read-directory-entry",
        );
        let ty = written_out(read.expect("a function"));
        assert!(
            ty.starts_with(
                "(borrow<directory-entry-stream>) -> result<option<record { type: enum { unknown, "
            ),
            "{ty}"
        );
        assert!(!ty.contains("error-code"), "{ty}");
    }
}
