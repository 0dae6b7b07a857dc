//! Runs a script: compiles it, links it with the player, and runs the
//! executable.

use crate::encode;
use crate::features::Feature;
use crate::script::{self, Judged, Script};
use crate::sources::Source;
use anyhow::{Context, Result, bail};
use quench::link::{self, Input, Symbols};
use quench_compiler::{Options, ProgramPlan, Target};
use quench_player::script::PLAY_SYMBOL;
use quench_tests::{Limits, command, player, run};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// The result of a script's directives.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) passed: usize,
    pub(crate) failures: Vec<String>,
    pub(crate) left_out: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Passed,
    Failed,
    /// Parts were left out, and nothing of it could run.
    Skipped,
}

impl Outcome {
    pub(crate) fn verdict(&self) -> Verdict {
        match (self.failures.is_empty(), self.left_out.is_empty()) {
            (false, _) => Verdict::Failed,
            (true, false) if self.passed == 0 => Verdict::Skipped,
            (true, _) => Verdict::Passed,
        }
    }
}

/// Size of the guest's stack, in bytes: code recurses this deep before the
/// stack is exhausted.
const STACK_SIZE: u64 = 1 << 20;

/// Runs a script as an executable in `file`.
pub(crate) fn of(script: &Source, options: Options, skip: &[Feature], file: &Path) -> Outcome {
    let compiled = match script::compile(&script.path, &script.text, options, skip) {
        Ok(compiled) => compiled,
        Err(error) => {
            return Outcome { failures: vec![format!("{error:#}")], ..Outcome::default() };
        }
    };
    let nothing_ran = compiled.commands.is_empty();
    let mut outcome = Outcome::default();
    if !nothing_ran && let Err(error) = play(&compiled, options.cpu.target(), file, &mut outcome) {
        outcome.failures.push(format!("{}: {error:#}", script.path));
    }
    let Judged { passed, failures, left_out } = compiled.judged;
    // Refusing the malformed and invalid modules of a proposal is no merit
    // when its valid ones were left out.
    if !nothing_ran || left_out.is_empty() {
        outcome.passed += passed;
    }
    outcome.failures.extend(failures);
    outcome.left_out = left_out;
    outcome
}

fn play(script: &Script, target: Target, file: &Path, outcome: &mut Outcome) -> Result<()> {
    let executable = build(script, target)?;
    fs::write(file, executable)?;
    fs::set_permissions(file, fs::Permissions::from_mode(0o755))?;
    let finished = run(&mut command(file, target), &Limits::default())?;

    let said = finished.stderr();
    let (complaints, count) = said.trim_end().rsplit_once('\n').unwrap_or(("", said.trim_end()));
    let Some(passed) = passed(count) else {
        bail!("the program ended with status {}: {said}", finished.status);
    };
    outcome.passed += passed;
    outcome.failures.extend(complaints.lines().map(str::to_string));
    if (finished.status == 0) != outcome.failures.is_empty() {
        bail!("the program ended with status {}", finished.status);
    }
    Ok(())
}

/// Reads the player's last line, `N passed, M failed`.
fn passed(line: &str) -> Option<usize> {
    let (passed, rest) = line.split_once(" passed, ")?;
    rest.strip_suffix(" failed")?;
    passed.parse().ok()
}

fn build(script: &Script, target: Target) -> Result<Vec<u8>> {
    let program = script.program.finish(&ProgramPlan {
        preparation_count: 0,
        entries: Vec::new(),
        invocation: None,
        memory: None,
        stack_size: STACK_SIZE,
        host_start: Some(PLAY_SYMBOL.to_string()),
        policy: Vec::new(),
        data: Vec::new(),
        dump_core: false,
        profile: None,
    })?;
    let commands = encode::encode(&script.commands, target).context("encoding the commands")?;
    let mut inputs: Vec<Input> =
        vec![Input::new("program.o", program), Input::new("script.o", commands)];
    for (name, object) in &script.objects {
        inputs.push(Input::new(format!("{name}.o"), object.clone()));
    }
    inputs.push(Input::new("player.o", player(target)));
    link::link(target, inputs, Symbols::All)
}
