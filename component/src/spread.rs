//! A core module between a component and functions of the host that take or call functions
//! with any number of values of any types, which the host cannot do itself: `task.return`, and
//! the functions by which adapters call asynchronously. The values are passed one after the
//! other, as `i64`; functions are kept in a table until they are called.

use crate::core_values::{narrow, val_types, widen};
use crate::plan::{CoreInstance, CoreItem, CoreType, Source, TaskHelper};
use std::borrow::Cow;
use wasm_encoder::{
    CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection, ImportSection,
    InstructionSink, Module, RefType, TableSection, TableType, TypeSection, ValType,
};
use wasmtime_environ::StaticModuleIndex;

/// Name of the instance.
pub(crate) const NAME: &str = "component calls";

/// Index of the instance.
pub(crate) const INSTANCE: usize = 1;

/// The helpers that the module imports, in this order, before everything else.
pub(crate) const HELPERS: [TaskHelper; 5] = [
    TaskHelper::TakeResult,
    TaskHelper::TakeArgument,
    TaskHelper::Argument,
    TaskHelper::Result,
    TaskHelper::Prepared,
];
const TAKE_RESULT: u32 = 0;
const TAKE_ARGUMENT: u32 = 1;
const ARGUMENT: u32 = 2;
const RESULT: u32 = 3;
const PREPARED: u32 = 4;

/// Number of tasks that the table has room for, each with three functions.
const TASKS: u64 = 1 << 12;

/// Types of parameters and results.
pub(crate) type Signature = (Vec<CoreType>, Vec<CoreType>);

/// A function of the host that is not called directly.
pub(crate) struct Spread {
    /// Index of the function in [`Component::functions`](crate::Component::functions).
    pub(crate) function: usize,
    /// The module and the place of the import that alone is for it, if there is such a one.
    pub(crate) import: Option<(StaticModuleIndex, usize)>,
    /// How it is called.
    pub(crate) kind: Kind,
}

/// How a function of the host is called.
pub(crate) enum Kind {
    /// Values are passed before it is called: those of these types.
    Return(Vec<CoreType>),
    /// It prepares a call.
    Prepare {
        /// Types of the values that the caller passes.
        values: Vec<CoreType>,
        /// The function that makes the callee's arguments of them.
        start: Signature,
        /// The callee.
        callee: Signature,
        /// The function that makes the caller's results of the callee's.
        deliver: Signature,
    },
    /// It begins the call that was prepared last, and the caller goes on.
    Start,
    /// It does so, and the caller waits for the results of these types.
    StartAndWait(Vec<CoreType>),
}

/// Returns what a core instance imports in place of a function of the host.
pub(crate) fn item(function: usize) -> CoreItem {
    CoreItem { instance: INSTANCE, name: function.to_string() }
}

/// Returns the function that calls the callee of a task, `(task) -> what the callee wants`,
/// for calls that a function of the host prepares.
pub(crate) fn launch(function: usize) -> CoreItem {
    CoreItem { instance: INSTANCE, name: format!("launch {function}") }
}

/// Returns the function that gives a task's caller the results, `(task)`.
pub(crate) fn deliver(function: usize) -> CoreItem {
    CoreItem { instance: INSTANCE, name: format!("deliver {function}") }
}

/// A module in the making.
#[derive(Default)]
struct Maker {
    types: TypeSection,
    functions: FunctionSection,
    exports: ExportSection,
    code: CodeSection,
    /// Number of functions that are imported.
    imported: u32,
}

impl Maker {
    fn ty(&mut self, parameters: &[ValType], results: &[ValType]) -> u32 {
        self.types.ty().function(parameters.iter().copied(), results.iter().copied());
        self.types.len() - 1
    }

    fn ty_of(&mut self, (parameters, results): &Signature) -> u32 {
        self.ty(&val_types(parameters), &val_types(results))
    }

    /// Adds an exported function with locals of type `i32` and `i64`, of each as many.
    fn function(
        &mut self,
        name: &str,
        parameters: &[ValType],
        results: &[ValType],
        locals: u32,
        body: impl FnOnce(&mut InstructionSink<'_>),
    ) {
        let ty = self.ty(parameters, results);
        self.exports.export(name, ExportKind::Func, self.imported + self.functions.len());
        self.functions.function(ty);
        let mut function = Function::new([(locals, ValType::I32), (locals, ValType::I64)]);
        let mut code = function.instructions();
        body(&mut code);
        code.end();
        self.code.function(&function);
    }
}

/// Makes the instance and its module. `helpers` is the index of the first of the host's
/// helpers.
pub(crate) fn instance(
    spreads: &[Spread],
    helpers: usize,
    module: usize,
) -> (CoreInstance, Cow<'static, [u8]>) {
    let mut maker = Maker::default();
    let mut imports = ImportSection::new();
    let mut sources = Vec::new();
    for helper in HELPERS {
        let ty = match helper {
            TaskHelper::TakeResult | TaskHelper::TakeArgument => maker.ty(&[ValType::I64], &[]),
            TaskHelper::Argument | TaskHelper::Result => {
                maker.ty(&[ValType::I32; 2], &[ValType::I64])
            }
            TaskHelper::Prepared => maker.ty(&[], &[ValType::I32]),
        };
        sources.push(Source::Host(helpers + sources.len()));
        imports.import("", "helper", EntityType::Function(ty));
    }
    for Spread { function, kind, .. } in spreads {
        let ty = match kind {
            Kind::Return(_) => maker.ty(&[], &[]),
            Kind::Prepare { .. } => maker.ty(&[ValType::I32; 6], &[ValType::I32]),
            Kind::Start => maker.ty(&[ValType::I32; 3], &[ValType::I32]),
            Kind::StartAndWait(_) => maker.ty(&[ValType::I32], &[]),
        };
        sources.push(Source::Host(*function));
        imports.import("", &function.to_string(), EntityType::Function(ty));
    }
    maker.imported = imports.len();
    for (number, spread) in (HELPERS.len() as u32..).zip(spreads) {
        add(&mut maker, number, spread);
    }
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: 3 * TASKS,
        maximum: Some(3 * TASKS),
        shared: false,
    });
    let Maker { types, functions, exports, code, .. } = maker;
    let mut encoded = Module::new();
    encoded.section(&types).section(&imports).section(&functions).section(&tables);
    encoded.section(&exports).section(&code);
    let instance =
        CoreInstance { name: NAME.to_string(), module, imports: sources, component_instance: None };
    (instance, Cow::Owned(encoded.finish()))
}

/// Adds the functions for one function of the host, which is imported as `host`.
fn add(maker: &mut Maker, host: u32, Spread { function, kind, .. }: &Spread) {
    let name = function.to_string();
    match kind {
        Kind::Return(values) => {
            maker.function(&name, &val_types(values), &[], 0, |code| {
                for (local, ty) in (0..).zip(values) {
                    code.local_get(local);
                    widen(code, *ty).call(TAKE_RESULT);
                }
                code.call(host);
            });
        }
        Kind::Prepare { values, start, callee, deliver: of_deliver } => {
            let parameters = [vec![ValType::FUNCREF; 2], vec![ValType::I32; 6], val_types(values)];
            let parameters = parameters.concat();
            let task = parameters.len() as u32;
            maker.function(&name, &parameters, &[], 1, |code| {
                (2..8).for_each(|local| {
                    code.local_get(local);
                });
                code.call(host).local_set(task);
                for (place, local) in [(0, 0), (1, 1)] {
                    slot(code, task, place).local_get(local).table_set(0);
                }
                for (local, ty) in (8..).zip(values) {
                    code.local_get(local);
                    widen(code, *ty).call(TAKE_ARGUMENT);
                }
            });
            let types = [start, callee, of_deliver].map(|signature| maker.ty_of(signature));
            let [start_type, callee_type, deliver_type] = types;
            let calls_back = |code: &mut InstructionSink<'_>| {
                for (index, ty) in (0..).zip(&start.0) {
                    code.local_get(0).i32_const(index).call(ARGUMENT);
                    narrow(code, *ty);
                }
                slot(code, 0, 0).call_indirect(0, start_type);
                slot(code, 0, 2).call_indirect(0, callee_type);
                match callee.1.as_slice() {
                    [] => {}
                    [ty] => {
                        // What is wanted of those with a callback, the result of others.
                        widen(code, *ty).local_set(2).local_get(2).call(TAKE_RESULT);
                    }
                    _ => {}
                }
                code.local_get(2).i32_wrap_i64();
            };
            let name = launch(*function).name;
            maker.function(&name, &[ValType::I32], &[ValType::I32], 1, calls_back);
            let name = deliver(*function).name;
            maker.function(&name, &[ValType::I32], &[], 0, |code| {
                for (index, ty) in (0..).zip(&of_deliver.0) {
                    code.local_get(0).i32_const(index).call(RESULT);
                    narrow(code, *ty);
                }
                slot(code, 0, 1).call_indirect(0, deliver_type);
                if let [ty] = of_deliver.1.as_slice() {
                    widen(code, *ty).call(TAKE_RESULT);
                }
            });
        }
        Kind::Start => {
            let parameters = [ValType::FUNCREF, ValType::I32, ValType::I32, ValType::I32];
            maker.function(&name, &parameters, &[ValType::I32], 1, |code| {
                code.call(PREPARED).local_set(4);
                slot(code, 4, 2).local_get(0).table_set(0);
                code.local_get(1).local_get(2).local_get(3).call(host);
            });
        }
        Kind::StartAndWait(results) => {
            let parameters = [ValType::FUNCREF, ValType::I32];
            maker.function(&name, &parameters, &val_types(results), 1, |code| {
                code.call(PREPARED).local_set(2);
                slot(code, 2, 2).local_get(0).table_set(0);
                code.local_get(1).call(host);
                for (index, ty) in (0..).zip(results) {
                    code.local_get(2).i32_const(index).call(RESULT);
                    narrow(code, *ty);
                }
            });
        }
    }
}

/// Pushes the place in the table of one of the three functions of the task in a local.
fn slot<'a, 'b>(
    code: &'a mut InstructionSink<'b>,
    task: u32,
    place: i32,
) -> &'a mut InstructionSink<'b> {
    code.local_get(task).i32_const(3).i32_mul().i32_const(place).i32_add()
}
