//! Composition: a component whose imports other components provide becomes one component,
//! with the others inside. The one file that calls the crate `wac-graph`.

use crate::error::Error;
use crate::validate::{Bodies, validate};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use wac_graph::types::{Package, are_semver_compatible};
use wac_graph::{CompositionGraph, EncodeOptions, NodeId, PackageId};

/// A component that provides an import of others.
pub struct Supplier<'a> {
    /// Name of the import: that of an interface or a function, with its version or
    /// without.
    pub import: &'a str,
    /// The component in the binary format.
    pub bytes: &'a [u8],
}

/// Returns a component that does what `main` does with what the suppliers export. Each gets
/// what the suppliers before it export. What nobody supplies is imported still.
///
/// # Errors
///
/// When a component is invalid outside the bodies of functions, when a supplier does not
/// export what it is to supply, or something of another type, and when nobody imports it.
pub fn compose(main: &[u8], suppliers: &[Supplier<'_>]) -> Result<Vec<u8>, Error> {
    for component in suppliers.iter().map(|supplier| supplier.bytes).chain([main]) {
        validate(component, Bodies::Unchecked)?;
    }
    // A panic in the crate is an error of these components, not of the command.
    let composed = catch_unwind(AssertUnwindSafe(|| Composer::default().compose(main, suppliers)));
    composed.unwrap_or_else(|_| Err(Error::unsupported("the composition of these components")))
}

/// A composition that is being put together.
#[derive(Default)]
struct Composer<'a> {
    graph: CompositionGraph,
    /// The instances of suppliers, by their bytes: one that supplies several imports is
    /// instantiated once.
    instances: HashMap<&'a [u8], (PackageId, NodeId)>,
    /// What has been supplied so far: the name, and whether somebody imports it.
    supplied: Vec<(&'a str, NodeId, bool)>,
}

impl<'a> Composer<'a> {
    fn compose(mut self, main: &[u8], suppliers: &[Supplier<'a>]) -> Result<Vec<u8>, Error> {
        for Supplier { import, bytes } in suppliers {
            let (package, instance) = match self.instances.get(bytes) {
                Some(known) => *known,
                None => {
                    let new = self.instantiate(import, bytes)?;
                    self.instances.insert(bytes, new);
                    new
                }
            };
            let exports = self.names(package, false);
            let export = find(&exports, import).ok_or_else(|| {
                let exports = exports.join(", ");
                Error::composition(format!(
                    "the component for `{import}` does not export that, but {exports}"
                ))
            })?;
            let node = self.graph.alias_instance_export(instance, export).map_err(failed)?;
            self.supplied.push((import, node, false));
        }
        let (package, instance) = self.instantiate("main", main)?;
        if let Some((import, ..)) = self.supplied.iter().find(|(.., is_used)| !is_used) {
            return Err(Error::composition(format!(
                "`{import}` is to be supplied, and no component imports it"
            )));
        }
        for name in self.names(package, false) {
            let node = self.graph.alias_instance_export(instance, &name).map_err(failed)?;
            self.graph.export(node, &name).map_err(failed)?;
        }
        self.graph.encode(EncodeOptions::default()).map_err(failed)
    }

    /// Instantiates a component with what has been supplied so far.
    fn instantiate(&mut self, name: &str, bytes: &[u8]) -> Result<(PackageId, NodeId), Error> {
        let name = format!("{name} {}", self.instances.len());
        let package = Package::from_bytes(&name, None, bytes, self.graph.types_mut());
        let package = package.map_err(|error| Error::composition(format!("{error:#}")))?;
        let package = self.graph.register_package(package).map_err(failed)?;
        let instance = self.graph.instantiate(package);
        let imports = self.names(package, true);
        for (import, node, is_used) in &mut self.supplied {
            if let Some(own) = find(&imports, import) {
                self.graph.set_instantiation_argument(instance, own, *node).map_err(failed)?;
                *is_used = true;
            }
        }
        Ok((package, instance))
    }

    /// Returns the names of the imports or the exports of a component.
    fn names(&self, package: PackageId, imports: bool) -> Vec<String> {
        let world = &self.graph.types()[self.graph[package].ty()];
        let items = if imports { &world.imports } else { &world.exports };
        items.keys().cloned().collect()
    }
}

/// Returns the name that a wanted one stands for: the same one, one of a compatible version,
/// or the only one with any version.
fn find<'a>(names: &'a [String], wanted: &str) -> Option<&'a str> {
    let names = || names.iter().map(String::as_str);
    let same = names().find(|name| *name == wanted);
    let compatible = || names().find(|name| are_semver_compatible(name, wanted));
    let mut of_any_version =
        names().filter(|name| name.split_once('@').is_some_and(|(name, _)| name == wanted));
    let only = || of_any_version.next().filter(|_| of_any_version.next().is_none());
    same.or_else(compatible).or_else(only)
}

/// Returns the error of a step of a composition, with all of its reasons.
fn failed(error: impl std::error::Error) -> Error {
    let mut text = error.to_string();
    let mut reason = error.source();
    while let Some(error) = reason {
        text = format!("{text}: {error}");
        reason = error.source();
    }
    Error::composition(text)
}
