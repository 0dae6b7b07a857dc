//! Functions that only call others through a table. Toolchains break circles of imports with
//! them: an instance is made of functions that call what a table will hold, other instances
//! import these functions, and an instance without code fills the table in the end. Here the
//! functions are replaced by those that they call, and both instances are left out.
//!
//! Replaced is only what cannot be told apart: the functions have the type of what they call
//! and pass on all that they get, the table has no other users, and no code that runs before
//! it is filled calls them.

use crate::starts::{self, Instance, instances};
use crate::translate::Translation;
use std::collections::{BTreeSet, HashMap};
use wasmparser::{
    ElementItems, ElementKind, FuncType, FunctionBody, Operator, Payload, TableInit, TypeRef,
    TypeSectionReader,
};
use wasmtime_environ::component::{CoreDef, CoreExport, ExportItem, GlobalInitializer};
use wasmtime_environ::{EntityIndex, EntityRef, StaticModuleIndex};

/// The functions of a component that are replaced.
#[derive(Default)]
pub(crate) struct Shims {
    /// The replacements, by core instance and index of the function.
    functions: HashMap<(usize, usize), CoreDef>,
    /// The core instances that are left out.
    left_out: BTreeSet<usize>,
}

impl Shims {
    /// Finds the functions that can be replaced.
    pub(crate) fn new(translation: &Translation<'_>) -> Shims {
        let instances = instances(translation);
        let mut shims = Shims::default();
        for number in 0..instances.len() {
            let finder = Finder { translation, instances: &instances, number };
            if let Some((filler, functions)) = finder.find() {
                shims.left_out.extend([number, filler]);
                let functions = functions.into_iter();
                shims.functions.extend(functions.map(|(index, def)| ((number, index), def)));
            }
        }
        shims
    }

    /// Returns what stands for a definition.
    pub(crate) fn resolve<'a>(&'a self, mut definition: &'a CoreDef) -> &'a CoreDef {
        // A function that replaces one may be replaced itself; no chain is longer than all.
        for _ in 0..=self.functions.len() {
            let CoreDef::Export(CoreExport { instance, item: ExportItem::Index(item) }) =
                definition
            else {
                break;
            };
            let EntityIndex::Function(function) = item else { break };
            match self.functions.get(&(instance.index(), function.index())) {
                Some(other) => definition = other,
                None => break,
            }
        }
        definition
    }

    /// Returns whether a core instance is left out.
    pub(crate) fn leave_out(&self, instance: usize) -> bool {
        self.left_out.contains(&instance)
    }

    /// Returns the number of core instances before one that are left out.
    pub(crate) fn left_out_before(&self, instance: usize) -> usize {
        self.left_out.range(..instance).count()
    }
}

/// A core instance that is looked at.
struct Finder<'a> {
    translation: &'a Translation<'a>,
    instances: &'a [Instance<'a>],
    number: usize,
}

impl Finder<'_> {
    /// If the functions of the instance can be replaced, returns the instance that fills
    /// their table, and what each of them calls, by index.
    fn find(&self) -> Option<(usize, Vec<(usize, CoreDef)>)> {
        let (module, arguments) = self.instances[self.number];
        let shim = arguments.is_empty().then(|| Shim::read(self.wasm(module)))??;
        let users =
            self.instances.iter().enumerate().filter(|(_, (_, arguments))| {
                arguments.iter().any(|argument| self.is_table(argument))
            });
        let [filler] = users.map(|(number, _)| number).collect::<Vec<_>>()[..] else {
            return None;
        };
        let early = || {
            let (translation, instances) = (self.translation, self.instances);
            starts::may_call(translation, instances, self.number..=filler, self.number)
        };
        if self.extracts_table() || early() {
            return None;
        }
        let (module, arguments) = self.instances[filler];
        let filled = fill(self.wasm(module), shim.table_size)?;
        let functions = shim.functions.iter().enumerate().map(|(function, (ty, place))| {
            let (import, given) = filled.get(place)?;
            let definition = arguments.get(*import)?;
            (given == ty && self.is_defined(definition)).then(|| (function, definition.clone()))
        });
        Some((filler, functions.collect::<Option<_>>()?))
    }

    fn wasm(&self, module: StaticModuleIndex) -> &[u8] {
        self.translation.modules[module].wasm
    }

    /// Returns whether a definition is a table of the instance.
    fn is_table(&self, definition: &CoreDef) -> bool {
        match definition {
            CoreDef::Export(CoreExport { instance, item }) => {
                let is_function = matches!(item, ExportItem::Index(EntityIndex::Function(_)));
                instance.index() == self.number && !is_function
            }
            _ => false,
        }
    }

    /// Returns whether the host uses the instance's table.
    fn extracts_table(&self) -> bool {
        let mut initializers = self.translation.translation.component.initializers.iter();
        initializers.any(|initializer| match initializer {
            GlobalInitializer::ExtractTable(table) => table.export.instance.index() == self.number,
            _ => false,
        })
    }

    /// Returns whether a definition is a function of the host, or one that the instance that
    /// exports it has itself.
    fn is_defined(&self, definition: &CoreDef) -> bool {
        match definition {
            CoreDef::Export(CoreExport {
                instance,
                item: ExportItem::Index(EntityIndex::Function(function)),
            }) => {
                let (module, _) = self.instances[instance.index()];
                let imported = self.translation.modules[module].module.num_imported_funcs;
                function.index() >= imported
            }
            CoreDef::Trampoline(_) => true,
            _ => false,
        }
    }
}

/// A module whose functions only call others through its table.
struct Shim {
    /// For each function its type, and the place in the table of what it calls.
    functions: Vec<(FuncType, u32)>,
    /// Number of elements of the table.
    table_size: u64,
}

impl Shim {
    /// Reads a module; returns `None` if it is another kind.
    fn read(wasm: &[u8]) -> Option<Shim> {
        let (mut types, mut declared, mut functions) = (Vec::new(), Vec::new(), Vec::new());
        let mut table_size = None;
        for payload in wasmparser::Parser::new(0).parse_all(wasm) {
            match payload.ok()? {
                Payload::TypeSection(section) => {
                    types = read_types(section)?;
                }
                Payload::FunctionSection(section) => {
                    for ty in section {
                        declared.push(ty.ok()?);
                    }
                }
                Payload::TableSection(section) if section.count() == 1 => {
                    let table = section.into_iter().next()?.ok()?;
                    if !matches!(table.init, TableInit::RefNull) || table.ty.table64 {
                        return None;
                    }
                    table_size = Some(table.ty.initial);
                }
                Payload::CodeSectionEntry(body) => {
                    let index = *declared.get(functions.len())?;
                    let ty: &FuncType = types.get(index as usize)?;
                    functions.push((ty.clone(), callee(&body, index, ty)?));
                }
                Payload::Version { .. }
                | Payload::ExportSection(_)
                | Payload::CodeSectionStart { .. }
                | Payload::CustomSection(_)
                | Payload::End(_) => {}
                _ => return None,
            }
        }
        Some(Shim { functions, table_size: table_size? })
    }
}

/// Reads the types of functions; returns `None` if there are others.
fn read_types(section: TypeSectionReader<'_>) -> Option<Vec<FuncType>> {
    section.into_iter_err_on_gc_types().collect::<Result<_, _>>().ok()
}

/// Returns the place in the table of what a function of this type calls, if it only passes on
/// its parameters.
fn callee(body: &FunctionBody<'_>, type_index: u32, ty: &FuncType) -> Option<u32> {
    let mut operators = body.get_operators_reader().ok()?;
    for parameter in 0..ty.params().len() as u32 {
        match operators.read().ok()? {
            Operator::LocalGet { local_index } if local_index == parameter => {}
            _ => return None,
        }
    }
    let Operator::I32Const { value } = operators.read().ok()? else {
        return None;
    };
    match operators.read().ok()? {
        Operator::CallIndirect { type_index: called, table_index: 0 } if called == type_index => {}
        _ => return None,
    }
    let ends = matches!(operators.read().ok()?, Operator::End) && operators.eof();
    (ends && body.get_locals_reader().ok()?.get_count() == 0).then_some(value.cast_unsigned())
}

/// Reads a module that has no code and fills its only table, which it imports: for each place,
/// which of its imports is there, and the type of that function. Returns `None` if it is
/// another kind, or writes beyond the table.
fn fill(wasm: &[u8], table_size: u64) -> Option<HashMap<u32, (usize, FuncType)>> {
    let mut tables = 0;
    let (mut types, mut functions, mut filled) = (Vec::new(), Vec::new(), HashMap::new());
    for payload in wasmparser::Parser::new(0).parse_all(wasm) {
        match payload.ok()? {
            Payload::TypeSection(section) => {
                types = read_types(section)?;
            }
            Payload::ImportSection(section) => {
                for (place, import) in section.into_imports().enumerate() {
                    match import.ok()?.ty {
                        TypeRef::Func(ty) => {
                            let ty: &FuncType = types.get(ty as usize)?;
                            functions.push((place, ty.clone()));
                        }
                        TypeRef::Table(_) => tables += 1,
                        _ => return None,
                    }
                }
            }
            Payload::ElementSection(section) => {
                for segment in section {
                    let segment = segment.ok()?;
                    let ElementKind::Active { offset_expr, .. } = segment.kind else {
                        return None;
                    };
                    let mut offset = offset_expr.get_operators_reader();
                    let Operator::I32Const { value } = offset.read().ok()? else {
                        return None;
                    };
                    let ElementItems::Functions(items) = segment.items else {
                        return None;
                    };
                    let first = value.cast_unsigned();
                    if u64::from(first) + u64::from(items.count()) > table_size {
                        return None;
                    }
                    for (item, place) in items.into_iter().zip(first..) {
                        filled.insert(place, functions.get(item.ok()? as usize)?.clone());
                    }
                }
            }
            Payload::Version { .. } | Payload::CustomSection(_) | Payload::End(_) => {}
            _ => return None,
        }
    }
    (tables == 1).then_some(filled)
}
