//! Modules to damage, and their compilation.

use quench_compiler::{
    CompiledModule, Emit, Error, ImportSource, ModuleInput, Options, Program, Target,
};
use wasm_encoder::{
    CodeSection, ExportKind, ExportSection, Function, FunctionSection, Module, TypeSection,
};

/// A module of one function in C with its DWARF.
pub(crate) const LINES: &[u8] = include_bytes!("../fixtures/lines.wasm");

pub(crate) type Outcome = Result<(), libtest_mimic::Failed>;

pub(crate) fn compile(wasm: &[u8], debug_info: bool) -> Result<CompiledModule, Error> {
    let options = Options { debug_info, ..Options::new(Target::X86_64) };
    Program::validate(wasm)?;
    Program::new(options)?.add_module(&ModuleInput {
        name: "m",
        wasm,
        source: &|_, _| ImportSource::Host,
        entry_points: &[],
        export_use: None,
        near_memory: true,
        emit: Emit::Object,
    })
}

/// Returns a module with one function, and the sections that `custom` adds.
pub(crate) fn module_of(function: &Function, custom: impl FnOnce(&mut Module)) -> Vec<u8> {
    let mut module = Module::new();
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut exports = ExportSection::new();
    exports.export("f", ExportKind::Func, 0);
    let mut code = CodeSection::new();
    code.function(function);
    module.section(&types).section(&functions);
    module.section(&exports).section(&code);
    custom(&mut module);
    module.finish()
}

pub(crate) fn nothing() -> Function {
    let mut function = Function::new([]);
    function.instructions().end();
    function
}
