//! The command `quench runtime`.

use crate::args::RuntimeArgs;
use crate::build::options;
use crate::files::output::{Destination, Mode};
use crate::link::runtime_object::{self, World};
use anyhow::Result;

/// Writes the runtime as a static library.
///
/// # Errors
///
/// When no target is named and this machine is none, and when the output cannot be
/// written.
pub fn run(args: &RuntimeArgs) -> Result<()> {
    let target = options::target(args.target)?;
    let world = if args.components { World::Component } else { World::Modules };
    let library = runtime_object::library(target, world)?;
    Destination::named(&args.output)?.write(&library[..], Mode::Data)
}
