//! Straight runs of operators. All operators of a run are executed once it has begun, unless a
//! call among them ends the program. A function consists of one run after the other, in the
//! order of its code.

use wasmparser::Operator;

/// Returns whether another run begins behind the operator.
pub(crate) fn ends_run(operator: &Operator<'_>) -> bool {
    matches!(
        operator,
        Operator::Loop { .. }
            | Operator::If { .. }
            | Operator::Else
            | Operator::End
            | Operator::BrIf { .. }
            | Operator::BrOnNull { .. }
            | Operator::BrOnNonNull { .. }
            | Operator::BrOnCast { .. }
            | Operator::BrOnCastFail { .. }
            | Operator::Catch { .. }
            | Operator::CatchAll
    )
}
