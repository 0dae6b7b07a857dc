//! Makes compiled modules and commands of a script's directives. Malformed,
//! invalid and unlinkable modules can be judged without running, and are judged
//! here. Knows nothing of executables.

use crate::features::{self, Feature};
use crate::provider;
use crate::traps;
use crate::values::{self, Expectation};
use anyhow::{Context, Result, anyhow, bail};
use quench_abi::ValueType;
use quench_compiler::{
    Emit, Error, ExternType, FunctionType, Import, ImportSource, Interface, ModuleInput, Options,
    Program,
};
use std::collections::HashMap;
use wast::core::WastArgCore;
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::token::Id;
use wast::{QuoteWat, Wast, WastArg, WastDirective, WastExecute, WastInvoke, Wat};

/// A script, compiled.
pub(crate) struct Script {
    pub(crate) program: Program,
    /// Link name and object of each module.
    pub(crate) objects: Vec<(String, Vec<u8>)>,
    pub(crate) commands: Vec<Command>,
    pub(crate) judged: Judged,
}

/// Results that needed no run.
#[derive(Default)]
pub(crate) struct Judged {
    /// Number of directives that did what they should.
    pub(crate) passed: usize,
    /// Messages, one for each directive that failed.
    pub(crate) failures: Vec<String>,
    /// Messages about modules and directives that need a skipped feature.
    pub(crate) left_out: Vec<String>,
}

/// An action for the executable, and how it has to end.
pub(crate) struct Command {
    /// Place of the directive, as `file:line`.
    pub(crate) place: String,
    pub(crate) action: Action,
    pub(crate) outcome: Outcome,
}

pub(crate) enum Action {
    /// Instantiates the module with this link name.
    Instantiate(String),
    Invoke {
        module: String,
        export: String,
        /// Arguments, in as many slots as the results need.
        slots: Vec<u128>,
    },
}

pub(crate) enum Outcome {
    Returns,
    Results(Vec<Expectation>),
    /// A set of trap codes, and the script's words for them.
    Traps(u32, String),
}

/// The module that the specification's scripts import from.
const SPECTEST: &str = "spectest";

/// Compiles the modules of a script.
///
/// # Errors
///
/// Fails when it cannot be parsed as a script.
pub(crate) fn compile(
    name: &str,
    text: &str,
    options: Options,
    skip: &[Feature],
) -> Result<Script> {
    let mut compilation = Compilation::new(name, text, options, skip)?;
    let explain = |mut error: wast::Error| {
        error.set_text(text);
        anyhow!("{name}: {}", error.message())
    };
    // A module can be encoded only once.
    for declares in [true, false] {
        let mut lexer = Lexer::new(text);
        lexer.allow_confusing_unicode(true);
        let buffer = ParseBuffer::new_with_lexer(lexer).map_err(explain)?;
        let wast: Wast<'_> = parser::parse(&buffer).map_err(explain)?;
        for directive in wast.directives {
            if declares {
                compilation.declare(directive);
            } else {
                compilation.directive(directive);
            }
        }
    }
    Ok(compilation.script)
}

/// A module that commands can be about.
struct Instance {
    link_name: String,
    interface: Interface,
}

/// The reason for which a directive was not carried out.
enum Obstacle {
    /// The directive needs this feature, which is to be skipped.
    Skipped(&'static str),
    Failure(anyhow::Error),
}

impl From<anyhow::Error> for Obstacle {
    fn from(error: anyhow::Error) -> Obstacle {
        Obstacle::Failure(error)
    }
}

/// The module that a name stands for, or the skipped feature for which it is
/// missing.
#[derive(Clone, Copy)]
enum Named {
    Instance(usize),
    Skipped(&'static str),
    Failed,
}

struct Compilation<'a> {
    name: &'a str,
    text: &'a str,
    options: Options,
    skip: &'a [Feature],
    script: Script,
    instances: Vec<Instance>,
    /// Modules by the script's `$name`; the last one also without a name.
    named: HashMap<Option<String>, Named>,
    /// Modules by the name that imports use.
    registered: HashMap<String, Named>,
    /// Modules that were defined but not instantiated, like `named`.
    definitions: HashMap<Option<String>, Vec<u8>>,
}

impl<'a> Compilation<'a> {
    fn new(name: &'a str, text: &'a str, options: Options, skip: &'a [Feature]) -> Result<Self> {
        let script = Script {
            program: Program::new(options)?,
            objects: Vec::new(),
            commands: Vec::new(),
            judged: Judged::default(),
        };
        Ok(Compilation {
            name,
            text,
            options,
            skip,
            script,
            instances: Vec::new(),
            named: HashMap::new(),
            registered: HashMap::new(),
            definitions: HashMap::new(),
        })
    }

    /// Declares the module of a directive, if it has one that is instantiated. It may be refused
    /// later.
    fn declare(&mut self, directive: WastDirective<'_>) {
        let wasm = match directive {
            WastDirective::Module(mut module) | WastDirective::ModuleDefinition(mut module) => {
                module.encode()
            }
            WastDirective::AssertUnlinkable { mut module, .. }
            | WastDirective::AssertTrap { exec: WastExecute::Wat(mut module), .. }
            | WastDirective::AssertReturn { exec: WastExecute::Wat(mut module), .. }
            | WastDirective::AssertException { exec: WastExecute::Wat(mut module), .. } => {
                module.encode()
            }
            _ => return,
        };
        if let Ok(wasm) = wasm {
            let _ = self.script.program.declare(&wasm);
        }
    }

    /// Adds the module [`SPECTEST`], when it is first imported from.
    fn add_spectest(&mut self) -> Result<()> {
        let wasm = wat::parse_str(include_str!("spectest.wat"))?;
        let instance =
            self.add_module(&wasm, Program::inspect(&wasm)?, &|_, _| ImportSource::Host)?;
        self.command(0, self.instantiation(instance), Outcome::Returns);
        self.registered.insert(SPECTEST.to_string(), Named::Instance(instance));
        Ok(())
    }

    fn directive(&mut self, directive: WastDirective<'_>) {
        let line = directive.span().linecol_in(self.text).0 + 1;
        match self.carry_out(line, directive) {
            Ok(()) => {}
            Err(Obstacle::Skipped(feature)) => {
                let message = format!("{}:{line}: needs {feature}", self.name);
                self.script.judged.left_out.push(message);
            }
            Err(Obstacle::Failure(error)) => {
                let message = format!("{}:{line}: {error:#}", self.name);
                self.script.judged.failures.push(message);
            }
        }
    }

    fn carry_out(&mut self, line: usize, directive: WastDirective<'_>) -> Result<(), Obstacle> {
        match directive {
            WastDirective::Module(module) => self.module(line, module),
            WastDirective::ModuleDefinition(module) => self.definition(module),
            WastDirective::ModuleInstance { instance, module, .. } => {
                self.instance(line, instance, module)
            }
            WastDirective::Register { name, module, .. } => {
                let named = self.look_up(module)?;
                self.registered.insert(name.to_string(), named);
                Ok(())
            }
            WastDirective::AssertMalformed { module, .. }
            | WastDirective::AssertInvalid { module, .. }
            | WastDirective::AssertMalformedCustom { module, .. }
            | WastDirective::AssertInvalidCustom { module, .. } => Ok(self.assert_refused(module)?),
            WastDirective::AssertUnlinkable { module, message, .. } => {
                self.assert_unlinkable(line, module, message)
            }
            WastDirective::Invoke(invoke) => {
                self.execution(line, WastExecute::Invoke(invoke), Outcome::Returns)
            }
            WastDirective::AssertReturn { exec, results, .. } => {
                let results: Result<_> = results.iter().map(values::expectation).collect();
                self.execution(line, exec, Outcome::Results(results?))
            }
            WastDirective::AssertTrap { exec, message, .. } => {
                self.execution(line, exec, trap(message)?)
            }
            WastDirective::AssertExhaustion { call, message, .. } => {
                self.execution(line, WastExecute::Invoke(call), trap(message)?)
            }
            WastDirective::AssertException { exec, .. } => {
                self.execution(line, exec, trap("uncaught exception")?)
            }
            WastDirective::AssertSuspension { .. } => Err(cannot_play("suspensions")),
            WastDirective::Thread(_) | WastDirective::Wait { .. } => Err(cannot_play("threads")),
        }
    }

    fn module(&mut self, line: usize, mut module: QuoteWat<'_>) -> Result<(), Obstacle> {
        let id = module.name();
        let wasm = module.encode().map_err(|error| self.text_error(error));
        self.instantiate_as(line, id, wasm?)
    }

    fn definition(&mut self, mut module: QuoteWat<'_>) -> Result<(), Obstacle> {
        let id = module.name();
        let wasm = module.encode().map_err(|error| self.text_error(error))?;
        if let Some(feature) = features::needed(&wasm, self.skip) {
            return Err(Obstacle::Skipped(feature));
        }
        Program::inspect(&wasm).map_err(anyhow::Error::from)?;
        self.script.judged.passed += 1;
        self.definitions.insert(id.map(key), wasm.clone());
        self.definitions.insert(None, wasm);
        Ok(())
    }

    fn instance(
        &mut self,
        line: usize,
        instance: Option<Id<'_>>,
        definition: Option<Id<'_>>,
    ) -> Result<(), Obstacle> {
        let wasm = self.definitions.get(&definition.map(key));
        let wasm = wasm.context("of no definition that was accepted")?.clone();
        self.instantiate_as(line, instance, wasm)
    }

    /// Compiles a module and makes it the one that `id` and no name stand for.
    fn instantiate_as(
        &mut self,
        line: usize,
        id: Option<Id<'_>>,
        wasm: Vec<u8>,
    ) -> Result<(), Obstacle> {
        let added = self.add_instance(&wasm);
        let named = match &added {
            Ok(instance) => Named::Instance(*instance),
            Err(Obstacle::Skipped(feature)) => Named::Skipped(feature),
            Err(Obstacle::Failure(_)) => Named::Failed,
        };
        self.named.insert(None, named);
        if let Some(id) = id {
            self.named.insert(Some(key(id)), named);
        }
        self.command(line, self.instantiation(added?), Outcome::Returns);
        Ok(())
    }

    /// Carries out an assertion that a module is refused before it is compiled,
    /// as text or as a binary.
    fn assert_refused(&mut self, mut module: QuoteWat<'_>) -> Result<()> {
        if let Ok(wasm) = module.encode() {
            match provider::compile(&wasm, self.options) {
                Err(Error::Invalid { .. } | Error::Unsupported { .. }) => {}
                Err(error) => bail!("refused for the wrong reason: {error}"),
                Ok(()) if features::became_valid(&wasm) => {}
                Ok(()) => bail!("expected to be refused, got accepted"),
            }
        }
        self.script.judged.passed += 1;
        Ok(())
    }

    fn assert_unlinkable(
        &mut self,
        line: usize,
        mut module: Wat<'_>,
        message: &str,
    ) -> Result<(), Obstacle> {
        let wasm = module.encode().map_err(|error| self.text_error(error))?;
        match self.add_instance(&wasm) {
            // Sizes are looked at when the module is instantiated.
            Ok(instance) => {
                self.command(line, self.instantiation(instance), trap(message)?);
                Ok(())
            }
            Err(Obstacle::Failure(error)) if is_link_error(&error) => {
                self.script.judged.passed += 1;
                Ok(())
            }
            Err(obstacle) => Err(obstacle),
        }
    }

    fn execution(
        &mut self,
        line: usize,
        execute: WastExecute<'_>,
        outcome: Outcome,
    ) -> Result<(), Obstacle> {
        let action = match execute {
            WastExecute::Invoke(invoke) => self.invocation(line, &invoke, &outcome)?,
            WastExecute::Get { module, global, .. } => self.reading(line, module, global)?,
            WastExecute::Wat(mut module) => {
                let wasm = module.encode().map_err(|error| self.text_error(error))?;
                let instance = self.add_instance(&wasm)?;
                self.instantiation(instance)
            }
        };
        self.command(line, action, outcome);
        Ok(())
    }

    fn invocation(
        &mut self,
        line: usize,
        invoke: &WastInvoke<'_>,
        outcome: &Outcome,
    ) -> Result<Action, Obstacle> {
        let instance = self.find(invoke.module)?;
        let Some(ExternType::Function(ty)) = instance.interface.export(invoke.name) else {
            return Err(failure(format!("no exported function `{}`", invoke.name)));
        };
        let arguments: Result<Vec<u128>> = invoke.args.iter().map(values::argument).collect();
        let mut slots = arguments?;
        if slots.len() != ty.parameters.len() {
            return Err(failure(format!("got {} arguments for {ty}", slots.len())));
        }
        let is_host =
            |argument: &WastArg<'_>| matches!(argument, WastArg::Core(WastArgCore::RefHost(_)));
        let mut has_host = invoke.args.iter().any(is_host);
        if let Outcome::Results(results) = outcome {
            if !values::have_types(results, &ty.results) {
                return Err(failure(format!("the expected results are not those of {ty}")));
            }
            has_host |= results.iter().any(|result| result.is_host);
        }
        slots.resize(values::slot_count(ty), 0);
        let (mut module, mut export) = (instance.link_name.clone(), invoke.name.to_string());
        if has_host {
            let converter = converter(ty);
            module = self.add_reader(line, &converter, module, export)?;
            export = "get".to_string();
        }
        Ok(Action::Invoke { module, export, slots })
    }

    /// Adds a module with the text `text` that imports the export `export` of the module with
    /// the link name `module`. Returns its link name.
    fn add_reader(
        &mut self,
        line: usize,
        text: &str,
        module: String,
        export: String,
    ) -> Result<String, Obstacle> {
        let wasm = wat::parse_str(text).map_err(anyhow::Error::from)?;
        let interface = Program::inspect(&wasm).map_err(anyhow::Error::from)?;
        let reader = self.add_module(&wasm, interface, &|_, _| ImportSource::Module {
            module: module.clone(),
            export: export.clone(),
        })?;
        self.command(line, self.instantiation(reader), Outcome::Returns);
        Ok(self.instances[reader].link_name.clone())
    }

    /// Returns the action that reads a global: a call of a module that imports
    /// it, because a global need not have an address.
    fn reading(
        &mut self,
        line: usize,
        module: Option<Id<'_>>,
        global: &str,
    ) -> Result<Action, Obstacle> {
        let owner = self.find(module)?;
        let Some(ExternType::Global(ty)) = owner.interface.export(global) else {
            return Err(failure(format!("no exported global `{global}`")));
        };
        let content = ty.content.name();
        let import = if ty.mutable { format!("(mut {content})") } else { content.to_string() };
        let text = format!(
            r#"(module
                 (import "" "" (global {import}))
                 (func (export "get") (result {content}) global.get 0))"#
        );
        let owner = owner.link_name.clone();
        let module = self.add_reader(line, &text, owner, global.to_string())?;
        Ok(Action::Invoke { module, export: "get".to_string(), slots: vec![0] })
    }

    /// Compiles a module that imports from registered modules.
    fn add_instance(&mut self, wasm: &[u8]) -> Result<usize, Obstacle> {
        if let Some(feature) = features::needed(wasm, self.skip) {
            return Err(Obstacle::Skipped(feature));
        }
        let interface = Program::inspect(wasm).map_err(anyhow::Error::from)?;
        for import in &interface.imports {
            if import.module == SPECTEST && !self.registered.contains_key(SPECTEST) {
                self.add_spectest()?;
            }
            match self.registered.get(&import.module) {
                Some(Named::Skipped(feature)) => return Err(Obstacle::Skipped(feature)),
                Some(Named::Failed) => {
                    return Err(failure(format!("imports from `{}`, which failed", import.module)));
                }
                Some(Named::Instance(_)) | None => {}
            }
        }
        let owners = self.link_names();
        let source = |_: usize, import: &Import| ImportSource::Module {
            module: owners
                .get(&import.module)
                .cloned()
                .unwrap_or_else(|| format!("not registered: {}", import.module)),
            export: import.name.clone(),
        };
        Ok(self.add_module(wasm, interface, &source)?)
    }

    /// Returns the link names of the registered modules.
    fn link_names(&self) -> HashMap<String, String> {
        let registered = self.registered.iter();
        let instances = registered.filter_map(|(name, named)| match named {
            Named::Instance(instance) => Some((name, &self.instances[*instance])),
            Named::Skipped(_) | Named::Failed => None,
        });
        instances.map(|(name, instance)| (name.clone(), instance.link_name.clone())).collect()
    }

    fn add_module(
        &mut self,
        wasm: &[u8],
        interface: Interface,
        source: &dyn Fn(usize, &Import) -> ImportSource,
    ) -> Result<usize> {
        let link_name = format!("m{}", self.instances.len());
        let functions: Vec<&str> = interface
            .exports
            .iter()
            .filter(|export| matches!(export.ty, ExternType::Function(_)))
            .map(|export| export.name.as_str())
            .collect();
        let module = self.script.program.add_module(&ModuleInput {
            name: &link_name,
            wasm,
            source,
            entry_points: &functions,
            export_use: None,
            near_memory: true,
            emit: Emit::Object,
        })?;
        self.script.objects.push((link_name.clone(), module.bytes));
        self.instances.push(Instance { link_name, interface });
        Ok(self.instances.len() - 1)
    }

    fn look_up(&self, id: Option<Id<'_>>) -> Result<Named, Obstacle> {
        let named = self.named.get(&id.map(key));
        Ok(*named.context("there is no such module")?)
    }

    fn find(&self, id: Option<Id<'_>>) -> Result<&Instance, Obstacle> {
        match self.look_up(id)? {
            Named::Instance(instance) => Ok(&self.instances[instance]),
            Named::Skipped(feature) => Err(Obstacle::Skipped(feature)),
            Named::Failed => Err(failure("its module failed")),
        }
    }

    fn instantiation(&self, instance: usize) -> Action {
        Action::Instantiate(self.instances[instance].link_name.clone())
    }

    fn command(&mut self, line: usize, action: Action, outcome: Outcome) {
        self.script.commands.push(Command {
            place: format!("{}:{line}", self.name),
            action,
            outcome,
        });
    }

    fn text_error(&self, error: wast::Error) -> anyhow::Error {
        anyhow!("the text format's parser says: {}", error.message())
    }
}

fn key(id: Id<'_>) -> String {
    id.name().to_string()
}

fn trap(message: &str) -> Result<Outcome, Obstacle> {
    let traps = traps::meant_by(message);
    if traps == 0 {
        return Err(failure(format!("no trap has the words `{message}`")));
    }
    Ok(Outcome::Traps(traps, message.to_string()))
}

fn cannot_play(what: &str) -> Obstacle {
    failure(format!("the player knows no {what} yet"))
}

fn failure(message: impl Into<String>) -> Obstacle {
    Obstacle::Failure(anyhow!(message.into()))
}

fn is_link_error(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(Error::Link { .. }))
}

/// Returns the text of a module that passes calls on to a function of this type, with references
/// of the host's in place of references to anything.
fn converter(ty: &FunctionType) -> String {
    let host = |ty: &ValueType| match ty {
        ValueType::AnyRef => "externref",
        other => other.name(),
    };
    let names = |types: &[ValueType], name: &dyn Fn(&ValueType) -> &'static str| {
        types.iter().map(name).collect::<Vec<_>>().join(" ")
    };
    let own = |ty: &ValueType| ty.name();
    let mut arguments = String::new();
    for (number, ty) in ty.parameters.iter().enumerate() {
        arguments += &match ty {
            ValueType::AnyRef => format!(" (any.convert_extern (local.get {number}))"),
            _ => format!(" (local.get {number})"),
        };
    }
    let convert = match ty.results.as_slice() {
        [ValueType::AnyRef] => "extern.convert_any",
        _ => "",
    };
    format!(
        r#"(module
             (import "" "" (func (param {}) (result {})))
             (func (export "get") (param {}) (result {})
               (call 0{arguments}) {convert}))"#,
        names(&ty.parameters, &own),
        names(&ty.results, &own),
        names(&ty.parameters, &host),
        names(&ty.results, &host),
    )
}
