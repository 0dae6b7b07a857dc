//! The system calls with which a process gives up rights, made safe: Landlock
//! and seccomp. What is given up is not decided here.
//!
//! # Safety
//!
//! The kernel reads the structures during the call and keeps nothing of them.
//! What these calls take away, the process does not get back; memory is not
//! touched.
#![allow(unsafe_code)]

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
pub struct Instruction {
    pub code: u16,
    /// Instructions to skip if the comparison holds, and if not.
    pub jump_true: u8,
    pub jump_false: u8,
    pub value: u32,
}

/// `struct sock_fprog`.
#[repr(C)]
struct Program {
    length: u16,
    instructions: *const Instruction,
}

const SECCOMP_SET_MODE_STRICT: usize = 0;
const SECCOMP_SET_MODE_FILTER: usize = 1;

/// No slower speculation: in this process there is nothing to spy on but the
/// program's own.
const SECCOMP_FILTER_FLAG_SPEC_ALLOW: usize = 4;

/// From now on the kernel ends the process at all but `read`, `write`, `exit`
/// and the return from a signal.
pub fn set_strict() -> Result<()> {
    // SAFETY: see the head of this file.
    unsafe { call(__NR_seccomp, [SECCOMP_SET_MODE_STRICT, 0, 0, 0]) }?;
    exit_without_group();
    Ok(())
}

/// From now on the kernel asks this filter about each system call.
pub fn set_filter(instructions: &[Instruction]) -> Result<()> {
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

/// The version of Landlock that the kernel has.
pub fn landlock_version() -> Result<usize> {
    let flags = LANDLOCK_CREATE_RULESET_VERSION as usize;
    // SAFETY: there is no structure.
    unsafe { call(__NR_landlock_create_ruleset, [0, 0, flags, 0]) }
}

/// A set of rules, of which the kernel is to know the first `size` bytes: it
/// refuses what is new to it.
pub fn landlock_ruleset(attributes: &landlock_ruleset_attr, size: usize) -> Result<OwnedFd> {
    let size = size.min(size_of::<landlock_ruleset_attr>());
    let attributes = core::ptr::from_ref(attributes).addr();
    // SAFETY: see the head of this file.
    let ruleset = unsafe { call(__NR_landlock_create_ruleset, [attributes, size, 0, 0])? };
    let ruleset = i32::try_from(ruleset).map_err(|_| Errno::BADF)?;
    // SAFETY: the kernel has just opened it for us.
    Ok(unsafe { OwnedFd::from_raw_fd(ruleset) })
}

/// Allows `access` to what is beneath a directory.
pub fn landlock_allow(ruleset: &OwnedFd, directory: BorrowedFd<'_>, access: u64) -> Result<()> {
    let rule =
        landlock_path_beneath_attr { allowed_access: access, parent_fd: directory.as_raw_fd() };
    let kind = landlock_rule_type::LANDLOCK_RULE_PATH_BENEATH as usize;
    let rule = (&raw const rule).addr();
    let ruleset = ruleset.as_raw_fd() as usize;
    // SAFETY: see the head of this file.
    unsafe { call(__NR_landlock_add_rule, [ruleset, kind, rule, 0]) }.map(|_| ())
}

/// From now on only what the rules allow is possible.
pub fn landlock_restrict(ruleset: &OwnedFd) -> Result<()> {
    let ruleset = ruleset.as_raw_fd() as usize;
    // SAFETY: there is no structure.
    unsafe { call(__NR_landlock_restrict_self, [ruleset, 0, 0, 0]) }.map(|_| ())
}

unsafe fn call(number: u32, arguments: [usize; 4]) -> Result<usize> {
    // SAFETY: the caller's promise.
    let result = unsafe { system_call(number, arguments) };
    usize::try_from(result).map_err(|_| Errno::from_raw_os_error(-(result as i32)))
}
