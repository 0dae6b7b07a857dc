//! From modules and options to an executable: what `quench build` and `quench
//! run` share.
//!
//! [`request`] has the steps, in their order. [`modules`] and [`options`] are
//! what it is given, with [`profiles`]; [`key`] is the name of its result in the
//! cache, [`reproducer`] what is left of it if quench itself fails, and
//! [`threads`] where it is done.

pub mod key;
pub mod modules;
pub mod options;
pub mod profiles;
pub mod reproducer;
pub mod request;
pub mod threads;
