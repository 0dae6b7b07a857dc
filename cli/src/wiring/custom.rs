//! The providers of a component's imported functions that are not WASI's, besides other
//! components, which are composed with it before: core modules, native code and traps.

use crate::link::native_objects::NativeObjects;
use crate::wiring::imports::Member;
use quench_policy::InterfaceFunction;
use std::collections::BTreeMap;

/// Where a component's imported function comes from.
pub enum FunctionSource {
    /// WASI has it.
    Wasi(&'static InterfaceFunction),
    /// The export of this module with the function's name.
    Module(String),
    /// A native function; its symbol.
    Link(String),
    /// A call of it traps.
    Stub,
    /// There is no provider.
    Nobody,
}

/// The providers of a component's imports besides WASI and other components.
pub struct CustomProviders<'a> {
    /// The core modules of `--preload`.
    pub preloads: &'a [Member],
    /// The native code of `--link`.
    pub linked: &'a NativeObjects,
    /// Whether functions that nobody else provides become traps.
    pub stub_imports: bool,
}

impl CustomProviders<'_> {
    /// Returns where a function in an interface comes from, which is its own name if it is in
    /// none. WASI is not asked.
    pub fn source(&self, interface: &str, name: &str) -> FunctionSource {
        let is_provider = |member: &&Member| {
            let own = member.name == interface || member.name == without_version(interface);
            own && member.interface.export(name).is_some()
        };
        if let Some(member) = self.preloads.iter().find(is_provider) {
            return FunctionSource::Module(member.name.clone());
        }
        let symbol = c_name(interface, name);
        if self.linked.define(&symbol) {
            return FunctionSource::Link(symbol);
        }
        if self.stub_imports { FunctionSource::Stub } else { FunctionSource::Nobody }
    }

    /// Returns what is wrong with functions of native code: two of which one symbol would be
    /// both. `imports` are interfaces and names.
    pub fn ambiguous(&self, imports: &[(&str, &str)]) -> Vec<String> {
        let mut by_symbol: BTreeMap<String, (&str, &str)> = BTreeMap::new();
        let mut faults = Vec::new();
        for (interface, name) in imports {
            let symbol = c_name(interface, name);
            let (first, first_name) = by_symbol.entry(symbol.clone()).or_insert((interface, name));
            if (*first, *first_name) != (*interface, *name) {
                faults.push(format!(
                    "`{symbol}` of the linked code would be both {first} {first_name} and {interface} {name}"
                ));
            }
        }
        faults
    }
}

/// Returns the symbol of the native function that provides one of a component: the names of
/// package, interface and function as C can write them, without the version:
/// `docs_calc_ops_add_two` of `add-two` in `docs:calc/ops@1.0.0`.
fn c_name(interface: &str, name: &str) -> String {
    let interface = without_version(interface);
    let full = if interface == without_version(name) {
        interface.to_string()
    } else {
        format!("{interface} {name}")
    };
    let parts = full.split(|character: char| !character.is_ascii_alphanumeric());
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_")
}

fn without_version(interface: &str) -> &str {
    interface.split_once('@').map_or(interface, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_for_c() {
        assert_eq!(c_name("docs:calc/ops@1.0.0", "add-two"), "docs_calc_ops_add_two");
        assert_eq!(c_name("a:b/c", "[method]counter.get"), "a_b_c_method_counter_get");
        assert_eq!(c_name("log-it", "log-it"), "log_it");
    }
}
