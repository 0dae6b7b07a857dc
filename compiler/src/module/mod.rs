//! Parsing of a module's bytes into its index spaces, its interface and the identities of its
//! types. Function bodies stay bytes. Knows nothing of other modules, and nothing of machine
//! code.

mod constant;
mod declaration;
mod demangle;
mod identity;
mod index_spaces;
mod interface;
mod line_paths;
mod numbers;
mod parse;
mod proposals;
pub(crate) mod representation;
mod runs;

pub(crate) use constant::{ConstantExpression, ConstantOperator, StaticValue};
pub(crate) use declaration::declaration;
pub use demangle::readable;
pub(crate) use identity::{
    PreciseField, PreciseHeap, PreciseStorage, PreciseStructure, PreciseType, TypeRegistry, resolve,
};
pub(crate) use index_spaces::{Body, DefinedType, Item, Module, SegmentMode};
pub use interface::{
    Export, ExternType, FunctionType, GlobalType, Import, Interface, MemoryType, TableType,
};
pub(crate) use numbers::TypeNumbers;
pub(crate) use parse::{mark_referenced, parse};
pub(crate) use proposals::{Proposals, validate};
pub(crate) use runs::ends_run;
