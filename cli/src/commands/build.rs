//! The command `quench build`.

use crate::args::{BuildArgs, EmitKind, Strip};
use crate::build::modules::Modules;
use crate::build::options::cpu;
use crate::build::profiles;
use crate::build::reproducer;
use crate::build::request::{Executable, Profiling, Request};
use crate::build::threads::on_threads;
use crate::cache::choice::Choice;
use crate::files::input::Source;
use crate::files::output::{Destination, Mode};
use crate::link::Symbols;
use crate::link::native_objects::NativeObjects;
use crate::messages::phases::Phases;
use crate::policy;
use crate::wiring::invoke::Invoke;
use anyhow::Result;
use quench_compiler::{Detail, Emit};

/// Builds what the arguments ask for, and writes it. If that fails, `notes`
/// receives what to print besides the error.
///
/// # Errors
///
/// When an input is invalid or cannot be read, and when the output cannot be
/// written. No output is left behind then.
pub fn run(args: BuildArgs, notes: &mut Vec<String>) -> Result<()> {
    let mut phases = Phases::start(args.verbosity);
    let cpu = cpu(&args.compile)?;
    let policy = policy::from_options(&args.policy)?;
    let source = Source::new(&args.file);
    let modules = Modules::read(&source, &args.compile)?;
    let destination = destination(&args, &source)?;
    let files = match args.emit {
        EmitKind::Exe => policy.files(Some(&destination))?,
        EmitKind::Obj | EmitKind::Asm | EmitKind::Clif => None,
    };
    let counted = args
        .profile_generate
        .as_ref()
        .map(|file| profiles::file(file.as_deref(), args.emit, &destination))
        .transpose()?;
    let linked = NativeObjects::read(&args.link, cpu.target())?;
    let functions = Choice::new(&args.compile.cache).functions()?;

    let invoke = args.invoke.map(|name| Invoke { name, arguments: args.arguments });
    let recorded = profiles::read(&args.profile_use)?;
    let request = Request {
        cpu,
        compile: &args.compile,
        policy: &policy,
        invoke: invoke.as_ref(),
        symbols: match args.strip {
            Some(Strip::All) => Symbols::None,
            _ if args.debug_info => Symbols::All,
            _ => Symbols::Functions,
        },
        dump_core: args.core_dump,
        profile: match (&counted, &recorded) {
            (Some(file), _) => Profiling::Generate(file),
            (None, Some(profile)) => Profiling::Use(profile),
            (None, None) => Profiling::None,
        },
        debug_info: args.debug_info,
        detail: match args.strip {
            None => Detail::Lines,
            Some(Strip::Debug) => Detail::Names,
            Some(Strip::Names | Strip::All) => Detail::None,
        },
        linked: &linked,
        files: files.as_ref(),
        functions: functions.as_ref(),
    };
    let made = on_threads(args.compile.jobs, || match stage(args.emit) {
        Stage::Text(emit) => request.stage(modules, emit, &mut phases).map(Made::Bytes),
        Stage::Object => request.object(modules, &mut phases).map(Made::Bytes),
        Stage::Executable => request.executable(modules, &mut phases).map(Made::Executable),
    })
    .inspect_err(|error| {
        *notes = reproducer::notes(error, || Modules::read(&source, &args.compile))
    })?;
    phases.begin("write");
    if let Some(warning) = functions.as_ref().and_then(|functions| functions.finish()) {
        phases.warn(&warning);
    }
    let mode = mode(args.emit);
    let size = match &made {
        Made::Bytes(bytes) => destination.write(&bytes[..], mode).map(|()| bytes.len() as u64),
        Made::Executable(executable) => {
            destination.write(executable, mode).map(|()| executable.size())
        }
    }?;
    phases.note(format_args!("{size} bytes for {}, {cpu}", cpu.target()));
    phases.finish();
    Ok(())
}

/// Returns where the output goes; fails if that is one of the inputs.
fn destination(args: &BuildArgs, source: &Source) -> Result<Destination> {
    let destination = Destination::new(args.output.as_deref(), source, extension(args.emit))?;
    destination.must_not_be(source)?;
    let preloads = args.compile.preload.iter().map(|preload| &preload.file);
    let others = args.link.iter().chain(&args.profile_use).chain(&args.policy.policy);
    for input in preloads.chain(others) {
        destination.must_not_be(&Source::new(input))?;
    }
    Ok(destination)
}

/// What was made.
enum Made<'a> {
    Bytes(Vec<u8>),
    Executable(Executable<'a>),
}

/// The stage to stop at.
enum Stage {
    Text(Emit),
    Object,
    Executable,
}

fn stage(kind: EmitKind) -> Stage {
    match kind {
        EmitKind::Clif => Stage::Text(Emit::Clif),
        EmitKind::Asm => Stage::Text(Emit::Assembly),
        EmitKind::Obj => Stage::Object,
        EmitKind::Exe => Stage::Executable,
    }
}

/// Returns the extension of an output that is not named.
fn extension(kind: EmitKind) -> &'static str {
    match kind {
        EmitKind::Clif => ".clif",
        EmitKind::Asm => ".s",
        EmitKind::Obj => ".o",
        EmitKind::Exe => "",
    }
}

fn mode(kind: EmitKind) -> Mode {
    match kind {
        EmitKind::Exe => Mode::Executable,
        EmitKind::Clif | EmitKind::Asm | EmitKind::Obj => Mode::Data,
    }
}
