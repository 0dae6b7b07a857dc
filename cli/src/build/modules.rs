//! The modules of a program: reads them and gives them names. Does not look
//! inside; the compiler does.

use crate::args::CompileArgs;
use crate::args::values::Preload;
use crate::files::input::{self, Source};
use crate::wiring::imports::Member;
use anyhow::{Context, Result, bail};
use quench_compiler::Program;
use quench_component::{Supplier, is_component};

/// A module and its name in the program.
#[derive(Clone)]
pub struct NamedModule {
    /// Name of the module, unique in the program.
    pub name: String,
    /// The binary module.
    pub wasm: Vec<u8>,
}

/// The modules of a program.
#[derive(Clone)]
pub struct Modules {
    /// The modules of `--preload`, in the order of the command line.
    pub preloads: Vec<NamedModule>,
    /// The main module.
    pub main: NamedModule,
}

impl Modules {
    /// Reads the main module from `source`, and those that the options preload.
    ///
    /// # Errors
    ///
    /// When a module cannot be read, or two modules have the same name.
    pub fn read(source: &Source, compile: &CompileArgs) -> Result<Modules> {
        for (number, preload) in compile.preload.iter().enumerate() {
            if compile.preload[..number].iter().any(|other| other.name == preload.name) {
                bail!("two modules are preloaded as `{}`", preload.name);
            }
        }
        let preloads = read_preloads(&compile.preload)?;
        let main =
            NamedModule { name: main_name(source, &preloads), wasm: input::read_module(source)? };
        Ok(Modules { preloads, main })
    }

    /// Iterates over the modules, the main one last.
    pub fn iter(&self) -> impl Iterator<Item = &NamedModule> {
        self.preloads.iter().chain([&self.main])
    }

    /// Iterates over the modules, the main one last.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut NamedModule> {
        self.preloads.iter_mut().chain([&mut self.main])
    }

    /// Returns the interfaces of the modules, the main one last. Function bodies
    /// are not read.
    ///
    /// # Errors
    ///
    /// When a module is invalid outside its function bodies.
    pub fn members(&self) -> Result<Vec<Member>> {
        let member = |module: &NamedModule| {
            Ok(Member {
                name: module.name.clone(),
                size: module.wasm.len() as u64,
                interface: Program::inspect(&module.wasm)
                    .with_context(|| cannot_compile(&module.name))?,
            })
        };
        self.iter().map(member).collect()
    }
}

/// Reads the modules of `--preload`.
///
/// # Errors
///
/// When one cannot be read.
pub fn read_preloads(preloads: &[Preload]) -> Result<Vec<NamedModule>> {
    let read = |preload: &Preload| {
        let wasm = input::read_module(&Source::new(&preload.file))?;
        Ok(NamedModule { name: preload.name.clone(), wasm })
    };
    preloads.iter().map(read).collect()
}

/// Takes the components out of `preloads`, and makes one component of the main one and those, which
/// provide imports of it and of each other; `None` if there are none.
///
/// # Errors
///
/// When they do not fit together.
pub fn compose(
    main: &[u8],
    preloads: &mut Vec<NamedModule>,
) -> Result<Option<Vec<u8>>, quench_component::Error> {
    let is_component = |module: &mut NamedModule| is_component(&module.wasm);
    let components: Vec<NamedModule> = preloads.extract_if(.., is_component).collect();
    if components.is_empty() {
        return Ok(None);
    }
    let suppliers = components.iter();
    let suppliers: Vec<Supplier<'_>> = suppliers
        .map(|NamedModule { name, wasm }| Supplier { import: name, bytes: wasm })
        .collect();
    quench_component::compose(main, &suppliers).map(Some)
}

/// Returns the main module's name. Names of modules are parts of symbols, so no
/// two may be the same.
fn main_name(source: &Source, preloads: &[NamedModule]) -> String {
    let stem = source.stem().map(|stem| stem.to_string_lossy().into_owned());
    let mut name = stem.unwrap_or_else(|| "main".to_string());
    while quench_policy::is_wasi_module(&name) || preloads.iter().any(|other| other.name == name) {
        name.push('_');
    }
    name
}

/// Returns the context of a compiler error in this module.
pub fn cannot_compile(module: &str) -> String {
    format!("cannot compile `{module}`")
}
