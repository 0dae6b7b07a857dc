//! Plays scripts about components. Each instance becomes an executable of its own, made by
//! the command, which makes the calls of the script in their order and prints the results;
//! what that says is compared here. A trap ends the executable, so no later call enters its
//! instance.

use crate::outcome::Outcome;
use crate::sources::Source;
use crate::traps;
use crate::wave;
use anyhow::{Context, Result, anyhow, bail, ensure};
use quench_component::{Bodies, Component, canonical_text, flatten, parse_call, validate};
use quench_tests::{Limits, command, quench, run};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::token::Id;
use wast::{QuoteWat, Wast, WastDirective, WastExecute, WastInvoke, Wat};

/// How executables are made.
pub(crate) struct Build {
    pub(crate) target: quench_compiler::Target,
    /// Options of `quench build`.
    pub(crate) options: Vec<String>,
}

/// Plays a script, if it is about components. Its executables are called like `file`.
pub(crate) fn of(script: &Source, build: &Build, file: &Path) -> Option<Outcome> {
    if !script.text.contains("(component") {
        return None;
    }
    let mut lexer = Lexer::new(&script.text);
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer).ok()?;
    let wast: Wast<'_> = match parser::parse(&buffer) {
        Ok(wast) => wast,
        Err(error) => {
            let line = error.span().linecol_in(&script.text).0 + 1;
            let message = format!("{}:{line}: {}", script.path, error.message());
            return Some(Outcome { failures: vec![message], ..Outcome::default() });
        }
    };
    wast.directives.iter().any(is_about_components).then(|| {
        let mut play = Play::new(script, build, file);
        for directive in wast.directives {
            let line = directive.span().linecol_in(&script.text).0 + 1;
            if let Err(error) = play.directive(line, directive) {
                play.outcome.failures.push(format!("{}:{line}: {error:#}", script.path));
            }
        }
        play.finish()
    })
}

fn is_about_components(directive: &WastDirective<'_>) -> bool {
    match directive {
        WastDirective::Module(wat)
        | WastDirective::ModuleDefinition(wat)
        | WastDirective::AssertMalformed { module: wat, .. }
        | WastDirective::AssertInvalid { module: wat, .. } => {
            matches!(wat, QuoteWat::Wat(Wat::Component(_)) | QuoteWat::QuoteComponent(..))
        }
        WastDirective::AssertUnlinkable { module, .. }
        | WastDirective::AssertTrap { exec: WastExecute::Wat(module), .. } => {
            matches!(module, Wat::Component(_))
        }
        _ => false,
    }
}

/// An instance of a component, and what is called of it.
struct Instance {
    /// The component; nothing if it was refused, which has been said.
    wasm: Option<Vec<u8>>,
    line: usize,
    /// The words of the trap that its instantiation has to end in.
    trap: Option<String>,
    steps: Vec<Step>,
}

/// A call, and how it has to end.
struct Step {
    line: usize,
    call: String,
    expected: Expected,
}

enum Expected {
    Return,
    /// The text of the result, or of none.
    Result(String),
    Trap(String),
}

/// What an executable may take: no script does much.
const LIMITS: Limits<'_> = Limits { input: &[], time: Duration::from_secs(30) };

/// What becomes of functions that nobody provides.
#[derive(PartialEq, Eq)]
enum Missing {
    /// A component with one is refused.
    Refused,
    /// They trap, so that what a script does without them is tried.
    Traps,
}

/// How a step ended.
enum End<'a> {
    Returned(&'a str),
    Trapped(&'a str),
}

struct Play<'a> {
    script: &'a Source,
    build: &'a Build,
    file: &'a Path,
    outcome: Outcome,
    instances: Vec<Instance>,
    /// Instances by the script's `$name`; the last one also without a name.
    named: HashMap<Option<String>, usize>,
    /// Components that were defined, likewise.
    definitions: HashMap<Option<String>, Option<Vec<u8>>>,
}

impl<'a> Play<'a> {
    fn new(script: &'a Source, build: &'a Build, file: &'a Path) -> Play<'a> {
        Play {
            script,
            build,
            file,
            outcome: Outcome::default(),
            instances: Vec::new(),
            named: HashMap::new(),
            definitions: HashMap::new(),
        }
    }

    fn directive(&mut self, line: usize, directive: WastDirective<'_>) -> Result<()> {
        match directive {
            WastDirective::Module(mut wat) => {
                let id = wat.name();
                let wasm = encode(&mut wat);
                self.instantiate(line, id, wasm.as_ref().ok().cloned(), None);
                wasm.map(|_| ())
            }
            WastDirective::ModuleDefinition(mut wat) => {
                let id = wat.name().map(key);
                let wasm = encode(&mut wat).and_then(|wasm| {
                    flatten(&wasm)?;
                    Ok(wasm)
                });
                self.definitions.insert(id, wasm.as_ref().ok().cloned());
                self.definitions.insert(None, wasm.as_ref().ok().cloned());
                wasm.map(|_| self.outcome.passed += 1)
            }
            WastDirective::ModuleInstance { instance, module, .. } => {
                let wasm = self.definitions.get(&module.map(key)).cloned();
                self.instantiate(line, instance, wasm.clone().flatten(), None);
                wasm.map(|_| ()).context("of no definition")
            }
            WastDirective::AssertMalformed { mut module, .. }
            | WastDirective::AssertInvalid { mut module, .. } => {
                if let Ok(wasm) = encode(&mut module)
                    && validate(&wasm, Bodies::Checked).is_ok()
                    && flatten(&wasm).is_ok()
                {
                    bail!("expected to be refused, got accepted");
                }
                self.outcome.passed += 1;
                Ok(())
            }
            WastDirective::AssertUnlinkable { mut module, .. } => {
                let wasm = module.encode().map_err(|error| anyhow!(error.message()))?;
                let executable = self.make(&wasm, "", Missing::Refused);
                ensure!(executable.is_err(), "expected to be refused, got accepted");
                self.outcome.passed += 1;
                Ok(())
            }
            WastDirective::Invoke(invoke) => self.step(line, &invoke, Expected::Return),
            WastDirective::AssertReturn { exec: WastExecute::Invoke(invoke), results, .. } => {
                let expected = wave::result(&results)?;
                self.step(line, &invoke, Expected::Result(expected))
            }
            WastDirective::AssertTrap { exec, message, .. } => match exec {
                WastExecute::Invoke(invoke) => {
                    self.step(line, &invoke, Expected::Trap(message.to_string()))
                }
                WastExecute::Wat(mut wat) => {
                    let wasm = wat.encode().map_err(|error| anyhow!(error.message()))?;
                    self.instantiate(line, None, Some(wasm), Some(message.to_string()));
                    Ok(())
                }
                WastExecute::Get { .. } => bail!("components have no globals"),
            },
            _ => bail!("the player knows no such directive about components"),
        }
    }

    fn instantiate(
        &mut self,
        line: usize,
        id: Option<Id<'_>>,
        wasm: Option<Vec<u8>>,
        trap: Option<String>,
    ) {
        let number = self.instances.len();
        self.instances.push(Instance { wasm, line, trap, steps: Vec::new() });
        self.named.insert(None, number);
        self.named.insert(id.map(key), number);
    }

    fn step(&mut self, line: usize, invoke: &WastInvoke<'_>, expected: Expected) -> Result<()> {
        let call = wave::call(invoke)?;
        let number =
            self.named.get(&invoke.module.map(key)).context("there is no such instance")?;
        let instance = self.instances.get_mut(*number).context("there is no such instance")?;
        instance.steps.push(Step { line, call, expected });
        Ok(())
    }

    fn finish(mut self) -> Outcome {
        for instance in std::mem::take(&mut self.instances) {
            let line = instance.line;
            if let Err(error) = self.run(instance) {
                self.outcome.failures.push(format!("{}:{line}: {error:#}", self.script.path));
            }
        }
        self.outcome
    }

    /// Makes an executable of an instance, runs it and judges what it says.
    fn run(&mut self, instance: Instance) -> Result<()> {
        let Some(wasm) = &instance.wasm else {
            for step in &instance.steps {
                self.fail(step.line, "its component was refused");
            }
            return Ok(());
        };
        let component = flatten(wasm)?;
        let steps: Vec<&Step> = instance
            .steps
            .iter()
            .filter(|step| match parse_call(&component, &step.call) {
                Ok(_) => true,
                Err(message) => {
                    self.fail(step.line, &message);
                    false
                }
            })
            .collect();
        let calls: Vec<&str> = steps.iter().map(|step| step.call.as_str()).collect();
        let executable = match self.make(wasm, &calls.join("\n"), Missing::Traps) {
            Ok(executable) => executable,
            Err(error) => {
                for step in &steps {
                    self.fail(step.line, "its component was refused");
                }
                return Err(error);
            }
        };
        let finished = run(&mut command(&executable, self.build.target), &LIMITS)?;
        let _ = fs::remove_file(&executable);
        let (stdout, stderr) = (finished.stdout(), finished.stderr());
        let lines: Vec<&str> = stdout.lines().collect();
        let trap = stderr.lines().find_map(|line| line.strip_prefix("trap: "));
        if trap.is_none() && finished.status != 0 {
            bail!("the program ended with status {}: {stderr}", finished.status);
        }
        // A trap after its result was printed is the last call's.
        let expects_trap = |step: &&Step| matches!(step.expected, Expected::Trap(_));
        let last = lines.len().saturating_sub(1);
        let is_late =
            trap.is_some() && lines.len() == last + 1 && steps.get(last).is_some_and(expects_trap);
        let trapped = if is_late { last } else { lines.len() };
        self.judge_instantiation(&instance, trap.filter(|_| lines.is_empty() && steps.is_empty()))?;
        for (number, step) in steps.iter().enumerate() {
            let end = match (lines.get(number), trap) {
                (Some(line), _) if number != trapped => End::Returned(line),
                (_, Some(trap)) if number == trapped => End::Trapped(trap),
                (_, Some(_)) => End::Trapped("cannot enter component instance"),
                (_, None) => {
                    bail!("the program printed {} of {} results", lines.len(), steps.len())
                }
            };
            match judge(&component, step, &end) {
                Ok(()) => self.outcome.passed += 1,
                Err(error) => self.fail(step.line, &format!("{error:#}")),
            }
        }
        Ok(())
    }

    fn judge_instantiation(&mut self, instance: &Instance, trap: Option<&str>) -> Result<()> {
        match (&instance.trap, trap) {
            (None, None) => {}
            (Some(words), Some(trap)) if traps::is_said(words, trap) => {}
            (Some(words), Some(trap)) => {
                bail!("expected the trap `{words}`, got the trap `{trap}`")
            }
            (Some(words), None) => bail!("expected the trap `{words}`, got an instance"),
            (None, Some(trap)) => bail!("expected an instance, got the trap `{trap}`"),
        }
        self.outcome.passed += 1;
        Ok(())
    }

    fn fail(&mut self, line: usize, message: &str) {
        self.outcome.failures.push(format!("{}:{line}: {message}", self.script.path));
    }

    /// Makes an executable that instantiates a component and makes calls, one a line.
    fn make(&self, wasm: &[u8], calls: &str, missing: Missing) -> Result<PathBuf> {
        let input = self.file.with_extension("wasm");
        let executable = self.file.with_extension("exe");
        fs::write(&input, wasm)?;
        let output = Command::new(quench()?)
            .args(["build", "--quiet", "--jobs", "1", "--target", self.build.target.short_name()])
            .args(&self.build.options)
            .args((missing == Missing::Traps).then_some("--stub-imports"))
            .arg("-o")
            .arg(&executable)
            .arg(&input)
            .arg(format!("--invoke={calls}"))
            .output()?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr).trim_end());
        }
        Ok(executable)
    }
}

fn judge(component: &Component<'_>, step: &Step, end: &End<'_>) -> Result<()> {
    match (&step.expected, end) {
        (Expected::Return, End::Returned(_)) => Ok(()),
        (Expected::Result(expected), End::Returned(text)) => {
            let call = parse_call(component, &step.call).map_err(anyhow::Error::msg)?;
            let expected = match &call.function.ty.result {
                Some(ty) => canonical_text(ty, expected).map_err(anyhow::Error::msg)?,
                None => "()".to_string(),
            };
            ensure!(expected == *text, "expected {expected}, got {text}");
            Ok(())
        }
        (Expected::Trap(words), End::Trapped(trap)) if traps::is_said(words, trap) => Ok(()),
        (Expected::Trap(words), End::Trapped(trap)) => {
            bail!("expected the trap `{words}`, got the trap `{trap}`")
        }
        (Expected::Trap(words), End::Returned(text)) => {
            bail!("expected the trap `{words}`, got {text}")
        }
        (_, End::Trapped(trap)) => bail!("expected a return, got the trap `{trap}`"),
    }
}

fn encode(wat: &mut QuoteWat<'_>) -> Result<Vec<u8>> {
    wat.encode().map_err(|error| anyhow!("the text format's parser says: {}", error.message()))
}

fn key(id: Id<'_>) -> String {
    id.name().to_string()
}
