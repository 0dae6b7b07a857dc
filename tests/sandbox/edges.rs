//! Tests every address, length and count that a guest passes, at the last place
//! that is inside memory and at the first ones that are not; and what the host
//! writes, to the byte.

use crate::script::{LINES_MAX, MEMORY, UNTOUCHED, play};
use quench_policy::FUNCTIONS;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The thing that an argument points to.
#[derive(Clone, Copy)]
enum Pointer {
    /// A structure of this many bytes.
    Structure(u32),
    /// At least one byte; how many is not known here.
    Something,
    /// A buffer and its length.
    Buffer,
    /// A list of buffers and their number.
    List,
    /// A path and its length.
    Path,
}
use Pointer::*;

/// A valid call: its text, where `*` stands for the arguments that are
/// pointers; what these point to, in order; and what the call returns.
type Call = (&'static str, &'static [Pointer], &'static str);

/// Calls of the older module of WASI that differ.
const OLDER_CALLS: &[Call] = &[
    ("fd_filestat_get 3 *", &[Structure(56)], "success"),
    ("path_filestat_get 3 0 * *", &[Path, Structure(56)], "success"),
    ("poll_oneoff * * 1 *", &[Structure(56), Structure(32), Structure(4)], "success"),
    // 56 times this overflows.
    ("poll_oneoff * * 0x4924925 *", &[Structure(56), Structure(32), Structure(4)], "fault"),
];

const CALLS: &[Call] = &[
    ("args_get * *", &[Structure(4), Something], "success"),
    ("args_sizes_get * *", &[Structure(4); 2], "success"),
    ("environ_get * *", &[Structure(4); 2], "success"),
    ("environ_sizes_get * *", &[Structure(4); 2], "success"),
    ("clock_res_get 0 *", &[Structure(8)], "success"),
    ("clock_time_get 0 0 *", &[Structure(8)], "success"),
    ("fd_fdstat_get 3 *", &[Structure(24)], "success"),
    ("fd_filestat_get 3 *", &[Structure(64)], "success"),
    ("fd_pread f * 0 *", &[List, Structure(4)], "success"),
    ("fd_prestat_get 3 *", &[Structure(8)], "success"),
    ("fd_prestat_dir_name 3 * 4", &[Structure(4)], "success"),
    ("fd_pwrite f * 0 *", &[List, Structure(4)], "success"),
    ("fd_read f * *", &[List, Structure(4)], "success"),
    ("fd_readdir 3 * 0 *", &[Buffer, Structure(4)], "success"),
    ("fd_seek f 0 0 *", &[Structure(8)], "success"),
    ("fd_tell f *", &[Structure(8)], "success"),
    ("fd_write f * *", &[List, Structure(4)], "success"),
    ("path_create_directory 3 *", &[Path], "exist"),
    ("path_filestat_get 3 0 * *", &[Path, Structure(64)], "success"),
    ("path_filestat_set_times 3 0 * 1 2 5", &[Path], "success"),
    ("path_link 3 0 * 3 *", &[Path, Path], "exist"),
    ("path_open 3 0 * 0 0 0 0 *", &[Path, Structure(4)], "success"),
    ("path_readlink 3 * * *", &[Path, Buffer, Structure(4)], "inval"),
    ("path_remove_directory 3 *", &[Path], "notempty"),
    ("path_rename 3 * 3 *", &[Path, Path], "success"),
    ("path_symlink * 3 *", &[Path, Path], "exist"),
    ("path_unlink_file 3 *", &[Path], "isdir"),
    ("poll_oneoff * * 1 *", &[Structure(48), Structure(32), Structure(4)], "success"),
    // Counts that overflow when multiplied.
    ("poll_oneoff * * 0x5555556 *", &[Structure(48), Structure(32), Structure(4)], "fault"),
    ("poll_oneoff * * 0x8000001 *", &[Structure(48), Structure(32), Structure(4)], "fault"),
    ("poll_oneoff * * 0xffffffff *", &[Structure(48), Structure(32), Structure(4)], "fault"),
    ("random_get *", &[Buffer], "success"),
    ("sock_accept 4 0 *", &[Structure(4)], "again"),
    ("sock_recv 4 * 0 * *", &[List, Structure(4), Structure(2)], "inval"),
    ("sock_send 4 * 0 *", &[List, Structure(4)], "notconn"),
];

#[test]
fn every_function_with_pointers_is_here() {
    let here: BTreeSet<&str> =
        CALLS.iter().filter_map(|(call, ..)| call.split(' ').next()).collect();
    let with_pointers = FUNCTIONS.iter().filter(|function| function.has_pointers);
    assert_eq!(here, with_pointers.map(|function| function.name).collect());
}

/// Name of a directory that is not empty: no call removes it.
const NAME: &str = "tree";

impl Pointer {
    /// Returns valid arguments far from any edge.
    fn inside(self) -> String {
        match self {
            Structure(_) | Something => "0x30000".to_string(),
            Buffer => "0x30100 64".to_string(),
            List => "[4]".to_string(),
            Path => format!("'{NAME}'"),
        }
    }

    /// Returns valid arguments up to the last byte of memory, and the lines
    /// before the call that put there what must be there.
    fn at_the_end(self) -> Option<(String, String)> {
        let before = |bytes| MEMORY - bytes;
        let zeros =
            |bytes: u32| format!("put {} '{}'\n", before(bytes), "\\00".repeat(bytes as usize));
        Some(match self {
            Structure(bytes) => (zeros(bytes), before(bytes).to_string()),
            Something => return None,
            Buffer => (String::new(), format!("{} 64", before(64))),
            List => {
                let vector = r"\00\00\03\00\04\00\00\00";
                let put = format!("put {} '{vector}'\n", before(8));
                (put, format!("{} 1", before(8)))
            }
            Path => {
                let bytes = NAME.len() as u32;
                let put = format!("put {} '{NAME}'\n", before(bytes));
                (put, format!("{} {bytes}", before(bytes)))
            }
        })
    }

    /// Returns arguments of which only the last byte, or all bytes, or the
    /// whole address are outside memory.
    fn beyond(self) -> Vec<String> {
        let after = |bytes: u32| [MEMORY - bytes + 1, MEMORY, 1 << 31, u32::MAX - bytes, u32::MAX];
        let with = |bytes, count: u32| after(bytes).map(|address| format!("{address} {count}"));
        match self {
            Structure(bytes) => after(bytes).map(|address| address.to_string()).to_vec(),
            Something => after(1).map(|address| address.to_string()).to_vec(),
            Buffer | Path => {
                let mut all = with(4, 4).to_vec();
                all.push(format!("0 {}", MEMORY + 1));
                all.push(format!("{} {}", 0x30000, u32::MAX));
                all.push(format!("{} 1", u32::MAX));
                all
            }
            List => {
                let mut all = with(8, 1).to_vec();
                // Counts that overflow when multiplied by 8 become small.
                for count in [MEMORY / 8 + 1, 0x2000_0000, 0x2000_0001, u32::MAX] {
                    all.push(format!("0 {count}"));
                }
                // Lists that are inside, buffers that are not.
                for (address, length) in [
                    (MEMORY - 1, 2),
                    (MEMORY + 1, 0),
                    (0, MEMORY + 1),
                    (u32::MAX, 1),
                    (0x30000, u32::MAX),
                ] {
                    all.push(format!("[{address}:{length}]"));
                }
                all
            }
        }
    }
}

/// Returns the lines of scripts that try all edges of one call, two or three at
/// a time.
fn tries(call: &str, pointers: &[Pointer], expected: &str) -> Vec<String> {
    let with = |changed: usize, arguments: &str, errno: &str| {
        let mut call = call.to_string();
        for (place, pointer) in pointers.iter().enumerate() {
            let inside = pointer.inside();
            let arguments = if place == changed { arguments } else { &inside };
            call = call.replacen('*', arguments, 1);
        }
        format!("put 0x30000 '{}'\n{call} -> {errno}\n", "\\00".repeat(48))
    };
    let mut tries = vec![with(usize::MAX, "", expected)];
    for (place, pointer) in pointers.iter().enumerate() {
        if let Some((put, arguments)) = pointer.at_the_end() {
            tries.push(put + &with(place, &arguments, expected));
        }
        for arguments in pointer.beyond() {
            tries.push(with(place, &arguments, "fault"));
        }
    }
    tries
}

fn prepare(folder: &Path) {
    fs::create_dir_all(folder.join("box").join(NAME).join("full")).expect("a folder");
}

/// Options that open descriptor 3, a directory with a name of 4 letters, and
/// descriptor 4, a listener.
const OPTIONS: [&str; 6] = ["--dir", "box::tree", "--listen", "unix:s", "--env", "A=B"];

#[test]
fn every_pointer_at_and_beyond_the_edges() {
    let calls = CALLS.iter().map(|call| (call, ""));
    let older = OLDER_CALLS.iter().map(|call| (call, "# unstable\n"));
    for ((call, pointers, expected), module) in calls.chain(older) {
        for some in tries(call, pointers, expected).chunks(LINES_MAX / 3 - 1) {
            let opening = "f = open 3 'other' rwc\nfd_fdstat_set_flags 4 4\n";
            let script = format!("{module}{opening}{}", some.concat());
            play(&script, &OPTIONS, prepare, |_| {});
        }
    }
}

/// A wrong place for a result is found before anything is done.
#[test]
fn nothing_happens_before_a_fault() {
    let script = "
        path_open 3 0 'made' 1 0 0 0 0x3fffd -> fault
        path_filestat_get 3 0 'made' @ -> noent
        f = open 3 'other' rwc
        fd_write f ['text'] 0x3fffd -> fault
        fd_pwrite f ['text'] 0 0x3fffd -> fault
        fd_filestat_get f @
        long @+32 0
        fd_seek f 9 0 0x3fff9 -> fault
        fd_tell f @
        long @ 0
        fd_write f ['text'] @
        fd_read f [9] 0x3fffd -> fault
        fd_tell f @
        long @ 4
    ";
    play(script, &OPTIONS, prepare, |_| {});
}

/// Structures have gaps: what the host leaves in them is zero, and what is
/// after them it leaves alone.
#[test]
fn nothing_of_the_host_in_the_gaps() {
    let bytes = |from: u32, to: u32, value: u8| -> String {
        (from..to).map(|place| format!("byte @+{place} {value}\n")).collect()
    };
    let (gap, rest) = (|from, to| bytes(from, to, 0), |from| bytes(from, from + 8, UNTOUCHED));
    let file = "f = open 3 'other' rwc\n";
    // A subscription to reading from descriptor 5, of which only the parts
    // that mean something are not zero.
    let subscription = r"put 0x30008 '\01'
        put 0x30010 '\05'
        poll_oneoff 0x30000 @ 1 @+100
        ";
    for script in [
        format!("fd_fdstat_get 3 @\n{}{}{}", gap(1, 2), gap(4, 8), rest(24)),
        format!("fd_filestat_get 3 @\n{}{}", gap(17, 24), rest(64)),
        format!("path_filestat_get 3 0 'tree' @\n{}{}", gap(17, 24), rest(64)),
        format!("# unstable\nfd_filestat_get 3 @\n{}{}", gap(17, 20), rest(56)),
        format!("fd_prestat_get 3 @\n{}{}", gap(1, 4), rest(8)),
        // An entry cut off, and the first of all, `.` or `..` or `tree`.
        format!("fd_readdir 3 @ 24 0 @+100\n{}{}", gap(21, 24), rest(24)),
        format!("{file}{subscription}{}{}{}", gap(11, 16), gap(26, 32), rest(32)),
        format!("sock_accept 4 0 0x3fffd -> fault\n{}", rest(0)),
    ] {
        play(&script, &OPTIONS, prepare, |_| {});
    }
}
