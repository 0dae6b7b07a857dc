//! What of a module is counted, and what tells one function from its successor
//! in a later version of the module. Looks at operators only.

use crate::module::ends_run;
use crate::module::{Body, Module};
use rayon::prelude::*;
use wasmparser::Operator;

/// What is counted of a module.
pub struct Shape {
    /// Tells modules apart.
    pub hash: u64,
    /// Functions before the first body.
    pub imported: u32,
    /// Shapes of the module's bodies, in order.
    pub functions: Vec<FunctionShape>,
}

/// What is counted of a function. Offsets are in the module, ascending.
#[derive(Default)]
pub struct FunctionShape {
    /// Hash of the function's body.
    pub hash: u64,
    /// Operators behind which a run begins; the first is where the body begins.
    pub runs: Vec<u32>,
    /// Indirect calls, also in place of a return.
    pub sites: Vec<u32>,
    /// Direct calls, also in place of a return, with their functions.
    pub calls: Vec<(u32, u32)>,
}

impl Shape {
    pub fn new(module: &Module<'_>) -> Shape {
        let functions: Vec<FunctionShape> =
            module.bodies.par_iter().map(FunctionShape::new).collect();
        let hashes = functions.iter().flat_map(|one| one.hash.to_le_bytes());
        Shape { hash: hash(hashes), imported: module.imported_functions, functions }
    }
}

impl FunctionShape {
    /// What cannot be read, the validator reports when it is translated.
    fn new(body: &Body<'_>) -> FunctionShape {
        let mut shape = FunctionShape {
            hash: hash(body.body.as_bytes().iter().copied()),
            runs: vec![body.body.range().start as u32],
            ..FunctionShape::default()
        };
        // What it has before the mistake does no harm.
        let _ = shape.read(body);
        shape
    }

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

/// FNV-1a: nothing depends on it but whether advice is for this code.
fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}
