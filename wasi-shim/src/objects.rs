//! What components have of the host: streams, pollables, errors and lists of directories,
//! each by a number. The table has a fixed size and lives in zeroed memory that the kernel
//! supplies when it is touched. Knows which descriptor an object works on, not how.

use crate::descriptors::{CAPACITY, Descriptor, Descriptors, Kind};
use crate::errno::Errno;

/// Size of the buffer that functions use on their way to a guest's memory, in bytes.
pub(crate) const BUFFER_SIZE: usize = 1 << 16;

/// Objects that a program can have at a time, one of which has no number.
const OBJECTS_MAX: usize = 1 << 16;

/// An object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Object {
    /// A stream.
    Stream(Stream),
    /// Something that can be waited for.
    Pollable(Pollable),
    /// An error, which tells what an operation on a stream failed with.
    Error(Errno),
    /// A directory that is being listed.
    Entries(Entries),
    /// A stream of WASI 0.3.
    Flow(Flow),
}

/// A stream that a component reads or writes, and what becomes of it. A directory is one
/// whose positions are the kernel's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flow {
    pub(crate) stream: Stream,
    /// How the stream ended, when it has.
    pub(crate) outcome: Option<Result<(), Errno>>,
    /// Number of ends, of the stream and of the future that says how it ended, for which
    /// this is still of use.
    pub(crate) ends: u8,
}

/// A stream of bytes, from a descriptor or to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stream {
    /// The descriptor.
    pub(crate) descriptor: u32,
    /// Where the next byte is.
    pub(crate) position: Position,
    /// Whether nothing follows, because the stream ended or failed.
    pub(crate) closed: bool,
}

/// The place that a stream has in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    /// The descriptor's own, or none, as for pipes.
    Own,
    /// This offset, in bytes.
    At(u64),
    /// The end of the file, wherever that is when something is written.
    End,
}

/// Something that can be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pollable {
    /// It is always ready.
    Ready,
    /// It is ready when the monotonic clock has reached this time, in nanoseconds.
    Deadline(u64),
    /// It is ready when the descriptor can be read without waiting.
    Readable(u32),
    /// It is ready when the descriptor can be written without waiting.
    Writable(u32),
}

/// A directory that is being listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entries {
    /// The directory, opened for this list.
    pub(crate) descriptor: u32,
    /// The kernel's position of the next entry.
    pub(crate) position: u64,
}

impl Object {
    /// Returns the descriptor that the object works on.
    fn descriptor(self) -> Option<u32> {
        match self {
            Object::Stream(stream) => Some(stream.descriptor),
            Object::Pollable(Pollable::Readable(number) | Pollable::Writable(number)) => {
                Some(number)
            }
            Object::Entries(entries) => Some(entries.descriptor),
            Object::Flow(flow) => Some(flow.stream.descriptor),
            Object::Pollable(Pollable::Ready | Pollable::Deadline(_)) | Object::Error(_) => None,
        }
    }
}

/// A place in the table. In this layout `Unused` is all zeros.
#[repr(u8)]
#[derive(Clone, Copy)]
enum Slot {
    /// It was never used.
    Unused = 0,
    /// It is free; the number of the slot that was freed before, or 0.
    Free(u32) = 1,
    Taken(Object) = 2,
}

/// The table of objects.
pub(crate) struct Objects {
    /// Number of slots that have been used.
    used: u32,
    /// The slot that was freed last, or 0.
    free: u32,
    /// For each descriptor the number of objects and handles that work on it.
    holders: [u32; CAPACITY],
    slots: [Slot; OBJECTS_MAX],
    /// Whether each descriptor is a directory that was opened without asking for changes.
    /// Only who asks for its flags is told.
    pub(crate) unchanged: [bool; CAPACITY],
    /// The random numbers that a guest gets for its tables, once it has asked.
    pub(crate) seed: Option<(u64, u64)>,
    /// What one call has on its way to a guest's memory.
    pub(crate) buffer: [u8; BUFFER_SIZE],
}

impl Objects {
    pub(crate) const fn new() -> Objects {
        Objects {
            used: 0,
            free: 0,
            holders: [0; CAPACITY],
            slots: [const { Slot::Unused }; OBJECTS_MAX],
            unchanged: [false; CAPACITY],
            seed: None,
            buffer: [0; BUFFER_SIZE],
        }
    }

    /// Adds an object, and returns its number.
    ///
    /// # Errors
    ///
    /// [`Errno::TooManyOpen`] if there is no room.
    pub(crate) fn insert(&mut self, object: Object) -> Result<u32, Errno> {
        let number = match self.free {
            0 => self.used + 1,
            number => number,
        };
        let slot = self.slots.get_mut(number as usize).ok_or(Errno::TooManyOpen)?;
        match *slot {
            Slot::Free(next) => self.free = next,
            Slot::Unused | Slot::Taken(_) => self.used = number,
        }
        *slot = Slot::Taken(object);
        if let Some(descriptor) = object.descriptor() {
            self.hold(descriptor);
        }
        Ok(number)
    }

    /// Returns an object.
    pub(crate) fn get(&self, number: u32) -> Option<Object> {
        match self.slots.get(number as usize) {
            Some(Slot::Taken(object)) => Some(*object),
            _ => None,
        }
    }

    /// Returns the stream with a number. A number that is none's is a stream that ended.
    pub(crate) fn stream(&self, number: u32) -> Stream {
        match self.get(number) {
            Some(Object::Stream(stream)) => stream,
            _ => Stream { descriptor: u32::MAX, position: Position::Own, closed: true },
        }
    }

    /// Changes the stream with a number; its descriptor stays the same.
    pub(crate) fn set_stream(&mut self, number: u32, stream: Stream) {
        if let Some(Slot::Taken(object)) = self.slots.get_mut(number as usize) {
            *object = Object::Stream(stream);
        }
    }

    /// Changes the position of the list with a number.
    pub(crate) fn set_entries(&mut self, number: u32, entries: Entries) {
        if let Some(Slot::Taken(object)) = self.slots.get_mut(number as usize) {
            *object = Object::Entries(entries);
        }
    }

    /// Returns the flow with a number. A number that is none's is a flow that ended.
    pub(crate) fn flow(&self, number: u32) -> Flow {
        match self.get(number) {
            Some(Object::Flow(flow)) => flow,
            _ => Flow { stream: self.stream(0), outcome: Some(Ok(())), ends: 0 },
        }
    }

    /// Changes the flow with a number; its descriptor stays the same.
    pub(crate) fn set_flow(&mut self, number: u32, flow: Flow) {
        if let Some(Slot::Taken(object)) = self.slots.get_mut(number as usize) {
            *object = Object::Flow(flow);
        }
    }

    /// Removes an object, and closes the descriptor that it worked on if nothing else does.
    pub(crate) fn remove(&mut self, number: u32, descriptors: &mut Descriptors) {
        let Some(object) = self.get(number) else {
            return;
        };
        let next = core::mem::replace(&mut self.free, number);
        if let Some(slot) = self.slots.get_mut(number as usize) {
            *slot = Slot::Free(next);
        }
        if let Some(descriptor) = object.descriptor() {
            self.release(descriptor, descriptors);
        }
    }

    /// Counts that something more works on a descriptor: an object or a guest's handle.
    pub(crate) fn hold(&mut self, descriptor: u32) {
        if let Some(holders) = self.holders.get_mut(descriptor as usize) {
            *holders += 1;
        }
    }

    /// Counts that something less works on a descriptor, and closes it if nothing does any
    /// more. What the policy gives stays open: a guest can ask for it again.
    pub(crate) fn release(&mut self, descriptor: u32, descriptors: &mut Descriptors) {
        let Some(holders) = self.holders.get_mut(descriptor as usize) else {
            return;
        };
        *holders = holders.saturating_sub(1);
        let is_given = |descriptor: &Descriptor| {
            descriptor.kind == Kind::Stdio || descriptor.preopen.is_some()
        };
        if *holders == 0 && !descriptors.get(descriptor).is_ok_and(is_given) {
            let _ = descriptors.close(descriptor);
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::boxed::Box;

    #[test]
    fn numbers_are_used_again() {
        let mut objects = Box::new(Objects::new());
        let mut descriptors = Box::new(Descriptors::new());
        let error = Object::Error(Errno::Io);
        assert_eq!((objects.insert(error), objects.insert(error)), (Ok(1), Ok(2)));
        objects.remove(1, &mut descriptors);
        objects.remove(1, &mut descriptors);
        assert_eq!(objects.get(1), None);
        let ready = Object::Pollable(Pollable::Ready);
        assert_eq!((objects.insert(ready), objects.insert(ready)), (Ok(1), Ok(3)));
        assert_eq!(objects.get(2), Some(error));
    }
}
