//! Core modules that no component contains: one with the flags of the component instances and
//! the local storage of the task that runs, and one that runs a command.

use crate::plan::{
    Component, CoreInstance, CoreItem, CoreType, HostFunction, Intrinsic, Lifted, Provider, Source,
    Task,
};
use std::borrow::Cow;
use wasm_encoder::{
    CodeSection, ConstExpr, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    GlobalSection, GlobalType, ImportSection, Module, TypeSection, ValType,
};

/// Names of the instances that are made here.
pub(crate) const NAMES: [&str; 2] = [FLAGS, COMMAND];

/// Name of the instance with the flags.
const FLAGS: &str = "component flags";

/// Name of the instance that runs a command, and of its export.
pub const COMMAND: &str = "command";

/// Name of the export that says whether the current task may block.
const MAY_BLOCK: &str = "may block";

/// Returns the flags of a component instance.
pub(crate) fn flags(component_instance: u32) -> CoreItem {
    CoreItem { instance: 0, name: component_instance.to_string() }
}

/// Returns the global that says whether the current task may block.
pub(crate) fn may_block() -> CoreItem {
    CoreItem { instance: 0, name: MAY_BLOCK.to_string() }
}

/// Returns a slot of the local storage of the task that runs, a global of type `i32`. Who
/// switches from one task to another exchanges the contents.
pub(crate) fn context(slot: u32) -> CoreItem {
    CoreItem { instance: 0, name: format!("context {slot}") }
}

/// Returns the function `context.get` of a slot, or `context.set`.
pub(crate) fn context_function(slot: u32, sets: bool) -> CoreItem {
    let name = if sets { "set" } else { "get" };
    CoreItem { instance: 0, name: format!("context.{name} {slot}") }
}

/// Number of slots of a task's local storage.
pub(crate) const CONTEXT_SLOTS: u32 = 2;

/// Returns the instance with the flags, which comes before all others.
pub(crate) fn instance(module: usize) -> CoreInstance {
    CoreInstance { name: FLAGS.to_string(), module, imports: Vec::new(), component_instance: None }
}

/// Makes the module with the flags. At first every instance may call out, nothing may
/// block, as start functions must not, and the local storage of the task that runs is zero.
pub(crate) fn module(component_instances: u32) -> Vec<u8> {
    let ty = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
    let mut types = TypeSection::new();
    types.ty().function([], [ValType::I32]);
    types.ty().function([ValType::I32], []);
    let mut functions = FunctionSection::new();
    let mut globals = GlobalSection::new();
    let mut exports = ExportSection::new();
    let mut code = CodeSection::new();
    for instance in 0..component_instances {
        globals.global(ty, &ConstExpr::i32_const(1));
        exports.export(&flags(instance).name, ExportKind::Global, instance);
    }
    globals.global(ty, &ConstExpr::i32_const(0));
    exports.export(MAY_BLOCK, ExportKind::Global, component_instances);
    for slot in 0..CONTEXT_SLOTS {
        let global = component_instances + 1 + slot;
        globals.global(ty, &ConstExpr::i32_const(0));
        exports.export(&context(slot).name, ExportKind::Global, global);
        let (mut get, mut set) = (Function::new([]), Function::new([]));
        get.instructions().global_get(global).end();
        set.instructions().local_get(0).global_set(global).end();
        for (sets, body) in [(false, get), (true, set)] {
            let name = context_function(slot, sets).name;
            exports.export(&name, ExportKind::Func, functions.len());
            functions.function(sets.into());
            code.function(&body);
        }
    }
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&globals).section(&exports).section(&code);
    module.finish()
}

/// Adds an instance, [`COMMAND`], that calls `run`, a lifted function without parameters
/// whose result is a `result` without values, and then ends the program.
pub fn add_command(component: &mut Component<'_>, run: &Lifted) {
    let mut types = TypeSection::new();
    types.ty().function([], [ValType::I32]);
    types.ty().function([ValType::I32], []);
    types.ty().function([], []);
    types.ty().function([ValType::I32], [ValType::I64]);
    let mut imports = ImportSection::new();
    let is_stackful = run.options.is_async && run.options.callback.is_none();
    imports.import("", "run", EntityType::Function(if is_stackful { 2 } else { 0 }));
    imports.import("", "end", EntityType::Function(1));
    let mut sources = vec![run.function.clone()];
    let mut add = |provider, parameters, results| {
        sources.push(Source::Host(component.functions.len()));
        component.functions.push(HostFunction { provider, parameters, results });
    };
    add(Provider::End, vec![CoreType::I32], Vec::new());
    let mut body = Function::new([]);
    if run.ty.is_async {
        body.instructions().i32_const(1).global_set(0);
    }
    if run.options.is_async {
        let task = Task {
            component_instance: run.options.component_instance,
            callback: run.options.callback.clone(),
            results: run.result_type,
        };
        imports.import("", "begin", EntityType::Function(2));
        imports.import("", "finish", EntityType::Function(3));
        let begin = Intrinsic::TaskBegin(task.clone());
        add(Provider::Intrinsic(begin), Vec::new(), Vec::new());
        let finish = Intrinsic::TaskFinish(task);
        add(Provider::Intrinsic(finish), vec![CoreType::I32], vec![CoreType::I64]);
        body.instructions().call(2).call(0);
        if is_stackful {
            body.instructions().i32_const(0);
        }
        body.instructions().call(3).i32_wrap_i64().call(1).end();
    } else {
        body.instructions().call(0).call(1).end();
    }
    let mut functions = FunctionSection::new();
    functions.function(2);
    let mut exports = ExportSection::new();
    exports.export(COMMAND, ExportKind::Func, imports.len());
    if run.ty.is_async {
        let ty = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
        imports.import("", "may block", EntityType::Global(ty));
        sources.push(Source::Item(may_block()));
    }
    let mut code = CodeSection::new();
    code.function(&body);
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions).section(&exports).section(&code);

    component.instances.push(CoreInstance {
        name: COMMAND.to_string(),
        module: component.modules.len(),
        imports: sources,
        component_instance: None,
    });
    component.modules.push(Cow::Owned(module.finish()));
}
