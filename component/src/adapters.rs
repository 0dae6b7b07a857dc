//! Which functions of the host are not called directly, and the types of what they pass and
//! call. Those of calls between components are types of functions in the translator's
//! adapters, whose names tell what belongs together.

use crate::error::Error;
use crate::plan::CoreType;
use crate::spread::{Kind, Signature, Spread};
use crate::translate::Translation;
use wasmtime_environ::component::{
    CoreDef, GlobalInitializer, InstantiateModule, Trampoline, TrampolineIndex,
};
use wasmtime_environ::{
    EntityIndex, EntityRef, Initializer, Module, ModuleInternedTypeIndex, StaticModuleIndex,
    WasmValType,
};

/// Returns the functions of the host that are not called directly. Those that prepare calls are numbered from
/// `first`, because the translator has one for several adapters whose callees are of
/// different types.
pub(crate) fn spreads(translation: &Translation<'_>, first: usize) -> Vec<Spread> {
    let trampolines = translation.translation.trampolines.iter();
    let spread = |(index, trampoline)| {
        let kind = kind(translation, index, trampoline)?;
        Some(Spread { function: index.index(), import: None, kind })
    };
    let of_trampolines = trampolines.filter_map(spread);
    let of_imports =
        prepares(translation).into_iter().zip(first..).map(|((module, place, kind), function)| {
            Spread { function, import: Some((module, place)), kind }
        });
    of_trampolines.chain(of_imports).collect()
}

fn kind(
    translation: &Translation<'_>,
    index: TrampolineIndex,
    trampoline: &Trampoline,
) -> Option<Kind> {
    let ty = translation.translation.component.trampolines[index];
    match trampoline {
        Trampoline::TaskReturn { .. } => {
            let (values, _) = signature(translation, ty).ok()?;
            Some(Kind::Return(values))
        }
        Trampoline::AsyncStartCall { .. } => Some(Kind::Start),
        Trampoline::SyncStartCall { .. } => {
            let ty = translation.types.module_types()[ty].unwrap_func();
            Some(Kind::StartAndWait(list(ty.results()).ok()?))
        }
        _ => None,
    }
}

/// Number of parameters that all functions have that prepare a call.
const FIXED: usize = 8;

/// Returns the imports of functions that prepare calls: by the module and the place in it.
fn prepares(translation: &Translation<'_>) -> Vec<(StaticModuleIndex, usize, Kind)> {
    let component = &translation.translation.component;
    let mut prepares = Vec::new();
    for initializer in &component.initializers {
        let GlobalInitializer::InstantiateModule(InstantiateModule::Static(index, sources), _) =
            initializer
        else {
            continue;
        };
        let module = &translation.modules[*index].module;
        for (place, (source, import)) in sources.iter().zip(&module.initializers).enumerate() {
            let Initializer::Import { field, .. } = import;
            if let CoreDef::Trampoline(trampoline) = source
                && let Some(adapter) = module.strings[*field].strip_prefix("[prepare-call]")
                && let Some(kind) =
                    prepare(translation, module, adapter, component.trampolines[*trampoline])
            {
                prepares.push((*index, place, kind));
            }
        }
    }
    prepares
}

fn prepare(
    translation: &Translation<'_>,
    module: &Module,
    adapter: &str,
    ty: ModuleInternedTypeIndex,
) -> Option<Kind> {
    let of = |prefix: &str| {
        let wanted = format!("{prefix}{adapter}");
        let mut exports = module.exports.iter();
        let (_, item) = exports.find(|(name, _)| module.strings[**name] == *wanted)?;
        let EntityIndex::Function(function) = item else {
            return None;
        };
        let ty = module.functions[*function].signature.unwrap_module_type_index();
        signature(translation, ty).ok()
    };
    let ty = translation.types.module_types()[ty].unwrap_func();
    Some(Kind::Prepare {
        values: list(ty.params().get(FIXED..)?).ok()?,
        start: of("[async-start]")?,
        callee: of("[adapter-callee]")?,
        deliver: of("[async-return]")?,
    })
}

/// Returns the type of a core function.
pub(crate) fn signature(
    translation: &Translation<'_>,
    ty: ModuleInternedTypeIndex,
) -> Result<Signature, Error> {
    let ty = translation.types.module_types()[ty].unwrap_func();
    Ok((list(ty.params())?, list(ty.results())?))
}

fn list(types: &[WasmValType]) -> Result<Vec<CoreType>, Error> {
    types.iter().map(core_type).collect()
}

fn core_type(ty: &WasmValType) -> Result<CoreType, Error> {
    Ok(match ty {
        WasmValType::I32 => CoreType::I32,
        WasmValType::I64 => CoreType::I64,
        WasmValType::F32 => CoreType::F32,
        WasmValType::F64 => CoreType::F64,
        other => {
            return Err(Error::unsupported(format!(
                "a function of the host with a value of type `{other}`"
            )));
        }
    })
}
