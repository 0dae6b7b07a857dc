//! The shape of a module: which runs and calls in it are counted, and hashes that tell a
//! function from its successor in a later version of the module. Depends on operators only.

use crate::module::ends_run;
use crate::module::{Body, Module};
use rayon::prelude::*;
use wasmparser::Operator;

/// The shape of a module.
pub(crate) struct Shape {
    /// Hash of all function bodies, which tells modules apart.
    pub hash: u64,
    /// Number of imported functions, which come before the first body.
    pub imported: u32,
    /// Shapes of the module's bodies, in order.
    pub functions: Vec<FunctionShape>,
}

/// The shape of a function. Offsets are in bytes from the start of the module, ascending.
#[derive(Default)]
pub(crate) struct FunctionShape {
    /// Hash of the function's body.
    pub hash: u64,
    /// Offsets of the operators behind which a run begins. The first is the beginning of the
    /// body.
    pub runs: Vec<u32>,
    /// Offsets of the indirect calls, tail calls included.
    pub sites: Vec<u32>,
    /// Offsets of the direct calls, tail calls included, with their functions.
    pub calls: Vec<(u32, u32)>,
}

impl Shape {
    /// Finds the shape of a module.
    pub(crate) fn new(module: &Module<'_>) -> Shape {
        let functions: Vec<FunctionShape> =
            module.bodies.par_iter().map(FunctionShape::new).collect();
        let hashes = functions.iter().flat_map(|one| one.hash.to_le_bytes());
        Shape { hash: hash(hashes), imported: module.imported_functions, functions }
    }
}

impl FunctionShape {
    /// Finds the shape of a body. A body that cannot be read is not an error here: the
    /// validator reports it when the body is translated.
    fn new(body: &Body<'_>) -> FunctionShape {
        let mut shape = FunctionShape {
            hash: hash(body.body.as_bytes().iter().copied()),
            runs: vec![body.body.range().start as u32],
            ..FunctionShape::default()
        };
        // What was read before the mistake does no harm.
        let _ = shape.read(body);
        shape
    }

    /// Reads the operators of a body into the shape, up to the first error.
    fn read(&mut self, body: &Body<'_>) -> wasmparser::Result<()> {
        let mut operators = body.operators()?;
        while !operators.eof() {
            let (operator, offset) = operators.read_with_offset()?;
            let offset = offset as u32;
            if ends_run(&operator) {
                self.runs.push(offset);
            }
            match operator {
                Operator::Call { function_index } | Operator::ReturnCall { function_index } => {
                    self.calls.push((offset, function_index));
                }
                Operator::CallIndirect { .. }
                | Operator::CallRef { .. }
                | Operator::ReturnCallIndirect { .. }
                | Operator::ReturnCallRef { .. } => self.sites.push(offset),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Returns the FNV-1a hash of bytes. Nothing depends on it except whether the advice of a
/// profile is used for this code.
fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}
