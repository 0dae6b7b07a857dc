//! The wiring of the modules of a program: who provides each import, which
//! exports are called, and whose memory WASI works on. Looks at interfaces only, so
//! that a mistake is reported before anything is compiled.
//!
//! [`imports`] finds providers, [`invoke`] checks an invocation, and [`wasi`] knows
//! the functions of WASI.

pub mod component;
pub mod custom;
pub mod imports;
pub mod interfaces;
pub mod intrinsics;
pub mod invoke;
pub mod linker;
mod records;
pub mod wasi;

use crate::fault::Kind;
use crate::link::native_objects::NativeObjects;
use crate::messages::describe::extern_type;
use anyhow::{Result, bail};
use imports::{Member, Providers};
use invoke::{Invoke, exported_functions};
use quench_compiler::{ExternType, Interface};
use quench_policy::{Functions, RuntimeFunctions};

/// Export that WASI works on.
const MEMORY: &str = "memory";
/// Export of a command that runs it.
const START: &str = "_start";
/// Export that runs a command made by older toolchains, which call it the default.
/// Like wasmtime, we call it rather than [`START`], and after [`INITIALIZE`].
const DEFAULT: &str = "";
/// Export of a reactor that prepares it.
const INITIALIZE: &str = "_initialize";

/// Name of a module, and name of one of its exports.
pub type ExportPath = (String, String);

/// The wiring of the modules of a program.
pub struct Wiring {
    /// Exported functions `() -> ()` to call, in order.
    pub entries: Vec<ExportPath>,
    /// What the program will probably not do as its author means it to.
    pub warning: Option<String>,
    /// The memory that functions of WASI work on, if one that is imported does.
    pub memory: Option<ExportPath>,
    /// The functions of WASI that the modules import.
    pub functions: Functions,
    /// The functions of the runtime that the host's own functions need.
    pub runtime: RuntimeFunctions,
}

/// What a program is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// To be an executable, which runs something.
    Executable,
    /// To be an object, for another linker: functions that nobody provides are its
    /// affair, and a `main` made elsewhere may call the exports.
    Object,
}

impl Wiring {
    /// Returns the number of the first entries that only prepare their modules.
    pub fn preparation_count(&self) -> usize {
        self.entries.iter().take_while(|(_, export)| export == INITIALIZE).count()
    }
}

/// Fits the modules of a program together. The last is the main one; each may
/// import from those before it.
///
/// # Errors
///
/// When the modules do not make a program; the message says what would.
pub fn wire(
    members: &[Member],
    linked: &NativeObjects,
    stub_imports: bool,
    invoke: Option<&Invoke>,
    to_be: Use,
) -> Result<Wiring> {
    let link = |error| Kind::Link.of(error);
    for (index, member) in members.iter().enumerate() {
        let preloads = &members[..index];
        let providers = Providers { preloads, linked, stub_imports };
        providers.check(member, to_be == Use::Object).map_err(link)?;
    }
    if let (Some(invoke), Some(main)) = (invoke, members.last()) {
        invoke.check(invoke.function(&main.interface)?)?;
    }
    let (entries, warning) = entries(members, invoke.is_some(), to_be).map_err(link)?;
    Ok(Wiring {
        entries,
        warning,
        memory: memory(members).map_err(link)?,
        functions: members
            .iter()
            .flat_map(wasi_imports)
            .filter_map(|import| Functions::named(&import.name))
            .fold(Functions::NONE, Functions::with),
        runtime: RuntimeFunctions::NONE,
    })
}

/// Returns the functions to call: `_initialize` of every module that has one, then the
/// main module's default function or `_start`, unless another function is invoked
/// instead. The second result is a warning about an executable that only initialises.
fn entries(
    members: &[Member],
    invokes: bool,
    to_be: Use,
) -> Result<(Vec<ExportPath>, Option<String>)> {
    let mut entries = Vec::new();
    for member in members {
        if is_entry(member, INITIALIZE, to_be)? {
            entries.push((member.name.clone(), INITIALIZE.to_string()));
        }
    }
    let Some(main) = members.last() else {
        return Ok((entries, None));
    };
    if invokes {
        return Ok((entries, None));
    }
    if let Some(command) = command(main, to_be)? {
        entries.push((main.name.clone(), command.to_string()));
        return Ok((entries, None));
    }
    if to_be == Use::Object {
        return Ok((entries, None));
    }
    let functions = exported_functions(&main.interface);
    let only_initializes = entries.last().is_some_and(|(module, _)| *module == main.name);
    if only_initializes {
        let warning = format!(
            "`{}` has nothing to run after `_initialize`: no `_start`, and no function exported \
             under the empty name{functions}\nto call one of its functions, use `--invoke NAME`",
            main.name
        );
        return Ok((entries, Some(warning)));
    }
    if !main.interface.start {
        bail!(
            "`{}` has nothing to run: no `_start`, no `_initialize`, no start function{functions}\n\
             to call one of its functions, use `--invoke NAME`",
            main.name,
        );
    }
    Ok((entries, None))
}

/// Returns the export that runs a module as a command, if it is one.
fn command(member: &Member, to_be: Use) -> Result<Option<&'static str>> {
    if let Some(ExternType::Function(_)) = member.interface.export(DEFAULT)
        && is_entry(member, DEFAULT, to_be)?
    {
        return Ok(Some(DEFAULT));
    }
    Ok(is_entry(member, START, to_be)?.then_some(START))
}

/// Returns whether a module has this export as a function `() -> ()`; fails if it is
/// something else in an executable.
fn is_entry(member: &Member, name: &str, to_be: Use) -> Result<bool> {
    match member.interface.export(name) {
        None => Ok(false),
        Some(ExternType::Function(ty)) if ty.parameters.is_empty() && ty.results.is_empty() => {
            Ok(true)
        }
        Some(_) if to_be == Use::Object => Ok(false),
        Some(ty) => bail!(
            "the export `{name}` of `{}` must be a function () -> (), but is {}",
            member.name,
            extern_type(ty)
        ),
    }
}

/// Returns the memory that WASI works on. There is only one, so only one module may
/// import functions with pointers.
fn memory(members: &[Member]) -> Result<Option<ExportPath>> {
    let users: Vec<&Member> = members.iter().filter(|member| needs_memory(member)).collect();
    match users.as_slice() {
        [] => Ok(None),
        [user] if exports_memory(&user.interface) => {
            Ok(Some((user.name.clone(), MEMORY.to_string())))
        }
        [user] => bail!(
            "`{}` imports functions of WASI that work on its memory, but exports no memory `memory`",
            user.name
        ),
        [one, another, ..] => bail!(
            "`{}` and `{}` both use WASI; only one module of a program can",
            one.name,
            another.name
        ),
    }
}

fn wasi_imports(member: &Member) -> impl Iterator<Item = &quench_compiler::Import> {
    member
        .interface
        .imports
        .iter()
        .filter(|import| wasi::function(&import.module, &import.name).is_some())
}

fn needs_memory(member: &Member) -> bool {
    wasi_imports(member).any(wasi::needs_memory)
}

fn exports_memory(interface: &Interface) -> bool {
    matches!(interface.export(MEMORY), Some(ExternType::Memory(_)))
}
