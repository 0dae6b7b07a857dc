//! Queries and small changes of Cranelift IR that more than one folder needs. Knows nothing of
//! the purpose.

pub(crate) mod branches;
pub(crate) mod types;
pub(crate) mod values;
