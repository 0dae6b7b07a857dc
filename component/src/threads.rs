//! Core modules between a component and the function of the host that makes threads, which
//! cannot take a function out of a table, nor call it. There is one for each table and type
//! of `thread.new-indirect`, right behind the instance that the table is of. It keeps
//! the functions of threads in a table of its own, by the numbers that the host has for threads.

use crate::plan::{CoreInstance, CoreItem, Source};
use crate::shims::Shims;
use crate::translate::Translation;
use std::borrow::Cow;
use std::collections::HashMap;
use wasm_encoder::{
    CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection, ImportSection,
    Module, RefType, TableSection, TableType, TypeSection, ValType,
};
use wasmtime_environ::EntityRef;
use wasmtime_environ::component::{GlobalInitializer, RuntimeTableIndex, Trampoline};

/// Beginning of the names of the instances.
pub(crate) const NAME: &str = "component threads";

/// Name of the export that makes a thread.
const NEW: &str = "new";

/// Name of the export that runs a thread.
const START: &str = "start";

/// Number of threads that the table has room for.
const THREADS: u64 = 1 << 13;

/// The instances that are made here.
#[derive(Default)]
pub(crate) struct Threads {
    /// For each instance of the component, how many are made here before it.
    before: Vec<usize>,
    /// The functions that make threads, by the table that they take functions from.
    functions: HashMap<RuntimeTableIndex, Vec<usize>>,
    /// The number of the instance for each of these functions.
    instances: HashMap<usize, usize>,
}

impl Threads {
    /// Finds out which instances there will be; `first` is the number of the first one of the
    /// component.
    pub(crate) fn new(translation: &Translation<'_>, shims: &Shims, first: usize) -> Threads {
        let mut threads = Threads::default();
        for (index, trampoline) in translation.translation.trampolines.iter() {
            if let Trampoline::ThreadNewIndirect { start_func_table_idx: table, .. } = trampoline {
                threads.functions.entry(*table).or_default().push(index.index());
            }
        }
        let mut number = 0;
        for initializer in &translation.translation.component.initializers {
            match initializer {
                GlobalInitializer::InstantiateModule(..) => {
                    threads.before.push(threads.instances.len());
                    number += 1;
                }
                GlobalInitializer::ExtractTable(extract) => {
                    for function in threads.functions.get(&extract.index).into_iter().flatten() {
                        let own = first + number - shims.left_out_before(number);
                        let instance = own + threads.instances.len();
                        threads.instances.insert(*function, instance);
                    }
                }
                _ => {}
            }
        }
        threads
    }

    /// Returns how many instances are made here before an instance of the component.
    pub(crate) fn before(&self, number: usize) -> usize {
        self.before.get(number).copied().unwrap_or_default()
    }

    /// Returns the functions that take functions from a table.
    pub(crate) fn of_table(&self, table: RuntimeTableIndex) -> &[usize] {
        self.functions.get(&table).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns what a core instance imports in place of a function of the host, if it is one
    /// that makes threads.
    pub(crate) fn item(&self, function: usize) -> Option<CoreItem> {
        let instance = *self.instances.get(&function)?;
        Some(CoreItem { instance, name: NEW.to_string() })
    }

    /// Returns the function that runs a thread that such a function made: `(thread, argument)`.
    pub(crate) fn start(&self, function: usize) -> Option<CoreItem> {
        let instance = *self.instances.get(&function)?;
        Some(CoreItem { instance, name: START.to_string() })
    }
}

/// Makes the instance for a function of the host.
pub(crate) fn instance(function: usize, table: CoreItem, module: usize) -> CoreInstance {
    CoreInstance {
        name: format!("{NAME} {function}"),
        module,
        imports: vec![Source::Item(table), Source::Host(function)],
        component_instance: None,
    }
}

/// Makes the module, which is the same for all.
pub(crate) fn module() -> Cow<'static, [u8]> {
    let table = |minimum, maximum| TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum,
        maximum,
        shared: false,
    };
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32], [ValType::I32]);
    types.ty().function([ValType::I32; 2], [ValType::I32]);
    types.ty().function([ValType::I32; 2], []);
    types.ty().function([ValType::I32], []);
    let mut imports = ImportSection::new();
    imports.import("", "table", table(0, None));
    imports.import("", "host", EntityType::Function(0));
    let mut functions = FunctionSection::new();
    functions.function(1).function(2);
    let mut tables = TableSection::new();
    tables.table(table(THREADS, Some(THREADS)));
    let mut exports = ExportSection::new();
    exports.export(NEW, ExportKind::Func, 1);
    exports.export(START, ExportKind::Func, 2);
    let mut new = Function::new([(1, ValType::FUNCREF), (1, ValType::I32)]);
    let mut code = new.instructions();
    code.local_get(0).table_get(0).local_tee(2).ref_is_null();
    // The call traps, as the component model wants it.
    code.if_(wasm_encoder::BlockType::Empty);
    code.local_get(1).local_get(0).call_indirect(0, 3).end();
    code.local_get(1).call(0).local_tee(3).local_get(2).table_set(1);
    code.local_get(3).end();
    let mut start = Function::new([]);
    start.instructions().local_get(1).local_get(0).call_indirect(1, 3).end();
    let mut code = CodeSection::new();
    code.function(&new).function(&start);
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions).section(&tables);
    module.section(&exports).section(&code);
    Cow::Owned(module.finish())
}
