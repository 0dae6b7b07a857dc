//! The command `quench cache`.

use crate::args::{CacheAction, CacheArgs, CacheCommandArgs};
use crate::cache::choice::Choice;
use crate::cache::folder::{EXECUTABLES, FUNCTIONS, Kept};
use crate::cache::packs::Packs;
use crate::messages::describe::display_size;
use anyhow::Result;
use std::io::Write;

/// Shows or clears the cache.
///
/// # Errors
///
/// When there is no folder for a cache, when a file in it cannot be removed,
/// and when standard output cannot be written.
pub fn run(args: &CacheCommandArgs) -> Result<()> {
    let choice = Choice::new(&CacheArgs { cache: args.cache.clone(), no_cache: false });
    let folder = choice.folder()?;
    let mut out = std::io::stdout();
    match args.action {
        CacheAction::Clear => {
            let size = display_size(folder.clear()?);
            writeln!(out, "{size} removed from {}", folder.path.display())?;
        }
        CacheAction::Show => {
            writeln!(out, "folder       {}", folder.path.display())?;
            writeln!(out, "size limit   {}", display_size(folder.size))?;
            let executables = folder.files(EXECUTABLES);
            let packs = folder.files(FUNCTIONS);
            let count = Packs::open(folder, None).count();
            let size = |files: &[Kept]| display_size(files.iter().map(|file| file.size).sum());
            writeln!(out, "executables  {}, {}", executables.len(), size(&executables))?;
            writeln!(out, "functions    {count}, {}", size(&packs))?;
        }
    }
    Ok(())
}
