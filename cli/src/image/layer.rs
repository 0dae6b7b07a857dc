//! The layer of an image: a tar archive with the executable, and the directories that it was
//! built to use. The same executable and permissions give the same bytes.

use crate::args::values::Directory;
use anyhow::{Context, Result, bail};
use quench_policy::Base;
use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};
use tar::{Builder, EntryType, Header};

/// The user and group that programs run as: nobody that a machine knows.
pub const USER: u64 = 65532;

/// The directory in which a program with relative directories is started.
pub const WORK: &str = "work";

/// The content of a layer.
pub struct Layer {
    /// The archive.
    pub tar: Vec<u8>,
    /// Whether it has the directory [`WORK`].
    pub has_work: bool,
}

/// Makes the layer with an executable, under its name at the top, and the directories that
/// it may use: those for writing belong to [`USER`]. All times are `time`, in seconds since
/// 1970.
///
/// # Errors
///
/// When the executable and a directory have the same place.
pub fn layer(name: &str, executable: &[u8], directories: &[Directory], time: u64) -> Result<Layer> {
    let directories = places(directories);
    if directories.keys().any(|path| path.starts_with(name)) {
        bail!("`/{name}` is where the image has the program, and a directory of --dir");
    }
    let mut tar = Builder::new(Vec::new());
    let mut append = |path: &Path, content: &[u8], kind: EntryType, owner: u64| {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(content.len() as u64);
        header.set_mode(0o755);
        header.set_uid(owner);
        header.set_gid(owner);
        header.set_mtime(time);
        tar.append_data(&mut header, path, content)
    };
    let written = (|| {
        for (path, owner) in &directories {
            append(path, &[], EntryType::Directory, *owner)?;
        }
        append(Path::new(name), executable, EntryType::Regular, 0)?;
        io::Result::Ok(())
    })();
    let tar = written.and_then(|()| tar.into_inner());
    let tar = tar.with_context(|| format!("`{name}` and its directories make no archive"))?;
    Ok(Layer { tar, has_work: directories.contains_key(Path::new(WORK)) })
}

/// Returns the paths of directories in the image, those above them too, and their owners.
/// There is no home in an image, and `/` is there in any case.
fn places(directories: &[Directory]) -> BTreeMap<PathBuf, u64> {
    let mut places = BTreeMap::new();
    for directory in directories {
        let start = match directory.base {
            Base::Caller => Path::new("/").join(WORK),
            Base::Executable => PathBuf::from("/"),
            Base::Home => continue,
        };
        let path = without_dots(&start.join(&directory.host));
        let relative = directory.base == Base::Caller && Path::new(&directory.host).is_relative();
        let work = relative.then(|| PathBuf::from(WORK));
        for above in path.ancestors().skip(1).map(Path::to_path_buf).chain(work) {
            places.entry(above).or_insert(0);
        }
        let owner = if directory.read_only { 0 } else { USER };
        let known = places.entry(path).or_insert(owner);
        *known = owner.max(*known);
    }
    places.remove(Path::new(""));
    places
}

/// Returns the path below `/` that an absolute path means, where nothing is a link.
fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => plain.push(name),
            Component::ParentDir => _ = plain.pop(),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::values::parse_directory;
    use std::ffi::OsStr;

    fn places_of(texts: &[&str]) -> Vec<String> {
        let parse = |text: &&str| parse_directory(OsStr::new(text)).expect("a directory");
        let directories: Vec<Directory> = texts.iter().map(parse).collect();
        let places = places(&directories).into_iter();
        places.map(|(path, owner)| format!("{} {owner}", path.display())).collect()
    }

    #[test]
    fn directories_are_where_the_program_looks_for_them() {
        assert_eq!(places_of(&["."]), ["work 65532"]);
        assert_eq!(places_of(&["data:ro"]), ["work 0", "work/data 0"]);
        assert_eq!(places_of(&["/etc/tool::/c:ro", "/etc"]), ["etc 65532", "etc/tool 0"]);
        assert_eq!(
            places_of(&["../x/./y/../z", "@exe/w"]),
            ["w 65532", "work 0", "x 0", "x/z 65532"]
        );
        assert_eq!(places_of(&["/", "~/x", "../../.."]), ["work 0"]);
    }
}
