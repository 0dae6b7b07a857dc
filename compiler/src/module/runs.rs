//! Straight runs of operators: what runs together once it has begun, as long as
//! no call in it ends the program. A function is one run after the other, in the
//! order of its code.

use wasmparser::Operator;

/// Whether what follows the operator is another run.
pub fn ends_run(operator: &Operator<'_>) -> bool {
    matches!(
        operator,
        Operator::Loop { .. }
            | Operator::If { .. }
            | Operator::Else
            | Operator::End
            | Operator::BrIf { .. }
            | Operator::BrOnNull { .. }
            | Operator::BrOnNonNull { .. }
            | Operator::Catch { .. }
            | Operator::CatchAll
    )
}
