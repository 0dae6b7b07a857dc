//! The wiring of a component: what runs it, the provider of each import, and the records that
//! functions of the host work from. The crate `quench-component` knows what a component is
//! made of.

use crate::fault::Kind;
use crate::wiring::Wiring;
use crate::wiring::custom::{CustomProviders, FunctionSource};
use crate::wiring::interfaces::Version;
use crate::wiring::invoke::Invoke;
use crate::wiring::linker::{ImportedFunction, Linker};
use crate::wiring::records::Records;
use anyhow::{Result, anyhow, bail};
use quench_compiler::{DataContent, DataPlan, ExportUse, ImportSource, Word};
use quench_component::{
    COMMAND, Call, Component, Export, ExportKind, Provider, Source, add_calls, add_command,
    parse_call,
};
use std::collections::HashMap;

/// A component with everything that its instances need of the host.
pub struct ComponentWiring {
    /// The source of each import, by instance.
    pub sources: Vec<Vec<ImportSource>>,
    /// The users of exports, by instance and name; of those that are not here there are none.
    pub export_uses: HashMap<String, HashMap<String, ExportUse>>,
    /// The records that functions of the host work from.
    pub data: Vec<DataPlan>,
    /// What is called.
    pub wiring: Wiring,
    /// The functions that the component imports.
    pub imports: Vec<ImportedFunction>,
}

/// Fits a component to the host: adds what runs it, or makes the calls of `--invoke`, and
/// finds the source of each import.
///
/// # Errors
///
/// When the component has nothing to run, or imports what nobody provides; the message
/// lists all of it. When a call does not fit the component.
pub fn wire(
    component: &mut Component<'_>,
    custom: &CustomProviders<'_>,
    invoke: Option<&Invoke>,
) -> Result<ComponentWiring> {
    match invoke {
        Some(invoke) => {
            let calls = calls(component, invoke)?;
            add_calls(component, calls);
        }
        None => {
            let run = command(component).map_err(|error| Kind::Link.of(error))?;
            add_command(component, &run);
        }
    }
    let linker = Linker { component, custom };
    linker.check().map_err(|error| Kind::Link.of(error))?;
    let records = Records::new(&linker);
    let sources: Vec<Vec<ImportSource>> = (component.instances.iter().enumerate())
        .map(|(number, instance)| {
            instance.imports.iter().map(|one| source(&linker, &records, number, one)).collect()
        })
        .collect();
    let data = records.data()?;
    let entries = vec![(COMMAND.to_string(), COMMAND.to_string())];
    Ok(ComponentWiring {
        export_uses: export_uses(&sources, &data, &entries),
        sources,
        data,
        imports: linker.imports(),
        wiring: Wiring {
            entries,
            warning: None,
            memory: None,
            functions: linker.functions(),
            runtime: linker.runtime_functions(),
        },
    })
}

/// Returns who uses which exports, by instance and name.
fn export_uses(
    sources: &[Vec<ImportSource>],
    data: &[DataPlan],
    entries: &[(String, String)],
) -> HashMap<String, HashMap<String, ExportUse>> {
    let mut uses: HashMap<String, HashMap<String, ExportUse>> = HashMap::new();
    let mut add = |module: &str, export: &str, user: ExportUse| {
        let of_module = uses.entry(module.to_string()).or_default();
        let known = of_module.entry(export.to_string()).or_insert(user);
        *known = user.max(*known);
    };
    for source in sources.iter().flatten() {
        if let ImportSource::Module { module, export }
        | ImportSource::LaterModule { module, export } = source
        {
            add(module, export, ExportUse::Modules);
        }
    }
    for content in data.iter().map(|plan| &plan.content) {
        let DataContent::Words(words) = content else { continue };
        for word in words {
            match word {
                Word::Function(module, export) => add(module, export, ExportUse::Native),
                Word::Item(module, export) => add(module, export, ExportUse::Modules),
                Word::Number(_) | Word::Data(_) | Word::Bytes(_) => {}
            }
        }
    }
    for (module, export) in entries {
        add(module, export, ExportUse::Native);
    }
    uses
}

/// Returns the exported function that runs the component as a command: that of the newest
/// version of WASI.
fn command<'a>(component: &'a Component<'_>) -> Result<quench_component::Lifted> {
    let run = |export: &'a Export| match export.path.as_slice() {
        [interface, name] if name == "run" => {
            let version = interface.strip_prefix("wasi:cli/run@")?;
            Some((Version::parse(version), &export.kind))
        }
        _ => None,
    };
    let newest = component.exports.iter().filter_map(run).max_by_key(|(version, _)| *version);
    match newest {
        Some((_, ExportKind::Function(lifted))) => Ok((**lifted).clone()),
        _ => bail!("the component has nothing to run: it does not export `wasi:cli/run`"),
    }
}

/// Returns the calls of `--invoke`, one a line. Arguments may also stand behind the name, as
/// those of a module's function do.
fn calls(component: &Component<'_>, invoke: &Invoke) -> Result<Vec<Call>> {
    let Invoke { name, arguments } = invoke;
    let behind = format!("{name}({})", arguments.join(", "));
    let text = match arguments.as_slice() {
        [] => name,
        _ if name.contains('(') => bail!(
            "the arguments of a component's function stand in the parentheses: `{name}` is followed by `{}`",
            arguments.join(" ")
        ),
        _ => &behind,
    };
    text.lines().map(|line| parse_call(component, line).map_err(|error| anyhow!(error))).collect()
}

/// Returns the provider of an import of the core instance with a number.
fn source(
    linker: &Linker<'_>,
    records: &Records<'_>,
    instance: usize,
    source: &Source,
) -> ImportSource {
    match source {
        Source::Item(item) => {
            let (module, export) = linker.item(item);
            if item.instance > instance {
                ImportSource::LaterModule { module, export }
            } else {
                ImportSource::Module { module, export }
            }
        }
        Source::Host(index) => {
            let function = &linker.component.functions[*index];
            if let Provider::Import { import, name, .. } = &function.provider
                && let FunctionSource::Module(module) =
                    linker.source(linker.interface(*import), name)
            {
                return ImportSource::Module { module, export: name.clone() };
            }
            ImportSource::Native {
                function: linker.symbol(function),
                context: records.context_symbol(*index),
            }
        }
    }
}
