//! The core module that makes calls of exported functions. The host passes arguments and
//! reads results; the module holds the core values between the two, because only it can
//! call a function of any type.

use crate::core_values::{narrow, val_types, widen};
use crate::glue::{self, COMMAND};
use crate::plan::{
    Call, CallStep, Component, CoreInstance, CoreType, HostFunction, Intrinsic, Provider, Source,
    Task,
};
use std::borrow::Cow;
use wasm_encoder::{
    CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection, GlobalType,
    ImportSection, Module, TypeSection, ValType,
};

/// The bit of a component instance's flags that says that it may call out.
const MAY_LEAVE: i32 = 1;

/// Adds an instance, [`COMMAND`], that makes calls one after the other.
pub fn add_calls(component: &mut Component<'_>, calls: Vec<Call>) {
    let mut driver = Driver::default();
    let mut body =
        Function::new([(1, ValType::I32), (1, ValType::I64), (1, ValType::F32), (1, ValType::F64)]);
    let mut code = body.instructions();
    let first = component.functions.len();
    let step = |step, parameters: &[CoreType], results: &[CoreType]| HostFunction {
        provider: Provider::Call(step),
        parameters: parameters.to_vec(),
        results: results.to_vec(),
    };
    component.functions.push(step(CallStep::Argument, &[CoreType::I32], &[CoreType::I64]));
    let argument = driver.function(Source::Host(first), &[CoreType::I32], &[CoreType::I64]);
    let may_block = driver.global(Source::Item(glue::may_block()));
    let contexts =
        (0..glue::CONTEXT_SLOTS).map(|slot| driver.global(Source::Item(glue::context(slot))));
    let contexts: Vec<u32> = contexts.collect();
    for (number, call) in calls.iter().enumerate() {
        let is_last = number + 1 == calls.len();
        let number = component.calls.len() + number;
        let function = &call.function;
        let mut host = |kind, parameters: &[CoreType]| {
            component.functions.push(step(kind, parameters, &[]));
            driver.function(Source::Host(component.functions.len() - 1), parameters, &[])
        };
        let task = function.options.is_async.then(|| Task {
            component_instance: function.options.component_instance,
            callback: function.options.callback.clone(),
            results: function.result_type,
        });
        let begin = host(CallStep::Begin(number), &[]);
        let result = host(CallStep::Result(number), &[CoreType::I64]);
        let target =
            driver.function(function.function.clone(), &function.parameters, &function.results);
        // A task begins: it has storage of its own, and may wait if it is asynchronous.
        code.i32_const(call.function.ty.is_async.into()).global_set(may_block);
        for context in &contexts {
            code.i32_const(0).global_set(*context);
        }
        let mut of_task = |intrinsic, parameters: &[CoreType], results: &[CoreType]| {
            component.functions.push(HostFunction {
                provider: Provider::Intrinsic(intrinsic),
                parameters: parameters.to_vec(),
                results: results.to_vec(),
            });
            driver.function(Source::Host(component.functions.len() - 1), parameters, results)
        };
        let finish = task.map(|task| {
            code.call(of_task(Intrinsic::TaskBegin(task.clone()), &[], &[]));
            // What it does after it has returned, it does while the next calls wait.
            let finish =
                if is_last { Intrinsic::TaskFinish(task) } else { Intrinsic::TaskAwait(task) };
            of_task(finish, &[CoreType::I32], &[CoreType::I64])
        });
        code.call(begin);
        for (index, ty) in function.parameters.iter().enumerate() {
            code.i32_const(index as i32).call(argument);
            narrow(&mut code, *ty);
        }
        code.call(target);
        match function.results.first() {
            _ if finish.is_some() => {
                if function.results.is_empty() {
                    code.i32_const(0);
                }
                code.call(finish.unwrap_or_default());
            }
            Some(ty) => {
                code.local_tee(local(*ty));
                widen(&mut code, *ty);
            }
            None => {
                code.i64_const(0);
            }
        }
        code.call(result);
        if let Some(post_return) = &function.options.post_return {
            let flags = glue::flags(function.options.component_instance);
            let flags = driver.global(Source::Item(flags));
            let post_return =
                driver.function(Source::Item(post_return.clone()), &function.results, &[]);
            code.global_get(flags).i32_const(!MAY_LEAVE).i32_and().global_set(flags);
            if let Some(ty) = function.results.first() {
                code.local_get(local(*ty));
            }
            code.call(post_return);
            code.global_get(flags).i32_const(MAY_LEAVE).i32_or().global_set(flags);
        }
    }
    code.end();
    component.instances.push(CoreInstance {
        name: COMMAND.to_string(),
        module: component.modules.len(),
        component_instance: None,
        imports: std::mem::take(&mut driver.sources),
    });
    component.modules.push(Cow::Owned(driver.finish(&body)));
    component.calls.extend(calls);
}

/// Returns the local variable that keeps a result.
fn local(ty: CoreType) -> u32 {
    match ty {
        CoreType::I32 => 0,
        CoreType::I64 => 1,
        CoreType::F32 => 2,
        CoreType::F64 => 3,
    }
}

/// The module while it is made.
#[derive(Default)]
struct Driver {
    types: TypeSection,
    imports: ImportSection,
    sources: Vec<Source>,
    functions: u32,
    globals: u32,
}

impl Driver {
    /// Imports a function, and returns its index.
    fn function(&mut self, source: Source, parameters: &[CoreType], results: &[CoreType]) -> u32 {
        self.types.ty().function(val_types(parameters), val_types(results));
        self.imports.import("", "", EntityType::Function(self.types.len() - 1));
        self.sources.push(source);
        self.functions += 1;
        self.functions - 1
    }

    /// Imports a mutable global of type `i32`, and returns its index.
    fn global(&mut self, source: Source) -> u32 {
        let ty = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
        self.imports.import("", "", EntityType::Global(ty));
        self.sources.push(source);
        self.globals += 1;
        self.globals - 1
    }

    fn finish(mut self, body: &Function) -> Vec<u8> {
        self.types.ty().function([], []);
        let mut functions = FunctionSection::new();
        functions.function(self.types.len() - 1);
        let mut exports = ExportSection::new();
        exports.export(COMMAND, ExportKind::Func, self.functions);
        let mut code = CodeSection::new();
        code.function(body);
        let mut module = Module::new();
        module.section(&self.types).section(&self.imports).section(&functions);
        module.section(&exports).section(&code);
        module.finish()
    }
}
