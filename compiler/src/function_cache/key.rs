//! Keys of functions: the hash of all that decides a function's code, and the numbers that
//! stand in it for indices.
//!
//! This file has all that translation and passes look at besides the function's body. If a
//! pass uses something else of the module, of the program or of another function, that has
//! to be added here; `tests/cache` compares modules with small differences.

use super::hash::{Buffered, Key};
use super::outline::{Mention, Outline};
use crate::codegen::{Machine, is_large};
use crate::module::StaticValue;
use crate::module::representation::may_be_i31;
use crate::optimize::{Caller, InlinePlan};
use crate::plan::environment::Environment;
use crate::plan::known_tables::Reach;
use crate::plan::layout::{Check, GlobalPlace};
use crate::plan::resolve::{FunctionSource, PlannedModule};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use wasmparser::{CompositeInnerType, FieldType, RecGroup, StorageType, SubType, ValType};

/// The information from which the keys of a module's functions are made.
pub(super) struct Keys<'a> {
    /// The knowledge about the module that translation and passes use.
    environment: &'a Environment<'a>,
    /// The choice of functions that may be inlined.
    plan: &'a InlinePlan,
    /// Outlines of the module's bodies, in order; none for a body without one.
    outlines: Vec<Option<Outline>>,
    /// The module's types, by index.
    types: Vec<&'a SubType>,
    /// The hasher after what all keys begin with.
    start: Buffered,
}

/// The numbers of the items that a function, and the functions that may be inlined into it,
/// mention.
pub(super) struct Numbers {
    /// Index of the function.
    own: u32,
    /// The items, in the order of their numbers.
    mentions: Vec<Mention>,
    /// The number of each item.
    known: FxHashMap<Mention, u32>,
}

impl Numbers {
    /// Returns the number of an item, if it is mentioned.
    pub(super) fn of(&self, mention: Mention) -> Option<u32> {
        self.known.get(&mention).copied()
    }

    /// Returns the item with a number.
    pub(super) fn mention(&self, number: u32) -> Option<Mention> {
        self.mentions.get(number as usize).copied()
    }

    /// Returns the index of the function whose numbers these are.
    pub(super) fn own(&self) -> u32 {
        self.own
    }
}

#[cfg(test)]
impl Numbers {
    /// Makes the numbers of the function `own`; each of `mentions` has its index there.
    pub(super) fn new(own: u32, mentions: &[Mention]) -> Numbers {
        Numbers {
            own,
            mentions: mentions.to_vec(),
            known: mentions.iter().copied().zip(0..).collect(),
        }
    }
}

impl<'a> Keys<'a> {
    /// Prepares the keys of the functions that the module of `environment` defines.
    pub(super) fn new(
        environment: &'a Environment<'a>,
        plan: &'a InlinePlan,
        machine: &Machine,
    ) -> Keys<'a> {
        // Some fields are left out here: `frontend` follows from the machine, `constants` stand
        // where a body mentions their globals, parts of the
        // module are described where a body mentions them, and a function that is compiled
        // with `debug`, `counters` or `profile` has no key.
        let Environment {
            planned,
            frontend: _,
            marks_targets,
            passes,
            debug: _,
            tables: _,
            counters: _,
            profile: _,
            pinned_register,
            memory_checks,
        } = environment;
        let PlannedModule {
            label: _,
            name: _,
            module,
            imports: _,
            layout,
            type_ids: _,
            objects,
            constants: _,
            entry_points: _,
        } = planned;
        let mut start = Buffered::default();
        start.text(env!("QUENCH_FINGERPRINT").as_bytes());
        start.text(machine.description().as_bytes());
        let numbers = (&objects.numbers.arrays, &objects.numbers.structs);
        let heap = objects.has_heap.then_some(numbers);
        let program = (marks_targets, passes, pinned_register, memory_checks, heap);
        start.text(format!("{program:?}").as_bytes());
        for (ty, place) in module.memories.iter().zip(&layout.memories) {
            let minimum = (place.check != Check::None).then_some(ty.minimum);
            let flags = (ty.page_size_log2, ty.memory64, ty.shared, minimum);
            start.text(format!("{place:?} {flags:?}").as_bytes());
        }
        Keys {
            environment,
            plan,
            outlines: module.bodies.par_iter().map(Outline::new).collect(),
            types: module.groups.iter().flat_map(RecGroup::types).collect(),
            start,
        }
    }

    /// Returns the key of `function`, which the module defines, and the numbers of what it
    /// mentions. Returns none if it, or a function that may be inlined into it, has no
    /// outline.
    pub(super) fn of(&self, function: u32) -> Option<(Key, Numbers)> {
        let mut key = KeyWriter {
            keys: self,
            hasher: self.start.clone(),
            numbers: Numbers { own: function, mentions: Vec::new(), known: FxHashMap::default() },
            bodies: Vec::new(),
            known_bodies: FxHashSet::default(),
        };
        key.function(Caller::whole(function))?;
        let mut next = 0;
        while let Some(body) = key.bodies.get(next).copied() {
            key.function(self.plan.body(body)?)?;
            next += 1;
        }
        Some((key.hasher.digest(), key.numbers))
    }
}

/// The key of one function while it is being made.
struct KeyWriter<'a> {
    /// The information from which keys are made.
    keys: &'a Keys<'a>,
    /// The hasher of the key.
    hasher: Buffered,
    /// The numbers of the items that have been mentioned so far.
    numbers: Numbers,
    /// The functions that may be inlined, each once.
    bodies: Vec<u32>,
    /// The functions in `bodies`.
    known_bodies: FxHashSet<u32>,
}

impl KeyWriter<'_> {
    /// Adds a function: its outline, its type and what it mentions. Returns none if it has no
    /// outline.
    fn function(&mut self, caller: Caller) -> Option<()> {
        let function = caller.function;
        let module = self.keys.environment.planned.module;
        let body = (function - module.imported_functions) as usize;
        let outline = self.keys.outlines.get(body)?.as_ref()?;
        self.hasher.add(&outline.hash);
        let size = module.bodies[body].body.as_bytes().len();
        self.hasher.number(u64::from(is_large(size)));
        self.ty(module.functions[function as usize].type_index);
        for mention in &outline.mentions {
            self.mention(*mention, caller);
        }
        for (table, ty) in &outline.indirect_calls {
            self.indirect_call(*table, *ty, caller);
        }
        Some(())
    }

    /// Adds the number of an item that `caller` mentions, and its description if it has not
    /// been mentioned before. Adds also whether a function may be inlined.
    fn mention(&mut self, mention: Mention, caller: Caller) {
        if let Mention::Function(function) = mention {
            let rule = self.keys.plan.rule(caller, function);
            self.hasher.number(rule);
            if rule != 0 && self.known_bodies.insert(function) {
                self.bodies.push(function);
            }
        }
        let next = self.numbers.mentions.len() as u32;
        let number = *self.numbers.known.entry(mention).or_insert(next);
        self.hasher.number(u64::from(number));
        if number == next {
            self.numbers.mentions.push(mention);
            self.describe(mention, caller);
        }
    }

    /// Adds what translation and passes look at of an item that `caller` mentions.
    fn describe(&mut self, mention: Mention, caller: Caller) {
        let environment = self.keys.environment;
        let module = environment.planned.module;
        let index = mention.index() as usize;
        match mention {
            Mention::Function(function) => {
                let source = match environment.planned.imports.functions.get(index) {
                    None | Some(FunctionSource::Module { .. }) => 0,
                    Some(FunctionSource::Host { context: None, .. }) => 1,
                    Some(FunctionSource::Host { context: Some(_), .. }) => 3,
                    Some(FunctionSource::Stub) => {
                        2 + environment.planned.imports.text(module, function).len() as u64
                    }
                };
                self.hasher.number(source);
                self.ty(module.functions[index].type_index);
            }
            Mention::Type(ty) => {
                let planned = environment.planned;
                let range = planned.type_range(ty);
                self.hasher.number(u64::from(range.start));
                self.hasher.number(range.len() as u64);
                if !module.is_function_type(ty) {
                    self.hasher.text(format!("{:?}", planned.object_layout(ty)).as_bytes());
                }
                self.ty(ty);
            }
            Mention::Table(_) => {
                let table = &module.tables[index];
                let place = environment.planned.layout.tables[index];
                self.hasher.text(format!("{place:?} {}", table.ty.table64).as_bytes());
                self.value(ValType::Ref(table.element));
            }
            Mention::Global(_) => {
                let global = &module.globals[index];
                let place = environment.planned.layout.globals[index];
                if let GlobalPlace::Constant(StaticValue::Function(function)) = place {
                    self.hasher.text(b"function");
                    return self.mention(Mention::Function(function), caller);
                }
                let object = environment.planned.constant_object_type(index);
                self.hasher.text(format!("{place:?} {object:?} {}", global.ty.mutable).as_bytes());
                self.value(global.content);
            }
            Mention::Tag(_) => self.ty(module.tags[index]),
            Mention::Data(_) | Mention::Elements(_) => {}
        }
    }

    /// Adds the functions that an indirect call in `caller` can reach, where they are known:
    /// a call through the table `table` with the type `ty`.
    fn indirect_call(&mut self, table: u32, ty: u32, caller: Caller) {
        let environment = self.keys.environment;
        match environment.tables.reach(table, environment.planned.type_range(ty)) {
            None => self.hasher.number(0),
            Some(Reach::Near(span)) => {
                self.hasher.number(1);
                self.hasher.text(format!("{span:?}").as_bytes());
            }
            Some(Reach::Few(targets)) => {
                self.hasher.number(2);
                self.hasher.number(targets.len() as u64);
                for (element, function) in targets {
                    self.hasher.number(element);
                    self.mention(Mention::Function(function), caller);
                }
            }
        }
    }

    /// Adds the types of values in a type, by its index.
    fn ty(&mut self, type_index: u32) {
        match &self.keys.types[type_index as usize].composite_type.inner {
            CompositeInnerType::Func(ty) => {
                for types in [ty.params(), ty.results()] {
                    self.hasher.number(types.len() as u64);
                    types.iter().for_each(|ty| self.value(*ty));
                }
            }
            CompositeInnerType::Struct(ty) => ty.fields.iter().for_each(|field| self.field(field)),
            CompositeInnerType::Array(ty) => self.field(&ty.0),
            CompositeInnerType::Cont(_) => unreachable!("validated"),
        }
    }

    /// Adds the type of a value in an object. The object's layout tells those apart that are
    /// shorter than a value.
    fn field(&mut self, field: &FieldType) {
        if let StorageType::Val(ty) = field.element_type {
            self.value(ty);
        }
    }

    /// Adds the type of a value: its representation, and what translation asks of a reference
    /// that is tested.
    fn value(&mut self, ty: ValType) {
        let representation = self.keys.environment.planned.module.value_type(ty) as u64;
        let reference = ty.as_reference_type();
        let nullable = reference.is_some_and(|ty| ty.is_nullable());
        let may_be_i31 = reference.is_some_and(may_be_i31);
        let number = representation | u64::from(nullable) << 8 | u64::from(may_be_i31) << 9;
        self.hasher.number(number);
    }
}
