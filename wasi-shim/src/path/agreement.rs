//! The kernel's resolution, the one by hand and the one in an archive of the same files,
//! compared on a tree with every kind of link, and all with what they promise.

extern crate std;

use super::name::Path;
use super::{members, sandbox, walk};
use crate::archive::tests::put;
use crate::errno::Errno;
use crate::file::{File, Root};
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use quench_policy::{NewContent, NewMember};
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
fn outcome(result: io::Result<impl AsFd>) -> Result<(u64, u32), Errno> {
    let stat = rustix::fs::fstat(result.map_err(Errno::from)?)?;
    Ok((stat.st_ino, stat.st_mode))
}

fn by_sandbox(tree: &Tree, path: &str, flags: OFlags) -> Result<(u64, u32), Errno> {
    let path = Path::new(path.as_bytes()).unwrap();
    let mode = Mode::from_raw_mode(0o600);
    outcome(sandbox::open(Root::Kernel(tree.root.as_fd()), &path, flags, mode))
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

/// The tree as an archive, which becomes this thread's: the number that the kernel has for the
/// file of each entry.
fn archived(tree: &Tree) -> Vec<u64> {
    use std::os::unix::fs::MetadataExt;
    // Path, name and directory of each entry; those of a directory follow one another.
    let mut found = Vec::from([(tree.outer.join("root"), Vec::from(*b"."), 0_u32)]);
    let mut ranges = Vec::new();
    let mut next = 0;
    while let Some((path, _, _)) = found.get(next).cloned() {
        let mut range = (0, 0);
        if path.symlink_metadata().unwrap().is_dir() {
            let names = std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().file_name());
            let mut names: Vec<_> = names.map(|name| name.as_bytes().to_vec()).collect();
            names.sort();
            range = (found.len() as u32, names.len() as u32);
            for name in names {
                let inside = path.join(std::ffi::OsStr::from_bytes(&name));
                found.push((inside, name, next as u32));
            }
        }
        ranges.push(range);
        next += 1;
    }
    let target = |path: &PathBuf| std::fs::read_link(path).ok().map(|link| link.into_os_string());
    let targets: Vec<_> = found.iter().map(|(path, ..)| target(path)).collect();
    let members = found.iter().zip(&targets).zip(&ranges).map(|((found, target), range)| {
        let metadata = found.0.symlink_metadata().unwrap();
        let content = match target {
            Some(target) => NewContent::Link(target.as_bytes()),
            None if metadata.is_dir() => NewContent::Directory(range.0, range.1),
            None => NewContent::File(metadata.len()),
        };
        NewMember { name: &found.1, parent: found.2, content }
    });
    put(&members.collect::<Vec<_>>());
    found.iter().map(|(path, ..)| path.symlink_metadata().unwrap().ino()).collect()
}

#[test]
fn looking_in_an_archive() {
    let tree = Tree::new("archive");
    let inodes = archived(&tree);
    let long = "x".repeat(300);
    let more = [&*long, "a/b/c/.", "a/b/c/..", "a/./../a/file", "file//", "magic", "pong"];
    for path in PATHS.into_iter().chain(more) {
        for flags in looks().into_iter().filter(|flags| !flags.contains(OFlags::WRONLY)) {
            let expected = by_sandbox(&tree, path, flags).map(|(inode, _)| inode);
            let found = members::open(0, path.as_bytes(), flags).map_err(Errno::from);
            let found = found.map(|open| inodes[open.number() as usize]);
            assert_eq!(found, expected, "{path} with {flags:?}");
        }
    }
}

#[test]
fn links_in_an_archive() {
    let tree = Tree::new("archived-links");
    archived(&tree);
    for name in ["to_file", "absolute", "dangling", "loop", "file", "a", "nowhere", ".", "magic"] {
        let name = std::ffi::CString::new(name).unwrap();
        let mut buffer = [0; 4096];
        let expected = rustix::fs::readlinkat_raw(&tree.root, &*name, &mut buffer[..]);
        let expected = expected.map(|length| &buffer[..length]);
        assert_eq!(members::read_link(0, name.to_bytes()), expected, "{name:?}");
    }
}

#[test]
fn creating() {
    let create = OFlags::RDWR | OFlags::CREATE | OFlags::CLOEXEC;
    let fresh = || [Tree::new("create-one"), Tree::new("create-two")];
    for more in [OFlags::empty(), OFlags::EXCL, OFlags::NOFOLLOW, OFlags::TRUNC] {
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
        for result in
            [by_sandbox(&tree, path, OFlags::RDONLY), by_walk(&tree, path, OFlags::RDONLY)]
        {
            assert_eq!(result, Err(Errno::NotPermitted), "{path}");
        }
    }
}

#[test]
fn parents() {
    let tree = Tree::new("parents");
    let name_of = |path: &str| {
        let mut path = Path::new(path.as_bytes()).unwrap();
        sandbox::parent(Root::Kernel(tree.root.as_fd()), &mut path)
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

/// Numbers that look random, the same ones each time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % limit
    }

    fn choose<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// Makes a path of names that are there, may be there, lead up, or lead out.
    fn path(&mut self) -> String {
        const COMPONENTS: [&str; 14] = [
            "a",
            "b",
            "c",
            "file",
            "new",
            "link",
            "other",
            "up",
            "out",
            "..",
            "..",
            ".",
            "",
            "to_secret",
        ];
        let count = 1 + self.below(5);
        let components: Vec<&str> = (0..count).map(|_| self.choose(&COMPONENTS)).collect();
        let path = components.join("/");
        // A path of the guest's is not empty and not absolute.
        match path.trim_start_matches('/') {
            "" => ".".to_string(),
            path => path.to_string(),
        }
    }
}

/// A step of a script, taken in one tree with the kernel's resolution and in
/// the other by hand.
enum Step {
    Open(String, OFlags),
    Link(String, String),
    Directory(String),
    Remove(String),
}

impl Step {
    fn new(random: &mut Random) -> Step {
        match random.below(8) {
            0 => Step::Link(random.path(), random.path()),
            1 => Step::Link(format!("/{}", random.path()), random.path()),
            2 => Step::Directory(random.path()),
            3 => Step::Remove(random.path()),
            _ => {
                let create = OFlags::RDWR | OFlags::CREATE;
                let kinds = [OFlags::PATH, OFlags::RDONLY, OFlags::WRONLY, create];
                let truncate = OFlags::WRONLY | OFlags::TRUNC;
                let kind = random.choose(&[&kinds[..], &[truncate]].concat());
                let more = [OFlags::empty(), OFlags::NOFOLLOW, OFlags::EXCL, OFlags::DIRECTORY];
                let mut more = random.choose(&more);
                // Without creating, or with it, these have no meaning.
                if !kind.contains(OFlags::CREATE) {
                    more -= OFlags::EXCL;
                } else {
                    more -= OFlags::DIRECTORY;
                }
                Step::Open(random.path(), kind | more | OFlags::CLOEXEC)
            }
        }
    }

    fn take(&self, tree: &Tree, by_hand: bool) -> Result<u32, Errno> {
        let open = if by_hand { by_walk } else { by_sandbox };
        match self {
            Step::Open(path, flags) => open(tree, path, *flags).map(|(_, mode)| mode),
            Step::Link(target, path) => Step::in_parent(tree, path, by_hand, |parent, name| {
                rustix::fs::symlinkat(target.as_str(), parent, name)
            }),
            Step::Directory(path) => Step::in_parent(tree, path, by_hand, |parent, name| {
                rustix::fs::mkdirat(parent, name, Mode::from_raw_mode(0o700))
            }),
            Step::Remove(path) => Step::in_parent(tree, path, by_hand, |parent, name| {
                rustix::fs::unlinkat(parent, name, rustix::fs::AtFlags::empty())
            }),
        }
    }

    fn in_parent(
        tree: &Tree,
        path: &str,
        by_hand: bool,
        act: impl FnOnce(&File, &std::ffi::CStr) -> io::Result<()>,
    ) -> Result<u32, Errno> {
        let mut path = Path::new(path.as_bytes()).unwrap();
        let (directory, name) = path.split();
        let directory = directory.unwrap_or(c".");
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let parent = if by_hand {
            let opened = walk::open(tree.root.as_fd(), directory.to_bytes(), flags, Mode::empty());
            opened.map(File::Kernel)
        } else {
            let directory = Path::new(directory.to_bytes())?;
            sandbox::open(Root::Kernel(tree.root.as_fd()), &directory, flags, Mode::empty())
        };
        Ok(act(&parent?, name).map(|()| 0)?)
    }
}

#[test]
fn random_scripts() {
    const SCRIPTS: u64 = 60;
    const STEPS: usize = 40;
    let outside = |listing: &[String]| -> Vec<String> {
        let is_outside = |entry: &&String| !entry.starts_with("root");
        listing.iter().filter(is_outside).cloned().collect()
    };
    for script in 0..SCRIPTS {
        let mut random = Random(0x2545_f491_4f6c_dd1d ^ (script << 32 | script));
        let [one, two] = [Tree::new("script-one"), Tree::new("script-two")];
        for number in 0..STEPS {
            let step = Step::new(&mut random);
            let expected = step.take(&one, false);
            let by_hand = step.take(&two, true);
            assert_eq!(by_hand, expected, "script {script}, step {number}");
        }
        let after = listing(&one);
        assert_eq!(listing(&two), after, "script {script}");
        assert_eq!(outside(&after), ["secret 6"], "script {script}");
    }
}
