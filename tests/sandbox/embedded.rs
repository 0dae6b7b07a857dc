//! Tests programs with files in them (`--embed`) and no others: what each function that reads
//! does, under a filter that lets no file be opened; that nothing but these files is reached;
//! and that components see what they see in a directory for reading only.

use crate::command::component;
use crate::guest::{build, host, try_build};
use crate::hole::hole;
use crate::script::{Way, play_in};
use crate::world::Options;
use linux_raw_sys::general::{__NR_mprotect, __NR_openat, AT_FDCWD};
use quench_compiler::Target;
use quench_tests::{Finished, Limits, command, run};
use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::symlink;
use std::path::Path;

/// Makes a folder to embed, and a secret beside it.
fn prepare(folder: &Path) {
    let place = folder.join("box");
    fs::create_dir_all(place.join("folder/inner")).expect("a folder");
    fs::write(place.join("file"), "content").expect("a file");
    fs::write(place.join("folder/other"), "x".repeat(5000)).expect("a file");
    for (target, link) in [
        ("file", "link"),
        ("../secret", "out"),
        ("/etc/passwd", "absolute"),
        ("../file", "folder/up"),
        ("../../secret", "folder/out"),
        ("loop", "loop"),
    ] {
        symlink(target, place.join(link)).expect("a link");
    }
    fs::write(folder.join("secret"), "secret").expect("a file");
}

/// Fails unless a script plays in a program that has only the embedded files.
fn assert_plays(script: &str) {
    for lockdown in ["--require-lockdown", "--no-lockdown"] {
        // Emulators have no second wall.
        let options: &[&str] = &["--embed", "box::/box", lockdown];
        let narrow = |way| lockdown == "--no-lockdown" || way == Way::Kernel;
        play_in(narrow, script, options, prepare, |_| {});
    }
}

#[test]
fn looking_at_files() {
    assert_plays(
        "
        fd_prestat_get 3 @
        word @+4 4
        fd_prestat_dir_name 3 0x20000 4
        text '/box'
        fd_prestat_get 4 @ -> badf
        fd_filestat_get 3 @
        byte @+16 3
        path_filestat_get 3 0 'file' @
        long @ 0x100000000
        byte @+16 4
        long @+24 1
        long @+32 7
        # All times are those of 1970.
        long @+40 0
        long @+48 0
        long @+56 0
        path_filestat_get 3 0 'link' @
        byte @+16 7
        path_filestat_get 3 1 'link' @
        byte @+16 4
        path_filestat_get 3 1 'folder/up' @
        long @+32 7
        path_filestat_get 3 1 'out' @ -> perm
        path_filestat_get 3 0 'out' @
        path_filestat_get 3 1 'absolute' @ -> perm
        path_filestat_get 3 1 'folder/out' @ -> perm
        path_filestat_get 3 1 'loop' @ -> loop
        path_filestat_get 3 1 'nothing' @ -> noent
        path_filestat_get 3 1 'file/x' @ -> notdir
        path_filestat_get 3 1 'file/' @ -> notdir
        path_filestat_get 3 1 '../secret' @ -> perm
        path_filestat_get 3 1 'folder/../../secret' @ -> perm
        path_readlink 3 'link' 0x20000 100 @
        word @ 4
        text 'file'
        path_readlink 3 'absolute' 0x20000 4 @
        text '/etc'
        path_readlink 3 'file' 0x20000 100 @ -> inval
        path_readlink 3 'folder' 0x20000 100 @ -> inval
        path_readlink 3 'nothing' 0x20000 100 @ -> noent
        ",
    );
}

#[test]
fn reading_files() {
    assert_plays(
        "
        file = open 3 'link' r
        fd_read file [3] @
        word @ 3
        text 'con'
        fd_tell file @
        long @ 3
        fd_read file [100] @
        word @ 4
        text 'tent'
        fd_read file [100] @
        word @ 0
        fd_pread file [100] 5 @
        word @ 2
        text 'nt'
        fd_pread file [100] 0xffffffffffffffff @ -> inval
        fd_seek file -2 2 @
        long @ 5
        fd_seek file -6 1 @ -> inval
        fd_seek file 1 1 @
        long @ 6
        fd_filestat_get file @
        long @+32 7
        fd_advise file 0 0 3
        fd_advise file 0 0 9 -> inval
        fd_sync file
        fd_datasync file
        fd_fdstat_get file @
        byte @ 4
        fd_fdstat_set_flags file 4
        fd_fdstat_get file @
        byte @+2 4
        fd_fdstat_set_flags file 2 -> inval
        fd_allocate file 0 9 -> perm
        fd_filestat_set_size file 0 -> perm
        fd_write file ['x'] @ -> badf
        fd_renumber file 3
        fd_read 3 [9] @
        word @ 1
        text 't'
        fd_close 3
        fd_close 3 -> badf
        open 3 'file' r -> badf
        ",
    );
}

#[test]
fn opening_files() {
    assert_plays(
        "
        folder = open 3 'folder' rd
        open folder '..' rd -> perm
        open folder '../file' r -> perm
        open folder 'up' r -> perm
        open folder 'inner/..' rd
        open folder 'inner/../other' r
        open 3 'file' rd -> notdir
        open 3 'link' rl -> loop
        open 3 'link' rdl -> loop
        open 3 'folder' r
        open 3 'folder/' r
        open 3 'file' w -> perm
        open 3 'file' rt -> perm
        open 3 'file' rc
        open 3 'file' rcx -> exist
        open 3 'new' rc -> perm
        open 3 'new/x' rc -> noent
        open 3 'folder' w -> isdir
        open 3 'out' r -> perm
        path_create_directory 3 'new' -> perm
        path_create_directory 3 'folder' -> exist
        path_symlink 'x' 3 'new' -> perm
        path_link 3 0 'file' 3 'new' -> perm
        path_rename 3 'file' 3 'new' -> perm
        path_unlink_file 3 'file' -> perm
        path_remove_directory 3 'folder/inner' -> perm
        path_filestat_set_times 3 0 'file' 1 2 5 -> perm
        fd_filestat_set_times folder 1 2 5 -> perm
        ",
    );
}

#[test]
fn listing_and_waiting() {
    assert_plays(
        "
        # Each entry: the cookie after it, the inode, the length of the name, the type.
        fd_readdir 3 0x20000 4096 0 @
        word @ 224
        long 0x20000 1
        long 0x20008 1
        word 0x20010 1
        byte 0x20014 3
        byte 0x20018 46
        long 0x20019 2
        # Both are this directory, because there is none above it.
        long 0x20021 1
        fd_readdir 3 0x20000 4096 3 @
        long 0x20000 4
        word 0x20010 4
        byte 0x20014 4
        # A name is cut off where there is no room.
        fd_readdir 3 0x20000 26 3 @
        word @ 26
        fd_readdir 3 0x20000 4096 99 @
        word @ 0
        fd_readdir 3 0x20000 4096 0xffffffffffffffff @
        word @ 0
        file = open 3 'file' r
        fd_readdir file 0x20000 4096 0 @ -> badf
        ",
    );
}

/// Tests a subscription for a file, which a script cannot write: the event comes at once.
#[test]
fn a_file_is_always_ready() {
    // The number of the file goes to the subscription at 64, and the event to 128; the status is
    // 100 and the number of bytes.
    let text = r#"(module
        (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1)
        (data (i32.const 0) "file")
        (func $must (param $errno i32) (if (local.get $errno) (then unreachable)))
        (func (export "_start")
            (call $must (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 4)
                (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 80)))
            (i32.store8 (i32.const 72) (i32.const 1))
            (call $must (call $poll (i32.const 64) (i32.const 128) (i32.const 1) (i32.const 32)))
            (call $exit (i32.add (i32.const 100) (i32.wrap_i64 (i64.load (i32.const 144)))))))"#;
    for target in Target::ALL {
        let scratch = quench_tests::scratch("ready").expect("a scratch folder");
        prepare(scratch.path());
        let program = build(scratch.path(), "ready", text, target, &["--embed", "box"]);
        let finished = run(&mut command(&program, target), &Limits::default()).expect("it ends");
        assert_eq!(finished.status, 107, "{}", finished.stderr());
    }
}

#[test]
fn two_gigabytes_and_a_hundred_thousand_names() {
    const HALF: u64 = 1 << 31;
    let prepare = |folder: &Path| {
        let place = folder.join("box");
        fs::create_dir(&place).expect("a folder");
        for number in 0..100_000 {
            fs::write(place.join(format!("{number:06}")), "").expect("a file");
        }
        let mut big = File::create(place.join("big")).expect("a file");
        big.seek(SeekFrom::Start(HALF)).expect("a position");
        big.write_all(b"end").expect("the disk has room");
    };
    // The emulator of this machine's processor would do the same again.
    let chosen = |way| !matches!(way, Way::ByHand(target) if target == host());
    let script = "
        path_filestat_get 3 0 '099999' @
        long @+32 0
        path_filestat_get 3 0 '100000' @ -> noent
        file = open 3 'big' r
        fd_filestat_get file @
        long @+32 0x80000003
        fd_pread file [9] 0x80000000 @
        word @ 3
        text 'end'
        fd_seek file -1 2 @
        fd_read file [9] @
        text 'd'
        fd_readdir 3 0x20000 4096 100002 @
        word @ 27
        long 0x20000 100003
        fd_readdir 3 0x20000 4096 100003 @
        word @ 0
        ";
    play_in(chosen, script, &["--embed", "box"], prepare, |_| {});
}

/// Makes a program with files in it whose guest makes a system call by itself, and runs it.
fn attacked(number: u32, arguments: [i64; 3], imports: &str, lockdown: &str) -> i32 {
    let [one, two, three] = arguments;
    let text = format!(
        r#"(module
            (import "hole" "call" (func $call (param i64 i64 i64 i64 i64 i64) (result i64)))
            (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            {imports}
            (memory (export "memory") 1)
            (data (i32.const 1024) "/etc/passwd\00")
            (func (export "_start")
                (call $exit (i64.lt_s (call $call (i64.const {number}) (i64.const {one})
                    (i64.const {two}) (i64.const {three}) (i64.const 0) (i64.const 0))
                    (i64.const 0)))))"#
    );
    let scratch = quench_tests::scratch("hole").expect("a scratch folder");
    prepare(scratch.path());
    fs::write(scratch.path().join("hole.o"), hole(host())).expect("an object");
    let options = ["--embed", "box", "--link", "hole.o", lockdown];
    let program = build(scratch.path(), "attack", &text, host(), &options);
    run(&mut command(&program, host()), &Limits::default()).expect("it ends").status
}

const PATH_OPEN: &str = r#"(import "wasi_snapshot_preview1" "path_open" (func (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_readdir" (func (param i32 i32 i32 i64 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_close" (func (param i32) (result i32)))"#;
const CLOCK: &str =
    r#"(import "wasi_snapshot_preview1" "clock_res_get" (func (param i32 i32) (result i32)))"#;

#[test]
fn a_guest_that_broke_out_opens_nothing() {
    let passwd = quench_abi::MEMORY_BASE as i64 + 1024;
    let arguments = [AT_FDCWD.into(), passwd, 0];
    let with_clock = format!("{PATH_OPEN}{CLOCK}");
    for (imports, killed) in [(PATH_OPEN, 128 + 9), (&with_clock, 128 + 31)] {
        assert_eq!(attacked(__NR_openat, arguments, imports, "--no-lockdown"), 0);
        assert_eq!(attacked(__NR_openat, arguments, imports, "--require-lockdown"), killed);
    }
}

#[test]
fn a_guest_that_broke_out_makes_no_file_writable() {
    let any = [quench_abi::MEMORY_BASE as i64, 4096, 3];
    let with_clock = format!("{PATH_OPEN}{CLOCK}");
    assert_eq!(attacked(__NR_mprotect, any, &with_clock, "--no-lockdown"), 0);
    assert_eq!(attacked(__NR_mprotect, any, &with_clock, "--require-lockdown"), 128 + 31);
}

/// Builds a component of a script with a directory that is for reading only, and runs it.
fn outcome(script: &str, version: u8, is_async: bool, target: Target, given: &str) -> Finished {
    let scratch = quench_tests::scratch("component").expect("a scratch folder");
    prepare(scratch.path());
    let text = component(script, Options { is_async, ..Options::version(version) });
    let mut options: Vec<&str> = given.split(' ').collect();
    // Emulators have no second wall.
    options.extend((target == host()).then_some("--require-lockdown"));
    let program = try_build(scratch.path(), "guest", &text, target, &options);
    let program = program.unwrap_or_else(|said| panic!("{said}\n{text}"));
    let mut command = command(&program, target);
    run(command.current_dir(scratch.path()), &Limits::default()).expect("it ends")
}

/// Fails unless a script plays in both versions of WASI for components, with a folder that is
/// in the program as with one that is beside it.
fn assert_component_plays(versions: &[u8], script: &str) {
    for target in Target::ALL {
        for version in versions {
            for is_async in [false, true] {
                if is_async && *version == 2 {
                    continue;
                }
                for given in ["--dir box::/box:ro", "--embed box::/box"] {
                    let finished = outcome(script, *version, is_async, target, given);
                    let line = usize::try_from(finished.status).unwrap_or(0).wrapping_sub(1);
                    let line = script.trim().lines().nth(line).unwrap_or_default();
                    let place = format!("0.{version} {given} on {}", target.short_name());
                    assert_eq!(finished.status, 0, "{place}: `{line}`: {}", finished.stderr());
                }
            }
        }
    }
}

#[test]
fn components_look_at_files() {
    assert_component_plays(
        &[2, 3],
        "
        root = get-directories
        file = descriptor.open-at root 1 'link' 0 1
        descriptor.get-type file
        descriptor.stat file
        descriptor.stat-at root 1 'out' -> not-permitted
        descriptor.stat-at root 0 'out'
        descriptor.stat-at root 1 'nothing' -> no-entry
        descriptor.stat-at root 1 'loop' -> loop
        descriptor.readlink-at root 'link'
        string @+4 'file'
        descriptor.advise file 0 0 3
        descriptor.sync file
        descriptor.sync-data root
        descriptor.metadata-hash file
        descriptor.metadata-hash-at root 1 'file'
        same = descriptor.open-at root 0 'file' 0 1
        descriptor.is-same-object file same -> 1
        descriptor.is-same-object file root -> 0
        descriptor.open-at root 0 'file' 0 2 -> not-permitted
        descriptor.open-at root 0 'new' 1 2 -> not-permitted
        descriptor.open-at root 0 'folder' 2 32 -> not-permitted
        descriptor.set-size file 0 -> not-permitted
        descriptor.unlink-file-at root 'file' -> not-permitted
        descriptor.rename-at root 'file' root 'new' -> not-permitted
        descriptor.create-directory-at root 'folder' -> exist
        descriptor.symlink-at root 'x' 'new' -> not-permitted
        close same
        close file
        ",
    );
}

#[test]
fn components_of_wasi_0_2_read_files() {
    assert_component_plays(
        &[2],
        "
        root = get-directories
        file = descriptor.open-at root 0 'file' 0 1
        descriptor.get-flags file
        byte @+1 1
        descriptor.get-flags root
        byte @+1 1
        descriptor.read file 4 3
        string @+4 'tent'
        byte @+12 0
        descriptor.read file 4 7
        byte @+12 1
        stream = descriptor.read-via-stream file 3
        pollable = input-stream.subscribe stream
        pollable.ready pollable -> 1
        input-stream.blocking-read stream 100
        string @+4 'tent'
        input-stream.read stream 100 -> closed
        close pollable
        close stream
        descriptor.write file 'x' 0 -> bad-descriptor
        descriptor.write-via-stream file 0 -> bad-descriptor
        folder = descriptor.open-at root 0 'folder' 2 1
        list = descriptor.read-directory folder
        directory-entry-stream.read-directory-entry list
        close list
        ",
    );
}

#[test]
fn components_of_wasi_0_3_read_files() {
    assert_component_plays(
        &[3],
        "
        root = get-directories
        file = descriptor.open-at root 0 'file' 0 1
        descriptor.get-flags file
        byte @+4 1
        descriptor.get-flags root
        byte @+4 1
        stream,end = descriptor.read-via-stream file 3
        read stream 4
        close stream
        read end 1
        folder = descriptor.open-at root 0 'folder' 2 1
        list,done = descriptor.read-directory folder
        read list 4
        close list
        read done 1
        ",
    );
}
