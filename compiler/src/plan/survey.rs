//! A survey of a module's functions: what a single look at the operators of each tells, before
//! anything is translated.

use crate::module::{Body, Module};
use rayon::prelude::*;
use wasmparser::Operator;

/// The result of the survey for one function.
#[derive(Clone, Debug, Default)]
pub(crate) struct Summary {
    /// Size of the body in the module, in bytes.
    pub size: usize,
    /// Functions that are called directly, once for each call.
    pub calls: Vec<u32>,
    /// Direct calls in loops: the offset of each in the module, in bytes, and its function.
    pub calls_in_loops: Vec<(u32, u32)>,
    /// Functions that are called directly as tail calls, once for each call.
    pub tail_calls: Vec<u32>,
    /// Functions to which the body makes references, once for each `ref.func`.
    pub references: Vec<u32>,
    /// Whether the body can stand in place of a call: no operator in it prevents that.
    pub can_be_inlined: bool,
    /// Whether the body has a loop.
    pub has_loop: bool,
    /// Whether the function makes references to objects of references of the host's.
    pub converts: bool,
    /// Tables that the function may change.
    pub written_tables: Vec<u32>,
}

/// Returns the summaries of the module's bodies, in order.
pub(crate) fn survey(module: &Module<'_>) -> Vec<Summary> {
    module.bodies.par_iter().map(summary).collect()
}

/// Returns for each of the module's functions, by index, whether it can be called at all:
/// whether it is one of `roots`, which are called from elsewhere, can be referred to, or is
/// called by a function that can be called.
pub(crate) fn reachable(
    module: &Module<'_>,
    summaries: &[Summary],
    roots: impl Iterator<Item = u32>,
) -> Vec<bool> {
    let mut reachable: Vec<bool> = module.functions.iter().map(|f| f.referenced).collect();
    for root in roots {
        reachable[root as usize] = true;
    }
    let mut next: Vec<u32> = (0..).zip(&reachable).filter(|(_, r)| **r).map(|(i, _)| i).collect();
    while let Some(function) = next.pop() {
        let body = function.checked_sub(module.imported_functions);
        let Some(summary) = body.and_then(|body| summaries.get(body as usize)) else {
            continue;
        };
        for callee in summary.calls.iter().chain(&summary.tail_calls) {
            if let Some(known) = reachable.get_mut(*callee as usize)
                && !std::mem::replace(known, true)
            {
                next.push(*callee);
            }
        }
    }
    reachable
}

/// Summarises a body. A body that cannot be read is not an error here: the validator reports it
/// when the body is translated.
fn summary(body: &Body<'_>) -> Summary {
    let range = body.body.range();
    let mut summary = Summary {
        size: (range.end - range.start) as usize,
        can_be_inlined: true,
        ..Summary::default()
    };
    if read(body, &mut summary).is_err() {
        summary.can_be_inlined = false;
    }
    summary
}

/// Reads the operators of a body into its summary, up to the first error.
fn read(body: &Body<'_>, summary: &mut Summary) -> wasmparser::Result<()> {
    let mut operators = body.operators()?;
    // Whether each open block is a loop, the outermost first.
    let mut open = Vec::new();
    let mut loops = 0;
    while !operators.eof() {
        let offset = operators.original_position() as u32;
        match operators.read()? {
            Operator::Call { function_index } => {
                summary.calls.push(function_index);
                if loops > 0 {
                    summary.calls_in_loops.push((offset, function_index));
                }
            }
            Operator::Loop { .. } => {
                summary.has_loop = true;
                open.push(true);
                loops += 1;
            }
            Operator::Block { .. } | Operator::If { .. } => open.push(false),
            Operator::TryTable { .. } | Operator::Try { .. } => {
                summary.can_be_inlined = false;
                open.push(false);
            }
            // `delegate` ends a `try` as well.
            Operator::End | Operator::Delegate { .. } => {
                loops -= u32::from(open.pop() == Some(true));
            }
            Operator::ReturnCall { function_index } => {
                summary.tail_calls.push(function_index);
                summary.can_be_inlined = false;
            }
            Operator::RefFunc { function_index } => summary.references.push(function_index),
            Operator::ReturnCallIndirect { .. } | Operator::ReturnCallRef { .. } => {
                summary.can_be_inlined = false;
            }
            Operator::AnyConvertExtern => summary.converts = true,
            Operator::TableSet { table }
            | Operator::TableFill { table }
            | Operator::TableGrow { table }
            | Operator::TableInit { table, .. }
            | Operator::TableCopy { dst_table: table, .. } => summary.written_tables.push(table),
            _ => {}
        }
    }
    Ok(())
}
