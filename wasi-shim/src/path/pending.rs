//! The part of a path that a walk has still to resolve, component by component. Looks at no
//! file.

use super::name::{PATH_MAX, c_str};
use core::ffi::CStr;
use quench_policy::NAME_MAX;
use rustix::io::{Errno, Result};

/// Number of symbolic links that the kernel follows in one path.
pub(super) const LINKS_MAX: usize = 40;

/// The part of a path after a component.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    Nothing,
    Slashes,
    More,
}

/// The part of a path that is still to be resolved, at the end of its buffer,
/// so that there is room in front.
pub(super) struct Pending {
    bytes: [u8; PATH_MAX],
    start: usize,
}

impl Pending {
    pub(super) fn new() -> Pending {
        Pending { bytes: [0; PATH_MAX], start: PATH_MAX }
    }

    pub(super) fn prepend(&mut self, path: &[u8]) -> Result<()> {
        let start = self.start.checked_sub(path.len());
        let start = start.ok_or(Errno::NAMETOOLONG)?;
        if let Some(place) = self.bytes.get_mut(start..self.start) {
            place.copy_from_slice(path);
        }
        self.start = start;
        Ok(())
    }

    /// Takes the next component, which is empty at the end.
    pub(super) fn next(&mut self) -> (Component, Rest) {
        let path = self.bytes.get(self.start..).unwrap_or_default();
        let slash = |&byte: &u8| byte == b'/';
        let skipped = path.iter().take_while(|byte| slash(byte)).count();
        let path = path.get(skipped..).unwrap_or_default();
        let length = path.iter().position(slash).unwrap_or(path.len());
        let (name, after) = path.split_at_checked(length).unwrap_or_default();
        let rest = match after.iter().find(|byte| !slash(byte)) {
            Some(_) => Rest::More,
            None if after.is_empty() => Rest::Nothing,
            None => Rest::Slashes,
        };
        self.start += skipped + length;
        (Component::new(name), rest)
    }
}

/// A component with a NUL at its end. One that is too long for Linux is cut off,
/// but stays too long.
pub(super) struct Component([u8; NAME_MAX + 2]);

impl Component {
    fn new(name: &[u8]) -> Component {
        let mut bytes = [0; NAME_MAX + 2];
        for (to, from) in bytes.iter_mut().take(NAME_MAX + 1).zip(name) {
            *to = *from;
        }
        Component(bytes)
    }

    pub(super) fn as_c_str(&self) -> &CStr {
        c_str(&self.0)
    }
}
