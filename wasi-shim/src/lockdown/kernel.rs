//! The system calls with which a process gives up rights, made safe: Landlock
//! and seccomp. Which rights are given up is not decided here.
//!
//! # Safety
//!
//! The kernel reads the structures during the call and keeps nothing of them.
//! The process does not get back what these calls take away; they do not touch
//! memory.
#![allow(unsafe_code, reason = "system calls that rustix does not have")]

use linux_raw_sys::general::{
    __NR_landlock_add_rule, __NR_landlock_create_ruleset, __NR_landlock_restrict_self, __NR_seccomp,
};
use linux_raw_sys::landlock::{
    LANDLOCK_CREATE_RULESET_VERSION, landlock_path_beneath_attr, landlock_rule_type,
    landlock_ruleset_attr,
};
use quench_runtime_support::{exit_without_group, system_call};
use rustix::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use rustix::io::{Errno, Result};

/// An instruction of a seccomp filter: `struct sock_filter`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Instruction {
    pub(crate) code: u16,
    /// Number of instructions to skip if the comparison holds.
    pub(crate) jump_true: u8,
    /// Number of instructions to skip if it does not.
    pub(crate) jump_false: u8,
    pub(crate) value: u32,
}

/// `struct sock_fprog`.
#[repr(C)]
struct Program {
    length: u16,
    instructions: *const Instruction,
}

const SECCOMP_SET_MODE_STRICT: usize = 0;
const SECCOMP_SET_MODE_FILTER: usize = 1;

/// Leaves speculation as fast as it is: the only secrets in this process are the
/// program's own.
const SECCOMP_FILTER_FLAG_SPEC_ALLOW: usize = 4;

/// Makes the kernel end the process at any system call but `read`, `write`,
/// `exit` and the return from a signal.
pub(crate) fn set_strict() -> Result<()> {
    // SAFETY: see the head of this file.
    unsafe { call(__NR_seccomp, [SECCOMP_SET_MODE_STRICT, 0, 0, 0]) }?;
    exit_without_group();
    Ok(())
}

/// Makes the kernel ask this filter about each system call.
pub(crate) fn set_filter(instructions: &[Instruction]) -> Result<()> {
    let program = Program {
        length: u16::try_from(instructions.len()).map_err(|_| Errno::INVAL)?,
        instructions: instructions.as_ptr(),
    };
    let program = (&raw const program).addr();
    let flags = SECCOMP_FILTER_FLAG_SPEC_ALLOW;
    // SAFETY: see the head of this file.
    let result = unsafe { call(__NR_seccomp, [SECCOMP_SET_MODE_FILTER, flags, program, 0]) };
    result.map(|_| ())
}

/// Returns the version of Landlock that the kernel has.
pub(crate) fn landlock_version() -> Result<usize> {
    let flags = LANDLOCK_CREATE_RULESET_VERSION as usize;
    // SAFETY: there is no structure.
    unsafe { call(__NR_landlock_create_ruleset, [0, 0, flags, 0]) }
}

/// Creates a set of rules. The kernel gets the first `size` bytes of the
/// attributes, because it refuses those that are new to it.
pub(crate) fn landlock_ruleset(attributes: &landlock_ruleset_attr, size: usize) -> Result<OwnedFd> {
    let size = size.min(size_of::<landlock_ruleset_attr>());
    let attributes = core::ptr::from_ref(attributes).addr();
    // SAFETY: see the head of this file.
    let ruleset = unsafe { call(__NR_landlock_create_ruleset, [attributes, size, 0, 0])? };
    let ruleset = i32::try_from(ruleset).map_err(|_| Errno::BADF)?;
    // SAFETY: the kernel has just opened it for us.
    Ok(unsafe { OwnedFd::from_raw_fd(ruleset) })
}

/// Allows `access` to everything beneath a directory.
pub(crate) fn landlock_allow(
    ruleset: &OwnedFd,
    directory: BorrowedFd<'_>,
    access: u64,
) -> Result<()> {
    let rule =
        landlock_path_beneath_attr { allowed_access: access, parent_fd: directory.as_raw_fd() };
    let kind = landlock_rule_type::LANDLOCK_RULE_PATH_BENEATH as usize;
    let rule = (&raw const rule).addr();
    let ruleset = ruleset.as_raw_fd() as usize;
    // SAFETY: see the head of this file.
    unsafe { call(__NR_landlock_add_rule, [ruleset, kind, rule, 0]) }.map(|_| ())
}

/// Makes the kernel refuse whatever the rules do not allow.
pub(crate) fn landlock_restrict(ruleset: &OwnedFd) -> Result<()> {
    let ruleset = ruleset.as_raw_fd() as usize;
    // SAFETY: there is no structure.
    unsafe { call(__NR_landlock_restrict_self, [ruleset, 0, 0, 0]) }.map(|_| ())
}

unsafe fn call(number: u32, arguments: [usize; 4]) -> Result<usize> {
    // SAFETY: the caller's promise.
    let result = unsafe { system_call(number, arguments) };
    usize::try_from(result).map_err(|_| Errno::from_raw_os_error(-(result as i32)))
}
