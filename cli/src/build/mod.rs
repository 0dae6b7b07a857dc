//! The steps from modules and options to an executable, which `quench build` and
//! `quench run` share.
//!
//! [`request`] has the steps in their order. [`modules`], [`options`] and
//! [`profiles`] prepare what it is given, [`threads`] runs it, [`key`] names its
//! result in the cache, and [`reproducer`] saves its input when quench itself
//! fails.

pub mod key;
pub mod modules;
pub mod options;
pub mod profiles;
pub mod reproducer;
pub mod request;
pub mod threads;
