//! Fuzzing.

fn main() {}
