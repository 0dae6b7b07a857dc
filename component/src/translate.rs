//! The one file that calls wasmtime's component translator, which resolves everything
//! inside a component: nesting, aliases, arguments of instantiations, and adapters
//! between components.

use crate::error::Error;
use crate::validate::component_features;
use std::panic::{AssertUnwindSafe, catch_unwind};
use wasmtime_environ::component::{
    Component, ComponentTranslation, ComponentTypes, ComponentTypesBuilder, Trampoline, Translator,
};
use wasmtime_environ::wasmparser::{BinaryReaderError, Validator, WasmFeatures};
use wasmtime_environ::{ModuleTranslation, PrimaryMap, ScopeVec, StaticModuleIndex, Tunables};

/// The core modules that are parts of a component.
pub(crate) type Modules<'a> = PrimaryMap<StaticModuleIndex, ModuleTranslation<'a>>;

/// A component as the translator leaves it.
pub(crate) struct Translation<'a> {
    pub(crate) translation: ComponentTranslation,
    pub(crate) types: ComponentTypes,
    pub(crate) modules: Modules<'a>,
    /// Number of tables of resources.
    pub(crate) resource_tables: usize,
}

/// Translates a component. The modules that the translator makes itself are kept in
/// `scope`.
///
/// # Errors
///
/// When the component is invalid, apart from the bodies of functions in core modules, which
/// are not looked at, or needs something that the translator does not know.
pub(crate) fn translate<'a>(
    bytes: &'a [u8],
    scope: &'a ScopeVec<u8>,
) -> Result<Translation<'a>, Error> {
    let with = run(bytes, scope, true)?;
    if uses_tasks(&with.translation) {
        return Ok(with);
    }
    // Without tasks, adapters do not keep account of them.
    run(bytes, scope, false)
}

/// Returns whether anything in the component can be in the middle of a call while
/// something else runs.
fn uses_tasks(translation: &ComponentTranslation) -> bool {
    let Component { options, .. } = &translation.component;
    options.values().any(|options| options.async_)
        || translation.trampolines.values().any(|trampoline| !is_synchronous(trampoline))
}

/// Returns whether a built-in function has nothing to do with tasks.
fn is_synchronous(trampoline: &Trampoline) -> bool {
    use Trampoline::{
        EnterSyncCall, ErrorContextDebugMessage, ErrorContextDrop, ErrorContextNew,
        ErrorContextTransfer, ExitSyncCall, LowerImport, ResourceDrop, ResourceNew, ResourceRep,
        ResourceTransferBorrow, ResourceTransferOwn, Transcoder, Trap,
    };
    matches!(
        trampoline,
        LowerImport { .. }
            | Transcoder { .. }
            | ResourceNew { .. }
            | ResourceRep { .. }
            | ResourceDrop { .. }
            | ResourceTransferOwn
            | ResourceTransferBorrow
            | ErrorContextNew { .. }
            | ErrorContextDebugMessage { .. }
            | ErrorContextDrop { .. }
            | ErrorContextTransfer
            | Trap
            | EnterSyncCall
            | ExitSyncCall
    )
}

/// Returns the messages of the traps of adapters, by their numbers.
pub fn trap_messages() -> Vec<String> {
    let traps = (0..=u8::MAX).map_while(wasmtime_environ::Trap::from_u8);
    traps.map(|trap| trap.to_string().replace("wasm trap: ", "")).collect()
}

fn run<'a>(
    bytes: &'a [u8],
    scope: &'a ScopeVec<u8>,
    concurrency: bool,
) -> Result<Translation<'a>, Error> {
    let mut tunables = Tunables::default_u64();
    tunables.concurrency_support = concurrency;
    // A panic of the translator is an error of this component, not of the command.
    let result = catch_unwind(AssertUnwindSafe(|| {
        let mut validator = Validator::new_with_features(component_features!(WasmFeatures));
        let mut types = ComponentTypesBuilder::new(&validator);
        let translator = Translator::new(&tunables, &mut validator, &mut types, scope);
        let (translation, modules) = translator.translate(bytes).map_err(|error| {
            match error.downcast_ref::<BinaryReaderError>() {
                Some(invalid) => Error::from(invalid.clone()),
                None => Error::unsupported(format!("{error:#}")),
            }
        })?;
        let resource_tables = types.num_resource_tables();
        let (types, _) = types.finish(&translation.component);
        Ok(Translation { translation, types, modules, resource_tables })
    }));
    result.unwrap_or_else(|_| {
        Err(Error::unsupported("the component's structure; the translator of components failed"))
    })
}
