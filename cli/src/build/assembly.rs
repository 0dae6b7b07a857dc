//! What a program is made of, fitted together: core modules with the provider of each of
//! their imports, either those of the command line or those of a component.

use super::modules::{Modules, NamedModule, cannot_compile, compose};
use crate::fault;
use crate::inspect::report::{ImportReport, Kind};
use crate::link::native_objects::NativeObjects;
use crate::link::runtime_object::World;
use crate::wiring::custom::CustomProviders;
use crate::wiring::imports::{Member, Provider, Providers};
use crate::wiring::invoke::Invoke;
use crate::wiring::{Use, Wiring, component, wire};
use anyhow::{Context, Result, anyhow};
use quench_compiler::{DataPlan, ExportUse, ImportSource, Program};
use std::borrow::Cow;
use std::collections::HashMap;

/// The modules of a program, fitted together.
pub struct Assembly<'a> {
    /// Whether the modules are a program by themselves or parts of a component.
    pub world: World,
    /// The modules, in the order of their instantiation.
    pub parts: Vec<Part<'a>>,
    /// The modules as seen from outside, in the same order.
    pub members: Vec<Member>,
    /// What is called, and which memory and functions WASI has.
    pub wiring: Wiring,
    /// Records that functions of the host work from.
    pub data: Vec<DataPlan>,
    /// What is known of the component, if it is one.
    pub component: Option<ComponentFacts>,
}

/// What is known of a component besides its modules.
pub struct ComponentFacts {
    /// Name of the file, without its extension.
    pub name: String,
    /// Size of the binary component, in bytes.
    pub size: u64,
    /// The functions that it imports.
    pub imports: Vec<ImportReport>,
}

/// A module of a program.
pub struct Part<'a> {
    /// The binary module.
    pub wasm: Cow<'a, [u8]>,
    /// The source of each import.
    pub sources: Vec<ImportSource>,
    /// The users of exports, by name; of those that are not here there are none. `None` if
    /// everybody may use them.
    pub export_uses: Option<HashMap<String, ExportUse>>,
    /// Whether the module may have the memory that costs least to access.
    pub near_memory: bool,
}

/// What decides how modules are fitted together.
pub struct Conditions<'a> {
    /// Native code to link into the program.
    pub linked: &'a NativeObjects,
    /// Whether functions that nobody else provides become stubs.
    pub stub_imports: bool,
    /// The function of `--invoke`.
    pub invoke: Option<&'a Invoke>,
    /// What the program is made for.
    pub to_be: Use,
}

impl<'a> Assembly<'a> {
    /// Fits modules, or a component, together.
    ///
    /// # Errors
    ///
    /// When they do not make a program; the message says what would.
    pub fn new(modules: &'a mut Modules, conditions: &Conditions<'_>) -> Result<Assembly<'a>> {
        if quench_component::is_component(&modules.main.wasm) {
            let Modules { main, preloads } = modules;
            let composed = compose(&main.wasm, preloads)
                .map_err(|error| fault::Kind::Link.of(error.into()))
                .with_context(|| {
                    format!("cannot compose `{}` with what is preloaded", main.name)
                })?;
            if let Some(composed) = composed {
                main.wasm = composed;
            }
            return Assembly::of_component(modules, conditions);
        }
        let members = modules.members()?;
        let &Conditions { linked, stub_imports, invoke, to_be } = conditions;
        let wiring = wire(&members, linked, stub_imports, invoke, to_be)?;
        Ok(Assembly {
            world: World::Modules,
            parts: parts(modules, &members, linked, stub_imports),
            wiring,
            data: Vec::new(),
            component: None,
            members,
        })
    }

    /// Fits a component together with the modules of `--preload`.
    fn of_component(modules: &'a Modules, conditions: &Conditions<'_>) -> Result<Assembly<'a>> {
        let Modules { main, preloads } = modules;
        let (mut members, mut parts) = (Vec::new(), Vec::new());
        for module in preloads {
            let (member, part) = beside_component(module, &members)?;
            members.push(member);
            parts.push(part);
        }
        let custom = CustomProviders {
            preloads: &members,
            linked: conditions.linked,
            stub_imports: conditions.stub_imports,
        };
        let mut component = quench_component::flatten(&main.wasm)
            .map_err(|error| fault::Kind::Invalid.of(error.into()))
            .with_context(|| cannot_compile(&main.name))?;
        let component::ComponentWiring { sources, mut export_uses, data, wiring, imports } =
            component::wire(&mut component, &custom, conditions.invoke)?;
        for (instance, sources) in component.instances.iter().zip(sources) {
            let wasm = component.modules[instance.module].clone();
            members.push(Member {
                name: instance.name.clone(),
                size: wasm.len() as u64,
                interface: Program::inspect(&wasm)
                    .with_context(|| cannot_compile(&instance.name))?,
            });
            parts.push(Part {
                wasm,
                sources,
                export_uses: Some(export_uses.remove(&instance.name).unwrap_or_default()),
                near_memory: false,
            });
        }
        if let Some(near) = most_used_memory(&members, &parts) {
            parts[near].near_memory = true;
        }
        let imports = imports.into_iter().map(|import| ImportReport {
            module: import.interface,
            name: import.name,
            kind: Kind::Function,
            ty: match import.provider {
                Provider::Wasi => String::new(),
                _ => import.ty,
            },
            provider: import.provider,
        });
        let facts = ComponentFacts {
            name: main.name.clone(),
            size: main.wasm.len() as u64,
            imports: imports.collect(),
        };
        let (world, component) = (World::Component, Some(facts));
        Ok(Assembly { world, parts, members, wiring, data, component })
    }
}

/// Returns a module that is preloaded for a component. It can import from those before it.
fn beside_component<'a>(module: &'a NamedModule, before: &[Member]) -> Result<(Member, Part<'a>)> {
    let NamedModule { name, wasm } = module;
    let interface = Program::inspect(wasm).with_context(|| cannot_compile(name))?;
    let linked = &NativeObjects::default();
    let providers = Providers { preloads: before, linked, stub_imports: false };
    let mut imports = interface.imports.iter();
    if let Some(import) = imports.find(|import| providers.provider(import) != Provider::Preload) {
        let error = anyhow!(
            "`{name}` is preloaded for a component and imports `{}.{}`, which no module before it exports",
            import.module,
            import.name
        );
        return Err(fault::Kind::Link.of(error));
    }
    let part = Part {
        wasm: Cow::Borrowed(wasm),
        sources: interface.imports.iter().map(|import| providers.source(import)).collect(),
        export_uses: None,
        near_memory: false,
    };
    Ok((Member { name: name.clone(), size: wasm.len() as u64, interface }, part))
}

/// Returns the modules of the command line with the providers of their imports, whether
/// they fit or not.
pub fn parts<'a>(
    modules: &mut Modules,
    members: &[Member],
    linked: &NativeObjects,
    stub_imports: bool,
) -> Vec<Part<'a>> {
    let parts = modules.iter_mut().zip(members).enumerate().map(|(index, (module, member))| {
        let providers = Providers { preloads: &members[..index], linked, stub_imports };
        let imports = member.interface.imports.iter();
        Part {
            wasm: Cow::Owned(std::mem::take(&mut module.wasm)),
            sources: imports.map(|import| providers.source(import)).collect(),
            export_uses: None,
            near_memory: true,
        }
    });
    parts.collect()
}

/// Returns the part that defines the memory that most code works on.
fn most_used_memory(members: &[Member], parts: &[Part<'_>]) -> Option<usize> {
    let mut code = vec![0; members.len()];
    let mut owners: Vec<Option<usize>> = Vec::new();
    for (index, (member, part)) in members.iter().zip(parts).enumerate() {
        let imports = member.interface.imports.iter().zip(&part.sources);
        let imported = imports.filter_map(|(import, source)| match (&import.ty, source) {
            (quench_compiler::ExternType::Memory(_), ImportSource::Module { module, .. }) => {
                let owner = members.iter().position(|member| member.name == *module)?;
                owners.get(owner).copied().flatten()
            }
            _ => None,
        });
        let own = (!member.interface.memories.is_empty()).then_some(index);
        let owner = imported.into_iter().next().or(own);
        if let Some(owner) = owner {
            code[owner] += member.interface.code_size;
        }
        owners.push(owner);
    }
    let used = (0..members.len()).filter(|index| owners[*index] == Some(*index));
    used.max_by_key(|index| (code[*index], std::cmp::Reverse(*index)))
}
