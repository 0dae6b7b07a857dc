//! The kernel's resolution and the one by hand, compared on a tree with every
//! kind of link, and both with what they promise.

extern crate std;

use super::name::Path;
use super::{sandbox, walk};
use crate::errno::Errno;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io;
use std::format;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::string::{String, ToString};
use std::vec::Vec;

/// A directory with things in it and a secret beside it, removed at the end.
struct Tree {
    outer: PathBuf,
    root: OwnedFd,
}

impl Tree {
    fn new(name: &str) -> Tree {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Relaxed);
        let unique = format!("quench-sandbox-{name}-{}-{number}", std::process::id());
        let outer = std::env::temp_dir().join(unique);
        let root = outer.join("root");
        std::fs::create_dir_all(root.join("a/b/c")).unwrap();
        std::fs::write(outer.join("secret"), "secret").unwrap();
        std::fs::write(root.join("file"), "file").unwrap();
        std::fs::write(root.join("a/file"), "a/file").unwrap();
        for (target, link) in [
            ("file", "to_file"),
            ("file/", "to_file_slash"),
            ("a", "to_a"),
            ("a/", "to_a_slash"),
            ("b/c/../../file", "a/winding"),
            ("..", "a/up"),
            ("../..", "a/b/up_twice"),
            ("..", "out"),
            ("../secret", "to_secret"),
            ("a/../../secret", "to_secret_through_a"),
            ("/etc/passwd", "absolute"),
            ("/", "slash"),
            ("/proc/self/root", "magic"),
            ("nowhere", "dangling"),
            ("nowhere/", "dangling_slash"),
            ("a/nowhere", "dangling_in_a"),
            ("loop", "loop"),
            ("ping", "pong"),
            ("pong", "ping"),
            (".", "here"),
        ] {
            symlink(target, root.join(link)).unwrap();
        }
        for number in 0..45 {
            let target = match number {
                0 => "file".to_string(),
                _ => format!("chain{}", number - 1),
            };
            symlink(target, root.join(format!("chain{number}"))).unwrap();
        }
        let flags = OFlags::PATH | OFlags::DIRECTORY;
        let root = openat(CWD, root.as_os_str().as_bytes(), flags, Mode::empty()).unwrap();
        Tree { outer, root }
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.outer);
    }
}

const PATHS: [&str; 63] = [
    "file",
    "file/",
    "file/.",
    "file/..",
    "a",
    "a/",
    "a//",
    "./a",
    "a/.",
    "a/./b",
    "a/..",
    "a/../a",
    "a/b/c/../../file",
    "a/b/../../file",
    "a//b///c",
    "..",
    "../",
    "../secret",
    "a/../..",
    "a/../../secret",
    "a/../../root/file",
    ".",
    "./",
    "./.",
    "nowhere",
    "nowhere/",
    "nowhere/x",
    "file/x",
    "nowhere/..",
    "to_file",
    "to_file/",
    "to_file_slash",
    "to_a",
    "to_a/",
    "to_a/file",
    "to_a_slash",
    "to_a_slash/b/c",
    "a/winding",
    "a/winding/",
    "a/up",
    "a/up/file",
    "a/up/a/up/a",
    "a/b/up_twice/file",
    "out",
    "out/",
    "out/secret",
    "out/root",
    "to_secret",
    "to_secret_through_a",
    "absolute",
    "absolute/",
    "slash",
    "slash/etc",
    "dangling",
    "dangling/",
    "dangling_slash",
    "dangling_in_a",
    "loop",
    "loop/x",
    "here/here/file",
    "chain39",
    "chain40",
    "chain44/",
];

/// Flags that only look.
fn looks() -> Vec<OFlags> {
    let mut all = Vec::new();
    for access in [OFlags::PATH, OFlags::RDONLY, OFlags::WRONLY] {
        for more in [
            OFlags::empty(),
            OFlags::NOFOLLOW,
            OFlags::DIRECTORY,
            OFlags::DIRECTORY | OFlags::NOFOLLOW,
        ] {
            all.push(access | more | OFlags::CLOEXEC);
        }
    }
    all
}

/// Which file was opened, or why none was.
fn outcome(result: io::Result<OwnedFd>) -> Result<(u64, u32), Errno> {
    let stat = rustix::fs::fstat(result.map_err(Errno::from)?)?;
    Ok((stat.st_ino, stat.st_mode))
}

fn by_sandbox(tree: &Tree, path: &str, flags: OFlags) -> Result<(u64, u32), Errno> {
    let path = Path::new(path.as_bytes()).unwrap();
    let mode = Mode::from_raw_mode(0o600);
    outcome(sandbox::open(tree.root.as_fd(), &path, flags, mode))
}

fn by_walk(tree: &Tree, path: &str, flags: OFlags) -> Result<(u64, u32), Errno> {
    let mode = Mode::from_raw_mode(0o600);
    outcome(walk::open(tree.root.as_fd(), path.as_bytes(), flags, mode))
}

#[test]
fn looking() {
    let tree = Tree::new("looking");
    for path in PATHS {
        for flags in looks() {
            let expected = by_sandbox(&tree, path, flags);
            let walked = by_walk(&tree, path, flags);
            assert_eq!(walked, expected, "{path} with {flags:?}");
        }
    }
}

#[test]
fn creating() {
    let create = OFlags::RDWR | OFlags::CREATE | OFlags::CLOEXEC;
    let fresh = || [Tree::new("create-one"), Tree::new("create-two")];
    for more in [
        OFlags::empty(),
        OFlags::EXCL,
        OFlags::NOFOLLOW,
        OFlags::TRUNC,
    ] {
        let mut trees = fresh();
        let untouched = listing(&trees[0]);
        for path in PATHS {
            let [one, two] = &trees;
            let expected = by_sandbox(one, path, create | more).map(|(_, mode)| mode);
            let walked = by_walk(two, path, create | more).map(|(_, mode)| mode);
            assert_eq!(walked, expected, "{path} with {more:?}");
            let changed = listing(one);
            assert_eq!(listing(two), changed, "{path} with {more:?}");
            assert!(changed.contains(&String::from("secret 6")), "{path}");
            if changed != untouched {
                trees = fresh();
            }
        }
    }
}

/// Every path of a tree with the size of what is there.
fn listing(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    let mut pending = Vec::from([tree.outer.clone()]);
    while let Some(directory) = pending.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            let metadata = path.symlink_metadata().unwrap();
            let name = path.strip_prefix(&tree.outer).unwrap().display();
            if metadata.is_dir() {
                found.push(name.to_string());
                pending.push(path);
            } else {
                found.push(format!("{name} {}", metadata.len()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn ways_out_are_refused() {
    let tree = Tree::new("out");
    for path in [
        "..",
        "../secret",
        "a/../../secret",
        "out/secret",
        "to_secret",
        "to_secret_through_a",
        "absolute",
        "slash/etc/passwd",
        "a/up/out/secret",
        "magic/etc/passwd",
    ] {
        for result in [
            by_sandbox(&tree, path, OFlags::RDONLY),
            by_walk(&tree, path, OFlags::RDONLY),
        ] {
            assert_eq!(result, Err(Errno::NotPermitted), "{path}");
        }
    }
}

#[test]
fn parents() {
    let tree = Tree::new("parents");
    let name_of = |path: &str| {
        let mut path = Path::new(path.as_bytes()).unwrap();
        sandbox::parent(tree.root.as_fd(), &mut path)
            .map(|(_, name)| name.to_str().unwrap().to_string())
            .map_err(Errno::from)
    };
    assert_eq!(name_of("to_a/new"), Ok("new".to_string()));
    assert_eq!(name_of("a/b/.."), Ok(".".to_string()));
    assert_eq!(name_of("out/secret"), Err(Errno::NotPermitted));
    assert_eq!(name_of(".."), Err(Errno::NotPermitted));
    assert_eq!(name_of("nowhere/new"), Err(Errno::NoEntry));
    assert_eq!(name_of("file/new"), Err(Errno::NotDirectory));
}
