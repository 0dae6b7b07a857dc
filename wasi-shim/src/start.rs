//! The policy takes effect, before any guest code. The standard streams become
//! descriptors 0 to 2, then come the directories of the policy, those in the executable, and
//! then the listeners of the policy, in its order. At the end, whatever is not needed any more
//! is given up.

#[cfg(feature = "archive")]
use crate::archive;
use crate::command_line::{built_in_entries, entries};
use crate::descriptors::{Descriptor, Descriptors};
use crate::file::File;
use crate::listener;
use crate::lockdown::{confine_files, lock_down};
use crate::narrow::Narrowing;
use crate::path::PATH_MAX;
use crate::types::rights::{FD_READ, FD_WRITE};
use core::ffi::CStr;
use quench_policy::LISTENERS_MAX;
use quench_policy::{Base, Directory, Entry, Functions, Limit, Lockdown, RuntimeFunctions};
use quench_runtime_support::{began_elsewhere, dump_core_to, environment, fatal, program};
use quench_runtime_support::{heed_broken_pipes, ignore_failed_writes};
use quench_runtime_support::{limit_cpu_time, limit_memory, limit_time};
use rustix::fd::{AsRawFd, IntoRawFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags, fcntl_getfl, openat, readlinkat_raw};
use rustix::io::{Errno, retry_on_intr};

/// A guest learns from these which streams are terminals.
const TELL_TERMINALS: Functions = {
    let of_modules = Functions::of(&["fd_fdstat_get", "fd_filestat_get"]);
    #[cfg(feature = "components")]
    let all = of_modules
        .with(Functions::of_components("wasi:cli/terminal-stdin.get-terminal-stdin"))
        .with(Functions::of_components("wasi:cli/terminal-stdout.get-terminal-stdout"))
        .with(Functions::of_components("wasi:cli/terminal-stderr.get-terminal-stderr"));
    #[cfg(not(feature = "components"))]
    let all = of_modules;
    all
};

/// A program whose policy is in effect.
pub(crate) struct Confined {
    /// The functions of WASI that the guest can call.
    pub(crate) functions: Functions,
    /// Whether the kernel's strict mode is on: see
    /// [`Guest::strict`](crate::guest::Guest::strict).
    pub(crate) strict: bool,
}

/// Fills the table of descriptors and limits the program. `inherit` takes a
/// descriptor that the caller left open. Ends the program with a message when
/// what the policy gives cannot be had.
pub(crate) fn start(
    descriptors: &mut Descriptors,
    streams: [OwnedFd; 3],
    inherit: impl Fn(u32) -> Result<OwnedFd, Errno>,
) -> Confined {
    insert_streams(descriptors, streams);
    let narrowing = Narrowing::read(is_directory);
    // Listeners come first, because descriptors that the caller left open have
    // numbers that nothing else may get.
    let listeners = listeners(&narrowing, inherit);
    open_directories(descriptors, &narrowing);
    #[cfg(feature = "archive")]
    open_archive(descriptors);
    for listener in listeners.into_iter().flatten() {
        insert(descriptors, Descriptor::socket(listener));
    }
    if !descriptors.are_streams() {
        // A peer, a pipe or a full file is then an error of the call, and the guest goes on.
        ignore_failed_writes();
        descriptors.heed_broken_pipes = Some(heed_broken_pipes);
    }
    let core_dump = open_core_dump();
    confine(descriptors, &narrowing, entries(), core_dump, confine_files)
}

/// Does what [`start`] does for a policy that gives neither directories nor
/// listeners and does not look at the command line, and a program that neither
/// opens files, but for those in the executable, nor writes core dumps.
pub(crate) fn start_with_streams(descriptors: &mut Descriptors, streams: [OwnedFd; 3]) -> Confined {
    insert_streams(descriptors, streams);
    #[cfg(feature = "archive")]
    open_archive(descriptors);
    let narrowing = Narrowing::read(|_| false);
    // Nothing is there that a path could begin with.
    let no_files = |_: &Descriptors| Err(Errno::OPNOTSUPP);
    confine(descriptors, &narrowing, built_in_entries(), None, no_files)
}

/// Returns whether the policy gives a directory that the guest calls `name`.
fn is_directory(name: &[u8]) -> bool {
    entries().any(|entry| matches!(entry, Entry::Directory(directory) if directory.guest == name))
}

fn insert_streams(descriptors: &mut Descriptors, streams: [OwnedFd; 3]) {
    let [stdin, stdout, stderr] = streams;
    let mut all = OFlags::empty();
    for (number, stream, rights) in
        [(0, stdin, FD_READ), (1, stdout, FD_WRITE), (2, stderr, FD_WRITE)]
    {
        // All flags, if it is closed.
        let flags = fcntl_getfl(&stream).unwrap_or(OFlags::all());
        all |= flags;
        let waits = flags.contains(OFlags::NONBLOCK);
        descriptors.put_stream(number, Descriptor::stdio(stream, rights, waits));
    }
    if all == OFlags::all() {
        occupy_standard_numbers();
    }
}

fn listeners(
    narrowing: &Narrowing,
    inherit: impl Fn(u32) -> Result<OwnedFd, Errno>,
) -> [Option<OwnedFd>; LISTENERS_MAX] {
    let mut opened = [const { None }; LISTENERS_MAX];
    if narrowing.no_listeners {
        return opened;
    }
    let mut places = opened.iter_mut();
    for entry in entries() {
        if let Entry::Listener(listener) = entry {
            let Some(place) = places.next() else {
                fatal(&[b"error: the program was built with too many listeners"]);
            };
            *place = Some(listener::open(&listener, &inherit));
        }
    }
    opened
}

fn open_directories(descriptors: &mut Descriptors, narrowing: &Narrowing) {
    for entry in entries() {
        if let Entry::Directory(directory) = entry
            && !narrowing.takes(&directory)
        {
            let fd = open(&directory).unwrap_or_else(|error| missing(&directory, error));
            let read_only = narrowing.read_only || directory.read_only;
            let descriptor = Descriptor::preopen(File::Kernel(fd), directory.guest, read_only);
            insert(descriptors, descriptor);
        }
    }
}

/// Gives the guest the directories in the executable, which cost no system call.
#[cfg(feature = "archive")]
fn open_archive(descriptors: &mut Descriptors) {
    let Ok(archive) = archive::archive() else {
        fatal(&[b"error: the files in this executable are damaged"]);
    };
    for number in 0..archive.roots() {
        if let Some(root) = archive.member(number) {
            let file = File::Member(archive::Open::new(number, OFlags::empty()));
            insert(descriptors, Descriptor::preopen(file, root.name, true));
        }
    }
}

/// Opens the file for a core dump, if the person who starts the program names
/// one, and returns its descriptor. It is opened now, because after a trap nothing
/// can be; so it stays empty if there is no trap.
fn open_core_dump() -> Option<u32> {
    let file = environment().find_map(|entry| entry.strip_prefix(b"QUENCH_COREDUMP="))?;
    if file.is_empty() || program().is_none_or(|program| program.dump_core.is_none()) {
        return None;
    }
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::CLOEXEC;
    let Ok(opened) = openat(CWD, file, flags, Mode::from_raw_mode(0o600)) else {
        fatal(&[b"error: cannot write `", file, b"`, where QUENCH_COREDUMP asks for a core dump"]);
    };
    let descriptor = opened.into_raw_fd();
    dump_core_to(descriptor);
    u32::try_from(descriptor).ok()
}

/// Sets the limits and gives up whatever is not needed. `confine_files` is called for a
/// program that opens files.
fn confine(
    descriptors: &mut Descriptors,
    narrowing: &Narrowing,
    entries: impl Iterator<Item = Entry<'static>>,
    core_dump: Option<u32>,
    confine_files: impl FnOnce(&Descriptors) -> Result<(), Errno>,
) -> Confined {
    let mut functions = Functions::NONE;
    let mut runtime = RuntimeFunctions::NONE;
    let mut lockdown = Lockdown::default();
    let (mut memory, mut time, mut cpu_time) = (u64::MAX, u64::MAX, u64::MAX);
    let limits = narrowing.limits.into_iter().flatten().map(Entry::Limit);
    for entry in entries.chain(limits) {
        match entry {
            Entry::Functions(allowed) => functions = allowed,
            Entry::Runtime(needed) => runtime = needed,
            Entry::Lockdown(mode) => lockdown = mode,
            Entry::Limit(Limit::Memory(bytes)) => memory = memory.min(bytes),
            Entry::Limit(Limit::Time(limit)) => time = time.min(limit),
            Entry::Limit(Limit::CpuTime(limit)) => cpu_time = cpu_time.min(limit),
            Entry::Limit(Limit::OpenFiles(number)) => descriptors.limit(number),
            // These were opened before, or are read when the guest asks.
            Entry::Directory(_)
            | Entry::Listener(_)
            | Entry::Variable(_)
            | Entry::AllVariables
            | Entry::RuntimePolicy => {}
        }
    }
    if memory != u64::MAX {
        limit_memory(memory);
    }
    if time != u64::MAX {
        limit_time(time);
    }
    if cpu_time != u64::MAX {
        limit_cpu_time(cpu_time);
    }
    let functions = functions.without(narrowing.denied);
    if functions.intersects(TELL_TERMINALS) {
        descriptors.find_terminals();
    }
    // The process may run code that needs more than the program.
    let lock_down =
        || lock_down(lockdown, functions, runtime, descriptors, core_dump, confine_files);
    let strict = !began_elsewhere() && lock_down();
    Confined { functions, strict }
}

fn insert(descriptors: &mut Descriptors, descriptor: Descriptor) {
    if descriptors.insert(descriptor).is_err() {
        fatal(&[b"error: the program was built with too many directories"]);
    }
}

/// Gives the numbers of standard streams that the caller has closed to the
/// null device. Otherwise a file opened later would get such a number, and
/// what is written to standard error would end up in it.
fn occupy_standard_numbers() {
    while let Ok(fd) = openat(CWD, c"/dev/null", OFlags::RDWR, Mode::empty()) {
        if fd.as_raw_fd() > 2 {
            return;
        }
        core::mem::forget(fd);
    }
}

// Its frame is large, and few programs need it.
#[inline(never)]
fn open(directory: &Directory<'_>) -> Result<OwnedFd, Errno> {
    let mut path = HostPath { bytes: [0; PATH_MAX], length: 0 };
    match directory.base {
        Base::Caller => {}
        Base::Executable => path.push_own_directory()?,
        Base::Home => path.push(home().ok_or(Errno::NOENT)?)?,
    }
    if directory.base != Base::Caller {
        path.push(b"/")?;
    }
    path.push(directory.host)?;
    let path = CStr::from_bytes_until_nul(&path.bytes).map_err(|_| Errno::NAMETOOLONG)?;
    let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
    let open = |flags| retry_on_intr(|| openat(CWD, path, flags, Mode::empty()));
    match open(flags | OFlags::RDONLY) {
        // The directory cannot be listed, but its files may be accessible.
        Err(Errno::ACCESS) => open(flags | OFlags::PATH),
        result => result,
    }
}

/// A path on the machine that runs the program.
struct HostPath {
    bytes: [u8; PATH_MAX],
    length: usize,
}

impl HostPath {
    fn push(&mut self, part: &[u8]) -> Result<(), Errno> {
        let end = self.length + part.len();
        let place = self.bytes.get_mut(self.length..end);
        place.ok_or(Errno::NAMETOOLONG)?.copy_from_slice(part);
        self.length = end;
        Ok(())
    }

    fn push_own_directory(&mut self) -> Result<(), Errno> {
        let length = readlinkat_raw(CWD, c"/proc/self/exe", &mut self.bytes[..])?;
        let path = self.bytes.get(..length).unwrap_or_default();
        let slash = path.iter().rposition(|&byte| byte == b'/');
        self.length = slash.ok_or(Errno::NOENT)?;
        self.bytes.get_mut(self.length..).unwrap_or_default().fill(0);
        Ok(())
    }
}

fn home() -> Option<&'static [u8]> {
    environment().find_map(|entry| entry.strip_prefix(b"HOME="))
}

fn missing(directory: &Directory<'_>, error: Errno) -> ! {
    let base: &[u8] = match directory.base {
        Base::Caller => b"",
        Base::Executable => b"@exe/",
        Base::Home => b"~/",
    };
    let reason: &[u8] = match error {
        Errno::NOENT => b"it does not exist",
        Errno::NOTDIR => b"it is not a directory",
        Errno::ACCESS | Errno::PERM => b"permission denied",
        Errno::NAMETOOLONG => b"its name is too long",
        _ => b"the system refuses",
    };
    fatal(&[
        b"error: cannot open the directory `",
        base,
        directory.host,
        b"` that this program was built to use (--dir): ",
        reason,
    ])
}
