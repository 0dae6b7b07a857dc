//! Plays compiled cases: many in one executable, because linking and starting
//! it take longer than playing one case.

use crate::case::{Case, End, Event, Traps};
use crate::encode::{self, module_name};
use crate::profiling::Profiling;
use anyhow::{Context, Result, bail, ensure};
use quench::link::{self, Input, Symbols};
use quench_abi::{Trap, ValueType};
use quench_compiler::{
    Emit, ExternType, ImportSource, ModuleInput, Options, Program, ProgramPlan, Target,
};
use quench_player::cases::PLAY_CASES_SYMBOL;
use quench_tests::{Limits, command, player, run};
use std::fmt::Write;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

/// The end of a case in the player.
pub(crate) enum Account {
    Played(Vec<Event>),
    /// The process ended in the middle of the case: the events until then, and
    /// its exit status with its messages.
    Crashed(Vec<Event>, String),
    NotCompiled(String),
}

/// Bytes of the guest's stack: enough for the fuel of each case.
const STACK_SIZE: u64 = 64 << 20;

/// Time for one executable under an emulator.
const PATIENCE: Duration = Duration::from_secs(120);

/// Plays cases in executables that are written to `file`, each compiled at
/// its level. One with objects has an executable for itself, because that has
/// one heap with the types of one program. Accounts come in the cases' order.
///
/// # Errors
///
/// Fails when an executable cannot be made or run at all.
pub(crate) fn play(cases: &[Case], options: Options, file: &Path) -> Result<Vec<Account>> {
    let mut accounts = Vec::new();
    let mut compiled = Vec::new();
    let target = options.cpu.target();
    for (number, case) in cases.iter().enumerate() {
        match compile(case, number, options) {
            Ok((object, program)) if case.objects => {
                let first = vec![Input::new("program.o", program.finish(&plan())?)];
                let played = play_compiled(cases, &[(number, object)], first, target, file)?;
                accounts.extend(played.into_iter().map(|account| (number, account)));
            }
            Ok((object, _)) => compiled.push((number, object)),
            Err(error) => accounts.push((number, Account::NotCompiled(format!("{error:#}")))),
        }
    }
    let mut rest = compiled.as_slice();
    while !rest.is_empty() {
        let memories = rest.iter().map(|(number, _)| cases[*number].memories).max();
        let first = reserving_program(memories.unwrap_or(0), options)?;
        let played = play_compiled(cases, rest, first, target, file)?;
        ensure!(!played.is_empty(), "the player played nothing");
        let numbers = rest.iter().map(|(number, _)| *number);
        rest = &rest[played.len()..];
        accounts.extend(numbers.zip(played));
    }
    accounts.sort_by_key(|(number, _)| *number);
    Ok(accounts.into_iter().map(|(_, account)| account).collect())
}

/// An amount of fuel that is more than any program uses.
pub(crate) const ENDLESS_FUEL: u64 = i64::MAX as u64;

/// Compiles a case as a program of its own: all cases have their memories at
/// the same addresses. Returns the object with the program.
fn compile(case: &Case, number: usize, options: Options) -> Result<(Vec<u8>, Program)> {
    let interface = Program::inspect(&case.wasm)?;
    let exports = interface.exports.iter();
    let functions: Vec<&str> = exports
        .filter(|export| matches!(export.ty, ExternType::Function(_)))
        .map(|export| export.name.as_str())
        .collect();
    let mut program = Program::new(Options {
        opt_level: case.opt_level,
        passes: case.passes,
        debug_info: case.debug_info,
        check_registers: true,
        instrument: case.profiling == Profiling::Generate,
        ..options
    })?;
    let name = module_name(number);
    if let Some(profile) = case.profiling.profile(&name, &case.wasm)? {
        program.use_profile(profile);
    }
    let module = program.add_module(&ModuleInput {
        name: &name,
        wasm: &case.wasm,
        source: &|_, _| ImportSource::Host,
        entry_points: &functions,
        export_use: None,
        near_memory: true,
        emit: Emit::Object,
    })?;
    Ok((module.bytes, program))
}

/// Returns accounts of the first cases, up to the one that ended the process;
/// at least one. The executable starts with the program of `first`.
fn play_compiled(
    cases: &[Case],
    compiled: &[(usize, Vec<u8>)],
    first: Vec<Input>,
    target: Target,
    file: &Path,
) -> Result<Vec<Account>> {
    let numbered = compiled.iter().map(|(number, _)| (*number, &cases[*number]));
    let numbered: Vec<(usize, &Case)> = numbered.collect();
    fs::write(file, link(&numbered, compiled, first, target)?)?;
    fs::set_permissions(file, fs::Permissions::from_mode(0o755))?;
    let limits = Limits { time: PATIENCE, ..Limits::default() };
    let finished = run(&mut command(file, target), &limits)?;
    let mut output = Output(&finished.stdout);
    let mut accounts = Vec::new();
    for (_, case) in &numbered {
        match output.events(case) {
            (events, true) => accounts.push(Account::Played(events)),
            (events, false) => {
                let said = format!("status {}: {}", finished.status, finished.stderr());
                accounts.push(Account::Crashed(events, said));
                return Ok(accounts);
            }
        }
    }
    if finished.status != 0 || !output.0.is_empty() {
        bail!("the player ended with status {}", finished.status);
    }
    Ok(accounts)
}

fn link(
    cases: &[(usize, &Case)],
    compiled: &[(usize, Vec<u8>)],
    first: Vec<Input>,
    target: Target,
) -> Result<Vec<u8>> {
    let records = encode::encode(cases, target).context("encoding the cases")?;
    let mut inputs = first;
    inputs.push(Input::new("cases.o", records));
    for (number, object) in compiled {
        let name = format!("{}.o", module_name(*number));
        inputs.push(Input::new(name, object.clone()));
    }
    inputs.push(Input::new("player.o", player(target)));
    link::link(target, inputs, Symbols::All)
}

/// Returns the record and the module of a program that reserves the memories of
/// all cases and hands over to the player.
fn reserving_program(memories: usize, options: Options) -> Result<Vec<Input>> {
    let mut text = "(module".to_string();
    for _ in 0..memories {
        write!(text, " (memory 0)")?;
    }
    text.push(')');
    let mut program = Program::new(Options {
        // For those programs that count.
        fuel: Some(ENDLESS_FUEL),
        memory_checks: options.memory_checks,
        ..Options::new(options.cpu.target())
    })?;
    let module = program.add_module(&ModuleInput {
        name: "reserve",
        wasm: &wat::parse_str(text)?,
        source: &|_, _| ImportSource::Host,
        entry_points: &[],
        export_use: None,
        near_memory: true,
        emit: Emit::Object,
    })?;
    let record = program.finish(&plan())?;
    Ok(vec![Input::new("program.o", record), Input::new("reserve.o", module.bytes)])
}

/// Returns the plan of a program that hands over to the player.
pub(crate) fn plan() -> ProgramPlan {
    ProgramPlan {
        preparation_count: 0,
        entries: Vec::new(),
        invocation: None,
        memory: None,
        stack_size: STACK_SIZE,
        host_start: Some(PLAY_CASES_SYMBOL.to_string()),
        policy: Vec::new(),
        data: Vec::new(),
        dump_core: false,
        profile: None,
    }
}

/// The rest of the player's output; [`quench_player::cases`] describes it.
struct Output<'a>(&'a [u8]);

impl Output<'_> {
    /// Returns the events of a case, and whether all of them are there.
    fn events(&mut self, case: &Case) -> (Vec<Event>, bool) {
        let mut events = Vec::new();
        let results = case.calls.iter().map(|call| call.results.as_slice());
        for results in [&[][..]].into_iter().chain(results) {
            match self.event(results, case) {
                Some(event) => events.push(event),
                None => return (events, false),
            }
        }
        (events, true)
    }

    fn event(&mut self, results: &[ValueType], case: &Case) -> Option<Event> {
        let code = u64::from_le_bytes(self.take()?);
        let end = match Trap::from_number(code) {
            Some(trap) => End::Trapped(Traps::of(&[trap])),
            None => {
                let results = results.iter().map(|&ty| Some(encode::low(self.value()?, ty, case)));
                End::Returned(results.collect::<Option<_>>()?)
            }
        };
        let contents: Option<_> = case.subjects.iter().map(|_| self.value()).collect();
        Some(Event { end, contents: contents? })
    }

    fn value(&mut self) -> Option<u128> {
        Some(u128::from_le_bytes(self.take()?))
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }
}
