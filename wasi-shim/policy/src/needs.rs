//! Which system calls a program needs, by the functions of WASI and of the
//! runtime that it can call. From this follows what it can give up.

use crate::functions::{FUNCTIONS, RESOLUTION};
#[cfg(feature = "components")]
use crate::interfaces::INTERFACE_FUNCTIONS;
use crate::runtime::RuntimeFunctions;
use crate::set::Functions;
use crate::system_call::SystemCall;
use quench_abi::RuntimeNeed;

/// System calls of every program: to end, to say why, and to go on after an
/// interruption.
const ALWAYS: [SystemCall; 3] =
    [SystemCall::ExitGroup, SystemCall::RestartSyscall, SystemCall::Write];

/// The functions of the runtime that make a system call, by its place in
/// [`SystemCall::ALL`]; derived from what [`RuntimeNeed::system_calls`] says.
const RUNTIME_NEEDS: [RuntimeFunctions; SystemCall::ALL.len()] = {
    let mut users = [RuntimeFunctions::NONE; SystemCall::ALL.len()];
    let mut i = 0;
    while i < RuntimeNeed::ALL.len() {
        let need = RuntimeNeed::ALL[i];
        let names = need.system_calls();
        let mut j = 0;
        while j < names.len() {
            let call = of_kernel(names[j]) as usize;
            users[call] = users[call].with(RuntimeFunctions::of(need));
            j += 1;
        }
        i += 1;
    }
    users
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

/// The functions of WASI that make a system call, by its place in
/// [`SystemCall::ALL`]. An executable has this table instead of
/// [`FUNCTIONS`], whose pointers would have to be relocated when it starts.
const WASI_NEEDS: [Functions; SystemCall::ALL.len()] = {
    let mut users = [Functions::NONE; SystemCall::ALL.len()];
    let mut i = 0;
    while i < FUNCTIONS.len() {
        let function = Functions::of_module(i);
        add_user(&mut users, FUNCTIONS[i].system_calls, function);
        if FUNCTIONS[i].resolves_paths {
            add_user(&mut users, &RESOLUTION, function);
        }
        i += 1;
    }
    #[cfg(feature = "components")]
    {
        i = 0;
        while i < INTERFACE_FUNCTIONS.len() {
            let function = Functions::of_interface(i);
            add_user(&mut users, INTERFACE_FUNCTIONS[i].system_calls, function);
            if INTERFACE_FUNCTIONS[i].resolves_paths {
                add_user(&mut users, &RESOLUTION, function);
            }
            i += 1;
        }
    }
    users
};

/// Adds a function to the users of system calls.
const fn add_user(users: &mut [Functions], calls: &[SystemCall], function: Functions) {
    let mut i = 0;
    while i < calls.len() {
        let call = calls[i] as usize;
        users[call] = users[call].with(function);
        i += 1;
    }
}

/// Returns the system calls of a program that calls these functions, each once.
pub fn system_calls(
    functions: Functions,
    runtime: RuntimeFunctions,
) -> impl Iterator<Item = SystemCall> {
    let of_runtime = SystemCall::ALL
        .into_iter()
        .zip(&RUNTIME_NEEDS)
        .filter(move |(_, users)| users.intersects(runtime))
        .map(|(call, _)| call);
    let of_wasi = SystemCall::ALL
        .into_iter()
        .zip(&WASI_NEEDS)
        .filter(move |(_, users)| users.intersects(functions))
        .map(|(call, _)| call);
    ALWAYS.into_iter().chain(of_runtime).chain(of_wasi)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_only_writes() {
        let functions = Functions::of(&["fd_write", "proc_exit"]);
        let calls = system_calls(functions, RuntimeFunctions::NONE);
        let on_pipes = [SystemCall::Writev, SystemCall::Ppoll, SystemCall::RtSigaction];
        assert!(calls.eq(ALWAYS.into_iter().chain(on_pipes)));
    }

    #[test]
    fn all_are_of_use() {
        let calls = system_calls(Functions::ALL, RuntimeFunctions::ALL).count();
        // Only components append to files.
        let only_of_components = if cfg!(feature = "components") { 0 } else { 1 };
        assert_eq!(calls + only_of_components, SystemCall::ALL.len());
    }

    #[test]
    fn memory_only_where_something_grows() {
        let calls = |runtime| system_calls(Functions::NONE, runtime).skip(ALWAYS.len());
        assert!(calls(RuntimeFunctions::NONE).eq([]));
        assert!(calls(RuntimeFunctions::of(RuntimeNeed::MemoryGrow)).eq([SystemCall::Mprotect]));
        assert!(
            calls(RuntimeFunctions::of(RuntimeNeed::MemoryGrowExplicit)).eq([SystemCall::Mmap])
        );
        let table = [SystemCall::Mmap, SystemCall::Mremap];
        assert!(calls(RuntimeFunctions::of(RuntimeNeed::TableGrow)).eq(table));
        let [grow, mmap, mremap, futex] =
            [SystemCall::Mprotect, SystemCall::Mmap, SystemCall::Mremap, SystemCall::Futex];
        assert!(calls(RuntimeFunctions::ALL).eq([grow, mmap, mremap, futex]));
        let mut of_wasi = system_calls(Functions::ALL, RuntimeFunctions::NONE);
        let takes = [SystemCall::Mmap, SystemCall::Mprotect, SystemCall::Mremap];
        assert!(!of_wasi.any(|call| takes.contains(&call)));
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
        assert!(!system_calls(without, runtime).any(opens));
        assert!(system_calls(Functions::ALL, runtime).any(opens));
    }
}
