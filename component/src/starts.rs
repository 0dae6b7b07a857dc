//! What start functions may call while a component is instantiated. Anything that is not
//! plain is taken for a call of everything.

use crate::translate::Translation;
use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;
use wasmparser::{ElementItems, ExternalKind, FunctionBody, Operator, Payload, TypeRef};
use wasmtime_environ::component::{
    CoreDef, CoreExport, ExportItem, GlobalInitializer, InstantiateModule,
};
use wasmtime_environ::{EntityIndex, EntityRef, StaticModuleIndex};

/// A core instance: its module, and what it imports.
pub(crate) type Instance<'a> = (StaticModuleIndex, &'a [CoreDef]);

/// Returns the core instances. The component is refused if one is of an imported module.
pub(crate) fn instances<'a>(translation: &'a Translation<'_>) -> Vec<Instance<'a>> {
    let initializers = translation.translation.component.initializers.iter();
    let instance = |initializer: &'a GlobalInitializer| match initializer {
        GlobalInitializer::InstantiateModule(InstantiateModule::Static(module, arguments), _) => {
            Some((*module, &arguments[..]))
        }
        _ => None,
    };
    initializers.filter_map(instance).collect()
}

/// Returns whether the start functions of these core instances may call a function of the core
/// instance `callee`.
pub(crate) fn may_call(
    translation: &Translation<'_>,
    instances: &[Instance<'_>],
    starting: RangeInclusive<usize>,
    callee: usize,
) -> bool {
    let mut search = Search {
        translation,
        instances,
        callee,
        modules: HashMap::new(),
        seen: HashSet::new(),
        next: Vec::new(),
    };
    starting.into_iter().any(|instance| search.of_instance(instance).is_none())
}

/// A search through the calls of start functions. Its methods return `None` when they find that
/// anything may be called.
struct Search<'a> {
    translation: &'a Translation<'a>,
    instances: &'a [Instance<'a>],
    callee: usize,
    /// The modules that have been read, by instance.
    modules: HashMap<usize, Module<'a>>,
    /// Functions that were found, by instance and index.
    seen: HashSet<(usize, u32)>,
    /// The functions in `seen` that have not been looked at.
    next: Vec<(usize, u32)>,
}

impl Search<'_> {
    fn of_instance(&mut self, instance: usize) -> Option<()> {
        if let Some(start) = self.module(instance)?.start {
            self.find(instance, start);
        }
        while let Some((instance, function)) = self.next.pop() {
            self.look_at(instance, function)?;
        }
        Some(())
    }

    fn find(&mut self, instance: usize, function: u32) {
        if self.seen.insert((instance, function)) {
            self.next.push((instance, function));
        }
    }

    fn module(&mut self, instance: usize) -> Option<&Module<'_>> {
        if !self.modules.contains_key(&instance) {
            let (module, _) = *self.instances.get(instance)?;
            let module = Module::read(self.translation.modules[module].wasm)?;
            self.modules.insert(instance, module);
        }
        self.modules.get(&instance)
    }

    fn look_at(&mut self, instance: usize, function: u32) -> Option<()> {
        let callees = match self.module(instance)?.function(function)? {
            Found::Import(place) => {
                let (_, arguments) = self.instances[instance];
                let CoreDef::Export(CoreExport {
                    instance,
                    item: ExportItem::Index(EntityIndex::Function(function)),
                }) = arguments.get(place)?
                else {
                    return None;
                };
                let (instance, function) = (instance.index(), function.as_u32());
                if instance == self.callee {
                    return None;
                }
                self.find(instance, function);
                return Some(());
            }
            Found::Calls(callees) => callees,
        };
        for callee in callees {
            self.find(instance, callee);
        }
        Some(())
    }
}

/// A function of a module.
enum Found {
    /// It is the import with this number.
    Import(usize),
    /// It calls these functions.
    Calls(Vec<u32>),
}

/// What calls depend on in a core module.
#[derive(Default)]
struct Module<'a> {
    /// For each imported function, the number of the import.
    imports: Vec<usize>,
    bodies: Vec<FunctionBody<'a>>,
    start: Option<u32>,
    /// The functions that tables can hold, if only the module itself fills its tables, and
    /// only with constants.
    elements: Option<Vec<u32>>,
}

impl<'a> Module<'a> {
    fn read(wasm: &'a [u8]) -> Option<Module<'a>> {
        let mut module = Module::default();
        let mut elements = Vec::new();
        let mut tables_are_own = true;
        for payload in wasmparser::Parser::new(0).parse_all(wasm) {
            match payload.ok()? {
                Payload::ImportSection(section) => {
                    for (place, import) in section.into_imports().enumerate() {
                        match import.ok()?.ty {
                            TypeRef::Func(_) | TypeRef::FuncExact(_) => module.imports.push(place),
                            TypeRef::Table(_) => tables_are_own = false,
                            _ => {}
                        }
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        tables_are_own &= export.ok()?.kind != ExternalKind::Table;
                    }
                }
                Payload::StartSection { func, .. } => module.start = Some(func),
                Payload::ElementSection(section) => {
                    for segment in section {
                        match segment.ok()?.items {
                            ElementItems::Functions(functions) => {
                                for function in functions {
                                    elements.push(function.ok()?);
                                }
                            }
                            ElementItems::Expressions(..) => tables_are_own = false,
                        }
                    }
                }
                Payload::CodeSectionEntry(body) => module.bodies.push(body),
                _ => {}
            }
        }
        module.elements = tables_are_own.then_some(elements);
        Some(module)
    }

    /// Returns what a function is; `None` if it may call anything.
    fn function(&self, function: u32) -> Option<Found> {
        let function = function as usize;
        if let Some(place) = self.imports.get(function) {
            return Some(Found::Import(*place));
        }
        let body = self.bodies.get(function - self.imports.len())?;
        let mut operators = body.get_operators_reader().ok()?;
        let mut callees = Vec::new();
        while !operators.eof() {
            match operators.read().ok()? {
                Operator::Call { function_index } | Operator::ReturnCall { function_index } => {
                    callees.push(function_index);
                }
                Operator::CallIndirect { .. } | Operator::ReturnCallIndirect { .. } => {
                    callees.extend(self.elements.as_ref()?);
                }
                Operator::CallRef { .. }
                | Operator::ReturnCallRef { .. }
                | Operator::RefFunc { .. }
                | Operator::TableSet { .. } => return None,
                _ => {}
            }
        }
        Some(Found::Calls(callees))
    }
}
