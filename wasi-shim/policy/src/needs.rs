//! Which system calls a program needs, by the functions of WASI and of the
//! runtime that it can call. From this follows what it can give up.

use crate::functions::{FUNCTIONS, Group, RESOLUTION};
#[cfg(feature = "components")]
use crate::interfaces::INTERFACE_FUNCTIONS;
use crate::runtime::RuntimeFunctions;
use crate::set::{COUNT, Functions};
use crate::system_call::{SystemCall, SystemCalls};
use quench_abi::RuntimeNeed;

/// System calls of every program: to end, to say why, and to go on after an
/// interruption.
const ALWAYS: SystemCalls =
    SystemCalls::of(&[SystemCall::ExitGroup, SystemCall::RestartSyscall, SystemCall::Write]);

/// The system calls for each of [`RuntimeNeed::ALL`]; derived from what
/// [`RuntimeNeed::system_calls`] says.
const RUNTIME_NEEDS: [SystemCalls; RuntimeNeed::ALL.len()] = {
    let mut needs = [SystemCalls::NONE; RuntimeNeed::ALL.len()];
    let mut i = 0;
    while i < needs.len() {
        let names = RuntimeNeed::ALL[i].system_calls();
        let mut j = 0;
        while j < names.len() {
            needs[i] = needs[i].with(SystemCalls::of(&[of_kernel(names[j])]));
            j += 1;
        }
        i += 1;
    }
    needs
};

/// Returns the first system call with a name of the kernel's.
const fn of_kernel(name: &str) -> SystemCall {
    let mut i = 0;
    while i < SystemCall::ALL.len() {
        if is_kernel_name(name.as_bytes(), SystemCall::ALL[i].name().as_bytes()) {
            return SystemCall::ALL[i];
        }
        i += 1;
    }
    panic!("the contract names a system call that the policy does not have")
}

/// Returns whether `kernel` is the name in `full`, behind which a use may stand in
/// parentheses.
const fn is_kernel_name(kernel: &[u8], full: &[u8]) -> bool {
    if full.len() > kernel.len() && full[kernel.len()] != b' ' || full.len() < kernel.len() {
        return false;
    }
    let mut i = 0;
    while i < kernel.len() {
        if kernel[i] != full[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// Returns the system calls that a function of WASI makes.
const fn need(function: usize) -> SystemCalls {
    #[cfg(feature = "components")]
    let (calls, resolves_paths) = if function < FUNCTIONS.len() {
        (FUNCTIONS[function].system_calls, FUNCTIONS[function].resolves_paths)
    } else {
        let row = &INTERFACE_FUNCTIONS[function - FUNCTIONS.len()];
        (row.system_calls, row.resolves_paths)
    };
    #[cfg(not(feature = "components"))]
    let (calls, resolves_paths) =
        (FUNCTIONS[function].system_calls, FUNCTIONS[function].resolves_paths);
    let resolution = if resolves_paths { SystemCalls::of(&RESOLUTION) } else { SystemCalls::NONE };
    SystemCalls::of(calls).with(resolution)
}

/// Returns the different needs that functions have, the need of each function as a place
/// among them, and their number. Those beyond `LENGTH` are only counted.
const fn needs<const LENGTH: usize>() -> ([SystemCalls; LENGTH], [u8; COUNT], usize) {
    let mut different = [SystemCalls::NONE; LENGTH];
    let (mut places, mut count) = ([0; COUNT], 0);
    let mut function = 0;
    while function < COUNT {
        let mut first = 0;
        while !need(first).is(need(function)) {
            first += 1;
        }
        if first < function {
            places[function] = places[first];
        } else {
            places[function] = count as u8;
            if count < LENGTH {
                different[count] = need(function);
            }
            count += 1;
        }
        function += 1;
    }
    (different, places, count)
}

const DIFFERENT_NEEDS: usize = needs::<0>().2;

/// The needs of functions, each once. An executable has this table and the next one instead
/// of [`FUNCTIONS`], whose pointers would have to be relocated when it starts.
const NEEDS: [SystemCalls; DIFFERENT_NEEDS] = needs().0;

/// The need of each function, a place in [`NEEDS`].
const NEED_OF: [u8; COUNT] = needs::<DIFFERENT_NEEDS>().1;

/// Returns the system calls that functions of WASI make.
fn of_wasi(functions: Functions) -> SystemCalls {
    let needs = NEED_OF.iter().enumerate().filter(|(function, _)| functions.has_at(*function));
    let needs = needs.filter_map(|(_, need)| NEEDS.get(usize::from(*need)));
    needs.fold(SystemCalls::NONE, |set, need| set.with(*need))
}

/// Returns the system calls of a program that calls these functions.
pub fn system_calls(functions: Functions, runtime: RuntimeFunctions) -> SystemCalls {
    let of_runtime = RuntimeNeed::ALL.into_iter().zip(RUNTIME_NEEDS);
    let of_runtime = of_runtime.filter(|(need, _)| runtime.intersects(RuntimeFunctions::of(*need)));
    of_runtime.fold(ALWAYS.with(of_wasi(functions)), |set, (_, calls)| set.with(calls))
}

/// Returns whether one of these functions opens files.
pub fn opens_files(functions: Functions) -> bool {
    of_wasi(functions).has(SystemCall::Openat)
}

/// Functions of WASI that work on standard streams by [`STRICT`] alone.
const ON_STREAMS: Functions = {
    let mut set = Functions::NONE;
    let mut i = 0;
    while i < FUNCTIONS.len() {
        if FUNCTIONS[i].strict_on_streams {
            set = set.with(Functions::of_module(i));
        }
        i += 1;
    }
    #[cfg(feature = "components")]
    {
        i = 0;
        while i < INTERFACE_FUNCTIONS.len() {
            if INTERFACE_FUNCTIONS[i].strict_on_streams {
                set = set.with(Functions::of_interface(i));
            }
            i += 1;
        }
    }
    set
};

/// System calls that the kernel's strict mode leaves a process, by the kernel's
/// names.
pub const STRICT: [&str; 4] = ["read", "write", "exit", "rt_sigreturn"];

/// Returns whether a program that calls these functions, and has the standard
/// streams and no other descriptors, needs only [`STRICT`]. The kernel enters
/// that mode much faster than it takes a filter.
pub fn is_strict_enough(functions: Functions, runtime: RuntimeFunctions) -> bool {
    functions.without(ON_STREAMS) == Functions::NONE && runtime == RuntimeFunctions::NONE
}

/// Functions of WASI that make no system calls when they work on standard streams or on files
/// in the executable: those of files and of sockets, and what asks for or moves a position,
/// flags or attributes, which streams have none of, or closes.
const OF_FILES: Functions =
    Functions::group(Group::Files).with(Functions::group(Group::Sockets)).with(Functions::of(&[
        "fd_close",
        "fd_fdstat_get",
        "fd_fdstat_set_flags",
        "fd_filestat_get",
        "fd_renumber",
        "fd_seek",
        "fd_tell",
    ]));

/// System calls that functions of all descriptors make on files only.
const AT_POSITIONS: SystemCalls =
    SystemCalls::of(&[SystemCall::Preadv, SystemCall::Pwritev, SystemCall::Pwritev2]);

/// Returns those of the functions that make system calls although the program has no
/// descriptors but the standard streams and files in the executable.
pub fn of_streams(functions: Functions) -> Functions {
    functions.without(OF_FILES)
}

/// Returns the system calls of a program that calls these functions, and has no descriptors
/// but the standard streams and files in the executable.
pub fn system_calls_of_streams(functions: Functions, runtime: RuntimeFunctions) -> SystemCalls {
    system_calls(of_streams(functions), runtime).without(AT_POSITIONS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_files_but_those_in_the_executable() {
        let calls = system_calls_of_streams(Functions::ALL, RuntimeFunctions::NONE);
        let left = [
            SystemCall::Writev,
            SystemCall::Readv,
            SystemCall::Lseek,
            SystemCall::Fstat,
            SystemCall::ClockGettime,
            SystemCall::ClockGetres,
            SystemCall::Ppoll,
            SystemCall::RtSigaction,
            SystemCall::IoctlFionread,
            SystemCall::Getrandom,
            SystemCall::SchedYield,
        ];
        assert_eq!(calls, ALWAYS.with(SystemCalls::of(&left)));
        let reads = Functions::of(&["fd_read", "fd_seek", "path_open", "fd_readdir", "fd_close"]);
        assert!(!is_strict_enough(reads, RuntimeFunctions::NONE));
        assert!(is_strict_enough(of_streams(reads), RuntimeFunctions::NONE));
    }

    #[test]
    fn a_program_that_only_writes() {
        let functions = Functions::of(&["fd_write", "proc_exit"]);
        let calls = system_calls(functions, RuntimeFunctions::NONE);
        let on_pipes = [SystemCall::Writev, SystemCall::Ppoll, SystemCall::RtSigaction];
        assert_eq!(calls, ALWAYS.with(SystemCalls::of(&on_pipes)));
    }

    #[test]
    fn all_are_of_use() {
        let calls = system_calls(Functions::ALL, RuntimeFunctions::ALL).iter().count();
        // Only components append to files.
        let only_of_components = if cfg!(feature = "components") { 0 } else { 1 };
        assert_eq!(calls + only_of_components, SystemCall::ALL.len());
    }

    #[test]
    fn memory_only_where_something_grows() {
        let calls = |runtime| system_calls(Functions::NONE, runtime);
        let and = |calls: &[SystemCall]| ALWAYS.with(SystemCalls::of(calls));
        assert_eq!(calls(RuntimeFunctions::NONE), ALWAYS);
        assert_eq!(
            calls(RuntimeFunctions::of(RuntimeNeed::MemoryGrow)),
            and(&[SystemCall::Mprotect])
        );
        assert_eq!(
            calls(RuntimeFunctions::of(RuntimeNeed::MemoryGrowExplicit)),
            and(&[SystemCall::Mmap])
        );
        let table = [SystemCall::Mmap, SystemCall::Mremap];
        assert_eq!(calls(RuntimeFunctions::of(RuntimeNeed::TableGrow)), and(&table));
        let heap = [SystemCall::Mprotect, SystemCall::Madvise];
        assert_eq!(calls(RuntimeFunctions::of(RuntimeNeed::Heap)), and(&heap));
        let takes =
            [SystemCall::Mprotect, SystemCall::Mmap, SystemCall::Mremap, SystemCall::Madvise];
        assert_eq!(
            calls(RuntimeFunctions::ALL),
            and(&takes).with(SystemCalls::of(&[SystemCall::Futex]))
        );
        let of_wasi = system_calls(Functions::ALL, RuntimeFunctions::NONE);
        assert!(!takes.into_iter().any(|call| of_wasi.has(call)));
    }

    #[test]
    fn no_files_without_paths() {
        let resolves = FUNCTIONS.iter().filter(|function| function.resolves_paths);
        let paths = resolves
            .fold(Functions::NONE, |set, function| set.with(Functions::of(&[function.name])));
        #[cfg(feature = "components")]
        let paths = (0..INTERFACE_FUNCTIONS.len())
            .filter(|place| INTERFACE_FUNCTIONS[*place].resolves_paths)
            .fold(paths, |set, place| set.with(Functions::of_interface(place)));
        let without = Functions::ALL.without(paths);
        let opens = |call: SystemCall| call.name().starts_with("open");
        let runtime = RuntimeFunctions::ALL;
        assert!(!system_calls(without, runtime).iter().any(opens));
        assert!(system_calls(Functions::ALL, runtime).iter().any(opens));
    }
}
