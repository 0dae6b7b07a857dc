//! The directories that a guest is given in its executable, as trees of names. A folder or
//! file of the host is read where it is; nothing of its content is read here.

use crate::args::values::Embed;
use anyhow::{Context, Result, anyhow, bail};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// A file, a folder or a link. Folders are sorted by the bytes of the names.
pub(super) enum Node {
    /// The file at this path of the host, with this number of bytes.
    File(PathBuf, u64),
    Folder(Folder),
    Link(OsString),
}

pub(super) type Folder = BTreeMap<OsString, Node>;

/// A directory that a guest is given.
pub(super) struct Root {
    /// The guest's name of it.
    pub(super) name: String,
    pub(super) folder: Folder,
    /// Whether a whole folder of the host was put there.
    is_whole: bool,
}

/// Device and number of a file.
pub(super) type Identity = (u64, u64);

/// Returns the directories for these options, in their order. `output` is the file that will be
/// replaced, which cannot be among the others.
///
/// # Errors
///
/// When something cannot be read, is no file, folder or link, or would have the name of
/// something else.
pub(super) fn roots(embedded: &[Embed], output: Option<Identity>) -> Result<Vec<Root>> {
    let mut roots = Vec::new();
    for Embed { host, guest } in embedded {
        let metadata = fs::metadata(host).with_context(|| cannot(host))?;
        if metadata.is_dir() {
            let folder = folder(host, output)?;
            add_folder(root(&mut roots, guest), folder)?;
        } else {
            let node = node(host, &metadata, output)?;
            let (directory, name) = split(guest)?;
            add(root(&mut roots, directory), name.into(), node)?;
        }
    }
    Ok(roots)
}

/// Returns the guest's directory and name of a file.
fn split(guest: &str) -> Result<(&str, &str)> {
    let (directory, name) = match guest.rsplit_once('/') {
        Some(("", name)) => ("/", name),
        Some((directory, name)) => (directory, name),
        None => (".", guest),
    };
    if matches!(name, "" | "." | "..") {
        bail!("`{guest}` cannot be the name of an embedded file; write HOST::GUEST");
    }
    Ok((directory, name))
}

/// Returns the directory with a name, which is added if it is not there.
fn root<'a>(roots: &'a mut Vec<Root>, name: &str) -> &'a mut Root {
    let place = roots.iter().position(|root| root.name == name).unwrap_or_else(|| {
        roots.push(Root { name: name.to_string(), folder: Folder::new(), is_whole: false });
        roots.len() - 1
    });
    &mut roots[place]
}

fn add_folder(root: &mut Root, folder: Folder) -> Result<()> {
    if root.is_whole {
        return Err(is_taken(&root.name));
    }
    root.is_whole = true;
    folder.into_iter().try_for_each(|(name, node)| add(root, name, node))
}

fn add(root: &mut Root, name: OsString, node: Node) -> Result<()> {
    let path = format!("{}/{}", root.name.trim_end_matches('/'), name.display());
    match root.folder.insert(name, node) {
        None => Ok(()),
        Some(_) => Err(is_taken(&path)),
    }
}

fn is_taken(path: &str) -> anyhow::Error {
    anyhow!("`{path}` is embedded twice; give one of them another name with HOST::GUEST")
}

fn folder(path: &Path, output: Option<Identity>) -> Result<Folder> {
    let mut folder = Folder::new();
    for entry in fs::read_dir(path).with_context(|| cannot(path))? {
        let name = entry.with_context(|| cannot(path))?.file_name();
        let inside = path.join(&name);
        let metadata = fs::symlink_metadata(&inside).with_context(|| cannot(&inside))?;
        folder.insert(name, node(&inside, &metadata, output)?);
    }
    Ok(folder)
}

pub(super) fn cannot(path: &Path) -> String {
    format!("cannot embed `{}`", path.display())
}

fn node(path: &Path, metadata: &Metadata, output: Option<Identity>) -> Result<Node> {
    let kind = metadata.file_type();
    if kind.is_symlink() {
        return Ok(Node::Link(fs::read_link(path).with_context(|| cannot(path))?.into()));
    }
    if kind.is_dir() {
        return Ok(Node::Folder(folder(path, output)?));
    }
    if !kind.is_file() {
        bail!("{}: only files, folders and symbolic links can be; leave it out", cannot(path));
    }
    if output == Some(identity(metadata)) {
        bail!("the output `{}` would embed itself; name another with -o", path.display());
    }
    Ok(Node::File(path.to_path_buf(), metadata.len()))
}

pub(super) fn identity(metadata: &Metadata) -> Identity {
    (metadata.dev(), metadata.ino())
}

/// A directory or something in one, in the order in which an archive has them: the entries of
/// a directory follow one another.
pub(super) struct Numbered<'a> {
    pub(super) name: &'a OsStr,
    /// The number of its directory.
    pub(super) parent: u32,
    pub(super) kind: NumberedKind<'a>,
}

pub(super) enum NumberedKind<'a> {
    File(&'a Path, u64),
    /// The number of the first entry, and how many there are.
    Folder(u32, u32),
    Link(&'a OsStr),
}

/// Returns the directories and all that is in them.
pub(super) fn numbered(roots: &[Root]) -> Vec<Numbered<'_>> {
    let mut all = Vec::new();
    let mut pending = Vec::new();
    for root in roots {
        pending.push((all.len(), &root.folder));
        let kind = NumberedKind::Folder(0, 0);
        all.push(Numbered { name: OsStr::new(&root.name), parent: all.len() as u32, kind });
    }
    let mut next = 0;
    while let Some((number, folder)) = pending.get(next).copied() {
        all[number].kind = NumberedKind::Folder(all.len() as u32, folder.len() as u32);
        for (name, node) in folder {
            let kind = match node {
                Node::File(path, size) => NumberedKind::File(path, *size),
                Node::Link(target) => NumberedKind::Link(target),
                Node::Folder(folder) => {
                    pending.push((all.len(), folder));
                    NumberedKind::Folder(0, 0)
                }
            };
            all.push(Numbered { name, parent: number as u32, kind });
        }
        next += 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_and_names_of_files() {
        assert_eq!(split("/etc/tool.conf").unwrap(), ("/etc", "tool.conf"));
        assert_eq!(split("/x").unwrap(), ("/", "x"));
        assert_eq!(split("x").unwrap(), (".", "x"));
        assert_eq!(split("a/b/x").unwrap(), ("a/b", "x"));
        for wrong in ["..", "a/..", "a/."] {
            assert!(split(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn entries_of_a_directory_follow_one_another() {
        let file = |name: &str| (OsString::from(name), Node::File(PathBuf::from(name), 1));
        let inner = Node::Folder(Folder::from([file("z"), file("y")]));
        let folder = Folder::from([file("b"), (OsString::from("a"), inner), file("c")]);
        let roots = [Root { name: "/r".to_string(), folder, is_whole: true }];
        let all = numbered(&roots);
        let names: Vec<_> =
            all.iter().map(|one| (one.name.to_str().unwrap(), one.parent)).collect();
        assert_eq!(names, [("/r", 0), ("a", 0), ("b", 0), ("c", 0), ("y", 1), ("z", 1)]);
        assert!(matches!(all[0].kind, NumberedKind::Folder(1, 3)));
        assert!(matches!(all[1].kind, NumberedKind::Folder(4, 2)));
    }
}
