//! The exports of a module that something else of the program uses. What is exported for
//! nobody is the module's own affair: its functions may be left out, and its tables are
//! known.

use super::survey::Summary;
use crate::module::{self, Module};

/// The users of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExportUse {
    /// Nothing uses it.
    None,
    /// Other modules of the program use it.
    Modules,
    /// Native code may use it too.
    Native,
}

/// Takes away the exports of a module that nothing uses. `summaries` describe its bodies, in
/// order.
pub(crate) fn keep(
    module: &mut Module<'_>,
    summaries: &[Summary],
    uses: impl Fn(&str) -> ExportUse,
) {
    for export in &mut module.exports {
        export.is_native = uses(export.name) == ExportUse::Native;
    }
    module.exports.retain(|export| uses(export.name) != ExportUse::None);
    for function in &mut module.functions {
        function.referenced = false;
    }
    module::mark_referenced(module);
    // What is no longer exported may be a function that only its export declared to
    // `ref.func`.
    for index in summaries.iter().flat_map(|summary| &summary.references) {
        if let Some(function) = module.functions.get_mut(*index as usize) {
            function.referenced = true;
        }
    }
}
