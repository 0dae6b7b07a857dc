//! The command `quench`.
