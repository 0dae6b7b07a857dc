//! The values that an exception carries, for the collectors, which look for references among
//! them.
//!
//! # Safety
//!
//! Tags are as the compiler wrote them.
#![allow(unsafe_code, reason = "see Safety")]

use crate::process;
use quench_abi::{Exception, Value, ValueType};

/// Visits the values of an exception whose types are wanted.
///
/// # Safety
///
/// `exception` is an exception, with its values.
#[inline(always)]
pub(crate) unsafe fn each_value(
    exception: *mut Exception,
    is_wanted: impl Fn(ValueType) -> bool,
    mut visit: impl FnMut(*mut Value),
) {
    // SAFETY: see the head of this file.
    unsafe {
        let types = process::text(&(*(*exception).tag).parameters);
        let values = exception.add(1).cast::<Value>();
        for (index, ty) in types.iter().enumerate() {
            if ValueType::from_number((*ty).into()).is_some_and(&is_wanted) {
                visit(values.add(index));
            }
        }
    }
}
