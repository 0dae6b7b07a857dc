//! `quench inspect`.

use crate::args::InspectArgs;
use crate::files::input::{self, Source};
use crate::files::output::{Destination, Mode};
use crate::inspect::html;
use crate::inspect::info::Info;
use crate::inspect::report::{ExportReport, ImportReport, ModuleReport, exports};
use crate::link::native_objects::NativeObjects;
use crate::messages::describe::display_size;
use crate::messages::describe::{count, harmless};
use crate::messages::timings::Report;
use crate::policy::report::PolicyReport;
use crate::wiring::imports::{Member, Provider, Providers};
use anyhow::{Context, Result};
use object::read::{Object as _, ObjectSection as _, ObjectSymbol as _};
use object::{SectionKind, SymbolKind};
use quench_compiler::{FunctionSize, Program, readable_name};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;

/// # Errors
///
/// When it is neither a module nor an executable made by quench, or standard
/// output cannot be written.
pub fn run(args: &InspectArgs) -> Result<()> {
    let source = Source::new(&args.file);
    let bytes = source.read()?;
    let subject = if input::is_elf(&bytes) {
        Subject::executable(&bytes).with_context(|| format!("cannot inspect {source}"))?
    } else {
        Subject::module(args, &source, &bytes)?
    };
    if let Some(page) = &args.html {
        let functions = functions(&source, &bytes)?;
        let title = source.to_string();
        let times = args.timings.as_deref().map(Report::read).transpose()?;
        let text = html::page(&title, &functions, times.as_ref(), &subject.lines());
        let destination = Destination::new(Some(page), &source, ".html")?;
        destination.must_not_be(&source)?;
        return destination.write(text.as_bytes(), Mode::Data);
    }
    let text = if args.json {
        serde_json::to_string_pretty(&subject)? + "\n"
    } else {
        subject.lines().join("\n") + "\n"
    };
    std::io::stdout().write_all(text.as_bytes()).context("cannot write to standard output")
}

/// Of a module its bodies; of an executable its machine code, by symbols.
fn functions(source: &Source, bytes: &[u8]) -> Result<Vec<FunctionSize>> {
    if !input::is_elf(bytes) {
        return Ok(Program::functions(&input::parse_module(source, bytes)?)?);
    }
    let file = object::File::parse(bytes)?;
    let code =
        file.symbols().filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.size() > 0);
    // Several names of one function are one function.
    let by_address: BTreeMap<u64, FunctionSize> = code
        .map(|symbol| {
            let name = symbol.name_bytes().map(String::from_utf8_lossy);
            let function = FunctionSize {
                name: readable_name(&name.unwrap_or_default()).into_owned(),
                size: symbol.size(),
            };
            (symbol.address(), function)
        })
        .collect();
    let mut functions: Vec<FunctionSize> = by_address.into_values().collect();
    let all: u64 = file
        .sections()
        .filter(|section| section.kind() == SectionKind::Text)
        .map(|section| section.size())
        .sum();
    let named: u64 = functions.iter().map(|function| function.size).sum();
    functions.push(FunctionSize { name: NAMELESS.to_string(), size: all.saturating_sub(named) });
    Ok(functions)
}

/// What stands for all code that no symbol names: most of the runtime without `-g`.
const NAMELESS: &str = "(without a name)";

/// What was found in the file.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Subject {
    Module {
        #[serde(flatten)]
        module: ModuleReport,
        exports: Vec<ExportReport>,
    },
    Executable {
        #[serde(flatten)]
        info: Box<Info>,
        policy: PolicyReport,
        /// Bytes of the file.
        size: u64,
        sections: Vec<SectionReport>,
    },
}

#[derive(Serialize)]
struct SectionReport {
    name: String,
    /// Bytes.
    size: u64,
}

impl Subject {
    fn module(args: &InspectArgs, source: &Source, bytes: &[u8]) -> Result<Subject> {
        let wasm = input::parse_module(source, bytes)?;
        let name = source.stem().map(|stem| stem.to_string_lossy());
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
        let (info, policy) = Info::read(bytes)?;
        let file = object::File::parse(bytes)?;
        // The linker's padding has no content and no meaning.
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
            policy: PolicyReport::decode(&policy, wasi_imports(&info.module.imports))?,
            size: bytes.len() as u64,
            sections: sections.collect(),
            info: Box::new(info),
        })
    }

    fn lines(&self) -> Vec<String> {
        let lines = match self {
            Subject::Module { module, exports } => module_lines(module, exports),
            Subject::Executable { info, policy, size, sections } => {
                executable_lines(info, policy, *size, sections)
            }
        };
        let on_one_line = |line: String| harmless(&line.replace('\n', "\\n")).into_owned();
        lines.into_iter().map(on_one_line).collect()
    }
}

fn wasi_imports(imports: &[ImportReport]) -> impl Iterator<Item = &str> {
    let from_wasi = |import: &&ImportReport| import.provider == Provider::Wasi.name();
    imports.iter().filter(from_wasi).map(|import| import.name.as_str())
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
    lines.push("sections:".to_string());
    lines.extend(
        sections.iter().map(|section| format!("  {} {}", section.name, display_size(section.size))),
    );
    lines
}

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
    let proposals = match module.proposals.is_empty() {
        true => "none".to_string(),
        false => module.proposals.join(", "),
    };
    let memory = match module.memories.is_empty() {
        true => "none of its own".to_string(),
        false => module.memories.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
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
