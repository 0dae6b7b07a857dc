//! Makes an executable of modules and options, or an earlier stage of it (object,
//! assembly, Cranelift IR): runs the compiler, then the linker.

use super::assembly::{Assembly, ComponentFacts, Conditions, Part, parts};
use super::modules::{Modules, cannot_compile};
use super::options::options;
use crate::args::{Checks, CompileArgs};
use crate::cache::packs::Packs;
use crate::embed::Files;
use crate::fault::Kind;
use crate::files::output::Content;
use crate::inspect::info::{Info, InvokeInfo};
use crate::inspect::report::ModuleReport;
use crate::link::merge::merge;
use crate::link::native_objects::NativeObjects;
use crate::link::runtime_object::{self, Extent, World};
use crate::link::{Input, Symbols, attach, link};
use crate::messages::describe::display_size;
use crate::messages::phases::Phases;
use crate::policy::Policy;
use crate::version;
use crate::wiring::imports::{Member, Provider, Providers};
use crate::wiring::invoke::Invoke;
use crate::wiring::{Use, Wiring};
use anyhow::{Context, Result, anyhow, bail};
use quench_compiler::{
    CompiledModule, Cpu, DataPlan, Detail, Emit, ExportUse, ImportSource, InvocationPlan,
    ModuleInput, Profile, Program, ProgramPlan, Store, export_symbol,
};
use quench_component::is_component;
use quench_policy::{Functions, RuntimeFunctions};
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

/// Everything but the modules that decides what is made.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The processor to compile for.
    pub cpu: Cpu,
    /// Options of the compiler; `cpu` has what `--target` and `--cpu` mean.
    pub compile: &'a CompileArgs,
    /// Permissions of the program.
    pub policy: &'a Policy,
    /// The function of `--invoke`.
    pub invoke: Option<&'a Invoke>,
    /// The symbols that the executable has.
    pub symbols: Symbols,
    /// Detail of backtraces.
    pub detail: Detail,
    /// Whether the executable has debug information for native debuggers (`-g`).
    pub debug_info: bool,
    /// Whether the program can write core dumps.
    pub dump_core: bool,
    /// Native code to link into the program.
    pub linked: &'a NativeObjects,
    /// Files that become part of the executable.
    pub files: Option<&'a Files>,
    /// The cache of compiled functions, if there is one.
    pub functions: Option<&'a Arc<Packs>>,
    /// Use of profiles.
    pub profile: Profiling<'a>,
}

/// A static executable, whose files are still where they are.
pub struct Executable<'a> {
    /// All that comes before the archive of its files.
    pub linked: Vec<u8>,
    files: Option<&'a Files>,
    /// All that comes behind that.
    behind: Vec<u8>,
}

impl Executable<'_> {
    /// Returns the size of the executable, in bytes.
    pub fn size(&self) -> u64 {
        let own = (self.linked.len() + self.behind.len()) as u64;
        own + self.files.map_or(0, Files::length)
    }
}

impl Content for Executable<'_> {
    fn write_to<W: Write>(&self, out: &mut W) -> io::Result<()> {
        out.write_all(&self.linked)?;
        self.files.map_or(Ok(()), |files| files.write_to(out))?;
        out.write_all(&self.behind)
    }
}

/// The objects of a program, before they are linked.
struct Objects {
    world: World,
    members: Vec<Member>,
    inputs: Vec<Input>,
}

/// Use of profiles.
#[derive(Clone, Copy, Default)]
pub enum Profiling<'a> {
    /// There are no profiles.
    #[default]
    None,
    /// The program writes a profile to this path.
    Generate(&'a Path),
    /// The program is optimised for this profile.
    Use(&'a Profile),
}

impl<'a> Request<'a> {
    /// Makes an earlier stage than an object, of the main module alone, as text.
    ///
    /// # Errors
    ///
    /// When the compiler refuses a module.
    pub fn stage(&self, mut modules: Modules, emit: Emit, phases: &mut Phases) -> Result<Vec<u8>> {
        phases.begin("parse");
        if is_component(&modules.main.wasm) {
            bail!(
                "an earlier stage than an object can be shown of one module only; take a core \
                 module out of the component first, for example with `wasm-tools component unbundle`"
            );
        }
        let mut members = modules.members()?;
        let parts = parts(&mut modules, &members, self.linked, self.compile.stub_imports);
        phases.begin("compile");
        let mut program = self.program(phases)?;
        let what = (self.invoke, emit);
        let mut outputs = self.compile(&mut program, parts, &mut members, what, phases)?;
        Ok(outputs.pop().map_or(Vec::new(), |main| main.bytes))
    }

    /// Makes a static executable.
    ///
    /// # Errors
    ///
    /// When the modules do not make a program, when the compiler refuses one of
    /// them, and when the linker fails.
    pub fn executable(&self, modules: Modules, phases: &mut Phases) -> Result<Executable<'a>> {
        let Objects { world, members, mut inputs } =
            self.objects(modules, Use::Executable, phases)?;
        phases.begin("link");
        let extent = Extent {
            world,
            archive: self.files.is_some(),
            debug_info: self.debug_info,
            is_imported: &|module| members.iter().any(|member| member.imports_from(module)),
        };
        let runtime = runtime_object::for_program(self.cpu.target(), &extent)?;
        inputs.push(Input::new("runtime.o", runtime));
        inputs.extend(self.linked.inputs());
        let mut linked = link(self.cpu.target(), inputs, self.symbols)
            .map_err(|message| self.cannot_link(&message))?;
        let behind = match self.files {
            Some(files) => {
                attach(&mut linked, files.length()).map_err(|error| Kind::Internal.of(error))?
            }
            None => Vec::new(),
        };
        Ok(Executable { linked, files: self.files, behind })
    }

    /// Makes one relocatable object of all that an executable has besides the runtime and
    /// what is linked into it.
    ///
    /// # Errors
    ///
    /// When the modules do not fit together, and when the compiler refuses one of them.
    pub fn object(&self, modules: Modules, phases: &mut Phases) -> Result<Vec<u8>> {
        if !self.policy.embedded.is_empty() {
            bail!(
                "--embed puts files behind a whole executable, and --emit obj makes none: give \
                 the program a directory with --dir"
            );
        }
        let Objects { inputs, .. } = self.objects(modules, Use::Object, phases)?;
        phases.begin("link");
        merge(&inputs)
    }

    /// Makes the objects of a program: those of its modules, that of its record, and that
    /// of its description.
    fn objects(&self, mut modules: Modules, to_be: Use, phases: &mut Phases) -> Result<Objects> {
        phases.begin("parse");
        let conditions = Conditions {
            linked: self.linked,
            stub_imports: self.compile.stub_imports,
            invoke: self.invoke,
            to_be,
        };
        let Assembly { world, parts, mut members, wiring, data, component } =
            Assembly::new(&mut modules, &conditions)?;
        if let Some(warning) = &wiring.warning {
            phases.warn(warning);
        }
        let linked = self.linked_imports(&members, &parts);
        self.linked.check(linked).map_err(|error| Kind::Link.of(error))?;
        let functions = self.policy.functions(wiring.functions)?;
        self.check_memory(&members)?;

        phases.begin("compile");
        let mut program = self.program(phases)?;
        if world == World::Component {
            program.label_modules();
        }
        let invoke = self.module_invoke(world);
        let modules =
            self.compile(&mut program, parts, &mut members, (invoke, Emit::Object), phases)?;
        if self.debug_info {
            warn_without_debug_info(&members, component.as_ref(), phases);
        }
        let runtime = runtime_functions(&modules).with(wiring.runtime);
        let policy = self.policy.encode(functions, runtime)?;
        let info = self.info(&members, &wiring, component).object(self.cpu.target(), &policy)?;
        let record =
            program.finish(&self.plan(&members, invoke, wiring, (functions, policy), data))?;

        let objects = members.iter().zip(modules);
        let mut inputs: Vec<Input> = objects
            .map(|(member, compiled)| Input::new(format!("{}.o", member.name), compiled.bytes))
            .collect();
        inputs.push(Input::new("program.o", record));
        inputs.push(Input::new("info.o", info));
        Ok(Objects { world, members, inputs })
    }

    /// Returns the symbols of the imports that native code satisfies.
    fn linked_imports(&self, members: &[Member], parts: &[Part<'_>]) -> BTreeSet<String> {
        let symbols = members.iter().enumerate().flat_map(|(index, member)| {
            let providers = self.providers(&members[..index]);
            let imports = member.interface.imports.iter();
            let linked = imports.filter(move |one| providers.provider(one) == Provider::Link);
            linked.map(|import| export_symbol(&import.module, &import.name))
        });
        let sources = parts.iter().flat_map(|part| &part.sources);
        let of_component = sources.filter_map(|source| match source {
            ImportSource::Native { function, .. } => Some(function.clone()),
            _ => None,
        });
        symbols.chain(of_component.filter(|symbol| self.linked.define(symbol))).collect()
    }

    /// Returns the error for a message of the linker. It is a bug of quench unless
    /// objects were linked that quench did not make.
    fn cannot_link(&self, message: &anyhow::Error) -> anyhow::Error {
        if self.linked.is_empty() {
            Kind::Internal
                .of(anyhow!("linking failed: {message}; this is a bug in quench, please report it"))
        } else {
            Kind::Link.of(anyhow!(
                "linking failed: {message}; there is no C library for what is \
                 linked with `--link`, and nothing may be defined twice"
            ))
        }
    }

    /// Fails if the memories' initial sizes exceed the limit of `--max-memory`.
    fn check_memory(&self, members: &[Member]) -> Result<()> {
        let memories = members.iter().flat_map(|member| &member.interface.memories);
        let sizes = memories.map(|ty| ty.minimum.saturating_mul(1 << ty.page_size_log2));
        let initial = sizes.fold(0, u64::saturating_add);
        match self.policy.max_memory {
            Some(limit) if initial > limit => bail!(
                "the program's memory begins with {}, more than --max-memory {}",
                display_size(initial),
                display_size(limit)
            ),
            _ => Ok(()),
        }
    }

    /// Returns a compiler without modules, set up for this request.
    fn program(&self, phases: &Phases) -> Result<Program> {
        let mut options = options(self.compile, self.cpu, self.detail);
        options.instrument = matches!(self.profile, Profiling::Generate(_));
        options.fuel = self.policy.fuel;
        options.debug_info = self.debug_info;
        let mut program = Program::new(options)?;
        program.observe(phases.observer());
        if let Profiling::Use(profile) = self.profile {
            program.use_profile(profile.clone());
        }
        if let Some(functions) = self.functions {
            program.keep_functions(Arc::clone(functions) as Arc<dyn Store>);
        }
        Ok(program)
    }

    /// Returns the function of `--invoke`, if the runtime calls it: a component is made to
    /// call its own.
    fn module_invoke(&self, world: World) -> Option<&Invoke> {
        self.invoke.filter(|_| world == World::Modules)
    }

    /// Compiles all modules, the last so that this function can be invoked, and as far as
    /// `emit` says. Each module is freed once it is compiled, and its interface in `members`
    /// is replaced by the one that knows the proposals of function bodies too.
    fn compile(
        &self,
        program: &mut Program,
        parts: Vec<Part<'_>>,
        members: &mut [Member],
        (invoke, emit): (Option<&Invoke>, Emit),
        phases: &Phases,
    ) -> Result<Vec<CompiledModule>> {
        let entry_points: Vec<&str> = invoke.iter().map(|i| i.name.as_str()).collect();
        for (part, member) in parts.iter().zip(&*members) {
            program.declare(&part.wasm).with_context(|| cannot_compile(&member.name))?;
        }
        let mut outputs = Vec::new();
        for (index, part) in parts.into_iter().enumerate() {
            let name = &members[index].name;
            let is_main = index + 1 == members.len();
            let uses = part.export_uses.as_ref();
            let uses = uses
                .map(|uses| |export: &str| uses.get(export).copied().unwrap_or(ExportUse::None));
            let compiled = program
                .add_module(&ModuleInput {
                    name,
                    wasm: &part.wasm,
                    source: &|import, _| part.sources[import].clone(),
                    entry_points: if is_main { &entry_points } else { &[] },
                    export_use: uses.as_ref().map(|uses| uses as &dyn Fn(&str) -> ExportUse),
                    near_memory: part.near_memory,
                    emit: if is_main { emit } else { Emit::Object },
                })
                .with_context(|| cannot_compile(name))?;
            for warning in &compiled.warnings {
                phases.warn(&format!("`{name}`: {warning}"));
            }
            members[index].interface = compiled.interface.clone();
            outputs.push(compiled);
        }
        Ok(outputs)
    }

    fn providers<'b>(&'b self, preloads: &'b [Member]) -> Providers<'b> {
        Providers { preloads, linked: self.linked, stub_imports: self.compile.stub_imports }
    }

    fn plan(
        &self,
        members: &[Member],
        invoke: Option<&Invoke>,
        wiring: Wiring,
        (functions, policy): (Functions, Vec<u8>),
        data: Vec<DataPlan>,
    ) -> ProgramPlan {
        ProgramPlan {
            preparation_count: wiring.preparation_count(),
            entries: wiring.entries,
            invocation: invoke.map(|invoke| InvocationPlan {
                module: main_member(members).name.clone(),
                export: invoke.name.clone(),
                arguments: baked_arguments(invoke, members),
            }),
            memory: wiring.memory,
            stack_size: self.compile.max_stack,
            // Programs without WASI have it too: for limits and lockdown.
            host_start: Some(self.policy.start_symbol(functions, self.dump_core).to_string()),
            policy,
            data,
            dump_core: self.dump_core,
            profile: match self.profile {
                Profiling::Generate(file) => Some(file.as_os_str().as_bytes().to_vec()),
                Profiling::None | Profiling::Use(_) => None,
            },
        }
    }

    fn info(&self, members: &[Member], wiring: &Wiring, component: Option<ComponentFacts>) -> Info {
        let main = main_member(members);
        let preloads = &members[..members.len() - 1];
        // A component is made to call the function by an entry of ours.
        let has_own_entry = component.is_some() && self.invoke.is_some();
        let entries = wiring.entries.iter().filter(|_| !has_own_entry);
        let module = match component {
            None => ModuleReport::new(main, self.providers(preloads)),
            Some(ComponentFacts { name, size, imports }) => {
                ModuleReport::of_component(&name, size, imports, members)
            }
        };
        Info {
            quench: version::VERSION.to_string(),
            target: self.cpu.target().to_string(),
            cpu: self.cpu.to_string(),
            deterministic: self.compile.deterministic,
            module,
            preloads: preloads.iter().map(|member| member.name.clone()).collect(),
            entries: entries.map(|(_, export)| export.clone()).collect(),
            invoke: self.invoke.map(|invoke| match invoke.name.split_once('(') {
                // A call of a component's function.
                Some((function, arguments)) => InvokeInfo {
                    function: function.to_string(),
                    arguments: Some(vec![arguments.trim_end_matches(')').to_string()]),
                },
                None => InvokeInfo {
                    function: invoke.name.clone(),
                    arguments: baked_arguments(invoke, members),
                },
            }),
            stack_size: self.compile.max_stack,
            fuel: self.policy.fuel,
            explicit_memory_checks: self.compile.memory_checks == Checks::Explicit,
        }
    }
}

fn main_member(members: &[Member]) -> &Member {
    members.last().expect("the main module is one")
}

/// Warns about modules for which `-g` finds nothing. Some of a component's modules have no
/// debug information usually: toolchains and quench add them.
fn warn_without_debug_info(
    members: &[Member],
    component: Option<&ComponentFacts>,
    phases: &Phases,
) {
    let warn = |name: &str, place: &str| {
        phases.warn(&format!(
            "`{name}`: -g finds no debug information in {place}; its compiler makes it, often with -g"
        ));
    };
    let without = members.iter().filter(|member| !member.interface.debug_info);
    match component {
        None => without.for_each(|member| warn(&member.name, "the module")),
        Some(_) if without.clone().count() < members.len() => {}
        Some(component) => warn(&component.name, "the component"),
    }
}

/// Returns the functions of the runtime that the code of the modules can call.
fn runtime_functions(modules: &[CompiledModule]) -> RuntimeFunctions {
    let symbols = modules.iter().flat_map(|module| &module.runtime_symbols);
    let functions = symbols.map(|symbol| RuntimeFunctions::of_symbol(symbol));
    functions.fold(RuntimeFunctions::NONE, RuntimeFunctions::with)
}

/// Returns the arguments of an invocation that the executable contains. There are
/// none (`None`) for a function that has parameters but was given no arguments: the
/// executable takes them from its command line.
fn baked_arguments(invoke: &Invoke, members: &[Member]) -> Option<Vec<String>> {
    let function = invoke.function(&main_member(members).interface).ok();
    let parameters = function.map_or(0, |ty| ty.parameters.len());
    let from_command_line = invoke.arguments.is_empty() && parameters > 0;
    (!from_command_line).then(|| invoke.arguments.clone())
}
