//! Keys: a hash of all that decides a function's code, and the numbers that
//! things have in it.
//!
//! What translation and passes look at beside the body is what stands here. A
//! pass that asks for something else of the module, of the program or of
//! another function, adds it; `tests/cache` compares modules that differ in a
//! little.

use super::hash::{Buffered, Key};
use super::outline::{Mention, Outline};
use crate::codegen::{Machine, is_large};
use crate::module::FunctionType;
use crate::module::StaticValue;
use crate::optimize::{Caller, InlinePlan};
use crate::plan::environment::Environment;
use crate::plan::known_tables::Reach;
use crate::plan::layout::{Check, GlobalPlace};
use crate::plan::resolve::{FunctionSource, PlannedModule};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

pub struct Keys<'a> {
    environment: &'a Environment<'a>,
    plan: &'a InlinePlan,
    /// Outlines of the module's bodies, in order; `None` for a body without one.
    outlines: Vec<Option<Outline>>,
    /// What all keys begin with.
    start: Buffered,
}

/// What a function and those that may be part of it mention, by number.
pub struct Numbers {
    own: u32,
    mentions: Vec<Mention>,
    known: FxHashMap<Mention, u32>,
}

impl Numbers {
    pub fn of(&self, mention: Mention) -> Option<u32> {
        self.known.get(&mention).copied()
    }

    pub fn mention(&self, number: u32) -> Option<Mention> {
        self.mentions.get(number as usize).copied()
    }

    /// The function whose numbers these are.
    pub fn own(&self) -> u32 {
        self.own
    }
}

#[cfg(test)]
impl Numbers {
    pub fn new(own: u32, mentions: &[Mention]) -> Numbers {
        Numbers {
            own,
            mentions: mentions.to_vec(),
            known: mentions.iter().copied().zip(0..).collect(),
        }
    }
}

impl<'a> Keys<'a> {
    pub fn new(
        environment: &'a Environment<'a>,
        plan: &'a InlinePlan,
        machine: &Machine,
    ) -> Keys<'a> {
        // What is left out here, is described where a body mentions it; `frontend`
        // follows from the machine, and what is never there has no key.
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
        let PlannedModule { name: _, module, imports: _, layout, type_ids: _, entry_points: _ } =
            planned;
        let mut start = Buffered::default();
        start.text(env!("QUENCH_FINGERPRINT").as_bytes());
        start.text(machine.description().as_bytes());
        let program = (marks_targets, passes, pinned_register, memory_checks);
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
            start,
        }
    }

    /// `None` if it, or one that may be part of it, has no outline.
    pub fn of(&self, function: u32) -> Option<(Key, Numbers)> {
        let mut key = Writer {
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

struct Writer<'a> {
    keys: &'a Keys<'a>,
    hasher: Buffered,
    numbers: Numbers,
    /// Functions whose bodies may be put in place of calls, each once.
    bodies: Vec<u32>,
    known_bodies: FxHashSet<u32>,
}

impl Writer<'_> {
    fn function(&mut self, caller: Caller) -> Option<()> {
        let function = caller.function;
        let module = self.keys.environment.planned.module;
        let body = (function - module.imported_functions) as usize;
        let outline = self.keys.outlines.get(body)?.as_ref()?;
        self.hasher.add(&outline.hash);
        let size = module.bodies[body].body.as_bytes().len();
        self.hasher.number(u64::from(is_large(size)));
        self.signature(module.function_type(function));
        for mention in &outline.mentions {
            self.mention(*mention, caller);
        }
        for (table, ty) in &outline.indirect_calls {
            self.indirect_call(*table, *ty, caller);
        }
        Some(())
    }

    /// Says which thing it is among those mentioned, and what, if it is new.
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

    fn describe(&mut self, mention: Mention, caller: Caller) {
        let environment = self.keys.environment;
        let module = environment.planned.module;
        let index = mention.index() as usize;
        match mention {
            Mention::Function(function) => {
                let source = match environment.planned.imports.functions.get(index) {
                    None | Some(FunctionSource::Module { .. }) => 0,
                    Some(FunctionSource::Host) => 1,
                    Some(FunctionSource::Stub) => {
                        2 + environment.planned.imports.text(module, function).len() as u64
                    }
                };
                self.hasher.number(source);
                self.signature(module.function_type(function));
            }
            Mention::Type(_) => {
                self.hasher.number(u64::from(environment.planned.type_ids[index]));
                self.signature(&module.types[index]);
            }
            Mention::Table(_) => {
                let ty = &module.tables[index].ty;
                let place = environment.planned.layout.tables[index];
                let text = format!("{place:?} {:?} {}", ty.element, ty.table64);
                self.hasher.text(text.as_bytes());
            }
            Mention::Global(_) => {
                let ty = module.globals[index].ty;
                let place = environment.planned.layout.globals[index];
                if let GlobalPlace::Constant(StaticValue::Function(function)) = place {
                    self.hasher.text(b"function");
                    return self.mention(Mention::Function(function), caller);
                }
                let text = format!("{place:?} {:?} {}", ty.content, ty.mutable);
                self.hasher.text(text.as_bytes());
            }
            Mention::Tag(_) => self.signature(&module.types[module.tags[index] as usize]),
            Mention::Data(_) | Mention::Elements(_) => {}
        }
    }

    /// What such a call can reach, where that is known.
    fn indirect_call(&mut self, table: u32, ty: u32, caller: Caller) {
        let environment = self.keys.environment;
        let type_id = environment.planned.type_ids[ty as usize];
        match environment.tables.reach(table, type_id) {
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

    fn signature(&mut self, ty: &FunctionType) {
        for types in [&ty.parameters, &ty.results] {
            self.hasher.number(types.len() as u64);
            types.iter().for_each(|ty| self.hasher.number(*ty as u64));
        }
    }
}
