//! The command `quench inspect`.

use crate::args::InspectArgs;
use crate::build::modules::{compose, read_preloads};
use crate::embed;
use crate::fault::Kind;
use crate::files::input::{self, Source};
use crate::files::output::{Destination, Mode};
use crate::inspect::component::{self, ComponentReport};
use crate::inspect::html;
use crate::inspect::info::Info;
use crate::inspect::report::{ExportReport, ImportReport, ModuleReport, exports};
use crate::inspect::sizes::Sizes;
use crate::link::native_objects::NativeObjects;
use crate::messages::describe::display_size;
use crate::messages::describe::{count, harmless};
use crate::messages::timings::Report;
use crate::policy::report::PolicyReport;
use crate::wiring::imports::{Member, Provider, Providers};
use crate::wiring::interfaces;
use anyhow::{Context, Result};
use object::read::{Object as _, ObjectSection as _, ObjectSymbol as _};
use object::{SectionKind, SymbolKind};
use quench_compiler::{Program, readable_name};
use quench_component::is_component;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;

/// Prints a description of a module or an executable, or writes a page of it.
///
/// # Errors
///
/// When the file is neither a module nor an executable made by quench, and when the
/// output cannot be written.
pub fn run(args: &InspectArgs) -> Result<()> {
    let source = Source::new(&args.file);
    let bytes = source.read()?;
    let subject = if input::is_elf(&bytes) {
        Subject::executable(&bytes)
            .with_context(|| format!("cannot inspect {source}"))
            .map_err(|error| Kind::Invalid.of(error))?
    } else {
        Subject::module(args, &source, &bytes)?
    };
    if let Some(page) = &args.html {
        let sizes = sizes(&source, &bytes)?;
        let title = source.to_string();
        let times = args.timings.as_deref().map(Report::read).transpose()?;
        let text = html::page(&title, &sizes, times.as_ref(), &subject.lines());
        let destination = Destination::new(Some(page), &source, ".html")?;
        destination.must_not_be(&source)?;
        if let Some(input) = &args.timings {
            destination.must_not_be(&Source::new(input))?;
        }
        return destination.write(text.as_bytes(), Mode::Data);
    }
    let text = if args.json {
        serde_json::to_string_pretty(&subject)? + "\n"
    } else {
        subject.lines().join("\n") + "\n"
    };
    std::io::stdout().write_all(text.as_bytes()).context("cannot write to standard output")
}

/// Returns the sizes of the functions: of a module's bodies, or of an executable's
/// machine code, whose symbols tell where functions are.
fn sizes(source: &Source, bytes: &[u8]) -> Result<Sizes> {
    if !input::is_elf(bytes) {
        let wasm = input::parse_module(source, bytes)?;
        if is_component(&wasm) {
            return component::sizes(&wasm);
        }
        let sizes = Sizes::of_module(&Program::call_graph(&wasm)?);
        return Ok(Sizes { objects: Program::object_types(&wasm)?, ..sizes });
    }
    let file = object::File::parse(bytes)?;
    let code =
        file.symbols().filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.size() > 0);
    // A function may have several symbols.
    let by_address: BTreeMap<u64, (String, u64)> = code
        .map(|symbol| {
            let name = symbol.name_bytes().map(String::from_utf8_lossy);
            let name = readable_name(&name.unwrap_or_default()).into_owned();
            (symbol.address(), (name, symbol.size()))
        })
        .collect();
    let mut functions: Vec<(String, u64)> = by_address.into_values().collect();
    let all: u64 = file
        .sections()
        .filter(|section| section.kind() == SectionKind::Text)
        .map(|section| section.size())
        .sum();
    let named: u64 = functions.iter().map(|(_, size)| size).sum();
    functions.push((NAMELESS.to_string(), all.saturating_sub(named)));
    Ok(Sizes::of_executable(functions))
}

/// Name for the code without symbols: most of the runtime, unless built with `-g`.
const NAMELESS: &str = "(without a name)";

/// The description of a file. Documented in `docs/INSPECT.md`.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Subject {
    Module {
        #[serde(flatten)]
        module: ModuleReport,
        exports: Vec<ExportReport>,
    },
    Component(ComponentReport),
    Executable {
        #[serde(flatten)]
        info: Box<Info>,
        policy: PolicyReport,
        /// Size of the file, in bytes.
        size: u64,
        sections: Vec<SectionReport>,
    },
}

/// A section of an executable.
#[derive(Serialize)]
struct SectionReport {
    name: String,
    /// Size of the section, in bytes.
    size: u64,
}

impl Subject {
    fn module(args: &InspectArgs, source: &Source, bytes: &[u8]) -> Result<Subject> {
        let wasm = input::parse_module(source, bytes)?;
        let name = source.stem().map(|stem| stem.to_string_lossy());
        if is_component(&wasm) {
            let composed = compose(&wasm, &mut read_preloads(&args.preload)?)
                .with_context(|| format!("cannot inspect {source}"))?;
            let wasm = composed.map_or(wasm, Cow::Owned);
            let report = ComponentReport::new(name.as_deref().unwrap_or("main"), &wasm)
                .with_context(|| format!("cannot inspect {source}"));
            return Ok(Subject::Component(report.map_err(|error| Kind::Invalid.of(error))?));
        }
        let main = Member {
            name: name.as_deref().unwrap_or("main").to_string(),
            size: wasm.len() as u64,
            interface: Program::validate(&wasm)
                .with_context(|| format!("cannot inspect {source}"))?,
        };
        let mut preloads = Vec::new();
        for preload in &args.preload {
            let source = Source::new(&preload.file);
            let wasm = input::read_module(&source)?;
            preloads.push(Member {
                name: preload.name.clone(),
                size: wasm.len() as u64,
                interface: Program::inspect(&wasm)
                    .with_context(|| format!("cannot inspect {source}"))?,
            });
        }
        let providers = Providers {
            preloads: &preloads,
            linked: &NativeObjects::default(),
            stub_imports: false,
        };
        Ok(Subject::Module {
            module: ModuleReport::new(&main, providers),
            exports: exports(&main.interface),
        })
    }

    fn executable(bytes: &[u8]) -> Result<Subject> {
        let (info, policy) = described(bytes)?;
        let file = object::File::parse(bytes)?;
        // This section is padding that the linker adds: it has no content.
        let has_content = |name: &[u8]| name != b".relro_padding";
        let sections = file
            .sections()
            .filter(|section| section.size() > 0 && section.name_bytes().is_ok_and(has_content));
        let sections = sections.map(|section| SectionReport {
            name: section
                .name_bytes()
                .map(String::from_utf8_lossy)
                .unwrap_or_default()
                .into_owned(),
            size: section.size(),
        });
        Ok(Subject::Executable {
            policy,
            size: bytes.len() as u64,
            sections: sections.collect(),
            info: Box::new(info),
        })
    }

    /// Returns the description as lines of text.
    fn lines(&self) -> Vec<String> {
        let lines = match self {
            Subject::Module { module, exports } => module_lines(module, exports),
            Subject::Component(report) => report.lines(),
            Subject::Executable { info, policy, size, sections } => {
                executable_lines(info, policy, *size, sections)
            }
        };
        let on_one_line = |line: String| harmless(&line.replace('\n', "\\n")).into_owned();
        lines.into_iter().map(on_one_line).collect()
    }
}

/// Returns what an executable is and may do.
///
/// # Errors
///
/// When this version of quench did not make it.
pub fn described(executable: &[u8]) -> Result<(Info, PolicyReport)> {
    let (info, policy) = Info::read(executable)?;
    let imports = wasi_imports(&info.module.imports);
    let report = PolicyReport::decode(&policy, imports, Info::embedded(executable))?;
    Ok((info, report))
}

fn wasi_imports(imports: &[ImportReport]) -> impl Iterator<Item = &str> {
    let from_wasi = |import: &&ImportReport| import.provider == Provider::Wasi;
    imports.iter().filter(from_wasi).map(|import| {
        let function = interfaces::function(&import.module, &import.name);
        function.map_or(import.name.as_str(), |function| function.name)
    })
}

fn module_lines(module: &ModuleReport, exports: &[ExportReport]) -> Vec<String> {
    let mut lines =
        vec![format!("WebAssembly module `{}`, {}", module.name, display_size(module.size))];
    lines.extend(content_lines(module));
    lines.extend(import_lines(&module.imports));
    lines.push(
        format!("exports: {}", if exports.is_empty() { "none" } else { "" }).trim_end().into(),
    );
    lines.extend(exports.iter().map(|export| format!("  {}: {}", export.name, export.ty)));
    lines
}

fn executable_lines(
    info: &Info,
    policy: &PolicyReport,
    size: u64,
    sections: &[SectionReport],
) -> Vec<String> {
    let mut lines = vec![
        format!("executable for {}, {}", info.target, display_size(size)),
        format!("processor: {} or better", info.cpu),
        format!("made by quench {} from module `{}`", info.quench, info.module.name),
        format!("runs: {}", runs(info)),
        format!("stack: {}", display_size(info.stack_size)),
    ];
    if let Some(fuel) = info.fuel {
        lines.push(format!("fuel: {fuel} instructions"));
    }
    if info.explicit_memory_checks {
        lines.push("memory: reserves what it uses, checks each access".to_string());
    }
    if info.deterministic {
        lines.push("computes the same on every machine".to_string());
    }
    if !info.preloads.is_empty() {
        lines.push(format!("linked in: {}", info.preloads.join(", ")));
    }
    lines.push("the program may use:".to_string());
    lines.extend(policy.lines().into_iter().map(|line| format!("  {line}")));
    lines.extend(policy.enforcement());
    lines.extend(content_lines(&info.module));
    lines.extend(import_lines(&info.module.imports));
    lines.extend(embed::report::lines(&policy.embedded));
    lines.push("sections:".to_string());
    lines.extend(
        sections.iter().map(|section| format!("  {} {}", section.name, display_size(section.size))),
    );
    lines
}

/// Returns the steps of running an executable, in words.
fn runs(info: &Info) -> String {
    let invocation = info.invoke.iter().map(|invoke| match &invoke.arguments {
        Some(arguments) => format!("{}({})", invoke.function, arguments.join(", ")),
        None => format!("{} with its arguments from the command line", invoke.function),
    });
    let start = info.module.start.then(|| "the start function".to_string());
    let steps: Vec<String> =
        start.into_iter().chain(info.entries.iter().cloned()).chain(invocation).collect();
    steps.join(", then ")
}

fn content_lines(module: &ModuleReport) -> Vec<String> {
    let proposals =
        if module.proposals.is_empty() { "none".to_string() } else { module.proposals.join(", ") };
    let memory = if module.memories.is_empty() {
        "none of its own".to_string()
    } else {
        module.memories.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    let functions = count(module.functions as usize, "function");
    let mut lines = vec![
        format!(
            "code: {functions}, {}; data: {}",
            display_size(module.code_size),
            display_size(module.data_size)
        ),
        format!("memory: {memory}"),
        format!("proposals beyond the MVP: {proposals}"),
    ];
    if module.structs + module.arrays > 0 {
        let structs = count(module.structs as usize, "type");
        let arrays = count(module.arrays as usize, "type");
        lines.push(format!("garbage collection: {structs} of structs, {arrays} of arrays"));
    }
    if module.start {
        lines.push("has a start function".to_string());
    }
    lines
}

fn import_lines(imports: &[ImportReport]) -> Vec<String> {
    if imports.is_empty() {
        return vec!["imports: none".to_string()];
    }
    let import = |import: &ImportReport| {
        let ImportReport { module, name, ty, provider, .. } = import;
        format!("  {module}.{name}: {ty}, from {provider}")
    };
    ["imports:".to_string()].into_iter().chain(imports.iter().map(import)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embed::report::{EmbeddedReport, FileReport};
    use crate::inspect::info::InvokeInfo;
    use crate::inspect::report::{Kind, MemoryReport};
    use crate::policy::report::{DirectoryReport, LockdownReport, VariableReport};
    use serde::de::DeserializeOwned;
    use serde_json::Value;
    use std::collections::BTreeSet;
    use std::fmt::Debug;

    const PAGE: &str = include_str!("../../../docs/INSPECT.md");

    /// Keys and meanings in the table below a heading of the page.
    fn documented(heading: &str) -> Vec<(&str, &str)> {
        let (_, section) = PAGE.split_once(heading).expect("the page has the heading");
        let section = section.split("\n## ").next().unwrap_or_default();
        let rows = section.lines().filter_map(|line| {
            let mut cells = line.strip_prefix("| `")?.splitn(3, " | ");
            let key = cells.next()?.strip_suffix('`')?;
            Some((key, cells.nth(1)?))
        });
        rows.collect()
    }

    /// Paths of the keys of an object, without those that have keys below them.
    fn keys(path: &str, value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(object) => {
                for (key, value) in object {
                    let dot = if path.is_empty() { "" } else { "." };
                    keys(&format!("{path}{dot}{key}"), value, found);
                }
            }
            Value::Array(list) => {
                list.iter().for_each(|one| keys(&format!("{path}[]"), one, found))
            }
            _ => _ = found.insert(path.to_string()),
        }
    }

    /// Fails unless the table below a heading has exactly the keys of `subject`,
    /// in which nothing may be left out: no list is empty, no value absent.
    fn check(heading: &str, subject: &Value) {
        let mut written = BTreeSet::new();
        keys("", subject, &mut written);
        let rows = documented(heading);
        let has_keys_below =
            |key: &str| rows.iter().any(|(other, _)| other.starts_with(&format!("{key}.")));
        let documented = rows.iter().filter(|(key, _)| !has_keys_below(key));
        let documented: BTreeSet<String> = documented.map(|(key, _)| key.to_string()).collect();
        assert_eq!(written, documented, "{heading}");
    }

    /// The texts that stand for the values of an enumeration, as serde lists them.
    fn values<T: DeserializeOwned + Debug>() -> Vec<String> {
        let error = serde_json::from_str::<T>("\"\"").expect_err("no value has this name");
        let error = error.to_string();
        let (_, list) = error.split_once("expected").expect("it lists the values");
        list.split('`').skip(1).step_by(2).map(str::to_string).collect()
    }

    /// Fails unless the page says after `one of` which values a key can have.
    fn check_values(heading: &str, key: &str, values: &[String]) {
        let rows = documented(heading);
        let (_, meaning) = rows.iter().find(|row| row.0 == key).expect("the key has a row");
        let (_, list) = meaning.split_once("one of ").expect("its values are listed");
        let is_option = |name: &&str| name.starts_with("--");
        let listed = list.split('`').skip(1).step_by(2).filter(|name| !is_option(name));
        assert_eq!(listed.collect::<Vec<_>>(), values, "{key}");
    }

    fn module() -> ModuleReport {
        ModuleReport {
            name: "m".to_string(),
            size: 8,
            imports: vec![ImportReport {
                module: "env".to_string(),
                name: "f".to_string(),
                kind: Kind::Function,
                ty: "() -> ()".to_string(),
                provider: Provider::Nobody,
            }],
            proposals: vec!["simd".to_string()],
            memories: vec![MemoryReport {
                minimum: 65536,
                maximum: None,
                page_size: 65536,
                memory64: false,
                shared: false,
            }],
            start: false,
            functions: 1,
            structs: 2,
            arrays: 1,
            code_size: 2,
            data_size: 0,
        }
    }

    #[test]
    fn documented_keys_of_a_module_are_those_that_are_written() {
        let export = ExportReport {
            name: "f".to_string(),
            kind: Kind::Function,
            ty: "() -> ()".to_string(),
        };
        let subject = Subject::Module { module: module(), exports: vec![export] };
        check("## The JSON of a module", &serde_json::to_value(&subject).expect("JSON"));
    }

    #[test]
    fn documented_keys_of_a_component_are_those_that_are_written() {
        let wasm = wat::parse_str(
            r#"(component
                (import "a:b/c" (instance (export "f" (func))))
                (core module $m (memory 1) (func (export "g")))
                (core instance $m (instantiate $m))
                (func (export "g") (canon lift (core func $m "g"))))"#,
        );
        let report = ComponentReport::new("c", &wasm.expect("a component")).expect("valid");
        let subject = Subject::Component(report);
        check("## The JSON of a component", &serde_json::to_value(&subject).expect("JSON"));
    }

    #[test]
    fn documented_keys_of_an_executable_are_those_that_are_written() {
        let info = Info {
            quench: "0.1.0".to_string(),
            target: "x86_64-unknown-linux-gnu".to_string(),
            cpu: "x86-64-v2".to_string(),
            deterministic: false,
            module: module(),
            preloads: vec!["env".to_string()],
            entries: vec!["_initialize".to_string()],
            invoke: Some(InvokeInfo {
                function: "f".to_string(),
                arguments: Some(vec!["1".to_string()]),
            }),
            stack_size: 65536,
            fuel: Some(1),
            explicit_memory_checks: true,
        };
        let policy = PolicyReport {
            directories: vec![DirectoryReport {
                host: ".".to_string(),
                guest: ".".to_string(),
                read_only: true,
            }],
            embedded: vec![EmbeddedReport {
                guest: "/app".to_string(),
                files: vec![FileReport { path: "a".to_string(), size: 1, target: None }],
            }],
            environment: vec![VariableReport { name: "HOME".to_string(), value: None }],
            environment_all: false,
            listeners: vec!["fd:3".to_string()],
            functions: vec!["fd_read"],
            denied: vec!["fd_write".to_string()],
            max_memory: None,
            timeout: None,
            cpu_timeout: None,
            max_open_files: None,
            lockdown: LockdownReport::Off,
            system_calls: vec!["read"],
            runtime_policy: false,
        };
        let sections = vec![SectionReport { name: ".text".to_string(), size: 1 }];
        let subject = Subject::Executable { info: Box::new(info), policy, size: 1, sections };
        let mut subject = serde_json::to_value(&subject).expect("JSON");
        subject["module"] = Value::from("as above");
        check("## The JSON of an executable", &subject);
    }

    #[test]
    fn documented_values_are_those_that_can_be_written() {
        check_values("## The JSON of a module", "imports[].kind", &values::<Kind>());
        check_values("## The JSON of a module", "exports[].kind", &values::<Kind>());
        check_values("## The JSON of a module", "imports[].provider", &values::<Provider>());
        check_values(
            "## The JSON of an executable",
            "policy.lockdown",
            &values::<LockdownReport>(),
        );
    }
}
