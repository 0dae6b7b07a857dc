//! From a module's bytes to its index spaces, its interface and the identities of
//! its types. Function bodies stay bytes. Knows nothing of other modules, and
//! nothing of machine code.

mod constant;
mod demangle;
mod identity;
mod index_spaces;
mod interface;
mod parse;
mod proposals;
mod runs;
pub mod unsupported;

pub use constant::{ConstantExpression, ConstantOperator, StaticValue};
pub use demangle::readable;
pub use identity::{PreciseType, TypeRegistry, matches, resolve};
pub use index_spaces::{Body, Item, Module, SegmentMode};
pub use interface::{
    Export, ExternType, FunctionType, GlobalType, Import, Interface, MemoryType, TableType,
};
pub use parse::{parse, value_type};
pub use proposals::{Proposals, validate};
pub use runs::ends_run;
