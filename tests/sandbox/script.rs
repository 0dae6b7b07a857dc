//! Guests written as lists of calls. A line of a script is a function of WASI,
//! its arguments, and after `->` the errno that it must return, if that is not
//! `success`; `refused` is any errno except `success`:
//!
//! ```text
//! file = open 3 'a/b' rw
//! fd_write file ['text'] @
//! word @ 4
//! fd_close 99 -> badf
//! ```
//!
//! An argument is a number, the name of a result, `'text'` (address and
//! length), `['text']`, `[100]` and `[100:8]` (a list of one buffer that holds
//! a text, has room for this many bytes, is at an address), `@` or `@+8` (the
//! results). `name =` keeps the number that a call leaves at `@`. `open FD
//! 'path' LETTERS` is `path_open`, with the letters of [`opening`]. `byte`,
//! `word`, `long` compare what is at an address, `text` what was read; `put`
//! puts a text there. The results are [`UNTOUCHED`] before each call.
//!
//! Each script runs in all the [ways](Way) in which paths are resolved.

use crate::guest::{build, host, type_name};
use quench_compiler::Target;
use quench_policy::{FUNCTIONS, Functions, MODULES};
use quench_tests::{Finished, Limits, command, run};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Names of the errnos in the specification, each at the place of its number.
const ERRNO: &str = "success 2big acces addrinuse addrnotavail afnosupport again already badf badmsg busy \
    canceled child connaborted connrefused connreset deadlk destaddrreq dom dquot exist fault \
    fbig hostunreach idrm ilseq inprogress intr inval io isconn isdir loop mfile mlink msgsize \
    multihop nametoolong netdown netreset netunreach nfile nobufs nodev noent noexec nolck \
    nolink nomem nomsg noprotoopt nospc nosys notconn notdir notempty notrecoverable notsock \
    notsup notty nxio overflow ownerdead perm pipe proto protonosupport prototype range rofs \
    spipe srch stale timedout txtbsy xdev notcapable";

/// Size of the guest's memory, in bytes.
pub(crate) const MEMORY: u32 = 0x4_0000;

/// Addresses in the guest: of its results, of what it reads, of its texts and
/// lists.
const RESULTS: usize = 0x400;
const BUFFER: usize = 0x2_0000;
const DATA: usize = 0x1_0000;

/// The byte that fills the results before each call.
pub(crate) const UNTOUCHED: u8 = 0xaa;

/// A way in which paths are resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// The kernel resolves them (`openat2`), on this machine.
    Kernel,
    /// The host resolves them step by step, because the emulator does not have
    /// `openat2`: for this machine, and for the other.
    ByHand(Target),
}

impl Way {
    pub(crate) const ALL: [Way; 3] =
        [Way::Kernel, Way::ByHand(Target::X86_64), Way::ByHand(Target::Aarch64)];

    pub(crate) fn target(self) -> Target {
        match self {
            Way::Kernel => host(),
            Way::ByHand(target) => target,
        }
    }

    pub(crate) fn command(self, program: &Path) -> Command {
        match self {
            Way::Kernel => command(program, host()),
            Way::ByHand(target) => {
                let mut emulator = Command::new(format!("qemu-{}", target.short_name()));
                emulator.arg(program);
                emulator
            }
        }
    }
}

/// Runs a script in each way, in a folder that `prepare` fills; afterwards
/// `check` looks at it.
#[track_caller]
pub(crate) fn play(script: &str, options: &[&str], prepare: impl Fn(&Path), check: impl Fn(&Path)) {
    play_in(|_| true, script, options, prepare, check);
}

/// Does what [`play`] does, in those ways that are `chosen`.
#[track_caller]
pub(crate) fn play_in(
    chosen: impl Fn(Way) -> bool,
    script: &str,
    options: &[&str],
    prepare: impl Fn(&Path),
    check: impl Fn(&Path),
) {
    for way in Way::ALL.into_iter().filter(|way| chosen(*way)) {
        let scratch = quench_tests::scratch("script").expect("a scratch folder");
        prepare(scratch.path());
        let program = compile(scratch.path(), script, way, options);
        let mut command = way.command(&program);
        let finished = run(command.current_dir(scratch.path()), &Limits::default());
        assert_passed(script, way, &finished.expect("it ends"));
        check(scratch.path());
    }
}

/// Compiles a script as [`play`] does, for tests that run it otherwise.
#[track_caller]
pub(crate) fn compile(
    folder: &Path,
    script: &str,
    way: Way,
    options: &[&str],
) -> std::path::PathBuf {
    build(folder, "script", &module(script), way.target(), options)
}

/// Fails if a line of a script did not hold.
#[track_caller]
pub(crate) fn assert_passed(script: &str, way: Way, finished: &Finished) {
    let said = finished.stderr();
    let line = usize::try_from(finished.status).unwrap_or(0);
    let line = script.trim().lines().nth(line.wrapping_sub(1));
    let got = said.split(' ').next().and_then(|word| word.parse().ok());
    let got = got.and_then(|place| ERRNO.split(' ').nth(place));
    assert_eq!(
        finished.status,
        0,
        "{way:?}: `{}`: {}: {said}",
        line.unwrap_or_default().trim(),
        got.unwrap_or_default()
    );
}

/// Returns the module of a script. It exits with the number of the line that
/// does not hold, after the errno, or a value, on standard error.
pub(crate) fn module(script: &str) -> String {
    let lines: Vec<&str> = script.trim().lines().map(str::trim).collect();
    assert!(lines.len() <= LINES_MAX, "a part of an exit status");
    let mut guest = Guest {
        functions: Functions::NONE,
        names: BTreeSet::new(),
        data: Vec::new(),
        body: String::new(),
    };
    for (place, line) in lines.iter().enumerate() {
        guest.line(place + 1, line);
    }
    let is_unstable = lines.first() == Some(&UNSTABLE);
    guest.finish(MODULES[usize::from(is_unstable)])
}

fn named(function: &str) -> Functions {
    Functions::named(function).unwrap_or_else(|| panic!("there is no {function}"))
}

/// The first line of a script for the older module of WASI.
const UNSTABLE: &str = "# unstable";

/// Limit of the number of lines: statuses are below those of signals.
pub(crate) const LINES_MAX: usize = 125;

struct Guest {
    functions: Functions,
    names: BTreeSet<String>,
    data: Vec<u8>,
    body: String,
}

impl Guest {
    fn line(&mut self, number: usize, line: &str) {
        if line.is_empty() || line.starts_with('#') {
            return;
        }
        let (call, expected) = line.split_once(" -> ").unwrap_or((line, "success"));
        let (result, call) = match call.split_once(" = ") {
            Some((name, call)) => (Some(name), call),
            None => (None, call),
        };
        let mut words = call.split_whitespace();
        let function = words.next().unwrap_or_default();
        let words: Vec<&str> = words.collect();
        if function == "put" {
            return self.put(words[0], words[1]);
        }
        if self.comparison(number, function, &words) {
            return;
        }
        let words = expanded(function, &words);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let function = if function == "open" { "path_open" } else { function };
        let arguments = self.arguments(function, &words);
        let errno = ERRNO.split(' ').position(|name| name == expected);
        let call = format!("(call ${function} {arguments})");
        let (call, errno) = match errno {
            Some(errno) => (call, errno),
            None if expected == "refused" => (format!("(i32.eqz {call})"), 0),
            None => panic!("{expected} is no errno"),
        };
        let _ = writeln!(
            self.body,
            "(memory.fill (i32.const {RESULTS}) (i32.const {UNTOUCHED}) (i32.const 512))
             (call $same (i64.const {number}) (i64.extend_i32_u {call}) (i64.const {errno}))"
        );
        if let Some(name) = result {
            self.names.insert(name.to_string());
            let _ = writeln!(self.body, "(global.set ${name} (i32.load (i32.const {RESULTS})))");
        }
    }

    fn comparison(&mut self, number: usize, word: &str, words: &[&str]) -> bool {
        let load = match word {
            "byte" => "i64.load8_u",
            "word" => "i64.load32_u",
            "long" => "i64.load",
            "text" => {
                for (place, byte) in unquoted(words[0]).into_iter().enumerate() {
                    let at = (BUFFER + place).to_string();
                    self.comparison(number, "byte", &[&at, &byte.to_string()]);
                }
                return true;
            }
            _ => return false,
        };
        let address = self.argument(words[0], "i32").join(" ");
        let _ = writeln!(
            self.body,
            "(call $same (i64.const {number}) ({load} {address}) (i64.const {}))",
            words[1]
        );
        true
    }

    fn put(&mut self, address: &str, text: &str) {
        let (from, length) = self.place(&unquoted(text));
        let _ = writeln!(
            self.body,
            "(memory.copy (i32.const {address}) (i32.const {from}) (i32.const {length}))"
        );
    }

    fn arguments(&mut self, function: &str, words: &[&str]) -> String {
        let known = FUNCTIONS.iter().find(|known| known.name == function);
        let known = known.unwrap_or_else(|| panic!("there is no {function}"));
        self.functions = self.functions.with(named(function));
        let mut arguments = Vec::new();
        for word in words {
            let ty = known.parameters.get(arguments.len()).map(type_name);
            let more = self.argument(word, ty.unwrap_or("i32"));
            arguments.extend(more);
        }
        let count = known.parameters.len();
        assert_eq!(arguments.len(), count, "of {function}: {words:?}");
        arguments.join(" ")
    }

    fn argument(&mut self, word: &str, ty: &str) -> Vec<String> {
        let constant = |number: usize| format!("(i32.const {number})");
        if let Some(list) = word.strip_prefix('[') {
            let buffer = list.trim_end_matches(']');
            let number = |text: &str| text.parse::<usize>().ok();
            let exactly = buffer.split_once(':');
            let exactly = exactly.and_then(|(at, length)| number(at).zip(number(length)));
            let room = number(buffer).map(|length| (BUFFER, length));
            let (address, length) =
                exactly.or(room).unwrap_or_else(|| self.place(&unquoted(buffer)));
            let vector = [address as u32, length as u32].map(u32::to_le_bytes);
            let (address, _) = self.place(&vector.concat());
            vec![constant(address), constant(1)]
        } else if word.starts_with('\'') {
            let (address, length) = self.place(&unquoted(word));
            vec![constant(address), constant(length)]
        } else if let Some(offset) = word.strip_prefix('@') {
            let offset: usize = offset.trim_start_matches('+').parse().unwrap_or(0);
            vec![constant(RESULTS + offset)]
        } else if self.names.contains(word) {
            vec![format!("(global.get ${word})")]
        } else {
            vec![format!("({ty}.const {word})")]
        }
    }

    /// Puts bytes into the guest's memory, aligned; returns their address and
    /// number.
    fn place(&mut self, bytes: &[u8]) -> (usize, usize) {
        let address = DATA + self.data.len();
        self.data.extend(bytes);
        self.data.resize(self.data.len().next_multiple_of(8), 0);
        (address, bytes.len())
    }

    fn finish(self, module: &str) -> String {
        let mut text = String::from("(module\n");
        let own = named("fd_write").with(named("proc_exit"));
        let used = self.functions.with(own);
        for function in FUNCTIONS.iter().filter(|one| used.intersects(named(one.name))) {
            let types: Vec<&str> = function.parameters.iter().map(type_name).collect();
            let _ = writeln!(
                text,
                r#"(import "{module}" "{0}" (func ${0} (param {1}) {2}))"#,
                function.name,
                types.join(" "),
                if function.results.is_empty() { "" } else { "(result i32)" }
            );
        }
        for name in &self.names {
            let _ = writeln!(text, "(global ${name} (mut i32) (i32.const 0))");
        }
        let data: String = self.data.iter().map(|byte| format!("\\{byte:02x}")).collect();
        format!(
            r#"{text}
  (memory (export "memory") {})
  (data (i32.const {DATA}) "{data}")
  ;; Ends if two numbers differ, after saying the first, in 20 digits.
  (func $same (param $line i64) (param $is i64) (param $must i64) (local $digit i32)
    (if (i64.eq (local.get $is) (local.get $must)) (then (return)))
    (local.set $digit (i32.const 60))
    (i64.store (i32.const 0) (i64.const 0x1600000028))
    (i32.store8 (i32.const 60) (i32.const 0x20))
    (i32.store8 (i32.const 61) (i32.const 0x0a))
    (loop $next
      (local.set $digit (i32.sub (local.get $digit) (i32.const 1)))
      (i32.store8 (local.get $digit) (i32.wrap_i64 (i64.add (i64.const 48)
        (i64.rem_u (local.get $is) (i64.const 10)))))
      (local.set $is (i64.div_u (local.get $is) (i64.const 10)))
      (br_if $next (i32.gt_u (local.get $digit) (i32.const 40))))
    (drop (call $fd_write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8)))
    (call $proc_exit (i32.wrap_i64 (local.get $line))))
  (func (export "_start") {}))"#,
            MEMORY / 0x1_0000,
            self.body
        )
    }
}

/// Returns the arguments of `path_open` for those of `open`.
fn expanded(function: &str, words: &[&str]) -> Vec<String> {
    let [fd, path, letters] = words else {
        return words.iter().map(ToString::to_string).collect();
    };
    if function != "open" {
        return words.iter().map(ToString::to_string).collect();
    }
    let [lookup, oflags, rights, fdflags] = opening(letters);
    [fd.to_string(), lookup.to_string(), path.to_string(), oflags.to_string()]
        .into_iter()
        .chain([rights, 0xffff_ffff, fdflags].map(|number| number.to_string()))
        .chain(["@".to_string()])
        .collect()
}

/// Returns the look-up flags, `oflags`, rights and `fdflags` of letters: to
/// `r`ead, `w`rite, `c`reate, `t`runcate, e`x`clusively, `d`irectory, `a`ppend,
/// `n`onblocking, not following `l`inks.
fn opening(letters: &str) -> [u64; 4] {
    let bit = |letter, bit| if letters.contains(letter) { bit } else { 0 };
    [
        1 - bit('l', 1),
        bit('c', 1) | bit('d', 2) | bit('x', 4) | bit('t', 8),
        bit('r', 2) | bit('w', 1 << 6),
        bit('a', 1) | bit('n', 4),
    ]
}

/// Returns the bytes of a text in quotes, in which `\ff` is a byte.
fn unquoted(word: &str) -> Vec<u8> {
    let text = word.trim_start_matches('\'').trim_end_matches('\'');
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, more)) = rest.split_first() {
        let escaped = more.get(..2).filter(|_| first == b'\\');
        let escaped = escaped.and_then(|digits| str::from_utf8(digits).ok());
        match escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &more[2..];
            }
            None => {
                bytes.push(first);
                rest = more;
            }
        }
    }
    bytes
}

/// Checks that both ways of resolving are tested: the emulators do not have the
/// system call.
#[test]
fn emulators_resolve_by_hand() {
    let scratch = quench_tests::scratch("by-hand").expect("a scratch folder");
    fs::write(scratch.path().join("file"), "").expect("a file");
    for way in [Way::ByHand(Target::X86_64), Way::ByHand(Target::Aarch64)] {
        let program = compile(scratch.path(), "open 3 'file' r", way, &["--dir", "."]);
        let mut command = way.command(&program);
        command.env("QEMU_STRACE", "1").current_dir(scratch.path());
        let finished = run(&mut command, &Limits::default()).expect("it ends");
        let calls = finished.stderr();
        let by_hand = calls.contains(r#"readlinkat(3,"file""#);
        assert!(by_hand, "{way:?}: {calls}");
    }
}
