//! The seccomp filter: a program for the kernel that allows the system calls
//! of a set of WASI functions, narrows their arguments, and ends the process
//! at any other. Assembled in a fixed buffer; knows numbers and instructions,
//! not which function needs what.

use super::kernel::Instruction;
use linux_raw_sys::general::*;
use linux_raw_sys::ioctl::{FIONREAD, TIOCGWINSZ};
use quench_policy::{Functions, SystemCall, system_calls};
use quench_runtime_support::AUDIT_ARCHITECTURE;

/// More than all functions need together; a test says so.
const CAPACITY: usize = 256;

/// As many as there are system calls in the policy.
const RULES_MAX: usize = 43;

// Operations on `struct seccomp_data`, by the byte offset of a word in it.
const LOAD: u16 = 0x20;
const JUMP_EQUAL: u16 = 0x15;
const JUMP_GREATER: u16 = 0x25;
const JUMP_GREATER_OR_EQUAL: u16 = 0x35;
const JUMP_SET: u16 = 0x45;
const RETURN: u16 = 0x06;

const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;

const ALLOW: u32 = 0x7fff_0000;
const KILL_PROCESS: u32 = 0x8000_0000;

/// The greatest upper word of an address that linear memory can have; what
/// the kernel places itself, the executable and the stacks, is above where
/// addresses have 47 bits or more.
const MEMORY_END: u32 = 0x5000;

/// Something that must hold for an argument's word.
#[derive(Clone, Copy)]
struct Test {
    /// Of the word.
    offset: u32,
    operation: u16,
    value: u32,
    /// What the operation must say.
    expected: bool,
}

/// The lower word of an argument; descriptors, flags and numbers have no other.
const fn low(argument: u32) -> u32 {
    16 + 8 * argument
}

const fn test(offset: u32, operation: u16, value: u32, expected: bool) -> Test {
    Test {
        offset,
        operation,
        value,
        expected,
    }
}

const fn is(argument: u32, value: u32) -> Test {
    test(low(argument), JUMP_EQUAL, value, true)
}

const fn has_none_of(argument: u32, bits: u32) -> Test {
    test(low(argument), JUMP_SET, bits, false)
}

/// A descriptor, not the working directory.
const fn is_descriptor(argument: u32) -> Test {
    has_none_of(argument, 1 << 31)
}

const fn readable_and_writable_at_most(argument: u32) -> Test {
    has_none_of(argument, !(PROT_READ | PROT_WRITE))
}

/// A system call's number, and what must hold for its arguments.
type Rule = (u32, &'static [Test]);

/// Rules in the order of their numbers.
struct Rules {
    rules: [Rule; RULES_MAX],
    length: usize,
}

impl Rules {
    fn new() -> Rules {
        Rules {
            rules: [(0, &[]); RULES_MAX],
            length: 0,
        }
    }

    fn insert(&mut self, mut rule: Rule) {
        let rules = self.rules.iter_mut().take(self.length + 1);
        self.length += 1;
        let last = self.length - 1;
        for (place, other) in rules.enumerate() {
            if place == last || rule.0 < other.0 {
                core::mem::swap(other, &mut rule);
            }
        }
    }

    fn sorted(&self) -> &[Rule] {
        self.rules.get(..self.length).unwrap_or_default()
    }
}

fn rule(call: SystemCall) -> Rule {
    match call {
        SystemCall::ExitGroup => (__NR_exit_group, &[]),
        SystemCall::RestartSyscall => (__NR_restart_syscall, &[]),
        SystemCall::Write => (
            __NR_write,
            const { &[test(low(0), JUMP_GREATER, 2, false)] },
        ),
        SystemCall::Mmap => (
            __NR_mmap,
            const {
                &[
                    readable_and_writable_at_most(2),
                    test(low(3), JUMP_SET, MAP_ANONYMOUS, true),
                    has_none_of(3, MAP_FIXED),
                ]
            },
        ),
        SystemCall::Mprotect => (
            __NR_mprotect,
            const {
                &[
                    readable_and_writable_at_most(2),
                    test(low(0) + 4, JUMP_GREATER_OR_EQUAL, MEMORY_END, false),
                ]
            },
        ),
        SystemCall::Mremap => (__NR_mremap, const { &[is(3, MREMAP_MAYMOVE)] }),
        // Wait and wake are operations 0 and 1.
        SystemCall::Futex => (
            __NR_futex,
            const { &[has_none_of(1, !(FUTEX_PRIVATE_FLAG | 1))] },
        ),
        SystemCall::Accept4 => (__NR_accept4, &[]),
        SystemCall::ClockGetres => (__NR_clock_getres, &[]),
        SystemCall::ClockGettime => (__NR_clock_gettime, &[]),
        SystemCall::Close => (__NR_close, const { &[test(low(0), JUMP_GREATER, 2, true)] }),
        SystemCall::Fadvise64 => (__NR_fadvise64, &[]),
        SystemCall::Fallocate => (__NR_fallocate, const { &[is(1, 0)] }),
        SystemCall::Fdatasync => (__NR_fdatasync, &[]),
        SystemCall::FcntlGetfl => (__NR_fcntl, const { &[is(1, F_GETFL)] }),
        SystemCall::FcntlSetfl => (__NR_fcntl, const { &[is(1, F_SETFL)] }),
        SystemCall::Fstat => (__NR_fstat, &[]),
        SystemCall::Fsync => (__NR_fsync, &[]),
        SystemCall::Ftruncate => (__NR_ftruncate, &[]),
        SystemCall::Getdents64 => (__NR_getdents64, &[]),
        SystemCall::Getrandom => (__NR_getrandom, &[]),
        SystemCall::IoctlFionread => (__NR_ioctl, const { &[is(1, FIONREAD)] }),
        SystemCall::IoctlTiocgwinsz => (__NR_ioctl, const { &[is(1, TIOCGWINSZ)] }),
        SystemCall::Linkat => (
            __NR_linkat,
            const { &[is_descriptor(0), is_descriptor(2), is(4, 0)] },
        ),
        SystemCall::Lseek => (__NR_lseek, &[]),
        SystemCall::Mkdirat => (__NR_mkdirat, const { &[is_descriptor(0)] }),
        SystemCall::Newfstatat => (__NR_newfstatat, const { &[is_descriptor(0)] }),
        SystemCall::Openat => (__NR_openat, const { &[is_descriptor(0)] }),
        SystemCall::Openat2 => (__NR_openat2, const { &[is_descriptor(0)] }),
        SystemCall::Ppoll => (__NR_ppoll, &[]),
        SystemCall::Preadv => (__NR_preadv, &[]),
        SystemCall::Pwritev => (__NR_pwritev, &[]),
        SystemCall::Readlinkat => (__NR_readlinkat, const { &[is_descriptor(0)] }),
        SystemCall::Readv => (__NR_readv, &[]),
        SystemCall::Recvfrom => (__NR_recvfrom, &[]),
        SystemCall::Renameat => (
            __NR_renameat,
            const { &[is_descriptor(0), is_descriptor(2)] },
        ),
        SystemCall::SchedYield => (__NR_sched_yield, &[]),
        SystemCall::Sendto => (__NR_sendto, &[]),
        SystemCall::Shutdown => (__NR_shutdown, &[]),
        SystemCall::Symlinkat => (__NR_symlinkat, const { &[is_descriptor(1)] }),
        SystemCall::Unlinkat => (__NR_unlinkat, const { &[is_descriptor(0)] }),
        SystemCall::Utimensat => (__NR_utimensat, const { &[is_descriptor(0)] }),
        SystemCall::Writev => (__NR_writev, &[]),
    }
}

pub struct Filter {
    instructions: [Instruction; CAPACITY],
    length: usize,
}

impl Filter {
    /// The filter of a program that calls these functions.
    pub fn new(functions: Functions) -> Filter {
        let nothing = instruction(RETURN, KILL_PROCESS);
        let mut filter = Filter {
            instructions: [nothing; CAPACITY],
            length: 0,
        };
        filter.push(instruction(LOAD, ARCHITECTURE));
        filter.push(jump(JUMP_EQUAL, AUDIT_ARCHITECTURE, 1, 0));
        filter.push(instruction(RETURN, KILL_PROCESS));
        filter.push(instruction(LOAD, NUMBER));
        let mut rules = Rules::new();
        for call in system_calls(functions) {
            rules.insert(rule(call));
        }
        filter.choose(rules.sorted());
        filter
    }

    /// Finds the rule by halves: when a filter is set, the kernel tries it for
    /// every number there is.
    fn choose(&mut self, rules: &[Rule]) {
        let middle = rules.len() / 2;
        let Some(&(number, _)) = rules.get(middle).filter(|_| rules.len() > 2) else {
            return self.try_each(rules);
        };
        // Rules of one number stay together.
        let split = rules.partition_point(|&(other, _)| other < number);
        let (below, rest) = rules.split_at_checked(split).unwrap_or_default();
        if below.is_empty() {
            return self.try_each(rules);
        }
        let place = self.length;
        self.push(instruction(RETURN, KILL_PROCESS));
        self.choose(below);
        let skipped = self.length - place - 1;
        if let Some(jump_here) = self.instructions.get_mut(place) {
            *jump_here = jump(JUMP_GREATER_OR_EQUAL, number, skipped, 0);
        }
        self.choose(rest);
    }

    fn try_each(&mut self, rules: &[Rule]) {
        for &rule in rules {
            self.allow(rule);
        }
        self.push(instruction(RETURN, KILL_PROCESS));
    }

    pub fn instructions(&self) -> &[Instruction] {
        self.instructions.get(..self.length).unwrap_or_default()
    }

    /// Begins and ends with the system call's number loaded.
    fn allow(&mut self, (number, tests): Rule) {
        // For each test a load and a jump; then the return, and the number
        // again unless there were no tests.
        let reload = usize::from(!tests.is_empty());
        let mut left = 2 * tests.len() + 1 + reload;
        self.push(jump(JUMP_EQUAL, number, 0, left));
        for test in tests {
            left -= 2;
            self.push(instruction(LOAD, test.offset));
            // From the jump to where the number is loaded again.
            let fail = left - 1;
            let (on_true, on_false) = if test.expected { (0, fail) } else { (fail, 0) };
            self.push(jump(test.operation, test.value, on_true, on_false));
        }
        self.push(instruction(RETURN, ALLOW));
        if reload == 1 {
            self.push(instruction(LOAD, NUMBER));
        }
    }

    /// What has no room is not there; the kernel refuses a filter that does
    /// not end with a return.
    fn push(&mut self, instruction: Instruction) {
        if let Some(place) = self.instructions.get_mut(self.length) {
            *place = instruction;
            self.length += 1;
        }
    }
}

fn instruction(code: u16, value: u32) -> Instruction {
    jump(code, value, 0, 0)
}

fn jump(code: u16, value: u32, jump_true: usize, jump_false: usize) -> Instruction {
    Instruction {
        code,
        jump_true: jump_true as u8,
        jump_false: jump_false as u8,
        value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the filter says of a system call.
    fn verdict(filter: &Filter, architecture: u32, number: u32, arguments: [u64; 6]) -> u32 {
        let word = |offset: u32| match offset {
            NUMBER => number,
            ARCHITECTURE => architecture,
            _ => {
                let argument = arguments[(offset as usize - 16) / 8];
                (argument >> (8 * (offset % 8))) as u32
            }
        };
        let instructions = filter.instructions();
        let mut place = 0;
        let mut accumulator = 0;
        loop {
            let Instruction {
                code,
                jump_true,
                jump_false,
                value,
            } = instructions[place];
            let holds = match code {
                RETURN => return value,
                LOAD => {
                    accumulator = word(value);
                    true
                }
                JUMP_EQUAL => accumulator == value,
                JUMP_GREATER => accumulator > value,
                JUMP_GREATER_OR_EQUAL => accumulator >= value,
                JUMP_SET => accumulator & value != 0,
                _ => panic!("no such instruction: {code:#x}"),
            };
            place += 1 + usize::from(if holds { jump_true } else { jump_false });
        }
    }

    fn allows(functions: &[&str], number: u32, arguments: [u64; 6]) -> bool {
        let filter = Filter::new(Functions::of(functions));
        verdict(&filter, AUDIT_ARCHITECTURE, number, arguments) == ALLOW
    }

    #[test]
    fn the_largest_filter_fits() {
        let filter = Filter::new(Functions::ALL);
        assert!(filter.length < CAPACITY, "{}", filter.length);
        assert_eq!(system_calls(Functions::ALL).count(), RULES_MAX);
    }

    #[test]
    fn every_system_call_is_reached() {
        let filter = Filter::new(Functions::ALL);
        for call in system_calls(Functions::ALL) {
            let (number, tests) = rule(call);
            let mut arguments = [3, 0, 0, 0, 0, 0];
            if call == SystemCall::Write {
                arguments[0] = 1;
            }
            for test in tests.iter().filter(|test| test.expected) {
                if test.operation != JUMP_GREATER {
                    arguments[(test.offset as usize - 16) / 8] = u64::from(test.value);
                }
            }
            let verdict = verdict(&filter, AUDIT_ARCHITECTURE, number, arguments);
            assert_eq!(verdict, ALLOW, "{}", call.name());
        }
    }

    #[test]
    fn only_what_is_needed() {
        assert!(allows(&["fd_write"], __NR_writev, [1, 0, 0, 0, 0, 0]));
        assert!(!allows(&["fd_read"], __NR_writev, [1, 0, 0, 0, 0, 0]));
        assert!(!allows(&["fd_write"], __NR_openat, [3, 0, 0, 0, 0, 0]));
        assert!(!allows(&["fd_write"], __NR_socket, [2, 1, 0, 0, 0, 0]));
        assert!(!allows(&["fd_write"], __NR_execve, [0; 6]));
        assert!(!allows(&["fd_write"], __NR_write, [3, 0, 0, 0, 0, 0]));
    }

    #[test]
    fn nothing_executable() {
        let anonymous = u64::from(MAP_ANONYMOUS | MAP_PRIVATE);
        assert!(allows(&[], __NR_mmap, [0, 4096, 3, anonymous, 0, 0]));
        assert!(!allows(&[], __NR_mmap, [0, 4096, 7, anonymous, 0, 0]));
        assert!(allows(&[], __NR_futex, [0, 128, 0, 0, 0, 0]));
        assert!(allows(&[], __NR_futex, [0, 129, 0, 0, 0, 0]));
        assert!(!allows(&[], __NR_futex, [0, 3, 0, 0, 0, 0]));
        assert!(!allows(&[], __NR_mmap, [0, 4096, 3, 2, 3, 0]));
        assert!(allows(&[], __NR_mprotect, [0x1000_0000, 4096, 3, 0, 0, 0]));
        assert!(!allows(&[], __NR_mprotect, [0x1000_0000, 4096, 5, 0, 0, 0]));
        let executable = 0x7f00_0000_0000;
        assert!(!allows(&[], __NR_mprotect, [executable, 4096, 3, 0, 0, 0]));
    }

    #[test]
    fn paths_only_from_descriptors() {
        let working_directory = AT_FDCWD as u32;
        for directory in [i64::from(AT_FDCWD) as u64, u64::from(working_directory)] {
            assert!(!allows(
                &["path_open"],
                __NR_openat,
                [directory, 0, 0, 0, 0, 0]
            ));
        }
        assert!(allows(&["path_open"], __NR_openat, [5, 0, 0, 0, 0, 0]));
    }

    #[test]
    fn uses_of_one_system_call_are_told_apart() {
        let functions = ["fd_fdstat_get", "poll_oneoff"];
        let ioctl = |request| allows(&functions, __NR_ioctl, [0, request, 0, 0, 0, 0]);
        assert!(ioctl(FIONREAD.into()) && ioctl(TIOCGWINSZ.into()));
        assert!(!ioctl(0x5412), "TIOCSTI");
        assert!(
            !allows(&functions, __NR_fcntl, [1, 4, 0, 0, 0, 0]),
            "F_SETFL"
        );
    }

    #[test]
    fn other_architectures_are_refused() {
        let filter = Filter::new(Functions::ALL);
        let i386 = 0x4000_0003;
        assert_eq!(
            verdict(&filter, i386, __NR_exit_group, [0; 6]),
            KILL_PROCESS
        );
    }
}
