//! The seccomp filter: a program for the kernel that allows the system calls
//! of a set of WASI functions, narrows their arguments, and ends the process
//! at any other. Assembled in a fixed buffer; knows numbers and instructions,
//! not which function needs what.

use super::kernel::Instruction;
use linux_raw_sys::general::*;
use linux_raw_sys::ioctl::FIONREAD;
use quench_abi::MEMORIES_END;
use quench_policy::{SystemCall, SystemCalls};
use quench_runtime_support::AUDIT_ARCHITECTURE;

/// Instructions in the buffer: more than all functions need together, which a
/// test checks, and no more than a jump can cross.
const CAPACITY: usize = 160;

// Operations on `struct seccomp_data`, by the byte offset of a word in it.
const LOAD: u16 = 0x20;
const JUMP_EQUAL: u16 = 0x15;
const JUMP_GREATER: u16 = 0x25;
const JUMP_GREATER_OR_EQUAL: u16 = 0x35;
const JUMP_SET: u16 = 0x45;
const RETURN: u16 = 0x06;

const NUMBER: u8 = 0;
const ARCHITECTURE: u8 = 4;

const ALLOW: u32 = 0x7fff_0000;
const KILL_PROCESS: u32 = 0x8000_0000;

/// The upper word of [`MEMORIES_END`]: addresses whose upper word is lower can
/// belong to linear memories or to objects, all others cannot.
const MEMORIES_END_UPPER: u32 = (MEMORIES_END >> 32) as u32;
const _: () = assert!((MEMORIES_END_UPPER as u64) << 32 == MEMORIES_END);

/// A condition on one word of an argument.
#[derive(Clone, Copy)]
struct Test {
    /// Offset of the word in `struct seccomp_data`, in bytes.
    offset: u8,
    operation: u16,
    value: u32,
    /// The result that the operation must have.
    expected: bool,
}

/// Returns the offset of an argument's lower word; descriptors, flags and numbers
/// have no other.
const fn low(argument: u8) -> u8 {
    16 + 8 * argument
}

const fn test(offset: u8, operation: u16, value: u32, expected: bool) -> Test {
    Test { offset, operation, value, expected }
}

const fn is(argument: u8, value: u32) -> Test {
    test(low(argument), JUMP_EQUAL, value, true)
}

const fn has_none_of(argument: u8, bits: u32) -> Test {
    test(low(argument), JUMP_SET, bits, false)
}

/// Requires a descriptor, and not the working directory (`AT_FDCWD`).
const fn is_descriptor(argument: u8) -> Test {
    has_none_of(argument, 1 << 31)
}

const fn readable_and_writable_at_most(argument: u8) -> Test {
    has_none_of(argument, !(PROT_READ | PROT_WRITE))
}

/// (number of a system call, conditions on its arguments)
type Rule = (u32, &'static [Test]);

/// Number of tests of all rules.
const TEST_COUNT: usize = {
    let (mut count, mut i) = (0, 0);
    while i < SystemCall::ALL.len() {
        count += rule(SystemCall::ALL[i]).1.len();
        i += 1;
    }
    count
};

/// The rules without addresses, which an executable would have to relocate when it starts.
struct Rules {
    /// The number of each system call.
    numbers: [u16; SystemCall::ALL.len()],
    /// Number of the tests that belong to the system calls up to each.
    ends: [u8; SystemCall::ALL.len()],
    /// The tests of all system calls, one after the other.
    tests: [Test; TEST_COUNT],
}

static RULES: Rules = {
    let mut rules = Rules {
        numbers: [0; SystemCall::ALL.len()],
        ends: [0; SystemCall::ALL.len()],
        tests: [is(0, 0); TEST_COUNT],
    };
    let (mut end, mut i) = (0, 0);
    while i < SystemCall::ALL.len() {
        let (number, tests) = rule(SystemCall::ALL[i]);
        rules.numbers[i] = number as u16;
        let mut j = 0;
        while j < tests.len() {
            rules.tests[end] = tests[j];
            end += 1;
            j += 1;
        }
        rules.ends[i] = end as u8;
        i += 1;
    }
    rules
};

impl Rules {
    /// Returns the number of a system call.
    fn number(&self, call: SystemCall) -> u32 {
        self.numbers.get(call as usize).copied().unwrap_or_default().into()
    }

    /// Returns the tests of a system call.
    fn tests(&self, call: SystemCall) -> &[Test] {
        let end = |place: usize| self.ends.get(place).copied().map_or(0, usize::from);
        let start = end((call as usize).wrapping_sub(1));
        self.tests.get(start..end(call as usize)).unwrap_or_default()
    }
}

/// All system calls, in the order of their numbers.
const BY_NUMBER: [SystemCall; SystemCall::ALL.len()] = {
    let mut calls = SystemCall::ALL;
    let mut sorted = 1;
    while sorted < calls.len() {
        let mut place = sorted;
        while place > 0 && number(calls[place]) < number(calls[place - 1]) {
            (calls[place], calls[place - 1]) = (calls[place - 1], calls[place]);
            place -= 1;
        }
        sorted += 1;
    }
    calls
};

const fn number(call: SystemCall) -> u32 {
    rule(call).0
}

const fn rule(call: SystemCall) -> Rule {
    match call {
        SystemCall::ExitGroup => (__NR_exit_group, &[]),
        SystemCall::RestartSyscall => (__NR_restart_syscall, &[]),
        SystemCall::Write => (__NR_write, const { &[test(low(0), JUMP_GREATER, 2, false)] }),
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
                    test(low(0) + 4, JUMP_GREATER_OR_EQUAL, MEMORIES_END_UPPER, false),
                ]
            },
        ),
        SystemCall::Madvise => (
            __NR_madvise,
            const {
                &[
                    is(2, MADV_DONTNEED),
                    test(low(0) + 4, JUMP_GREATER_OR_EQUAL, MEMORIES_END_UPPER, false),
                ]
            },
        ),
        SystemCall::Mremap => (__NR_mremap, const { &[is(3, MREMAP_MAYMOVE)] }),
        // Wait and wake are operations 0 and 1.
        SystemCall::Futex => (__NR_futex, const { &[has_none_of(1, !(FUTEX_PRIVATE_FLAG | 1))] }),
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
        SystemCall::Linkat => {
            (__NR_linkat, const { &[is_descriptor(0), is_descriptor(2), is(4, 0)] })
        }
        SystemCall::Lseek => (__NR_lseek, &[]),
        SystemCall::Mkdirat => (__NR_mkdirat, const { &[is_descriptor(0)] }),
        SystemCall::Newfstatat => (__NR_newfstatat, const { &[is_descriptor(0)] }),
        SystemCall::Openat => (__NR_openat, const { &[is_descriptor(0)] }),
        SystemCall::Openat2 => (__NR_openat2, const { &[is_descriptor(0)] }),
        SystemCall::Ppoll => (__NR_ppoll, &[]),
        SystemCall::Preadv => (__NR_preadv, &[]),
        SystemCall::Pwritev => (__NR_pwritev, &[]),
        SystemCall::Pwritev2 => (__NR_pwritev2, &[]),
        SystemCall::Readlinkat => (__NR_readlinkat, const { &[is_descriptor(0)] }),
        SystemCall::Readv => (__NR_readv, &[]),
        SystemCall::Recvfrom => (__NR_recvfrom, &[]),
        SystemCall::Renameat => (__NR_renameat, const { &[is_descriptor(0), is_descriptor(2)] }),
        SystemCall::SchedYield => (__NR_sched_yield, &[]),
        SystemCall::RtSigaction => (__NR_rt_sigaction, const { &[is(0, SIGPIPE)] }),
        SystemCall::Sendto => (__NR_sendto, &[]),
        SystemCall::Shutdown => (__NR_shutdown, &[]),
        SystemCall::Symlinkat => (__NR_symlinkat, const { &[is_descriptor(1)] }),
        SystemCall::Unlinkat => (__NR_unlinkat, const { &[is_descriptor(0)] }),
        SystemCall::Utimensat => (__NR_utimensat, const { &[is_descriptor(0)] }),
        SystemCall::Writev => (__NR_writev, &[]),
    }
}

/// A filter. It is assembled from its end to its beginning, because jumps only go
/// forward.
pub(crate) struct Filter {
    instructions: [Instruction; CAPACITY],
    /// Place of the first instruction.
    start: usize,
}

/// Place of an instruction in the buffer.
type Label = usize;

/// Place of the instruction that allows the system call.
const ALLOWED: Label = CAPACITY - 1;
/// Place of the instruction that ends the process.
const KILLED: Label = CAPACITY - 2;

impl Filter {
    pub(crate) const fn new() -> Filter {
        let mut instructions = [instruction(RETURN, KILL_PROCESS); CAPACITY];
        instructions[ALLOWED] = instruction(RETURN, ALLOW);
        Filter { instructions, start: KILLED }
    }

    /// Allows these system calls, and writing to `core_dump`, the descriptor of a core
    /// dump's file.
    pub(crate) fn assemble(&mut self, calls: SystemCalls, core_dump: Option<u32>) {
        let mut sorted = [SystemCall::ExitGroup; BY_NUMBER.len()];
        let calls = BY_NUMBER.into_iter().filter(|call| calls.has(*call));
        let mut length = 0;
        for (place, call) in sorted.iter_mut().zip(calls) {
            *place = call;
            length += 1;
        }
        self.choose(sorted.get(..length).unwrap_or_default());
        let mut rules = self.load(NUMBER);
        if let Some(descriptor) = core_dump {
            self.jump(JUMP_EQUAL, descriptor, ALLOWED, rules);
            let compare = self.load(low(0));
            self.jump(JUMP_EQUAL, __NR_write, compare, rules);
            rules = self.load(NUMBER);
        }
        self.jump(JUMP_EQUAL, AUDIT_ARCHITECTURE, rules, KILLED);
        self.load(ARCHITECTURE);
    }

    /// Returns the instructions: none if there was no room, which the kernel
    /// refuses.
    pub(crate) fn instructions(&self) -> &[Instruction] {
        match self.start {
            0 => &[],
            start => self.instructions.get(start..).unwrap_or_default(),
        }
    }

    /// Adds a binary search for the rule of the system call whose number is
    /// loaded: when a filter is set, the kernel tries it for every number.
    fn choose(&mut self, calls: &[SystemCall]) -> Label {
        let middle = calls.get(calls.len() / 2).filter(|_| calls.len() > 2);
        let Some(middle) = middle.map(|&call| RULES.number(call)) else {
            return self.try_each(calls);
        };
        // System calls of one number stay together.
        let split = calls.partition_point(|&call| RULES.number(call) < middle);
        let (below, rest) = calls.split_at_checked(split).unwrap_or_default();
        if below.is_empty() {
            return self.try_each(calls);
        }
        let rest = self.choose(rest);
        let below = self.choose(below);
        self.jump(JUMP_GREATER_OR_EQUAL, middle, rest, below)
    }

    fn try_each(&mut self, calls: &[SystemCall]) -> Label {
        let mut next = KILLED;
        let mut next_number = None;
        for &call in calls.iter().rev() {
            let (number, tests) = (RULES.number(call), RULES.tests(call));
            let mut otherwise = KILLED;
            if next_number == Some(number) && !tests.is_empty() {
                // Another rule for this number follows, which needs it loaded again.
                otherwise = self.load(NUMBER);
            }
            let held = self.check(tests, otherwise);
            next = self.jump(JUMP_EQUAL, number, held, next);
            next_number = Some(number);
        }
        next
    }

    /// Adds the tests of a rule; the system call is allowed if all hold.
    fn check(&mut self, tests: &[Test], otherwise: Label) -> Label {
        let mut held = ALLOWED;
        for test in tests.iter().rev() {
            let (on_true, on_false) =
                if test.expected { (held, otherwise) } else { (otherwise, held) };
            self.jump(test.operation, test.value, on_true, on_false);
            held = self.load(test.offset);
        }
        held
    }

    /// Adds an instruction that loads a word, in front of all others.
    fn load(&mut self, offset: u8) -> Label {
        self.push(instruction(LOAD, offset.into()))
    }

    fn jump(&mut self, code: u16, value: u32, on_true: Label, on_false: Label) -> Label {
        // The distance is counted from the instruction after the jump;
        // `CAPACITY` keeps it within the field.
        let distance = |label: Label| (label - self.start) as u8;
        let jump = Instruction {
            code,
            jump_true: distance(on_true),
            jump_false: distance(on_false),
            value,
        };
        self.push(jump)
    }

    fn push(&mut self, instruction: Instruction) -> Label {
        self.start = self.start.saturating_sub(1);
        if let Some(place) = self.instructions.get_mut(self.start) {
            *place = instruction;
        }
        self.start
    }
}

const fn instruction(code: u16, value: u32) -> Instruction {
    Instruction { code, jump_true: 0, jump_false: 0, value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quench_policy::{Functions, RuntimeFunctions, system_calls};

    fn filter(functions: Functions) -> Filter {
        let mut filter = Filter::new();
        filter.assemble(system_calls(functions, RuntimeFunctions::ALL), Some(7));
        filter
    }

    /// Returns the filter's verdict on a system call.
    fn verdict(filter: &Filter, architecture: u32, number: u32, arguments: [u64; 6]) -> u32 {
        let word = |offset: u32| match offset {
            _ if offset == NUMBER.into() => number,
            _ if offset == ARCHITECTURE.into() => architecture,
            _ => {
                let argument = arguments[(offset as usize - 16) / 8];
                (argument >> (8 * (offset % 8))) as u32
            }
        };
        let instructions = filter.instructions();
        let mut place = 0;
        let mut accumulator = 0;
        loop {
            let Instruction { code, jump_true, jump_false, value } = instructions[place];
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
        let filter = filter(Functions::of(functions));
        verdict(&filter, AUDIT_ARCHITECTURE, number, arguments) == ALLOW
    }

    #[test]
    fn the_largest_filter_fits() {
        let filter = filter(Functions::ALL);
        assert!(filter.start > 0 && !filter.instructions().is_empty());
    }

    #[test]
    fn every_system_call_is_reached() {
        let filter = filter(Functions::ALL);
        for call in system_calls(Functions::ALL, RuntimeFunctions::ALL).iter() {
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
        assert!(allows(&[], __NR_madvise, [0x2000_0000, 4096, MADV_DONTNEED.into(), 0, 0, 0]));
        assert!(!allows(&[], __NR_madvise, [0x2000_0000, 4096, MADV_REMOVE.into(), 0, 0, 0]));
        let last = MEMORIES_END - 4096;
        assert!(allows(&[], __NR_mprotect, [last, 4096, 3, 0, 0, 0]));
        for elsewhere in [MEMORIES_END, 0x7f00_0000_0000] {
            assert!(!allows(&[], __NR_mprotect, [elsewhere, 4096, 3, 0, 0, 0]));
            assert!(!allows(&[], __NR_madvise, [elsewhere, 4096, MADV_DONTNEED.into(), 0, 0, 0]));
        }
    }

    #[test]
    fn paths_only_from_descriptors() {
        let working_directory = AT_FDCWD as u32;
        for directory in [i64::from(AT_FDCWD) as u64, u64::from(working_directory)] {
            assert!(!allows(&["path_open"], __NR_openat, [directory, 0, 0, 0, 0, 0]));
        }
        assert!(allows(&["path_open"], __NR_openat, [5, 0, 0, 0, 0, 0]));
    }

    #[test]
    fn uses_of_one_system_call_are_told_apart() {
        let ioctl = |request| allows(&["poll_oneoff"], __NR_ioctl, [0, request, 0, 0, 0, 0]);
        assert!(ioctl(FIONREAD.into()));
        assert!(!ioctl(0x5412), "TIOCSTI");
        let action =
            |signal: u32| allows(&["fd_write"], __NR_rt_sigaction, [signal.into(), 0, 0, 0, 0, 0]);
        assert!(action(SIGPIPE));
        assert!(!action(SIGSEGV));
        let fcntl = |functions, command: u32| {
            allows(functions, __NR_fcntl, [1, command.into(), 0, 0, 0, 0])
        };
        assert!(fcntl(&["fd_fdstat_get"], F_GETFL));
        assert!(!fcntl(&["fd_fdstat_get"], F_SETFL));
        assert!(fcntl(&["fd_fdstat_set_flags"], F_GETFL));
        assert!(fcntl(&["fd_fdstat_set_flags"], F_SETFL));
        assert!(!fcntl(&["fd_fdstat_set_flags"], F_DUPFD));
    }

    #[test]
    fn other_architectures_are_refused() {
        let filter = filter(Functions::ALL);
        let i386 = 0x4000_0003;
        assert_eq!(verdict(&filter, i386, __NR_exit_group, [0; 6]), KILL_PROCESS);
    }
}
