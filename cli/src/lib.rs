//! The command `quench`, as a library for its binary and the tests.

pub mod link;
