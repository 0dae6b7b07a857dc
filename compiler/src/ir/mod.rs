//! Questions about Cranelift IR that more than one folder asks. Knows nothing of why
//! they are asked.

pub mod branches;
pub mod types;
pub mod values;
