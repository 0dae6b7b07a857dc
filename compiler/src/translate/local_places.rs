//! The choice of where a function's locals are. Most are variables: Cranelift's frontend
//! finds their values in each block, and makes block parameters where several meet. Its work
//! and what it makes grow with the number of locals times the number of blocks, and with the
//! number of blocks times their depth, because each construct around a block may keep values
//! that the block has changed. Hand-written and hostile modules have functions for which
//! that is much more than the function's size. Their locals are in slots of the frame, and
//! each access is a load or a store.

use crate::module::{Body, ends_run};
use rustc_hash::FxHashSet;
use wasmparser::Operator;

/// Number of operators up to which nothing is too much.
const SMALL: usize = 1_000;

/// Amount of work for each operator above which locals are in the frame. Functions of real
/// programs reach 70. One more takes about 0.2 µs.
const WORK: usize = 128;

/// The places of a function's locals.
#[derive(Default)]
pub(super) struct LocalPlaces {
    /// The locals that are in slots of the frame; all others are variables.
    in_frame: FxHashSet<u32>,
    /// Whether variables would be too much work.
    pub(super) is_hard: bool,
}

impl LocalPlaces {
    /// Returns whether a local is in the frame.
    pub(super) fn is_in_frame(&self, index: u32) -> bool {
        self.in_frame.contains(&index)
    }

    /// Chooses the places for a function; variables only if they are wanted. The choice
    /// follows from the operators, and not from the size of their bytes.
    pub(super) fn of(body: &Body<'_>, wants_variables: bool) -> LocalPlaces {
        if wants_variables && body.body.as_bytes().len() <= SMALL {
            return LocalPlaces::default();
        }
        // Malformed code is refused when it is translated.
        let places = LocalPlaces::all_in_frame(body).unwrap_or_default();
        if wants_variables && !places.is_hard { LocalPlaces::default() } else { places }
    }

    /// Returns the places where all locals that the function uses are in the frame.
    ///
    /// # Errors
    ///
    /// The decoder's, if the code is malformed.
    fn all_in_frame(body: &Body<'_>) -> wasmparser::Result<LocalPlaces> {
        let mut in_frame = FxHashSet::default();
        let mut frames = Vec::new();
        let (mut count, mut blocks, mut depths) = (0, 0, 0);
        let (mut depth, mut tries) = (0, 0);
        let mut operators = body.operators()?;
        while !operators.eof() {
            let operator = operators.read()?;
            count += 1;
            match operator {
                Operator::LocalGet { local_index }
                | Operator::LocalSet { local_index }
                | Operator::LocalTee { local_index } => {
                    in_frame.insert(local_index);
                }
                _ => {}
            }
            if let Some(frame) = Frame::opened(&operator) {
                depth += usize::from(frame != Frame::Block);
                tries += usize::from(frame == Frame::Try);
                frames.push(frame);
            } else if matches!(operator, Operator::End | Operator::Delegate { .. })
                && let Some(frame) = frames.pop()
            {
                depth -= usize::from(frame != Frame::Block);
                tries -= usize::from(frame == Frame::Try);
            }
            if begins_block(&operator, tries > 0) {
                blocks += 1;
                depths += depth;
            }
        }
        let is_hard = count > SMALL && blocks * in_frame.len() + depths > WORK * count;
        Ok(LocalPlaces { in_frame, is_hard })
    }
}

/// A control frame.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Frame {
    /// A `block`, which keeps no values.
    Block,
    /// A `try` or `try_table`.
    Try,
    /// A `loop` or an `if`.
    Other,
}

impl Frame {
    /// Returns the frame that an operator opens.
    fn opened(operator: &Operator<'_>) -> Option<Frame> {
        match operator {
            Operator::Block { .. } => Some(Frame::Block),
            Operator::Try { .. } | Operator::TryTable { .. } => Some(Frame::Try),
            Operator::Loop { .. } | Operator::If { .. } => Some(Frame::Other),
            _ => None,
        }
    }
}

/// Returns whether another block begins behind the operator.
fn begins_block(operator: &Operator<'_>, in_try: bool) -> bool {
    match operator {
        Operator::BrTable { .. } => true,
        Operator::Call { .. } | Operator::CallIndirect { .. } | Operator::CallRef { .. } => in_try,
        other => ends_run(other),
    }
}
