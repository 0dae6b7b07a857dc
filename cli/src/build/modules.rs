//! The modules of a program: reads them and gives them names. Does not look
//! inside; the compiler does.

use crate::args::CompileArgs;
use crate::files::input::{self, Source};
use crate::wiring::imports::Member;
use anyhow::{Context, Result, bail};
use quench_compiler::Program;

/// A module and its name in the program.
pub struct NamedModule {
    /// Name of the module, unique in the program.
    pub name: String,
    /// The binary module.
    pub wasm: Vec<u8>,
}

/// The modules of a program.
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
        let mut preloads: Vec<NamedModule> = Vec::new();
        for preload in &compile.preload {
            if preloads.iter().any(|other| other.name == preload.name) {
                bail!("two modules are preloaded as `{}`", preload.name);
            }
            preloads.push(NamedModule {
                name: preload.name.clone(),
                wasm: input::read_module(&Source::new(&preload.file))?,
            });
        }
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
