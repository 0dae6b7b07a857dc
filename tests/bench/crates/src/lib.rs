//! Nothing: this crate only names its dependencies.
