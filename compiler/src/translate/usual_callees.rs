//! Direct calls of what an indirect call usually reaches, as a profile tells.
//!
//! The call compares its reference with the function's, which is an address
//! that nothing else has; where they are equal it calls directly, otherwise it
//! goes on as it would have. A function is only called so if it has a reference
//! (a header), and exactly the type that the call expects. So where the
//! references are equal, the reference is not null and the comparison of types
//! would have found them equal: nothing is left out that could have trapped.
//! That the element is in the table has been checked before. A profile that is
//! wrong costs comparisons.

use super::translator::Translator;
use crate::passes::Pass;

/// Comparisons before an indirect call.
const MOST_CALLEES: usize = 2;

/// What a call reaches at least once in so many times is worth a comparison.
const SHARE: u64 = 4;

/// Functions that an indirect call may call directly.
#[derive(Default)]
pub struct UsualCallees {
    pub functions: Vec<u32>,
    /// The call was seen to reach these, and no other function.
    pub are_all: bool,
}

impl Translator<'_, '_> {
    /// For the indirect call that is translated.
    pub fn usual_callees(&self, type_index: u32) -> UsualCallees {
        let environment = self.environment;
        let offset = self.builder.srcloc().bits();
        let enabled = environment.passes.contains(Pass::ProfileCalls);
        let Some(profile) = self.profile().filter(|_| enabled) else {
            return UsualCallees::default();
        };
        let callees = profile.callees_at(offset);
        let all = { callees.iter() }.fold(0_u64, |sum, (_, count)| sum.saturating_add(*count));
        let usual = callees.iter().filter(|(function, count)| {
            *count > 0 && *count >= all / SHARE && self.can_be_reached(*function, type_index)
        });
        let functions: Vec<u32> = usual.map(|(f, _)| *f).take(MOST_CALLEES).collect();
        let reached = callees.iter().filter(|(_, count)| *count > 0).count();
        UsualCallees { are_all: reached > 0 && functions.len() == reached, functions }
    }

    /// Whether an indirect call of this type can reach the module's own function.
    fn can_be_reached(&self, function: u32, type_index: u32) -> bool {
        let environment = self.environment;
        let module = environment.planned.module;
        let known = module.functions.get(function as usize);
        function >= module.imported_functions
            && known.is_some_and(|known| {
                let type_id = |index: u32| environment.planned.type_ids[index as usize];
                known.referenced && type_id(known.type_index) == type_id(type_index)
            })
    }
}
