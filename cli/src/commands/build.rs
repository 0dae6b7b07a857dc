//! The command `quench build`.

use crate::args::{BuildArgs, EmitKind, Strip};
use crate::build::modules::Modules;
use crate::build::options::{cpu, cpus};
use crate::build::profiles;
use crate::build::reproducer;
use crate::build::request::{Executable, Profiling, Request};
use crate::build::threads::on_threads;
use crate::cache::choice::Choice;
use crate::commands::inspect;
use crate::embed;
use crate::files::input::Source;
use crate::files::output::{Content, Destination, Mode};
use crate::image::{self, Image, Layout};
use crate::link::Symbols;
use crate::link::native_objects::NativeObjects;
use crate::messages::phases::Phases;
use crate::policy;
use crate::wiring::invoke::Invoke;
use anyhow::{Result, ensure};
use quench_compiler::{Cpu, Detail, Emit};

/// Builds what the arguments ask for, and writes it. If that fails, `notes`
/// receives what to print besides the error.
///
/// # Errors
///
/// When an input is invalid or cannot be read, and when the output cannot be
/// written. No output is left behind then.
pub fn run(args: BuildArgs, notes: &mut Vec<String>) -> Result<()> {
    let mut phases = Phases::start(args.verbosity);
    let cpus = processors(&args)?;
    let policy = policy::from_options(&args.policy)?;
    let source = Source::new(&args.file);
    let modules = Modules::read(&source, &args.compile)?;
    let destination = destination(&args, &source)?;
    let files = match args.emit {
        EmitKind::Exe | EmitKind::Oci => policy.files(Some(&destination))?,
        EmitKind::Obj | EmitKind::Asm | EmitKind::Clif => None,
    };
    let counted = args
        .profile_generate
        .as_ref()
        .map(|file| profiles::file(file.as_deref(), args.emit, &destination))
        .transpose()?;
    let linked = cpus.iter().map(|cpu| NativeObjects::read(&args.link, cpu.target()));
    let linked = linked.collect::<Result<Vec<_>>>()?;
    let functions = Choice::new(&args.compile.cache).functions()?;

    let invoke = args.invoke.clone();
    let invoke = invoke.map(|name| Invoke { name, arguments: args.arguments.clone() });
    let recorded = profiles::read(&args.profile_use)?;
    let requests = cpus.iter().zip(&linked).map(|(&cpu, linked)| Request {
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
        linked,
        files: files.as_ref(),
        functions: functions.as_ref(),
    });
    let requests: Vec<Request<'_>> = requests.collect();
    let request = &requests[0];
    let made = on_threads(args.compile.jobs, || match stage(args.emit) {
        Stage::Text(emit) => request.stage(modules, emit, &mut phases).map(Made::Bytes),
        Stage::Object => request.object(modules, &mut phases).map(Made::Bytes),
        Stage::Executable => request.executable(modules, &mut phases).map(Made::Executable),
        Stage::Image => image(&args, &requests, &modules, &mut phases).map(Made::Image),
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
        Made::Image(layout) => destination.write(layout, mode).map(|()| layout.size()),
    }?;
    for cpu in &cpus {
        phases.note(format_args!("{size} bytes for {}, {cpu}", cpu.target()));
    }
    phases.finish();
    Ok(())
}

/// Returns the processors to compile for: one, except for an image.
fn processors(args: &BuildArgs) -> Result<Vec<Cpu>> {
    if args.emit == EmitKind::Oci {
        return cpus(&args.compile);
    }
    ensure!(args.label.is_empty(), "--label is for an image (--emit oci)");
    Ok(vec![cpu(&args.compile)?])
}

/// Makes an image with the executable of each request.
fn image(
    args: &BuildArgs,
    requests: &[Request<'_>],
    modules: &Modules,
    phases: &mut Phases,
) -> Result<Layout> {
    let source = Source::new(&args.file);
    let name = image::name(source.stem())?;
    let seconds = embed::time()? / 1_000_000_000;
    let mut image = Image::new(name, requests[0].policy, &args.label, seconds);
    for request in requests {
        let executable = request.executable(modules.clone(), phases)?;
        let mut bytes = Vec::new();
        executable.write_to(&mut bytes)?;
        let (_, report) = inspect::described(&bytes)?;
        image.add(request.cpu.target(), &bytes, &report)?;
    }
    image.finish()
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
    Image(Layout),
}

/// The stage to stop at.
enum Stage {
    Text(Emit),
    Object,
    Executable,
    Image,
}

fn stage(kind: EmitKind) -> Stage {
    match kind {
        EmitKind::Clif => Stage::Text(Emit::Clif),
        EmitKind::Asm => Stage::Text(Emit::Assembly),
        EmitKind::Obj => Stage::Object,
        EmitKind::Exe => Stage::Executable,
        EmitKind::Oci => Stage::Image,
    }
}

/// Returns the extension of an output that is not named.
fn extension(kind: EmitKind) -> &'static str {
    match kind {
        EmitKind::Clif => ".clif",
        EmitKind::Asm => ".s",
        EmitKind::Obj => ".o",
        EmitKind::Exe => "",
        EmitKind::Oci => ".oci.tar",
    }
}

fn mode(kind: EmitKind) -> Mode {
    match kind {
        EmitKind::Exe => Mode::Executable,
        EmitKind::Clif | EmitKind::Asm | EmitKind::Obj | EmitKind::Oci => Mode::Data,
    }
}
