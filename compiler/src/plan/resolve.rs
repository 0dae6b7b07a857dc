//! The modules that have been added to a program, and the providers of a module's imports: the
//! host, an export of an earlier module, or a stub. Knows types, places and symbols of exports,
//! but nothing of code.

use super::constant_objects::ConstantObjects;
use super::layout::{AddressSpace, GlobalPlace, Layout, MemoryPlace};
use super::matching::{self, Identity};
use super::objects::{ObjectLayout, ObjectTypes};
use crate::error::Error;
use crate::module::{ExternType, Import, Interface, Item, Module, TypeRegistry};
use crate::symbols;
use quench_abi::ValueType;
use std::collections::HashMap;
use std::ops::Range;

/// The provider of one import. Whoever builds a program names one for each import of
/// a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportSource {
    /// A native symbol `module.name`, in the C calling convention.
    Host,
    /// A native function by its symbol, in the C calling convention. If there is a context,
    /// its address is an argument before those of the import.
    Native {
        /// Symbol of the function.
        function: String,
        /// Symbol of the context; see [`DataPlan`](crate::DataPlan).
        context: Option<String>,
    },
    /// The export `export` of a module added earlier under the name `module`.
    Module {
        /// Name of the module in the program.
        module: String,
        /// Name of its export.
        export: String,
    },
    /// A function that the module `module`, which is added later, defines and exports as
    /// `export`. It must have the type of the import, and must not be called before the
    /// later module is instantiated.
    LaterModule {
        /// Name of the module in the program.
        module: String,
        /// Name of its export.
        export: String,
    },
    /// No provider: a call of the import ends the program with a message. This is for functions
    /// only.
    Stub,
}

/// The provider of an imported function.
pub(crate) enum FunctionSource {
    /// The host.
    Host {
        /// Symbol of the function in the calling convention of C.
        symbol: String,
        /// Symbol of the data whose address is the first argument.
        context: Option<String>,
    },
    /// No provider: a call ends the program.
    Stub,
    /// An earlier module of the program.
    Module {
        /// Symbol of the function in the internal calling convention.
        symbol: String,
    },
}

/// The providers of a module's imports, in the order of each index space.
#[derive(Default)]
pub(crate) struct ResolvedImports {
    /// Providers of the functions.
    pub functions: Vec<FunctionSource>,
    /// Symbols of the tables.
    pub tables: Vec<String>,
    /// Places of the memories.
    pub memories: Vec<MemoryPlace>,
    /// Symbols of the memories.
    pub memory_symbols: Vec<String>,
    /// Symbols of the globals.
    pub globals: Vec<String>,
    /// Symbols of the tags.
    pub tags: Vec<String>,
    /// Imported memories and tables whose sizes can be checked only when the module is
    /// instantiated, because they may have grown by then.
    pub minimum_checks: Vec<MinimumCheck>,
}

/// An imported memory or table of which less is provided at first than the import demands.
pub(crate) struct MinimumCheck {
    /// The memory or table.
    pub item: Item,
    /// The size that is demanded: pages of a memory, elements of a table.
    pub minimum: u64,
    /// The import with both types, in messages.
    pub text: String,
}

impl MinimumCheck {
    /// Returns what a build says about the import.
    pub(crate) fn warning(&self) -> String {
        format!(
            "the import {} at first: unless it has grown by then, the program ends with \
             \"incompatible import\"",
            self.text
        )
    }
}

impl PlannedModule<'_> {
    /// Returns the number of the type of the constant object to which a global always refers, by
    /// the global's index, if it does.
    pub(crate) fn constant_object_type(&self, global: usize) -> Option<u32> {
        let GlobalPlace::Constant(value) = self.layout.globals[global] else {
            return None;
        };
        let is_reference = self.module.globals[global].ty.content == ValueType::AnyRef;
        self.constants.type_number(value.bits().filter(|_| is_reference)?)
    }

    /// Returns the numbers of a type, by its index in the module, and of its subtypes.
    pub(crate) fn type_range(&self, type_index: u32) -> Range<u32> {
        self.objects.numbers.range(self.type_ids[type_index as usize])
    }

    /// Returns the number of a type, by its index in the module.
    pub(crate) fn type_number(&self, type_index: u32) -> u32 {
        self.type_range(type_index).start
    }

    /// Returns the layout of the objects of a type, by its index in the module.
    pub(crate) fn object_layout(&self, type_index: u32) -> &ObjectLayout {
        self.objects.layout(self.type_ids[type_index as usize])
    }
}

impl ResolvedImports {
    /// Returns whether the function with this index is imported from another module. Such a
    /// function is called in the same way as the module's own.
    pub(crate) fn is_module_function(&self, index: u32) -> bool {
        matches!(self.functions.get(index as usize), Some(FunctionSource::Module { .. }))
    }

    /// Returns the name of an imported function in messages: `module.name`.
    pub(crate) fn text(&self, module: &Module<'_>, function: u32) -> String {
        let import = module.function_import(function);
        format!("{}.{}", import.module, import.name)
    }
}

/// An export as later modules see it.
#[derive(Clone)]
pub(crate) struct Provided {
    /// Type of the export.
    ty: ExternType,
    /// Identity of the type.
    identity: Identity,
    /// Symbol that later modules refer to.
    symbol: String,
    /// The place of a memory; `None` for anything else.
    place: Option<MemoryPlace>,
}

/// A module that has been compiled.
struct AddedModule {
    /// Imports and exports of the module.
    interface: Interface,
    /// Exports, by name, as later modules see them.
    exports: HashMap<String, Provided>,
    /// Names of the exports that have an entry point.
    entry_points: Vec<String>,
}

/// A function that a module imports from one that is added later.
pub(crate) struct Expected {
    /// Name of the later module, and of its export.
    path: (String, String),
    /// The import.
    import: Import,
    /// Identity of the function's type.
    identity: Identity,
}

/// The items that a module imports from earlier modules, with the exports that they are.
pub(crate) type Origins = Vec<(Item, Provided)>;

/// A module with what has been decided about it.
pub(crate) struct PlannedModule<'a> {
    /// Name of the module in backtraces, if they name it.
    pub label: Option<&'a str>,
    /// Name of the module, unique in the program; part of the symbols of its exports.
    pub name: &'a str,
    /// The module.
    pub module: &'a Module<'a>,
    /// Providers of its imports.
    pub imports: &'a ResolvedImports,
    /// Places of its memories, tables and globals.
    pub layout: &'a Layout,
    /// Identities in the program of the module's types, by index.
    pub type_ids: &'a [u32],
    /// Numbers and layouts of the program's types, by identity.
    pub objects: &'a ObjectTypes,
    /// The objects that the module's constant expressions make.
    pub constants: &'a ConstantObjects,
    /// Exports that need an entry point, with their functions.
    pub entry_points: &'a [(&'a str, u32)],
}

/// The modules that have been added to a program.
pub(crate) struct Modules {
    /// Identities of the types that have been seen.
    pub types: TypeRegistry,
    /// Addresses that are left for memories.
    pub addresses: AddressSpace,
    /// The modules, by name.
    modules: HashMap<String, AddedModule>,
    /// Names of `modules`, in the order in which they were added.
    order: Vec<String>,
    /// The functions that modules import from others that have not been added yet.
    expected: Vec<Expected>,
}

impl Modules {
    /// Makes a program without modules.
    pub(crate) fn new() -> Modules {
        Modules {
            types: TypeRegistry::default(),
            addresses: AddressSpace::new(),
            modules: HashMap::new(),
            order: Vec::new(),
            expected: Vec::new(),
        }
    }

    /// Returns whether there is a module of this name.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.modules.contains_key(name)
    }

    /// Returns the names of the modules in the order in which they were added.
    pub(crate) fn names(&self) -> &[String] {
        &self.order
    }

    /// Returns the type of an export, and whether it has an entry point.
    pub(crate) fn export(&self, module: &str, export: &str) -> Option<(&ExternType, bool)> {
        let added = self.modules.get(module)?;
        let has_entry_point = added.entry_points.iter().any(|name| name == export);
        added.interface.export(export).map(|ty| (ty, has_entry_point))
    }

    /// Returns the symbol of an exported memory, table, global or tag.
    pub(crate) fn symbol(&self, module: &str, export: &str) -> Option<&str> {
        let provided = self.modules.get(module)?.exports.get(export)?;
        (!matches!(provided.ty, ExternType::Function(_))).then_some(&*provided.symbol)
    }

    /// Adds a module that has been compiled.
    ///
    /// # Errors
    ///
    /// [`Error::Link`] if an earlier module expects something else of it.
    pub(crate) fn add(
        &mut self,
        planned: &PlannedModule<'_>,
        interface: Interface,
        origins: &Origins,
        expected: Vec<Expected>,
    ) -> Result<(), Error> {
        let exports = provided(planned, origins);
        for Expected { path: (_, export), import, identity } in
            self.expected.iter().filter(|expected| expected.path.0 == planned.name)
        {
            match exports.get(export) {
                Some(own) if own.symbol == symbols::internal(planned.name, export) => {
                    matching::check_import(import, identity, &own.ty, &own.identity, &self.types)?;
                }
                _ => return Err(expected_nothing(import, planned.name, export)),
            }
        }
        self.expected.retain(|expected| expected.path.0 != planned.name);
        self.expected.extend(expected);
        self.addresses = planned.layout.addresses;
        let entry_points = planned.entry_points.iter().map(|(name, _)| name.to_string()).collect();
        let added = AddedModule { interface, exports, entry_points };
        self.modules.insert(planned.name.to_string(), added);
        self.order.push(planned.name.to_string());
        Ok(())
    }

    /// Fails if a module imports from one that was never added.
    pub(crate) fn check_complete(&self) -> Result<(), Error> {
        match self.expected.first() {
            None => Ok(()),
            Some(Expected { path: (module, export), import, .. }) => {
                Err(expected_nothing(import, module, export))
            }
        }
    }

    /// Finds the provider of each import, and checks that its type matches. `type_ids` are the
    /// identities of the module's types, and `source` returns the provider
    /// that is wanted of the import with a number.
    ///
    /// # Errors
    ///
    /// [`Error::Link`] if an import has no provider, or one of another type.
    pub(crate) fn resolve(
        &self,
        module: &Module<'_>,
        interface: &Interface,
        type_ids: &[u32],
        source: &dyn Fn(usize, &Import) -> ImportSource,
    ) -> Result<(ResolvedImports, Origins, Vec<Expected>), Error> {
        let mut resolved = ResolvedImports::default();
        let mut origins = Origins::new();
        let mut later = Vec::new();
        for (index, (import, described)) in
            module.imports.iter().zip(&interface.imports).enumerate()
        {
            let provided = match source(index, described) {
                ImportSource::Module { module, export } => {
                    self.provided(described, &module, &export)?
                }
                ImportSource::LaterModule { module: later_module, export } => {
                    let symbol = symbols::internal(&later_module, &export);
                    let identity = matching::identity(module, import.item, type_ids);
                    if !matches!(described.ty, ExternType::Function(_)) {
                        return Err(expected_nothing(described, &later_module, &export));
                    }
                    later.push(Expected {
                        path: (later_module, export),
                        import: described.clone(),
                        identity: identity.clone(),
                    });
                    resolved.functions.push(FunctionSource::Module { symbol: symbol.clone() });
                    let ty = described.ty.clone();
                    let provided = Provided { ty, identity, symbol, place: None };
                    origins.push((import.item, provided));
                    continue;
                }
                source => {
                    native_import(&mut resolved, described, source)?;
                    continue;
                }
            };
            let expected = matching::identity(module, import.item, type_ids);
            let types = &self.types;
            matching::check_import(described, &expected, &provided.ty, &provided.identity, types)?;
            if let Some(minimum) = matching::minimum_to_check(&described.ty, &provided.ty) {
                let text = format!(
                    "`{}.{}` is {}, and what is provided is {}",
                    described.module, described.name, described.ty, provided.ty
                );
                resolved.minimum_checks.push(MinimumCheck { item: import.item, minimum, text });
            }
            let symbol = provided.symbol.clone();
            match import.item {
                Item::Function(_) => resolved.functions.push(FunctionSource::Module { symbol }),
                Item::Table(_) => resolved.tables.push(symbol),
                Item::Global(_) => resolved.globals.push(symbol),
                Item::Tag(_) => resolved.tags.push(symbol),
                Item::Memory(_) => {
                    resolved.memories.push(provided.place.expect("a memory has a place"));
                    resolved.memory_symbols.push(symbol);
                }
            }
            origins.push((import.item, provided.clone()));
        }
        Ok((resolved, origins, later))
    }

    /// Returns the export of an earlier module that an import asks for.
    fn provided(&self, import: &Import, module: &str, export: &str) -> Result<&Provided, Error> {
        let added = self.modules.get(module).ok_or_else(|| {
            Error::link(format!(
                "import `{}.{}`: there is no module `{module}`",
                import.module, import.name
            ))
        })?;
        added.exports.get(export).ok_or_else(|| {
            Error::link(format!(
                "import `{}.{}`: unknown import, module `{module}` exports no `{export}`",
                import.module, import.name
            ))
        })
    }
}

/// Returns the error of an import that a later module does not provide.
fn expected_nothing(import: &Import, module: &str, export: &str) -> Error {
    Error::link(format!(
        "import `{}.{}`: module `{module}` defines no function `{export}`",
        import.module, import.name
    ))
}

/// Returns the exports of a module by name, with the symbols that later modules use.
fn provided(planned: &PlannedModule<'_>, origins: &Origins) -> HashMap<String, Provided> {
    let PlannedModule { name, module, imports, layout, type_ids, .. } = planned;
    let mut exports = HashMap::new();
    for export in &module.exports {
        let origin = origins.iter().find(|(item, _)| *item == export.item);
        let provided = match (origin, export.item) {
            (Some((_, origin)), _) => origin.clone(),
            (None, Item::Global(index)) if index < module.imported_globals => Provided {
                ty: module.extern_type(export.item),
                identity: matching::identity(module, export.item, type_ids),
                symbol: imports.globals[index as usize].clone(),
                place: None,
            },
            (None, item) => Provided {
                ty: module.extern_type(item),
                identity: matching::identity(module, item, type_ids),
                symbol: match item {
                    Item::Function(_) => symbols::internal(name, export.name),
                    _ => symbols::public(name, export.name),
                },
                place: match item {
                    Item::Memory(index) => Some(layout.memories[index as usize]),
                    _ => None,
                },
            },
        };
        exports.insert(export.name.to_string(), provided);
    }
    exports
}

/// Resolves an import that no module of the program provides.
fn native_import(
    resolved: &mut ResolvedImports,
    import: &Import,
    source: ImportSource,
) -> Result<(), Error> {
    let what = match (&import.ty, source) {
        (ExternType::Function(_), ImportSource::Stub) => {
            resolved.functions.push(FunctionSource::Stub);
            return Ok(());
        }
        (ExternType::Function(_), ImportSource::Native { function, context }) => {
            resolved.functions.push(FunctionSource::Host { symbol: function, context });
            return Ok(());
        }
        (ExternType::Function(_), _) => {
            let symbol = symbols::public(&import.module, &import.name);
            resolved.functions.push(FunctionSource::Host { symbol, context: None });
            return Ok(());
        }
        (ExternType::Global(_), ImportSource::Host) => {
            resolved.globals.push(symbols::public(&import.module, &import.name));
            return Ok(());
        }
        (ExternType::Global(_), _) => "global",
        (ExternType::Memory(_), _) => "memory",
        (ExternType::Table(_), _) => "table",
        (ExternType::Tag(_), _) => "tag",
    };
    Err(Error::link(format!(
        "import `{}.{}`: a {what} can only come from another module of the program",
        import.module, import.name
    )))
}
