//! The checks of references that facts prove, and what establishes facts; see `facts.rs` for what
//! they are and why they hold.

use super::facts::Fact;
use super::translator::Translator;
use crate::passes::Pass;
use cranelift_codegen::ir::Value;
use std::ops::Range;

impl Translator<'_, '_> {
    /// Establishes a fact about a reference from here on.
    pub(super) fn establish(&mut self, reference: Value, fact: Fact) {
        if !self.environment.passes.contains(Pass::Checks) {
            return;
        }
        let facts = &mut self.facts;
        let known = facts.known.get(&reference);
        let is_stronger = match (known, &fact.types) {
            (None, _) | (Some(Fact { types: None }), Some(_)) => true,
            (Some(_), None) => false,
            (Some(Fact { types: Some(known) }), Some(new)) => new.len() < known.len(),
        };
        if is_stronger {
            let before = facts.known.insert(reference, fact);
            facts.history.push((reference, before));
        }
    }

    /// Returns whether a reference is known not to be null.
    pub(super) fn is_not_null(&self, reference: Value) -> bool {
        self.facts.known.contains_key(&reference)
    }

    /// Returns the numbers of types of which that of a reference is known to be one.
    pub(super) fn known_types(&self, reference: Value) -> Option<&Range<u32>> {
        self.facts.known.get(&reference)?.types.as_ref()
    }

    /// Returns the number of facts that have been established, for [`Translator::forget`].
    pub(super) fn fact_count(&self) -> usize {
        self.facts.history.len()
    }

    /// Forgets the facts that were established since there were `count`.
    pub(super) fn forget(&mut self, count: usize) {
        let facts = &mut self.facts;
        for (reference, before) in facts.history.drain(count..).rev() {
            match before {
                Some(fact) => facts.known.insert(reference, fact),
                None => facts.known.remove(&reference),
            };
        }
    }

    /// Notes that `result` is that of a test of a reference, after which the facts hold.
    pub(super) fn note_test(
        &mut self,
        result: Value,
        reference: Value,
        if_true: Option<Fact>,
        if_false: Option<Fact>,
    ) {
        self.facts.tests.insert(result, (reference, [if_false, if_true]));
    }

    /// Notes that `result` is true where the result of another test is false.
    pub(super) fn note_reversed_test(&mut self, result: Value, test: Value) {
        if let Some((reference, [if_false, if_true])) = self.facts.tests.get(&test).cloned() {
            self.note_test(result, reference, if_false, if_true);
        }
    }

    /// Establishes what holds where `condition` has this value.
    pub(super) fn establish_condition(&mut self, condition: Value, value: bool) {
        if let Some((reference, facts)) = self.facts.tests.get(&condition)
            && let Some(fact) = facts[usize::from(value)].clone()
        {
            self.establish(*reference, fact);
        }
    }
}
