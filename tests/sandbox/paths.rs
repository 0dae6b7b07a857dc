//! Tests what paths reach, and what they do in a directory that is for reading
//! only: each function of WASI that takes a path, with the paths that an
//! attacker would try.

use crate::script::play;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

/// Makes two directories, a third that will be read-only, and a secret beside
/// them.
fn prepare(folder: &Path) {
    for (place, content) in [("one", "1"), ("two", "2"), ("fixed", "f")] {
        let place = folder.join(place);
        fs::create_dir_all(place.join("sub")).expect("a folder");
        fs::write(place.join("file"), content).expect("a file");
        fs::write(place.join("sub/inner"), "inner").expect("a file");
        for (target, link) in [
            ("file", "link"),
            ("new", "dangling"),
            ("../new", "dangling_out"),
            ("sub/../../new", "dangling_out_through_sub"),
            ("../secret", "out"),
            ("../", "out_slash"),
            ("out", "to_out"),
            ("/etc/passwd", "absolute"),
        ] {
            symlink(target, place.join(link)).expect("a link");
        }
    }
    fs::write(folder.join("secret"), "secret").expect("a file");
}

const DIRECTORIES: [&str; 6] = ["--dir", "one", "--dir", "two", "--dir", "fixed:ro"];

/// Fails if something beside the directories, or in the read-only one, changed.
fn untouched(folder: &Path) {
    let secret = fs::read_to_string(folder.join("secret"));
    assert_eq!(secret.expect("it is there"), "secret");
    assert!(!folder.join("new").exists());
    let names = fs::read_dir(folder.join("fixed")).expect("a folder");
    assert_eq!(names.count(), 10);
    let file = folder.join("fixed/file");
    assert_eq!(fs::read_to_string(&file).expect("it is there"), "f");
    let sub = fs::read_dir(folder.join("fixed/sub")).expect("a folder");
    assert_eq!(sub.count(), 1);
}

fn assert_plays(script: &str) {
    play(script, &DIRECTORIES, prepare, untouched);
}

/// Plays a script with a directory that is for reading only, and with one in the executable,
/// which is the same to the guest.
fn assert_plays_for_reading(script: &str) {
    assert_plays(script);
    let options = ["--dir", "one", "--dir", "two", "--embed", "fixed"];
    play(script, &options, prepare, untouched);
}

#[test]
fn from_one_directory_to_another() {
    assert_plays(
        "
        path_link 3 0 'file' 4 'linked'
        path_rename 3 'file' 4 'sub/moved'
        path_rename 4 'sub/moved' 3 'back'
        path_rename 3 'sub' 4 'sub2'
        path_rename 3 'nothing' 4 'x' -> noent
        path_rename 3 'back' 4 'out_slash/x' -> perm
        path_rename 3 'out_slash/secret' 4 'x' -> perm
        path_link 3 0 'out_slash/secret' 4 'x' -> perm
        path_link 3 0 'back' 4 '../x' -> perm
        # What a link points to is not what is linked or moved.
        path_link 3 0 'out' 4 'out_too'
        open 4 'out_too' r -> perm
        path_rename 3 'to_out' 4 'moved_out'
        open 4 'moved_out' r -> perm
        ",
    );
}

#[test]
fn to_and_from_what_is_read_only() {
    assert_plays_for_reading(
        "
        path_rename 5 'file' 3 'stolen' -> perm
        path_rename 3 'file' 5 'new' -> perm
        path_rename 3 'file' 5 'file' -> perm
        path_rename 5 'file' 5 'new' -> perm
        # A second name would be one to write through.
        path_link 5 0 'file' 3 'stolen' -> perm
        path_link 3 0 'file' 5 'new' -> perm
        path_symlink 'file' 5 'new' -> perm
        path_create_directory 5 'new' -> perm
        path_create_directory 5 'sub' -> exist
        path_create_directory 5 'nothing/new' -> noent
        path_symlink 'file' 5 'link' -> exist
        path_link 3 0 'file' 5 'file' -> exist
        path_remove_directory 5 'sub' -> perm
        path_unlink_file 5 'file' -> perm
        path_filestat_set_times 5 1 'file' 1 2 5 -> perm
        path_filestat_set_times 5 0 'link' 1 2 5 -> perm
        # Directories opened there, and names in them, are read-only as well.
        sub = open 5 'sub' rd
        path_rename sub 'inner' 3 'stolen' -> perm
        path_link sub 0 'inner' 3 'stolen' -> perm
        path_create_directory sub 'new' -> perm
        path_unlink_file sub 'inner' -> perm
        fd_filestat_set_times sub 1 2 5 -> perm
        open sub 'new' wc -> perm
        ",
    );
}

#[test]
fn opening_what_is_read_only() {
    assert_plays_for_reading(
        "
        open 5 'file' w -> perm
        open 5 'file' rw -> perm
        open 5 'file' t -> perm
        open 5 'file' rt -> perm
        open 5 'file' c -> perm
        open 5 'file' cx -> exist
        open 5 'link' rcx -> exist
        open 5 'file' wa -> perm
        open 5 'file' wc -> perm
        open 5 'file' wct -> perm
        open 5 'link' rt -> perm
        open 5 'new' rc -> perm
        open 5 'dangling' rc -> perm
        open 5 'dangling' wct -> perm
        open 5 'dangling_out' rc -> perm
        # As on Linux, what else is wrong is found first.
        open 5 'nothing' w -> noent
        open 5 'nothing' rw -> noent
        open 5 'nothing/new' wc -> noent
        open 5 'file/new' wc -> notdir
        open 5 'sub' w -> isdir
        open 5 'sub' rw -> isdir
        open 5 'link' wl -> loop
        open 5 'out' w -> perm
        open 5 '../secret' w -> perm
        # What can be inherited has no right to write, but one by which wasi-libc, which asks
        # for nothing else, shows that it means to. Then what it and Go ask for to read.
        fd_fdstat_get 5 @
        long @+16 0x824e1bf
        path_open 5 1 'file' 0 0x824a1bd 0x824e1bf 0 @ -> perm
        path_open 5 1 'nothing' 0 0x824a1bd 0x824e1bf 0 @ -> noent
        path_open 5 1 'file' 0 0x824e0be 0x824e1bf 0 @
        path_open 5 1 'file' 0 0xfff7febe 0xffffffff 0 @
        path_open 5 1 'file' 0 0xffffffff 0xffffffff 0 @ -> perm
        # A file that is there need not be created.
        file = open 5 'file' rc
        fd_write file ['x'] @ -> badf
        fd_fdstat_get file @
        sub = open 5 'sub' rd
        open sub 'inner' w -> perm
        open sub 'inner' rt -> perm
        open sub 'new' wc -> perm
        file = open 5 'file' r
        fd_write file ['x'] @ -> badf
        fd_pwrite file ['x'] 0 @ -> badf
        fd_filestat_set_size file 0 -> perm
        fd_filestat_set_times file 1 2 5 -> perm
        fd_allocate file 0 100 -> perm
        fd_fdstat_set_flags file 1
        fd_write file ['x'] @ -> badf
        # Rights cannot be added.
        fd_fdstat_set_rights file 0x42 0 -> notcapable
        fd_read file [9] @
        word @ 1
        text 'f'
        ",
    );
}

#[test]
fn creating_and_truncating_through_links() {
    assert_plays(
        "
        open 3 'dangling' r -> noent
        open 3 'dangling' w -> noent
        open 3 'dangling' wt -> noent
        open 3 'dangling' wcx -> exist
        open 3 'dangling' wcl -> loop
        file = open 3 'dangling' wc
        fd_write file ['made'] @
        file = open 3 'new' r
        fd_read file [9] @
        text 'made'
        open 3 'dangling' wt
        open 3 'link' wtl -> loop
        open 3 'out_slash' rdl -> loop
        open 3 'dangling' rdl -> loop
        open 3 'file' rdl -> notdir
        open 3 'link' wt
        file = open 3 'file' r
        fd_read file [9] @
        word @ 0
        # Out of the directory nothing is made or shortened, whatever the flags.
        open 3 'dangling_out' wc -> perm
        open 3 'dangling_out' wct -> perm
        open 3 'dangling_out' wcx -> exist
        open 3 'dangling_out_through_sub' wc -> perm
        open 3 'out' wt -> perm
        open 3 'out' wct -> perm
        open 3 'to_out' wt -> perm
        open 3 'out_slash/secret' wt -> perm
        open 3 'out_slash/new' wc -> perm
        open 3 'absolute' rt -> perm
        open 3 'out_slash' rd -> perm
        open 3 'out_slash/' rd -> perm
        path_filestat_set_times 3 1 'out' 1 2 5 -> perm
        path_filestat_set_times 3 1 'dangling_out' 1 2 5 -> perm
        path_create_directory 3 'dangling_out' -> exist
        path_create_directory 3 'out_slash/new' -> perm
        path_remove_directory 3 'out_slash/one' -> perm
        path_unlink_file 3 'out_slash/secret' -> perm
        path_symlink 'x' 3 'out_slash/new' -> perm
        path_readlink 3 'out_slash/one/link' @ 9 @+100 -> perm
        path_filestat_get 3 1 'out' @ -> perm
        path_filestat_get 3 1 'out_slash' @ -> perm
        path_filestat_get 3 0 'out_slash/' @ -> perm
        path_filestat_get 3 0 'out' @
        byte @+16 7
        path_symlink '/etc/passwd' 3 'made' -> perm
        path_symlink '../secret' 3 'made'
        open 3 'made' r -> perm
        ",
    );
}

/// Calls of each function with a path; `PATH` stands where the path is.
const FUNCTIONS: [&str; 14] = [
    "path_create_directory 3 PATH",
    "path_filestat_get 3 0 PATH @",
    "path_filestat_get 3 1 PATH @",
    "path_filestat_set_times 3 0 PATH 1 2 5",
    "path_filestat_set_times 3 1 PATH 1 2 5",
    "path_link 3 0 PATH 4 'a'",
    "path_link 3 0 'file' 4 PATH",
    "open 3 PATH rc",
    "path_readlink 3 PATH @ 9 @+100",
    "path_remove_directory 3 PATH",
    "path_rename 3 PATH 4 'b'",
    "path_rename 3 'file' 4 PATH",
    "path_symlink 'x' 3 PATH",
    "path_unlink_file 3 PATH",
];

#[test]
fn names_that_are_no_names() {
    let mut script = String::new();
    for (path, errno) in [
        ("''", "noent"),
        ("'\\00'", "inval"),
        ("'file\\00'", "inval"),
        ("'fi\\00le'", "inval"),
        ("'\\ff'", "ilseq"),
        ("'sub/\\c0\\af'", "ilseq"),
        ("'\\ed\\a0\\80'", "ilseq"),
        ("'/'", "perm"),
        ("'/file'", "perm"),
        ("'//'", "perm"),
        ("'..'", "perm"),
        ("'../'", "perm"),
        ("'../secret'", "perm"),
        ("'sub/../..'", "perm"),
        ("'sub/../../secret'", "perm"),
        ("'sub/./../../secret/'", "perm"),
    ] {
        for function in FUNCTIONS {
            script += &format!("{} -> {errno}\n", function.replace("PATH", path));
        }
    }
    for part in script.lines().collect::<Vec<_>>().chunks(120) {
        assert_plays(&part.join("\n"));
    }
}

#[test]
fn names_that_are_too_long() {
    let script = FUNCTIONS.map(|function| {
        let long = format!("'{}'", "a".repeat(256));
        let longer = format!("'{}'", "a/".repeat(2048));
        [long, longer].map(|path| format!("{} -> nametoolong\n", function.replace("PATH", &path)))
    });
    assert_plays(&script.concat().concat());
}

/// Tests a link of the kernel's in `/proc`, which goes elsewhere than its text
/// says.
#[test]
fn magic_links() {
    play(
        "
        open 3 'root' rd -> refused
        open 3 'root/' rd -> refused
        open 3 'root/etc/passwd' r -> refused
        open 3 'cwd/secret' r -> refused
        open 3 'exe' r -> refused
        open 3 'fd/0' r -> refused
        open 3 'fd/3/../../../etc/passwd' r -> refused
        open 3 'task/../root/etc/passwd' r -> refused
        open 3 'ns/mnt' r -> refused
        path_filestat_get 3 1 'exe' @ -> refused
        path_filestat_get 3 0 'root/' @ -> refused
        path_filestat_get 3 1 'cwd/secret' @ -> refused
        # The file itself is there, and is a link.
        path_filestat_get 3 0 'root' @
        byte @+16 7
        # So is all that is no link.
        open 3 'status' r
        ",
        &["--dir", "/proc/self:ro"],
        prepare,
        untouched,
    );
}
