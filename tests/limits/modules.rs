//! Modules that several tests make. Knows what is in them by its types only.

use wasm_encoder::{
    CodeSection, ExportKind, ExportSection, Function, FunctionSection, Module, TypeSection, ValType,
};

/// Makes a module of what is added to it.
pub(crate) fn module(sections: impl FnOnce(&mut Module)) -> Vec<u8> {
    let mut module = Module::new();
    sections(&mut module);
    module.finish()
}

/// Makes the types of a module with one function, of numbers.
pub(crate) fn one_type(parameters: usize, results: usize) -> TypeSection {
    let mut types = TypeSection::new();
    types.ty().function(vec![ValType::I32; parameters], vec![ValType::I32; results]);
    types
}

/// Makes a module of one function, which is exported: what nothing can call is not compiled.
pub(crate) fn one_function(types: &TypeSection, function: &Function) -> Vec<u8> {
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut exports = ExportSection::new();
    exports.export("f", ExportKind::Func, 0);
    let mut code = CodeSection::new();
    code.function(function);
    module(|module| {
        module.section(types).section(&functions).section(&exports).section(&code);
    })
}
