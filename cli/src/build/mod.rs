//! The steps from modules and options to an executable, which `quench build` and
//! `quench run` share.
//!
//! [`request`] has the steps in their order, and [`assembly`] is what they work on. [`modules`], [`options`] and
//! [`profiles`] prepare what it is given, [`threads`] runs it, [`key`] names its
//! result in the cache, and [`reproducer`] saves its input when quench itself
//! fails.

pub mod assembly;
pub mod key;
pub mod modules;
pub mod options;
pub mod profiles;
pub mod reproducer;
pub mod request;
pub mod threads;
